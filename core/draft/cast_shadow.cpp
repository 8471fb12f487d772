// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/cast_shadow.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

constexpr float kLeastEdge = 0.02f;  // logarithm of light a pixel
constexpr float kUpright = 1.2f;     // rise over run of an edge's normal; steeper edges are no shadows'
constexpr float kAstray = 0.05f;  // radians by which an edge may miss the point it leads to, about
constexpr float kBestPoints = 16.0f;  // power of a point's share: the best ones decide, no single one
constexpr int kPointsAcross = 24, kPointsDown = 24;
constexpr float kNearPoint = 0.05f, kFarPoint = 1.7f;    // of the frame's width, beyond its border
constexpr float kTrustFrom = 0.13f, kTrustFull = 0.20f;  // the sample's hall: .24; trees and grass: .10
constexpr float kSlopeFrom = 0.04f, kSlopeFull = 0.08f;  // level edges are any floor's
constexpr float kMostShade = 0.85f, kUsualShade = 0.5f;
constexpr float kLength = 1.5f;  // of a shadow, in heights of who throws it, across the frame
constexpr float kUsualSlope = 0.15f;
constexpr float kFlat = 0.22f;               // how flat a circle on the ground lies in the frame
constexpr double kUsualCast = 0.5;           // up to which a shadow is thrown only where the scene has some
constexpr int kRows = 270;                   // of the picture that a shadow is drawn in
constexpr double kSharp = 0.7, kSoft = 3.0;  // deviation in its pixels: at the feet, a frame's height away

float ramp(float v, float from, float full) { return std::clamp((v - from) / (full - from), 0.0f, 1.0f); }

/// Logarithm of a coded picture's light.
cv::Mat logLight(const cv::Mat& coded) {
  cv::Mat out(coded.size(), CV_32F);
  for (int y = 0; y < coded.rows; ++y) {
    const auto* c = coded.ptr<cv::Vec3f>(y);
    float* o = out.ptr<float>(y);
    for (int x = 0; x < coded.cols; ++x) {
      const auto light = [&](int i) { return std::pow(std::max(c[x][i], 0.0f), kCoding); };
      o[x] = std::log(0.02f + 0.2126f * light(0) + 0.7152f * light(1) + 0.0722f * light(2));
    }
  }
  return out;
}

struct Edge {
  cv::Point2f at, normal;
  float weight;
};

std::vector<Edge> levelEdges(const cv::Mat& light, cv::Rect where) {
  cv::Mat smooth, dx, dy;
  cv::GaussianBlur(light, smooth, {0, 0}, light.cols / 200.0);
  cv::Sobel(smooth, dx, CV_32F, 1, 0, 3, 0.125);
  cv::Sobel(smooth, dy, CV_32F, 0, 1, 3, 0.125);
  std::vector<Edge> out;
  for (int y = where.y; y < where.y + where.height; y += 2) {
    for (int x = where.x + y / 2 % 2; x < where.x + where.width; x += 2) {
      const float u = dx.at<float>(y, x), v = dy.at<float>(y, x), length = std::hypot(u, v);
      if (length < kLeastEdge || std::abs(v) < kUpright * std::abs(u)) continue;
      out.push_back({{static_cast<float>(x), static_cast<float>(y)}, {u / length, v / length}, length * length});
    }
  }
  return out;
}

/// Share of the edges that lead to a point.
float shareTo(const std::vector<Edge>& edges, cv::Point2f point) {
  float sum = 0.0f, total = 1e-9f;
  for (const Edge& e : edges) {
    const cv::Point2f way = e.at - point;
    const float miss = way.dot(e.normal) / (kAstray * std::max(1.0f, std::hypot(way.x, way.y)));
    sum += e.weight * std::max(0.0f, 1.0f - miss * miss);
    total += e.weight;
  }
  return sum / total;
}

/// Where the lowest row of a matte is, and its middle; negative rows: nobody, or the frame cuts it.
cv::Point2f feetOf(const cv::Mat& solid) {
  for (int y = solid.rows - 1; y >= 0; --y) {
    const uchar* s = solid.ptr(y);
    int count = 0, sum = 0;
    for (int x = 0; x < solid.cols; ++x)
      if (s[x]) ++count, sum += x;
    if (count >= 2)
      return y >= solid.rows - 2
                 ? cv::Point2f(0, -1)
                 : cv::Point2f(static_cast<float>(sum) / static_cast<float>(count), static_cast<float>(y));
  }
  return {0, -1};
}

/// Light that the dark parts of an area lack of the bright ones'.
float shadeOf(const cv::Mat& light, cv::Rect where) {
  std::vector<float> values;
  for (int y = where.y; y < where.y + where.height; ++y)
    values.insert(values.end(), light.ptr<float>(y) + where.x, light.ptr<float>(y) + where.x + where.width);
  if (values.size() < 100) return 0.0f;
  const auto at = [&](double share) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), middle, values.end());
    return std::exp(*middle) - 0.02f;
  };
  const float dark = at(0.05), bright = at(0.85);
  return bright > 1e-3f ? std::clamp(1.0f - dark / bright, 0.0f, kMostShade) : 0.0f;
}

