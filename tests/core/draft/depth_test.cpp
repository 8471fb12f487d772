// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>

#include "camera_scene.h"
#include "core/draft/background_behind.h"
#include "core/draft/background_depth.h"
#include "core/draft/background_draw.h"
#include "core/draft/background_layers.h"
#include "core/draft/background_repair.h"
#include "core/draft/background_views.h"
#include "core/draft/camera_parallax.h"

namespace pai::core {
namespace {

using testing::pictureOf;
using testing::Shot3;
using testing::squaredError;
using testing::texture;

/// A wall with a column in front of it, seen by a camera that goes sideways and towards them.
struct ColumnPlace {
  cv::Size size{480, 270};
  double focal = 500, wallDepth = 10, columnDepth = 5, columnHalf = 0.45;
  int frames = 13;
  double bow = 0;  // how far the camera leaves the straight way, upwards
  cv::Mat wall = texture({1900, 900}, 5), column = texture({400, 900}, 6);

  double share(int t) const {
    const double u = static_cast<double>(t) / (frames - 1);
    return u * u * (3 - 2 * u);
  }
  cv::Vec3d centre(int t) const { return cv::Vec3d(-0.45, 0, 0) + cv::Vec3d(0.9, 0.05, 0.5) * share(t) +
                                               cv::Vec3d(0, bow * std::sin(CV_PI * share(t)), 0); }

