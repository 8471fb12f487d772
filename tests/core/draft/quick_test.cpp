// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <ctime>
#include <filesystem>

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "core/draft/draft_engine.h"
#include "core/draft/quick_background.h"
#include "core/media/image_file.h"
#include "tests/core/draft/key_scene.h"

namespace pai::core {
namespace {

namespace fs = std::filesystem;

/// Two bits of 256 are twice what is measured on the sample, and half of what one frame of its camera changes behind the subject.
constexpr double kMostApart = 4.0;
/// Between what is measured and what it was with spill-lit hair taken for half transparent.
constexpr double kMostApartAtEdge = 4.9, kMostRedder = 3.2;

DraftRequest quickRequest(int divisor) {
  DraftRequest out;
  out.divisor = divisor;
  out.alone = out.quick = true;
  return out;
}

cv::Mat matOf(const Picture& p) { return cv::Mat(p.height(), p.width(), CV_8UC(p.channels()), const_cast<void*>(p.data())).clone(); }

/// Mean difference of two pictures, 0 to 255, where `where` says.
double apart(const cv::Mat& a, const cv::Mat& b, const cv::Mat& where) {
  cv::Mat difference;
  cv::absdiff(a, b, difference);
  const cv::Scalar mean = cv::mean(difference, where);
  return (mean[0] + mean[1] + mean[2]) / 3.0;
}

/// Away from the matte's edge by more than its reach.
cv::Mat outsideTheEdge(const Picture& matte) {
  const cv::Mat alpha = matOf(matte);
  cv::Mat edge = (alpha > 4) & (alpha < 251);
  cv::dilate(edge, edge, cv::Mat::ones(9, 9, CV_8U));
  return ~edge;
}

double processorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Job sampleJob(FrameRange range) {
  const std::string folder = std::string(PAI_SOURCE_DIR) + "/assets/sample/";
  Job job;
  job.name = job.shot.name = "sample";
  job.shot.plate = "plate";
  job.shot.range = range;
  job.media = {{"plate", folder + "plate.mp4", "", ""}, {"begin", folder + "ref_begin.png", "", ""}, {"end", folder + "ref_middle.png", "", ""}};
  for (const auto& [id, kind] : {std::pair{"begin", AnchorKind::kBegin}, {"end", AnchorKind::kEnd}}) {
    Reference r;
    r.id = r.media = id;
    r.anchor.kind = kind;
    job.shot.references.push_back(r);
  }
  MatteLayer key;
  key.id = "key";
  job.shot.matte = {key};
  return job;
}

TEST(QuickPictureTest, agreesWithTheTrueOneOutsideTheEdgeForMuchLessTime) {
  // The first half of the sample, whose camera moves past columns: colour, exposure and place are all seen.
  auto engine = DraftEngine::open(sampleJob({{0}, {49}}));
  ASSERT_TRUE(engine.ok()) << describe(engine.error());
  ASSERT_TRUE((*engine)->prepare({}, {}).ok());
  double quickTime = 0.0, finalTime = 0.0, atEdge = 0.0, redder = 0.0;
  for (const std::int64_t frame : {2, 13, 30, 46}) {
    DraftRequest final;
    final.divisor = 2;
    final.matte = true;
    double begun = processorSeconds();
    const auto made = (*engine)->render({frame}, final);
    finalTime += processorSeconds() - begun;
    begun = processorSeconds();
    const auto quick = (*engine)->render({frame}, quickRequest(2));
    quickTime += processorSeconds() - begun;
    ASSERT_TRUE(quick.ok() && made.ok());
    const cv::Mat a = matOf(quick->composite), b = matOf(made->composite), alpha = matOf(made->matte);
    ASSERT_EQ(a.size(), b.size());
    const cv::Mat outside = outsideTheEdge(made->matte), subject = outside & (alpha > 250), background = outside & (alpha < 5);
    EXPECT_GT(cv::countNonZero(outside), outside.size().area() * 9 / 10);
    EXPECT_GT(apart(a, b, ~outside), 2.0) << "it is not the true one";
    atEdge += apart(a, b, ~outside) / 4;
    redder += (cv::mean(a, ~outside)[0] - cv::mean(b, ~outside)[0]) / 4;
    EXPECT_LT(apart(a, b, subject), kMostApart) << frame;
    EXPECT_LT(apart(a, b, background), kMostApart) << frame;
    for (const cv::Mat& where : {subject, background})
      for (int c = 0; c < 3; ++c) EXPECT_NEAR(cv::mean(a, where)[c], cv::mean(b, where)[c], kMostApart) << frame << ": colour, exposure";
    std::printf("frame %2d: %.2f on the subject, %.2f on the background, %.2f at the edge\n", static_cast<int>(frame), apart(a, b, subject),
                apart(a, b, background), apart(a, b, ~outside));
  }
  std::printf("at the edge %.2f, of it in red %.2f\n", atEdge, redder);
  EXPECT_LT(atEdge, kMostApartAtEdge);
  EXPECT_LT(redder, kMostRedder) << "hair that the screen lights is opaque and not pink";
  std::printf("processor time of a quick picture over a true one's: %.2f\n", quickTime / finalTime);
  EXPECT_LT(quickTime, 0.5 * finalTime);
}

/// A shot of two frames made for the test, a polygon of it cut away and another one held out.
class QuickSceneTest : public testing::Test {
 protected:
  void SetUp() override {
    m_folder = fs::temp_directory_path() / ("pai-quick-" + std::to_string(getpid()));
    fs::create_directories(m_folder);
    const KeyScene scene = keyScene();
    for (const char* name : {"plate.0000.png", "plate.0001.png"}) EXPECT_TRUE(writeImage(file(name), scene.plate).ok());
    Picture reference(480, 270, 3, SampleType::kU8);
    for (int y = 0; y < 270; ++y)
      for (int x = 0; x < 480 * 3; ++x) reference.row<std::uint8_t>(y)[x] = static_cast<std::uint8_t>(70 + (x / 3) / 4 + y / 6);
    EXPECT_TRUE(writeImage(file("reference.png"), reference).ok());
    job.name = job.shot.name = "scene";
    job.shot.plate = "plate";
    job.media = {{"plate", file("plate.%04d.png"), "", ""}, {"reference", file("reference.png"), "", ""}};
    Reference r;
    r.id = "r";
    r.media = "reference";
    job.shot.references = {r};
    MatteLayer key;
    key.id = "key";
    job.shot.matte = {key};
  }
  void TearDown() override { fs::remove_all(m_folder); }
  std::string file(const std::string& name) const { return (m_folder / name).string(); }
  MatteLayer polygon(MatteOperation operation, double left, double top, double right, double bottom) const {
    MatteLayer out;
    out.id = operation == MatteOperation::kAdd ? "keep" : "garbage";
    out.source = MatteSource::kShape;
    out.operation = operation;
    out.shape = {{{0}, {{left, top}, {right, top}, {right, bottom}, {left, bottom}}, {}}};
    return out;
  }
  Result<DraftFrame> picture(const DraftRequest& request) {
    if (!engine) {
      auto opened = DraftEngine::open(job);
      if (!opened) return opened.error();
      engine = std::move(*opened);
      if (Status s = engine->prepare({}, {}); !s) return s.error();
    }
    return engine->render({1}, request);
  }
  /// The quick picture and the true one of frame 1 differ by so much inside a part of the frame.
  double apartIn(const cv::Rect& part) {
    DraftRequest final;
    final.divisor = 1;
    const auto quick = picture(quickRequest(1)), made = picture(final);
    EXPECT_TRUE(quick.ok() && made.ok());
    if (!quick || !made) return 255.0;
    return apart(matOf(quick->composite)(part), matOf(made->composite)(part), cv::Mat());
  }

