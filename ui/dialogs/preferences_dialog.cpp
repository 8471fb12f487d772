// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/preferences_dialog.h"

#include <QApplication>
#include <QCheckBox>
#include <QDesktopServices>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPointer>
#include <QPushButton>
#include <QSpinBox>
#include <QThreadPool>
#include <QUrl>
#include <QVBoxLayout>

#include "app/document/error_text.h"
#include "core/media/proxy_folder.h"
#include "ui/inspector/controls.h"

namespace pai::ui {
namespace {

/// A labelled number in whole units.
QSpinBox* numberRow(QVBoxLayout* layout, const QString& label, int least, int most, int step, const QString& suffix) {
  auto* row = new QHBoxLayout;
  auto* box = new QSpinBox;
  box->setRange(least, most);
  box->setSingleStep(step);
  box->setSuffix(suffix);
  box->setFixedWidth(120);
  box->setAccessibleName(label);
  auto* words = new QLabel(label);
  words->setBuddy(box);
  row->addWidget(words, 1);
  row->addWidget(box);
  layout->addLayout(row);
  return box;
}

}  // namespace

PreferencesDialog::PreferencesDialog(const app::Preferences& p, QWidget* parent) : QDialog(parent), m_proxyFolder(p.proxyFolder) {
  setWindowTitle(tr("Preferences"));
  setMinimumWidth(480);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(16, 16, 16, 16);
  layout->setSpacing(8);
  layout->addWidget(sectionTitle(tr("Playback")));
  m_cache = numberRow(layout, tr("Memory for frames"), app::Preferences::kLeastCacheMegabytes, app::Preferences::kMostCacheMegabytes, 128, tr(" MB"));
  m_cache->setObjectName(QStringLiteral("frameCache"));
  m_cache->setValue(p.frameCacheMegabytes);
  layout->addWidget(hint(tr("Frames kept for stepping and scrubbing, beyond what the program itself needs.")));
  m_ahead = new QCheckBox(tr("Make the shot's pictures ahead while nothing moves"));
  m_ahead->setObjectName(QStringLiteral("picturesAhead"));
  m_ahead->setToolTip(tr("They are there at once when you play or scrub: the ruler's green line. Off spares the processors; a frame is then made when it is first shown."));
  m_ahead->setChecked(p.picturesAhead);
  layout->addWidget(m_ahead);
  layout->addWidget(hint(tr("Keeps all processors busy until the shot is made; renders go first.")));
  m_quick = new QCheckBox(tr("Quick pictures while moving"));
  m_quick->setObjectName(QStringLiteral("quickPictures"));
  m_quick->setToolTip(tr("While you play or scrub the composite, frames that are not made yet are keyed quickly; the viewer says so. Where the playhead rests, the true picture follows."));
  m_quick->setChecked(p.quickPictures);
  layout->addWidget(m_quick);
  layout->addSpacing(8);
  layout->addWidget(sectionTitle(tr("Proxies")));
  m_proxies = new QCheckBox(tr("Make proxies of long clips in the background"));
  m_proxies->setObjectName(QStringLiteral("proxies"));
  m_proxies->setChecked(p.proxies);
  layout->addWidget(m_proxies);
  layout->addWidget(hint(tr("Small copies, used for small pictures alone; renders and full-size pictures read the clip itself.")));
  auto* row = new QHBoxLayout;
  m_folder = new QLabel;
  m_folder->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  auto* choose = new QPushButton(tr("Choose…"));
  auto* preset = new QPushButton(tr("Default"));
  row->addWidget(m_folder, 1);
  row->addWidget(choose);
  row->addWidget(preset);
  layout->addLayout(row);
  auto* second = new QHBoxLayout;
  m_used = hint({});
  m_used->setObjectName(QStringLiteral("proxiesUsed"));
  m_clear = new QPushButton(tr("Clear"));
  m_clear->setObjectName(QStringLiteral("clearProxies"));
  auto* open = new QPushButton(tr("Open the folder"));
  second->addWidget(m_used, 1);
  second->addWidget(open);
  second->addWidget(m_clear);
  layout->addLayout(second);
  layout->addSpacing(8);
  layout->addWidget(sectionTitle(tr("Takes")));
  m_preciseTakes = new QCheckBox(tr("Keep takes in 10 bits (ProRes 422 HQ), about 30 times as large"));
  m_preciseTakes->setObjectName(QStringLiteral("preciseTakes"));
  m_preciseTakes->setChecked(p.preciseTakes);
  layout->addWidget(m_preciseTakes);
  layout->addWidget(hint(tr("An export makes its pictures again and does not read the take's file; only spliced takes are made of it.")));
  layout->addSpacing(8);
  layout->addWidget(sectionTitle(tr("Recovery")));
  m_recovery = numberRow(layout, tr("Keep a copy of unsaved work every"), app::Preferences::kLeastRecoverySeconds,
                         app::Preferences::kMostRecoverySeconds, 5, tr(" s"));
  m_recovery->setValue(p.recoverySeconds);
  layout->addWidget(hint(tr("And after every 25 edits. After a crash the next start offers it.")));
  layout->addStretch(1);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  buttons->button(QDialogButtonBox::Ok)->setProperty("primary", true);
  layout->addSpacing(8);
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(choose, &QPushButton::clicked, this, [this] {
    const QString chosen = QFileDialog::getExistingDirectory(this, tr("Folder for proxies"), folder());
    if (chosen.isEmpty()) return;
    m_proxyFolder = chosen;
    showFolder();
  });
  connect(preset, &QPushButton::clicked, this, [this] {
    m_proxyFolder.clear();
    showFolder();
  });
  connect(open, &QPushButton::clicked, this, [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder())); });
  connect(m_clear, &QPushButton::clicked, this, &PreferencesDialog::clearProxies);
  showFolder();
}

