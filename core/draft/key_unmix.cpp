// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_unmix.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include <opencv2/imgproc.hpp>

#include "core/media/row_kernels.h"

namespace pai::core {
namespace {

constexpr int kColours = 8;            // groups that a subject's colours are sorted into
constexpr int kRounds = 8;             // of the sorting
constexpr std::size_t kSamples = 6000;
constexpr int kSteps = 10;             // alpha is looked for in tenths
constexpr int kLanes = 16;             // steps that are computed at once
constexpr float kNoise = 0.01f;        // of the plate at half brightness
const cv::Vec3f kChannelNoise(1.0f, 0.6f, 8.0f);  // blue is the one that coding keeps worst
constexpr float kBelieved = 8.0f;      // how much the alpha that the screen difference gave speaks for itself
constexpr float kSpread = 2e-5f;       // least variance of a group
constexpr float kShade = 0.15f;        // how far a group's brightness varies beyond what its samples say
constexpr float kLitByScreen = 0.03f;  // of the screen's light that falls on an edge
constexpr float kWholeLog = 2.3025851f;  // logarithm of how much likelier a pixel is bare screen or solid than any one mixture
constexpr float kReach = 4.0f;         // in cells: how far a group's colour is expected around where it is seen
constexpr float kColourNoise = 0.1f;   // of that noise, as far as a pixel's colour is judged and not its alpha
constexpr float kAbsent = 0.004f;      // of the commonest group nearby; rarer ones are not looked at
constexpr float kAnywhere = 1e-4f;     // samples a cell, that a colour is expected to have far from where it is seen
constexpr float kNobody = 1.2e-4f;     // samples a cell, where no subject is near
constexpr float kHopeless = 70.0f;     // squared deviations beyond which a mixture is not looked at
constexpr float kWellExplained = 12.0f;  // squared deviations of three channels
constexpr float kSoftFrom = 0.03f, kSoftTo = 0.995f;

/// A group of similar colours, in the axes of its own variance.
struct Group {
  cv::Vec3f mean;
  cv::Matx33f axes;     // rows
  cv::Vec3f variance;   // along them
  cv::Vec3f noise;      // of the plate along them, over that of the mean
  cv::Vec3f turnedMean;
  cv::Mat presence;     // CV_32F, a cell
};

struct Sample {
  cv::Vec3f colour, root;
  int cell = 0;
};

cv::Vec3f rootOf(const cv::Vec3f& c) {
  return {std::sqrt(std::max(c[0], 0.0f)), std::sqrt(std::max(c[1], 0.0f)), std::sqrt(std::max(c[2], 0.0f))};
}

std::vector<Sample> samplesOf(const Planes& frame, const cv::Mat& solid, int cell, int cellsWide) {
  const int count = cv::countNonZero(solid);
  const int step = std::max(1, static_cast<int>(static_cast<std::size_t>(count) / kSamples));
  std::vector<Sample> out;
  out.reserve(static_cast<std::size_t>(count / step) + 1);
  int at = 0;
  for (int y = 0; y < solid.rows; ++y) {
    const auto* s = solid.ptr<std::uint8_t>(y);
    for (int x = 0; x < solid.cols; ++x) {
      if (!s[x] || at++ % step != 0) continue;
      const cv::Vec3f c(frame.row(0, y)[x], frame.row(1, y)[x], frame.row(2, y)[x]);
      out.push_back({c, rootOf(c), (y / cell) * cellsWide + x / cell});
    }
  }
  return out;
}

float distance(const cv::Vec3f& a, const cv::Vec3f& b) {
  const cv::Vec3f d = a - b;
  return d.dot(d);
}

/// Sorts samples into groups by colour, starting from groups of equal brightness.
std::vector<int> sorted(const std::vector<Sample>& samples) {
  std::vector<std::size_t> order(samples.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto light = [&](std::size_t i) { return samples[i].root[0] + samples[i].root[1] + samples[i].root[2]; };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return light(a) < light(b); });
  std::vector<int> label(samples.size());
  for (std::size_t i = 0; i < order.size(); ++i) label[order[i]] = static_cast<int>(i * kColours / order.size());
  for (int round = 0; round < kRounds; ++round) {
    std::array<cv::Vec3f, kColours> centre{};
    std::array<float, kColours> count{};
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const auto l = static_cast<std::size_t>(label[i]);
      centre[l] += samples[i].root;
      count[l] += 1.0f;
    }
    for (std::size_t k = 0; k < kColours; ++k) {
      centre[k] = count[k] > 0.0f ? centre[k] / count[k] : cv::Vec3f::all(1e3f);
    }
    for (std::size_t i = 0; i < samples.size(); ++i) {
      std::size_t best = 0;
      for (std::size_t k = 1; k < kColours; ++k) {
        if (distance(samples[i].root, centre[k]) < distance(samples[i].root, centre[best])) best = k;
      }
      label[i] = static_cast<int>(best);
    }
  }
  return label;
}

