// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "core/draft/keyer.h"
#include "core/media/colour_transfer.h"

namespace pai::core {

/// A subject with hair-like strands before an unevenly lit screen, made in linear light with its true alpha.
struct KeyScene {
  Picture plate;    // kU8, BT.709
  cv::Mat alpha;    // CV_32F, true
  Planes subject;   // linear, true
};

struct KeySceneOptions {
  cv::Size size{480, 270};
  cv::Vec3f screen{0.06f, 0.36f, 0.09f};
  cv::Vec3f cloth{0.30f, 0.22f, 0.18f};
  cv::Vec3f hair{0.09f, 0.055f, 0.03f};
  bool marker = false;
  std::vector<cv::Point> markers;  // more crosses
  int dimMarkersFrom = INT_MAX;    // the row from which on crosses get half the light, as on a floor
  int seam = -1;                   // column of a fold in the screen
  bool noise = true;
  bool coarseChroma = true;
};

inline cv::Mat strandAlpha(cv::Size size) {
  constexpr int kOver = 4;
  cv::Mat big = cv::Mat::zeros(size * kOver, CV_8U), out;
  const cv::Point centre(size.width * kOver / 2, size.height * kOver * 5 / 8);
  cv::ellipse(big, centre, {size.width * kOver / 7, size.height * kOver / 3}, 0, 0, 360, cv::Scalar(255), -1);
  std::mt19937 random(7);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  for (int i = 0; i < 90; ++i) {
    const double angle = -CV_PI * unit(random), bend = 0.6 * (unit(random) - 0.5);
    const double length = size.height * kOver * (0.36 + 0.14 * unit(random));
    std::vector<cv::Point> strand;
    for (int s = 0; s <= 12; ++s) {
      const double t = s / 12.0, a = angle + bend * t;
      strand.emplace_back(centre.x + static_cast<int>(0.62 * length * t * std::cos(a)),
                          centre.y + static_cast<int>(length * t * std::sin(a)));
    }
    cv::polylines(big, strand, false, cv::Scalar(255), 1 + static_cast<int>(3 * unit(random)), cv::LINE_AA);
  }
  cv::resize(big, out, size, 0, 0, cv::INTER_AREA);
  out.convertTo(out, CV_32F, 1.0 / 255.0);
  return out;
}

/// What 4:2:0 coding does to a picture (CV_32FC3, 0..255): chroma at half size, centred.
inline void halveChroma(cv::Mat& coded) {
  cv::Mat ycc;
  cv::cvtColor(coded, ycc, cv::COLOR_RGB2YCrCb);
  std::vector<cv::Mat> planes;
  cv::split(ycc, planes);
  for (std::size_t i = 1; i < 3; ++i) {
    cv::Mat half;
    cv::resize(planes[i], half, {}, 0.5, 0.5, cv::INTER_AREA);
    cv::resize(half, planes[i], coded.size(), 0, 0, cv::INTER_LINEAR);
  }
  cv::merge(planes, ycc);
  cv::cvtColor(ycc, coded, cv::COLOR_YCrCb2RGB);
}

/// The same to a kU8 RGB picture.
inline void halveChroma(Picture& picture) {
  cv::Mat coded(picture.height(), picture.width(), CV_32FC3);
  for (int y = 0; y < coded.rows; ++y) {
    for (int x = 0; x < coded.cols * 3; ++x) coded.ptr<float>(y)[x] = picture.row<std::uint8_t>(y)[x];
  }
  halveChroma(coded);
  for (int y = 0; y < coded.rows; ++y) {
    for (int x = 0; x < coded.cols * 3; ++x) picture.row<std::uint8_t>(y)[x] = cv::saturate_cast<std::uint8_t>(coded.ptr<float>(y)[x]);
  }
}

inline KeyScene keyScene(const KeySceneOptions& o = {}) {
  KeyScene out;
  out.alpha = strandAlpha(o.size);
  out.subject = Planes::make(o.size);
  out.plate = Picture(o.size.width, o.size.height, 3, SampleType::kU8);
  out.plate.colour = {ColourTags::Matrix::kRgb, ColourTags::Transfer::kBt709, ColourTags::Primaries::kBt709, true};
  cv::Mat coded(o.size, CV_32FC3);
  std::mt19937 random(3);
  std::normal_distribution<float> noise(0.0f, o.noise ? 1.6f : 0.0f);
  for (int y = 0; y < o.size.height; ++y) {
    for (int x = 0; x < o.size.width; ++x) {
      const float u = static_cast<float>(x) / static_cast<float>(o.size.width), v = static_cast<float>(y) / static_cast<float>(o.size.height);
      const float light = 0.75f + 0.35f * std::sin(2.4f * u + 0.3f) - 0.25f * v;
      cv::Vec3f screen = o.screen * light;
      const auto crossed = [&](cv::Point at) {
        const int dx = std::abs(x - at.x), dy = std::abs(y - at.y);
        return dx < 5 && dy < 5 && (dx < 2 || dy < 2);
      };
      const bool marked = (o.marker && crossed({o.size.width / 10, o.size.height / 6})) ||
                          std::any_of(o.markers.begin(), o.markers.end(), crossed);
      if (x == o.seam) screen = screen * 0.75f + cv::Vec3f(0.02f, 0.02f, 0.02f);
      if (marked) screen = cv::Vec3f(0.5f, 0.5f, 0.5f) * (y < o.dimMarkersFrom ? 1.0f : 0.5f);
      const float weave = 1.0f + 0.25f * std::sin(0.35f * static_cast<float>(x)) * std::sin(0.27f * static_cast<float>(y));
      const cv::Vec3f f = v < 0.45f ? o.hair : o.cloth * weave;
      const float a = out.alpha.at<float>(y, x);
      for (int c = 0; c < 3; ++c) {
        out.subject.row(c, y)[x] = f[c];
        coded.at<cv::Vec3f>(y, x)[c] = codedOf(f[c] * a + screen[c] * (1 - a), ColourTags::Transfer::kBt709) * 255.0f + noise(random);
      }
    }
  }
  if (o.coarseChroma) halveChroma(coded);
  for (int y = 0; y < o.size.height; ++y) {
    auto* p = out.plate.row<std::uint8_t>(y);
    for (int x = 0; x < o.size.width * 3; ++x) {
      p[x] = cv::saturate_cast<std::uint8_t>(coded.ptr<float>(y)[x]);
    }
  }
  return out;
}

/// A plate that shows one picture in every frame.
inline PlateAccess stillPlate(const Picture& picture, std::int64_t frames = 1) {
  PlateAccess out;
  out.frames = frames;
  out.size = {picture.width(), picture.height()};
  out.picture = [picture](FrameIndex) -> Result<PicturePtr> { return std::make_shared<const Picture>(picture); };
  return out;
}

}  // namespace pai::core
