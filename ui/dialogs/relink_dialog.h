// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include <QDialog>

#include "app/document/relink.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QTreeWidget;

namespace pai::ui {

/// Missing media and where they are now: found in a folder by their content, or shown one by one. Relinking is one act.
class RelinkDialog : public QDialog {
  Q_OBJECT
 public:
  RelinkDialog(app::Document& document, app::MediaCatalog& catalog, QWidget* parent = nullptr);
  /// Searches a folder and what is beneath it.
  void searchIn(const QString& folder);
  /// Takes a file for an item; what else is missing is looked for beside it.
  void locate(const core::Id& media, const QString& file);

 private:
  void chooseFolder();
  void chooseFile();
  void fill();
  void showState();
  void relink();

  app::Document& m_document;
  app::MediaCatalog& m_catalog;
  app::RelinkSearch m_search;
  std::map<core::Id, app::FoundMedia> m_places;
  QTreeWidget* m_list;
  QLabel* m_state;
  QProgressBar* m_bar;
  QPushButton *m_folder, *m_locate, *m_stop, *m_relink;
};

}  // namespace pai::ui