  cv::Mat view(int t, bool withColumn = true) const {
    const cv::Vec3d c = centre(t);
    cv::Mat out(size, CV_8UC3);
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x) {
        const double dx = (x - 239.5) / focal, dy = (y - 134.5) / focal;
        const double near = columnDepth - c[2], far = wallDepth - c[2], across = c[0] + near * dx;
        const bool hit = withColumn && std::abs(across) < columnHalf;
        const cv::Mat& from = hit ? column : wall;
        const double u = hit ? 200 + 200 * across : 950 + 110 * (c[0] + far * dx);
        const double v = hit ? 450 + 200 * (c[1] + near * dy) : 450 + 110 * (c[1] + far * dy);
        cv::Mat pixel;
        cv::getRectSubPix(from, {1, 1}, cv::Point2f(static_cast<float>(u), static_cast<float>(v)), pixel);
        out.at<cv::Vec3b>(y, x) = pixel.at<cv::Vec3b>(0, 0);
      }
    return out;
  }
  /// The camera as a plate with a wall at `depth` tells it.
  cv::Matx33d toFirst(int t, double depth) const {
    const cv::Vec3d a = centre(0), c = centre(t);
    const double k = (depth - c[2]) / (depth - a[2]), f = focal / (depth - a[2]);
    return {k, 0, 239.5 - k * 239.5 + f * (c[0] - a[0]), 0, k, 134.5 - k * 134.5 + f * (c[1] - a[1]), 0, 0, 1};
  }
  CameraCurve camera(double depth) const {
    CameraCurve c;
    c.size = size;
    c.method = CameraMethod::kPlate;
    c.samples.resize(static_cast<std::size_t>(frames));
    for (int t = 0; t < frames; ++t) c.samples[static_cast<std::size_t>(t)].toFirst = toFirst(t, depth);
    return c;
  }
  /// The camera as a plate tells it that was solved in space, in a unit of its own.
  CameraCurve cameraInSpace(double depth) const {
    CameraCurve c = camera(depth);
    CameraSpace space;
    space.focalPx = focal;
    space.plane = {0, 0, 1};
    for (int t = 0; t < frames; ++t) space.poses.push_back({cv::Matx33d::eye(), (centre(0) - centre(t)) / depth});
    c.space = space;
    return c;
  }
  PlacedReference reference(int t, bool withColumn = true) const {
    PlacedReference r;
    r.id = "r" + std::to_string(t);
    r.frame = FrameIndex{t};
    r.picture = pictureOf(view(t, withColumn));
    return r;
  }
  Scene scene(const std::vector<PlacedReference>& references, double depth = 8) const {
    auto built = buildScene(camera(depth), size, frames, references, StopToken(), {});
    EXPECT_TRUE(built.ok());
    return *built;
  }
};

const ColumnPlace& columnPlace() {
  static const ColumnPlace place;
  return place;
}
/// The place seen between references at its ends.
const Scene& columnScene() {
  static const Scene scene = columnPlace().scene({columnPlace().reference(0), columnPlace().reference(12)});
  return scene;
}

TEST(DepthTest, nearThingPassesAFarOneAsTheCameraSeesIt) {
  const ColumnPlace& place = columnPlace();
  const Scene& s = columnScene();
  ASSERT_EQ(s.pairs.size(), 1u);
  Scene flat = s;
  for (auto& f : flat.frames) f.pair = -1;
  for (const int t : {3, 6, 9}) {
    cv::Mat invented;
    const cv::Mat drawn = drawScene(s, t, place.size, &invented);
    EXPECT_LT(squaredError(drawn, place.view(t)), 3e-3) << t;
    EXPECT_GT(squaredError(drawScene(flat, t, place.size, nullptr), place.view(t)), 9e-3) << t;  // the column twice
    EXPECT_LT(cv::countNonZero(invented), 0.06 * static_cast<double>(invented.total())) << t;
  }
}

TEST(DepthTest, previewOfHalfTheSizeIsTheSamePicture) {
  const ColumnPlace& place = columnPlace();
  const Scene& s = columnScene();
  const cv::Size half(place.size.width / 2, place.size.height / 2);
  for (const int t : {3, 6, 9}) {
    cv::Mat truth, reduced;
    cv::resize(place.view(t), truth, half, 0, 0, cv::INTER_AREA);
    cv::resize(drawScene(s, t, place.size, nullptr), reduced, half, 0, 0, cv::INTER_AREA);
    const cv::Mat drawn = drawScene(s, t, half, nullptr);
    EXPECT_LT(squaredError(drawn, truth), squaredError(reduced, truth) + 1.2e-3) << t;
    EXPECT_LT(squaredError(drawn, truth), 3e-3) << t;
  }
}

TEST(DepthTest, whatOneReferenceHidesIsTakenFromTheOtherHoweverUnlikeTheyAre) {
  ColumnPlace place;
  place.wall = place.wall * 0.5 + cv::Scalar::all(120);
  place.column = place.column * 0.4;
  const Scene s = place.scene({place.reference(0), place.reference(12)});
  ASSERT_EQ(s.pairs.size(), 1u);
  for (const int t : {3, 4, 8, 9}) EXPECT_LT(squaredError(drawScene(s, t, place.size, nullptr), place.view(t)), 3e-3) << t;
}

TEST(DepthTest, whatLiesBeyondOneFrameIsTakenFromTheOther) {
  const ColumnPlace& place = columnPlace();
  const Scene& s = columnScene();
  ASSERT_EQ(s.pairs.size(), 1u);
  for (const int t : {7, 8, 9}) {  // nearer to the second reference, whose frame begins further to the right
    const cv::Rect left(0, 20, 12, 230);
    EXPECT_LT(squaredError(drawScene(s, t, place.size, nullptr)(left), place.view(t)(left)), 6e-3) << t;
  }
}

TEST(DepthTest, guessThatStandsAloneIsTakenBackAndASmallThingThatWasSeenStays) {
  const cv::Size size(160, 90);
  cv::Mat depth(size, CV_32F), agreed(size, CV_8U, cv::Scalar(255)), picture(size, CV_8UC3, cv::Scalar::all(90));
  for (int y = 0; y < size.height; ++y) depth.row(y).setTo(0.1 + 0.0002 * y);
  const cv::Rect seen(110, 30, 8, 8), guessed(20, 30, 9, 9), chance(22, 32, 4, 4);
  for (const auto& r : {seen, guessed}) picture(r).setTo(cv::Scalar(200, 60, 40));
  depth(seen).setTo(0.4);
  agreed(guessed).setTo(0);  // in the other picture it would lie outside, so that its like is all that speaks for it
  agreed(chance).setTo(255);
  depth(chance).setTo(0.5);
  const TwoViews views{{160, 0, 79.5, 0, 160, 44.5, 0, 0, 1}, cv::Matx33d::eye(), {-1, 0, 0}};
  repairDepth(depth, agreed, picture, views, 0.02);
  for (const cv::Point p : {cv::Point(23, 33), cv::Point(26, 36)}) EXPECT_NEAR(depth.at<float>(p), 0.107, 0.01) << p.x;
  EXPECT_NEAR(depth.at<float>(34, 114), 0.4, 0.02);
}

TEST(DepthTest, whatAgreesByChanceAtTheBorderIsTakenBackAndGapsStay) {
  const cv::Size size(320, 180);
  cv::Mat depth(size, CV_32F, cv::Scalar(0.3)), agreed(size, CV_8U, cv::Scalar(255)), picture(size, CV_8UC3);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) picture.at<cv::Vec3b>(y, x) = cv::Vec3b::all(static_cast<uchar>(70 + 40 * ((x + y) % 2)));
  const cv::Rect chance(3, 160, 10, 12), gap(3, 60, 10, 12), inside(160, 60, 10, 12);  // what is near moves by 96 pixels to the left
  agreed(cv::Rect(0, 150, 28, 30)).setTo(0);
  for (const auto& r : {chance, gap, inside}) depth(r).setTo(0.05), agreed(r).setTo(255);
  picture(gap).setTo(cv::Scalar(200, 220, 240));
  const TwoViews views{{320, 0, 159.5, 0, 320, 89.5, 0, 0, 1}, cv::Matx33d::eye(), {-1, 0, 0}};
  repairDepth(depth, agreed, picture, views, 0.02);
  EXPECT_NEAR(depth.at<float>(166, 8), 0.3, 0.02);
  EXPECT_NEAR(depth.at<float>(66, 8), 0.05, 0.02);
  EXPECT_NEAR(depth.at<float>(66, 165), 0.05, 0.02);
}

