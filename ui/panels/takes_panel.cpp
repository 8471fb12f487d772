// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/takes_panel.h"

#include <QDateTime>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QLocale>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "core/render/job_seed.h"
#include "ui/dialogs/splice_dialog.h"
#include "ui/inspector/controls.h"
#include "ui/theme/theme.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

QToolButton* takeButton(const QString& iconName, const QString& text) {
  auto* button = new QToolButton;
  button->setIcon(icon(iconName));
  button->setToolTip(text);
  button->setAccessibleName(text);
  return button;
}

}  // namespace

TakesPanel::TakesPanel(app::Document& document, app::TakeLedger& ledger, Actions& actions, QWidget* parent)
    : QWidget(parent), m_document(document), m_ledger(ledger), m_actions(actions) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  auto* empty = emptyPage(tr("No takes of this shot yet. Each finished render becomes a take; none is ever deleted by undo."));
  auto* filled = new QWidget;
  auto* inner = new QVBoxLayout(filled);
  inner->setContentsMargins(0, 0, 0, 0);
  inner->setSpacing(0);
  m_list = new QListWidget;
  m_list->setAccessibleName(tr("Takes of the shot"));
  m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  inner->addWidget(m_list, 1);
  m_stale = hint({});
  m_stale->setContentsMargins(12, 4, 12, 0);
  inner->addWidget(m_stale);
  auto* bar = new QHBoxLayout;
  bar->setContentsMargins(8, 4, 8, 4);
  bar->setSpacing(2);
  m_note = new QLineEdit;
  m_note->setPlaceholderText(tr("Note on this take"));
  m_note->setAccessibleName(m_note->placeholderText());
  m_choose = takeButton(QStringLiteral("star"), tr("Choose for delivery"));
  m_use = takeButton(QStringLiteral("settings"), tr("Use these settings"));
  m_reveal = takeButton(QStringLiteral("reveal"), tr("Show the file in its folder"));
  bar->addWidget(m_note, 1);
  for (QToolButton* button : {m_choose, m_use}) bar->addWidget(button);
  for (QAction* action : {actions.refinishTake, actions.spliceTake}) {
    auto* button = new QToolButton;
    button->setDefaultAction(action);
    button->setAccessibleName(plainText(action->text()));
    bar->addWidget(button);
  }
  bar->addWidget(m_reveal);
  inner->addLayout(bar);
  m_stack = new QStackedWidget;
  m_stack->addWidget(empty);
  m_stack->addWidget(filled);
  layout->addWidget(m_stack);
  connect(m_list, &QListWidget::currentItemChanged, this, [this] {
    showSelected();
    emit takeSelected(selectedTake());
  });
  connect(m_list, &QListWidget::itemActivated, this, [this] { emit takeShown(selectedTake()); });
  connect(m_note, &QLineEdit::textEdited, this, [this](const QString& text) {
    m_ledger.note(selectedTake().toStdString(), text);
  });
  connect(m_choose, &QToolButton::clicked, this, [this] {
    const core::Shot* shot = m_document.currentShot();
    if (!shot) return;
    const core::Id selected = selectedTake().toStdString();
    m_ledger.choose(shot->id, m_ledger.chosen(shot->id) == selected ? core::Id() : selected);
  });
  connect(m_use, &QToolButton::clicked, this, &TakesPanel::useSettings);
  connect(m_reveal, &QToolButton::clicked, this, [this] {
    const core::Take* take = m_ledger.find(selectedTake().toStdString());
    if (take) emit revealRequested(QString::fromStdString(take->output));
  });
  connect(&ledger, &app::TakeLedger::changed, this, &TakesPanel::rebuild);
  connect(&document, &app::Document::currentShotChanged, this, &TakesPanel::rebuild);
  connect(&document, &app::Document::projectReset, this, &TakesPanel::rebuild);
  connect(&document, &app::Document::shotChanged, this, [this](const core::Id& id) {
    if (id == m_document.currentShotId()) rebuild();
  });
  rebuild();
}

QString TakesPanel::selectedTake() const {
  const QListWidgetItem* item = m_list->currentItem();
  return item ? item->data(Qt::UserRole).toString() : QString();
}

