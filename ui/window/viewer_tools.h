// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "core/base/project.h"

namespace pai::ui {

class FramingTool;
class ShapeTool;
class Studio;

/// Decides what is edited in place in the viewer: the reference's framing while its command is on, else the outline that is
/// selected on the matte page.
class ViewerTools : public QObject {
  Q_OBJECT
 public:
  explicit ViewerTools(Studio& studio);
  ShapeTool& shape() { return *m_shape; }
  FramingTool& framing() { return *m_framing; }

 private:
  void draw(core::MatteOperation operation);
  /// Begins an outline that takes can be spliced by.
  void drawRegion();
  /// The viewer is ready for an outline.
  void makeRoom();
  void frame(bool on);
  void choose();

  Studio& m_studio;
  ShapeTool* m_shape;
  FramingTool* m_framing;
};

}  // namespace pai::ui
