// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/colour.h"

#include <OpenColorIO/OpenColorIO.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>

#include "core/media/colour_transfer.h"
#include "core/media/ocio_confine.h"

namespace pai::core {

namespace ocio = OCIO_NAMESPACE;

namespace {

using Transfer = ColourTags::Transfer;

const std::map<std::string, Transfer>& plainSpaces() {
  static const std::map<std::string, Transfer> spaces{{"srgb", Transfer::kSrgb},
                                                      {"rec709", Transfer::kBt709},
                                                      {"linear", Transfer::kLinear},
                                                      {"pq", Transfer::kPq},
                                                      {"hlg", Transfer::kHlg}};
  return spaces;
}

/// OpenColorIO's own camera curves with their primaries, to ACES2065-1.
const std::map<std::string, std::string>& cameraLogs() {
  static const std::map<std::string, std::string> logs{
      {"arri logc3", "ARRI_ALEXA-LOGC-EI800-AWG_to_ACES2065-1"},
      {"canon log2", "CANON_CLOG2-CGAMUT_to_ACES2065-1"},
      {"canon log3", "CANON_CLOG3-CGAMUT_to_ACES2065-1"},
      {"panasonic vlog", "PANASONIC_VLOG-VGAMUT_to_ACES2065-1"},
      {"red log3g10", "RED_LOG3G10-RWG_to_ACES2065-1"},
      {"sony slog3", "SONY_SLOG3-SGAMUT3_to_ACES2065-1"},
      {"sony slog3.cine", "SONY_SLOG3-SGAMUT3.CINE_to_ACES2065-1"}};
  return logs;
}

/// ACES2065-1 (AP0, D60) to linear Rec.709 (D65), Bradford adaptation; Academy TB-2014-004 with BT.709 primaries.
constexpr double kAp0ToRec709[16] = {2.52168618674388,   -1.13413098823972, -0.387555198504164, 0.0,
                                     -0.276479914229922, 1.37271908766826,  -0.096239173438334, 0.0,
                                     -0.0153780649660342, -0.152975335867399, 1.16835339966327,  0.0,
                                     0.0,                0.0,               0.0,                1.0};
/// ITU-R BT.2087: linear BT.2020 to linear BT.709.
constexpr double k2020To709[16] = {1.660491, -0.587641, -0.072850, 0.0, -0.124550, 1.132900, -0.008349, 0.0,
                                   -0.018151, -0.100579, 1.118730, 0.0, 0.0, 0.0, 0.0, 1.0};

Error failed(const char* what, const std::string& file, const std::exception& e) {
  return Error{ErrorCode::kFormatBroken, std::string(what) + ": " + e.what(), file, {}};
}

/// Names the space and those there are.
Error unknownSpace(const std::string& space, const std::vector<std::string>& known, const std::string& config) {
  std::string names;
  for (const std::string& name : known) {
    if (names.size() > 300) {
      names += ", ...";
      break;
    }
    names += (names.empty() ? "" : ", ") + name;
  }
  return Error{ErrorCode::kFieldInvalid, "there is no colour space \"" + space + "\"; there are: " + names, config, {}};
}

/// A kF32 copy with 3 or 4 channels, which processors work on in place.
Picture floatCopy(const Picture& picture) {
  const Picture source = withType(picture, SampleType::kF32);
  const int channels = picture.channels() == 4 ? 4 : 3;
  Picture copy(source.width(), source.height(), channels, SampleType::kF32);
  copy.colour = source.colour;
  for (int y = 0; y < source.height(); ++y) {
    const float* in = source.row<float>(y);
    float* out = copy.row<float>(y);
    if (source.channels() == channels) std::copy_n(in, source.width() * channels, out);
    else
      for (int x = 0; x < source.width(); ++x) out[3 * x] = out[3 * x + 1] = out[3 * x + 2] = in[x];
  }
  return copy;
}

void process(const ocio::ConstCPUProcessorRcPtr& processor, Picture& picture) {
  ocio::PackedImageDesc image(picture.data(), picture.width(), picture.height(), picture.channels());
  processor->apply(image);
}

void markWorking(Picture& picture) {
  picture.colour.matrix = ColourTags::Matrix::kRgb;
  picture.colour.transfer = Transfer::kLinear;
  picture.colour.primaries = ColourTags::Primaries::kBt709;
  picture.colour.fullRange = true;
}

/// 8-bit screen picture after exposure and gamma for viewing.
Picture quantisedForScreen(Picture screen, double gamma) {
  if (gamma > 0.0 && gamma != 1.0)
    for (int y = 0; y < screen.height(); ++y) {
      float* p = screen.row<float>(y);
      for (int i = 0; i < screen.width() * screen.channels(); ++i)
        if (screen.channels() != 4 || i % 4 != 3) p[i] = std::pow(std::max(p[i], 0.0f), static_cast<float>(1.0 / gamma));
    }
  screen.colour.transfer = Transfer::kSrgb;
  return withType(screen, SampleType::kU8);
}

Picture exposed(const Picture& working, double stops) {
  Picture picture = floatCopy(working);
  const auto gain = static_cast<float>(std::exp2(std::clamp(stops, -30.0, 30.0)));
  for (int y = 0; y < picture.height(); ++y) {
    float* p = picture.row<float>(y);
    for (int i = 0; i < picture.width() * picture.channels(); ++i)
      if (picture.channels() != 4 || i % 4 != 3) p[i] *= gain;
  }
  return picture;
}

class BuiltInColour : public Colour {
 public:
  BuiltInColour() {
    m_config = ocio::Config::CreateRaw()->createEditableCopy();
    for (const auto& [name, transfer] : plainSpaces()) m_inputs.push_back(name);
    for (const auto& [name, transform] : cameraLogs())
      if (auto processor = logProcessor(transform, ocio::TRANSFORM_DIR_FORWARD)) {
        m_logs[name] = {processor, logProcessor(transform, ocio::TRANSFORM_DIR_INVERSE)};
        m_inputs.push_back(name);
      }
    auto matrix = ocio::MatrixTransform::Create();
    matrix->setMatrix(k2020To709);
    m_wide = m_config->getProcessor(matrix)->getDefaultCPUProcessor();
  }
  const std::vector<std::string>& inputSpaces() const override { return m_inputs; }
  const std::vector<std::string>& viewerTransforms() const override { return m_viewers; }

