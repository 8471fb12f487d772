// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/document/colour_spaces.h"
#include "ui/inspector/controls.h"

namespace pai::ui {

/// Object name of choices whose entries, but for the first, are names that no language changes.
inline const QString kNamesOfSpaces = QStringLiteral("namesOfSpaces");

/// A labelled choice of a colour space: as tagged, or one that the project knows. A space that it does not know is kept and
/// marked. `unnamed`: words for the first choice, "" for those of an input.
class SpaceRow : public ChoiceRow {
  Q_OBJECT
 public:
  SpaceRow(const QString& label, app::ColourSpaces& colours, QString unnamed = {});
  /// The space that is shown; "" where several differ.
  QString space() const { return m_space.value_or(QString()); }
  /// Shows a space; nullopt: several differ.
  void setSpace(const std::optional<QString>& space);

 signals:
  void chosen(const QString& space);

 private:
  void fill();
  app::ColourSpaces& m_colours;
  QString m_unnamed;
  std::optional<QString> m_space = QString();
};

/// Fills a choice with the viewer transforms that a project can have, and shows its own.
void fillViewerTransforms(QComboBox& box, const app::Document& document, const app::ColourSpaces& colours);

}  // namespace pai::ui