void TakesPanel::selectTake(const QString& id) {
  for (int i = 0; i < m_list->count(); ++i)
    if (m_list->item(i)->data(Qt::UserRole).toString() == id) m_list->setCurrentRow(i);
}

void TakesPanel::rebuild() {
  const QString before = selectedTake();
  const core::Shot* shot = m_document.currentShot();
  {
    const QSignalBlocker blocker(m_list);
    m_list->clear();
    const auto takes = shot ? m_ledger.takesOf(shot->id) : std::vector<const core::Take*>();
    for (auto it = takes.rbegin(); it != takes.rend(); ++it) {
      const core::Take& take = **it;
      const bool chosen = take.chosen;
      const QString output = QString::fromStdString(take.output);
      // What is wrong with it first: the end of the line may not fit.
      QStringList words;
      if (!QFileInfo::exists(output) && !output.contains(QLatin1Char('%'))) words << tr("file missing");
      if (!m_ledger.changesSince(take).isEmpty()) words << tr("stale");
      words << (take.extra.contains("splice") ? tr("spliced") : QString::fromStdString(take.engine));
      if (!take.notes.empty()) words << QString::fromStdString(take.notes);
      words << QLocale().toString(QDateTime::fromSecsSinceEpoch(static_cast<qint64>(take.finishedSeconds)), QLocale::ShortFormat);
      auto* item = new QListWidgetItem(icon(chosen ? QStringLiteral("star-filled") : QStringLiteral("take"), chosen ? colour::kAccent : colour::kDim),
                                       app::TakeLedger::nameOf(take) + QLatin1Char('\n') + words.join(QStringLiteral(" · ")));
      item->setData(Qt::UserRole, QString::fromStdString(take.id));
      item->setToolTip(item->text());
      m_list->addItem(item);
      item->setSizeHint({0, m_list->sizeHintForRow(m_list->count() - 1)});  // as wide as the list: too long a line ends in dots
      if (QString::fromStdString(take.id) == before) m_list->setCurrentItem(item);
    }
    if (!m_list->currentItem() && m_list->count() > 0) m_list->setCurrentRow(0);
  }
  m_stack->setCurrentIndex(m_list->count() == 0 ? 0 : 1);
  showSelected();
  if (selectedTake() != before) emit takeSelected(selectedTake());
}

void TakesPanel::showSelected() {
  const core::Shot* shot = m_document.currentShot();
  const core::Take* take = m_ledger.find(selectedTake().toStdString());
  showCommands(shot ? take : nullptr);
  if (!shot || !take) return;
  const QStringList changes = m_ledger.changesSince(*take);
  m_stale->setText(changes.isEmpty() ? QString() : tr("Changed since: %1").arg(changes.join(QStringLiteral(", "))));
  m_stale->setVisible(!changes.isEmpty());
  if (!m_note->hasFocus()) m_note->setText(QString::fromStdString(take->notes));
  m_choose->setIcon(icon(take->chosen ? QStringLiteral("star-filled") : QStringLiteral("star")));
}

void TakesPanel::showCommands(const core::Take* take) {
  const bool alone = !take || SpliceDialog::basesFor(m_ledger, *take).empty();
  m_actions.spliceTake->setEnabled(!alone);
  m_actions.spliceTake->setStatusTip(alone ? tr("Splicing needs another take of the same frames") : QString());
  const bool generated = take && core::holdsGeneration(take->jobFolder);
  m_actions.refinishTake->setEnabled(generated);
  m_actions.refinishTake->setStatusTip(generated ? QString() : tr("Only what a model pack generated, and is still kept, can be finished again"));
}

void TakesPanel::useSettings() {
  const core::Take* take = m_ledger.find(selectedTake().toStdString());
  if (!take) return;
  m_document.editShot(take->shot.id, tr("Use the settings of %1").arg(app::TakeLedger::nameOf(*take)), [take](core::Shot& s) {
    s.references = take->shot.references;
    s.matte = take->shot.matte;
    s.camera = take->shot.camera;
    s.light = take->shot.light;
    s.prompt = take->shot.prompt;
    s.render = take->shot.render;
  });
}

}  // namespace pai::ui
