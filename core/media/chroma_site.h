// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "core/media/yuv_frame.h"

namespace pai::core {

/// Measures where a clip's chroma samples lie between its luma samples, from left to right. Most files do not say, and many
/// encoders put them midway where the standards' default is the left one: half a pixel that colours one side of every edge.
/// At an edge chroma follows luma along a line; it does so best where it lies.
class ChromaSiteMeter {
 public:
  /// Counts the edges of a frame; nothing for one whose chroma is not halved from left to right.
  void add(const YuvFrame& frame);
  /// kLeft or kCentre; nothing where the edges seen are too few or do not agree.
  std::optional<ChromaSite> site() const;

 private:
  template <typename S> void addRow(const YuvFrame& frame, int row);
  double m_left = 0.0, m_centre = 0.0;  // what luma at either place leaves unexplained
  long m_edges = 0;
};

}  // namespace pai::core
