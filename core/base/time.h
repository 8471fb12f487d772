// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace pai::core {

/// Position of a frame in a shot or clip, counted from 0.
struct FrameIndex {
  std::int64_t value = 0;
  auto operator<=>(const FrameIndex&) const = default;
  friend FrameIndex operator+(FrameIndex a, std::int64_t n) { return {a.value + n}; }
  friend FrameIndex operator-(FrameIndex a, std::int64_t n) { return {a.value - n}; }
  friend std::int64_t operator-(FrameIndex a, FrameIndex b) { return a.value - b.value; }
};

/// Half-open range of frames [begin, end).
struct FrameRange {
  FrameIndex begin;
  FrameIndex end;
  bool operator==(const FrameRange&) const = default;
  std::int64_t length() const { return std::max<std::int64_t>(0, end - begin); }
  bool empty() const { return length() == 0; }
  bool contains(FrameIndex f) const { return begin <= f && f < end; }
  FrameRange intersected(const FrameRange& other) const {
    return {std::max(begin, other.begin), std::max(std::max(begin, other.begin), std::min(end, other.end))};
  }
};

/// Exact frames per second, reduced, num and den > 0 (24000/1001 for 23.976).
class FrameRate {
 public:
  FrameRate() = default;
  /// kFieldInvalid unless 0 < num/den <= 1000 and both fit 31 bits.
  static Result<FrameRate> make(std::int64_t num, std::int64_t den);
  /// Reads "24", "23.976", "30000/1001"; well-known decimals become their exact rational.
  static Result<FrameRate> parse(std::string_view text);

  std::int32_t num() const { return m_num; }
  std::int32_t den() const { return m_den; }
  double framesPerSecond() const { return static_cast<double>(m_num) / m_den; }
  double secondsOf(FrameIndex f) const { return static_cast<double>(f.value) * m_den / m_num; }
  /// The frame on screen at a time >= 0 (floor, tolerant of 1 microsecond of rounding).
  FrameIndex frameAt(double seconds) const;
  /// Nominal whole rate for timecode: 24 for 23.976, 30 for 29.97.
  std::int32_t nominal() const { return (m_num + m_den - 1) / m_den; }
  /// True for 29.97 and 59.94, the rates that have drop-frame timecode.
  bool dropFramePossible() const { return m_den == 1001 && (m_num == 30000 || m_num == 60000); }
  std::string text() const;
  bool operator==(const FrameRate&) const = default;

 private:
  FrameRate(std::int32_t num, std::int32_t den) : m_num(num), m_den(den) {}
  std::int32_t m_num = 24;
  std::int32_t m_den = 1;
};

/// SMPTE ST 12-1 timecode counted in frames from 00:00:00:00; drop-frame skips numbers, never pictures.
struct Timecode {
  std::int64_t frames = 0;
  bool dropFrame = false;
  bool operator==(const Timecode&) const = default;
  /// "HH:MM:SS:FF", with ';' before the frames when drop-frame. Wraps at 24 h.
  std::string text(FrameRate rate) const;
  /// Reads either form; ';' or '.' before the frames means drop-frame. kFieldInvalid when out of range or a dropped number.
  static Result<Timecode> parse(std::string_view text, FrameRate rate);
};

}  // namespace pai::core
