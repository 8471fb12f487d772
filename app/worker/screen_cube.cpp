// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/screen_cube.h"

#include <limits>
#include <utility>

namespace pai::worker {

using core::Picture;
using core::Result;
using core::SampleType;

namespace {

constexpr int kOne = 256;  // of a fraction between two samples

/// Where a code value lies between samples of the cube.
struct Place {
  std::uint16_t index = 0;     // of the sample below
  std::uint16_t fraction = 0;  // towards the next, of kOne
};

}  // namespace

Result<ScreenCube> ScreenCube::make(const core::ColourTags& colour, const std::function<Result<Picture>(const Picture&)>& transform) {
  Picture codes(kSide * kSide, kSide, 3, SampleType::kU16);
  codes.colour = colour;
  const auto code = [](int i) { return static_cast<std::uint16_t>(i * 65535 / (kSide - 1)); };
  for (int b = 0; b < kSide; ++b) {
    auto* row = codes.row<std::uint16_t>(b);
    for (int x = 0; x < kSide * kSide; ++x) {
      row[3 * x] = code(x % kSide);
      row[3 * x + 1] = code(x / kSide);
      row[3 * x + 2] = code(b);
    }
  }
  Result<Picture> screen = transform(codes);
  if (!screen) return std::move(screen).error();
  ScreenCube cube;
  cube.m_samples.reserve(static_cast<std::size_t>(kSide) * kSide * kSide);
  for (int b = 0; b < kSide; ++b) {
    const auto* row = screen->row<std::uint8_t>(b);
    for (int x = 0; x < kSide * kSide; ++x) cube.m_samples.push_back({row[3 * x], row[3 * x + 1], row[3 * x + 2], 0});
  }
  return cube;
}

template <typename T>
void ScreenCube::fill(const Picture& picture, Picture& out) const {
  static constexpr int kMost = std::numeric_limits<T>::max();
  static const std::vector<Place> places = [] {
    std::vector<Place> table(kMost + 1);
    for (int v = 0; v <= kMost; ++v) {
      const std::int64_t at = static_cast<std::int64_t>(v) * (kSide - 1) * kOne / kMost;
      table[static_cast<std::size_t>(v)] = at / kOne >= kSide - 1 ? Place{kSide - 2, kOne} : Place{static_cast<std::uint16_t>(at / kOne), static_cast<std::uint16_t>(at % kOne)};
    }
    return table;
  }();
  const int channels = picture.channels();
  for (int y = 0; y < picture.height(); ++y) {
    const T* in = picture.row<T>(y);
    auto* to = out.row<std::uint8_t>(y);
    for (int x = 0; x < picture.width(); ++x, in += channels, to += channels) {
      const Place r = places[in[0]], g = places[in[1]], b = places[in[2]];
      // The corners on the way from the lowest to the highest, by the largest fraction first.
      std::array<std::pair<int, int>, 3> steps{{{r.fraction, 1}, {g.fraction, kSide}, {b.fraction, kSide * kSide}}};
      if (steps[0].first < steps[1].first) std::swap(steps[0], steps[1]);
      if (steps[1].first < steps[2].first) std::swap(steps[1], steps[2]);
      if (steps[0].first < steps[1].first) std::swap(steps[0], steps[1]);
      const auto* corner = &m_samples[static_cast<std::size_t>(r.index + kSide * (g.index + kSide * b.index))];
      const std::array<int, 4> weights{kOne - steps[0].first, steps[0].first - steps[1].first, steps[1].first - steps[2].first, steps[2].first};
      int red = 0, green = 0, blue = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        red += weights[i] * (*corner)[0];
        green += weights[i] * (*corner)[1];
        blue += weights[i] * (*corner)[2];
        if (i < 3) corner += steps[i].second;
      }
      to[0] = static_cast<std::uint8_t>((red + kOne / 2) / kOne);
      to[1] = static_cast<std::uint8_t>((green + kOne / 2) / kOne);
      to[2] = static_cast<std::uint8_t>((blue + kOne / 2) / kOne);
      if (channels == 4) to[3] = static_cast<std::uint8_t>(in[3] / (kMost / 255));
    }
  }
}

Picture ScreenCube::apply(const Picture& picture) const {
  Picture out(picture.width(), picture.height(), picture.channels(), SampleType::kU8);
  out.colour = picture.colour;
  out.colour.transfer = core::ColourTags::Transfer::kSrgb;
  picture.type() == SampleType::kU8 ? fill<std::uint8_t>(picture, out) : fill<std::uint16_t>(picture, out);
  return out;
}

}  // namespace pai::worker