TEST(DepthTest, whatIsHiddenGoesOnFromWhatIsMostAlikeOnAPlaneOrNot) {
  const cv::Size size(160, 90);
  cv::Mat depth(size, CV_32F, cv::Scalar(0.3)), agreed(size, CV_8U, cv::Scalar(255)), picture(size, CV_8UC3, cv::Scalar::all(120));
  const cv::Rect bush(0, 38, 40, 15), unseen(0, 38, 20, 15);  // what is near moves by 48 pixels and more to the left: outside
  picture(bush).setTo(cv::Scalar::all(110));
  for (int y = bush.y; y < bush.br().y; ++y)
    for (int x = unseen.br().x; x < bush.br().x; ++x) depth.at<float>(y, x) = (x + y) % 2 ? 0.50F : 0.54F;  // no plane
  agreed(unseen).setTo(0);
  const TwoViews views{{160, 0, 79.5, 0, 160, 44.5, 0, 0, 1}, cv::Matx33d::eye(), {-1, 0, 0}};
  repairDepth(depth, agreed, picture, views, 0.02);
  for (const int x : {2, 6, 12}) EXPECT_NEAR(depth.at<float>(45, x), 0.52, 0.05) << x;
}

/// Two pictures of 160x90, whose camera goes sideways by one unit: a thing at inverse depth w moves by 160 w to the left.
DepthPair madePair(const cv::Mat& first, const cv::Mat& second) {
  DepthPair pair;
  pair.views = {{160, 0, 79.5, 0, 160, 44.5, 0, 0, 1}, cv::Matx33d::eye(), {-1, 0, 0}};
  const auto picture = [](const cv::Mat& depth) {
    DepthPicture p{depth, {}, {}, cv::Mat(depth.size(), CV_8U, cv::Scalar(255))};
    cv::dilate(depth, p.nearest, cv::Mat::ones(3, 3, CV_8U));
    cv::dilate(depth, p.outline, cv::Mat::ones(9, 9, CV_8U));
    return p;
  };
  pair.first = picture(first);
  pair.second = picture(second);
  return pair;
}
TwoViews onTheWay(const DepthPair& pair, double share) { return {pair.views.camera, pair.views.rotation, pair.views.translation * share}; }

