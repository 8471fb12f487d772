// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/pack_rules.h"

#include <algorithm>
#include <cmath>

#include "core/base/file_system.h"
#include "core/base/json_reader.h"
#include "core/base/pack_files.h"

namespace pai::core {

namespace {

constexpr std::uint64_t kPackJsonLimit = 4 << 20;

/// Reads fields and keeps the first thing that is wrong.
class Fields {
 public:
  Fields(const nlohmann::json& json, const std::string& file) : m_json(json), m_file(file) {}

  std::int64_t whole(const char* key, std::int64_t otherwise, std::int64_t low, std::int64_t high) {
    const auto found = m_json.find(key);
    if (found == m_json.end()) return otherwise;
    if (found->is_number_integer() && *found >= low && *found <= high) return found->get<std::int64_t>();
    refuse(std::string(key) + " is no whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return otherwise;
  }
  double number(const char* key, double otherwise, double low, double high) {
    const auto found = m_json.find(key);
    if (found == m_json.end()) return otherwise;
    if (found->is_number() && *found >= low && *found <= high) return found->get<double>();
    refuse(std::string(key) + " is no number from " + std::to_string(low) + " to " + std::to_string(high));
    return otherwise;
  }
  std::string text(const char* key, const std::string& otherwise) {
    const auto found = m_json.find(key);
    if (found == m_json.end()) return otherwise;
    if (found->is_string()) return found->get<std::string>();
    refuse(std::string(key) + " is no text");
    return otherwise;
  }
  void colour(const char* key, std::array<double, 3>& to) {
    const auto found = m_json.find(key);
    if (found == m_json.end()) return;
    bool fine = found->is_array() && found->size() == 3;
    for (std::size_t i = 0; fine && i < 3; ++i) fine = (*found)[i].is_number() && (*found)[i] >= 0.0 && (*found)[i] <= 1.0;
    if (!fine) return refuse(std::string(key) + " is no colour of three numbers from 0 to 1");
    for (std::size_t i = 0; i < 3; ++i) to[i] = (*found)[i].get<double>();
  }
  void refuse(std::string what) {
    if (m_error) return;
    m_error = Error{ErrorCode::kPackInvalid, std::move(what), m_file, {}};
  }
  const std::optional<Error>& error() const { return m_error; }

 private:
  const nlohmann::json& m_json;
  const std::string& m_file;
  std::optional<Error> m_error;
};

int roundedUp(int value, int multiple) { return (value + multiple - 1) / multiple * multiple; }

}  // namespace

std::int64_t PackRules::paddedFrames(std::int64_t frames) const {
  const std::int64_t stride = timeStride();
  return (std::max<std::int64_t>(1, frames) - 1 + stride - 1) / stride * stride + 1;
}

FrameRange PackRules::framesOfSlot(std::int64_t slot) const {
  if (slot <= 0) return {{0}, {1}};
  return {{(slot - 1) * timeStride() + 1}, {slot * timeStride() + 1}};
}

std::int64_t PackRules::middleOfSlot(std::int64_t slot) const {
  const FrameRange frames = framesOfSlot(slot);
  return frames.begin.value + (frames.length() - 1) / 2;
}

PackPictureSize packPictureSize(const PackRules& rules, int shotWidth, int shotHeight) {
  const double across = rules.width > 0 ? static_cast<double>(rules.width) / shotWidth : 1.0;
  const double down = rules.height > 0 ? static_cast<double>(rules.height) / shotHeight : 1.0;
  const double scale = std::min({1.0, across, down});
  PackPictureSize size;
  size.fitWidth = std::max(1, static_cast<int>(std::lround(shotWidth * scale)));
  size.fitHeight = std::max(1, static_cast<int>(std::lround(shotHeight * scale)));
  size.paddedWidth = roundedUp(size.fitWidth, rules.multiple);
  size.paddedHeight = roundedUp(size.fitHeight, rules.multiple);
  return size;
}

Result<PackRules> parsePackRules(const std::string& text, const std::string& fileName) {
  Result<nlohmann::json> json = readJson(text, fileName);
  if (!json) return std::move(json).error();
  if (!json->is_object()) return Error{ErrorCode::kPackInvalid, "pack.json is no object", fileName, {}};
  Fields fields(*json, fileName);
  PackRules rules;
  rules.name = fields.text("name", "");
  const std::string mode = fields.text("conditioning", "text"), autoencoder = fields.text("autoencoder", "");
  if (mode == "in-context") rules.conditioning = PackConditioning::kInContext;
  else if (mode == "vace") rules.conditioning = PackConditioning::kVace;
  else if (mode != "text") fields.refuse("conditioning is none of text, in-context, vace");
  if (!autoencoder.empty() && autoencoder != "none") fields.refuse("autoencoder is neither absent nor none");
  rules.pixels = autoencoder == "none";
  if (rules.pixels && rules.conditioning == PackConditioning::kVace) fields.refuse("VACE conditioning needs an autoencoder");
  rules.width = static_cast<int>(fields.whole("width", 0, 0, 16384));
  rules.height = static_cast<int>(fields.whole("height", 0, 0, 16384));
  rules.multiple = static_cast<int>(fields.whole("multiple", 16, 1, 256));
  if (!rules.pixels && rules.multiple % 16 != 0) fields.refuse("multiple is not one of 16, as the autoencoder needs");
  const std::string positions = fields.text("positions", "slot");
  if (positions != "slot" && positions != "continuous") fields.refuse("positions is neither slot nor continuous");
  rules.continuousPositions = positions == "continuous";
  rules.steps = static_cast<int>(fields.whole("steps", 0, 0, 1000));
  rules.guidance = fields.number("guidance", -1.0, -1.0, 100.0);
  rules.window = fields.whole("window", 0, 0, 100000);
  rules.overlap = fields.whole("overlap", rules.window / 4, 0, std::max<std::int64_t>(0, rules.window - 1));
  fields.colour("screen", rules.screen);
  if (fields.error()) return *fields.error();
  return rules;
}

Result<PackRules> readPackRules(const std::string& folder) {
  const std::string file = folder + "/pack.json";
  const Result<std::string> text = readWholeFile(file, kPackJsonLimit);
  if (!text && text.error().code == ErrorCode::kFileMissing) return rulesOfFiles(folder);
  if (!text) return text.error();
  return parsePackRules(*text, file);
}

}  // namespace pai::core
