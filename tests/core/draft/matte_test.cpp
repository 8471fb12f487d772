// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "core/draft/matte_report.h"
#include "core/draft/matte_outline.h"
#include "core/draft/matte_stack.h"

namespace pai::core {
namespace {

constexpr int kWidth = 64, kHeight = 48;

MatteLayer box(double left, double right, MatteOperation operation = MatteOperation::kAdd) {
  MatteLayer l;
  l.source = MatteSource::kShape;
  l.operation = operation;
  l.shape = {{{0}, {{left, 0.0}, {right, 0.0}, {right, 1.0}, {left, 1.0}}}};
  return l;
}

cv::Mat stack(const std::vector<MatteLayer>& layers) {
  auto out = combineMattes(layers, {kWidth, kHeight}, 1.0,
                           [](const MatteLayer& l) -> Result<cv::Mat> { return drawShape(l, {0}, {kWidth, kHeight}); });
  EXPECT_TRUE(out.ok());
  return *out;
}

float at(const cv::Mat& m, double x) { return m.at<float>(kHeight / 2, static_cast<int>(x * kWidth)); }

TEST(MatteStack, addIsTheUnion) {
  const cv::Mat m = stack({box(0.1, 0.5), box(0.4, 0.8)});
  EXPECT_FLOAT_EQ(at(m, 0.2), 1.0f);
  EXPECT_FLOAT_EQ(at(m, 0.7), 1.0f);
  EXPECT_FLOAT_EQ(at(m, 0.9), 0.0f);
}

TEST(MatteStack, subtractCutsAndIntersectLimits) {
  const cv::Mat cut = stack({box(0.1, 0.8), box(0.4, 0.6, MatteOperation::kSubtract)});
  EXPECT_FLOAT_EQ(at(cut, 0.5), 0.0f);
  EXPECT_FLOAT_EQ(at(cut, 0.7), 1.0f);
  const cv::Mat common = stack({box(0.1, 0.5), box(0.4, 0.8, MatteOperation::kIntersect)});
  EXPECT_FLOAT_EQ(at(common, 0.45), 1.0f);
  EXPECT_FLOAT_EQ(at(common, 0.2), 0.0f);
}

TEST(MatteStack, invertedAndDisabledLayers) {
  MatteLayer inverted = box(0.4, 0.6);
  inverted.invert = true;
  MatteLayer off = box(0.4, 0.6);
  off.enabled = false;
  const cv::Mat m = stack({inverted, off});
  EXPECT_FLOAT_EQ(at(m, 0.2), 1.0f);
  EXPECT_FLOAT_EQ(at(m, 0.5), 0.0f);
}

TEST(MatteStack, stackThatBeginsBySubtractingStartsFromTheWholeFrame) {
  const cv::Mat m = stack({box(0.4, 0.6, MatteOperation::kSubtract)});
  EXPECT_FLOAT_EQ(at(m, 0.1), 1.0f);
  EXPECT_FLOAT_EQ(at(m, 0.5), 0.0f);
}

TEST(MatteStack, outlineMovesBetweenKeyframes) {
  MatteLayer l = box(0.0, 0.2);
  l.shape.push_back({{10}, {{0.4, 0.0}, {0.6, 0.0}, {0.6, 1.0}, {0.4, 1.0}}});
  const auto middle = outlineAt(l, {5});
  ASSERT_EQ(middle.size(), 4u);
  EXPECT_DOUBLE_EQ(middle[0].x, 0.2);
  EXPECT_DOUBLE_EQ(outlineAt(l, {99})[0].x, 0.4);
}

TEST(MatteStack, featherSoftensBothSidesOfTheEdge) {
  MatteLayer l = box(0.25, 0.75);
  l.feather = 6.0;
  const cv::Mat m = stack({l});
  EXPECT_GT(at(m, 0.22), 0.05f);
  EXPECT_LT(at(m, 0.28), 0.95f);
  EXPECT_NEAR(cv::mean(m)[0], 0.5, 0.01);
}

TEST(MatteStack, slantedOutlineCoversItsExactArea) {
  MatteLayer l = box(0.0, 1.0);
  l.shape = {{{0}, {{0.103, 0.211}, {0.871, 0.307}, {0.417, 0.893}}}};
  const double area = 0.5 * std::abs((0.871 - 0.103) * (0.893 - 0.211) - (0.417 - 0.103) * (0.307 - 0.211));
  EXPECT_NEAR(cv::mean(stack({l}))[0], area, 1e-4);
  l.shape = {{{0}, {{10.25 / kWidth, 0.0}, {20.75 / kWidth, 0.0}, {20.75 / kWidth, 1.0}, {10.25 / kWidth, 1.0}}}};
  const cv::Mat m = stack({l});
  EXPECT_NEAR(m.at<float>(5, 10), 0.75f, 1e-5f);
  EXPECT_NEAR(m.at<float>(5, 20), 0.75f, 1e-5f);
  EXPECT_NEAR(m.at<float>(5, 15), 1.0f, 1e-5f);
}

TEST(MatteReport, countsHolesOfTheSubject) {
  MatteView view{cv::Mat::zeros(120, 160, CV_32F), Planes::make({160, 120})};
  view.plate.r = 0.2f;
  view.plate.g = 0.2f;
  view.plate.b = 0.2f;
  view.alpha(cv::Rect(40, 20, 80, 80)) = 1.0f;
  EXPECT_DOUBLE_EQ(reportMatte(view, nullptr, nullptr, 1).holes, 0.0);
  view.alpha(cv::Rect(70, 50, 8, 8)) = 0.0f;
  const MatteReportFrame report = reportMatte(view, nullptr, nullptr, 1);
  EXPECT_NEAR(report.holes, 64.0 / (6400.0 - 64.0), 1e-6);
  EXPECT_TRUE(report.needsLook);
}

TEST(MatteReport, dropOutOfTheSubjectNeedsALook) {
  MatteView before{cv::Mat::zeros(120, 160, CV_32F), Planes::make({160, 120})};
  for (cv::Mat* p : {&before.plate.r, &before.plate.g, &before.plate.b}) *p = 0.2f;
  MatteView now{before.alpha.clone(), before.plate.clone()};
  before.alpha(cv::Rect(40, 20, 80, 80)) = 1.0f;
  now.alpha(cv::Rect(40, 20, 30, 80)) = 1.0f;
  EXPECT_TRUE(reportMatte(now, &before, nullptr, 1).needsLook);
  EXPECT_FALSE(reportMatte(before, &before, nullptr, 1).needsLook);
}

}  // namespace
}  // namespace pai::core