/// A striped wall before whose left part the first reference shows a dark column; beyond the second one's frame both are out of sight.
/// `thirdGrey`: a reference stands before them, twice as far away as they are apart, and shows that part, about as bright as that; 0: none.
struct HiddenPlace {
  cv::Size size{160, 90};
  Scene scene;
  cv::Mat stripes{size, CV_8UC3}, third;

  explicit HiddenPlace(int thirdGrey = 0) {
    for (int y = 0; y < size.height; ++y) {
      const cv::Mat grain = texture({size.width, 1}, static_cast<std::uint64_t>(y + 1));
      for (int x = 0; x < size.width; ++x) {
        const int v = (y / 15 % 2 ? 190 : 110) + (grain.at<cv::Vec3b>(0, x)[0] - 128) / 4;
        stripes.at<cv::Vec3b>(y, x) = cv::Vec3b::all(static_cast<uchar>(v));
      }
    }
    cv::Mat first(size, CV_32F, cv::Scalar(0.2)), second = first.clone(), column = stripes.clone();
    first(cv::Rect(10, 0, 30, 90)).setTo(1.0);
    column(cv::Rect(10, 0, 30, 90)).setTo(cv::Scalar::all(10));
    second(cv::Rect(4, 40, 3, 2)).setTo(0.6);  // a mistake, so that some rows trust what they see less
    scene.size = size;
    std::vector<cv::Mat> pictures{column, stripes};
    if (thirdGrey > 0) {
      third = texture(size, 9) * 0.4 + cv::Scalar::all(thirdGrey - 51);
      pictures.insert(pictures.begin(), third);
      scene.pairs.push_back(madePair(cv::Mat(size, CV_32F, cv::Scalar(0.4)), first * 2));
    }
    scene.pairs.push_back(madePair(first, second));
    for (const cv::Mat& m : pictures) {
      SceneLayer l;
      l.index = scene.layers.size();
      l.frame = static_cast<std::int64_t>(8 * l.index);
      l.building = {m.clone(), cv::Mat(size, CV_8U, cv::Scalar(255))};
      scene.layers.push_back(l);
    }
    if (thirdGrey > 0) scene.layers[0].toNext = cv::Vec3f::all(0.8F);
    for (std::size_t t = 0; t <= 8 * scene.pairs.size(); ++t) {
      FrameView f;
      f.a = std::min(t / 8, scene.pairs.size() - 1);
      f.b = f.a + 1;
      f.viewA.valid = f.viewB.valid = true;
      f.share = static_cast<float>(t - 8 * f.a) / 8;
      f.pair = static_cast<int>(f.a);
      f.fromFirst = onTheWay(scene.pairs[f.a], f.share);
      scene.frames.push_back(f);
    }
    EXPECT_TRUE(inventBehind(scene, StopToken()));
    for (SceneLayer& l : scene.layers) l.levels = packedLevels(l.building);
  }
  /// That a part of a drawn frame is the wall's stripes.
  static void expectWall(const cv::Mat& drawn, cv::Rect part) {
    for (int y = part.y; y < part.br().y; ++y) {
      if (y % 15 < 2 || y % 15 > 12) continue;
      for (int x = part.x; x < part.br().x; ++x) ASSERT_NEAR(drawn.at<cv::Vec3f>(y, x)[0], (y / 15 % 2 ? 190 : 110) / 255.0, 0.14) << x << ' ' << y;
    }
  }
};

