// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QDialog>

#include "app/document/colour_spaces.h"
#include "app/document/document.h"

class QComboBox;
class QLabel;
class QPushButton;
class QTreeWidget;

namespace pai::ui {

class ChoiceRow;
class SpaceRow;

/// The project's colour: its OpenColorIO configuration, what the viewer shows pictures through, and the input transform of each
/// media. Every change is an act of the document; the viewer follows beside it.
class ColourDialog : public QDialog {
  Q_OBJECT
 public:
  ColourDialog(app::Document& document, app::ColourSpaces& colours, QWidget* parent = nullptr);
  /// Selects media in the list.
  void select(const std::vector<core::Id>& media);
  /// Takes a configuration once the worker has read it; a file that cannot be used changes nothing and says why.
  void useConfig(const QString& path);

 private:
  void chooseConfig();
  void say(const QString& text, bool trouble);
  void follow();
  void followSelection();
  std::vector<core::Id> selected() const;

  app::Document& m_document;
  app::ColourSpaces& m_colours;
  QLabel *m_config, *m_state;
  QPushButton* m_none;
  ChoiceRow* m_view;
  QTreeWidget* m_media;
  SpaceRow* m_space;
};

}  // namespace pai::ui
