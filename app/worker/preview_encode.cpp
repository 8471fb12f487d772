// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/preview_encode.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>

#include "core/draft/camera_json.h"

namespace pai::worker {

using core::Picture;
using core::SampleType;

namespace {

struct Layout {
  const char* format;  // as the client names it
  std::size_t pixelBytes;
};

Layout layoutOf(const Picture& p) {
  const bool alpha = p.channels() == 4;
  switch (p.type()) {
    case SampleType::kU8: return p.channels() == 1 ? Layout{"gray8", 1} : Layout{alpha ? "argb32" : "rgb32", 4};
    case SampleType::kU16: return p.channels() == 1 ? Layout{"gray16", 2} : Layout{alpha ? "rgba64" : "rgbx64", 8};
    default: return {alpha ? "rgba32f" : "rgbx32f", 16};
  }
}

template <typename T>
void fillFourChannels(const T* from, T* to, int width, int channels, T opaque) {
  for (int x = 0; x < width; ++x, from += channels, to += 4) {
    to[0] = from[0];
    to[1] = channels == 1 ? from[0] : from[1];
    to[2] = channels == 1 ? from[0] : from[2];
    to[3] = channels == 4 ? from[3] : opaque;
  }
}

void fillScreenRow(const std::uint8_t* from, std::uint32_t* to, int width, int channels) {
  if (channels == 3) {
    for (int x = 0; x < width; ++x, from += 3) to[x] = 0xff000000u | (std::uint32_t{from[0]} << 16) | (std::uint32_t{from[1]} << 8) | from[2];
  } else {
    for (int x = 0; x < width; ++x, from += 4)
      to[x] = (std::uint32_t{from[3]} << 24) | (std::uint32_t{from[0]} << 16) | (std::uint32_t{from[1]} << 8) | from[2];
  }
}

}  // namespace

core::Status ImageParcel::add(const std::string& name, const Picture& picture) {
  if (picture.empty()) return {};
  const Layout layout = layoutOf(picture);
  // Rows start on 4 bytes, as screens want them.
  const std::size_t stride = (static_cast<std::size_t>(picture.width()) * layout.pixelBytes + 3) / 4 * 4;
  core::Result<core::SharedMemory> memory = core::SharedMemory::make(stride * static_cast<std::size_t>(picture.height()));
  if (!memory) return memory.error();
  for (int y = 0; y < picture.height(); ++y) {
    std::byte* to = memory->data() + stride * static_cast<std::size_t>(y);
    const int width = picture.width(), channels = picture.channels();
    if (picture.type() == SampleType::kF32)
      fillFourChannels(picture.row<float>(y), reinterpret_cast<float*>(to), width, channels, 1.0f);
    else if (channels == 1)
      std::memcpy(to, picture.row<std::byte>(y), picture.rowBytes());
    else if (picture.type() == SampleType::kU16)
      fillFourChannels(picture.row<std::uint16_t>(y), reinterpret_cast<std::uint16_t*>(to), width, channels, std::uint16_t{65535});
    else
      fillScreenRow(picture.row<std::uint8_t>(y), reinterpret_cast<std::uint32_t*>(to), width, channels);
  }
  m_images.push_back({{"name", name}, {"format", layout.format}, {"width", picture.width()}, {"height", picture.height()}, {"stride", stride}});
  core::Result<core::Descriptor> sealed = std::move(memory).value().seal();
  if (!sealed) return sealed.error();
  m_memory.push_back(std::move(sealed).value());
  return {};
}

nlohmann::json clipInfoJson(const core::ClipInfo& info) {
  nlohmann::json json{{"path", info.path}, {"frames", info.frames}, {"rate", {info.rate.num(), info.rate.den()}},
                      {"width", info.width}, {"height", info.height},
                      {"pixel_aspect", {info.pixelAspectNum, info.pixelAspectDen}}, {"rotation", info.rotationDegrees},
                      {"interlaced", info.interlaced}, {"top_field_first", info.topFieldFirst},
                      {"variable_rate", info.variableRate}, {"alpha", info.hasAlpha}, {"bits", info.bitsPerComponent},
                      {"audio", info.hasAudio}, {"first_frame_number", info.firstFrameNumber}, {"codec", info.codec},
                      {"container", info.container}, {"bit_rate", info.bitRate}, {"frame_times", info.frameTimes},
                      {"warnings", info.warnings}, {"size_bytes", info.sizeBytes}};
  json["colour"] = {static_cast<int>(info.colour.matrix), static_cast<int>(info.colour.transfer),
                    static_cast<int>(info.colour.primaries), info.colour.fullRange ? 1 : 0};
  if (info.startTimecode) json["timecode"] = {info.startTimecode->frames, info.startTimecode->dropFrame ? 1 : 0};
  const core::CodedFacts& c = info.coded;
  json["coded"] = {{"profile", c.profile}, {"pixel_format", c.pixelFormat}, {"primaries", c.primaries}, {"transfer", c.transfer},
                   {"matrix", c.matrix}, {"range", c.range}, {"pixel_aspect", c.pixelAspect}, {"sound_codec", c.soundCodec},
                   {"sound_layout", c.soundLayout}, {"sound_rate", c.soundRate}, {"sound_bit_rate", c.soundBitRate}};
  return json;
}

nlohmann::json cameraCurveJson(const core::CameraCurve& camera) {
  nlohmann::json samples = nlohmann::json::array();
  for (const core::CameraSample& s : camera.samples) {
    nlohmann::json row{s.pan, s.tilt, s.zoom, s.roll, s.errorPx, s.uncertaintyPx};
    for (int i = 0; i < 9; ++i) row.push_back(s.toFirst.val[i]);
    samples.push_back(std::move(row));
  }
  return {{"method", core::cameraMethodName(camera.method)}, {"size", {camera.size.width, camera.size.height}},
          {"samples", samples}, {"warnings", camera.warnings}, {"motion", camera.motionSentence},
          {"angle", camera.angle}, {"focal_length", camera.focalLength}};
}

nlohmann::json lightCurveJson(const core::LightCurve& light) {
  nlohmann::json frames = nlohmann::json::array();
  const auto stops = [](double codedRatio) { return core::kCoding * std::log2(std::max(codedRatio, 1e-6)); };
  for (const core::FrameLight& f : light.frames) {
    const cv::Vec3f gain = f.correction.mul(f.tint);
    const double luma = 0.2126 * gain[0] + 0.7152 * gain[1] + 0.0722 * gain[2];
    frames.push_back({stops(luma), stops(gain[0] / std::max(gain[2], 1e-6f)), core::kCoding * f.slope[0] / std::numbers::ln2, core::kCoding * f.slope[1] / std::numbers::ln2});
  }
  return frames;
}

nlohmann::json matteReportJson(const core::MatteReportFrame& r) {
  nlohmann::json repairs = nlohmann::json::array();
  for (const core::RepairFacts& repair : r.repairs) {
    nlohmann::json outline = nlohmann::json::array();
    for (const core::MattePoint& p : repair.outline) outline.push_back({p.x, p.y});
    repairs.push_back({{"box", {repair.box.left, repair.box.top, repair.box.right, repair.box.bottom}}, {"area", repair.area},
                       {"outline", std::move(outline)}, {"refused", repair.refused}});
  }
  return {{"coverage", r.coverage}, {"holes", r.holes}, {"chatter", r.chatter}, {"spill", r.spill},
          {"edge_width", r.edgeWidth}, {"needs_look", r.needsLook}, {"repairs", std::move(repairs)}};
}

}  // namespace pai::worker