Group groupOf(const std::vector<Sample>& samples, const std::vector<int>& label, int k, cv::Size cells, const cv::Vec3f& screen) {
  Group g;
  g.presence = cv::Mat::zeros(cells, CV_32F);
  cv::Vec3d mean{};
  double count = 0.0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (label[i] != k) continue;
    mean += cv::Vec3d(samples[i].colour);
    count += 1.0;
    g.presence.ptr<float>()[samples[i].cell] += 1.0f;
  }
  if (count < 8.0) return {};
  mean /= count;
  cv::Matx33d cov = cv::Matx33d::eye() * static_cast<double>(kSpread);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (label[i] != k) continue;
    const cv::Vec3d d = cv::Vec3d(samples[i].colour) - mean;
    cov += d * d.t() * (1.0 / count);
  }
  const cv::Vec3d shade = mean * static_cast<double>(kShade), lit = cv::Vec3d(screen) * static_cast<double>(kLitByScreen);
  cov += shade * shade.t() + lit * lit.t();
  cv::Vec3d values;
  cv::Matx33d vectors;
  cv::eigen(cov, values, vectors);
  g.mean = cv::Vec3f(mean);
  g.axes = cv::Matx33f(vectors);
  for (int i = 0; i < 3; ++i) g.variance[i] = static_cast<float>(std::max(values[i], 1e-7));
  for (int i = 0; i < 3; ++i) {
    for (int c = 0; c < 3; ++c) g.noise[i] += g.axes(i, c) * g.axes(i, c) * kChannelNoise[c];
  }
  g.turnedMean = g.axes * g.mean;
  cv::GaussianBlur(g.presence, g.presence, {0, 0}, kReach);
  return g;
}

std::vector<Group> groupsOf(const Planes& frame, const CoarseField& screen, const cv::Mat& solid) {
  const std::vector<Sample> samples = samplesOf(frame, solid, screen.cell, screen.value.cols);
  std::vector<Group> out;
  if (samples.size() < 64) return out;
  const std::vector<int> label = sorted(samples);
  const cv::Scalar mean = cv::mean(screen.value);
  const cv::Vec3f colour(static_cast<float>(mean[0]), static_cast<float>(mean[1]), static_cast<float>(mean[2]));
  for (int k = 0; k < kColours; ++k) {
    Group g = groupOf(samples, label, k, screen.value.size(), colour);
    if (!g.presence.empty()) out.push_back(std::move(g));
  }
  return out;
}

/// What is found of one pixel.
struct Mixture {
  float alpha = 0.0f, trust = 0.0f;
  cv::Vec3f colour;
};

/// The likeliest colour of a group in a pixel.
cv::Vec3f colourIn(const Group& g, const cv::Vec3f& c, const cv::Vec3f& screen, float alpha, float noise) {
  const cv::Vec3f rest = g.axes * (c - screen * (1.0f - alpha)) - g.turnedMean * alpha;
  cv::Vec3f moved;
  for (int j = 0; j < 3; ++j) moved[j] = alpha * g.variance[j] / (alpha * alpha * g.variance[j] + noise * g.noise[j]) * rest[j];
  cv::Vec3f out = g.mean + g.axes.t() * moved;
  for (int j = 0; j < 3; ++j) out[j] = std::max(out[j], 0.0f);
  return out;
}

