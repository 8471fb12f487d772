// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>

#include "camera_scene.h"
#include "core/draft/camera_json.h"

namespace pai::core {
namespace {

using testing::look;
using testing::Shot3;

/// A pan with zoom, roll and hand shake over textured set.
Shot3 panShot(int frames = 24) {
  Shot3 s;
  for (int t = 0; t < frames; ++t) {
    const double u = t / 24.0;
    s.toWorld.push_back(look(s.size, {500 + 260 * u + 2.0 * std::sin(2.1 * t), 420 + 40 * u * u + 1.5 * std::cos(1.7 * t)}, 1 + 0.15 * u, 3 * u));
  }
  return s;
}

CameraCurve solved(const Shot3& s, const std::vector<PlacedReference>& references = {}, const CameraSettings& settings = {},
                   const PlateAccess* clip = nullptr) {
  auto r = solveCamera(settings, s.access(), clip, references, StopToken(), {});
  EXPECT_TRUE(r.ok());
  return r.ok() ? *r : CameraCurve{};
}

double worstCorner(const CameraCurve& c, const Shot3& s) {
  double worst = 0;
  for (std::size_t t = 0; t < c.samples.size(); ++t)
    worst = std::max(worst, cornerRms(c.samples[t].toFirst, s.trueToFirst(static_cast<int>(t)), s.size));
  return worst;
}

TEST(CameraTest, texturedPanWithZoomAndRollIsFoundWithinHalfAPixel) {
  const Shot3 s = panShot();
  const CameraCurve c = solved(s);
  EXPECT_EQ(c.method, CameraMethod::kPlate);
  EXPECT_LT(worstCorner(c, s), 0.5);
  EXPECT_NEAR(c.samples.back().zoom, 1 + 0.15 * 23 / 24.0, 0.01);
  EXPECT_NEAR(c.samples.back().roll, 3 * 23 / 24.0, 0.2);
  EXPECT_NE(c.motionSentence.find("right"), std::string::npos) << c.motionSentence;
}

TEST(CameraTest, perspectiveOfATurningCameraIsFoundWithinHalfAPixel) {
  Shot3 s;
  for (int t = 0; t < 20; ++t) {
    cv::Matx33d h = look(s.size, {700.0 + 6 * t, 430});
    h(2, 0) = 1e-5 * t;
    s.toWorld.push_back(normalised(h));
  }
  EXPECT_LT(worstCorner(solved(s), s), 0.5);
}

TEST(CameraTest, subjectMovingAgainstTheCameraDoesNotPullTheSolve) {
  Shot3 s = panShot();
  s.subject = [](int t) { return cv::Point2d(120 + 9.0 * t, 150); };
  s.subjectHeight = 200;
  EXPECT_LT(worstCorner(solved(s), s), 0.5);
}

TEST(CameraTest, crossesOnAGrainyGreenWallGiveTheCameraWithinAPixelOfFullSize) {
  Shot3 s;
  s.size = {960, 540};
  s.world = cv::Mat(1200, 2400, CV_8UC3, cv::Scalar(30, 165, 50));
  for (int y = 60; y < 1200; y += 150)
    for (int x = 60; x < 2400; x += 170) {
      cv::line(s.world, {x - 14, y}, {x + 14, y}, cv::Scalar(20, 110, 35), 4, cv::LINE_AA);
      cv::line(s.world, {x, y - 14}, {x, y + 14}, cv::Scalar(20, 110, 35), 4, cv::LINE_AA);
    }
  for (int t = 0; t < 40; ++t) {  // a dolly to the right with shake and a turn
    const double u = t / 39.0;
    cv::Matx33d h = look(s.size, {800 + 420 * u * u + 4 * std::sin(1.1 * t), 600 + 3 * std::cos(0.7 * t)}, 1 + 0.2 * u, 0.3 * std::sin(0.5 * t));
    h(2, 0) = 4e-5 * u;
    s.toWorld.push_back(normalised(h));
  }
  s.subject = [](int t) { return cv::Point2d(300 + 8.0 * t, 330); };
  s.subjectHeight = 360;
  PlateAccess plate = s.access();
  cv::RNG random(5);
  plate.picture = [&](FrameIndex f) -> Result<PicturePtr> {
    cv::Mat clean = s.plate(static_cast<int>(f.value)), noise(s.size, CV_16SC3), noisy;
    random.fill(noise, cv::RNG::NORMAL, 0, 2.5);
    clean.convertTo(noisy, CV_16SC3);
    noisy += noise;
    noisy.convertTo(noisy, CV_8UC3);
    return std::make_shared<const Picture>(testing::pictureOf(noisy));
  };
  const auto c = solveCamera({}, plate, nullptr, {}, StopToken(), {});
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(c->method, CameraMethod::kPlate);
  int close = 0;
  for (int t = 0; t < 40; ++t) close += 2 * cornerRms(c->samples[t].toFirst, s.trueToFirst(t), s.size) <= 1.0;
  EXPECT_GE(close, 38);
}

TEST(CameraTest, cameraIsTakenFromAClipOfAnotherSize) {
  Shot3 s = panShot();
  Shot3 half = s;
  half.size = {240, 135};
  for (auto& h : half.toWorld) h = h * cv::Matx33d(2, 0, 0.5, 0, 2, 0.5, 0, 0, 1);
  s.screen = true;
  const PlateAccess clip = half.access();
  CameraSettings settings;
  settings.source = CameraSettings::Source::kClip;
  const CameraCurve c = solved(s, {}, settings, &clip);
  EXPECT_EQ(c.method, CameraMethod::kClip);
  EXPECT_LT(worstCorner(c, s), 1.2);
}

TEST(CameraTest, flatScreenWithoutReferencesGivesAStillCamera) {
  Shot3 s = panShot(8);
  s.screen = true;
  const CameraCurve c = solved(s);
  EXPECT_EQ(c.method, CameraMethod::kReferences);
  for (const auto& sample : c.samples) EXPECT_LT(cornerRms(sample.toFirst, cv::Matx33d::eye(), s.size), 1e-6);
}

TEST(CameraTest, timingBetweenReferencesFollowsAStandingSubject) {
  Shot3 s;
  s.screen = true;
  const int n = 31;
  for (int t = 0; t < n; ++t) {
    const double u = t / (n - 1.0), eased = u * u * (3 - 2 * u);
    s.toWorld.push_back(look(s.size, {600 + 180 * eased + 3 * std::sin(1.3 * t), 430 + 2 * std::cos(t)}));
  }
  s.subject = [&](int t) { return apply(s.toWorld[t].inv(), cv::Point2d(720, 450)); };
  const CameraCurve c = solved(s, {s.reference(0), s.reference(n - 1)});
  EXPECT_EQ(c.method, CameraMethod::kReferences);
  double error = 0, straight = 0;
  for (int t = 0; t < n; ++t) {
    const cv::Matx33d line = cv::Matx33d::eye() * (1 - t / (n - 1.0)) + s.trueToFirst(n - 1) * (t / (n - 1.0));
    error += cornerRms(c.samples[t].toFirst, s.trueToFirst(t), s.size);
    straight += cornerRms(line, s.trueToFirst(t), s.size);
  }
  EXPECT_LT(error, 0.25 * straight);
  EXPECT_LT(cornerRms(c.samples[n - 1].toFirst, s.trueToFirst(n - 1), s.size), 1.0);
}

TEST(CameraTest, aSubjectThatWalksBeforeARestingCameraDoesNotMoveIt) {
  Shot3 s;
  s.screen = true;
  const int n = 33;
  for (int t = 0; t < n; ++t) s.toWorld.push_back(look(s.size, {600, 430}));
  s.subject = [&](int t) {  // across the frame, slower in the middle, up and down with each step
    const double u = t / (n - 1.0);
    return apply(s.toWorld[t].inv(), cv::Point2d(520 + 220 * (u + 0.1 * std::sin(2 * CV_PI * u)), 430 + 4 * std::abs(std::sin(0.55 * t))));
  };
  const CameraCurve c = solved(s, {s.reference(0), s.reference(16), s.reference(n - 1)});
  EXPECT_EQ(c.method, CameraMethod::kReferences);
  for (int t = 0; t < n; ++t) EXPECT_LT(cornerRms(c.samples[t].toFirst, cv::Matx33d::eye(), s.size), 0.5) << "frame " << t;
}

TEST(CameraTest, nothingMovesTheCameraWhereOneReferenceSaysNothingOfIt) {
  Shot3 s;
  s.screen = true;
  const int n = 24;
  for (int t = 0; t < n; ++t) s.toWorld.push_back(look(s.size, {600, 430}));
  s.subject = [&](int t) { return apply(s.toWorld[t].inv(), cv::Point2d(560 + 60 * std::sin(0.3 * t), 430)); };
  const CameraCurve c = solved(s, {s.reference(10)});
  for (int t = 0; t < n; ++t) EXPECT_LT(cornerRms(c.samples[t].toFirst, cv::Matx33d::eye(), s.size), 1e-6) << "frame " << t;
}

TEST(CameraTest, aSlowMoveKeepsToItsReferencesWhateverTheSubjectDoes) {
  Shot3 s;
  s.screen = true;
  const int n = 33;
  for (int t = 0; t < n; ++t) s.toWorld.push_back(look(s.size, {600 + 0.5 * t, 430}));
  s.subject = [&](int t) { return apply(s.toWorld[t].inv(), cv::Point2d(600 + 60 * std::sin(0.2 * t) + 3 * std::sin(2.1 * t), 430 + 4 * std::abs(std::sin(0.55 * t)))); };
  const CameraCurve c = solved(s, {s.reference(0), s.reference(16), s.reference(n - 1)});
  for (int t = 0; t < n; ++t) EXPECT_LT(cornerRms(c.samples[t].toFirst, s.trueToFirst(t), s.size), 1.5) << "frame " << t;
}

TEST(CameraTest, sameReferenceTwiceRestsTheCamera) {
  Shot3 s = panShot(12);
  s.screen = true;
  PlacedReference a = s.reference(0), b = a;
  b.id = "again";
  b.frame = FrameIndex{11};
  const CameraCurve c = solved(s, {a, b});
  EXPECT_LT(cornerRms(c.samples[11].toFirst, cv::Matx33d::eye(), s.size), 0.5);
}

TEST(CameraTest, referencesThatDoNotOverlapGiveAWarningThatSaysWhatToDo) {
  Shot3 s = panShot(12);
  s.screen = true;
  Shot3 elsewhere = s;
  elsewhere.world = testing::texture({1800, 900}, 1234);
  const CameraCurve c = solved(s, {s.reference(0), elsewhere.reference(11)});
  ASSERT_FALSE(c.warnings.empty());
  EXPECT_NE(c.warnings[0].find("Add a reference"), std::string::npos);
  for (const auto& sample : c.samples) EXPECT_TRUE(plausible(sample.toFirst, s.size));
}

TEST(CameraTest, handKeysAreMetExactlyAndKeepTheMotionBetween) {
  const Shot3 s = panShot();
  CameraSettings settings;
  settings.keys = {{FrameIndex{0}, 0, 0, 1, 0}, {FrameIndex{12}, 200, -30, 1.2, 5}};
  const CameraCurve c = solved(s, {}, settings), plain = solved(s);
  EXPECT_EQ(c.method, CameraMethod::kHand);
  EXPECT_NEAR(c.samples[12].pan, 200, 0.01);
  EXPECT_NEAR(c.samples[12].tilt, -30, 0.01);
  EXPECT_NEAR(c.samples[12].zoom, 1.2, 1e-4);
  EXPECT_NEAR(c.samples[12].roll, 5, 1e-3);
  EXPECT_NEAR(c.samples[0].pan, 0, 0.01);
  // The shake the plate showed is still there: second differences agree.
  for (int t = 4; t < 10; ++t) {
    const auto bend = [&](const CameraCurve& k) { return k.samples[t + 1].pan - 2 * k.samples[t].pan + k.samples[t - 1].pan; };
    EXPECT_NEAR(bend(c), bend(plain), 4.0);
  }
}

TEST(CameraTest, whatHandKeysAddIsHeldOrGoesStraightAsTheySay) {
  const Shot3 s = panShot();
  const CameraCurve plain = solved(s);
  CameraSettings settings;
  settings.keys = {{FrameIndex{0}, 0, 0, 1, 0}, {FrameIndex{4}, plain.samples[4].pan + 40, 0, 1, 0}, {FrameIndex{8}, plain.samples[8].pan, 0, 1, 0}};
  const auto added = [&](int t) { return solved(s, {}, settings).samples[t].pan - plain.samples[t].pan; };
  settings.keys[0].interpolation = KeyInterpolation::kHold;
  settings.keys[1].interpolation = KeyInterpolation::kLinear;
  EXPECT_NEAR(added(3), -plain.samples[0].pan, 0.05) << "as it was at the first keyframe";
  EXPECT_NEAR(added(4), 40, 0.05);
  EXPECT_NEAR(added(5), 30, 0.05);
  EXPECT_NEAR(added(7), 10, 0.05);
  settings.keys[1].interpolation = KeyInterpolation::kSmooth;
  EXPECT_GT(added(5), 32) << "a smooth one leaves slowly";
}

TEST(CameraTest, oneFrameShotIsLocked) {
  const Shot3 s = panShot(1);
  const CameraCurve c = solved(s, {s.reference(0)});
  ASSERT_EQ(c.samples.size(), 1u);
  EXPECT_EQ(c.method, CameraMethod::kLocked);
}

TEST(CameraTest, sameInputGivesTheSameCamera) {
  Shot3 s = panShot(10);
  s.subject = [](int t) { return cv::Point2d(200 + 3.0 * t, 150); };
  EXPECT_EQ(cameraJson(solved(s, {s.reference(0), s.reference(9)})), cameraJson(solved(s, {s.reference(0), s.reference(9)})));
  s.screen = true;
  EXPECT_EQ(cameraJson(solved(s, {s.reference(0), s.reference(9)})), cameraJson(solved(s, {s.reference(0), s.reference(9)})));
}

TEST(CameraTest, stopEndsTheSolveAtOnce) {
  const Shot3 s = panShot();
  const StopToken stop;
  int calls = 0;
  const auto r = solveCamera({}, s.access(), nullptr, {}, stop, [&](double) {
    if (++calls == 3) stop.request();
  });
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(r.error().code, ErrorCode::kCancelled);
  EXPECT_LE(calls, 5);
}

TEST(CameraTest, sixteenReferencesAreChained) {
  Shot3 s;
  s.screen = true;
  for (int t = 0; t < 31; ++t) s.toWorld.push_back(look(s.size, {400.0 + 25 * t, 430}));
  std::vector<PlacedReference> references;
  for (int t = 0; t <= 30; t += 2) references.push_back(s.reference(t));
  const CameraCurve c = solved(s, references);
  EXPECT_TRUE(c.warnings.empty());
  EXPECT_NEAR(c.samples[30].pan, 750, 8);
}

TEST(CameraJsonTest, curveSurvivesARoundTrip) {
  CameraCurve c;
  c.size = {1920, 1080};
  c.method = CameraMethod::kClip;
  c.motionSentence = "Smooth pan to the right, at a steady pace.";
  c.angle = "Eye level";
  c.focalLength = "35 mm";
  c.warnings = {"one \"quoted\""};
  c.referenceIds = {"a", "b"};
  CameraSample s;
  s.pan = 1.25, s.tilt = -3, s.zoom = 1.1, s.roll = 0.5, s.errorPx = 0.2, s.uncertaintyPx = 4;
  s.toFirst = look(c.size, {1000, 500}, 1.1, 2);
  s.references.resize(2);
  s.references[0].confidence = 0.75;
  s.references[0].toReference = look(c.size, {900, 450});
  s.references[0].mesh = cv::Mat(3, 5, CV_32FC2, cv::Scalar(1.5, -2.25));
  c.samples = {s, s};
  c.space = CameraSpace{1866.5, 0.002, 300, {{}, {cv::Matx33d(0, -1, 0, 1, 0, 0, 0, 0, 1), {0.25, -1, 2}}}, {0.1, 0.2, 1}};
  const std::string text = cameraJson(c);
  const auto back = parseCamera(text, "camera.json");
  ASSERT_TRUE(back.ok()) << describe(back.error());
  EXPECT_EQ(cameraJson(*back), text);
  EXPECT_EQ(back->method, CameraMethod::kClip);
  ASSERT_TRUE(back->space.has_value());
  EXPECT_EQ(back->space->poses[1].shift, cv::Vec3d(0.25, -1, 2));
  EXPECT_EQ(back->samples[1].references[0].mesh.at<cv::Vec2f>(2, 4), cv::Vec2f(1.5F, -2.25F));
}

TEST(CameraJsonTest, brokenCamerasAreRefusedWithTheReason) {
  const std::string good = R"({"version":1,"size":[64,32],"method":"plate","frames":[{"pan":0,"tilt":0,"zoom":1,"roll":0,"to_first":[1,0,0,0,1,0,0,0,1]}]})";
  ASSERT_TRUE(parseCamera(good, "c").ok());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string t = good;
    t.replace(t.find(from), from.size(), to);
    return parseCamera(t, "c");
  };
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"[64,32]", "[64,-1]"}, {"[64,32]", "[64]"}, {"\"plate\"", "\"magic\""}, {"[1,0,0,0,1,0,0,0,1]", "[1,0,0]"},
           {"[1,0,0,0,1,0,0,0,1]", "[0,0,0,0,0,0,0,0,0]"}, {"\"zoom\":1", "\"zoom\":0"}, {"\"zoom\":1", "\"zoom\":\"x\""},
           {"\"roll\":0", "\"references\":[{\"confidence\":1}]"},
           {"\"version\":1", "\"version\":1,\"space\":{\"focal_px\":9,\"plane\":[0,0,1],\"poses\":[[2,0,0,0,1,0,0,0,1,0,0,0]]}"},
           {"\"version\":1", "\"version\":1,\"space\":{\"focal_px\":9,\"plane\":[0,0,1],\"poses\":[]}"}, {"[{", "[7,{"}}) {
    const auto r = with(from, to);
    ASSERT_FALSE(r.ok()) << from << " -> " << to;
    EXPECT_EQ(r.error().code, ErrorCode::kFieldInvalid);
    EXPECT_EQ(r.error().context, "c");
  }
  EXPECT_EQ(with("\"version\":1", "\"version\":2").error().code, ErrorCode::kVersionTooNew);
  EXPECT_EQ(parseCamera("{", "c").error().code, ErrorCode::kJsonInvalid);
}

}  // namespace
}  // namespace pai::core