TEST(DepthTest, whatNeitherReferenceShowsGoesOnBehindWhatHidesIt) {
  const HiddenPlace place;
  const Scene& s = place.scene;
  const DepthGrid grid = gridOf(s.pairs[0], s.frames[4].fromFirst, place.size, place.size);
  const cv::Rect hidden(3, 10, 8, 70);
  EXPECT_EQ(cv::countNonZero(grid.lost(hidden) == 1), hidden.area()) << "rows do not hold together";
  cv::Mat invented;
  const cv::Mat drawn = drawScene(s, 4, place.size, &invented), before = drawScene(s, 3, place.size, nullptr);
  EXPECT_EQ(cv::countNonZero(invented(hidden)), hidden.area());
  HiddenPlace::expectWall(drawn, hidden);  // not the column
  for (int y = hidden.y; y < hidden.br().y; ++y) {
    if (y % 15 < 2 || y % 15 > 12) continue;
    for (int x = hidden.x; x < hidden.br().x; ++x)  // it moves as the wall does: 32 pixels over eight frames
      ASSERT_NEAR(drawn.at<cv::Vec3f>(y, x)[0], before.at<cv::Vec3f>(y, x + 4)[0], 1e-3) << x << ' ' << y;
  }
}

TEST(DepthTest, whatAThirdReferenceShowsIsNotInvented) {
  const HiddenPlace place(187);
  const cv::Mat drawn = drawScene(place.scene, 12, place.size, nullptr);
  const cv::Rect hidden(4, 12, 6, 66);
  for (int y = hidden.y; y < hidden.br().y; ++y)
    for (int x = hidden.x; x < hidden.br().x; ++x)  // the wall moves by 64 pixels to the second reference and 16 to the frame
      for (int c = 0; c < 3; ++c) ASSERT_NEAR(drawn.at<cv::Vec3f>(y, x)[c], 0.8 * place.third.at<cv::Vec3b>(y, x + 80)[c] / 255, 0.05) << x << ' ' << y;
}

TEST(DepthTest, whatAThirdReferenceShowsOfSomethingElseIsNotShown) {
  const HiddenPlace place(60);  // not the wall that is known on both sides of it
  HiddenPlace::expectWall(drawScene(place.scene, 12, place.size, nullptr), {4, 12, 6, 66});
}

TEST(DepthTest, hiddenPlaceHoldsTogetherWhereItIsNarrow) {
  const cv::Size size(160, 90);
  cv::Mat first(size, CV_32F, cv::Scalar(0.2)), second = first.clone();
  first(cv::Rect(20, 0, 12, 90)).setTo(1.0);  // hides four pixels to sixteen of a frame halfway
  first(cv::Rect(22, 30, 10, 30)).setTo(0.2);
  const DepthPair pair = madePair(first, second);
  const DepthGrid grid = gridOf(pair, onTheWay(pair, 0.5), size, size);
  EXPECT_EQ(cv::countNonZero(grid.lost(cv::Rect(4, 10, 2, 70)) == 1), 140);
  EXPECT_EQ(cv::countNonZero(grid.lost(cv::Rect(12, 38, 30, 14))), 0) << "what is seen is no part of it";
}

TEST(DepthTest, whatLiesBesideBothFramesGoesOnFromBesideIt) {
  const cv::Size size(160, 90);
  cv::Mat depth(size, CV_32F, cv::Scalar(0.05));
  depth.rowRange(60, 90).setTo(0.3);  // ground
  const DepthPair pair = madePair(depth, depth);
  // Half of the way, turned to the left: 16 pixels of what is far lie beside the frames, and none of the ground.
  const double turn = std::atan2(20, 160);
  const TwoViews frame{pair.views.camera, {std::cos(turn), 0, std::sin(turn), 0, 1, 0, -std::sin(turn), 0, std::cos(turn)}, pair.views.translation * 0.5};
  const DepthGrid grid = gridOf(pair, frame, size, size);
  EXPECT_GT(grid.depth.at<float>(80, 4), 0.2);
  for (int x = 0; x < 30; ++x) EXPECT_NEAR(grid.depth.at<float>(30, x), 0.05, 0.02) << x;
}

