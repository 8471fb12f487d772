// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/media_bin.h"

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QStackedWidget>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include "app/document/media_import.h"
#include "app/document/relink.h"
#include "ui/inspector/controls.h"
#include "ui/panels/media_table.h"
#include "ui/theme/theme.h"
#include "ui/timeline/reference_lane.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

constexpr QSize kThumbnail(96, 54);
constexpr int kGap = 8;
constexpr const char* kTableSetting = "media/table";

/// A list whose drags carry media identities.
class MediaList : public QListWidget {
 protected:
  QStringList mimeTypes() const override { return {QString::fromLatin1(kMediaMimeType)}; }
  QMimeData* mimeData(const QList<QListWidgetItem*>& items) const override {
    std::vector<core::Id> ids;
    for (const QListWidgetItem* item : items) ids.push_back(item->data(Qt::UserRole).toString().toStdString());
    return mediaMimeData(ids);
  }
};

QPixmap framed(const QImage& image, const QString& fallback, qreal scale) {
  QPixmap pixmap((kThumbnail + QSize(2 * kGap, 0)) * scale);
  pixmap.setDevicePixelRatio(scale);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  const QRect box(QPoint(kGap, 0), kThumbnail);
  painter.fillRect(box, QColor::fromRgb(colour::kWell));
  if (image.isNull()) {
    icon(fallback, colour::kFaint).paint(&painter, QRect(box.center() - QPoint(11, 11), QSize(22, 22)));
  } else {
    const QSize fitted = image.size().scaled(kThumbnail, Qt::KeepAspectRatio);
    painter.drawImage(QRect(QPoint(box.left() + (box.width() - fitted.width()) / 2, (box.height() - fitted.height()) / 2), fitted), image);
  }
  return pixmap;
}

}  // namespace

MediaBin::MediaBin(app::Document& document, app::MediaCatalog& catalog, Actions& actions, QWidget* parent)
    : QWidget(parent), m_document(document), m_catalog(catalog), m_actions(actions) {
  setAcceptDrops(true);
  setMinimumWidth(200);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  auto* bar = new QHBoxLayout;
  bar->setContentsMargins(8, 8, 8, 8);
  m_search = new QLineEdit;
  m_search->setPlaceholderText(tr("Search media"));
  m_search->setClearButtonEnabled(true);
  m_search->setAccessibleName(tr("Search media"));
  m_search->addAction(icon(QStringLiteral("search"), colour::kFaint), QLineEdit::LeadingPosition);
  m_import = new QToolButton;
  m_import->setDefaultAction(actions.importMedia);
  auto* table = new QToolButton;
  table->setDefaultAction(actions.mediaTable);
  for (QToolButton* button : {table, m_import}) {
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(nameOf(*button->defaultAction()));
  }
  bar->addWidget(m_search, 1);
  bar->addWidget(table);
  bar->addWidget(m_import);
  layout->addLayout(bar);
  m_list = new MediaList;
  m_list->setIconSize(kThumbnail + QSize(2 * kGap, 0));
  m_list->setDragEnabled(true);
  m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_list->setContextMenuPolicy(Qt::CustomContextMenu);
  m_list->setSpacing(0);
  m_list->setAccessibleName(tr("Media"));
  auto* empty = new QWidget;
  auto* emptyLayout = new QVBoxLayout(empty);
  emptyLayout->setContentsMargins(16, 12, 16, 12);
  emptyLayout->setSpacing(8);
  emptyLayout->addStretch(1);
  auto* title = new QLabel(tr("No media yet"));
  title->setProperty("role", "heading");
  title->setAlignment(Qt::AlignCenter);
  auto* words = hint(tr("Drop clips and pictures here, or import them. A clip becomes a shot, pictures become references."));
  words->setAlignment(Qt::AlignCenter);
  auto* button = new QPushButton(tr("Import media…"));
  connect(button, &QPushButton::clicked, actions.importMedia, &QAction::trigger);
  emptyLayout->addWidget(title);
  emptyLayout->addWidget(words);
  emptyLayout->addSpacing(4);
  emptyLayout->addWidget(button, 0, Qt::AlignCenter);
  emptyLayout->addStretch(2);
  m_stack = new QStackedWidget;
  m_stack->addWidget(scrolling(empty));
  m_stack->addWidget(m_list);
  m_table = new MediaTable;
  m_stack->addWidget(m_table);
  m_stack->setMinimumHeight(60);  // in a low window it is the list that gives way
  layout->addWidget(m_stack, 1);
  connect(actions.importMedia, &QAction::triggered, this, &MediaBin::chooseFiles);
  connect(m_search, &QLineEdit::textChanged, this, &MediaBin::search);
  connect(m_list, &QListWidget::itemActivated, this,
          [this](QListWidgetItem* item) { emit activated(item->data(Qt::UserRole).toString().toStdString()); });
  connect(m_list, &QListWidget::customContextMenuRequested, this, [this](const QPoint& at) {
    if (const QListWidgetItem* item = m_list->itemAt(at)) showMenu(item->data(Qt::UserRole).toString().toStdString(), m_list->viewport()->mapToGlobal(at));
  });
  connect(m_table, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item) { emit activated(MediaTable::mediaOf(*item)); });
  connect(m_table, &QTreeWidget::customContextMenuRequested, this, [this](const QPoint& at) {
    if (const QTreeWidgetItem* item = m_table->itemAt(at)) showMenu(MediaTable::mediaOf(*item), m_table->viewport()->mapToGlobal(at));
  });
  connect(actions.mediaTable, &QAction::toggled, this, &MediaBin::setTable);
  m_rows.setSingleShot(true);
  connect(&m_rows, &QTimer::timeout, this, &MediaBin::showRows);
  connect(&document, &app::Document::shotChanged, this, [this] { m_rows.start(); });  // what is used of a clip
  connect(&catalog, &app::MediaCatalog::mediaChanged, this, [this] { m_rows.start(); });
  connect(&document, &app::Document::projectReset, this, &MediaBin::rebuild);
  connect(&document, &app::Document::structureChanged, this, &MediaBin::rebuild);
  connect(&catalog, &app::MediaCatalog::mediaChanged, this, &MediaBin::showItem);
  connect(&catalog, &app::MediaCatalog::proxyChanged, this, &MediaBin::showItem);
  rebuild();
  actions.mediaTable->setChecked(QSettings().value(QLatin1String(kTableSetting)).toBool());
}

