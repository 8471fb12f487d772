// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/check_media.h"

#include <string_view>

#include "app/cli/program.h"
#include "core/media/image_file.h"

namespace pai::cli {

namespace {

using core::ColourTags;
using nlohmann::json;

std::string_view matrixName(ColourTags::Matrix matrix) {
  switch (matrix) {
    case ColourTags::Matrix::kRgb: return "rgb";
    case ColourTags::Matrix::kBt601: return "bt601";
    case ColourTags::Matrix::kBt709: return "bt709";
    case ColourTags::Matrix::kBt2020: return "bt2020";
    case ColourTags::Matrix::kUnknown: break;
  }
  return "untagged";
}

std::string_view transferName(ColourTags::Transfer transfer) {
  switch (transfer) {
    case ColourTags::Transfer::kSrgb: return "srgb";
    case ColourTags::Transfer::kBt709: return "bt709";
    case ColourTags::Transfer::kLinear: return "linear";
    case ColourTags::Transfer::kPq: return "pq";
    case ColourTags::Transfer::kHlg: return "hlg";
    case ColourTags::Transfer::kUnknown: break;
  }
  return "untagged";
}

std::string_view primariesName(ColourTags::Primaries primaries) {
  switch (primaries) {
    case ColourTags::Primaries::kBt709: return "bt709";
    case ColourTags::Primaries::kBt601_525: return "bt601-525";
    case ColourTags::Primaries::kBt601_625: return "bt601-625";
    case ColourTags::Primaries::kBt2020: return "bt2020";
    case ColourTags::Primaries::kP3: return "p3";
    case ColourTags::Primaries::kUnknown: break;
  }
  return "untagged";
}

/// The type that keeps all a clip holds.
core::SampleType wholeType(const core::ClipInfo& info) {
  if (info.colour.transfer == ColourTags::Transfer::kLinear) return core::SampleType::kF32;
  return info.bitsPerComponent > 8 ? core::SampleType::kU16 : core::SampleType::kU8;
}

std::string textOf(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const json& item : value) text += (text.empty() ? "" : ", ") + textOf(item);
  return text;
}

}  // namespace

json clipJson(const core::ClipInfo& info) {
  json out{{"frames", info.frames},
           {"rate", {info.rate.num(), info.rate.den()}},
           {"width", info.width},
           {"height", info.height},
           {"pixel_aspect", {info.pixelAspectNum, info.pixelAspectDen}},
           {"rotation", info.rotationDegrees},
           {"bits", info.bitsPerComponent},
           {"alpha", info.hasAlpha},
           {"audio", info.hasAudio},
           {"interlaced", info.interlaced},
           {"variable_rate", info.variableRate},
           {"colour",
            {{"matrix", matrixName(info.colour.matrix)},
             {"transfer", transferName(info.colour.transfer)},
             {"primaries", primariesName(info.colour.primaries)},
             {"range", info.colour.fullRange ? "full" : "limited"}}},
           {"first_frame_number", info.firstFrameNumber},
           {"codec", info.codec},
           {"container", info.container},
           {"bit_rate", info.bitRate},
           {"warnings", info.warnings}};
  if (info.interlaced) out["field_order"] = info.topFieldFirst ? "top" : "bottom";
  if (info.startTimecode) out["timecode"] = info.startTimecode->text(info.rate);
  if (info.variableRate) out["frame_times"] = info.frameTimes;
  return out;
}

core::Result<json> probeClip(const std::string& path) {
  auto reader = core::ClipReader::open(path);
  if (!reader) return std::move(reader).error();
  return clipJson((*reader)->info());
}

core::Result<json> checkVideo(const std::string& path) {
  constexpr std::size_t kCacheBytes = 32u << 20;  // every frame is read once, in order
  core::ReadOptions options;
  options.cacheBytes = kCacheBytes;
  auto reader = core::ClipReader::open(path, options);
  if (!reader) return std::move(reader).error();
  if (const core::SampleType type = wholeType((*reader)->info()); type != options.type) {
    options.type = type;
    reader = core::ClipReader::open(path, options);
    if (!reader) return std::move(reader).error();
  }
  std::int64_t damaged = 0;
  const std::int64_t frames = (*reader)->info().frames;
  for (std::int64_t i = 0; i < frames; ++i) {
    if (auto planes = (*reader)->readYuv({i}); planes && (*planes)->damaged) ++damaged;
    if (auto picture = (*reader)->read({i}); !picture) return std::move(picture).error();
  }
  json out = clipJson((*reader)->info());
  out["damaged_frames"] = damaged;
  return out;
}

core::Result<json> checkImage(const std::string& path) {
  auto info = core::readImageInfo(path);
  if (!info) return std::move(info).error();
  auto picture = core::readImage(path);
  if (!picture) return std::move(picture).error();
  return json{{"format", info->format},          {"width", picture->width()},     {"height", picture->height()},
              {"channels", picture->channels()}, {"bits", info->bitsPerChannel}, {"linear", info->linear}};
}

std::string mediaText(const json& media) {
  std::string text;
  for (const auto& [key, value] : media.items()) {
    if (key == "warnings" || key == "frame_times") continue;
    if (value.is_object()) {
      for (const auto& [inner, item] : value.items()) text.append(key).append(" ").append(inner).append(": ").append(textOf(item)).append("\n");
    } else {
      text += key + ": " + textOf(value) + "\n";
    }
  }
  for (const json& warning : media.value("warnings", json::array())) text += "warning: " + textOf(warning) + "\n";
  return text;
}

core::Result<std::string> checkMedia(const std::string& kind, const std::string& path, bool json) {
  if (kind != "video" && kind != "image")
    return core::Error{core::ErrorCode::kUsage, "the kind is neither video nor image", kind, {}};
  const auto media = kind == "video" ? checkVideo(path) : checkImage(path);
  if (!media) return media.error();
  return json ? media->dump(2) + "\n" : mediaText(*media);
}

void registerCheckMedia(Program& program) {
  program.checks["video"] = checkVideo;
  program.checks["image"] = checkImage;
}

}  // namespace pai::cli
