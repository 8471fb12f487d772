// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/camera_json.h"

#include <sys/stat.h>

#include <algorithm>

#include "app/worker/record.h"
#include "core/base/hash.h"
#include "core/base/project_json.h"
#include "core/draft/camera_json.h"

namespace pai::worker {

using core::CameraCurve;
using core::Error;
using core::ErrorCode;
using core::JobFolder;
using core::Result;

namespace {

constexpr const char* kName = "camera.json";
constexpr std::int64_t kMostBytes = 256LL << 20;
constexpr std::size_t kHeaderBytes = 64 + 1 + 64 + 1;  // fingerprint, hash of the text, line ends

/// A file's identity without reading it.
nlohmann::json stampOf(const std::string& path) {
  nlohmann::json stamps = nlohmann::json::array();
  for (const std::string& file : filesOf(path)) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) continue;
    stamps.push_back({info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec});
  }
  return stamps;
}

}  // namespace

nlohmann::json cameraJson(const CameraCurve& camera, const core::ClipInfo& plate, core::FrameRange range) {
  CameraCurve cut = camera;
  const auto count = static_cast<std::int64_t>(camera.samples.size());
  const std::int64_t begin = std::clamp<std::int64_t>(range.begin.value, 0, count);
  const std::int64_t end = std::clamp<std::int64_t>(range.end.value, begin, count);
  cut.samples.assign(camera.samples.begin() + begin, camera.samples.begin() + end);
  if (cut.space) cut.space->poses.assign(camera.space->poses.begin() + begin, camera.space->poses.begin() + end);
  nlohmann::json json = nlohmann::json::parse(core::cameraJson(cut));
  json["clip"] = plate.path;
  json["rate"] = plate.rate.text();
  for (std::size_t i = 0; i < json["frames"].size(); ++i) json["frames"][i]["frame"] = begin + static_cast<std::int64_t>(i);
  return json;
}

std::string cameraFingerprint(const core::Job& job) {
  const nlohmann::json shot = core::shotJson(job.shot);
  nlohmann::json inputs{{"program", PAI_VERSION}, {"ocio", job.ocioConfig}};
  for (const char* field : {"plate", "range", "camera", "references", "matte", "matte_repairs"})
    if (const auto at = shot.find(field); at != shot.end()) inputs[field] = *at;
  for (const core::JobMedia& media : job.media)
    inputs["media"].push_back({media.id, media.path, media.sha256, media.colourSpace, stampOf(media.path)});
  return core::sha256Of(inputs.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Result<std::optional<CameraCurve>> loadCamera(const core::JobDirectory& directory, const std::string& fingerprint) {
  if (!directory.has(JobFolder::kCheckpoint, kName)) return std::optional<CameraCurve>();
  Result<std::string> text = directory.read(JobFolder::kCheckpoint, kName, kMostBytes);
  if (!text) return std::move(text).error();
  const std::string place = directory.plainPath(JobFolder::kCheckpoint, kName);
  if (text->size() < kHeaderBytes || (*text)[64] != '\n' || (*text)[kHeaderBytes - 1] != '\n')
    return Error{ErrorCode::kFormatBroken, "the camera kept in the job is damaged", place, {}};
  if (text->compare(0, 64, fingerprint) != 0) return std::optional<CameraCurve>();
  const std::string body = text->substr(kHeaderBytes);
  if (text->compare(65, 64, core::sha256Of(body)) != 0)
    return Error{ErrorCode::kFormatBroken, "the camera kept in the job is damaged", place, {}};
  Result<CameraCurve> camera = core::parseCamera(body, place);
  if (!camera) return Error{ErrorCode::kFormatBroken, "the camera kept in the job is damaged: " + camera.error().detail, place, {}};
  return std::optional<CameraCurve>(std::move(camera).value());
}

Result<CameraCurve> keepCamera(const core::JobDirectory& directory, const std::string& fingerprint, const CameraCurve& camera) {
  const std::string body = core::cameraJson(camera);
  Result<CameraCurve> back = core::parseCamera(body, kName);
  if (!back || static_cast<std::int64_t>(body.size() + kHeaderBytes) > kMostBytes) return camera;
  core::Status written = directory.write(JobFolder::kCheckpoint, kName, fingerprint + "\n" + core::sha256Of(body) + "\n" + body);
  if (!written) return written.error();
  return back;
}

}  // namespace pai::worker
