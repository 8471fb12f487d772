// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/preview_decode.h"

#include <algorithm>
#include <array>

namespace pai::app {
namespace {

using nlohmann::json;

struct Format {
  const char* name;
  QImage::Format format;
  int pixelBytes;
};
constexpr std::array<Format, 8> kFormats{{{"rgb32", QImage::Format_RGB32, 4}, {"argb32", QImage::Format_ARGB32, 4},
                                          {"gray8", QImage::Format_Grayscale8, 1}, {"gray16", QImage::Format_Grayscale16, 2},
                                          {"rgbx64", QImage::Format_RGBX64, 8}, {"rgba64", QImage::Format_RGBA64, 8},
                                          {"rgbx32f", QImage::Format_RGBX32FPx4, 16}, {"rgba32f", QImage::Format_RGBA32FPx4, 16}}};
constexpr std::int64_t kMaxSide = 65536;
constexpr std::int64_t kMaxFrames = 10'000'000;
constexpr std::int64_t kMaxSoundSamples = 60LL * core::kSoundRate;
constexpr std::int64_t kMaxPeaks = 86400LL * core::kSoundRate / core::SoundPeaks::kStretch + 1;

std::string textIn(const json& body, const char* name) {
  const auto it = body.find(name);
  return it != body.end() && it->is_string() ? it->get<std::string>() : std::string();
}

bool flagIn(const json& body, const char* name) {
  const auto it = body.find(name);
  return it != body.end() && it->is_boolean() && it->get<bool>();
}

double realIn(const json& body, const char* name) {
  const auto it = body.find(name);
  return it != body.end() && it->is_number() ? it->get<double>() : 0.0;
}

/// Whole numbers of an array of a known length.
template <std::size_t N>
bool numbersIn(const json& body, const char* name, std::array<std::int64_t, N>& out) {
  const auto it = body.find(name);
  if (it == body.end() || !it->is_array() || it->size() != N) return false;
  for (std::size_t i = 0; i < N; ++i) {
    if (!(*it)[i].is_number_integer()) return false;
    out[i] = (*it)[i].template get<std::int64_t>();
  }
  return true;
}

/// Finite numbers of an array of a known length; fractions of a frame.
template <std::size_t N>
bool fractionsIn(const json& list, std::array<double, N>& out) {
  if (!list.is_array() || list.size() != N) return false;
  for (std::size_t i = 0; i < N; ++i) {
    if (!list[i].is_number()) return false;
    out[i] = list[i].template get<double>();
    if (!(out[i] >= 0.0 && out[i] <= 1.0)) return false;
  }
  return true;
}

std::optional<core::RepairFacts> repairIn(const json& item) {
  const auto box = item.find("box"), outline = item.find("outline");
  std::array<double, 4> sides{};
  if (!item.is_object() || box == item.end() || outline == item.end() || !fractionsIn(*box, sides) || !outline->is_array() ||
      outline->size() > core::kMostRepairPoints)
    return {};
  core::RepairFacts out;
  out.box = {sides[0], sides[1], sides[2], sides[3]};
  out.area = std::clamp(realIn(item, "area"), 0.0, 1.0);
  for (const json& point : *outline) {
    std::array<double, 2> at{};
    if (!fractionsIn(point, at)) return {};
    out.outline.push_back({at[0], at[1]});
  }
  out.refused = flagIn(item, "refused");
  return out;
}

void releaseMapping(void* owner) { delete static_cast<std::shared_ptr<const std::byte>*>(owner); }

std::optional<NamedImage> imageOf(const json& item, const core::Descriptor& memory) {
  if (!item.is_object()) return {};
  const std::string name = textIn(item, "format");
  const auto format = std::find_if(kFormats.begin(), kFormats.end(), [&](const Format& f) { return name == f.name; });
  const std::int64_t width = numberIn(item, "width"), height = numberIn(item, "height"), stride = numberIn(item, "stride");
  if (format == kFormats.end() || width <= 0 || height <= 0 || width > kMaxSide || height > kMaxSide ||
      stride < width * format->pixelBytes || stride > width * format->pixelBytes + 4096)
    return {};
  core::Result<std::shared_ptr<const std::byte>> mapped = core::mapShared(memory, static_cast<std::size_t>(stride * height));
  if (!mapped) return {};
  auto* owner = new std::shared_ptr<const std::byte>(std::move(mapped).value());
  const auto* bytes = reinterpret_cast<const uchar*>(owner->get());
  QImage image(bytes, static_cast<int>(width), static_cast<int>(height), static_cast<qsizetype>(stride), format->format, releaseMapping, owner);
  if (image.isNull()) return {};
  return NamedImage{QString::fromStdString(textIn(item, "name")), std::move(image)};
}

core::CodedFacts codedIn(const json& body) {
  const auto word = [&body](const char* name) { return textIn(body, name).substr(0, 64); };
  core::CodedFacts facts{word("profile"), word("pixel_format"), word("primaries"), word("transfer"), word("matrix"), word("range"),
                         flagIn(body, "pixel_aspect"), word("sound_codec"), word("sound_layout"), 0, 0};
  facts.soundRate = static_cast<int>(std::clamp<std::int64_t>(numberIn(body, "sound_rate"), 0, 10'000'000));
  facts.soundBitRate = std::max<std::int64_t>(0, numberIn(body, "sound_bit_rate"));
  return facts;
}

std::vector<std::string> plainTextsIn(const json& body, const char* name) {
  std::vector<std::string> texts;
  if (const auto it = body.find(name); it != body.end() && it->is_array())
    for (const json& text : *it)
      if (text.is_string() && texts.size() < 1000) texts.push_back(text.get<std::string>().substr(0, 4096));
  return texts;
}

}  // namespace

std::int64_t numberIn(const json& body, const char* name) {
  const auto it = body.find(name);
  return it != body.end() && it->is_number_integer() ? it->get<std::int64_t>() : 0;
}

std::optional<std::vector<NamedImage>> imagesIn(const core::WireMessage& message) {
  const auto list = message.body.find("images");
  if (list == message.body.end() || !list->is_array() || list->size() != message.memory.size()) return {};
  std::vector<NamedImage> images;
  for (std::size_t i = 0; i < list->size(); ++i) {
    std::optional<NamedImage> image = imageOf((*list)[i], message.memory[i]);
    if (!image) return {};
    images.push_back(std::move(*image));
  }
  return images;
}

std::optional<core::ClipInfo> clipInfoIn(const json& body) {
  if (!body.is_object()) return {};
  core::ClipInfo info;
  std::array<std::int64_t, 2> rate{}, aspect{}, timecode{};
  std::array<std::int64_t, 4> colour{};
  info.path = textIn(body, "path");
  info.frames = numberIn(body, "frames");
  const std::int64_t width = numberIn(body, "width"), height = numberIn(body, "height");
  if (info.frames < 0 || info.frames > kMaxFrames || width <= 0 || height <= 0 || width > kMaxSide || height > kMaxSide ||
      !numbersIn(body, "rate", rate) || !numbersIn(body, "pixel_aspect", aspect) || !numbersIn(body, "colour", colour))
    return {};
  core::Result<core::FrameRate> exact = core::FrameRate::make(rate[0], rate[1]);
  if (!exact || aspect[0] <= 0 || aspect[1] <= 0 || aspect[0] > kMaxSide || aspect[1] > kMaxSide) return {};
  for (const std::int64_t value : colour)
    if (value < 0 || value > 5) return {};
  info.rate = *exact;
  info.width = static_cast<int>(width);
  info.height = static_cast<int>(height);
  info.pixelAspectNum = static_cast<int>(aspect[0]);
  info.pixelAspectDen = static_cast<int>(aspect[1]);
  info.rotationDegrees = static_cast<int>(numberIn(body, "rotation"));
  info.interlaced = flagIn(body, "interlaced");
  info.topFieldFirst = flagIn(body, "top_field_first");
  info.variableRate = flagIn(body, "variable_rate");
  info.hasAlpha = flagIn(body, "alpha");
  info.hasAudio = flagIn(body, "audio");
  info.bitsPerComponent = static_cast<int>(numberIn(body, "bits"));
  info.colour.matrix = static_cast<core::ColourTags::Matrix>(std::min<std::int64_t>(colour[0], 4));
  info.colour.transfer = static_cast<core::ColourTags::Transfer>(colour[1]);
  info.colour.primaries = static_cast<core::ColourTags::Primaries>(colour[2]);
  info.colour.fullRange = colour[3] != 0;
  if (numbersIn(body, "timecode", timecode)) info.startTimecode = core::Timecode{timecode[0], timecode[1] != 0};
  info.firstFrameNumber = numberIn(body, "first_frame_number");
  info.codec = textIn(body, "codec");
  info.container = textIn(body, "container");
  info.bitRate = numberIn(body, "bit_rate");
  info.sizeBytes = std::max<std::int64_t>(0, numberIn(body, "size_bytes"));
  if (const auto coded = body.find("coded"); coded != body.end() && coded->is_object()) info.coded = codedIn(*coded);
  info.warnings = plainTextsIn(body, "warnings");
  if (const auto times = body.find("frame_times"); times != body.end() && times->is_array())
    for (const json& time : *times) info.frameTimes.push_back(time.is_number() ? time.get<double>() : 0.0);
  return info;
}

std::optional<CameraSummary> cameraIn(const json& body) {
  if (!body.is_object()) return {};
  constexpr std::array<const char*, 5> kMethods{"locked", "plate", "clip", "references", "hand"};
  const std::string method = textIn(body, "method");
  const auto samples = body.find("samples");
  if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end() || samples == body.end() || !samples->is_array()) return {};
  CameraSummary camera;
  camera.method = QString::fromStdString(method);
  for (const json& row : *samples) {
    if (!row.is_array() || row.size() != 15) return {};  // the last ten are for drawing
    std::array<double, 5> v{};
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = row[i].is_number() ? row[i].get<double>() : 0.0;
    camera.frames.push_back({v[0], v[1], v[2], v[3], v[4]});
  }
  camera.motionSentence = QString::fromStdString(textIn(body, "motion"));
  camera.angle = QString::fromStdString(textIn(body, "angle"));
  camera.focalLength = QString::fromStdString(textIn(body, "focal_length"));
  return camera;
}