/// Where a matte ends below, between its rows.
float groundOf(const cv::Mat& cover, int lowest) {
  double here = 0, below = 0;
  cv::minMaxLoc(cover.row(lowest), nullptr, &here);
  cv::minMaxLoc(cover.row(lowest + 1), nullptr, &below);
  return static_cast<float>(lowest + std::clamp((here - 0.5) / std::max(1e-3, here - below), 0.0, 1.0));
}

/// The subject's shadow on the ground, 8 bits a pixel, from a small matte: each piece of a row throws a flat disc.
cv::Mat thrown(const cv::Mat& cover, float ground, cv::Vec2f fall) {
  constexpr int kFraction = 4;  // bits
  const auto fixed = [](float v) { return cvRound(v * (1 << kFraction)); };
  const cv::Rect_<float> reach(-static_cast<float>(cover.cols), -static_cast<float>(cover.rows),
                               3.0f * static_cast<float>(cover.cols), 3.0f * static_cast<float>(cover.rows));
  cv::Mat out = cv::Mat::zeros(cover.size(), CV_8U);
  for (int y = 0; static_cast<float>(y) <= ground; ++y) {
    const float* c = cover.ptr<float>(y);
    const float height = ground - static_cast<float>(y);
    for (int x = 0; x < cover.cols; ++x) {
      float sum = 0.0f, first = 0.0f, most = 0.0f;
      for (; x < cover.cols && c[x] > 0.05f; ++x)
        sum += c[x], first += c[x] * static_cast<float>(x), most = std::max(most, c[x]);
      if (most <= 0.5f) continue;
      const cv::Point2f at(first / sum + height * fall[0], ground + height * fall[1]);
      if (!reach.contains(at)) continue;
      const float radius = 0.5f * sum;
      cv::ellipse(out, {fixed(at.x), fixed(at.y)}, {fixed(radius), fixed(std::max(0.6f, radius * kFlat))}, 0, 0, 360,
                  cv::Scalar(255), cv::FILLED, cv::LINE_AA, kFraction);
    }
  }
  return out;
}

cv::Vec2f turned(cv::Vec2f fall, double degrees) {
  const double a = degrees * CV_PI / 180.0, x = fall[0], y = fall[1] / kFlat;
  return {static_cast<float>(x * std::cos(a) - y * std::sin(a)),
          static_cast<float>((x * std::sin(a) + y * std::cos(a)) * kFlat)};
}

/// Multiplies a part of a small picture into a large one.
void multiplyEnlarged(const cv::Mat& part, cv::Rect box, cv::Size small, cv::Mat& large) {
  const double kx = static_cast<double>(large.cols) / small.width, ky = static_cast<double>(large.rows) / small.height;
  const cv::Rect to = cv::Rect(cv::Point(cvFloor(box.x * kx), cvFloor(box.y * ky)),
                               cv::Point(cvCeil((box.x + box.width) * kx), cvCeil((box.y + box.height) * ky))) &
                      cv::Rect({0, 0}, large.size());
  const cv::Matx23d map(1 / kx, 0, (to.x + 0.5) / kx - 0.5 - box.x, 0, 1 / ky, (to.y + 0.5) / ky - 0.5 - box.y);
  cv::Mat light, target = large(to);
  cv::warpAffine(part, light, map, to.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  cv::multiply(target, light, target);
}

}  // namespace

std::optional<GroundSight> groundSightOf(const LightSample& scene, const LightSample& subject) {
  if (scene.coded.empty() || subject.solid.empty()) return std::nullopt;
  cv::Point2f feet = feetOf(subject.solid);
  if (feet.y < 0) return std::nullopt;
  const cv::Mat light = logLight(scene.coded);
  const auto w = static_cast<float>(light.cols), h = static_cast<float>(light.rows);
  feet = {(feet.x + 0.5f) * w / static_cast<float>(subject.solid.cols),
          (feet.y + 0.5f) * h / static_cast<float>(subject.solid.rows)};
  const auto row = [&](float share) { return std::clamp(static_cast<int>(feet.y + share * h), 1, light.rows - 2); };
  const cv::Rect ground(cv::Point(2, row(-0.12f)), cv::Point(light.cols - 2, light.rows - 2));
  const std::vector<Edge> edges = levelEdges(light, ground);
  if (edges.size() < 60) return std::nullopt;
  GroundSight out;
  float sum = 0.0f, total = 1e-30f;
  for (const bool right : {false, true}) {
    for (int i = 0; i < kPointsAcross; ++i) {
      const float beyond = w * (kNearPoint + (kFarPoint - kNearPoint) * static_cast<float>(i) / (kPointsAcross - 1));
      for (int j = 0; j < kPointsDown; ++j) {
        const cv::Point2f point(right ? w + beyond : -beyond,
                                feet.y + h * (0.05f - 0.5f * static_cast<float>(j) / (kPointsDown - 1)));
        const float share = shareTo(edges, point);
        const float weight = std::pow(share, kBestPoints);
        out.trust = std::max(out.trust, share);
        sum += weight * (feet.y - point.y) / (feet.x - point.x);
        total += weight;
      }
    }
  }
  out.slope = sum / total;
  out.shade = shadeOf(light, cv::Rect(cv::Point(0, row(-0.08f)), cv::Point(light.cols, row(0.15f) + 1)));
  return out;
}