  Result<Picture> toWorking(const Picture& picture, const std::string& space) const override {
    if (const auto log = m_logs.find(space); log != m_logs.end()) {
      Picture working = floatCopy(picture);
      process(log->second.toLinear, working);
      markWorking(working);
      return working;
    }
    Picture tagged = picture;
    if (!space.empty()) {
      const auto plain = plainTransfer(space);
      if (!plain) return unknownSpace(space, m_inputs, "");
      tagged.colour.transfer = *plain;
    }
    Picture working = linearPicture(tagged);
    if (tagged.colour.primaries == ColourTags::Primaries::kBt2020) {
      working = floatCopy(working);
      process(m_wide, working);
    }
    markWorking(working);
    return working;
  }

  Result<Picture> fromWorking(const Picture& working, const std::string& space) const override {
    if (const auto log = m_logs.find(space); log != m_logs.end() && log->second.fromLinear) {
      Picture coded = floatCopy(working);
      process(log->second.fromLinear, coded);
      coded.colour.transfer = Transfer::kUnknown;
      return coded;
    }
    const auto plain = plainTransfer(space);
    if (!plain) return unknownSpace(space, m_inputs, "");
    return codedPicture(floatCopy(working), *plain, SampleType::kF32);
  }

  Result<Picture> toScreen(const Picture& working, const std::string& transform, double exposure,
                           double gamma) const override {
    if (!transform.empty() && transform != m_viewers.front() && transform != m_viewers.back())
      return Error{ErrorCode::kFieldInvalid, "there is no viewer transform of this name", transform, {}};
    const bool video = transform == m_viewers.back();
    Picture screen = exposed(working, exposure);
    screen = codedPicture(screen, video ? Transfer::kBt709 : Transfer::kSrgb, SampleType::kF32);
    return quantisedForScreen(std::move(screen), gamma);
  }

 private:
  struct Log {
    ocio::ConstCPUProcessorRcPtr toLinear, fromLinear;
  };
  ocio::ConstCPUProcessorRcPtr logProcessor(const std::string& style, ocio::TransformDirection direction) const {
    try {
      auto curve = ocio::BuiltinTransform::Create();
      curve->setStyle(style.c_str());
      auto matrix = ocio::MatrixTransform::Create();
      matrix->setMatrix(kAp0ToRec709);
      auto group = ocio::GroupTransform::Create();
      group->appendTransform(curve);
      group->appendTransform(matrix);
      return m_config->getProcessor(group, direction)->getDefaultCPUProcessor();
    } catch (const ocio::Exception&) {
      return nullptr;  // this OpenColorIO does not know the camera
    }
  }

