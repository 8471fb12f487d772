// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/inspector/inspector.h"

class QCheckBox;
class QLabel;
class QPushButton;
class QToolButton;

namespace pai::ui {

/// Rows of an outline layer: keyframes at the playhead, smooth or straight.
class ShapeRows : public QWidget {
  Q_OBJECT
 public:
  explicit ShapeRows(const InspectorContext& context, QWidget* parent = nullptr);
  /// Shows a layer of the current shot; the rows hide for anything but an outline.
  void showLayer(const core::MatteLayer* layer);

 private:
  const core::MatteLayer* layer() const;
  std::optional<core::FrameIndex> sourceFrame() const;
  void jump(int direction);
  void toggleKey();
  void update();

  InspectorContext m_context;
  core::Id m_layer;
  QLabel* m_keys;
  QToolButton *m_previous, *m_next, *m_toggle;
  QCheckBox* m_smooth;
};

}  // namespace pai::ui