bool MediaBin::showsTable() const { return m_actions.mediaTable->isChecked(); }

void MediaBin::setTable(bool table) {
  QSettings().setValue(QLatin1String(kTableSetting), table);
  // What is chosen stays chosen.
  if (table) {
    std::vector<core::Id> chosen;
    for (const QListWidgetItem* item : m_list->selectedItems()) chosen.push_back(item->data(Qt::UserRole).toString().toStdString());
    m_table->rebuild(m_document, m_catalog);
    m_table->select(chosen);
  } else {
    const std::vector<core::Id> chosen = m_table->selected();
    for (int i = 0; i < m_list->count(); ++i)
      m_list->item(i)->setSelected(std::find(chosen.begin(), chosen.end(), m_list->item(i)->data(Qt::UserRole).toString().toStdString()) != chosen.end());
  }
  search(m_search->text());
  showStack();
}

void MediaBin::showStack() {
  m_stack->setCurrentIndex(m_list->count() == 0 ? 0 : showsTable() ? 2 : 1);
  m_import->setVisible(m_list->count() > 0);  // the empty page has a larger one
}

void MediaBin::search(const QString& words) {
  for (int i = 0; i < m_list->count(); ++i) m_list->item(i)->setHidden(!m_list->item(i)->text().contains(words, Qt::CaseInsensitive));
  m_table->search(words);
}

std::vector<core::Id> MediaBin::selected() const {
  if (showsTable()) return m_table->selected();
  std::vector<core::Id> ids;
  for (const QListWidgetItem* item : m_list->selectedItems()) ids.push_back(item->data(Qt::UserRole).toString().toStdString());
  return ids;
}

void MediaBin::chooseFiles() {
  const QStringList files = QFileDialog::getOpenFileNames(
      this, tr("Import media"), {},
      tr("Media (*.mp4 *.mov *.mkv *.m4v *.webm *.avi *.mxf *.png *.jpg *.jpeg *.tif *.tiff *.exr *.dpx *.gif);;All files (*)"));
  if (!files.isEmpty()) emit filesChosen(files);
}

void MediaBin::rebuild() {
  const std::vector<core::Id> chosen = selected();
  m_list->clear();
  for (const core::Media& media : m_document.project().media) {
    auto* item = new QListWidgetItem;
    item->setData(Qt::UserRole, QString::fromStdString(media.id));
    describe(*item, media);
    m_list->addItem(item);
    item->setSelected(std::find(chosen.begin(), chosen.end(), media.id) != chosen.end());
  }
  showRows();
  search(m_search->text());
  showStack();
}

void MediaBin::showRows() {
  if (!showsTable()) return;
  m_table->rebuild(m_document, m_catalog);
  m_table->search(m_search->text());
}

void MediaBin::showItem(const core::Id& id) {
  const core::Media* media = m_document.project().findMedia(id);
  for (int i = 0; media && i < m_list->count(); ++i)
    if (m_list->item(i)->data(Qt::UserRole).toString().toStdString() == id) describe(*m_list->item(i), *media);
}

