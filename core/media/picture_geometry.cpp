// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "core/media/row_kernels.h"
#include "core/media/yuv_frame.h"

namespace pai::core {

namespace {

/// Copies pixels of `Bytes` bytes; `place` gives the source position of a target pixel.
template <typename Place>
void copyPixels(const Picture& from, Picture& to, const Place& place) {
  const std::size_t bytes = static_cast<std::size_t>(from.channels()) * sampleBytes(from.type());
  for (int y = 0; y < to.height(); ++y) {
    auto* out = to.row<std::byte>(y);
    for (int x = 0; x < to.width(); ++x) {
      const auto [sourceX, sourceY] = place(x, y);
      std::memcpy(out + bytes * static_cast<std::size_t>(x),
                  from.row<std::byte>(sourceY) + bytes * static_cast<std::size_t>(sourceX), bytes);
    }
  }
}

template <typename T>
T rounded(float value) {
  if constexpr (std::is_same_v<T, float>) return value;
  else return static_cast<T>(value + 0.5f);
}

/// Share of each source sample in a target sample: `first` source index and weights that sum to 1.
struct Span {
  int first = 0;
  std::vector<float> weights;
};

std::vector<Span> areaSpans(int source, int target) {
  std::vector<Span> spans(static_cast<std::size_t>(target));
  const double ratio = static_cast<double>(source) / target;
  for (int i = 0; i < target; ++i) {
    const double begin = i * ratio, end = std::min((i + 1) * ratio, static_cast<double>(source));
    Span& span = spans[static_cast<std::size_t>(i)];
    span.first = static_cast<int>(begin);
    for (int s = span.first; s < end && s < source; ++s)
      span.weights.push_back(static_cast<float>((std::min<double>(s + 1, end) - std::max<double>(s, begin)) / ratio));
  }
  return spans;
}

#define PAI_ADD_ROW(TARGET)                                                                                          \
  template <typename T>                                                                                              \
  TARGET static void add(const T* PAI_RESTRICT in, float* PAI_RESTRICT sums, std::size_t count, float weight) {    \
    for (std::size_t i = 0; i < count; ++i) sums[i] += weight * static_cast<float>(in[i]);                           \
  }
struct PlainRows {
  PAI_ADD_ROW(PAI_NOINLINE)
};
struct Avx2Rows {
  PAI_ADD_ROW(PAI_NOINLINE PAI_TARGET_AVX2)
};
#undef PAI_ADD_ROW

/// One target row from the weighted column sums of its source rows.
template <typename T, int Channels>
void narrowRow(const std::vector<Span>& columns, const float* sums, T* out) {
  for (const Span& column : columns) {
    float total[Channels] = {};
    const float* in = sums + static_cast<std::size_t>(column.first) * Channels;
    for (const float weight : column.weights)
      for (int c = 0; c < Channels; ++c) total[c] += weight * *in++;
    for (int c = 0; c < Channels; ++c) *out++ = rounded<T>(total[c]);
  }
}

template <typename T>
void areaScale(const Picture& from, Picture& to) {
  const std::size_t rowValues = static_cast<std::size_t>(from.width()) * static_cast<std::size_t>(from.channels());
  const auto columns = areaSpans(from.width(), to.width()), rows = areaSpans(from.height(), to.height());
  const bool fast = cpuHasAvx2();
  std::vector<float> sums(rowValues);
  for (int y = 0; y < to.height(); ++y) {
    std::fill(sums.begin(), sums.end(), 0.0f);
    const Span& span = rows[static_cast<std::size_t>(y)];
    for (std::size_t i = 0; i < span.weights.size(); ++i) {
      const T* in = from.row<T>(span.first + static_cast<int>(i));
      if (fast) Avx2Rows::add(in, sums.data(), rowValues, span.weights[i]);
      else PlainRows::add(in, sums.data(), rowValues, span.weights[i]);
    }
    if (from.channels() == 1) narrowRow<T, 1>(columns, sums.data(), to.row<T>(y));
    else if (from.channels() == 3) narrowRow<T, 3>(columns, sums.data(), to.row<T>(y));
    else narrowRow<T, 4>(columns, sums.data(), to.row<T>(y));
  }
}

}  // namespace

Picture rotated(const Picture& picture, int degrees) {
  const int width = picture.width(), height = picture.height();
  const bool quarter = degrees == 90 || degrees == 270;
  if (!quarter && degrees != 180) return picture;
  Picture turned(quarter ? height : width, quarter ? width : height, picture.channels(), picture.type());
  turned.colour = picture.colour;
  using At = std::pair<int, int>;
  if (degrees == 90) copyPixels(picture, turned, [&](int x, int y) { return At{y, height - 1 - x}; });
  else if (degrees == 180) copyPixels(picture, turned, [&](int x, int y) { return At{width - 1 - x, height - 1 - y}; });
  else copyPixels(picture, turned, [&](int x, int y) { return At{width - 1 - y, x}; });
  return turned;
}

Picture scaledToFit(const Picture& picture, int maxWidth, int maxHeight) {
  const double limitX = maxWidth > 0 ? static_cast<double>(maxWidth) / picture.width() : 1.0;
  const double limitY = maxHeight > 0 ? static_cast<double>(maxHeight) / picture.height() : 1.0;
  const double scale = std::min({1.0, limitX, limitY});
  if (picture.empty() || scale >= 1.0) return picture;
  const auto side = [&](int value) { return std::max(1, static_cast<int>(std::lround(value * scale))); };
  Picture small(side(picture.width()), side(picture.height()), picture.channels(), picture.type());
  small.colour = picture.colour;
  switch (picture.type()) {
    case SampleType::kU8: areaScale<std::uint8_t>(picture, small); break;
    case SampleType::kU16: areaScale<std::uint16_t>(picture, small); break;
    case SampleType::kF32: areaScale<float>(picture, small); break;
  }
  return small;
}

}  // namespace pai::core
