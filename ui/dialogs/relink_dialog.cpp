// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/relink_dialog.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/document/media_import.h"
#include "ui/inspector/controls.h"
#include "ui/theme/theme.h"

namespace pai::ui {

RelinkDialog::RelinkDialog(app::Document& document, app::MediaCatalog& catalog, QWidget* parent)
    : QDialog(parent), m_document(document), m_catalog(catalog) {
  setWindowTitle(tr("Relink missing media"));
  resize(640, 420);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(16, 16, 16, 16);
  layout->setSpacing(8);
  layout->addWidget(hint(tr("Choose a folder to look through, with all beneath it: files are known by their content where the project has it, else by "
                            "their name. Or show where a single one is.")));
  m_list = new QTreeWidget;
  m_list->setHeaderLabels({tr("Missing media"), tr("Where it is now")});
  m_list->setRootIsDecorated(false);
  m_list->setTextElideMode(Qt::ElideMiddle);
  m_list->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
  m_list->header()->setSectionResizeMode(1, QHeaderView::Stretch);
  m_list->setAccessibleName(tr("Missing media"));
  layout->addWidget(m_list, 1);
  m_state = hint({});
  m_state->setObjectName(QStringLiteral("relinkState"));
  layout->addWidget(m_state);
  m_bar = new QProgressBar;
  m_bar->setTextVisible(false);
  layout->addWidget(m_bar);
  auto* row = new QHBoxLayout;
  m_folder = new QPushButton(tr("Search a folder…"));
  m_locate = new QPushButton(tr("Locate the selected…"));
  m_stop = new QPushButton(tr("Stop the search"));
  m_stop->setObjectName(QStringLiteral("stopSearch"));
  m_relink = new QPushButton(tr("Relink"));
  m_relink->setObjectName(QStringLiteral("relink"));
  m_relink->setProperty("primary", true);
  auto* close = new QPushButton(tr("Close"));
  row->addWidget(m_folder);
  row->addWidget(m_locate);
  row->addWidget(m_stop);
  row->addStretch(1);
  row->addWidget(close);
  row->addWidget(m_relink);
  layout->addLayout(row);
  connect(m_folder, &QPushButton::clicked, this, &RelinkDialog::chooseFolder);
  connect(m_locate, &QPushButton::clicked, this, &RelinkDialog::chooseFile);
  connect(m_list, &QTreeWidget::itemActivated, this, &RelinkDialog::chooseFile);
  connect(m_list, &QTreeWidget::itemSelectionChanged, this, [this] { m_locate->setEnabled(m_list->currentItem() != nullptr); });
  connect(m_stop, &QPushButton::clicked, &m_search, &app::RelinkSearch::cancel);
  connect(m_relink, &QPushButton::clicked, this, &RelinkDialog::relink);
  connect(close, &QPushButton::clicked, this, &QDialog::close);
  connect(&m_search, &app::RelinkSearch::progress, this, [this](qint64 files, int compared, int media) {
    m_bar->setRange(0, media);
    m_bar->setValue(compared);
    m_state->setText(media == 0 ? tr("Looking: %1 files seen").arg(QLocale().toString(files)) : tr("Comparing contents: %1 of %2").arg(compared).arg(media));
  });
  connect(&m_search, &app::RelinkSearch::finished, this, [this](const std::map<core::Id, app::FoundMedia>& places, bool cancelled) {
    for (const auto& [id, place] : places) m_places.try_emplace(id, place);
    fill();
    if (cancelled) m_state->setText(tr("The search was stopped."));
  });
  connect(&m_search, &app::RelinkSearch::measured, this, [this](const core::Id& media, const app::FoundMedia& found) {
    const auto place = m_places.find(media);
    if (place == m_places.end() || place->second.path != found.path) return;
    place->second = found;
    fill();
  });
  connect(&document, &app::Document::structureChanged, this, &RelinkDialog::fill);
  connect(&catalog, &app::MediaCatalog::mediaChanged, this, &RelinkDialog::fill);
  fill();
}

void RelinkDialog::chooseFolder() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder to look through"));
  if (!folder.isEmpty()) searchIn(folder);
}

void RelinkDialog::chooseFile() {
  const QTreeWidgetItem* item = m_list->currentItem();
  if (!item) return;
  const core::Id id = item->data(0, Qt::UserRole).toString().toStdString();
  const QString file = QFileDialog::getOpenFileName(this, tr("Where is “%1” now?").arg(item->text(0)));
  if (!file.isEmpty()) locate(id, file);
}

void RelinkDialog::searchIn(const QString& folder) {
  m_search.start(m_document, folder);
  m_bar->setRange(0, 0);
  m_state->setText(tr("Looking…"));
  showState();
}

void RelinkDialog::locate(const core::Id& id, const QString& file) {
  const core::Media* media = m_document.project().findMedia(id);
  if (!media) return;
  const QString path = media->kind == core::MediaKind::kSequence ? app::mediaPathOf(file) : file;
  m_places[id] = {path};
  m_search.measure(id, path);
  if (app::offlineMedia(m_document, m_catalog).size() > 1) searchIn(QFileInfo(file).absolutePath());
  fill();
}

void RelinkDialog::fill() {
  const QString chosen = m_list->currentItem() ? m_list->currentItem()->data(0, Qt::UserRole).toString() : QString();
  m_list->clear();
  for (const core::Id& id : app::offlineMedia(m_document, m_catalog)) {
    const core::Media* media = m_document.project().findMedia(id);
    const auto place = m_places.find(id);
    const bool found = place != m_places.end();
    const QString where = found ? place->second.path : tr("not found yet");
    const bool differs = found && media->kind != core::MediaKind::kSequence && media->sizeBytes > 0 && place->second.sizeBytes >= 0 && place->second.sizeBytes != media->sizeBytes;
    auto* item = new QTreeWidgetItem(m_list, {QString::fromStdString(media->name), differs ? tr("%1 (another size than before)").arg(where) : where});
    item->setData(0, Qt::UserRole, QString::fromStdString(id));
    item->setIcon(0, icon(found ? QStringLiteral("check") : QStringLiteral("offline")));
    item->setToolTip(0, tr("It was at %1").arg(m_document.mediaPath(*media)));
    item->setToolTip(1, found ? where : m_catalog.trouble(id));
    if (chosen == item->data(0, Qt::UserRole).toString()) m_list->setCurrentItem(item);
  }
  showState();
}

void RelinkDialog::showState() {
  int found = 0;
  for (int i = 0; i < m_list->topLevelItemCount(); ++i)
    found += static_cast<int>(m_places.count(m_list->topLevelItem(i)->data(0, Qt::UserRole).toString().toStdString()));
  const int missing = m_list->topLevelItemCount();
  const bool running = m_search.isRunning();
  m_bar->setVisible(running);
  m_stop->setVisible(running);
  m_folder->setEnabled(!running && missing > 0);
  m_locate->setEnabled(m_list->currentItem() != nullptr);
  m_relink->setEnabled(found > 0 && !running);
  m_relink->setText(found > 0 ? tr("Relink %n media", nullptr, found) : tr("Relink"));
  if (!running) m_state->setText(missing == 0 ? tr("Nothing is missing.") : tr("%1 of %2 found").arg(found).arg(missing));
}

void RelinkDialog::relink() {
  std::map<core::Id, QString> places;
  for (const core::Id& id : app::offlineMedia(m_document, m_catalog))
    if (const auto place = m_places.find(id); place != m_places.end()) places[id] = place->second.path;
  m_places.clear();
  app::relinkMedia(m_document, places);
}

}  // namespace pai::ui
