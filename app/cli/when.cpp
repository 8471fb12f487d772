// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/when.h"

#include <array>
#include <charconv>
#include <cmath>

namespace pai::cli {

using core::Error;
using core::ErrorCode;
using core::FrameIndex;
using core::Result;

namespace {

template <typename T>
bool number(std::string_view text, T& out) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc() && end == text.data() + text.size();
}

Result<core::Anchor> at(std::int64_t frame, std::int64_t frames, std::string_view text) {
  if (frame < 0 || frame >= frames)
    return Error{ErrorCode::kReferenceOutside,
                 std::string(text) + " is not one of the " + std::to_string(frames) + " frames", "", {}};
  return core::Anchor{core::AnchorKind::kFrame, FrameIndex{frame}};
}

double linearOf(double screen) { return screen <= 0.04045 ? screen / 12.92 : std::pow((screen + 0.055) / 1.055, 2.4); }

}  // namespace

Error usageError(std::string detail) { return Error{ErrorCode::kUsage, std::move(detail), "", {}}; }

Result<core::Anchor> parseWhen(std::string_view text, std::int64_t frames, core::FrameRate rate,
                               const std::optional<core::Timecode>& start) {
  if (text == "begin") return core::Anchor{core::AnchorKind::kBegin, {}};
  if (text == "middle") return core::Anchor{core::AnchorKind::kMiddle, {}};
  if (text == "end") return core::Anchor{core::AnchorKind::kEnd, {}};
  std::int64_t value = 0;
  if (number(text, value)) return at(value < 0 ? frames + value : value, frames, text);
  if (text.find(':') != std::string_view::npos) {
    Result<core::Timecode> code = core::Timecode::parse(text, rate);
    if (!code) return usageError(std::string("\"") + std::string(text) + "\" is not a timecode at " + rate.text() + " frames a second");
    return at(code->frames - (start ? start->frames : 0), frames, text);
  }
  return usageError(std::string("\"") + std::string(text) + "\" is no frame: give a number, begin, middle, end, a timecode or -1");
}

Result<core::FrameRange> parseRange(std::string_view text) {
  const std::size_t colon = text.find(':');
  core::FrameRange range;
  if (colon == std::string_view::npos || !number(text.substr(0, colon), range.begin.value) ||
      !number(text.substr(colon + 1), range.end.value) || range.begin.value < 0 || range.end <= range.begin)
    return usageError(std::string("\"") + std::string(text) + "\" is no range: give A:B, the first frame and the one after the last");
  return range;
}

Result<std::pair<int, int>> parseSize(std::string_view text) {
  const std::size_t x = text.find_first_of("xX");
  int width = 0, height = 0;
  if (x == std::string_view::npos || !number(text.substr(0, x), width) || !number(text.substr(x + 1), height) || width < 16 ||
      height < 16 || width > 16384 || height > 16384)
    return usageError(std::string("\"") + std::string(text) + "\" is no size: give WIDTHxHEIGHT, each 16 to 16384");
  return std::pair{width, height};
}

Result<std::pair<std::string, std::string>> splitReference(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    return usageError(std::string("\"") + text + "\" is no reference: give WHEN=IMAGE, such as begin=street.png");
  return std::pair{text.substr(0, equals), text.substr(equals + 1)};
}

core::Status parseScreen(std::string_view text, core::KeySettings& key) {
  using Screen = core::KeySettings::Screen;
  if (text == "auto") return key.screen = Screen::kAuto, core::Status{};
  if (text == "green") return key.screen = Screen::kGreen, core::Status{};
  if (text == "blue") return key.screen = Screen::kBlue, core::Status{};
  std::array<double, 3> colour{};
  std::string_view rest = text;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t comma = i < 2 ? rest.find(',') : rest.size();
    if (comma == std::string_view::npos || !number(rest.substr(0, comma), colour[i]) || !(colour[i] >= 0.0 && colour[i] <= 255.0))
      return usageError(std::string("\"") + std::string(text) + "\" is no screen colour: give auto, green, blue or R,G,B from 0 to 255");
    rest = i < 2 ? rest.substr(comma + 1) : rest;
  }
  key.screen = Screen::kColour;
  for (std::size_t i = 0; i < 3; ++i) key.colour[i] = linearOf(colour[i] / 255.0);
  return {};
}

}  // namespace pai::cli
