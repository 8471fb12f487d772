// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/light_key.h"

#include <cmath>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

const cv::Size kSightSize{48, 27};
constexpr double kDirectionFrom = 0.5, kDirectionFull = 0.75;  // length of a shot's mean direction
constexpr float kKeyStrength = 1.6f;     // of the key over the light that is there
constexpr double kPaleness = 1.5;        // a picture's brightest parts are paler than the light they throw
constexpr int kGridRows = 270;
constexpr double kRoundness = 0.07;      // of the root of a subject's area
constexpr float kSmoothForm = 0.85f;     // of its roundness

float luma(const cv::Vec3f& c) { return 0.2126f * c[0] + 0.7152f * c[1] + 0.0722f * c[2]; }

}  // namespace

std::optional<KeySight> keySightOf(const LightSample& scene, const LightSample& subject) {
  if (scene.coded.empty() || subject.solid.empty()) return std::nullopt;
  const cv::Moments moments = cv::moments(subject.solid, true);
  if (moments.m00 < 1.0) return std::nullopt;
  const double cx = moments.m10 / moments.m00 / subject.solid.cols, cy = moments.m01 / moments.m00 / subject.solid.rows;
  cv::Mat light, small;
  cv::pow(scene.coded, kCoding, light);
  cv::resize(light, small, kSightSize, 0, 0, cv::INTER_AREA);
  const double aspect = static_cast<double>(scene.coded.cols) / scene.coded.rows;
  const auto direction = [&](int x, int y) {
    const cv::Vec2d d(((x + 0.5) / kSightSize.width - cx) * aspect, (y + 0.5) / kSightSize.height - cy);
    const double length = std::hypot(d[0], d[1]);
    return length > 1e-6 ? d / length : cv::Vec2d(0, 0);
  };
  cv::Vec2d bright{0, 0}, all{0, 0};
  double total = 0.0;
  for (int y = 0; y < kSightSize.height; ++y) {
    for (int x = 0; x < kSightSize.width; ++x) {
      const double l = luma(small.at<cv::Vec3f>(y, x));
      bright += direction(x, y) * l;
      all += direction(x, y);
      total += l;
    }
  }
  if (total <= 1e-6) return std::nullopt;
  const cv::Vec2d towards = 2.0 * (bright / total - all / kSightSize.area());
  const double length = std::hypot(towards[0], towards[1]);
  KeySight out;
  out.towards = {static_cast<float>(towards[0]), static_cast<float>(towards[1])};
  if (length < 1e-6) return out;
  cv::Vec3d side{0, 0, 0}, mean{0, 0, 0};
  double weight = 0.0;
  for (int y = 0; y < kSightSize.height; ++y) {
    for (int x = 0; x < kSightSize.width; ++x) {
      const double w = std::max(0.0, direction(x, y).dot(towards) / length);
      side += cv::Vec3d(small.at<cv::Vec3f>(y, x)) * w;
      mean += cv::Vec3d(small.at<cv::Vec3f>(y, x));
      weight += w;
    }
  }
  if (weight > 0.0) out.surplus = side / weight - mean / kSightSize.area();
  return out;
}

void setKeyLight(const std::vector<std::int64_t>& frames, const std::vector<std::optional<KeySight>>& sights, double spread,
                 std::vector<FrameLight>& lights) {
  cv::Vec2f towards{0, 0};
  cv::Vec3f surplus{0, 0, 0};
  int seen = 0;
  for (const auto& s : sights) {
    if (!s) continue;
    towards += s->towards;
    surplus += s->surplus;
    ++seen;
  }
  if (seen == 0) return;
  towards /= static_cast<float>(seen);
  surplus /= static_cast<float>(seen);
  const double amount = std::clamp((cv::norm(towards) - kDirectionFrom) / (kDirectionFull - kDirectionFrom), 0.0, 1.0);
  const float most = std::max({surplus[0], surplus[1], surplus[2]});
  if (amount <= 0.0 || most <= 0.0f) return;
  cv::Vec3f key;
  for (int c = 0; c < 3; ++c) key[c] = static_cast<float>(std::pow(std::max(surplus[c], 0.0f) / most, kPaleness));
  key *= kKeyStrength * static_cast<float>(amount) / std::max(luma(key), 1e-3f);
  for (std::size_t i = 0; i < lights.size(); ++i) {
    cv::Vec2f sum = towards * 1e-3f;  // the shot's, where no frame nearby has a subject
    for (std::size_t j = 0; j < sights.size(); ++j) {
      const double away = static_cast<double>(frames[i] - frames[j]) / spread;
      if (sights[j]) sum += sights[j]->towards * static_cast<float>(std::exp(-away * away / 2));
    }
    const auto length = static_cast<float>(cv::norm(sum));
    lights[i].key = key;
    lights[i].towards = length > 1e-6f ? sum / length : cv::Vec2f(0, 0);
  }
}

