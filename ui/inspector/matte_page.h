// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/inspector/shot_page.h"

class QCheckBox;
class QLabel;
class QListWidget;
class QPushButton;
class QVBoxLayout;

namespace pai::ui {

class ChoiceRow;
class NumberRow;
class ShapeRows;
class SpaceRow;

/// The matte stack and the selected layer's settings.
class MattePage : public ShotPage {
  Q_OBJECT
 public:
  explicit MattePage(const InspectorContext& context);
  /// The clip of the layer whose settings are shown; "" where it has none.
  core::Id clipShown() const;

 public slots:
  void selectLayer(const pai::core::Id& layer);

 signals:
  /// The layer whose settings are shown.
  void layerSelected(const pai::core::Id& layer);
  /// All that is known of a media is to be shown.
  void propertiesRequested(const pai::core::Id& media);
  /// An outline is to be drawn in the viewer.
  void drawRequested(pai::core::MatteOperation operation);

 protected:
  void showShot(const core::Shot& shot) override;

 private:
  QWidget* makeStack();
  QWidget* makeExternal();
  void makeKey(QVBoxLayout* layout);
  void makeNumber(QVBoxLayout* layout, const QString& label, double core::KeySettings::*member, double least, double most,
                  double step, int decimals, const QString& suffix);
  void showLayer(const core::MatteLayer& layer);
  void editLayer(const QString& text, const std::function<void(core::MatteLayer&)>& change, const QString& mergeKey = {});
  void addExternal();
  void removeLayer();
  void moveLayer(int direction);
  const core::MatteLayer* layer() const;

  struct Number {
    NumberRow* row;
    double core::KeySettings::*member;
  };
  core::Id m_layer;
  QListWidget* m_stack;
  QPushButton* m_addMatte;
  QWidget *m_key, *m_external;
  QLabel* m_clipName;
  ShapeRows* m_shape;
  SpaceRow* m_space;
  ChoiceRow *m_screen, *m_operation;
  QPushButton* m_colour;
  QCheckBox *m_markers, *m_invert;
  NumberRow* m_feather;
  std::vector<Number> m_numbers;
};

}  // namespace pai::ui