void setCastShadow(const std::vector<std::int64_t>& seenAt, const std::vector<GroundSight>& sights,
                   const std::vector<std::int64_t>& frames, double spread, std::vector<FrameLight>& lights) {
  float trust = 0.0f, shade = 0.0f, slope = 0.0f;
  for (const GroundSight& s : sights) trust += s.trust, shade += s.shade, slope += s.trust * s.slope;
  if (!sights.empty()) {
    slope /= std::max(trust, 1e-6f);
    trust /= static_cast<float>(sights.size());
    shade /= static_cast<float>(sights.size());
  }
  const bool known = trust > 0.0f;
  for (std::size_t i = 0; i < lights.size(); ++i) {
    FrameLight& light = lights[i];
    double sum = slope * 1e-3, total = 1e-3;  // the shot's, where no frame nearby was seen
    for (std::size_t j = 0; j < sights.size(); ++j) {
      const double away = static_cast<double>(frames[i] - seenAt[j]) / spread,
                   w = sights[j].trust * std::exp(-away * away / 2);
      sum += w * sights[j].slope;
      total += w;
    }
    const float own = known ? static_cast<float>(sum / total) : kUsualSlope,
                away = light.towards[0] > 0.0f ? -1.0f : 1.0f;
    light.fall = cv::Vec2f(away, known ? away * own : own) * kLength;
    light.shade = known ? shade : kUsualShade;
    light.shadowTrust = ramp(trust, kTrustFrom, kTrustFull) * ramp(std::abs(slope), kSlopeFrom, kSlopeFull) *
                        ramp(static_cast<float>(cv::norm(light.key)), 0.0f, 0.5f) *
                        ramp(std::abs(light.towards[0]), 0.4f, 0.7f);
  }
}

void addCastShadow(const FrameLight& light, const LightSettings& settings, const cv::Mat& alpha, cv::Mat& shadow) {
  const double asked = std::clamp(settings.castShadow, 0.0, 1.0);
  const double share = std::min(1.0, asked / kUsualCast) * light.shadowTrust +
                       std::max(0.0, asked - kUsualCast) / (1.0 - kUsualCast) * (1.0 - light.shadowTrust);
  const double dark = share * light.shade;
  if (dark < 0.004) return;
  const double scale = std::min(1.0, static_cast<double>(kRows) / alpha.rows);
  const cv::Size small(std::max(1, cvRound(alpha.cols * scale)), std::max(1, cvRound(alpha.rows * scale)));
  const cv::Mat cover = averaged(alpha, small);
  const cv::Point2f feet = feetOf(cover > 0.5f);
  if (feet.y < 0) return;
  const cv::Mat mask = thrown(cover, groundOf(cover, static_cast<int>(feet.y)),
                              turned(light.fall * settings.castShadowLength, settings.castShadowTurn));
  const int rim = cvCeil(3 * kSoft);
  const cv::Rect touched = cv::boundingRect(mask),
                 box = cv::Rect(touched.x - rim, touched.y - rim, touched.width + 2 * rim, touched.height + 2 * rim) &
                       cv::Rect({0, 0}, small);
  if (touched.empty()) return;
  cv::Mat sharp, soft;
  mask(box).convertTo(sharp, CV_32F, 1.0 / 255.0);
  cv::GaussianBlur(sharp, soft, {0, 0}, kSoft * small.height / kRows, 0, cv::BORDER_REPLICATE);
  cv::GaussianBlur(sharp, sharp, {0, 0}, kSharp, 0, cv::BORDER_REPLICATE);
  for (int y = 0; y < box.height; ++y) {
    float* a = sharp.ptr<float>(y);
    const float* b = soft.ptr<float>(y);
    for (int x = 0; x < box.width; ++x) {
      const float far =
          std::min(1.0f, std::abs(static_cast<float>(box.x + x) - feet.x) / static_cast<float>(small.height));
      a[x] = 1.0f - static_cast<float>(dark) * (a[x] + far * (b[x] - a[x]));
    }
  }
  multiplyEnlarged(sharp, box, small, shadow.empty() ? shadow = cv::Mat(alpha.size(), CV_32F, cv::Scalar(1)) : shadow);
}

}  // namespace pai::core