TEST(DepthTest, inventingWhatIsHiddenCanBeStopped) {
  HiddenPlace place;
  const StopToken stop;
  stop.request();
  EXPECT_FALSE(inventBehind(place.scene, stop));
}

TEST(DepthTest, betweenAFarAndANearDepthLiesNoSurface) {
  const cv::Size size(160, 90), large(480, 270);
  cv::Mat first(size, CV_32F, cv::Scalar(0.05)), second = first.clone(), bright(size, CV_8UC4, cv::Scalar::all(255)), column = bright.clone();
  first(cv::Rect(20, 0, 30, 90)).setTo(0.6);
  column(cv::Rect(20, 0, 30, 90)).setTo(cv::Scalar(0, 0, 0, 255));
  const DepthPair pair = madePair(first, second);
  const Quad gain{1 / 255.0F, 1 / 255.0F, 1 / 255.0F, 1};
  cv::Mat drawn(large, CV_32FC3);
  drawDepth({&pair, onTheWay(pair, 0.25), size, {&column, 1, 0, 0, gain}, {&bright, 1, 0, 0, gain}, {}, {}, 0.25F}, drawn, nullptr);
  // From the column's edge on it only gets brighter: beyond lies the wall that the second picture shows, without a thread in it.
  const auto at = [&](int x) { return drawn.at<cv::Vec3f>(135, x)[0]; };
  EXPECT_LT(at(66), 0.1);
  EXPECT_GT(at(84), 0.9);
  for (int x = 66; x < 120; ++x) EXPECT_GE(at(x + 1), at(x) - 0.05F) << x;
}

TEST(DepthTest, whatGoesOnAboveOneFrameIsShownRatherThanWhatHidesItInTheOther) {
  const cv::Size size(160, 90), large(480, 270);
  cv::Mat first(size, CV_32F, cv::Scalar(0.05)), second = first.clone(), sky(size, CV_8UC4, cv::Scalar::all(255)), columns = sky.clone();
  const cv::Rect near(60, 0, 30, 90), far(44, 0, 8, 90);
  first(near).setTo(0.6);
  first(far).setTo(0.12);
  columns(near).setTo(cv::Scalar(0, 0, 0, 255));
  columns(far).setTo(cv::Scalar(90, 90, 90, 255));
  DepthPair pair = madePair(first, second);
  pair.views.translation = {-1, -1, 0};  // the upper rows of a frame halfway lie above the second picture, as far as the sky goes
  const Quad gain{1 / 255.0F, 1 / 255.0F, 1 / 255.0F, 1};
  cv::Mat drawn(large, CV_32FC3);
  drawDepth({&pair, onTheWay(pair, 0.5), size, {&columns, 1, 0, 0, gain}, {&sky, 1, 0, 0, gain}, {}, {}, 0.5F}, drawn, nullptr);
  EXPECT_LT(drawn.at<cv::Vec3f>(4, 100)[0], 0.1);
  EXPECT_GT(drawn.at<cv::Vec3f>(4, 131)[0], 0.5);  // the column's edge
  for (int x = 132; x < 150; ++x) EXPECT_GT(drawn.at<cv::Vec3f>(4, x)[0], 0.9) << x;
}

TEST(DepthTest, whatBothFramesCutGoesOnRatherThanBack) {
  const cv::Size size(160, 90);
  const cv::Mat depth(size, CV_32F, cv::Scalar(0.2));
  cv::Mat shade(size, CV_8UC4, cv::Scalar::all(255));  // wider and wider from its cut end down
  for (int y = 0; y < 60; ++y) shade(cv::Rect(70 - y, y, 20 + 2 * y, 1)).setTo(cv::Scalar(0, 0, 0, 255));
  const DepthPair pair = madePair(depth, depth);
  const TwoViews frame{pair.views.camera, pair.views.rotation, {-0.01, 0.3, 0}};  // its first ten rows lie above
  const Quad gain{1 / 255.0F, 1 / 255.0F, 1 / 255.0F, 1};
  cv::Mat drawn(size, CV_32FC3), dark;
  drawDepth({&pair, frame, size, {&shade, 1, 0, 0, gain}, {&shade, 1, 0, 0, gain}, {}, {}, 0.0F}, drawn, nullptr);
  cv::inRange(drawn, cv::Scalar::all(0), cv::Scalar::all(0.5), dark);
  EXPECT_GE(cv::countNonZero(dark.row(5)), 20);
  EXPECT_LE(cv::countNonZero(dark.row(5)), 24);
}

