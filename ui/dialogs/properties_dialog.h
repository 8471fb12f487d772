// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QDialog>
#include <QTimer>

#include "app/document/media_catalog.h"

class QLabel;
class QPushButton;
class QTreeWidget;

namespace pai::ui {

struct MediaPropertyGroup;

/// What a media is: file, picture, coding, colour, sound and use, as the worker read them; follows what is found out later. All of it goes
/// out as text. Beside the window: the next media can be chosen while it is open.
class PropertiesDialog : public QDialog {
  Q_OBJECT
 public:
  PropertiesDialog(app::Document& document, app::MediaCatalog& catalog, QWidget* parent = nullptr);
  void setMedia(const core::Id& media);
  const core::Id& media() const { return m_media; }

 private:
  void follow();
  /// Whether the list has these rows, whatever stands in them: then who reads keeps the place.
  bool hasRowsOf(const std::vector<MediaPropertyGroup>& groups) const;
  void makeRows(const std::vector<MediaPropertyGroup>& groups);
  void copy();

  app::Document& m_document;
  app::MediaCatalog& m_catalog;
  core::Id m_media;
  QString m_shown;  // as text
  QLabel *m_picture, *m_name;
  QTreeWidget* m_list;
  QPushButton* m_copy;
  QTimer m_soon;  // many changes between two turns of the event loop are one
};

}  // namespace pai::ui