void MediaBin::describe(QListWidgetItem& item, const core::Media& media) {
  const app::MediaFacts* facts = m_catalog.facts(media.id);
  QString second = tr("reading…");
  QString iconName = media.kind == core::MediaKind::kImage ? QStringLiteral("image") : QStringLiteral("clip");
  if (m_catalog.state(media.id) == app::MediaState::kOffline) {
    second = tr("offline");
    iconName = QStringLiteral("offline");
    item.setToolTip(m_catalog.trouble(media.id));
  } else if (facts) {
    second = media.kind == core::MediaKind::kImage
                 ? tr("%1 × %2").arg(facts->size.width()).arg(facts->size.height())
                 : tr("%1 × %2").arg(facts->size.width()).arg(facts->size.height()) + QLatin1Char('\n') +
                       tr("%1 fps, %n frames", nullptr, static_cast<int>(facts->frames)).arg(facts->rate.framesPerSecond(), 0, 'g', 5);
    item.setToolTip(QStringList({m_document.mediaPath(media), facts->codec, facts->warnings.join(QLatin1Char('\n'))})
                        .filter(QRegularExpression(QStringLiteral(".")))
                        .join(QLatin1Char('\n')));
  }
  if (const auto proxy = m_catalog.proxy(media.id); proxy && facts) {
    // Beside the size: there is room for three lines.
    if (*proxy < 1.0) second.insert(second.indexOf(QLatin1Char('\n')), QStringLiteral(" · ") + tr("proxy %1 %").arg(static_cast<int>(*proxy * 100.0)));
    else item.setToolTip(item.toolTip() + QLatin1Char('\n') + tr("A proxy serves small pictures."));
  }
  item.setText(QString::fromStdString(media.name) + QLatin1Char('\n') + second);
  item.setIcon(QIcon(framed(m_catalog.thumbnail(media.id), iconName, devicePixelRatioF())));
  item.setSizeHint(QSize(0, kThumbnail.height() + 12));
}

void MediaBin::showMenu(const core::Id& id, const QPoint& at) {
  const core::Media* media = m_document.project().findMedia(id);
  if (!media) return;
  QMenu menu(this);
  menu.addAction(media->kind == core::MediaKind::kImage ? tr("Place at the playhead") : tr("Make a shot"), this,
                 [this, id] { emit activated(id); });
  menu.addAction(icon(QStringLiteral("display")), tr("Colour space…"), this, [this, id] {
    const std::vector<core::Id> chosen = selected();
    emit colourRequested(std::find(chosen.begin(), chosen.end(), id) == chosen.end() ? std::vector<core::Id>{id} : chosen);
  });
  menu.addAction(icon(QStringLiteral("info")), tr("Properties…"), this, [this, id] { emit propertiesRequested(id); });
  menu.addAction(tr("Relink…"), this, [this, id] { relink(id); });
  if (m_catalog.state(id) == app::MediaState::kOffline) menu.addAction(m_actions.relinkMissing);
  QAction* remove = menu.addAction(icon(QStringLiteral("trash")), tr("Remove from the project"));
  const auto& shots = m_document.project().shots;
  const bool used = std::any_of(shots.begin(), shots.end(), [&id](const core::Shot& s) {
    return s.plate == id || s.camera.clip == id ||
           std::any_of(s.references.begin(), s.references.end(), [&id](const core::Reference& r) { return r.media == id; }) ||
           std::any_of(s.matte.begin(), s.matte.end(), [&id](const core::MatteLayer& l) { return l.media == id; });
  });
  remove->setEnabled(!used);
  if (used) remove->setText(tr("Remove from the project (in use)"));
  connect(remove, &QAction::triggered, this, [this, id] {
    m_document.editProject(tr("Remove media"), [&id](core::Project& p) {
      std::erase_if(p.media, [&id](const core::Media& m) { return m.id == id; });
    });
  });
  menu.exec(at);
}

void MediaBin::relink(const core::Id& id) {
  const QString path = QFileDialog::getOpenFileName(this, tr("Where is it now?"));
  if (path.isEmpty()) return;
  const core::Media* media = m_document.project().findMedia(id);
  if (!media) return;
  app::relinkMedia(m_document, {{id, media->kind == core::MediaKind::kSequence ? app::mediaPathOf(path) : path}});
}

void MediaBin::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MediaBin::dropEvent(QDropEvent* event) {
  QStringList files;
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) files << url.toLocalFile();
  if (files.isEmpty()) return;
  event->acceptProposedAction();
  emit filesChosen(files);
}

}  // namespace pai::ui