  Job job;
  std::unique_ptr<DraftEngine> engine;

 private:
  fs::path m_folder;
};

TEST_F(QuickSceneTest, polygonsCutAndHoldAsInTheTruePicture) {
  // The subject's middle is at (240, 169); the screen at (60, 60).
  job.shot.matte.push_back(polygon(MatteOperation::kSubtract, 0.4, 0.5, 0.6, 0.9));
  job.shot.matte.push_back(polygon(MatteOperation::kAdd, 0.05, 0.1, 0.25, 0.4));
  EXPECT_LT(apartIn({200, 140, 80, 90}), kMostApart) << "cut away";
  EXPECT_LT(apartIn({30, 35, 80, 60}), kMostApart) << "held out";
  const auto plain = picture(quickRequest(1));
  ASSERT_TRUE(plain.ok());
  const cv::Mat with = matOf(plain->composite);
  engine.reset();
  job.shot.matte.resize(1);
  const auto without = picture(quickRequest(1));
  ASSERT_TRUE(without.ok());
  for (const cv::Rect& part : {cv::Rect(200, 140, 80, 90), cv::Rect(30, 35, 80, 60)})
    EXPECT_GT(apart(with(part), matOf(without->composite)(part), cv::Mat()), 3.0) << "the polygons do something there";
}

TEST_F(QuickSceneTest, anExternalMatteIsWhatItIs) {
  Picture half(480, 270, 1, SampleType::kU8);
  for (int y = 0; y < 270; ++y)
    for (int x = 0; x < 480; ++x) half.row<std::uint8_t>(y)[x] = x < 240 ? 255 : 0;
  ASSERT_TRUE(writeImage(file("matte.png"), half).ok());
  job.media.push_back({"matte", file("matte.png"), "", ""});
  job.shot.matte[0].source = MatteSource::kExternal;
  job.shot.matte[0].media = "matte";
  DraftRequest quick = quickRequest(1);
  quick.matte = true;
  const auto made = picture(quick);
  ASSERT_TRUE(made.ok()) << describe(made.error());
  EXPECT_EQ(made->matte.row<std::uint8_t>(100)[20], 255);
  EXPECT_EQ(made->matte.row<std::uint8_t>(100)[460], 0);
  EXPECT_LT(apartIn({10, 10, 220, 250}), kMostApart);
  EXPECT_LT(apartIn({250, 10, 220, 250}), kMostApart);
}

TEST_F(QuickSceneTest, keySettingsDoInItWhatTheyDoInTheTruePicture) {
  const auto matte = [&](bool isQuick) {
    DraftRequest request = isQuick ? quickRequest(1) : DraftRequest{};
    request.matte = true;
    const auto made = picture(request);
    EXPECT_TRUE(made.ok());
    return made ? matOf(made->matte) : cv::Mat(1, 1, CV_8U);
  };
  const KeySettings usual;
  const cv::Mat plain = matte(false), plainQuick = matte(true);
  struct Setting {
    const char* name;
    double KeySettings::*value;
    double to;
  };
  for (const Setting& s : {Setting{"grow", &KeySettings::grow, 3.0}, {"shrink", &KeySettings::grow, -3.0}, {"gamma", &KeySettings::gamma, 3.0},
                           {"black", &KeySettings::clipBlack, 0.5}, {"white", &KeySettings::clipWhite, 0.5}}) {
    job.shot.matte[0].key = usual;
    job.shot.matte[0].key.*s.value = s.to;
    ASSERT_TRUE(engine->update(job).ok());
    const cv::Mat quick = matte(true), made = matte(false);
    cv::Mat soft = (plainQuick > 8) & (plainQuick < 247);  // where the quick key follows the frame's own edge
    cv::dilate(soft, soft, cv::Mat::ones(9, 9, CV_8U));
    const double changes = cv::mean(made, soft)[0] - cv::mean(plain, soft)[0], quickChanges = cv::mean(quick, soft)[0] - cv::mean(plainQuick, soft)[0];
    std::printf("%s: the true matte's edge changes by %.1f of 255, the quick one's by %.1f\n", s.name, changes, quickChanges);
    EXPECT_GT(std::abs(changes), 8.0) << s.name;
    EXPECT_GT(quickChanges / changes, 0.6) << s.name;
    EXPECT_LT(quickChanges / changes, 1.6) << s.name;
  }
}

TEST_F(QuickSceneTest, itLeavesNoTraceInTruePictures) {
  DraftRequest final;
  const auto before = picture(final);
  ASSERT_TRUE(before.ok());
  engine.reset();
  ASSERT_TRUE(picture(quickRequest(2)).ok());
  ASSERT_TRUE(picture(quickRequest(1)).ok());  // of the same size, last
  const auto after = picture(final);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(std::memcmp(before->composite.data(), after->composite.data(), before->composite.sizeBytes()), 0);
  const auto quick = picture(quickRequest(1));
  ASSERT_TRUE(quick.ok());
  EXPECT_NE(std::memcmp(quick->composite.data(), after->composite.data(), after->composite.sizeBytes()), 0);
}

TEST_F(QuickSceneTest, itsBackgroundIsDrawnAnewWhenTheSceneChanges) {
  const auto sharp = picture(quickRequest(2));
  job.shot.light.defocus = 30.0;
  ASSERT_TRUE(sharp.ok() && engine->update(job).ok());
  const auto soft = picture(quickRequest(2));
  ASSERT_TRUE(soft.ok());
  EXPECT_GT(apart(matOf(sharp->composite), matOf(soft->composite), cv::Mat()), 0.0);
}

TEST(QuickBackgroundsTest, keepsThoseAroundTheFrameAndDrawsNoneTwice) {
  const cv::Size small(16, 8), size(32, 16);
  QuickBackgrounds kept(4 * 16 * 8 * 3);  // four of three bytes a pixel
  std::vector<std::int64_t> drawn;
  const auto look = [&](std::int64_t frame) {
    return kept.at({frame}, size, small, true, [&](cv::Size s) {
      drawn.push_back(frame);
      return cv::Mat(s, CV_32FC3, cv::Scalar::all(0.01 * static_cast<double>(frame)));
    });
  };
  for (const std::int64_t frame : {1, 2, 3, 4, 3}) EXPECT_EQ(look(frame).size(), size);
  EXPECT_EQ(drawn.size(), 4u);
  EXPECT_EQ(look(4).at<cv::Vec3b>(5, 5)[1], 10);
  look(5);
  EXPECT_EQ(kept.count(), 4u);
  drawn.clear();
  look(2), look(5), look(1);
  EXPECT_EQ(drawn, std::vector<std::int64_t>{1}) << "the farthest went";
  kept.clear();
  EXPECT_EQ(kept.count(), 0u);
}

TEST(QuickBackgroundsTest, thoseOfDeepPlatesAreNotRoundedToBytes) {
  QuickBackgrounds kept;
  const auto draw = [](cv::Size s) { return cv::Mat(s, CV_32FC3, cv::Scalar::all(0.1234)); };
  const cv::Mat at = kept.at({0}, {32, 16}, {16, 8}, false, draw);
  ASSERT_EQ(at.type(), CV_32FC3);
  EXPECT_FLOAT_EQ(at.at<cv::Vec3f>(5, 5)[1], 0.1234f);
}

}  // namespace
}  // namespace pai::core
