// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/colour_transfer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace pai::core {

namespace {

using Transfer = ColourTags::Transfer;

// SMPTE ST 2084 constants.
constexpr double kPqM1 = 2610.0 / 16384.0, kPqM2 = 2523.0 / 4096.0 * 128.0;
constexpr double kPqC1 = 3424.0 / 4096.0, kPqC2 = 2413.0 / 4096.0 * 32.0, kPqC3 = 2392.0 / 4096.0 * 32.0;
constexpr double kPqPeak = 100.0;  // 10,000 cd/m2 where 1.0 is 100
// BT.2100 HLG constants.
constexpr double kHlgA = 0.17883277, kHlgB = 1.0 - 4.0 * kHlgA, kHlgC = 0.55991073;

double decode(double v, Transfer transfer) {
  switch (transfer) {
    case Transfer::kSrgb: return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    case Transfer::kLinear: return v;
    case Transfer::kPq: {
      const double p = std::pow(v, 1.0 / kPqM2);
      return kPqPeak * std::pow(std::max(p - kPqC1, 0.0) / (kPqC2 - kPqC3 * p), 1.0 / kPqM1);
    }
    case Transfer::kHlg: return v <= 0.5 ? v * v / 3.0 : (std::exp((v - kHlgC) / kHlgA) + kHlgB) / 12.0;
    case Transfer::kBt709:
    case Transfer::kUnknown: break;
  }
  return v < 0.081 ? v / 4.5 : std::pow((v + 0.099) / 1.099, 1.0 / 0.45);
}

double encode(double v, Transfer transfer) {
  switch (transfer) {
    case Transfer::kSrgb: return v <= 0.0031308 ? v * 12.92 : 1.055 * std::pow(v, 1.0 / 2.4) - 0.055;
    case Transfer::kLinear: return v;
    case Transfer::kPq: {
      const double p = std::pow(v / kPqPeak, kPqM1);
      return std::pow((kPqC1 + kPqC2 * p) / (1.0 + kPqC3 * p), kPqM2);
    }
    case Transfer::kHlg: return v <= 1.0 / 12.0 ? std::sqrt(3.0 * v) : kHlgA * std::log(12.0 * v - kHlgB) + kHlgC;
    case Transfer::kBt709:
    case Transfer::kUnknown: break;
  }
  return v < 0.018 ? v * 4.5 : 1.099 * std::pow(v, 0.45) - 0.099;
}

template <typename T>
constexpr float maximum() {
  return sizeof(T) == 1 ? 255.0f : 65535.0f;
}

template <typename T>
void decodeInteger(const Picture& picture, Picture& out, Transfer transfer) {
  std::vector<float> table(static_cast<std::size_t>(maximum<T>()) + 1), plain(table.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    plain[i] = static_cast<float>(static_cast<double>(i) / maximum<T>());
    table[i] = linearOf(plain[i], transfer);
  }
  const int channels = picture.channels();
  for (int y = 0; y < picture.height(); ++y) {
    const T* from = picture.row<T>(y);
    float* to = out.row<float>(y);
    for (int i = 0; i < picture.width() * channels; ++i)
      to[i] = channels == 4 && i % 4 == 3 ? plain[from[i]] : table[from[i]];
  }
}

template <typename T>
void quantise(const Picture& from, Picture& to) {
  const int count = from.width() * from.channels();
  for (int y = 0; y < from.height(); ++y) {
    const float* in = from.row<float>(y);
    T* out = to.row<T>(y);
    for (int i = 0; i < count; ++i) {
      const float v = in[i] > 0.0f ? in[i] : 0.0f;
      out[i] = static_cast<T>(static_cast<std::int32_t>((v < 1.0f ? v : 1.0f) * maximum<T>() + 0.5f));
    }
  }
}

template <typename From, typename To>
void rescale(const Picture& from, Picture& to) {
  const int count = from.width() * from.channels();
  for (int y = 0; y < from.height(); ++y) {
    const From* in = from.row<From>(y);
    To* out = to.row<To>(y);
    for (int i = 0; i < count; ++i) {
      if constexpr (std::is_same_v<To, float>) out[i] = static_cast<float>(in[i]) / maximum<From>();
      else if constexpr (sizeof(To) > sizeof(From)) out[i] = static_cast<To>(in[i] * 257);
      else out[i] = static_cast<To>((in[i] + 128u - (in[i] >> 8)) >> 8);
    }
  }
}

}  // namespace

