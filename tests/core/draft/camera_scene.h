// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A textured world with a known camera, for the camera and background tests.

#include <cmath>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "core/draft/background.h"
#include "core/draft/camera_geometry.h"

namespace pai::core::testing {

/// Noise of several sizes in colour: something to track at every scale.
inline cv::Mat texture(cv::Size size, std::uint64_t seed = 7) {
  cv::RNG random(seed);
  cv::Mat sum(size, CV_32FC3, cv::Scalar::all(0.5));
  for (const double sigma : {1.5, 4.0, 12.0, 40.0}) {
    cv::Mat noise(size, CV_32FC3), mean, deviation;
    random.fill(noise, cv::RNG::NORMAL, 0.0, 1.0);
    cv::GaussianBlur(noise, noise, {0, 0}, sigma);
    cv::meanStdDev(noise, mean, deviation);
    sum += noise * (0.09 / deviation.at<double>(0));
  }
  cv::Mat out;
  sum.convertTo(out, CV_8UC3, 255.0);
  return out;
}

/// One world for all tests that need no other.
inline cv::Mat sharedWorld() {
  static const cv::Mat world = texture({1800, 900});
  return world;
}

inline Picture pictureOf(const cv::Mat& rgb) {
  const SampleType type = rgb.depth() == CV_16U ? SampleType::kU16 : rgb.depth() == CV_32F ? SampleType::kF32 : SampleType::kU8;
  Picture p(rgb.cols, rgb.rows, rgb.channels(), type);
  for (int y = 0; y < rgb.rows; ++y) std::memcpy(p.row<std::byte>(y), rgb.ptr(y), p.rowBytes());
  return p;
}

/// A shot of the world: the camera's frame -> world maps, and a subject that may walk.
struct Shot3 {
  cv::Size size{480, 270};
  cv::Mat world = sharedWorld();
  std::vector<cv::Matx33d> toWorld;
  bool screen = false;                          // green instead of the world
  std::function<cv::Point2d(int)> subject;      // centre in the frame; none: no subject
  double subjectHeight = 90;

  std::int64_t frames() const { return static_cast<std::int64_t>(toWorld.size()); }

  cv::Mat view(int t) const {
    cv::Mat v;
    cv::warpPerspective(world, v, toWorld[t], size, cv::INTER_CUBIC | cv::WARP_INVERSE_MAP, cv::BORDER_REFLECT);
    return v;
  }
  cv::Mat matte(int t) const {
    cv::Mat m = cv::Mat::zeros(size, CV_32F);
    if (subject)
      cv::ellipse(m, cv::Point2f(subject(t)), cv::Size(static_cast<int>(subjectHeight / 4), static_cast<int>(subjectHeight / 2)), 0, 0, 360,
                  cv::Scalar(1), -1, cv::LINE_8);
    return m;
  }
  cv::Mat plate(int t) const {
    cv::Mat p = screen ? cv::Mat(size, CV_8UC3, cv::Scalar(20, 190, 40)) : view(t);
    if (!subject) return p;
    static const cv::Mat cloth = texture({400, 400}, 99);
    const cv::Point2d c = subject(t);
    cv::Mat coat;
    const cv::Matx23d move(1, 0, c.x - 200, 0, 1, c.y - 200);
    cv::warpAffine(cloth, coat, move, size, cv::INTER_LINEAR, cv::BORDER_REFLECT);
    coat.copyTo(p, matte(t) > 0.5);
    return p;
  }
  PlateAccess access() const {
    PlateAccess a;
    a.frames = frames();
    a.size = size;
    a.picture = [this](FrameIndex f) -> Result<PicturePtr> { return std::make_shared<const Picture>(pictureOf(plate(static_cast<int>(f.value)))); };
    a.matte = [this](FrameIndex f) -> Result<cv::Mat> { return matte(static_cast<int>(f.value)); };
    return a;
  }
  PlacedReference reference(int t) const {
    PlacedReference r;
    r.id = "r" + std::to_string(t);
    r.frame = FrameIndex{t};
    r.picture = pictureOf(view(t));
    return r;
  }
  cv::Matx33d trueToFirst(int t) const { return normalised(toWorld[0].inv() * toWorld[t]); }
};

/// A camera in the world: position of the frame's centre, zoom and roll.
inline cv::Matx33d look(cv::Size size, cv::Point2d at, double zoom = 1, double rollDegrees = 0) {
  const double a = rollDegrees * CV_PI / 180, s = 1 / zoom;
  const double p = s * std::cos(a), q = s * std::sin(a), cx = (size.width - 1) * 0.5, cy = (size.height - 1) * 0.5;
  return {p, -q, at.x - p * cx + q * cy, q, p, at.y - q * cx - p * cy, 0, 0, 1};
}

/// Mean squared difference of a rendered background to an 8-bit picture, values 0..1.
inline double squaredError(const cv::Mat& rendered, const cv::Mat& truth) {
  cv::Mat t;
  truth.convertTo(t, CV_32FC3, 1 / 255.0);
  return cv::norm(rendered, t, cv::NORM_L2SQR) / static_cast<double>(t.total() * 3);
}

}  // namespace pai::core::testing