TEST(DepthTest, referencesAreShownUnchangedAtTheirFrames) {
  const ColumnPlace& place = columnPlace();
  const Scene& s = columnScene();
  EXPECT_LT(squaredError(drawScene(s, 0, place.size, nullptr), place.view(0)), 2e-4);
  EXPECT_LT(squaredError(drawScene(s, 12, place.size, nullptr), place.view(12)), 2e-4);
}

TEST(DepthTest, ledFromOneReferenceToTheNextItIsShownUnchangedThere) {
  const ColumnPlace& place = columnPlace();
  const std::vector<PlacedReference> references{place.reference(0), place.reference(12)};
  CameraCurve camera = place.camera(8);
  ASSERT_TRUE(alignReferences(references, true, camera, StopToken(), {}).ok());
  ASSERT_EQ(camera.samples[12].references.size(), 2u);
  ASSERT_GT(camera.samples[12].references[1].confidence, 0) << "the references were not registered: the test has no subject";
  EXPECT_LT(cv::norm(camera.samples[0].references[0].mesh, cv::NORM_INF), 1e-3);
  EXPECT_LT(cv::norm(camera.samples[12].references[1].mesh, cv::NORM_INF), 1e-3);
  auto scene = buildScene(camera, place.size, place.frames, references, StopToken(), {});
  ASSERT_TRUE(scene.ok());
  for (auto& f : scene->frames) f.pair = -1;  // as where no depth is found
  for (const int t : {0, 12}) EXPECT_LT(squaredError(drawScene(*scene, t, place.size, nullptr), place.view(t)), 2e-4) << t;
}

TEST(DepthTest, cameraBetweenReferencesFollowsThePlatesTiming) {
  const ColumnPlace& place = columnPlace();
  const Scene& s = columnScene();
  ASSERT_EQ(s.pairs.size(), 1u);
  EXPECT_NEAR(s.pairs[0].views.camera(0, 0), place.focal, 0.15 * place.focal);
  for (int t = 1; t < 12; ++t) EXPECT_NEAR(s.frames[static_cast<std::size_t>(t)].share, place.share(t), 0.03) << t;
}

TEST(DepthTest, cameraSolvedInSpaceLeavesTheStraightWay) {
  ColumnPlace place;
  place.bow = 0.2;
  const std::vector<PlacedReference> references{place.reference(0), place.reference(12)};
  const auto solved = buildScene(place.cameraInSpace(8), place.size, place.frames, references, StopToken(), {});
  ASSERT_TRUE(solved.ok());
  ASSERT_EQ(solved->pairs.size(), 1u);
  const double wide = cv::norm(place.centre(12) - place.centre(0));
  for (const int t : {3, 6, 9}) {
    const TwoViews& v = solved->frames[static_cast<std::size_t>(t)].fromFirst;
    EXPECT_LT(cv::norm(-(v.rotation.t() * v.translation) - (place.centre(t) - place.centre(0)) / wide), 0.02) << t;
    EXPECT_LT(squaredError(drawScene(*solved, t, place.size, nullptr), place.view(t)), 3e-3) << t;
  }
  const Scene led = place.scene(references);  // by a plane alone
  EXPECT_GT(squaredError(drawScene(led, 6, place.size, nullptr), place.view(6)),
            1.5 * squaredError(drawScene(*solved, 6, place.size, nullptr), place.view(6)));
}

