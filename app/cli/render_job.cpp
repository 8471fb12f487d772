// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/render_job.h"

#include <algorithm>
#include <filesystem>

#include "app/cli/job_run.h"
#include "app/cli/packs.h"
#include "app/cli/when.h"
#include "core/base/file_system.h"
#include "core/base/prompt.h"
#include "core/media/clip_reader.h"
#include "core/media/clip_writer.h"
#include "core/media/image_file.h"

namespace pai::cli {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

namespace {

/// What can be overridden on the command line, in both forms.
Status applyOverrides(const RenderArguments& a, std::int64_t frames, core::Job& job) {
  if (!a.size.empty()) {
    Result<std::pair<int, int>> size = parseSize(a.size);
    if (!size) return size.error();
    job.width = size->first;
    job.height = size->second;
  }
  if (!a.range.empty()) {
    Result<core::FrameRange> range = parseRange(a.range);
    if (!range) return range.error();
    if (range->end.value > frames)
      return Error{ErrorCode::kUsage, std::string("the range ") + a.range + " ends after the last of the " + std::to_string(frames) + " frames", "", {}};
    job.range = *range;
  }
  if (a.seed) job.seed = *a.seed;
  if (a.steps > 0) job.steps = a.steps;
  if (a.noRelight) job.shot.light.relight = false;
  if (a.noRepairs) job.shot.repairs.enabled = false;
  if (a.noAudio) job.audio = false;
  if (!a.layers.empty()) job.layers = a.layers;
  if (!a.preset.empty()) job.preset = a.preset;
  if (!a.colour.empty()) job.colourSpace = a.colour;
  if (!a.ocioConfig.empty()) job.ocioConfig = absolutePath(a.ocioConfig);
  return {};
}

Status checkOutput(const std::string& out) {
  Result<core::Codec> codec = core::ClipWriter::codecFor(out);
  if (!codec) return codec.error();
  const std::filesystem::path folder = std::filesystem::path(out).parent_path();
  std::error_code code;
  if (!std::filesystem::is_directory(folder, code))
    return Error{ErrorCode::kFileMissing, "the output's folder is not there; make it first", folder.string(), {}};
  return {};
}

Result<core::ClipInfo> clipInfo(const std::string& path) {
  Result<std::unique_ptr<core::ClipReader>> reader = core::ClipReader::open(path);
  if (!reader) return std::move(reader).error();
  return (*reader)->info();
}

Status addReferences(const RenderArguments& a, const core::ClipInfo& plate, core::Job& job) {
  for (const std::string& text : a.references) {
    Result<std::pair<std::string, std::string>> parts = splitReference(text);
    if (!parts) return parts.error();
    Result<core::Anchor> anchor = parseWhen(parts->first, plate.frames, plate.rate, plate.startTimecode);
    if (!anchor) {
      Error error = anchor.error();
      if (error.code == ErrorCode::kReferenceOutside) error.context = parts->second;
      return error;
    }
    const std::string path = absolutePath(parts->second);
    if (Result<core::ImageInfo> image = core::readImageInfo(path); !image) return image.error();
    core::Reference reference;
    reference.id = std::string("reference") + std::to_string(job.shot.references.size() + 1);
    reference.media = std::string("image") + std::to_string(job.shot.references.size() + 1);
    reference.anchor = *anchor;
    job.media.push_back({reference.media, path, "", a.referenceColour});
    job.shot.references.push_back(std::move(reference));
  }
  return {};
}

Status addMatte(const RenderArguments& a, const core::ClipInfo& plate, core::Job& job) {
  core::MatteLayer layer;
  layer.id = "matte1";
  if (a.matte.empty()) {
    layer.name = "key";
    job.shot.matte.push_back(std::move(layer));
    return {};
  }
  const std::string path = absolutePath(a.matte);
  Result<core::ClipInfo> info = clipInfo(path);
  if (!info) return info.error();
  if (info->frames < plate.frames)
    return Error{ErrorCode::kSizeMismatch,
                 std::string("the matte has ") + std::to_string(info->frames) + " frames, the foreground " + std::to_string(plate.frames), path, {}};
  layer.name = "matte";
  layer.source = core::MatteSource::kExternal;
  layer.media = "matte";
  job.media.push_back({"matte", path, "", ""});
  job.shot.matte.push_back(std::move(layer));
  return {};
}

Status addCamera(const RenderArguments& a, core::Job& job) {
  if (a.cameraFrom.empty()) return {};
  const std::string path = absolutePath(a.cameraFrom);
  if (Result<core::ClipInfo> info = clipInfo(path); !info) return info.error();
  job.media.push_back({"camera", path, "", ""});
  job.shot.camera.source = core::CameraSettings::Source::kClip;
  job.shot.camera.clip = "camera";
  return {};
}

Status addPrompt(const RenderArguments& a, core::Job& job) {
  if (a.prompt.empty()) return {};
  Result<std::string> text = core::readWholeFile(a.prompt, 1 << 20);
  if (!text) return text.error();
  Result<core::StructuredPrompt> prompt = core::parsePrompt(*text, a.prompt);
  if (!prompt) return prompt.error();
  job.shot.prompt = std::move(prompt).value();
  return {};
}

}  // namespace

Status chooseEngine(const std::string& engine, core::Job& job) {
  if (engine.empty() || engine == "draft") {
    job.engine = "draft";
    return {};
  }
  Result<Pack> pack = findPack(engine);
  if (!pack) return pack.error();
  job.engine = pack->folder;
  job.packHash = pack->hash;
  return {};
}

Result<core::Job> jobOfFiles(const RenderArguments& a) {
  core::Job job;
  job.output = absolutePath(a.out);
  if (Status s = checkOutput(job.output); !s) return s.error();
  const std::string plate = absolutePath(a.foreground);
  Result<core::ClipInfo> info = clipInfo(plate);
  if (!info) return std::move(info).error();
  job.name = std::filesystem::path(plate).stem().string();
  job.shot.id = "shot1";
  job.shot.name = job.name;
  job.shot.plate = "plate";
  job.shot.range = {{0}, {info->frames}};
  job.media.push_back({"plate", plate, "", a.foregroundColour});
  if (Status s = chooseEngine(a.engine, job); !s) return s.error();
  if (Status s = addReferences(a, *info, job); !s) return s.error();
  if (Status s = addMatte(a, *info, job); !s) return s.error();
  if (Status s = addCamera(a, job); !s) return s.error();
  if (Status s = addPrompt(a, job); !s) return s.error();
  if (Status s = applyOverrides(a, info->frames, job); !s) return s.error();
  return job;
}

Result<std::vector<core::Shot>> shotsOf(const core::LoadedProject& loaded, const RenderArguments& a) {
  const std::vector<core::Shot>& shots = loaded.project.shots;
  if (shots.empty()) return Error{ErrorCode::kFieldInvalid, "the project has no shots", loaded.path, {}};
  if (a.all) return shots;
  if (a.shot.empty()) {
    if (shots.size() == 1) return shots;
    return Error{ErrorCode::kUsage, std::string("the project has ") + std::to_string(shots.size()) + " shots; give --shot NAME or --all", loaded.path, {}};
  }
  for (const core::Shot& shot : shots)
    if (shot.name == a.shot || shot.id == a.shot) return std::vector{shot};
  return Error{ErrorCode::kFieldInvalid, std::string("there is no shot named ") + a.shot, loaded.path, {}};
}

Result<core::Job> jobOfShot(const core::LoadedProject& loaded, const core::Shot& shot, const RenderArguments& a) {
  core::Job job;
  job.name = shot.name;
  job.shot = shot;
  job.shot.markers.clear();  // notes of editing: no part of a render, nor of what records it
  std::string out = a.out;
  if (const std::size_t at = out.find("{shot}"); at != std::string::npos) {
    std::string safe = shot.name.empty() ? shot.id : shot.name;
    std::replace_if(safe.begin(), safe.end(), [](char c) { return c == '/' || static_cast<unsigned char>(c) < 0x20; }, '_');
    out.replace(at, 6, safe);
  }
  job.output = absolutePath(out);
  if (Status s = checkOutput(job.output); !s) return s.error();
  std::vector<core::Id> used{shot.plate};
  for (const core::Reference& reference : shot.references) used.push_back(reference.media);
  for (const core::MatteLayer& layer : shot.matte)
    if (layer.enabled && !layer.media.empty()) used.push_back(layer.media);
  if (shot.camera.source == core::CameraSettings::Source::kClip) used.push_back(shot.camera.clip);
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  for (const core::Id& id : used) {
    const core::Media* media = loaded.project.findMedia(id);
    if (!media) return Error{ErrorCode::kFieldInvalid, std::string("shot ") + shot.name + " uses media " + id + ", which the project does not have", loaded.path, {}};
    const core::MediaPath place = core::resolveMediaPath(media->path, loaded.folder);
    if (place.place == core::MediaPlace::kForbidden) return Error{ErrorCode::kPathForbidden, std::string("media ") + media->name, media->path, {}};
    job.media.push_back({id, place.path, media->sha256, media->colourSpace});
  }
  const auto plate = std::find_if(job.media.begin(), job.media.end(), [&](const core::JobMedia& m) { return m.id == shot.plate; });
  Result<core::ClipInfo> info = clipInfo(plate->path);
  if (!info) return std::move(info).error();
  if (job.shot.range.empty()) job.shot.range = {{0}, {info->frames}};
  job.engine = shot.render.engine;
  job.seed = shot.render.seed;
  job.steps = shot.render.steps;
  job.guidance = shot.render.guidance;
  job.width = shot.render.width ? shot.render.width : shot.delivery.width;
  job.height = shot.render.height ? shot.render.height : shot.delivery.height;
  job.audio = shot.delivery.audio;
  job.layers = shot.delivery.layers;
  job.colourSpace = shot.delivery.colourSpace;
  if (!loaded.project.ocioConfig.empty()) {
    const core::MediaPath place = core::resolveMediaPath(loaded.project.ocioConfig, loaded.folder);
    if (place.place == core::MediaPlace::kForbidden) return Error{ErrorCode::kPathForbidden, "the OpenColorIO configuration", loaded.project.ocioConfig, {}};
    job.ocioConfig = place.path;
  }
  if (Status s = chooseEngine(a.engine.empty() ? shot.render.engine : a.engine, job); !s) return s.error();
  if (Status s = applyOverrides(a, job.shot.range.length(), job); !s) return s.error();
  return job;
}

}  // namespace pai::cli