/// A pixel against one group, in the group's axes.
struct Trial {
  float turned[3], range[3], variance[3], noise[3];
};

/// e to the power x for x <= 1, to five digits; 0 where it is next to nothing.
PAI_INLINE float exponential(float x) {
  const float y = (x < -80.0f ? -80.0f : x) * 1.44269504f, whole = static_cast<float>(static_cast<int>(y) - (y < 0.0f ? 1 : 0));
  const float f = y - whole;
  const float part = 1.0f + f * (0.69315308f + f * (0.24015361f + f * (0.05582632f + f * (0.00898934f + f * 0.00187758f))));
  const float power = std::bit_cast<float>((static_cast<std::int32_t>(whole) + 127) << 23);
  return x < -80.0f ? 0.0f : part * power;
}

/// Weight of each step of alpha; returns the least squared deviation.
PAI_INLINE float weighedBody(const Trial& t, const float* PAI_RESTRICT agreed, float* PAI_RESTRICT weight) {
  float deviation[kLanes], volume[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    deviation[i] = 0.0f;
    volume[i] = 1.0f;
  }
  for (int j = 0; j < 3; ++j) {
    for (int i = 0; i < kLanes; ++i) {
      const float a = static_cast<float>(i) * (1.0f / kSteps), e = t.turned[j] - a * t.range[j], v = a * a * t.variance[j] + t.noise[j];
      deviation[i] += e * e / v;
      volume[i] *= v * 1e4f;
    }
  }
  for (int i = 0; i < kLanes; ++i) volume[i] = 1.0f / std::sqrt(volume[i]);
  for (int i = 0; i < kLanes; ++i) {
    const float v = exponential(agreed[i] - 0.5f * deviation[i]) * volume[i];
    weight[i] = deviation[i] < kHopeless ? v : 0.0f;
  }
  float least = deviation[0];
  for (int i = 1; i <= kSteps; ++i) least = deviation[i] < least ? deviation[i] : least;
  return least;
}

PAI_TARGET_AVX2 PAI_NOINLINE float weighedAvx2(const Trial& t, const float* a, float* w) { return weighedBody(t, a, w); }
PAI_NOINLINE float weighedPlain(const Trial& t, const float* a, float* w) { return weighedBody(t, a, w); }
float weighed(const Trial& t, const float* a, float* w) {
  static const bool avx2 = cpuHasAvx2();
  return avx2 ? weighedAvx2(t, a, w) : weighedPlain(t, a, w);
}

