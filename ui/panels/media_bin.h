// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

#include "app/document/media_catalog.h"

class QListWidget;
class QListWidgetItem;
class QLineEdit;
class QStackedWidget;
class QToolButton;

namespace pai::ui {

class Actions;
class MediaTable;

/// The project's media, as pictures or as rows with columns: import, drag onto the timeline, relink what is missing.
class MediaBin : public QWidget {
  Q_OBJECT
 public:
  MediaBin(app::Document& document, app::MediaCatalog& catalog, Actions& actions, QWidget* parent = nullptr);
  std::vector<core::Id> selected() const;
  bool showsTable() const;
  MediaTable& table() { return *m_table; }

 public slots:
  /// Rows with columns in place of pictures; kept for the next time.
  void setTable(bool table);
  /// Asks for files and imports them.
  void chooseFiles();

 signals:
  void filesChosen(const QStringList& files);
  /// The colour spaces of media are to be shown.
  void colourRequested(const std::vector<pai::core::Id>& media);
  /// All that is known of a media is to be shown.
  void propertiesRequested(const pai::core::Id& media);
  /// Double-clicked or Return: make a shot of a clip, place an image at the playhead.
  void activated(const pai::core::Id& media);

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void rebuild();
  void showItem(const core::Id& media);
  void describe(QListWidgetItem& item, const core::Media& media);
  void search(const QString& words);
  void showRows();
  void showStack();
  void showMenu(const core::Id& media, const QPoint& at);
  void relink(const core::Id& media);

  app::Document& m_document;
  app::MediaCatalog& m_catalog;
  Actions& m_actions;
  QLineEdit* m_search;
  QStackedWidget* m_stack;
  QListWidget* m_list;
  MediaTable* m_table;
  QToolButton* m_import;
  QTimer m_rows;  // many changes between two turns of the event loop are one
};

}  // namespace pai::ui
