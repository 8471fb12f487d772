// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/light_match.h"

#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "core/draft/cast_shadow.h"
#include "core/draft/light_key.h"
#include "core/draft/screen_bounce.h"

namespace pai::core {
namespace {

// Log-chromaticities are counted on a square of +-kReach.
constexpr int kTintBins = 64;
constexpr double kReach = 0.64;
constexpr float kCut = 250.0f / 255.0f;    // a channel this bright may be clipped
constexpr float kDark = 20.0f / 255.0f;    // a channel this dark has no colour to speak of
constexpr double kPriorSpread = 0.22;      // how far from white the light of a plate usually is
constexpr double kPeakSpread = 0.05;
// A cast stronger than this is a coloured garment, not a light that somebody filmed in: believed to 0.40, not at all at 0.50.
constexpr double kBelievedCast = 0.40, kGarmentCast = 0.50;
constexpr double kCutShare = 0.32;         // how far cut highlights speak for a subject's exposure
constexpr double kDeadZone = 0.06;         // a difference that a subject's own colours explain
constexpr double kSceneShare = 0.3;        // how much of the scene's tint its subject is given
constexpr std::int64_t kMaxSamples = 240;  // frames that are measured
constexpr double kBlackShare = 0.02;       // of a picture's pixels that count as its blacks
constexpr float kStudioFrom = 0.05f, kStudioSurely = 0.12f;  // screen's share of the light on a subject that was filmed before one
constexpr float kMaxVeil = 0.045f;         // linear light; a scene without any black is a bright room, not fog

struct ChromaCount {
  cv::Mat weight = cv::Mat::zeros(kTintBins, kTintBins, CV_64F);
};

void count(const LightSample& s, ChromaCount& out) {
  for (int y = 0; y < s.coded.rows; ++y) {
    const auto* c = s.coded.ptr<cv::Vec3f>(y);
    const auto* k = s.solid.empty() ? nullptr : s.solid.ptr<std::uint8_t>(y);
    for (int x = 0; x < s.coded.cols; ++x) {
      if (k && !k[x]) continue;
      const float high = std::max({c[x][0], c[x][1], c[x][2]}), low = std::min({c[x][0], c[x][1], c[x][2]});
      if (high >= kCut || low <= kDark) continue;
      const double r = std::log(c[x][0] / c[x][1]), b = std::log(c[x][2] / c[x][1]);
      if (std::abs(r) >= kReach || std::abs(b) >= kReach) continue;
      const double mean = (c[x][0] + c[x][1] + c[x][2]) / 3.0;
      out.weight.at<double>(static_cast<int>((r + kReach) / (2 * kReach) * kTintBins),
                            static_cast<int>((b + kReach) / (2 * kReach) * kTintBins)) += mean * mean;
    }
  }
}

double binCentre(int i) { return (i + 0.5) / kTintBins * 2 * kReach - kReach; }

/// The peak of near-neutral surfaces: the strongest under the prior, then its mean.
LightColour peakOf(const ChromaCount& counts) {
  cv::Mat smooth;
  cv::GaussianBlur(counts.weight, smooth, {0, 0}, 2.5);
  const double total = cv::sum(counts.weight)[0];
  if (total <= 0.0) return {};
  double best = -1.0;
  cv::Vec2d at;
  for (int i = 0; i < kTintBins; ++i) {
    for (int j = 0; j < kTintBins; ++j) {
      const double r = binCentre(i), b = binCentre(j);
      const double v = smooth.at<double>(i, j) * std::exp(-(r * r + b * b) / (2 * kPriorSpread * kPriorSpread));
      if (v > best) {
        best = v;
        at = {r, b};
      }
    }
  }
  double weight = 0.0;
  for (int pass = 0; pass < 10; ++pass) {
    cv::Vec2d sum{0, 0};
    weight = 0.0;
    for (int i = 0; i < kTintBins; ++i) {
      for (int j = 0; j < kTintBins; ++j) {
        const double r = binCentre(i) - at[0], b = binCentre(j) - at[1];
        const double w = counts.weight.at<double>(i, j) * std::exp(-(r * r + b * b) / (2 * kPeakSpread * kPeakSpread));
        sum += cv::Vec2d(binCentre(i), binCentre(j)) * w;
        weight += w;
      }
    }
    if (weight <= 0.0) return {};
    at = sum / weight;
  }
  return {at, weight / total};
}

/// Coded level of each channel in the subject's brightest surface, and whether that surface is cut highlights: many pixels
/// of one level.
struct Plateau {
  cv::Vec3f level{1, 1, 1};
  bool cut = false;
};

Plateau plateauOf(const LightSample& s) {
  std::vector<std::pair<float, cv::Vec3f>> pixels;
  for (int y = 0; y < s.coded.rows; ++y) {
    const auto* c = s.coded.ptr<cv::Vec3f>(y);
    const auto* k = s.solid.ptr<std::uint8_t>(y);
    for (int x = 0; x < s.coded.cols; ++x) {
      if (k[x]) pixels.emplace_back(c[x][0] + c[x][1] + c[x][2], c[x]);
    }
  }
  Plateau out;
  if (pixels.size() < 60) return out;
  const auto from = pixels.begin() + static_cast<std::ptrdiff_t>(pixels.size() * 92 / 100);
  std::nth_element(pixels.begin(), from, pixels.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::array<std::vector<float>, 3> channels;
  for (auto it = from; it != pixels.end(); ++it) {
    for (int c = 0; c < 3; ++c) channels[static_cast<std::size_t>(c)].push_back(it->second[c]);
  }
  bool flat = true, anyFull = false;
  for (int c = 0; c < 3; ++c) {
    auto& v = channels[static_cast<std::size_t>(c)];
    std::sort(v.begin(), v.end());
    const float middle = v[v.size() / 2], low = v[v.size() / 4], high = v[v.size() * 3 / 4];
    out.level[c] = middle;
    flat = flat && high - low < 0.025f;
    anyFull = anyFull || middle > 0.985f;
  }
  out.cut = flat && anyFull && std::min({out.level[0], out.level[1], out.level[2]}) > 0.7f;
  return out;
}

/// Coded values of many pictures, counted.
class Levels {
 public:
  void count(const LightSample& s) {
    for (int y = 0; y < s.coded.rows; ++y) {
      const auto* c = s.coded.ptr<cv::Vec3f>(y);
      const auto* k = s.solid.empty() ? nullptr : s.solid.ptr<std::uint8_t>(y);
      for (int x = 0; x < s.coded.cols; ++x) {
        if (k && !k[x]) continue;
        for (int i = 0; i < 3; ++i) ++m_counts[static_cast<std::size_t>(i)][static_cast<std::size_t>(std::clamp(c[x][i], 0.0f, 1.0f) * 255.0f + 0.5f)];
        ++m_total;
      }
    }
  }
  bool empty() const { return m_total == 0; }
  /// Linear light of the darkest pixels, by channel.
  cv::Vec3f blacks() const {
    cv::Vec3f out;
    for (int i = 0; i < 3; ++i) {
      std::int64_t below = 0;
      std::size_t level = 0;
      for (; level < 255; ++level) {
        below += m_counts[static_cast<std::size_t>(i)][level];
        if (static_cast<double>(below) > kBlackShare * static_cast<double>(m_total)) break;
      }
      out[i] = std::pow(static_cast<float>(level) / 255.0f, kCoding);
    }
    return out;
  }

 private:
  std::array<std::array<std::int64_t, 256>, 3> m_counts{};
  std::int64_t m_total = 0;
};

cv::Vec3f veilOf(const Levels& subject, const Levels& scene) {
  if (subject.empty() || scene.empty()) return {0, 0, 0};
  const cv::Vec3f theirs = scene.blacks(), own = subject.blacks();
  cv::Vec3f out;
  for (int c = 0; c < 3; ++c) out[c] = std::max(0.0f, theirs[c] - own[c]);
  const float most = std::max({out[0], out[1], out[2]});
  return most > kMaxVeil ? out * (kMaxVeil / most) : out;
}

/// What is measured of each sampled frame.
struct Measured {
  std::vector<std::int64_t> frame;
  std::vector<ChromaCount> chroma;
  std::vector<Plateau> plateau;
};

double nearWeight(double frames, double spread) { return std::exp(-frames * frames / (2 * spread * spread)); }

/// The plate's light over time at the sampled frames, smooth.
std::vector<LightColour> lightOverTime(const Measured& m, double spread) {
  const std::size_t n = m.frame.size();
  std::vector<LightColour> raw(n), out(n);
  for (std::size_t i = 0; i < n; ++i) {
    ChromaCount sum;
    for (std::size_t j = 0; j < n; ++j) {
      const double w = nearWeight(static_cast<double>(m.frame[i] - m.frame[j]), spread);
      if (w > 1e-3) sum.weight += m.chroma[j].weight * w;
    }
    raw[i] = peakOf(sum);
  }
  for (std::size_t i = 0; i < n; ++i) {
    double total = 0.0;
    for (std::size_t j = 0; j < n; ++j) {
      const double w = nearWeight(static_cast<double>(m.frame[i] - m.frame[j]), spread) * (raw[j].trust + 1e-6);
      out[i].logRatio += raw[j].logRatio * w;
      out[i].trust += raw[j].trust * w;
      total += w;
    }
    out[i].logRatio /= total;
    out[i].trust /= total;
  }
  return out;
}

double beyond(double v, double zone) { return v > zone ? v - zone : v < -zone ? v + zone : 0.0; }

/// Level of the lowest channel of cut highlights near a frame; 1 where no highlight is cut.
double exposureNear(const Measured& m, std::size_t at, double spread) {
  std::vector<double> levels;
  for (std::size_t j = 0; j < m.frame.size(); ++j) {
    if (!m.plateau[j].cut || std::abs(static_cast<double>(m.frame[j] - m.frame[at])) > 1.5 * spread) continue;
    const cv::Vec3f& l = m.plateau[j].level;
    levels.push_back(std::min({l[0], l[1], l[2]}));
  }
  if (levels.empty()) return 0.0;
  const auto middle = levels.begin() + static_cast<std::ptrdiff_t>(levels.size() / 2);
  std::nth_element(levels.begin(), middle, levels.end());
  return *middle;
}

/// How far the plate's measured light is a light at all: judged once a shot, by its strongest cast, so that it is steady.
double beliefIn(const std::vector<LightColour>& plate) {
  double strongest = 0.0;
  for (const LightColour& l : plate) strongest = std::max(strongest, std::hypot(l.logRatio[0], l.logRatio[1]));
  return std::clamp((kGarmentCast - strongest) / (kGarmentCast - kBelievedCast), 0.0, 1.0);
}

FrameLight lightAt(const LightColour& plate, const LightColour& scene, double exposure, double believed) {
  const double tint = std::min(1.0, scene.trust / 0.15) * kSceneShare;
  cv::Vec3d log{beyond(plate.logRatio[0], kDeadZone), 0.0, beyond(plate.logRatio[1], kDeadZone)};
  log *= std::min(1.0, plate.trust / 0.06) * believed;
  const double mean = (log[0] + log[1] + log[2]) / 3.0;
  // Without cut highlights the mean brightness stays. With them the lowest channel's level is the exposure of the brightest
  // surfaces; the middle tones say nothing of theirs, so less than half of it is believed.
  const double cut = exposure > 0.0 ? std::log(exposure) - std::min({log[0], log[1], log[2]}) : -mean;
  const double shift = kCutShare * cut - (1.0 - kCutShare) * mean;
  FrameLight out;
  const cv::Vec3d towards{beyond(scene.logRatio[0], kDeadZone) * tint, 0.0, beyond(scene.logRatio[1], kDeadZone) * tint};
  const double towardsMean = (towards[0] + towards[2]) / 3.0;
  for (int c = 0; c < 3; ++c) {
    const double was = std::clamp(log[c] + shift, -0.5, 0.5);
    out.correction[c] = static_cast<float>(std::exp(-was));
    out.tint[c] = static_cast<float>(std::exp(std::clamp(towards[c] - towardsMean, -0.25, 0.25)));
  }
  return out;
}

/// Large-scale gradient of a picture's light: a plane through the logarithm of luma, border to border.
cv::Vec2f slopeOf(const LightSample& scene) {
  if (scene.coded.empty()) return {0, 0};
  cv::Mat small, luma;
  cv::resize(scene.coded, small, {16, 9}, 0, 0, cv::INTER_AREA);
  double sx = 0, sy = 0, xx = 0, yy = 0;
  for (int y = 0; y < 9; ++y) {
    for (int x = 0; x < 16; ++x) {
      const cv::Vec3f& c = small.at<cv::Vec3f>(y, x);
      const double l = std::log(0.05 + 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]);
      const double u = (x - 7.5) / 15.0, v = (y - 4.0) / 8.0;
      sx += u * l;
      sy += v * l;
      xx += u * u;
      yy += v * v;
    }
  }
  return {static_cast<float>(std::clamp(sx / xx, -1.0, 1.0)), static_cast<float>(std::clamp(sy / yy, -1.0, 1.0))};
}

void interpolate(const std::vector<std::int64_t>& at, const std::vector<FrameLight>& lights, std::vector<FrameLight>& out) {
  std::size_t i = 0;
  for (std::size_t f = 0; f < out.size(); ++f) {
    while (i + 2 < at.size() && at[i + 1] <= static_cast<std::int64_t>(f)) ++i;
    if (at.size() == 1) {
      out[f] = lights[0];
      continue;
    }
    const float t = std::clamp(static_cast<float>(static_cast<std::int64_t>(f) - at[i]) / static_cast<float>(at[i + 1] - at[i]),
                               0.0f, 1.0f);
    const FrameLight &a = lights[i], &b = lights[i + 1];
    out[f] = a;  // what is of the whole shot
    out[f].correction = a.correction * (1 - t) + b.correction * t;
    out[f].tint = a.tint * (1 - t) + b.tint * t;
    out[f].slope = a.slope * (1 - t) + b.slope * t;
    out[f].fall = a.fall * (1 - t) + b.fall * t;
    const cv::Vec2f towards = a.towards * (1 - t) + b.towards * t;
    const auto length = static_cast<float>(cv::norm(towards));
    if (length > 1e-6f) out[f].towards = towards / length;
  }
}

}  // namespace

LightColour lightColourOf(const std::vector<LightSample>& samples) {
  ChromaCount all;
  for (const LightSample& s : samples) count(s, all);
  return peakOf(all);
}

Result<LightCurve> matchLight(std::int64_t frames, const std::function<Result<LightSample>(FrameIndex)>& subject,
                              const std::function<LightSample(FrameIndex)>& scene, std::optional<int> primary,
                              const StopToken& stop, const ProgressFn& progress) {
  Measured m;
  BounceMeter bounce(primary.value_or(1));
  std::vector<std::optional<KeySight>> sights;
  std::vector<GroundSight> grounds;
  std::vector<std::int64_t> groundAt;
  std::vector<LightSample> scenes;
  std::vector<cv::Vec2f> slopes;
  Levels subjectLevels, sceneLevels;
  const std::int64_t step = std::max<std::int64_t>(1, (frames + kMaxSamples - 1) / kMaxSamples);
  for (std::int64_t f = 0; f < frames; f += step) {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "matching the light was stopped", "", {}};
    auto s = subject({f});
    if (!s) return s.error();
    ChromaCount c;
    count(*s, c);
    m.frame.push_back(f);
    m.chroma.push_back(c);
    m.plateau.push_back(plateauOf(*s));
    subjectLevels.count(*s);
    LightSample back = scene({f});
    slopes.push_back(slopeOf(back));
    sights.push_back(keySightOf(back, *s));
    if (primary) bounce.add(*s);
    sceneLevels.count(back);
    if (m.frame.size() % 8 == 1) {
      if (const auto ground = groundSightOf(back, *s)) {
        groundAt.push_back(f);
        grounds.push_back(*ground);
      }
      if (!back.coded.empty()) scenes.push_back(std::move(back));
    }
    if (progress) progress(static_cast<double>(f + 1) / static_cast<double>(frames));
  }
  const LightColour sceneLight = lightColourOf(scenes);
  const double spread = std::max(4.0, static_cast<double>(step));
  const std::vector<LightColour> plate = lightOverTime(m, spread);
  const double believed = beliefIn(plate);
  const cv::Vec3f veil = veilOf(subjectLevels, sceneLevels);
  std::vector<FrameLight> lights(m.frame.size());
  for (std::size_t i = 0; i < lights.size(); ++i) {
    lights[i] = lightAt(plate[i], sceneLight, exposureNear(m, i, spread), believed);
    cv::Vec2f sum{0, 0};
    float total = 0.0f;
    for (std::size_t j = 0; j < slopes.size(); ++j) {
      const auto w = static_cast<float>(nearWeight(static_cast<double>(m.frame[i] - m.frame[j]), 4 * spread));
      sum += slopes[j] * w;
      total += w;
    }
    lights[i].slope = sum / total;
    lights[i].veil = veil;
    lights[i].bounce = bounce.share();
    lights[i].primary = primary.value_or(1);
    lights[i].studio = std::clamp((lights[i].bounce - kStudioFrom) / (kStudioSurely - kStudioFrom), 0.0f, 1.0f);
  }
  setKeyLight(m.frame, sights, 4 * spread, lights);
  setCastShadow(groundAt, grounds, m.frame, 4 * spread, lights);
  LightCurve out;
  out.frames.resize(static_cast<std::size_t>(frames));
  interpolate(m.frame, lights, out.frames);
  return out;
}

}  // namespace pai::core
