// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/despill.h"
#include "core/draft/key_markers.h"
#include "core/draft/keyer.h"

#include <gtest/gtest.h>

#include "tests/core/draft/key_scene.h"

namespace pai::core {
namespace {

/// Where the true matte is neither clear nor solid, and a pixel around it.
cv::Mat unknownBand(const cv::Mat& alpha) {
  cv::Mat band = (alpha > 0.02f) & (alpha < 0.98f);
  cv::dilate(band, band, cv::Mat::ones(3, 3, CV_8U));
  return band;
}

double bandError(const cv::Mat& alpha, const cv::Mat& truth) {
  cv::Mat difference;
  cv::absdiff(alpha, truth, difference);
  return cv::mean(difference, unknownBand(truth))[0];
}

/// FFmpeg's chromakey (vf_chromakey.c): distance of chroma to the key's, against similarity and blend.
cv::Mat chromakey(const Picture& plate, cv::Vec3f key, double similarity, double blend) {
  const auto chroma = [](double r, double g, double b) {
    return cv::Vec2d(-0.148 * r - 0.291 * g + 0.439 * b, 0.439 * r - 0.368 * g - 0.071 * b);
  };
  const cv::Vec2d k = chroma(key[0], key[1], key[2]);
  cv::Mat out(plate.height(), plate.width(), CV_32F);
  for (int y = 0; y < out.rows; ++y) {
    const auto* in = plate.row<std::uint8_t>(y);
    for (int x = 0; x < out.cols; ++x, in += 3) {
      const double d = cv::norm(chroma(in[0], in[1], in[2]) - k) / (255.0 * std::sqrt(2.0));
      out.at<float>(y, x) = static_cast<float>(std::clamp((d - similarity) / blend, 0.0, 1.0));
    }
  }
  return out;
}

double bestChromakeyError(const KeyScene& scene) {
  // The key's colour is picked in the middle of the screen, as a user would.
  const auto* p = scene.plate.row<std::uint8_t>(scene.plate.height() / 2) + 3 * (scene.plate.width() / 8);
  double best = 1.0;
  for (double similarity = 0.01; similarity < 0.3; similarity += 0.02) {
    for (double blend = 0.01; blend < 0.4; blend += 0.02) {
      best = std::min(best, bandError(chromakey(scene.plate, cv::Vec3f(p[0], p[1], p[2]), similarity, blend), scene.alpha));
    }
  }
  return best;
}

Keyer keyerOf(const KeyScene& scene, const KeySettings& settings = {}) {
  auto keyer = Keyer::build(settings, stillPlate(scene.plate), {});
  EXPECT_TRUE(keyer.ok());
  keyer->setCoarseChroma(scene.plate.width());  // as key_scene makes them
  return *keyer;
}

TEST(Key, hairBeforeUnevenScreenErrsHalfAsMuchAsChromakeyAtItsBest) {
  const KeyScene scene = keyScene();
  const double ours = bandError(keyerOf(scene).key(scene.plate).alpha, scene.alpha), theirs = bestChromakeyError(scene);
  RecordProperty("ours", std::to_string(ours));
  RecordProperty("chromakey", std::to_string(theirs));
  EXPECT_LE(ours, 0.5 * theirs) << "ours " << ours << ", chromakey " << theirs;
}

TEST(Key, blueScreenErrsHalfAsMuchAsChromakeyAtItsBest) {
  KeySceneOptions blue;
  blue.screen = {0.04f, 0.10f, 0.40f};
  const KeyScene scene = keyScene(blue);
  const Keyer keyer = keyerOf(scene);
  EXPECT_EQ(keyer.screen().primary, 2);
  EXPECT_LE(bandError(keyer.key(scene.plate).alpha, scene.alpha), 0.5 * bestChromakeyError(scene));
}

TEST(Key, clearScreenIsClearAndSubjectSolid) {
  const KeyScene scene = keyScene();
  const cv::Mat alpha = keyerOf(scene).key(scene.plate).alpha;
  cv::Mat clear, solid;
  cv::erode(scene.alpha < 0.001f, clear, cv::Mat::ones(7, 7, CV_8U));
  cv::erode(scene.alpha > 0.999f, solid, cv::Mat::ones(7, 7, CV_8U));
  EXPECT_LT(cv::mean(alpha, clear)[0], 0.002);
  EXPECT_GT(cv::mean(alpha, solid)[0], 0.998);
}

TEST(Key, edgesKeepNoGreen) {
  const KeyScene scene = keyScene();
  const KeyedFrame keyed = keyerOf(scene).key(scene.plate);
  const cv::Mat band = unknownBand(scene.alpha);
  int all = 0, green = 0;
  for (int y = 0; y < band.rows; ++y) {
    for (int x = 0; x < band.cols; ++x) {
      if (!band.at<std::uint8_t>(y, x) || keyed.alpha.at<float>(y, x) < 0.05f) continue;
      const auto coded = [&](int c) { return codedOf(keyed.foreground.row(c, y)[x], ColourTags::Transfer::kBt709); };
      ++all;
      if (coded(1) - std::max(coded(0), coded(2)) > 0.08f) ++green;
    }
  }
  EXPECT_LE(green, 0.005 * all);
}

TEST(Key, edgeColourIsNeitherFringedNorDark) {
  const KeyScene scene = keyScene();
  const KeyedFrame keyed = keyerOf(scene).key(scene.plate);
  double difference = 0.0, brightness = 0.0, weight = 0.0;
  for (int y = scene.alpha.rows * 3 / 5; y < scene.alpha.rows; ++y) {
    for (int x = 0; x < scene.alpha.cols; ++x) {
      const float a = scene.alpha.at<float>(y, x);
      if (a < 0.2f || a > 0.95f) continue;
      for (int c = 0; c < 3; ++c) {
        const double d = keyed.foreground.row(c, y)[x] - scene.subject.row(c, y)[x];
        difference += std::abs(d);
        brightness += d;
        weight += 1.0;
      }
    }
  }
  ASSERT_GT(weight, 100.0);
  EXPECT_LT(difference / weight, 0.05);
  EXPECT_GT(brightness / weight, -0.02);
}

TEST(Key, darkClothLitByTheScreenIsSolidAndKeepsItsColour) {
  // A brown coat whose right half only the screen lights: green, dark, and still in the way of everything behind it.
  const cv::Size size(960, 540);
  const cv::Vec3f screen(0.05f, 0.27f, 0.06f), coat(0.16f, 0.10f, 0.06f), lit(0.022f, 0.052f, 0.015f);
  Planes plate = Planes::make(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const bool in = x > 330 && x < 630 && y > 120;
      const cv::Vec3f& c = !in ? screen : x < 480 ? coat : lit;
      for (int i = 0; i < 3; ++i) plate.row(i, y)[x] = c[i];
    }
  }
  const Picture picture = pictureOf(plate, SampleType::kU8, {}, 0);
  auto keyer = Keyer::build({}, stillPlate(picture), {});
  ASSERT_TRUE(keyer.ok());
  const KeyedFrame keyed = keyer->key(picture);
  const cv::Rect inside(510, 200, 80, 300);
  EXPECT_GT(cv::mean(keyed.alpha(inside))[0], 0.95);
  const double r = cv::mean(keyed.foreground.r(inside))[0], g = cv::mean(keyed.foreground.g(inside))[0];
  EXPECT_LT(g, 0.95 * r);
  EXPECT_GT(g, 0.4 * r);
}

TEST(Key, oliveAndBrownStayAsTheyAre) {
  for (const cv::Vec3f& colour : {cv::Vec3f(0.16f, 0.16f, 0.05f), cv::Vec3f(0.18f, 0.09f, 0.04f)}) {
    KeySceneOptions options;
    options.cloth = colour;
    options.noise = false;
    options.coarseChroma = false;
    const KeyScene scene = keyScene(options);
    const KeyedFrame keyed = keyerOf(scene).key(scene.plate);
    const Planes plate = planesOf(scene.plate);
    const int y = scene.alpha.rows * 3 / 4, x = scene.alpha.cols / 2;
    EXPECT_FLOAT_EQ(keyed.alpha.at<float>(y, x), 1.0f);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(keyed.foreground.row(c, y)[x], plate.row(c, y)[x], 0.004f);
  }
}

TEST(Key, theScreensLightThatComesThroughStrandsIsTakenOffTowardsTheSubjectsOwnColour) {
  const ScreenColour screen{{0.06f, 0.36f, 0.09f}, 1, 0.75f, 0.5};
  const CoarseField field{20, cv::Mat(10, 20, CV_32FC3, cv::Scalar(0.06, 0.36, 0.09))};
  // A solid pixel with a little less green than red, among strands and in a solid subject.
  const auto green = [&](const cv::Vec3f& subject, bool strands) {
    cv::Mat alpha(200, 400, CV_32F, cv::Scalar(1.0));
    for (int y = 0; y < 200 && strands; ++y)
      for (int x = 0; x < 400; ++x) alpha.at<float>(y, x) = (x + y) % 2 == 0 ? 1.0f : 0.6f;
    Planes frame = Planes::make(alpha.size());
    frame.r.setTo(0.20f);
    frame.g.setTo(0.19f);
    frame.b.setTo(0.06f);
    unmixForeground(screen, field, {20, cv::Mat(10, 20, CV_32FC3, cv::Scalar(subject[0], subject[1], subject[2]))}, {}, alpha, 1.0f, frame, frame);
    return frame.g.at<float>(100, 200);
  };
  const cv::Vec3f hair(0.2f, 0.13f, 0.06f), olive(0.2f, 0.19f, 0.06f);
  EXPECT_EQ(green(hair, false), 0.19f);
  EXPECT_LT(green(hair, true), 0.16f);
  EXPECT_GT(green(hair, true), 0.12f);
  EXPECT_NEAR(green(olive, true), 0.19f, 0.001f) << "green that the whole subject has is its own";
}

TEST(Key, markersOnTheScreenGoAway) {
  KeySceneOptions options;
  options.marker = true;
  const KeyScene scene = keyScene(options);
  const cv::Rect around(scene.alpha.cols / 10 - 8, scene.alpha.rows / 6 - 8, 16, 16);
  KeySettings keep;
  keep.removeMarkers = false;
  double kept = 0.0, removed = 0.0;
  cv::minMaxLoc(keyerOf(scene, keep).key(scene.plate).alpha(around), nullptr, &kept);
  cv::minMaxLoc(keyerOf(scene).key(scene.plate).alpha(around), nullptr, &removed);
  EXPECT_GT(kept, 0.5);
  EXPECT_LT(removed, 0.02);
}

TEST(Key, aSeamOfTheScreenLeavesNothingAndLooseHairStays) {
  KeySceneOptions options;
  options.seam = 60;
  const KeyScene scene = keyScene(options);
  const cv::Rect around(56, 0, 9, scene.alpha.rows);
  KeySettings keep;
  keep.removeMarkers = false;
  const cv::Mat kept = keyerOf(scene, keep).key(scene.plate).alpha, removed = keyerOf(scene).key(scene.plate).alpha;
  EXPECT_GT(cv::norm(kept(around), cv::NORM_INF), 0.1);
  EXPECT_EQ(cv::norm(removed(around), cv::NORM_INF), 0.0);
  // Nothing that was there of the strands goes with it.
  cv::Mat lost;
  cv::subtract(kept, removed, lost, scene.alpha > 0.02f);
  EXPECT_LT(cv::mean(lost)[0], 1e-4);
}

class TouchingMarker : public ::testing::TestWithParam<int> {};

TEST_P(TouchingMarker, goesWhereOthersShowItsPaintHoweverItIsLit) {
  KeySceneOptions options;
  options.dimMarkersFrom = GetParam();
  options.markers = {{48, 45}, {48, 120}, {420, 45}, {170, 190}};  // the last at the subject's left edge
  const KeyScene scene = keyScene(options);
  const cv::Rect outside(164, 186, 8, 9);
  ASSERT_LT(cv::mean(scene.alpha(outside))[0], 0.2);
  KeySettings keep;
  keep.removeMarkers = false;
  cv::Mat kept, removed;
  cv::absdiff(keyerOf(scene, keep).key(scene.plate).alpha, scene.alpha, kept);
  cv::absdiff(keyerOf(scene).key(scene.plate).alpha, scene.alpha, removed);
  EXPECT_GT(cv::mean(kept(outside))[0], 0.2);
  EXPECT_LT(cv::mean(removed(outside))[0], 0.1);
}

INSTANTIATE_TEST_SUITE_P(Key, TouchingMarker, ::testing::Values(INT_MAX, 180));

TEST(Key, aMarkerSeenFlatBesideTheSubjectGoesAndASpotOnItsEdgeStays) {
  const cv::Size size(800, 600);
  Planes frame;
  frame.r = cv::Mat(size, CV_32F, cv::Scalar(0.03)), frame.g = cv::Mat(size, CV_32F, cv::Scalar(0.25)), frame.b = cv::Mat(size, CV_32F, cv::Scalar(0.03));
  cv::Mat alpha = cv::Mat::zeros(size, CV_32F);
  const auto paint = [&](const cv::Rect& at, cv::Vec3f colour, float covers) {
    frame.r(at).setTo(colour[0]), frame.g(at).setTo(colour[1]), frame.b(at).setTo(colour[2]);
    alpha(at).setTo(covers);
  };
  const cv::Vec3f marker(0.01f, 0.08f, 0.012f), dim = marker * 0.6f;
  for (const cv::Point c : {cv::Point(60, 60), cv::Point(60, 300), cv::Point(700, 60), cv::Point(700, 300)}) {
    paint({c.x - 18, c.y - 4, 36, 8}, marker, 0.9f);
    paint({c.x - 4, c.y - 18, 8, 36}, marker, 0.9f);
  }
  const cv::Rect subject(300, 100, 160, 400), flat(486, 470, 12, 7), spot(460, 300, 6, 9);
  paint(subject, {0.2f, 0.05f, 0.03f}, 1.0f);
  alpha(cv::Rect(460, 468, 80, 10)).setTo(0.1);  // a faint shade joins the two
  paint(flat, dim, 0.9f);
  paint(spot, dim, 0.9f);
  const auto found = findMarkerPaint({{frame, alpha}}, 96);
  ASSERT_TRUE(found.has_value());
  removeMarkers(alpha, frame, found, 96);
  EXPECT_EQ(cv::norm(alpha(flat), cv::NORM_INF), 0.0);
  EXPECT_NEAR(cv::mean(alpha(spot))[0], 0.9, 1e-6);
  EXPECT_EQ(cv::countNonZero(alpha(subject) < 1), 0);
  EXPECT_EQ(cv::norm(alpha.colRange(0, 200), cv::NORM_INF), 0.0);
}

TEST(Key, aPieceOfTheSubjectThatSomethingHidesFromTheRestStays) {
  const cv::Size size(800, 600);
  Planes frame;
  frame.r = cv::Mat(size, CV_32F, cv::Scalar(0.03)), frame.g = cv::Mat(size, CV_32F, cv::Scalar(0.25)), frame.b = cv::Mat(size, CV_32F, cv::Scalar(0.03));
  cv::Mat alpha = cv::Mat::zeros(size, CV_32F);
  const auto paint = [&](const cv::Rect& at, cv::Vec3f colour) {
    frame.r(at).setTo(colour[0]), frame.g(at).setTo(colour[1]), frame.b(at).setTo(colour[2]);
    alpha(at).setTo(1.0f);
  };
  const cv::Rect subject(300, 100, 160, 400), hand(490, 250, 40, 20), hair(350, 60, 30, 24), dirt(40, 550, 12, 9);
  paint(subject, {0.6f, 0.6f, 0.6f});
  paint(hand, {0.4f, 0.2f, 0.12f});
  paint(hair, {0.02f, 0.015f, 0.01f});
  paint(dirt, {0.1f, 0.08f, 0.05f});
  EXPECT_FALSE(findMarkerPaint({{frame, alpha}}, 96).has_value());  // one speck far away makes no markers
  cv::Mat bare = alpha.clone();
  removeMarkers(bare, frame, {}, 96);
  EXPECT_EQ(cv::countNonZero(bare(hand) < 1), 0);
  EXPECT_EQ(cv::countNonZero(bare(hair) < 1), 0);
  EXPECT_EQ(cv::norm(bare(dirt), cv::NORM_INF), 0.0);
  for (const int x : {30, 120, 620, 720}) paint({x, 30, 24, 24}, {0.01f, 0.012f, 0.01f});  // markers of the hair's colour
  const auto found = findMarkerPaint({{frame, alpha}}, 96);
  ASSERT_TRUE(found.has_value());
  removeMarkers(alpha, frame, found, 96);
  EXPECT_EQ(cv::countNonZero(alpha(hand) < 1), 0);  // of another colour
  EXPECT_EQ(cv::norm(alpha(hair), cv::NORM_INF), 0.0);
  EXPECT_EQ(cv::norm(alpha.rowRange(0, 54).colRange(0, 160), cv::NORM_INF), 0.0);
}

TEST(Key, shadowHasItsDensityAndTheCornerOfFloorAndWallIsNone) {
  // A wall over a darker, grazing-lit floor, both a little uneven; one soft shadow across the corner.
  const cv::Size size(640, 360);
  Planes stage = Planes::make(size);
  cv::Mat density(size, CV_32F);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const float corner = 230.0f + 0.02f * static_cast<float>(x), below = static_cast<float>(y) - corner;
      const float light = (0.9f + 0.1f * std::sin(0.006f * static_cast<float>(x))) * (below > 0.0f ? 0.75f + 0.0015f * below : 1.0f);
      const float dx = (static_cast<float>(x) - 380.0f) / 70.0f, dy = (static_cast<float>(y) - 240.0f) / 40.0f;
      density.at<float>(y, x) = 0.4f * std::exp(-0.5f * (dx * dx + dy * dy));
      const float seen = light * (1.0f - density.at<float>(y, x));
      stage.r.at<float>(y, x) = 0.05f * seen;
      stage.g.at<float>(y, x) = 0.27f * seen;
      stage.b.at<float>(y, x) = 0.06f * seen;
    }
  }
  const Picture plate = pictureOf(stage, SampleType::kU8, {}, 0);
  auto keyer = Keyer::build({}, stillPlate(plate), {});
  ASSERT_TRUE(keyer.ok());
  const cv::Mat found = 1.0 - keyer->key(plate).shadow;
  const cv::Mat inside = density > 0.15f, outside = density < 0.002f;
  EXPECT_NEAR(cv::mean(found, inside)[0], cv::mean(density, inside)[0], 0.1 * cv::mean(density, inside)[0]);
  EXPECT_LT(cv::mean(found, outside)[0], 0.01);
  cv::Mat corner = cv::Mat::zeros(size, CV_8U);
  corner(cv::Rect(20, 222, 150, 24)).setTo(255);
  EXPECT_LT(cv::mean(found, corner)[0], 0.04);
}