float linearOf(float coded, Transfer transfer) {
  return static_cast<float>(std::copysign(decode(std::abs(static_cast<double>(coded)), transfer), coded));
}

float codedOf(float linear, Transfer transfer) {
  return static_cast<float>(std::copysign(encode(std::abs(static_cast<double>(linear)), transfer), linear));
}

Picture linearPicture(const Picture& picture) {
  const Transfer transfer = picture.colour.transfer;
  if (picture.type() == SampleType::kF32 && (transfer == Transfer::kLinear || transfer == Transfer::kUnknown))
    return picture;
  Picture out(picture.width(), picture.height(), picture.channels(), SampleType::kF32);
  out.colour = picture.colour;
  out.colour.transfer = Transfer::kLinear;
  if (picture.type() == SampleType::kU8) decodeInteger<std::uint8_t>(picture, out, transfer);
  else if (picture.type() == SampleType::kU16) decodeInteger<std::uint16_t>(picture, out, transfer);
  else
    for (int y = 0; y < picture.height(); ++y) {
      const float* from = picture.row<float>(y);
      float* to = out.row<float>(y);
      for (int i = 0; i < picture.width() * picture.channels(); ++i)
        to[i] = picture.channels() == 4 && i % 4 == 3 ? from[i] : linearOf(from[i], transfer);
    }
  return out;
}

Picture codedPicture(const Picture& linear, Transfer transfer, SampleType type) {
  Picture coded(linear.width(), linear.height(), linear.channels(), SampleType::kF32);
  coded.colour = linear.colour;
  coded.colour.transfer = transfer;
  for (int y = 0; y < linear.height(); ++y) {
    const float* from = linear.row<float>(y);
    float* to = coded.row<float>(y);
    for (int i = 0; i < linear.width() * linear.channels(); ++i)
      to[i] = linear.channels() == 4 && i % 4 == 3 ? from[i] : codedOf(from[i], transfer);
  }
  return withType(coded, type);
}

Picture wideOf(const Picture& linear) {
  constexpr float kMatrix[3][3] = {{0.627404f, 0.329283f, 0.043313f}, {0.069097f, 0.919540f, 0.011362f}, {0.016391f, 0.088013f, 0.895595f}};
  Picture out(linear.width(), linear.height(), linear.channels(), SampleType::kF32);
  out.colour = linear.colour;
  out.colour.primaries = ColourTags::Primaries::kBt2020;
  const int channels = linear.channels();
  for (int y = 0; y < linear.height(); ++y) {
    const float* from = linear.row<float>(y);
    float* to = out.row<float>(y);
    for (int x = 0; x < linear.width(); ++x, from += channels, to += channels) {
      if (channels == 1) to[0] = from[0];
      else
        for (int c = 0; c < 3; ++c) to[c] = kMatrix[c][0] * from[0] + kMatrix[c][1] * from[1] + kMatrix[c][2] * from[2];
      if (channels == 4) to[3] = from[3];
    }
  }
  return out;
}

Picture withType(const Picture& picture, SampleType type) {
  if (picture.type() == type || picture.empty()) return picture;
  Picture out(picture.width(), picture.height(), picture.channels(), type);
  out.colour = picture.colour;
  const bool toFloat = type == SampleType::kF32;
  if (picture.type() == SampleType::kF32) {
    if (type == SampleType::kU8) quantise<std::uint8_t>(picture, out);
    else quantise<std::uint16_t>(picture, out);
  } else if (picture.type() == SampleType::kU8) {
    if (toFloat) rescale<std::uint8_t, float>(picture, out);
    else rescale<std::uint8_t, std::uint16_t>(picture, out);
  } else {
    if (toFloat) rescale<std::uint16_t, float>(picture, out);
    else rescale<std::uint16_t, std::uint8_t>(picture, out);
  }
  return out;
}

}  // namespace pai::core
