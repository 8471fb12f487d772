// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "camera_scene.h"
#include "core/draft/background_layers.h"
#include "core/draft/inpaint.h"
#include "core/draft/register.h"

namespace pai::core {
namespace {

using testing::look;
using testing::Shot3;
using testing::squaredError;

Shot3 wideShot(int frames = 25, double step = 12) {
  Shot3 s;
  s.screen = true;
  for (int t = 0; t < frames; ++t) s.toWorld.push_back(look(s.size, {500 + step * t, 430}));
  return s;
}

/// The true camera of a shot as a curve.
CameraCurve trueCamera(const Shot3& s) {
  CameraCurve c;
  c.size = s.size;
  c.method = CameraMethod::kPlate;
  for (int t = 0; t < s.frames(); ++t) {
    CameraSample sample;
    sample.toFirst = s.trueToFirst(t);
    c.samples.push_back(sample);
  }
  return c;
}

std::shared_ptr<const Background> built(const Shot3& s, const std::vector<PlacedReference>& references) {
  auto b = Background::build(trueCamera(s), s.access(), references, StopToken(), {});
  EXPECT_TRUE(b.ok());
  return *b;
}

TEST(BackgroundTest, frameOfAReferenceShowsTheReferenceItself) {
  const Shot3 s = wideShot();
  const auto b = built(s, {s.reference(0), s.reference(12), s.reference(24)});
  for (const int t : {0, 12, 24}) {
    EXPECT_LT(squaredError(b->render(FrameIndex{t}, s.size), s.view(t)), 1e-5);
    EXPECT_EQ(cv::countNonZero(b->inventedMask(FrameIndex{t}, s.size)), 0);
  }
}

TEST(BackgroundTest, framesBetweenReferencesShowTheWorldAsTheCameraSeesIt) {
  const Shot3 s = wideShot();
  const auto b = built(s, {s.reference(0), s.reference(24)});
  for (int t = 0; t < 25; t += 3) EXPECT_LT(squaredError(b->render(FrameIndex{t}, s.size), s.view(t)), 1e-3) << t;
}

TEST(BackgroundTest, moreReferencesComeCloserToTheTruth) {
  const Shot3 s = wideShot(25, 30);
  double last = 1e9;
  for (const auto& frames : std::vector<std::vector<int>>{{0}, {0, 24}, {0, 12, 24}}) {
    std::vector<PlacedReference> references;
    for (const int t : frames) references.push_back(s.reference(t));
    const auto b = built(s, references);
    double sum = 0;
    for (int t = 0; t < 25; t += 4) sum += squaredError(b->render(FrameIndex{t}, s.size), s.view(t));
    EXPECT_LT(sum, last);
    last = sum;
  }
}

TEST(BackgroundTest, oneReferenceMovesWithTheCameraAndMarksWhatIsInvented) {
  const Shot3 s = wideShot();
  const auto b = built(s, {s.reference(0)});
  const cv::Mat at12 = b->render(FrameIndex{12}, s.size), truth = s.view(12);
  const cv::Rect seen(0, 0, s.size.width - 12 * 12 - 2, s.size.height);
  EXPECT_LT(squaredError(at12(seen), truth(seen)), 1e-3);
  const cv::Mat invented = b->inventedMask(FrameIndex{12}, s.size);
  EXPECT_EQ(cv::countNonZero(invented(seen)), 0);
  EXPECT_EQ(cv::countNonZero(invented.colRange(seen.width + 6, s.size.width)), (s.size.width - seen.width - 6) * s.size.height);
}

TEST(BackgroundTest, inventedPartIsTexturedLikeTheScene) {
  const Shot3 s = wideShot();
  const auto b = built(s, {s.reference(0)});
  cv::Scalar meanIn, spreadIn, meanOut, spreadOut;
  const cv::Mat at = b->render(FrameIndex{20}, s.size);
  cv::meanStdDev(at.colRange(0, 200), meanIn, spreadIn);
  cv::meanStdDev(at.colRange(280, 470), meanOut, spreadOut);
  for (int c = 0; c < 3; ++c) EXPECT_GT(spreadOut[c], 0.5 * spreadIn[c]);
}

TEST(BackgroundTest, nothingPopsAlongTheShot) {
  const Shot3 s = wideShot(40, 9);
  const auto b = built(s, {s.reference(0), s.reference(13), s.reference(26), s.reference(39)});
  std::vector<double> change;
  cv::Mat last = b->render(FrameIndex{0}, s.size);
  for (int t = 1; t < 40; ++t) {
    const cv::Mat now = b->render(FrameIndex{t}, s.size);
    change.push_back(cv::norm(now, last, cv::NORM_L1));
    last = now;
  }
  std::vector<double> sorted = change;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_LT(sorted.back(), 1.5 * sorted[sorted.size() / 2]);
}

TEST(BackgroundTest, exposureOfReferencesIsMatchedBetweenThem) {
  const Shot3 s = wideShot(25, 8);
  PlacedReference a = s.reference(0), z = s.reference(24);
  z.picture = testing::pictureOf(s.view(24) * 0.8);
  const auto b = built(s, {a, z});
  std::vector<double> level;
  for (int t = 0; t < 25; ++t) level.push_back(cv::mean(b->render(FrameIndex{t}, s.size))[1] / (cv::mean(s.view(t))[1] / 255));
  EXPECT_NEAR(level.front(), 1.0, 0.01);
  EXPECT_NEAR(level.back(), 0.8, 0.01);
  for (std::size_t t = 1; t < level.size(); ++t) EXPECT_LT(std::abs(level[t] - level[t - 1]), 0.04);
}

TEST(BackgroundTest, everySizeShowsTheSamePicture) {
  const Shot3 s = wideShot();
  const auto b = built(s, {s.reference(0), s.reference(24)});
  const cv::Mat full = b->render(FrameIndex{9}, s.size);
  cv::Mat half = b->render(FrameIndex{9}, {s.size.width / 2, s.size.height / 2}), down;
  cv::resize(full, down, half.size(), 0, 0, cv::INTER_AREA);
  EXPECT_LT(cv::norm(half, down, cv::NORM_L2SQR) / static_cast<double>(half.total() * 3), 5e-4);
}

TEST(BackgroundTest, onlyTheLevelsThatASizeIsDrawnFromAreKeptForIt) {
  Shot3 s;
  s.screen = true;
  for (int t = 0; t < 25; ++t) s.toWorld.push_back(look(s.size, {500 + 12.0 * t, 430}, 1 - 0.02 * t));  // ever wider
  const std::vector<PlacedReference> references{s.reference(0)};
  auto scene = buildScene(trueCamera(s), s.size, s.frames(), references, StopToken(), {});
  ASSERT_TRUE(scene.ok());
  Scene lean = *scene;
  keepLevels(lean, s.size);
  EXPECT_FALSE(lean.layers[0].levels[0].empty());
  EXPECT_FALSE(lean.layers[0].levels[1].empty()) << "the last frames see the reference at half its size";
  EXPECT_TRUE(lean.layers[0].levels[2].empty());
  for (const int t : {0, 12, 24}) EXPECT_EQ(cv::norm(drawScene(lean, t, s.size, nullptr), drawScene(*scene, t, s.size, nullptr), cv::NORM_INF), 0) << t;
  const cv::Size small(s.size.width / 4, s.size.height / 4);
  EXPECT_LT(cv::norm(drawScene(lean, 0, small, nullptr), drawScene(*scene, 0, small, nullptr), cv::NORM_L1) / (3.0 * small.area()), 0.05)
      << "another size is less smooth, but the picture";
}

TEST(BackgroundTest, otherAspectsAreFramedAsAsked) {
  const Shot3 s = wideShot(3);
  PlacedReference r = s.reference(0);
  r.picture = testing::pictureOf(testing::texture({300, 600}));
  for (const Fit fit : {Fit::kFill, Fit::kFit, Fit::kStretch}) {
    r.fit = fit;
    const auto b = built(s, {r});
    EXPECT_EQ(b->render(FrameIndex{0}, s.size).size(), s.size);
    const double unseen = cv::mean(b->inventedMask(FrameIndex{0}, s.size))[0];
    if (fit == Fit::kFit) EXPECT_NEAR(unseen, 1 - 135.0 / 480, 0.02);
    else EXPECT_EQ(unseen, 0);
  }
}

TEST(BackgroundTest, partsCutOffByTheFitAreShownWhenTheCameraGetsThere) {
  Shot3 s = wideShot(10, 20);
  PlacedReference r = s.reference(0);
  // A picture half as wide again as the frame on each side: the camera finds real pixels there.
  cv::Mat wide;
  cv::warpPerspective(s.world, wide, look({960, 270}, {500, 430}), {960, 270}, cv::INTER_CUBIC | cv::WARP_INVERSE_MAP);
  r.picture = testing::pictureOf(wide);
  const auto b = built(s, {r});
  EXPECT_EQ(cv::countNonZero(b->inventedMask(FrameIndex{9}, s.size)), 0);
  EXPECT_LT(squaredError(b->render(FrameIndex{9}, s.size), s.view(9)), 1e-3);
}

TEST(BackgroundTest, framingMovesScalesAndTurnsThePicture) {
  PlacedReference r;
  r.picture = Picture(200, 100, 3, SampleType::kU8);
  r.offsetX = 0.1, r.offsetY = -0.2, r.scale = 2, r.rotationDegrees = 90;
  const cv::Point2d p = apply(placementOf(r, {200, 100}), {99.5 + 20, 49.5 - 20 + 10});  // 10 px below the moved centre
  EXPECT_NEAR(p.x, 99.5 + 5, 1e-9);
  EXPECT_NEAR(p.y, 49.5, 1e-9);
}

TEST(BackgroundTest, sixteenBitReferencesKeepTheirPrecision) {
  const Shot3 s = wideShot(2, 0);
  cv::Mat ramp(270, 480, CV_16UC3);
  for (int y = 0; y < ramp.rows; ++y)
    for (int x = 0; x < ramp.cols; ++x) ramp.at<cv::Vec<ushort, 3>>(y, x) = cv::Vec<ushort, 3>::all(static_cast<ushort>(20000 + 3 * x));
  PlacedReference r = s.reference(0);
  r.picture = testing::pictureOf(ramp);
  const cv::Mat out = built(s, {r})->render(FrameIndex{0}, s.size);
  std::set<float> levels;
  for (int x = 0; x < out.cols; ++x) levels.insert(out.at<cv::Vec3f>(100, x)[0]);
  EXPECT_GT(levels.size(), 400u);
}

TEST(BackgroundTest, sixteenReferencesStayWithinMemoryAndTruth) {
  const Shot3 s = wideShot(31, 25);
  std::vector<PlacedReference> references;
  for (int t = 0; t <= 30; t += 2) references.push_back(s.reference(t));
  const auto b = built(s, references);
  for (int t = 1; t < 31; t += 6) EXPECT_LT(squaredError(b->render(FrameIndex{t}, s.size), s.view(t)), 1e-3);
}

TEST(BackgroundTest, noReferenceIsAGreyBackgroundWithAWarning) {
  const Shot3 s = wideShot(2);
  const auto b = built(s, {});
  ASSERT_EQ(b->warnings().size(), 1u);
  EXPECT_EQ(b->render(FrameIndex{1}, s.size).at<cv::Vec3f>(5, 5), cv::Vec3f(0.5F, 0.5F, 0.5F));
}

TEST(BackgroundTest, referencesOutsideTheShotOrOnOneFrameAreNamedInWarnings) {
  const Shot3 s = wideShot(5);
  PlacedReference a = s.reference(0), same = a, outside = a;
  same.id = "same";
  outside.frame = FrameIndex{77};
  const auto b = built(s, {a, same, outside});
  ASSERT_EQ(b->warnings().size(), 2u);
  EXPECT_NE(b->warnings()[0].find("77"), std::string::npos);
}

TEST(BackgroundTest, buildingTwiceGivesTheSamePixels) {
  const Shot3 s = wideShot();
  const auto references = std::vector{s.reference(0), s.reference(24)};
  const cv::Mat a = built(s, references)->render(FrameIndex{15}, s.size), b = built(s, references)->render(FrameIndex{15}, s.size);
  EXPECT_EQ(cv::norm(a, b, cv::NORM_INF), 0);
}

TEST(BackgroundTest, stopEndsTheBuild) {
  const Shot3 s = wideShot();
  const StopToken stop;
  stop.request();
  const auto b = Background::build(trueCamera(s), s.access(), {s.reference(0)}, stop, {});
  ASSERT_FALSE(b.ok());
  EXPECT_EQ(b.error().code, ErrorCode::kCancelled);
}

TEST(BackgroundTest, farPlaceIsLedFromReferenceToReferenceWithThePlatesTiming) {
  Shot3 set, place;
  place.world = testing::texture({1800, 900}, 21);
  for (int t = 0; t < 25; ++t) {
    const double u = t / 24.0, eased = u * u * (3 - 2 * u), shake = 2 * std::sin(1.9 * t);
    set.toWorld.push_back(look(set.size, {500 + 280 * eased + shake, 430}));
    place.toWorld.push_back(look(set.size, {500 + 130 * eased + shake, 430}));  // farther away: it passes slower
  }
  const std::vector references{place.reference(0), place.reference(24)};
  auto camera = solveCamera({}, set.access(), nullptr, references, StopToken(), {});
  ASSERT_TRUE(camera.ok());
  EXPECT_EQ(camera->method, CameraMethod::kPlate);
  auto b = Background::build(*camera, set.access(), references, StopToken(), {});
  ASSERT_TRUE(b.ok());
  for (int t = 0; t < 25; t += 4) EXPECT_LT(squaredError((*b)->render(FrameIndex{t}, set.size), place.view(t)), 5e-3) << t;
}

TEST(RegisterTest, wideBaselineOfAnObliqueViewIsFound) {
  Shot3 s;
  s.toWorld = {look(s.size, {700, 430}), look(s.size, {760, 440}, 1.25, 8)};
  s.toWorld[1] = s.toWorld[1] * cv::Matx33d(1.5, 0, -100, 0, 1, 0, 2e-4, 0, 1);
  RegisterPicture a = placedLuma(s.reference(0), s.size, 480), b = placedLuma(s.reference(1), s.size, 480);
  const auto found = registerWide(a, b);
  ASSERT_TRUE(found);
  const cv::Matx33d truth = normalised(s.toWorld[1].inv() * s.toWorld[0]);
  for (const cv::Point2d p : {cv::Point2d(150, 80), cv::Point2d(300, 80), cv::Point2d(150, 200), cv::Point2d(300, 200)})
    EXPECT_LT(cv::norm(apply(found->map, p) - apply(truth, p)), 1.5);
}

TEST(RegisterTest, unrelatedPicturesAreNotRegistered) {
  Shot3 a, b;
  a.toWorld = b.toWorld = {look(a.size, {700, 430})};
  b.world = testing::texture({1800, 900}, 4711);
  RegisterPicture pa = placedLuma(a.reference(0), a.size, 480), pb = placedLuma(b.reference(0), b.size, 480);
  EXPECT_FALSE(registerWide(pa, pb));
}

TEST(InpaintTest, knownPixelsStayAndTheFillComesFromThem) {
  cv::Mat stripes(120, 200, CV_8UC3);
  for (int y = 0; y < stripes.rows; ++y) stripes.row(y).setTo(y / 12 % 2 ? cv::Scalar(200, 60, 30) : cv::Scalar(20, 90, 180));
  cv::Mat known(stripes.size(), CV_8U, cv::Scalar(255)), filled = stripes.clone();
  known.colRange(120, 200).setTo(0);
  filled.colRange(120, 200).setTo(0);
  ASSERT_TRUE(fillUnknown(filled, known, StopToken()));
  EXPECT_EQ(cv::norm(filled.colRange(0, 120), stripes.colRange(0, 120), cv::NORM_INF), 0);
  cv::Mat difference;
  cv::absdiff(filled, stripes, difference);
  EXPECT_LT(cv::mean(difference)[0], 8);  // the stripes go on
}

TEST(InpaintTest, fillTakesNothingThatLiesNearerThanItMay) {
  cv::Mat picture(240, 200, CV_8UC3, cv::Scalar::all(200)), known(picture.size(), CV_8U, cv::Scalar(255));
  cv::Mat nearness = cv::Mat::zeros(picture.size(), CV_32F);
  picture.colRange(0, 60).setTo(cv::Scalar::all(20));
  nearness.colRange(0, 60).setTo(5);  // a column
  picture.colRange(60, 140).setTo(0);
  known.colRange(60, 140).setTo(0);
  nearness.colRange(60, 140).setTo(1);
  ASSERT_TRUE(fillWanted(picture, known, known == 0, nearness, StopToken()));
  EXPECT_GT(cv::mean(picture.colRange(60, 80))[0], 170) << "the column goes on into what lies behind it";
}

TEST(InpaintTest, narrowStripGoesOnWithItsTexture) {
  const cv::Mat grain = testing::texture({240, 60}, 12);
  cv::Mat picture = grain.clone(), known(picture.size(), CV_8U, cv::Scalar(0)), wanted = known.clone();
  known.colRange(100, 114).setTo(255);
  wanted.colRange(114, 200).setTo(255);
  picture.setTo(0, known == 0);
  ASSERT_TRUE(fillWanted(picture, known, wanted, cv::Mat::zeros(picture.size(), CV_32F), StopToken()));
  const auto change = [](const cv::Mat& m) {
    return cv::norm(m.colRange(1, m.cols), m.colRange(0, m.cols - 1), cv::NORM_L1) / static_cast<double>(m.rows * (m.cols - 1));
  };
  EXPECT_GT(change(picture.colRange(130, 195)), 0.2 * change(grain.colRange(100, 114))) << "rows of one colour each";
}

}  // namespace
}  // namespace pai::core
