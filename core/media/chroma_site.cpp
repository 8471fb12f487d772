// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/chroma_site.h"

#include <algorithm>
#include <array>
#include <vector>

namespace pai::core {
namespace {

constexpr int kWindow = 7;             // chroma samples beside each other
constexpr float kContrast = 10.0f;     // standard deviation of chroma times the window's root that makes an edge, at 8 bits
constexpr float kAlike = 0.8f;         // squared correlation of luma and chroma
constexpr long kFewestEdges = 150;
constexpr double kClearly = 0.8;       // of the other place's remainder

/// Sums of a window: of chroma against one kind of luma.
struct Line {
  float l = 0, ll = 0, lc = 0;
  void add(float luma, float chroma) {
    l += luma;
    ll += luma * luma;
    lc += luma * chroma;
  }
  /// Share of chroma's variance that luma explains.
  float explained(float c, float cc) const {
    const float n = static_cast<float>(kWindow), v = ll - l * l / n, w = cc - c * c / n, both = lc - l * c / n;
    return v > n * 0.5f && w > 0.0f ? both * both / (v * w) : 0.0f;
  }
};

}  // namespace

template <typename S>
void ChromaSiteMeter::addRow(const YuvFrame& frame, int row) {
  const auto samples = [&](std::size_t plane, int y) { return reinterpret_cast<const S*>(frame.planes[plane] + frame.strides[plane] * y); };
  const float unit = 1.0f / static_cast<float>(1 << (frame.bitDepth - 8));
  const int y = row << frame.chromaShiftY, below = frame.chromaShiftY ? y + 1 : y, count = (frame.width - 4) / 2;
  const S *upper = samples(0, y), *lower = samples(0, below);
  const auto luma = [&](int x) { return 0.5f * unit * (static_cast<float>(upper[x]) + static_cast<float>(lower[x])); };
  std::vector<float> left(static_cast<std::size_t>(count)), centre(left.size());
  for (int i = 0; i < count; ++i) {
    // Equally wide at either place.
    const int x = 2 * i + 2;
    left[static_cast<std::size_t>(i)] = 0.75f * luma(x) + 0.125f * (luma(x - 1) + luma(x + 1));
    centre[static_cast<std::size_t>(i)] = 0.5f * (luma(x) + luma(x + 1));
  }
  for (const std::size_t plane : {std::size_t{1}, std::size_t{2}}) {
    const S* chroma = samples(plane, row) + 1;
    for (int i = 0; i + kWindow <= count; i += kWindow / 2) {
      float c = 0, cc = 0;
      for (int k = i; k < i + kWindow; ++k) {
        const float v = unit * static_cast<float>(chroma[k]);
        c += v;
        cc += v * v;
      }
      const float variance = cc - c * c / kWindow;
      if (variance < kContrast * kContrast) continue;
      Line atLeft, atCentre;
      for (int k = i; k < i + kWindow; ++k) {
        const float v = unit * static_cast<float>(chroma[k]);
        atLeft.add(left[static_cast<std::size_t>(k)], v);
        atCentre.add(centre[static_cast<std::size_t>(k)], v);
      }
      const float l = atLeft.explained(c, cc), m = atCentre.explained(c, cc);
      if (std::max(l, m) < kAlike) continue;
      m_left += 1.0f - l;
      m_centre += 1.0f - m;
      ++m_edges;
    }
  }
}

void ChromaSiteMeter::add(const YuvFrame& frame) {
  if (frame.planeCount != 3 || frame.chromaShiftX != 1 || frame.chromaShiftY > 1 || frame.width < 32 ||
      frame.colour.matrix == ColourTags::Matrix::kRgb) {
    return;
  }
  const int rows = frame.height >> frame.chromaShiftY;
  for (int row = 0; row < rows; ++row) frame.bitDepth > 8 ? addRow<std::uint16_t>(frame, row) : addRow<std::uint8_t>(frame, row);
}

std::optional<ChromaSite> ChromaSiteMeter::site() const {
  if (m_edges < kFewestEdges) return std::nullopt;
  if (m_centre < kClearly * m_left) return ChromaSite::kCentre;
  if (m_left < kClearly * m_centre) return ChromaSite::kLeft;
  return std::nullopt;
}

}  // namespace pai::core
