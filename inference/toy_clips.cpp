// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/toy_clips.h"

#include <array>
#include <cmath>

namespace pai::inference {

std::uint64_t ToyRandom::next() {  // splitmix64
  std::uint64_t z = (m_state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

double ToyRandom::uniform(double low, double high) { return low + (high - low) * static_cast<double>(next() >> 11) * 0x1p-53; }

double ToyRandom::normal() {
  const double u = uniform(0x1p-53, 1.0), v = uniform(0.0, 1.0);
  return std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586 * v);
}

std::int64_t ToyRandom::below(std::int64_t count) { return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(count)); }

namespace {

using Colour = std::array<double, 3>;

constexpr double kBackgroundCell = 7.0, kObjectCell = 3.0;  // pixels between the random values of a texture
constexpr double kLightness = 0.24, kChroma = 0.08;         // their spread: common to the channels, and per channel

/// Smooth noise: random colours on a grid, joined by smoothstep.
class Texture {
 public:
  Texture(ToyRandom& random, double cell) : m_cell(cell) {
    for (Colour& node : m_nodes) {
      const double lightness = kLightness * random.normal();
      for (double& value : node) value = lightness + kChroma * random.normal();
    }
  }
  Colour at(double x, double y) const {
    const double u = x / m_cell, v = y / m_cell;
    const double left = std::floor(u), top = std::floor(v);
    const double a = smooth(u - left), b = smooth(v - top);
    Colour out;
    for (std::size_t c = 0; c < 3; ++c)
      out[c] = (node(left, top)[c] * (1 - a) + node(left + 1, top)[c] * a) * (1 - b) +
               (node(left, top + 1)[c] * (1 - a) + node(left + 1, top + 1)[c] * a) * b;
    return out;
  }

 private:
  static constexpr std::int64_t kSide = 16;
  static double smooth(double t) { return t * t * (3 - 2 * t); }
  const Colour& node(double x, double y) const {
    const auto column = static_cast<std::int64_t>(x) & (kSide - 1), row = static_cast<std::int64_t>(y) & (kSide - 1);
    return m_nodes[static_cast<std::size_t>(row * kSide + column)];
  }
  double m_cell;
  std::array<Colour, kSide * kSide> m_nodes;
};

struct Scene {
  Texture ground, surface;
  Colour light, surfaceMean{}, gain, gamma;
  double speedX, speedY, originX, originY, centreX, centreY, radiusX, radiusY;

  explicit Scene(ToyRandom& random) : ground(random, kBackgroundCell), surface(random, kObjectCell) {
    for (double& value : light) value = random.uniform(0.7, 1.3);
    const double mean = (light[0] + light[1] + light[2]) / 3;
    for (double& value : light) value /= mean;
    for (double& value : gain) value = random.uniform(0.74, 1.26);
    for (double& value : gamma) value = random.uniform(0.83, 1.2);
    speedX = random.uniform(0.6, 1.8) * (random.below(2) == 0 ? 1 : -1);
    speedY = random.uniform(-0.3, 0.3);
    originX = random.uniform(0, 100);
    originY = random.uniform(0, 100);
    radiusX = random.uniform(3.5, 5);
    radiusY = random.uniform(4, 6);
    // At mid-shot the object is near the middle of the frame.
    const double half = static_cast<double>(kToyFrames - 1) / 2;
    centreX = originX + half * speedX + 11.5 + random.uniform(-2, 2);
    centreY = originY + half * speedY + 7.5 + random.uniform(-1, 1);
    balanceSurface();
  }

  double matte(double x, double y) const {
    const double u = (x - centreX) / radiusX, v = (y - centreY) / radiusY;
    return std::clamp((1 - std::sqrt(u * u + v * v)) * radiusX + 0.5, 0.0, 1.0);
  }
  Colour groundColour(double x, double y) const { return lit(ground.at(x, y), {}); }
  Colour objectColour(double x, double y) const { return lit(surface.at(x - centreX + 24, y - centreY + 24), surfaceMean); }
  Colour wrongColour(const Colour& colour) const {
    Colour out;
    for (std::size_t c = 0; c < 3; ++c) out[c] = std::clamp(gain[c] * std::pow(colour[c], gamma[c]), 0.0, 1.0);
    return out;
  }

