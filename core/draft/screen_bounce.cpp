// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/screen_bounce.h"

#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

constexpr float kSameHue = 0.08f;                             // logarithm of the ratio of the other two channels
constexpr float kShadedFrom = 0.35f, kShadedTo = 1.3f;        // logarithm of the ratio of the light on two surfaces
constexpr float kDarkest = 0.006f, kBrightest = 0.9f;         // linear light that has a hue
constexpr std::int64_t kPairsNeeded = 300;
constexpr double kAgreeing = 0.7;                             // share of the pairs that show it
constexpr double kNoGlow = 0.04;                              // a slope that shading by itself may have
constexpr int kEdge = 3;                                      // pixels of a sample beside the border, whose colours are mixed
constexpr std::array<std::array<int, 2>, 12> kSteps{{{3, 0}, {0, 3}, {5, 4}, {-5, 4}, {9, 0}, {0, 9}, {10, 9}, {-10, 9},
                                                     {17, 2}, {-17, 2}, {2, 17}, {-2, 17}}};

}  // namespace

void BounceMeter::add(const LightSample& s) {
  if (s.coded.empty() || s.solid.empty()) return;
  cv::Mat inner;
  cv::erode(s.solid, inner, cv::Mat::ones(kEdge, kEdge, CV_8U), {-1, -1}, 1, cv::BORDER_CONSTANT, cv::Scalar(0));
  const int p = m_primary, a = (p + 1) % 3, b = (p + 2) % 3;
  // Logarithms of the linear light: the other two channels' mean and ratio, and the primary over that mean.
  cv::Mat facts(s.coded.size(), CV_32FC3);
  for (int y = 0; y < s.coded.rows; ++y) {
    const auto* c = s.coded.ptr<cv::Vec3f>(y);
    auto* k = inner.ptr<std::uint8_t>(y);
    auto* f = facts.ptr<cv::Vec3f>(y);
    for (int x = 0; x < s.coded.cols; ++x) {
      if (!k[x]) continue;
      const cv::Vec3f light(std::pow(c[x][0], kCoding), std::pow(c[x][1], kCoding), std::pow(c[x][2], kCoding));
      if (std::min({light[0], light[1], light[2]}) < kDarkest || std::max({light[0], light[1], light[2]}) > kBrightest) {
        k[x] = 0;
        continue;
      }
      const float first = std::log(light[a]), second = std::log(light[b]), mean = (first + second) / 2;
      f[x] = {mean, first - second, std::log(light[p]) - mean};
    }
  }
  for (int y = 0; y < facts.rows; ++y) {
    const auto* k = inner.ptr<std::uint8_t>(y);
    const auto* f = facts.ptr<cv::Vec3f>(y);
    for (int x = 0; x < facts.cols; ++x) {
      if (!k[x]) continue;
      for (const auto& [dx, dy] : kSteps) {
        const int u = x + dx, v = y + dy;
        if (u < 0 || u >= facts.cols || v >= facts.rows || !inner.at<std::uint8_t>(v, u)) continue;
        const auto& other = facts.at<cv::Vec3f>(v, u);
        const float shade = f[x][0] - other[0], distance = std::abs(shade);
        if (distance < kShadedFrom || distance > kShadedTo || std::abs(f[x][1] - other[1]) > kSameHue) continue;
        const float more = f[x][2] - other[2];
        m_slope += static_cast<double>(shade) * more;
        m_weight += static_cast<double>(shade) * shade;
        m_darkerIsCloser += shade * more < 0.0f;
        ++m_pairs;
      }
    }
  }
}

float BounceMeter::share() const {
  if (m_pairs < kPairsNeeded || static_cast<double>(m_darkerIsCloser) < kAgreeing * static_cast<double>(m_pairs)) return 0.0f;
  // With a glow of g times a surface's other light, the slope is -g / (1 + g): its share of all the light.
  const double share = -m_slope / m_weight;
  return share <= kNoGlow ? 0.0f : std::min(static_cast<float>(share), kMostBounce);
}

}  // namespace pai::core
