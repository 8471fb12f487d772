// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/record.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>

#include "app/worker/life.h"
#include "core/base/hash.h"
#include "core/base/project_json.h"

namespace pai::worker {

using core::Error;
using core::ErrorCode;
using core::Result;

SourceHashes::SourceHashes(const core::Job& job)
    : m_thread([this, media = job.media] {
        for (const core::JobMedia& item : media) {
          Result<std::string> hash = hashOf(item.path, m_stop);
          m_hashes[item.id] = hash ? std::move(hash).value() : std::string();
        }
      }) {}

SourceHashes::~SourceHashes() {
  m_stop.request();
  if (m_thread.joinable()) m_thread.join();
}

const std::map<core::Id, std::string>& SourceHashes::wait() {
  if (m_thread.joinable()) m_thread.join();
  return m_hashes;
}

std::vector<std::string> filesOf(const std::string& path) {
  const std::size_t percent = path.find('%');
  const std::size_t d = percent == std::string::npos ? percent : path.find('d', percent);
  if (d == std::string::npos) return {path};
  const std::size_t slash = path.rfind('/', percent);
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const std::string before = path.substr(slash == std::string::npos ? 0 : slash + 1, percent - (slash == std::string::npos ? 0 : slash + 1));
  const std::string after = path.substr(d + 1);
  std::vector<std::pair<long long, std::string>> found;
  if (DIR* entries = ::opendir(folder.c_str())) {
    while (const dirent* entry = ::readdir(entries)) {
      const std::string name = entry->d_name;
      if (name.size() <= before.size() + after.size() || !name.starts_with(before) || !name.ends_with(after)) continue;
      const std::string digits = name.substr(before.size(), name.size() - before.size() - after.size());
      if (digits.size() <= 12 && std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return std::isdigit(c); }))
        found.emplace_back(std::stoll(digits), (slash == std::string::npos ? "" : folder) + name);
    }
    ::closedir(entries);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> files;
  files.reserve(found.size());
  for (auto& [number, file] : found) files.push_back(std::move(file));
  return files;
}

Result<std::string> hashOf(const std::string& path, const core::StopToken& stop) {
  const std::vector<std::string> files = filesOf(path);
  if (files.empty()) return Error{ErrorCode::kFileMissing, "", path, {}};
  return core::sha256Files(files, stop);
}

std::int64_t bytesOf(const std::string& path) {
  std::int64_t bytes = 0;
  for (const std::string& file : filesOf(path)) {
    struct stat info {};
    if (::stat(file.c_str(), &info) == 0) bytes += info.st_size;
  }
  return bytes;
}

namespace {

/// "" where there is no configuration.
std::string configHash(const std::string& path) {
  if (path.empty()) return "";
  Result<std::string> hash = core::sha256File(path);
  return hash ? *hash : std::string();
}

nlohmann::json repairsJson(const RepairRecord& repairs) {
  nlohmann::json out = nlohmann::json::array();
  for (const auto& [frame, found] : repairs)
    for (const core::RepairFacts& r : found)
      out.push_back({{"frame", frame}, {"from", {frame - 1, frame + 1}}, {"box", {r.box.left, r.box.top, r.box.right, r.box.bottom}},
                     {"area", r.area}, {"refused", r.refused}});
  return out;
}

}  // namespace

nlohmann::json recordJson(const core::Job& job, const core::ClipInfo& plate, core::FrameRange range,
                          const std::map<core::Id, std::string>& hashes, const core::JobResult& result, const RepairRecord& repairs) {
  nlohmann::json media = nlohmann::json::array();
  for (const core::JobMedia& item : job.media) {
    nlohmann::json roles = nlohmann::json::array();
    if (item.id == job.shot.plate) roles.push_back("plate");
    if (item.id == job.shot.camera.clip) roles.push_back("camera");
    for (const core::Reference& reference : job.shot.references)
      if (reference.media == item.id) roles.push_back("reference");
    for (const core::MatteLayer& layer : job.shot.matte)
      if (layer.media == item.id) roles.push_back("matte");
    const auto hash = hashes.find(item.id);
    media.push_back({{"id", item.id}, {"path", item.path}, {"roles", roles}, {"colour_space", item.colourSpace},
                     {"sha256", hash == hashes.end() ? "" : hash->second}});
  }
  nlohmann::json outputs = nlohmann::json::array();
  for (const core::JobOutput& o : result.outputs)
    outputs.push_back({{"layer", o.layer}, {"file", o.path.substr(o.path.rfind('/') + 1)}, {"sha256", o.sha256}});
  nlohmann::json record{
      {"version", 1},
      {"program", std::string("PAI-Studio ") + PAI_VERSION},
      {"engine", job.engine},
      {"pack_sha256", job.packHash},
      {"seed", job.seed},
      {"steps", job.steps},
      {"guidance", job.guidance},
      {"frames", range.length()},
      {"range", {range.begin.value, range.end.value}},
      {"rate", result.rate},
      {"size", {result.width, result.height}},
      {"preset", job.preset},
      {"colour_space", job.colourSpace},
      {"ocio_config", {{"path", job.ocioConfig}, {"sha256", configHash(job.ocioConfig)}}},
      {"alpha", "straight"},
      {"plate_frames", plate.frames},
      {"first_frame_number", plate.firstFrameNumber + job.shot.range.begin.value + range.begin.value},
      {"media", media},
      {"shot", core::shotJson(job.shot)},
      {"outputs", outputs},
      {"matte_repairs", repairsJson(repairs)},
      {"warnings", result.warnings}};
  if (plate.startTimecode) {
    core::Timecode start = *plate.startTimecode;
    start.frames += job.shot.range.begin.value + range.begin.value;
    record["timecode"] = start.text(plate.rate);
  }
  return record;
}

}  // namespace pai::worker