TEST(Key, plateWithoutScreenSaysSo) {
  Picture grey(320, 180, 3, SampleType::kU8);
  for (int y = 0; y < 180; ++y) {
    for (int x = 0; x < 960; ++x) grey.row<std::uint8_t>(y)[x] = static_cast<std::uint8_t>(90 + x % 40);
  }
  auto keyer = Keyer::build({}, stillPlate(grey), {});
  ASSERT_FALSE(keyer.ok());
  EXPECT_EQ(keyer.error().code, ErrorCode::kNoScreen);
  EXPECT_NE(keyer.error().detail.find("matte"), std::string::npos);
}

TEST(Key, subjectFillingAFrameIsSolid) {
  const KeyScene scene = keyScene();
  Keyer keyer = keyerOf(scene);
  Planes full = Planes::make({480, 270});
  full.r = 0.3f;
  full.g = 0.25f;
  full.b = 0.2f;
  EXPECT_GT(cv::mean(keyer.key(full, 1.0, nullptr, false).alpha)[0], 0.999);
}

TEST(Key, growMovesTheEdgeByFractionsOfAPixel) {
  const KeyScene scene = keyScene();
  double area[3];
  const double grow[3] = {0.0, 0.4, 1.0};
  for (int i = 0; i < 3; ++i) {
    KeySettings s;
    s.grow = grow[i];
    area[i] = cv::sum(keyerOf(scene, s).key(scene.plate).alpha)[0];
  }
  EXPECT_NEAR((area[1] - area[0]) / (area[2] - area[0]), 0.4, 0.02);
}

TEST(Key, stillPlateWithNoiseIsCalmerWithTemporalStability) {
  KeySceneOptions options;
  const KeyScene scene = keyScene(options);
  Planes first = planesOf(scene.plate), second = first.clone();
  cv::Mat noise(first.size(), CV_32F);
  cv::RNG random(5);
  random.fill(noise, cv::RNG::NORMAL, 0.0, 0.004);
  second.g += noise;
  KeySettings s;
  s.temporal = 1.0;
  const Keyer keyer = keyerOf(scene, s);
  const KeyHistory history{first, keyer.rawKey(first).alpha};
  const RawKey raw = keyer.rawKey(second);
  const cv::Mat before = keyer.shapedAlpha(keyer.rawKey(first), first, 1.0, nullptr);
  cv::Mat calm, nervous;
  cv::absdiff(keyer.shapedAlpha(raw, second, 1.0, &history), before, calm);
  cv::absdiff(keyer.shapedAlpha(raw, second, 1.0, nullptr), before, nervous);
  EXPECT_LT(cv::mean(calm)[0], 0.75 * cv::mean(nervous)[0]);
}

}  // namespace
}  // namespace pai::core
