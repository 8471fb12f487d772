// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/draft/background_fetch.h"

namespace pai::core {

/// What a cell of the grid holds for drawing, four floats a vector.
struct DepthCell {
  Quad where;    // in the first reference's level x, y, in the second's x, y
  Quad weights;  // share of the second, weight of the first and the second, nothing
};

/// Where a column of output pixels lies in the grid.
struct DepthColumn {
  int left, own;  // the cell to the left of its middle, the one that it is in
  float k;        // of the way from the left cell to the next
};

/// A row of output pixels between two references of eight bits.
struct DepthSpan {
  const DepthCell* cells = nullptr;  // of the row
  const DepthColumn* columns = nullptr;
  const std::uint8_t* edges = nullptr;  // by cell; where one is set, the slow way is taken
  const std::uint8_t* lost = nullptr;
  const std::uint8_t* base[2] = {nullptr, nullptr};  // of the levels
  std::size_t step[2] = {0, 0};
  Quad low{}, high{};  // places between which both references' own pictures are sampled
  Quad gain[2] = {};
  float trusted = 0, nothing = 0;  // trust, and share of a reference, that are as good as full and none
  float other = 0, otherShare = 0; // trust of what is not a reference's own, and what it is multiplied by
};

/// Whether `drawSpan` does anything on this processor.
bool drawsSpans();
/// Draws pixels from `x` on, three floats each, up to the first that needs the slow way; returns that one, or `end`.
int drawSpan(const DepthSpan& span, int x, int end, float* row);

/// A row of output pixels of two layers of eight bits.
struct LayersSpan {
  const float* where[4] = {};  // in the first layer's level x, y, in the second's x, y
  const std::uint8_t* base[2] = {nullptr, nullptr};
  std::size_t step[2] = {0, 0};
  Quad high{};  // the last places that have a pixel to the right and below
  Quad gain[2] = {};
  float weight[2] = {0, 0}, even = 0;  // of each layer at full trust; the second's share where both are trusted alike
};
/// Draws pixels from `x` on, three floats each, up to the first that one of the layers does not hold; returns that one, or `end`.
int layersSpan(const LayersSpan& span, int x, int end, float* row);

/// Places in both references' frames, as pairs, and what brings them to the levels' pixels.
struct DepthPlaces {
  const float* first = nullptr;
  const float* second = nullptr;
  Quad scale{}, offset{};
};
/// How far the references are apart at places from `x` on, in the channel where they are most, and the lesser of both trusts, up to
/// the first place that is not between `low` and `high` of the span; returns that one, or `end`.
int apartSpan(const DepthSpan& span, const DepthPlaces& places, int x, int end, float* apart, float* trust);

}  // namespace pai::core