cv::Mat blockMeans(const cv::Mat& plane, const SubjectForm& form) {
  cv::Mat whole;
  const cv::Rect& p = form.pixels;
  const cv::Size full(form.blocks.width * form.block, form.blocks.height * form.block);
  // Blocks at the frame's right and bottom border may hang over it.
  if (p.size() == full) {
    whole = plane(p);
  } else {
    cv::copyMakeBorder(plane(p), whole, 0, full.height - p.height, 0, full.width - p.width, cv::BORDER_REPLICATE | cv::BORDER_ISOLATED);
  }
  return averaged(whole, form.blocks.size());
}

SubjectForm formOf(const cv::Mat& alpha) {
  SubjectForm out;
  out.block = std::max(1, (alpha.rows + kGridRows / 2) / kGridRows);
  const cv::Rect subject = coveredPart(alpha);
  if (subject.empty()) return out;
  const cv::Size grid((alpha.cols + out.block - 1) / out.block, (alpha.rows + out.block - 1) / out.block);
  // With a rim of blocks without subject, except where the frame ends.
  const int left = subject.x / out.block - 1, top = subject.y / out.block - 1;
  const int right = (subject.x + subject.width - 1) / out.block + 2, bottom = (subject.y + subject.height - 1) / out.block + 2;
  out.blocks = cv::Rect(left, top, right - left, bottom - top) & cv::Rect({0, 0}, grid);
  out.pixels = cv::Rect(out.blocks.x * out.block, out.blocks.y * out.block, out.blocks.width * out.block, out.blocks.height * out.block) &
               cv::Rect(0, 0, alpha.cols, alpha.rows);
  cv::Mat solid, depth, smooth, dx, dy;
  // Outside the frame the subject goes on: the frame's border is none of its own.
  cv::copyMakeBorder(blockMeans(alpha, out) >= 0.5f, solid, 1, 1, 1, 1, cv::BORDER_REPLICATE);
  const double area = cv::countNonZero(solid);
  out.roundness = static_cast<float>(std::max(1.0, kRoundness * std::sqrt(area)));
  cv::distanceTransform(solid, depth, cv::DIST_L2, cv::DIST_MASK_5);
  out.depth = depth(cv::Rect({1, 1}, out.blocks.size())).clone();
  cv::GaussianBlur(out.depth, smooth, {0, 0}, kSmoothForm * out.roundness, 0.0, cv::BORDER_REPLICATE);
  cv::Sobel(smooth, dx, CV_32F, 1, 0, 3, 1.0, 0.0, cv::BORDER_REPLICATE);
  cv::Sobel(smooth, dy, CV_32F, 0, 1, 3, 1.0, 0.0, cv::BORDER_REPLICATE);
  out.facing.create(out.blocks.size(), CV_32FC2);
  for (int y = 0; y < out.facing.rows; ++y) {
    for (int x = 0; x < out.facing.cols; ++x) {
      const float u = -dx.at<float>(y, x), v = -dy.at<float>(y, x), length = std::hypot(u, v) + 1e-3f;
      out.facing.at<cv::Vec2f>(y, x) = {u / length, v / length};
    }
  }
  return out;
}

}  // namespace pai::core
