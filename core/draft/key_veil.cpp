// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_veil.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

constexpr float kBareCell = 0.9f;         // of a cell's pixels, from which on it may be bare
constexpr int kVeilReach = 5;              // cells around the subject that hair may veil
constexpr int kFewestBare = 20;         // bare cells that the paint's hue stands on
constexpr float kNoVeil = 0.01f, kSurelyVeil = 0.03f;
constexpr float kMostVeil = 0.4f;
constexpr float kBrightest = 1.2f;     // of the paint's light farther off
constexpr float kDarkest = 0.4f;       // of the paint; a darker veil is not told from a shadow
constexpr float kCodingKeepsBlue = 0.125f;  // weight of the channel that coding keeps worst

/// Shares of paint and of the subject in a colour: c = share[0] paint + share[1] subject, least squares.
cv::Vec2f sharesOf(const cv::Vec3f& c, const cv::Vec3f& paint, const cv::Vec3f& subject, int primary) {
  float pp = 0, ps = 0, ss = 0, pc = 0, sc = 0;
  for (int i = 0; i < 3; ++i) {
    const float w = i == 2 && primary != 2 ? kCodingKeepsBlue : 1.0f;
    pp += w * paint[i] * paint[i];
    ps += w * paint[i] * subject[i];
    ss += w * subject[i] * subject[i];
    pc += w * paint[i] * c[i];
    sc += w * subject[i] * c[i];
  }
  const float determinant = pp * ss - ps * ps;
  if (determinant < 0.05f * pp * ss || ss < kDarkest * kDarkest * pp) return {1.0f, 0.0f};
  return {(pc * ss - sc * ps) / determinant, (sc * pp - pc * ps) / determinant};
}

}  // namespace

void liftVeil(const ScreenColour& screen, const CoarseField& subject, ScreenField& field) {
  const int cell = field.screen.cell;
  cv::Mat near, bare;
  cv::dilate(field.seen < kBareCell, near, cv::Mat::ones(2 * kVeilReach + 1, 2 * kVeilReach + 1, CV_8U));
  cv::bitwise_not(near, bare);
  if (cv::countNonZero(bare) < kFewestBare) return;
  const double pixels = static_cast<double>(cell * cell);
  cv::Mat sums = cv::Mat::zeros(field.seen.size(), CV_32FC3), weights = cv::Mat::zeros(field.seen.size(), CV_32F);
  for (int y = 0; y < bare.rows; ++y) {
    for (int x = 0; x < bare.cols; ++x) {
      if (!bare.at<std::uint8_t>(y, x)) continue;
      weights.at<float>(y, x) = static_cast<float>(pixels);
      sums.at<cv::Vec3f>(y, x) = field.screen.value.at<cv::Vec3f>(y, x) * static_cast<float>(pixels);
    }
  }
  const cv::Mat paint = pushPull(sums, weights);
  bool veiled = false;
  for (int y = 0; y < bare.rows; ++y) {
    for (int x = 0; x < bare.cols; ++x) {
      const float seen = field.seen.at<float>(y, x);
      if (!near.at<std::uint8_t>(y, x) || seen <= 0.0f) continue;
      cv::Vec3f c = field.screen.value.at<cv::Vec3f>(y, x);
      const cv::Vec3f& p = paint.at<cv::Vec3f>(y, x);
      const cv::Vec2f share = sharesOf(c, p, subject.value.at<cv::Vec3f>(y, x), screen.primary);
      const float veil = std::min(share[1], kMostVeil);
      const float sure = std::clamp((veil - kNoVeil) / (kSurelyVeil - kNoVeil), 0.0f, 1.0f);
      if (sure > 0.0f) {
        veiled = true;
        const float own = c[screen.primary] / std::max(p[screen.primary], 1e-5f);
        c += (p * std::min(share[0] / (1.0f - veil), std::max(own, kBrightest)) - c) * sure;
      }
      weights.at<float>(y, x) = seen * static_cast<float>(pixels);
      sums.at<cv::Vec3f>(y, x) = c * weights.at<float>(y, x);
    }
  }
  if (veiled) field.screen.value = pushPull(sums, weights);
}

}  // namespace pai::core
