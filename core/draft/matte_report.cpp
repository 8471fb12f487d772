// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/matte_report.h"

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "core/draft/key_shape.h"

namespace pai::core {
namespace {

// Frames beyond these are listed for a look.
constexpr double kManyHoles = 0.002;
constexpr double kMuchChatter = 0.15;
constexpr double kMuchSpill = 0.05;
constexpr double kSoftEdge = 24.0;      // pixels at 1920 wide
constexpr double kCoverageJump = 0.25;  // of the subject's area from one frame to the next

cv::Mat bytesOf(const cv::Mat& unit) {
  cv::Mat out;
  unit.convertTo(out, CV_8U, 255.0);
  return out;
}

/// Area of holes (enclosed, not solid) over the subject's area. Openings larger than a twentieth of the subject are shape.
double holesOf(const cv::Mat& alpha) {
  const cv::Mat open = alpha < 0.9f;
  const double subject = static_cast<double>(alpha.total()) - cv::countNonZero(open);
  if (subject < 1.0) return 0.0;
  cv::Mat labels, stats, centres;
  const int count = cv::connectedComponentsWithStats(open, labels, stats, centres, 4, CV_32S);
  double area = 0.0;
  for (int i = 1; i < count; ++i) {
    const int x = stats.at<int>(i, cv::CC_STAT_LEFT), y = stats.at<int>(i, cv::CC_STAT_TOP);
    const int w = stats.at<int>(i, cv::CC_STAT_WIDTH), h = stats.at<int>(i, cv::CC_STAT_HEIGHT);
    const int a = stats.at<int>(i, cv::CC_STAT_AREA);
    const bool enclosed = x > 0 && y > 0 && x + w < alpha.cols && y + h < alpha.rows;
    if (enclosed && a < subject / 20.0) area += a;
  }
  return area / subject;
}

/// Mean change of alpha in the edge band against the frame before, moved by the picture's flow.
double chatterOf(const MatteView& now, const MatteView& before) {
  const int width = std::min(480, now.alpha.cols);
  const cv::Size size(width, std::max(1, now.alpha.rows * width / now.alpha.cols));
  if (size.width < 32 || size.height < 32) return 0.0;
  cv::Mat a, b, ga, gb, flow;
  cv::resize(now.alpha, a, size, 0, 0, cv::INTER_AREA);
  cv::resize(before.alpha, b, size, 0, 0, cv::INTER_AREA);
  cv::resize(bytesOf(guideOf(now.plate)), ga, size, 0, 0, cv::INTER_AREA);
  cv::resize(bytesOf(guideOf(before.plate)), gb, size, 0, 0, cv::INTER_AREA);
  cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_FAST)->calc(ga, gb, flow);
  for (int y = 0; y < flow.rows; ++y) {
    for (int x = 0; x < flow.cols; ++x) {
      flow.at<cv::Vec2f>(y, x) += cv::Vec2f(static_cast<float>(x), static_cast<float>(y));
    }
  }
  cv::Mat moved, difference;
  cv::remap(b, moved, flow, {}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::absdiff(a, moved, difference);
  cv::Mat wide, narrow;
  cv::dilate(a, wide, cv::Mat::ones(3, 3, CV_8U));
  cv::erode(a, narrow, cv::Mat::ones(3, 3, CV_8U));
  const cv::Mat band = (wide - narrow) > 0.2f;
  return cv::countNonZero(band) > 20 ? cv::mean(difference, band)[0] : 0.0;
}

/// Fraction of the solid edge band that is nearer the screen's colour than any other.
double spillOf(const MatteView& now, const ScreenColour& screen) {
  cv::Mat solid = now.alpha > 0.6f, inner;
  const int reach = std::max(1, now.alpha.cols / 240);
  cv::erode(solid, inner, cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * reach + 1, 2 * reach + 1}));
  const cv::Mat band = solid & ~inner;
  const float limit = 0.08f * screen.difference(screen.colour[0], screen.colour[1], screen.colour[2]);
  double all = 0.0, spilled = 0.0;
  for (int y = 0; y < band.rows; ++y) {
    const auto* in = band.ptr<std::uint8_t>(y);
    const float *r = now.plate.row(0, y), *g = now.plate.row(1, y), *b = now.plate.row(2, y), *a = now.alpha.ptr<float>(y);
    for (int x = 0; x < band.cols; ++x) {
      if (!in[x]) continue;
      all += 1.0;
      const float expected = (1.0f - a[x]) * screen.difference(screen.colour[0], screen.colour[1], screen.colour[2]);
      if (screen.difference(r[x], g[x], b[x]) - expected > limit) spilled += 1.0;
    }
  }
  return all > 0.0 ? spilled / all : 0.0;
}

/// Width of the soft edge: area of partial alpha over the length of the contour.
double edgeWidthOf(const cv::Mat& alpha) {
  const cv::Mat soft = (alpha > 0.05f) & (alpha < 0.95f);
  cv::Mat solid = alpha >= 0.5f, inner;
  cv::erode(solid, inner, cv::getStructuringElement(cv::MORPH_CROSS, {3, 3}));
  const int length = cv::countNonZero(solid & ~inner);
  return length > 0 ? static_cast<double>(cv::countNonZero(soft)) / length : 0.0;
}

}  // namespace

MatteReportFrame reportMatte(const MatteView& now, const MatteView* before, const ScreenColour* screen, int divisor) {
  MatteReportFrame out;
  out.coverage = cv::mean(now.alpha)[0];
  out.holes = holesOf(now.alpha);
  out.edgeWidth = edgeWidthOf(now.alpha) * divisor;
  if (screen) out.spill = spillOf(now, *screen);
  bool jumped = false;
  if (before) {
    out.chatter = chatterOf(now, *before);
    const double was = cv::mean(before->alpha)[0], larger = std::max(was, out.coverage);
    jumped = larger > 1e-4 && std::abs(was - out.coverage) > kCoverageJump * larger;
  }
  const double soft = kSoftEdge * now.alpha.cols * divisor / 1920.0;
  out.needsLook = out.holes > kManyHoles || out.chatter > kMuchChatter || out.spill > kMuchSpill ||
                  out.edgeWidth > std::max(soft, 8.0) || jumped;
  return out;
}

}  // namespace pai::core
