// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/picture_blocks.h"

namespace pai::core {

enum class SampleType : std::uint8_t { kU8, kU16, kF32 };
inline constexpr std::size_t sampleBytes(SampleType t) {
  return t == SampleType::kU8 ? 1 : t == SampleType::kU16 ? 2 : 4;
}

/// What the numbers of a picture mean. "" primaries/transfer = unknown, treated as Rec.709/sRGB-like video.
struct ColourTags {
  enum class Matrix : std::uint8_t { kUnknown, kRgb, kBt601, kBt709, kBt2020 };
  enum class Transfer : std::uint8_t { kUnknown, kSrgb, kBt709, kLinear, kPq, kHlg };
  enum class Primaries : std::uint8_t { kUnknown, kBt709, kBt601_525, kBt601_625, kBt2020, kP3 };
  Matrix matrix = Matrix::kUnknown;
  Transfer transfer = Transfer::kUnknown;
  Primaries primaries = Primaries::kUnknown;
  bool fullRange = false;
  bool operator==(const ColourTags&) const = default;
};

/// Interleaved RGB(A) or grey samples, row-major, top left first, rows tightly packed. Full range: U8 0..255, U16 0..65535,
/// F32 nominal 0..1 (linear light may exceed it). Alpha is straight. Value type with shared, copy-on-write-free storage:
/// fill it before sharing, treat it as const afterwards.
class Picture {
 public:
  Picture() = default;
  /// channels 1, 3 or 4. Contents are uninitialised. Throws std::bad_alloc only.
  Picture(int width, int height, int channels, SampleType type)
      : m_width(width), m_height(height), m_channels(channels), m_type(type),
        m_data(pictureBytes(sizeBytes())) {}

  bool empty() const { return !m_data; }
  int width() const { return m_width; }
  int height() const { return m_height; }
  int channels() const { return m_channels; }
  SampleType type() const { return m_type; }
  std::size_t rowBytes() const { return static_cast<std::size_t>(m_width) * m_channels * sampleBytes(m_type); }
  std::size_t sizeBytes() const { return rowBytes() * m_height; }

  template <typename T> T* row(int y) { return reinterpret_cast<T*>(m_data.get() + rowBytes() * y); }
  template <typename T> const T* row(int y) const { return reinterpret_cast<const T*>(m_data.get() + rowBytes() * y); }
  void* data() { return m_data.get(); }
  const void* data() const { return m_data.get(); }

  ColourTags colour;  // of the samples as they are now (after decoding: matrix kRgb, fullRange true)

 private:
  int m_width = 0, m_height = 0, m_channels = 0;
  SampleType m_type = SampleType::kU8;
  std::shared_ptr<std::byte[]> m_data;
};

/// A picture that crosses threads.
using PicturePtr = std::shared_ptr<const Picture>;

}  // namespace pai::core
