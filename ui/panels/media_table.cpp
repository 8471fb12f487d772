// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/media_table.h"

#include <algorithm>

#include <QHeaderView>
#include <QLocale>
#include <QMimeData>

#include "ui/theme/theme.h"
#include "ui/timeline/reference_lane.h"

namespace pai::ui {
namespace {

constexpr int kIdRole = Qt::UserRole, kSortRole = Qt::UserRole + 1;

/// Numbers sort as numbers, words as a reader of the language expects.
class Row : public QTreeWidgetItem {
 public:
  using QTreeWidgetItem::QTreeWidgetItem;
  bool operator<(const QTreeWidgetItem& other) const override {
    const int column = treeWidget() ? treeWidget()->sortColumn() : 0;
    const QVariant a = data(column, kSortRole), b = other.data(column, kSortRole);
    if (a.isValid() && b.isValid() && a.toDouble() != b.toDouble()) return a.toDouble() < b.toDouble();
    if (a.isValid() != b.isValid()) return b.isValid();  // what is not known comes first
    const int order = text(column).localeAwareCompare(other.text(column));
    return order != 0 ? order < 0 : text(MediaTable::kName).localeAwareCompare(other.text(MediaTable::kName)) < 0;
  }
  void put(int column, const QString& words, double order) {
    setText(column, words);
    setData(column, kSortRole, order);
  }
};

}  // namespace

QMimeData* mediaMimeData(const std::vector<core::Id>& media) {
  QByteArray ids;
  for (const core::Id& id : media) ids += QByteArray::fromStdString(id) + '\n';
  auto* carried = new QMimeData;
  carried->setData(QString::fromLatin1(kMediaMimeType), ids);
  return carried;
}

MediaUse useOf(const core::Project& project, const app::MediaCatalog& catalog, const core::Id& media) {
  MediaUse use;
  std::vector<core::FrameRange> parts;
  for (const core::Shot& shot : project.shots) {
    if (shot.plate == media) parts.push_back(catalog.rangeOf(shot));
    use.references += static_cast<int>(std::count_if(shot.references.begin(), shot.references.end(), [&media](const core::Reference& r) { return r.media == media; }));
  }
  // A frame that two shots show counts once.
  std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
  core::FrameIndex counted{0};
  for (const core::FrameRange& part : parts) {
    const core::FrameIndex begin = std::max(part.begin, counted);
    if (part.end > begin) use.frames += part.end - begin;
    counted = std::max(counted, part.end);
  }
  return use;
}

MediaTable::MediaTable(QWidget* parent) : QTreeWidget(parent) {
  setHeaderLabels({tr("Name"), tr("Picture"), tr("Length"), tr("Rate"), tr("Codec"), tr("Used"), tr("File")});
  headerItem()->setToolTip(kUsed, tr("Frames of the clip that shots show, or references of a picture"));
  setRootIsDecorated(false);
  setUniformRowHeights(true);
  setAllColumnsShowFocus(true);
  setDragEnabled(true);
  setSelectionMode(QAbstractItemView::ExtendedSelection);
  setContextMenuPolicy(Qt::CustomContextMenu);
  setSortingEnabled(true);
  sortByColumn(kName, Qt::AscendingOrder);
  header()->setStretchLastSection(false);
  header()->setSectionsMovable(true);
  header()->resizeSection(kName, 140);
  for (const int column : {kPicture, kLength, kRate, kCodec, kUsed, kFile}) {
    header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    headerItem()->setTextAlignment(column, (column == kCodec ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  }
  setAccessibleName(tr("Media"));
}

core::Id MediaTable::mediaOf(const QTreeWidgetItem& item) { return item.data(kName, kIdRole).toString().toStdString(); }

void MediaTable::rebuild(const app::Document& document, const app::MediaCatalog& catalog) {
  const std::vector<core::Id> chosen = selected();
  setSortingEnabled(false);
  clear();
  for (const core::Media& media : document.project().media) {
    auto* row = new Row(this);
    const bool image = media.kind == core::MediaKind::kImage, offline = catalog.state(media.id) == app::MediaState::kOffline;
    row->setText(kName, QString::fromStdString(media.name));
    row->setData(kName, kIdRole, QString::fromStdString(media.id));
    row->setIcon(kName, icon(offline ? QStringLiteral("offline") : image ? QStringLiteral("image") : QStringLiteral("clip"), colour::kDim));
    row->setToolTip(kName, offline ? catalog.trouble(media.id) : document.mediaPath(media));
    const MediaUse use = useOf(document.project(), catalog, media.id);
    const app::MediaFacts* facts = catalog.facts(media.id);
    if (offline) {
      row->setText(kPicture, tr("offline"));
    } else if (facts) {
      row->put(kPicture, tr("%1 × %2").arg(facts->size.width()).arg(facts->size.height()), 1.0 * facts->size.width() * facts->size.height());
      if (!facts->codec.isEmpty()) row->setText(kCodec, facts->codec);
      if (!image) {
        core::Timecode length;
        length.frames = facts->frames;
        row->put(kLength, QString::fromStdString(length.text(facts->rate)), facts->rate.secondsOf({facts->frames}));
        row->put(kRate, QLocale().toString(facts->rate.framesPerSecond(), 'g', 5), facts->rate.framesPerSecond());
      }
    }
    if (!image && facts) row->put(kUsed, tr("%1 of %2").arg(use.frames).arg(facts->frames), static_cast<double>(use.frames));
    if (image) row->put(kUsed, use.references == 0 ? tr("no") : tr("%1×").arg(use.references), use.references);
    const qint64 bytes = facts && facts->sizeBytes > 0 ? facts->sizeBytes : media.sizeBytes;  // the project knows only a sequence's first file
    if (bytes > 0) row->put(kFile, QLocale().formattedDataSize(bytes), static_cast<double>(bytes));
    for (const int column : {kPicture, kLength, kRate, kUsed, kFile}) {
      row->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
      row->setFont(column, smallFont());
    }
  }
  setSortingEnabled(true);
  select(chosen);
}

void MediaTable::search(const QString& words) {
  for (int i = 0; i < topLevelItemCount(); ++i) topLevelItem(i)->setHidden(!topLevelItem(i)->text(kName).contains(words, Qt::CaseInsensitive));
}

std::vector<core::Id> MediaTable::selected() const {
  std::vector<core::Id> ids;
  for (const QTreeWidgetItem* item : selectedItems()) ids.push_back(mediaOf(*item));
  return ids;
}

void MediaTable::select(const std::vector<core::Id>& media) {
  for (int i = 0; i < topLevelItemCount(); ++i)
    topLevelItem(i)->setSelected(std::find(media.begin(), media.end(), mediaOf(*topLevelItem(i))) != media.end());
}

QStringList MediaTable::mimeTypes() const { return {QString::fromLatin1(kMediaMimeType)}; }

QMimeData* MediaTable::mimeData(const QList<QTreeWidgetItem*>& items) const {
  std::vector<core::Id> ids;
  for (const QTreeWidgetItem* item : items) ids.push_back(mediaOf(*item));
  return mediaMimeData(ids);
}

}  // namespace pai::ui