std::optional<std::vector<LightFacts>> lightIn(const json& body) {
  std::vector<LightFacts> light;
  if (body.is_null()) return light;
  if (!body.is_array() || body.size() > static_cast<std::size_t>(kMaxFrames)) return {};
  for (const json& row : body) {
    if (!row.is_array() || row.size() != 4) return {};
    std::array<double, 4> v{};
    for (std::size_t i = 0; i < v.size(); ++i) {
      if (!row[i].is_number()) return {};
      v[i] = row[i].get<double>();
    }
    light.push_back({v[0], v[1], v[2], v[3]});
  }
  return light;
}

std::optional<core::MatteReportFrame> matteReportIn(const json& body) {
  if (!body.is_object()) return {};
  core::MatteReportFrame out{realIn(body, "coverage"), realIn(body, "holes"), realIn(body, "chatter"),
                             realIn(body, "spill"), realIn(body, "edge_width"), flagIn(body, "needs_look"), {}};
  const auto repairs = body.find("repairs");
  if (repairs == body.end() || !repairs->is_array() || repairs->size() > core::kMostRepairs) return out;
  for (const json& item : *repairs)
    if (const auto repair = repairIn(item)) out.repairs.push_back(*repair);
  return out;
}

std::optional<QByteArray> soundIn(const core::WireMessage& message, std::int64_t wanted) {
  const std::int64_t count = numberIn(message.body, "count");
  if (count != wanted || count < 0 || count > kMaxSoundSamples || message.memory.size() != (count > 0 ? 1u : 0u)) return {};
  if (count == 0) return QByteArray();
  const auto sizeBytes = static_cast<std::size_t>(count) * core::kSoundChannels * sizeof(std::int16_t);
  const auto mapped = core::mapShared(message.memory.front(), sizeBytes);
  if (!mapped) return {};
  return QByteArray(reinterpret_cast<const char*>(mapped->get()), static_cast<qsizetype>(sizeBytes));
}

std::optional<core::SoundPeaks> peaksIn(const core::WireMessage& message) {
  const std::int64_t count = numberIn(message.body, "count");
  if (count < 0 || count > kMaxPeaks || message.memory.size() != (count > 0 ? 1u : 0u)) return {};
  core::SoundPeaks peaks;
  if (count == 0) return peaks;
  const auto mapped = core::mapShared(message.memory.front(), static_cast<std::size_t>(count) * 2);
  if (!mapped) return {};
  const auto* values = reinterpret_cast<const std::int8_t*>(mapped->get());
  peaks.pairs.assign(values, values + count * 2);
  return peaks;
}

QStringList textsIn(const json& body, const char* name) {
  QStringList list;
  for (const std::string& text : plainTextsIn(body, name)) list += QString::fromStdString(text);
  return list;
}

core::Error errorIn(const json& body) {
  return {core::errorFromName(textIn(body, "code")), textIn(body, "detail").substr(0, 4096), textIn(body, "context").substr(0, 4096), {}};
}

}  // namespace pai::app
