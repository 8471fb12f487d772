// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/time.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

namespace pai::core {
namespace {

constexpr double kRoundingSeconds = 1e-6;

Error badRate(std::string_view text) {
  return {ErrorCode::kFieldInvalid, "frame rate \"" + std::string(text.substr(0, 40)) + "\" is not in (0, 1000]", "rate", {}};
}

Error badTimecode(std::string_view text, std::string why) {
  return {ErrorCode::kFieldInvalid, "timecode \"" + std::string(text.substr(0, 40)) + "\" " + std::move(why), "timecode", {}};
}

std::optional<std::int64_t> wholeNumber(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

/// Frame numbers skipped at the start of a minute, and frames in ten minutes (SMPTE ST 12-1).
struct DropCounts {
  std::int64_t skipped, perMinute, perTenMinutes;
};
DropCounts dropCounts(FrameRate rate) {
  const std::int64_t skipped = rate.nominal() / 15;  // 2 at 30, 4 at 60
  const std::int64_t perMinute = std::int64_t{rate.nominal()} * 60 - skipped;
  return {skipped, perMinute, perMinute * 10 + skipped};
}

}  // namespace

Result<FrameRate> FrameRate::make(std::int64_t num, std::int64_t den) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
  if (num <= 0 || den <= 0) return badRate(std::to_string(num) + "/" + std::to_string(den));
  const std::int64_t divisor = std::gcd(num, den);
  num /= divisor;
  den /= divisor;
  if (num > kMax || den > kMax || num > den * 1000) return badRate(std::to_string(num) + "/" + std::to_string(den));
  return FrameRate(static_cast<std::int32_t>(num), static_cast<std::int32_t>(den));
}

Result<FrameRate> FrameRate::parse(std::string_view text) {
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    const auto num = wholeNumber(text.substr(0, slash));
    const auto den = wholeNumber(text.substr(slash + 1));
    if (!num || !den) return badRate(text);
    return make(*num, *den);
  }
  double value = 0.0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || text.empty() || !(value > 0.0) || value > 1000.0)
    return badRate(text);
  for (const std::int64_t nominal : {24, 30, 48, 60, 120}) {
    if (std::abs(value - nominal * 1000.0 / 1001.0) < 0.005) return make(nominal * 1000, 1001);
  }
  return make(std::llround(value * 1000.0), 1000);
}

FrameIndex FrameRate::frameAt(double seconds) const {
  const double position = (std::max(0.0, seconds) + kRoundingSeconds) * m_num / m_den;
  return {static_cast<std::int64_t>(std::floor(std::min(position, 9e15)))};
}

std::string FrameRate::text() const {
  return m_den == 1 ? std::to_string(m_num) : std::to_string(m_num) + "/" + std::to_string(m_den);
}

std::string Timecode::text(FrameRate rate) const {
  const bool drop = dropFrame && rate.dropFramePossible();
  const std::int64_t nominal = rate.nominal();
  std::int64_t number = frames;
  if (drop) {
    const DropCounts counts = dropCounts(rate);
    const std::int64_t day = counts.perTenMinutes * 6 * 24;
    number = ((number % day) + day) % day;
    const std::int64_t tens = number / counts.perTenMinutes;
    const std::int64_t rest = number % counts.perTenMinutes;
    const std::int64_t minutes = rest < counts.perMinute + counts.skipped
                                     ? 0
                                     : 1 + (rest - counts.perMinute - counts.skipped) / counts.perMinute;
    number += counts.skipped * (tens * 9 + minutes);
  } else {
    const std::int64_t day = nominal * 86400;
    number = ((number % day) + day) % day;
  }
  const auto two = [](std::int64_t v) { return (v < 10 ? "0" : "") + std::to_string(v); };
  const std::int64_t seconds = number / nominal;
  return two(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60) + (drop ? ";" : ":") +
         two(number % nominal);
}

Result<Timecode> Timecode::parse(std::string_view text, FrameRate rate) {
  const auto separator = text.find_last_of(":;.");
  if (text.size() > 16 || separator == std::string_view::npos) return badTimecode(text, "is not HH:MM:SS:FF");
  const bool drop = text[separator] != ':';
  std::array<std::int64_t, 4> part{};
  std::size_t from = 0;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const std::size_t to = i == 3 ? text.size() : text.find_first_of(":;.", from);
    if (to == std::string_view::npos || to - from < 1 || to - from > 3) return badTimecode(text, "is not HH:MM:SS:FF");
    const auto value = wholeNumber(text.substr(from, to - from));
    if (!value || *value < 0) return badTimecode(text, "is not HH:MM:SS:FF");
    part[i] = *value;
    from = to + 1;
  }
  const auto [hours, minutes, seconds, frame] = part;
  const std::int64_t nominal = rate.nominal();
  if (hours > 23 || minutes > 59 || seconds > 59 || frame >= nominal) return badTimecode(text, "is out of range");
  const std::int64_t number = ((hours * 60 + minutes) * 60 + seconds) * nominal + frame;
  if (!drop) return Timecode{number, false};
  if (!rate.dropFramePossible()) return badTimecode(text, "is drop-frame, which exists at 29.97 and 59.94 only");
  const DropCounts counts = dropCounts(rate);
  if (minutes % 10 != 0 && seconds == 0 && frame < counts.skipped)
    return badTimecode(text, "is a number that drop-frame skips");
  const std::int64_t wholeMinutes = hours * 60 + minutes;
  return Timecode{number - counts.skipped * (wholeMinutes - wholeMinutes / 10), true};
}

}  // namespace pai::core