 private:
  Colour lit(const Colour& surfaceColour, const Colour& mean) const {
    Colour out;
    for (std::size_t c = 0; c < 3; ++c) out[c] = std::clamp(light[c] * (0.5 + surfaceColour[c] - mean[c]), 0.02, 0.98);
    return out;
  }
  /// The object's surface is grey on average, so that its light can be told.
  void balanceSurface() {
    double area = 0;
    Colour sum{};
    for (int j = -8; j <= 8; ++j)
      for (int i = -8; i <= 8; ++i) {
        const double a = matte(centreX + i, centreY + j);
        const Colour colour = surface.at(24.0 + i, 24.0 + j);
        area += a;
        for (std::size_t c = 0; c < 3; ++c) sum[c] += a * colour[c];
      }
    for (std::size_t c = 0; c < 3; ++c) surfaceMean[c] = sum[c] / area;
  }
};

}  // namespace

ToyClip makeToyClip(std::uint64_t seed) {
  ToyRandom random(seed);
  const Scene scene(random);
  const auto video = [] { return at::empty({3, kToyFrames, kToyRows, kToyColumns}); };
  ToyClip clip{video(), video(), video(), video(), at::empty({kToyFrames, kToyRows, kToyColumns})};
  const std::int64_t plane = kToyFrames * kToyRows * kToyColumns;
  float* const target = clip.target_CTHW.data_ptr<float>();
  float* const condition = clip.condition_CTHW.data_ptr<float>();
  float* const background = clip.background_CTHW.data_ptr<float>();
  float* const pasted = clip.pasted_CTHW.data_ptr<float>();
  float* const matte = clip.matte_THW.data_ptr<float>();
  constexpr Colour kGreen{0.1, 0.8, 0.1};
  for (std::int64_t i = 0; i < plane; ++i) {
    const auto t = static_cast<double>(i / (kToyRows * kToyColumns));
    const double x = scene.originX + scene.speedX * t + static_cast<double>(i % kToyColumns);
    const double y = scene.originY + scene.speedY * t + static_cast<double>(i / kToyColumns % kToyRows);
    const double a = scene.matte(x, y);
    const Colour ground = scene.groundColour(x, y), object = scene.objectColour(x, y), wrong = scene.wrongColour(object);
    matte[i] = static_cast<float>(a);
    for (std::int64_t c = 0; c < 3; ++c) {
      const auto n = static_cast<std::size_t>(c);
      const auto put = [&](float* to, double front, double back) { to[c * plane + i] = static_cast<float>(2 * (a * front + (1 - a) * back) - 1); };
      put(target, object[n], ground[n]);
      put(condition, wrong[n], kGreen[n]);
      put(background, ground[n], ground[n]);
      put(pasted, wrong[n], ground[n]);
    }
  }
  return clip;
}

std::vector<std::int64_t> pickFrames(ToyRandom& random, std::int64_t count) {
  std::vector<std::int64_t> frames;
  while (static_cast<std::int64_t>(frames.size()) < std::min(count, kToyFrames)) {
    const std::int64_t frame = random.below(kToyFrames);
    if (std::find(frames.begin(), frames.end(), frame) == frames.end()) frames.push_back(frame);
  }
  std::sort(frames.begin(), frames.end());
  return frames;
}

std::vector<SequenceReference> toyReferences(const ToyClip& clip, const std::vector<std::int64_t>& frames) {
  std::vector<SequenceReference> references;
  for (const std::int64_t frame : frames) references.push_back({clip.background_CTHW.narrow(1, frame, 1), static_cast<double>(frame)});
  return references;
}

Tensor crossfade(const std::vector<SequenceReference>& references) {
  const std::vector<SequenceReference> sorted = canonicalOrder(references);
  std::vector<Tensor> frames;
  for (std::int64_t n = 0; n < kToyFrames; ++n) {
    const auto at = static_cast<double>(n);
    std::size_t right = 0;
    while (right < sorted.size() && sorted[right].position < at) ++right;
    if (right == 0 || right == sorted.size()) {
      frames.push_back(sorted[std::min(right, sorted.size() - 1)].latent_CTHW);
      continue;
    }
    const double share = (at - sorted[right - 1].position) / (sorted[right].position - sorted[right - 1].position);
    frames.push_back(sorted[right - 1].latent_CTHW * (1 - share) + sorted[right].latent_CTHW * share);
  }
  return at::cat(frames, 1);
}

}  // namespace pai::inference
