// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace pai::core {

/// What a frame's light changes, channels in the order primary, first other, second other.
struct LightTerms {
  float gain[3], tint[3], veil[3], key[3], luma[3];
  float bounce = 0, keep = 1;          // of the screen's light, taken off; of what is left
  float cutFrom = 1, cutTo = 1;        // where a channel begins to be, and is, cut by the plate's range
  float share = 1, pale = 0, most = 1;  // of all light beside the key; of strands' light in the key's colour; of the bounce taken off
};

/// One row of a subject's linear light, straight colours; what is null does not change it.
struct LightRow {
  float* light[3];       // in the terms' order
  const float* alpha;    // pixels of 0 stay as they are
  const float* glow;     // light that came from the screen
  const float* lit;      // share of the key light that a surface gets
  const float* through;  // and that comes through strands; where `lit` is
  const float* across;   // gradient along the row
  float down = 1;        // and of the row
};

/// Lights a row of pixels.
void lightRow(const LightTerms& terms, const LightRow& row, int count);

}  // namespace pai::core