app::Preferences PreferencesDialog::preferences() const {
  return {m_cache->value(), m_proxies->isChecked(), m_proxyFolder, m_recovery->value(), m_ahead->isChecked(), m_preciseTakes->isChecked(),
          m_quick->isChecked()};
}

QString PreferencesDialog::folder() const { return m_proxyFolder.isEmpty() ? QString::fromStdString(core::proxyFolder()) : m_proxyFolder; }

void PreferencesDialog::showFolder() {
  m_folder->setText(fontMetrics().elidedText(folder(), Qt::ElideMiddle, 280));
  m_folder->setToolTip(folder());
  measure();
}

void PreferencesDialog::measure() {
  // A folder on a slow disk must not hold up the window.
  m_used->setText(tr("Measuring…"));
  const QPointer<PreferencesDialog> guard(this);
  QThreadPool::globalInstance()->start([guard, path = folder()] {
    const std::int64_t bytes = core::proxyBytes(path.toStdString());
    QMetaObject::invokeMethod(qApp, [guard, path, bytes] {
      if (!guard || guard->folder() != path) return;
      guard->m_used->setText(tr("%1 in use").arg(QLocale().formattedDataSize(bytes)));
      guard->m_clear->setEnabled(bytes > 0);
    }, Qt::QueuedConnection);
  });
}

void PreferencesDialog::clearProxies() {
  m_clear->setEnabled(false);
  m_used->setText(tr("Clearing…"));
  const QPointer<PreferencesDialog> guard(this);
  QThreadPool::globalInstance()->start([guard, path = folder()] {
    const core::Status cleared = core::removeProxies(path.toStdString());
    QMetaObject::invokeMethod(qApp, [guard, cleared] {
      if (!guard) return;
      guard->measure();
      if (!cleared.ok()) guard->m_used->setText(app::errorText(cleared.error()));
    }, Qt::QueuedConnection);
  });
}

}  // namespace pai::ui
