// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/job_result.h"

#include <sys/stat.h>

namespace pai::core {
namespace {

constexpr const char* kResultName = "result.json";
constexpr std::size_t kMaxOutputs = 64, kMaxResultText = 4096, kMaxResultWarnings = 1000;

bool text(const nlohmann::json& json, const char* name, std::string& out) {
  const auto it = json.find(name);
  if (it == json.end() || !it->is_string()) return false;
  out = it->get<std::string>();
  return out.size() <= kMaxResultText;
}

bool count(const nlohmann::json& json, const char* name, std::int64_t& out) {
  const auto it = json.find(name);
  if (it == json.end() || !it->is_number_integer()) return false;
  out = it->get<std::int64_t>();
  return out >= 0;
}

bool readOutputs(const nlohmann::json& json, std::vector<JobOutput>& outputs) {
  const auto list = json.find("outputs");
  if (list == json.end() || !list->is_array() || list->empty() || list->size() > kMaxOutputs) return false;
  for (const nlohmann::json& item : *list) {
    JobOutput output;
    if (!item.is_object() || !text(item, "layer", output.layer) || !text(item, "path", output.path) ||
        !text(item, "sha256", output.sha256) || !count(item, "size_bytes", output.sizeBytes))
      return false;
    outputs.push_back(std::move(output));
  }
  return true;
}

}  // namespace

nlohmann::json resultJson(const JobResult& result) {
  nlohmann::json outputs = nlohmann::json::array();
  for (const JobOutput& o : result.outputs)
    outputs.push_back({{"layer", o.layer}, {"path", o.path}, {"size_bytes", o.sizeBytes}, {"sha256", o.sha256}});
  return {{"version", result.version}, {"engine", result.engine}, {"frames", result.frames}, {"width", result.width},
          {"height", result.height}, {"rate", result.rate}, {"elapsed_seconds", result.elapsedSeconds},
          {"outputs", outputs}, {"warnings", result.warnings}, {"record", result.record}};
}

Result<JobResult> parseResult(std::string_view source, const std::string& fileName) {
  const auto json = nlohmann::json::parse(source, nullptr, false);
  if (!json.is_object()) return brokenJob("it is not a JSON object", fileName);
  JobResult result;
  std::int64_t version = 0, width = 0, height = 0;
  if (!count(json, "version", version)) return brokenJob("it has no version", fileName);
  if (version > kResultVersion) return Error{ErrorCode::kVersionTooNew, "", fileName, {}};
  if (!text(json, "engine", result.engine) || !count(json, "frames", result.frames) || !count(json, "width", width) ||
      !count(json, "height", height) || !text(json, "rate", result.rate) || width > 1 << 20 || height > 1 << 20)
    return brokenJob("a value is missing or wrong", fileName);
  result.version = static_cast<int>(version);
  result.width = static_cast<int>(width);
  result.height = static_cast<int>(height);
  if (!readOutputs(json, result.outputs)) return brokenJob("it names no valid outputs", fileName);
  if (const auto it = json.find("elapsed_seconds"); it != json.end() && it->is_number()) result.elapsedSeconds = it->get<double>();
  if (const auto it = json.find("warnings"); it != json.end() && it->is_array())
    for (const nlohmann::json& warning : *it)
      if (warning.is_string() && result.warnings.size() < kMaxResultWarnings)
        result.warnings.push_back(warning.get<std::string>().substr(0, kMaxResultText));
  (void)text(json, "record", result.record);
  return result;
}

Result<JobResult> readResult(const JobDirectory& directory) {
  Result<std::string> source = directory.read(JobFolder::kTop, kResultName, kMaxResultBytes);
  if (!source) {
    if (source.error().code == ErrorCode::kFileMissing)
      return brokenJob("it has no result.json", directory.path());
    return std::move(source).error();
  }
  Result<JobResult> result = parseResult(*source, directory.plainPath(JobFolder::kTop, kResultName));
  if (!result) return result;
  for (const JobOutput& output : result->outputs) {
    struct stat info {};
    // A pattern's files were counted by the worker; its folder must still be there.
    const bool pattern = output.path.find('%') != std::string::npos;
    const std::string probe = pattern ? output.path.substr(0, output.path.rfind('/')) : output.path;
    if (::stat(probe.empty() ? "/" : probe.c_str(), &info) != 0)
      return brokenJob("the delivered file is not there", output.path);
  }
  return result;
}

}  // namespace pai::core
