// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "core/base/project.h"

class QComboBox;
class QLineEdit;
class QPlainTextEdit;

namespace pai::ui {

/// Edits a marker's name, note and colour, or asks for its removal.
class MarkerDialog : public QDialog {
  Q_OBJECT
 public:
  /// `at`: where it stands, in words.
  MarkerDialog(core::Marker marker, const QString& at, QWidget* parent = nullptr);
  /// As edited.
  core::Marker marker() const;
  /// Whether it was closed by its button for removal.
  bool isRemoved() const { return m_removed; }

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  core::Marker m_marker;
  QLineEdit* m_name;
  QPlainTextEdit* m_note;
  QComboBox* m_colour;
  bool m_removed = false;
};

}  // namespace pai::ui