Mixture mixtureOf(const cv::Vec3f& c, const cv::Vec3f& screen, float first, const std::vector<Group>& groups, int cx, int cy) {
  Mixture out;
  std::array<float, kColours> presence{}, share{};
  float most = 0.0f;
  for (std::size_t k = 0; k < groups.size(); ++k) {
    presence[k] = groups[k].presence.at<float>(cy, cx) + kAnywhere;
    most = std::max(most, presence[k]);
  }
  if (most < kNobody) return out;
  const float noise = kNoise * kNoise * (0.1f + 1.3333f * (c[0] + c[1] + c[2]));
  std::array<float, kLanes> agreed{}, weight{};
  for (int i = 0; i < kLanes; ++i) {
    // Ends are likelier than any one mixture; lanes beyond the last step count for nothing.
    const float whole = i == 0 || i == kSteps ? kWholeLog : 0.0f;
    agreed[static_cast<std::size_t>(i)] = i > kSteps ? -200.0f : whole - kBelieved * std::abs(static_cast<float>(i) / kSteps - first);
  }
  float sum = 0.0f, mean = 0.0f, fit = kHopeless;
  for (std::size_t k = 0; k < groups.size(); ++k) {
    if (presence[k] < kAbsent * most) continue;
    const Group& g = groups[k];
    Trial trial;
    const cv::Vec3f turned = g.axes * (c - screen), range = g.turnedMean - g.axes * screen;
    for (int j = 0; j < 3; ++j) {
      trial.turned[j] = turned[j];
      trial.range[j] = range[j];
      trial.variance[j] = g.variance[j];
      trial.noise[j] = noise * g.noise[j];
    }
    fit = std::min(fit, weighed(trial, agreed.data(), weight.data()));
    for (int i = 0; i <= kSteps; ++i) {
      const float w = weight[static_cast<std::size_t>(i)] * presence[k] / most;
      share[k] += w;
      mean += w * static_cast<float>(i) / kSteps;
    }
    sum += share[k];
  }
  if (sum <= 0.0f) return out;
  out.alpha = mean / sum;
  out.trust = fit < kWellExplained ? 1.0f : std::exp((kWellExplained - fit) / kWellExplained);
  for (std::size_t k = 0; k < groups.size(); ++k) {
    if (share[k] > 0.02f * sum) out.colour += colourIn(groups[k], c, screen, out.alpha, kColourNoise * noise) * (share[k] / sum);
  }
  return out;
}

/// Unmixes one part of the frame.
void unmixIsland(const Planes& frame, const CoarseField& screen, const std::vector<Group>& groups, const cv::Rect& at,
                 bool coarseChroma, cv::Mat& whole, MixedColours& out) {
  cv::Mat alpha = whole(at);
  cv::Mat soft = (alpha > kSoftFrom) & (alpha < kSoftTo);
  cv::dilate(soft, soft, cv::Mat::ones(3, 3, CV_8U));
  cv::Mat change = cv::Mat::zeros(alpha.size(), CV_32F);
  cv::parallel_for_({0, alpha.rows}, [&](const cv::Range& rows) {
    for (int row = rows.start; row < rows.end; ++row) {
      const int y = at.y + row;
      const auto* s = soft.ptr<std::uint8_t>(row);
      const float *r = frame.row(0, y), *g = frame.row(1, y), *b = frame.row(2, y);
      const float* a = alpha.ptr<float>(row);
      float* d = change.ptr<float>(row);
      for (int column = 0; column < alpha.cols; ++column) {
        if (!s[column]) continue;
        const int x = at.x + column;
        const Mixture m = mixtureOf({r[x], g[x], b[x]}, screen.at(x, y), a[column], groups, x / screen.cell, y / screen.cell);
        if (m.trust <= 0.0f) continue;
        d[column] = (m.alpha - a[column]) * m.trust;
        out[static_cast<std::size_t>(y)].push_back({x, m.colour, m.trust});
      }
    }
  }, 16.0);
  // Coarse chroma cannot speak of detail.
  if (coarseChroma) cv::GaussianBlur(change, change, {5, 5}, 1.0, 0.0, cv::BORDER_REPLICATE | cv::BORDER_ISOLATED);
  change.setTo(0.0f, ~soft);
  cv::add(alpha, change, alpha);
  cv::min(alpha, 1.0, alpha);
  cv::max(alpha, 0.0, alpha);
}

}  // namespace

MixedColours unmixSoftPixels(const Planes& frame, const CoarseField& screen, const cv::Mat& solid,
                             const std::vector<cv::Rect>& islands, bool coarseChroma, cv::Mat& alpha) {
  MixedColours out(static_cast<std::size_t>(alpha.rows));
  const std::vector<Group> groups = groupsOf(frame, screen, solid);
  if (groups.empty()) return out;
  for (const cv::Rect& at : islands) unmixIsland(frame, screen, groups, at, coarseChroma, alpha, out);
  if (islands.size() > 1) {
    for (auto& row : out) std::sort(row.begin(), row.end(), [](const MixedColour& a, const MixedColour& b) { return a.x < b.x; });
  }
  return out;
}

}  // namespace pai::core
