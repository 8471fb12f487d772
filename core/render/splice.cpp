// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/splice.h"

#include <algorithm>

#include "core/base/json_reader.h"
#include "core/base/project_json.h"

namespace pai::core {

namespace {

constexpr int kSpliceVersion = 1;
constexpr std::int64_t kMostFrames = 100'000'000;
constexpr std::int64_t kMostFeatherFrames = 10'000;
constexpr double kMostFeatherPixels = 10'000.0;

nlohmann::json takeJson(const SpliceTake& take) { return {{"take", take.take}, {"path", take.path}, {"begin", take.begin.value}, {"colour_space", take.colourSpace}}; }

/// Reads fields and keeps the first that is wrong.
class Fields {
 public:
  explicit Fields(const std::string& file) : m_file(file) {}
  std::int64_t whole(const nlohmann::json& json, const char* key, std::int64_t low, std::int64_t high) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    if (json.is_object() && found != json.end() && found->is_number_integer() && *found >= low && *found <= high) return found->get<std::int64_t>();
    wrong(key);
    return low;
  }
  double number(const nlohmann::json& json, const char* key, double high) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    if (json.is_object() && found != json.end() && found->is_number() && *found >= 0.0 && *found <= high) return found->get<double>();
    wrong(key);
    return 0.0;
  }
  std::string text(const nlohmann::json& json, const char* key) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    if (json.is_object() && found != json.end() && found->is_string()) return found->get<std::string>();
    wrong(key);
    return {};
  }
  SpliceTake take(const nlohmann::json& json, const char* key) {
    const auto found = json.find(key);
    if (found == json.end()) return wrong(key), SpliceTake{};
    SpliceTake take{text(*found, "take"), text(*found, "path"), {whole(*found, "begin", 0, kMostFrames)}, {}};
    if (found->is_object() && found->contains("colour_space")) take.colourSpace = text(*found, "colour_space");
    if (!take.path.starts_with('/')) wrong("path");
    return take;
  }
  void wrong(const char* key) {
    if (!m_error) m_error = Error{ErrorCode::kFieldInvalid, std::string(key) + " is missing, of the wrong kind or out of bounds", m_file, {}};
  }
  const std::optional<Error>& error() const { return m_error; }

 private:
  const std::string& m_file;
  std::optional<Error> m_error;
};

}  // namespace

nlohmann::json spliceJson(const Splice& splice) {
  nlohmann::json json{{"version", kSpliceVersion}, {"base", takeJson(splice.base)},
                      {"range", {{"begin", splice.range.begin.value}, {"end", splice.range.end.value}}},
                      {"feather_frames", splice.featherFrames}, {"feather_pixels", splice.featherPixels}};
  if (splice.insert) json["insert"] = takeJson(*splice.insert);
  if (splice.region) {
    Shot outline;
    outline.matte = {*splice.region};
    json["region"] = shotJson(outline)["matte"][0];
  }
  return json;
}

Result<Splice> parseSplice(std::string_view text, const std::string& fileName) {
  Result<nlohmann::json> json = readJson(text, fileName);
  if (!json) return std::move(json).error();
  Fields fields(fileName);
  if (!json->is_object() || fields.whole(*json, "version", 1, kSpliceVersion) != kSpliceVersion || fields.error())
    return Error{ErrorCode::kFieldInvalid, "it is no splice of this version", fileName, {}};
  Splice splice;
  splice.base = fields.take(*json, "base");
  if (json->contains("insert")) splice.insert = fields.take(*json, "insert");
  const nlohmann::json range = json->value("range", nlohmann::json::object());
  splice.range = {{fields.whole(range, "begin", 0, kMostFrames)}, {fields.whole(range, "end", 0, kMostFrames)}};
  splice.featherFrames = fields.whole(*json, "feather_frames", 0, kMostFeatherFrames);
  splice.featherPixels = fields.number(*json, "feather_pixels", kMostFeatherPixels);
  if (json->contains("region")) {
    nlohmann::json outline = shotJson(Shot{});
    outline["id"] = "shot1";
    outline["matte"] = nlohmann::json::array({(*json)["region"]});
    Result<Shot> shot = parseShot(outline, fileName);
    if (!shot) return std::move(shot).error();
    if (shot->matte.front().source != MatteSource::kShape || shot->matte.front().shape.empty()) fields.wrong("region");
    splice.region = shot->matte.front();
  }
  if (fields.error()) return *fields.error();
  return splice;
}

double spliceWeight(const Splice& splice, FrameRange base, FrameIndex frame) {
  const FrameRange range = splice.range.intersected(base);
  if (!splice.insert || !range.contains(frame)) return 0.0;
  const auto ramp = [&splice](std::int64_t in) {  // `in`: frames from the edge, 0 the first
    return std::min(1.0, static_cast<double>(in + 1) / static_cast<double>(splice.featherFrames + 1));
  };
  double weight = 1.0;
  // Where the range reaches the base's own end there is nothing to come from or to go to.
  if (range.begin > base.begin) weight = std::min(weight, ramp(frame - range.begin));
  if (range.end < base.end) weight = std::min(weight, ramp(range.end.value - 1 - frame.value));
  return weight;
}

}  // namespace pai::core
