// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "ui/panels/markers_panel.h"

namespace pai::ui {

class Studio;

/// Markers: set at the playhead, edited, removed, gone to; from the keys, the ruler and the list.
class MarkerCommands : public QObject {
  Q_OBJECT
 public:
  MarkerCommands(Studio& studio, MarkersPanel& panel);

 private:
  /// Sets one at the playhead; where one stands, opens it.
  void addHere();
  void edit(const MarkerName& marker);
  void remove(const MarkerName& marker);
  void goTo(const MarkerName& marker);
  void jump(int direction);
  std::optional<MarkerName> here() const;

  Studio& m_studio;
  MarkersPanel& m_panel;
};

}  // namespace pai::ui