  ocio::ConfigRcPtr m_config;
  std::vector<std::string> m_inputs, m_viewers{"sRGB - plain", "Rec.709 - plain"};
  std::map<std::string, Log> m_logs;
  ocio::ConstCPUProcessorRcPtr m_wide;
};

class ConfiguredColour final : public Colour {
 public:
  ConfiguredColour(ocio::ConstConfigRcPtr config, std::string path) : m_config(std::move(config)), m_path(std::move(path)) {
    for (int i = 0; i < m_config->getNumColorSpaces(); ++i) m_inputs.emplace_back(m_config->getColorSpaceNameByIndex(i));
    for (int d = 0; d < m_config->getNumDisplays(); ++d) {
      const char* display = m_config->getDisplay(d);
      for (int v = 0; v < m_config->getNumViews(display); ++v)
        m_viewers.push_back({display, m_config->getView(display, v)});
    }
    for (const auto& [display, view] : m_viewers) m_viewerNames.push_back(std::string(display).append(" - ").append(view));
    const auto linear = m_config->getColorSpace(ocio::ROLE_SCENE_LINEAR);
    m_working = linear ? linear->getName() : "";
  }
  bool usable() const { return !m_working.empty() && !m_viewers.empty(); }
  const std::vector<std::string>& inputSpaces() const override { return m_inputs; }
  const std::vector<std::string>& viewerTransforms() const override { return m_viewerNames; }

  Result<Picture> toWorking(const Picture& picture, const std::string& space) const override {
    if (space.empty() || plainTransfer(space)) return m_plain->toWorking(picture, space);
    if (!m_config->getColorSpace(space.c_str())) return unknownSpace(space, m_inputs, m_path);
    try {
      Picture working = floatCopy(picture);
      process(m_config->getProcessor(space.c_str(), m_working.c_str())->getDefaultCPUProcessor(), working);
      markWorking(working);
      return working;
    } catch (const ocio::Exception& e) {
      return failed("the colour space cannot be used", m_path, e);
    }
  }

  Result<Picture> fromWorking(const Picture& working, const std::string& space) const override {
    if (plainTransfer(space)) return m_plain->fromWorking(working, space);
    if (!m_config->getColorSpace(space.c_str())) return unknownSpace(space, m_inputs, m_path);
    try {
      Picture coded = floatCopy(working);
      process(m_config->getProcessor(m_working.c_str(), space.c_str())->getDefaultCPUProcessor(), coded);
      coded.colour.transfer = Transfer::kUnknown;
      return coded;
    } catch (const ocio::Exception& e) {
      return failed("nothing can be written in the colour space", m_path, e);
    }
  }

  Result<Picture> toScreen(const Picture& working, const std::string& transform, double exposure,
                           double gamma) const override {
    const auto found = std::find(m_viewerNames.begin(), m_viewerNames.end(), transform);
    if (found == m_viewerNames.end() && !transform.empty())
      return Error{ErrorCode::kFieldInvalid, "there is no viewer transform of this name", transform, {}};
    const auto index = transform.empty() ? 0 : static_cast<std::size_t>(found - m_viewerNames.begin());
    try {
      auto viewing = ocio::DisplayViewTransform::Create();
      viewing->setSrc(m_working.c_str());
      viewing->setDisplay(m_viewers[index].first.c_str());
      viewing->setView(m_viewers[index].second.c_str());
      Picture screen = exposed(working, exposure);
      process(m_config->getProcessor(viewing)->getDefaultCPUProcessor(), screen);
      return quantisedForScreen(std::move(screen), gamma);
    } catch (const ocio::Exception& e) {
      return failed("the viewer transform cannot be used", m_path, e);
    }
  }

 private:
  ocio::ConstConfigRcPtr m_config;
  std::shared_ptr<const Colour> m_plain = Colour::builtIn();
  std::string m_path, m_working;
  std::vector<std::string> m_inputs, m_viewerNames;
  std::vector<std::pair<std::string, std::string>> m_viewers;
};

}  // namespace

std::shared_ptr<const Colour> Colour::builtIn() { return std::make_shared<BuiltInColour>(); }

std::string Colour::configPathFor(const std::string& projectConfig) {
  const char* own = std::getenv("OCIO");
  return own && *own ? own : projectConfig;
}

std::optional<ColourTags::Transfer> Colour::plainTransfer(const std::string& space) {
  const auto found = plainSpaces().find(space);
  return found == plainSpaces().end() ? std::nullopt : std::optional(found->second);
}

Result<std::shared_ptr<const Colour>> Colour::inForce(const std::string& projectConfig) {
  const std::string path = configPathFor(projectConfig);
  return path.empty() ? Result<std::shared_ptr<const Colour>>(builtIn()) : load(path);
}

Result<std::shared_ptr<const Colour>> Colour::load(const std::string& configPath) {
  try {
    auto config = confinedConfig(configPath);
    if (!config) return std::move(config).error();
    auto colour = std::make_shared<ConfiguredColour>(*config, configPath);
    if (!colour->usable())
      return Error{ErrorCode::kFormatUnsupported, "the configuration has no scene_linear role or no display", configPath, {}};
    return std::shared_ptr<const Colour>(std::move(colour));
  } catch (const ocio::Exception& e) {
    return failed("the OpenColorIO configuration cannot be read", configPath, e);
  }
}

}  // namespace pai::core
