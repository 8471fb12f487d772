// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QTreeWidget>

#include "app/document/media_catalog.h"

namespace pai::ui {

/// What a project uses of a media: frames of its shots of a clip, references of a picture.
struct MediaUse {
  std::int64_t frames = 0;
  int references = 0;
};
MediaUse useOf(const core::Project& project, const app::MediaCatalog& catalog, const core::Id& media);

/// Media as rows with columns that sort: name, picture, length, rate, codec, frames used, size of the file. Drags carry
/// identities as those of the bin's pictures do.
class MediaTable : public QTreeWidget {
  Q_OBJECT
 public:
  enum Column { kName, kPicture, kLength, kRate, kCodec, kUsed, kFile, kColumns };
  explicit MediaTable(QWidget* parent = nullptr);
  void rebuild(const app::Document& document, const app::MediaCatalog& catalog);
  /// Shows the rows whose name holds the words.
  void search(const QString& words);
  std::vector<core::Id> selected() const;
  void select(const std::vector<core::Id>& media);
  static core::Id mediaOf(const QTreeWidgetItem& item);

 protected:
  QStringList mimeTypes() const override;
  QMimeData* mimeData(const QList<QTreeWidgetItem*>& items) const override;
};

/// Identities as a drag onto the timeline carries them.
QMimeData* mediaMimeData(const std::vector<core::Id>& media);

}  // namespace pai::ui