TEST(DepthTest, spaceOfAnotherCameraIsNotBelieved) {
  const ColumnPlace& place = columnPlace();
  CameraCurve other = place.cameraInSpace(8);
  for (std::size_t t = 0; t < other.space->poses.size(); ++t)  // upwards, where the references went sideways
    other.space->poses[t].shift = cv::Vec3d(0, -0.1 * static_cast<double>(t), 0);
  const auto scene = buildScene(other, place.size, place.frames, {place.reference(0), place.reference(12)}, StopToken(), {});
  ASSERT_TRUE(scene.ok());
  EXPECT_LT(squaredError(drawScene(*scene, 6, place.size, nullptr), place.view(6)), 3e-3);
}

TEST(DepthTest, blankSkyBetweenColumnsLiesBehindThem) {
  const cv::Size size(320, 180);
  const double focal = 320, near = 5, baseline = 0.5;
  const cv::Mat stone = texture({900, 400}, 9);
  const auto view = [&](double camera) {
    cv::Mat out(size, CV_8UC3, cv::Scalar(226, 232, 240));
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x) {
        const double across = camera + near * (x - 159.5) / focal;
        const bool column = std::abs(across) < 0.25 || std::abs(across) > 1.2;
        if (column) out.at<cv::Vec3b>(y, x) = stone.at<cv::Vec3b>(y + 100, cvRound(450 + 80 * across));
      }
    return out;
  };
  const TwoViews views{{focal, 0, 159.5, 0, focal, 89.5, 0, 0, 1}, cv::Matx33d::eye(), {-1, 0, 0}};  // depth in units of the baseline
  const cv::Mat all(size, CV_8U, cv::Scalar(255));
  const cv::Mat depth = sweepDepth(view(-baseline / 2), view(baseline / 2), all, views, {0, 1.6 * baseline / near});
  const auto at = [&](double across) { return depth.at<float>(90, cvRound(159.5 + focal * (across + baseline / 2) / near)); };
  EXPECT_NEAR(at(0), baseline / near, 0.1 * baseline / near);     // the column
  EXPECT_NEAR(at(1.5), baseline / near, 0.1 * baseline / near);   // its neighbour
  EXPECT_LT(at(0.6), 0.5 * baseline / near);                      // the sky between them
}

TEST(DepthTest, flatPlaceIsDrawnWithoutDepth) {
  const ColumnPlace& place = columnPlace();
  const Scene s = place.scene({place.reference(0, false), place.reference(12, false)}, place.wallDepth);
  EXPECT_TRUE(s.pairs.empty());
  EXPECT_LT(squaredError(drawScene(s, 6, place.size, nullptr), place.view(6, false)), 2e-3);
}

TEST(DepthTest, unsuitableReferencesStillGiveAPicture) {
  const ColumnPlace& place = columnPlace();
  PlacedReference twice = place.reference(0), other = place.reference(12), narrow = place.reference(12), tiny = place.reference(12);
  twice.id = "twice";
  twice.frame = FrameIndex{12};
  other.picture = pictureOf(texture({480, 270}, 77));
  narrow.picture = pictureOf(cv::Mat(place.view(12).colRange(150, 330)));
  tiny.picture = pictureOf(cv::Mat(9, 16, CV_8UC3, cv::Scalar(90, 120, 30)));
  for (const auto& second : {twice, other, narrow, tiny}) {
    const Scene s = place.scene({place.reference(0), second});
    const cv::Mat drawn = drawScene(s, 6, place.size, nullptr);
    EXPECT_TRUE(cv::checkRange(drawn, true, nullptr, -0.01, 1.3));
    EXPECT_LT(squaredError(drawScene(s, 0, place.size, nullptr), place.view(0)), 2e-4);
  }
  auto one = buildScene(CameraCurve{CameraMethod::kLocked, place.size, {CameraSample()}, {}, {}, {}, {}, {}}, place.size, 1,
                        {place.reference(0)}, StopToken(), {});
  ASSERT_TRUE(one.ok());
  EXPECT_LT(squaredError(drawScene(*one, 0, place.size, nullptr), place.view(0)), 2e-4);
}

}  // namespace
}  // namespace pai::core
