// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/time.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

namespace pai::core {
namespace {

constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();

Error badRate(std::string_view text) {
  return {ErrorCode::kFieldInvalid, inQuotes(text) + " is not a frame rate such as 24, 23.976 or 30000/1001", "", {}};
}

Error badTimecode(std::string_view text, const std::string& why) {
  return {ErrorCode::kFieldInvalid, inQuotes(text) + " is not a timecode: " + why, "", {}};
}

/// Whole digits only.
bool readDigits(std::string_view text, std::int64_t& out) {
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
  return ec == std::errc() && end == text.data() + text.size() && !text.empty() && text[0] != '-';
}

/// Numbers skipped at the start of each minute but every tenth: 2 at 29.97, 4 at 59.94.
std::int64_t droppedPerMinute(FrameRate rate) { return rate.nominal() / 15; }

}  // namespace

Result<FrameRate> FrameRate::make(std::int64_t num, std::int64_t den) {
  if (num <= 0 || den <= 0) return badRate(std::to_string(num) + "/" + std::to_string(den));
  const std::int64_t common = std::gcd(num, den);
  num /= common;
  den /= common;
  if (num > kLargest || den > kLargest || num / den > 1000 || (num / den == 1000 && num % den != 0))
    return badRate(std::to_string(num) + "/" + std::to_string(den));
  return FrameRate(static_cast<std::int32_t>(num), static_cast<std::int32_t>(den));
}

Result<FrameRate> FrameRate::parse(std::string_view text) {
  std::int64_t num = 0, den = 1;
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    if (!readDigits(text.substr(0, slash), num) || !readDigits(text.substr(slash + 1), den)) return badRate(text);
    return make(num, den);
  }
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return readDigits(text, num) ? make(num, 1) : Result<FrameRate>(badRate(text));
  const std::string_view decimals = text.substr(dot + 1);
  std::int64_t whole = 0, part = 0;
  if (decimals.size() > 6 || !readDigits(text.substr(0, dot), whole) || !readDigits(decimals, part) || whole > 1000)
    return badRate(text);
  for (std::size_t i = 0; i < decimals.size(); ++i) den *= 10;
  num = whole * den + part;
  // 23.976 and its kin stand for n * 1000 / 1001.
  const std::int64_t nominal = whole + 1;
  const double given = static_cast<double>(num) / static_cast<double>(den);
  if (decimals.size() >= 2 && std::abs(given - static_cast<double>(nominal) * 1000.0 / 1001.0) < 0.006 &&
      (nominal % 24 == 0 || nominal % 30 == 0))
    return make(nominal * 1000, 1001);
  return make(num, den);
}

FrameIndex FrameRate::frameAt(double seconds) const {
  const double frames = std::floor((seconds + 1e-6) * m_num / m_den);
  if (!(frames > 0)) return {0};
  return {frames < 9e15 ? static_cast<std::int64_t>(frames) : std::int64_t{9'000'000'000'000'000}};
}

std::string FrameRate::text() const {
  return m_den == 1 ? std::to_string(m_num) : std::to_string(m_num) + "/" + std::to_string(m_den);
}

std::string Timecode::text(FrameRate rate) const {
  const std::int64_t nominal = rate.nominal();
  const bool drop = dropFrame && rate.dropFramePossible();
  const std::int64_t perMinute = drop ? droppedPerMinute(rate) : 0;
  const std::int64_t perDay = nominal * 86400 - perMinute * 9 * 6 * 24;
  std::int64_t count = ((frames % perDay) + perDay) % perDay;
  if (drop) {
    const std::int64_t tenMinutes = nominal * 600 - perMinute * 9;
    const std::int64_t tens = count / tenMinutes, rest = count % tenMinutes;
    // The first minute of ten drops nothing; each later one is `perMinute` numbers shorter.
    const std::int64_t minutes = rest < nominal * 60 ? 0 : 1 + (rest - nominal * 60) / (nominal * 60 - perMinute);
    count += perMinute * (tens * 9 + minutes);
  }
  const std::int64_t seconds = count / nominal;
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%02d:%02d:%02d%c%02d", static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60), drop ? ';' : ':',
                static_cast<int>(count % nominal));
  return buffer;
}

Result<Timecode> Timecode::parse(std::string_view text, FrameRate rate) {
  std::int64_t field[4] = {};
  std::size_t at = 0;
  bool drop = false;
  for (int i = 0; i < 4; ++i) {
    const std::size_t end = i == 3 ? text.size() : text.find_first_of(i == 2 ? ":;." : ":", at);
    if (end == std::string_view::npos) return badTimecode(text, "it is written HH:MM:SS:FF");
    const std::string_view digits = text.substr(at, end - at);
    if (digits.empty() || digits.size() > (i == 3 ? 3u : 2u) || !readDigits(digits, field[i]))
      return badTimecode(text, "it is written HH:MM:SS:FF");
    if (i == 2) drop = text[end] != ':';
    at = end + 1;
  }
  const std::int64_t nominal = rate.nominal();
  if (field[0] > 23 || field[1] > 59 || field[2] > 59 || field[3] >= nominal)
    return badTimecode(text, "a part is out of range at " + rate.text() + " frames a second");
  if (drop && !rate.dropFramePossible())
    return badTimecode(text, "drop-frame exists at 29.97 and 59.94 only, not at " + rate.text());
  const std::int64_t minutes = field[0] * 60 + field[1];
  Timecode result{((minutes * 60) + field[2]) * nominal + field[3], drop};
  if (drop) {
    const std::int64_t perMinute = droppedPerMinute(rate);
    if (field[1] % 10 != 0 && field[2] == 0 && field[3] < perMinute)
      return badTimecode(text, "this number is skipped in drop-frame");
    result.frames -= perMinute * (minutes - minutes / 10);
  }
  return result;
}

}  // namespace pai::core
