// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/delivery.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "app/worker/segments.h"
#include "core/base/layer_path.h"

namespace pai::worker {

using core::Codec;
using core::Error;
using core::ErrorCode;
using core::Picture;
using core::Result;
using core::SampleType;

namespace {

struct Preset {
  std::string_view name;
  Codec codec;
  std::string_view endings;  // that can hold it
};
constexpr std::array<Preset, 7> kPresets{{{"h264", Codec::kH264, ".mp4 .mov .mkv"},
                                          {"hevc10", Codec::kHevc10, ".mp4 .mov .mkv"},
                                          {"prores422hq", Codec::kProRes422Hq, ".mov .mkv"},
                                          {"prores4444", Codec::kProRes4444, ".mov .mkv"},
                                          {"ffv1", Codec::kFfv1, ".mkv .mov"},
                                          {"png", Codec::kPng, ".png"},
                                          {"exr", Codec::kExr, ".exr"}}};

std::string endingOf(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  const std::size_t slash = path.rfind('/');
  if (dot == std::string::npos || (slash != std::string::npos && dot < slash)) return "";
  std::string ending = path.substr(dot);
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return ending;
}

bool holdsAlpha(Codec codec) {
  return codec == Codec::kProRes4444 || codec == Codec::kFfv1 || codec == Codec::kPng || codec == Codec::kExr;
}

Result<Codec> codecOf(const core::Job& job) {
  if (job.preset.empty()) return core::ClipWriter::codecFor(job.output);
  for (const Preset& preset : kPresets) {
    if (preset.name != job.preset) continue;
    const std::string ending = endingOf(job.output);
    if (ending.empty() || preset.endings.find(ending) == std::string_view::npos)
      return Error{ErrorCode::kUsage, "preset " + job.preset + " needs an output ending in " + std::string(preset.endings), job.output, {}};
    return preset.codec;
  }
  return Error{ErrorCode::kUsage, "there is no preset named " + job.preset, job.output, {}};
}

}  // namespace

Result<std::vector<LayerPlan>> planDelivery(const core::Job& job) {
  if (job.layers.empty()) return Error{ErrorCode::kUsage, "no layer is asked for", job.output, {}};
  std::vector<LayerPlan> plans;
  for (const std::string& layer : job.layers) {
    if (std::find(core::kDeliveryLayers.begin(), core::kDeliveryLayers.end(), layer) == core::kDeliveryLayers.end())
      return Error{ErrorCode::kUsage, "there is no layer named " + layer, job.output, {}};
    LayerPlan plan;
    plan.layer = layer;
    if (layer == "camera") {
      plan.path = job.layers.size() == 1 ? job.output : core::cameraPath(job.output);
    } else {
      Result<Codec> codec = codecOf(job);
      if (!codec) return std::move(codec).error();
      plan.codec = *codec;
      plan.path = plans.empty() ? job.output : core::layerPath(job.output, layer);
      plan.alpha = layer == "foreground" && holdsAlpha(*codec);
      plan.needsScene = layer != "matte";
    }
    if (std::any_of(plans.begin(), plans.end(), [&](const LayerPlan& p) { return p.layer == layer; })) continue;
    plans.push_back(std::move(plan));
  }
  return plans;
}

core::DraftRequest requestFor(const std::vector<std::string>& layers) {
  const auto wanted = [&](std::string_view layer) { return std::find(layers.begin(), layers.end(), layer) != layers.end(); };
  core::DraftRequest request;
  request.composite = wanted("composite");
  request.background = wanted("background");
  request.foreground = wanted("foreground");
  request.matte = wanted("matte") || wanted("foreground");
  request.shadow = wanted("shadow");
  return request;
}

Picture pictureOf(const core::DraftFrame& frame, const LayerPlan& plan) {
  const Picture& picture = plan.layer == "composite"    ? frame.composite
                           : plan.layer == "background" ? frame.background
                           : plan.layer == "foreground" ? frame.foreground
                           : plan.layer == "matte"      ? frame.matte
                                                        : frame.shadow;
  if (picture.empty()) return picture;
  return encodable(picture, plan.alpha && !frame.matte.empty() ? &frame.matte : nullptr);
}

core::WriteOptions writeOptionsFor(const core::Job& job, const core::ClipInfo& plate, core::FrameRange range,
                                   const LayerPlan& plan, const Picture& picture) {
  core::WriteOptions options;
  options.codec = *plan.codec;
  options.width = picture.width();
  options.height = picture.height();
  options.rate = plate.rate;
  options.alpha = plan.alpha;
  options.colour = plate.colour;
  if (picture.colour.transfer != core::ColourTags::Transfer::kUnknown) options.colour.transfer = picture.colour.transfer;
  if (picture.colour.primaries != core::ColourTags::Primaries::kUnknown) options.colour.primaries = picture.colour.primaries;
  if (options.colour.matrix == core::ColourTags::Matrix::kUnknown || options.colour.matrix == core::ColourTags::Matrix::kRgb)
    options.colour.matrix = core::ColourTags::Matrix::kBt709;
  options.colour.fullRange = false;
  if (picture.width() == plate.width && picture.height() == plate.height) {
    options.pixelAspectNum = plate.pixelAspectNum;
    options.pixelAspectDen = plate.pixelAspectDen;
  }
  const std::int64_t first = job.shot.range.begin.value + range.begin.value;
  options.firstFrameNumber = plate.firstFrameNumber + first;
  options.startTimecode = plate.startTimecode;
  if (options.startTimecode) options.startTimecode->frames += first;
  return options;
}

Result<core::WriteOptions> joinOptionsFor(const core::Job& job, const core::ClipInfo& plate, core::FrameRange range,
                                          const LayerPlan& plan, const std::string& firstPiece) {
  Result<std::unique_ptr<core::ClipReader>> reader = core::ClipReader::open(firstPiece);
  if (!reader) return std::move(reader).error();
  const core::ClipInfo& info = (*reader)->info();
  Picture shape(info.width, info.height, 1, SampleType::kU8);
  core::WriteOptions options = writeOptionsFor(job, plate, range, plan, shape);
  if (info.colour.matrix != core::ColourTags::Matrix::kUnknown && info.colour.matrix != core::ColourTags::Matrix::kRgb)
    options.colour = info.colour;
  const std::int64_t first = job.shot.range.begin.value + range.begin.value;
  if (job.audio && plate.hasAudio && plan.layer == "composite") {
    options.audioFrom = plate.path;
    options.audioStartSeconds = plate.rate.secondsOf({first});
  }
  return options;
}

Picture previewOf(const Picture& picture, int maxWidth) {
  const int depth = picture.type() == SampleType::kU8 ? CV_8U : picture.type() == SampleType::kU16 ? CV_16U : CV_32F;
  const cv::Mat full(picture.height(), picture.width(), CV_MAKETYPE(depth, picture.channels()),
                     const_cast<void*>(picture.data()), picture.rowBytes());
  const int width = std::min(maxWidth, picture.width());
  const int height = std::max(1, picture.height() * width / std::max(1, picture.width()));
  cv::Mat small;
  cv::resize(full, small, {width, height}, 0, 0, cv::INTER_AREA);
  small.convertTo(small, CV_8U, depth == CV_8U ? 1.0 : depth == CV_16U ? 1.0 / 257.0 : 255.0);
  Picture out(width, height, picture.channels(), SampleType::kU8);
  small.copyTo(cv::Mat(height, width, small.type(), out.data(), out.rowBytes()));
  return out;
}

std::string recordPathFor(const std::string& path) {
  const std::size_t percent = path.find('%', path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  if (percent == std::string::npos) return path + ".json";
  std::string stem = path.substr(0, percent);
  while (!stem.empty() && (stem.back() == '.' || stem.back() == '_' || stem.back() == '-')) stem.pop_back();
  if (stem.empty() || stem.back() == '/') stem += "frames";
  return stem + endingOf(path) + ".json";
}

}  // namespace pai::worker
