// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/recovery_dialog.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/inspector/controls.h"

namespace pai::ui {
namespace {

/// What a project holds, and how its shots differ from the other version.
QStringList describeProject(const core::Project& project, const core::Project& other) {
  std::size_t references = 0, changed = 0;
  for (const core::Shot& shot : project.shots) {
    references += shot.references.size();
    const core::Shot* twin = other.findShot(shot.id);
    if (!twin || *twin != shot) ++changed;
  }
  QStringList lines{RecoveryDialog::tr("%n shot(s)", nullptr, static_cast<int>(project.shots.size())),
                    RecoveryDialog::tr("%n reference(s)", nullptr, static_cast<int>(references)),
                    RecoveryDialog::tr("%n media file(s)", nullptr, static_cast<int>(project.media.size()))};
  if (changed > 0) lines << RecoveryDialog::tr("%n shot(s) differ", nullptr, static_cast<int>(changed));
  return lines;
}

}  // namespace

RecoveryDialog::RecoveryDialog(const app::RecoveryOffer& offer, QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("Recovered work"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(24, 24, 24, 20);
  layout->setSpacing(12);
  auto* heading = new QLabel(tr("The program ended before this project was saved"));
  heading->setProperty("role", "heading");
  layout->addWidget(heading);
  layout->addWidget(hint(offer.projectPath));
  auto* cards = new QHBoxLayout;
  cards->setSpacing(12);
  cards->addWidget(makeCard(tr("As saved"), offer.savedAt, offer.saved, offer.recovered, tr("Open the saved version"),
                            app::RecoveryChoice::kSaved, false, offer.savedReadable));
  cards->addWidget(makeCard(tr("Recovered"), offer.recoveredAt, offer.recovered, offer.saved, tr("Open the recovered version"),
                            app::RecoveryChoice::kRecovered, true, true));
  layout->addLayout(cards);
  layout->addWidget(hint(tr("The recovered version is not saved until you save it. Opening the saved version removes the recovered one.")));
  auto* cancel = new QPushButton(tr("Cancel"));
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  layout->addWidget(cancel, 0, Qt::AlignRight);
}

QWidget* RecoveryDialog::makeCard(const QString& title, const QDateTime& time, const core::Project& project,
                                  const core::Project& other, const QString& button, app::RecoveryChoice chosen, bool primary,
                                  bool usable) {
  auto* card = new QFrame;
  card->setProperty("role", "card");
  card->setMinimumWidth(260);
  auto* layout = new QVBoxLayout(card);
  layout->setContentsMargins(16, 16, 16, 16);
  layout->setSpacing(4);
  auto* heading = new QLabel(title);
  heading->setProperty("role", "heading");
  layout->addWidget(heading);
  layout->addWidget(hint(QLocale().toString(time, QLocale::ShortFormat)));
  layout->addSpacing(8);
  if (usable) {
    for (const QString& line : describeProject(project, other)) layout->addWidget(new QLabel(line));
  } else {
    layout->addWidget(new QLabel(tr("The file can't be read")));
  }
  layout->addStretch(1);
  layout->addSpacing(12);
  auto* open = new QPushButton(button);
  open->setProperty("primary", primary);
  open->setDefault(primary);
  open->setEnabled(usable);
  connect(open, &QPushButton::clicked, this, [this, chosen] {
    m_choice = chosen;
    accept();
  });
  layout->addWidget(open);
  return card;
}

}  // namespace pai::ui
