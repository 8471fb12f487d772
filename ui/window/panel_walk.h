// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace pai::ui {

class Studio;

/// Takes the keys from panel to panel: those on the left from above, the viewer, the inspector, the timeline.
class PanelWalk : public QObject {
  Q_OBJECT
 public:
  explicit PanelWalk(Studio& studio);

 private:
  void go(int direction);
  Studio& m_studio;
};

}  // namespace pai::ui
