// SPDX-License-Identifier: GPL-3.0-or-later
// Repairs of mattes from their neighbouring frames: against the sample shot's true matte, and in made scenes.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "core/draft/draft_engine.h"
#include "core/draft/matte_repair.h"
#include "core/media/clip_reader.h"
#include "core/media/image_file.h"

namespace pai::core {
namespace {

const std::string kSample = std::string(PAI_SOURCE_DIR) + "/assets/sample/";
constexpr int kDivisor = 2;

/// A frame of the sample: full-size true alpha, and the view of it.
struct TrueFrame {
  cv::Mat alpha, picture;
};

RepairView viewOf(const cv::Mat& alpha, const cv::Mat& picture) {
  RepairView out;
  cv::resize(alpha, out.alpha, picture.size(), 0, 0, cv::INTER_AREA);
  out.picture = picture;
  return out;
}

cv::Mat matOf(const Picture& p) { return cv::Mat(p.height(), p.width(), CV_8UC(p.channels()), const_cast<void*>(p.data()), p.rowBytes()); }

class Sample {
 public:
  Sample() {
    for (const char* name : {"plate.mp4", "matte.mkv"}) {
      auto reader = ClipReader::open(kSample + name);
      EXPECT_TRUE(reader.ok());
      m_readers.push_back(std::move(*reader));
    }
  }
  TrueFrame frame(std::int64_t f) {
    TrueFrame out;
    auto plate = m_readers[0]->read({f});
    auto matte = m_readers[1]->read({f});
    EXPECT_TRUE(plate.ok() && matte.ok());
    cv::resize(matOf(**plate), out.picture, {}, 1.0 / kDivisor, 1.0 / kDivisor, cv::INTER_AREA);
    cv::Mat grey;
    cv::extractChannel(matOf(**matte), grey, 0);
    grey.convertTo(out.alpha, CV_32F, 1.0 / 255.0);
    return out;
  }

 private:
  std::vector<std::unique_ptr<ClipReader>> m_readers;
};

/// A mask grown by `reach` pixels, or, when negative, shrunk.
cv::Mat grown(const cv::Mat& mask, double reach) {
  cv::Mat distance;
  cv::distanceTransform(reach < 0.0 ? mask : cv::Mat(~mask), distance, cv::DIST_L2, 5);
  return reach < 0.0 ? cv::Mat(distance > -reach) : cv::Mat(distance <= reach);
}

/// Punches holes into the subject: sharp discs of 3 to 24 pixels' radius, well inside it.
void punchHoles(cv::Mat& alpha, std::mt19937& random, int count) {
  for (int i = 0; i < count; ++i) {
    const int radius = 3 + static_cast<int>(random() % 22);
    std::vector<cv::Point> places;
    cv::findNonZero(grown(alpha > 0.98f, -radius - 4.0), places);
    if (!places.empty()) cv::circle(alpha, places[random() % places.size()], radius, cv::Scalar(0.0), cv::FILLED);
  }
}

/// Drops the subject's largest limb, soft edge and all: what a disc of 28 pixels' radius does not fit into.
void dropLimb(cv::Mat& alpha) {
  const cv::Mat solid = alpha > 0.5f, trunk = grown(grown(solid, -28.0), 34.0);
  cv::Mat labels, stats, centres;
  const int count = cv::connectedComponentsWithStats(solid & ~trunk, labels, stats, centres, 8, CV_32S);
  int largest = 0;
  for (int i = 1; i < count; ++i) {
    if (largest == 0 || stats.at<int>(i, cv::CC_STAT_AREA) > stats.at<int>(largest, cv::CC_STAT_AREA)) largest = i;
  }
  if (largest > 0) alpha.setTo(0.0, grown(labels == largest, 10.0) & ~trunk);
}

struct Errors {
  double before = 0.0, after = 0.0;  // mean alpha error where the matte was damaged
  double damaged = 0.0;              // pixels
  int outside = 0;                   // pixels changed away from every repair
};

/// Damages the middle one of three frames and repairs it.
Errors repaired(const TrueFrame frames[3], const cv::Mat& broken) {
  const RepairView views[3]{viewOf(frames[0].alpha, frames[0].picture), viewOf(broken, frames[1].picture), viewOf(frames[2].alpha, frames[2].picture)};
  const std::vector<MatteRepair> found = findRepairs(views[0], views[1], views[2]);
  cv::Mat alpha = broken.clone(), near = cv::Mat::zeros(alpha.size(), CV_8U);
  for (const MatteRepair& r : found) {
    applyRepair(r, frames[0].alpha, frames[2].alpha, alpha);
    const double margin = repairMargin(r, alpha.cols);
    const FrameBox& b = r.facts.box;
    cv::rectangle(near, cv::Point2d(b.left * alpha.cols - margin, b.top * alpha.rows - margin),
                  cv::Point2d(b.right * alpha.cols + margin, b.bottom * alpha.rows + margin), cv::Scalar(255), cv::FILLED);
  }
  const cv::Mat damaged = broken != frames[1].alpha;
  Errors out;
  out.damaged = cv::countNonZero(damaged);
  cv::Mat difference;
  cv::absdiff(broken, frames[1].alpha, difference);
  out.before = cv::mean(difference, damaged)[0];
  cv::absdiff(alpha, frames[1].alpha, difference);
  out.after = cv::mean(difference, damaged)[0];
  out.outside = cv::countNonZero((alpha != broken) & ~near);
  return out;
}

TEST(MatteRepair, bringsBackHolesAndLimbsOfTheSampleAndNothingElse) {
  Sample sample;
  std::mt19937 random(20261126);
  double before = 0.0, after = 0.0, pixels = 0.0;
  for (std::int64_t f = 6; f < 96; f += 18) {
    const TrueFrame frames[3]{sample.frame(f - 1), sample.frame(f), sample.frame(f + 1)};
    for (const bool limb : {false, true}) {
      cv::Mat broken = frames[1].alpha.clone();
      limb ? dropLimb(broken) : punchHoles(broken, random, 6);
      const Errors e = repaired(frames, broken);
      std::printf("frame %lld %s: %.0f px, mean alpha error %.4f -> %.4f\n", static_cast<long long>(f), limb ? "limb" : "holes", e.damaged, e.before, e.after);
      EXPECT_EQ(e.outside, 0) << f;
      before += e.before * e.damaged;
      after += e.after * e.damaged;
      pixels += e.damaged;
    }
    EXPECT_TRUE(findRepairs(viewOf(frames[0].alpha, frames[0].picture), viewOf(frames[1].alpha, frames[1].picture),
                            viewOf(frames[2].alpha, frames[2].picture)).empty()) << f;
  }
  ASSERT_GT(pixels, 1000.0);
  std::printf("all: %.4f -> %.4f\n", before / pixels, after / pixels);
  EXPECT_LT(after, before / 10.0);
}


constexpr int kClothWidth = 240, kClothHeight = 160;
constexpr std::int64_t kFrames = 5;

/// A cloth that can be followed: smooth noise of one hue.
cv::Mat cloth(std::uint64_t seed, cv::Size size, cv::Scalar hue) {
  cv::Mat noise(size, CV_32FC3), out;
  cv::RNG random(seed);
  random.fill(noise, cv::RNG::UNIFORM, 0.0, 1.0);
  cv::GaussianBlur(noise, noise, {0, 0}, 2.0);
  cv::normalize(noise, noise, 0.0, 110.0, cv::NORM_MINMAX);
  cv::add(noise, hue, noise);
  noise.convertTo(out, CV_8UC3);
  return out;
}

/// A body with an arm moves before a wall that moves less. `hole` of its middle is open, in all frames or in the middle one.
struct Scene {
  enum class Hole { kNone, kMoving, kOneFrame } hole = Hole::kNone;

  static cv::Point2d at(std::int64_t f) { return {80.0 + 3.0 * static_cast<double>(f), 80.0 + static_cast<double>(f)}; }
  static cv::Rect arm(std::int64_t f) { return {static_cast<int>(at(f).x) + 28, static_cast<int>(at(f).y) - 4, 40, 9}; }

  cv::Mat matte(std::int64_t f) const {
    cv::Mat out = cv::Mat::zeros(kClothHeight, kClothWidth, CV_32F);
    cv::ellipse(out, cv::Point(at(f)), {34, 50}, 0, 0, 360, cv::Scalar(1.0), cv::FILLED);
    out(arm(f)) = 1.0f;
    if (hole == Hole::kMoving || (hole == Hole::kOneFrame && f == kFrames / 2)) cv::circle(out, cv::Point(at(f)), 9, cv::Scalar(0.0), cv::FILLED);
    cv::GaussianBlur(out, out, {3, 3}, 0.0);
    return out;
  }
  cv::Mat plate(std::int64_t f) const {
    static const cv::Mat body = cloth(7, {kClothWidth, kClothHeight}, {120, 40, 30}), wall = cloth(9, {2 * kClothWidth, kClothHeight}, {20, 60, 120});
    const cv::Mat move = (cv::Mat_<double>(2, 3) << 1, 0, at(f).x - at(0).x, 0, 1, at(f).y - at(0).y);
    cv::Mat subject, out(kClothHeight, kClothWidth, CV_8UC3);
    cv::warpAffine(body, subject, move, body.size(), cv::INTER_LINEAR, cv::BORDER_REFLECT);
    const cv::Mat behind = wall(cv::Rect(static_cast<int>(f), 0, kClothWidth, kClothHeight)), alpha = matte(f);
    for (int y = 0; y < kClothHeight; ++y)
      for (int x = 0; x < kClothWidth; ++x)
        for (int c = 0; c < 3; ++c) {
          const float a = alpha.at<float>(y, x);
          out.at<cv::Vec3b>(y, x)[c] = cv::saturate_cast<std::uint8_t>(a * subject.at<cv::Vec3b>(y, x)[c] + (1 - a) * behind.at<cv::Vec3b>(y, x)[c]);
        }
    return out;
  }
  RepairView view(std::int64_t f) const { return {matte(f), plate(f)}; }
};

/// The middle frame's matte with a hole and without the arm.
cv::Mat damaged(const Scene& scene) {
  constexpr std::int64_t f = kFrames / 2;
  cv::Mat out = scene.matte(f);
  cv::circle(out, cv::Point(Scene::at(f)) + cv::Point(-10, 12), 6, cv::Scalar(0.0), cv::FILLED);
  cv::Rect arm = Scene::arm(f);
  out(cv::Rect(arm.x + 6, arm.y - 2, arm.width + 4 - 6, arm.height + 4)) = 0.0f;
  return out;
}

TEST(MatteRepair, fillsAHoleAndAnArmThatOneFrameLacks) {
  const Scene scene;
  RepairView now = scene.view(2);
  const cv::Mat truth = now.alpha.clone();
  now.alpha = damaged(scene);
  const auto found = findRepairs(scene.view(1), now, scene.view(3));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_GT(found[0].facts.area, found[1].facts.area);
  EXPECT_GE(found[0].facts.outline.size(), 3u);
  EXPECT_NEAR(found[0].facts.box.right * kClothWidth, Scene::arm(2).br().x, 4.0);
  cv::Mat alpha = now.alpha.clone();
  for (const MatteRepair& r : found) applyRepair(r, scene.matte(1), scene.matte(3), alpha);
  cv::Mat before, after;
  cv::absdiff(now.alpha, truth, before);
  cv::absdiff(alpha, truth, after);
  EXPECT_LT(8.0 * cv::sum(after)[0], cv::sum(before)[0]);
}

TEST(MatteRepair, anOpeningThatMovesWithTheSubjectStays) {
  const Scene scene{Scene::Hole::kMoving};
  EXPECT_TRUE(findRepairs(scene.view(1), scene.view(2), scene.view(3)).empty());
}

TEST(MatteRepair, anOpeningOfOneFrameThatThePictureShowsStays) {
  const Scene scene{Scene::Hole::kOneFrame};
  ASSERT_TRUE(mayNeedRepair(scene.matte(1), scene.matte(2), scene.matte(3)));
  EXPECT_TRUE(findRepairs(scene.view(1), scene.view(2), scene.view(3)).empty());
}

TEST(MatteRepair, whatOnlyOneNeighbourHasIsLeftOut) {
  const Scene scene;
  RepairView now = scene.view(2), after = scene.view(3);
  now.alpha = damaged(scene);
  cv::circle(after.alpha, cv::Point(Scene::at(3)) + cv::Point(-10, 12), 9, cv::Scalar(0.0), cv::FILLED);
  const auto found = findRepairs(scene.view(1), now, after);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_GT(found[0].facts.box.left * kClothWidth, Scene::at(2).x) << "the arm alone";
}

/// The scene as files, with a damaged matte in the middle frame.
class RepairedDraft : public testing::Test {
 protected:
  void SetUp() override {
    namespace fs = std::filesystem;
    m_folder = fs::temp_directory_path() / ("pai-repair-" + std::to_string(getpid()));
    fs::create_directories(m_folder);
    for (std::int64_t f = 0; f < kFrames; ++f) {
      write("plate", f, m_scene.plate(f));
      cv::Mat matte;
      (f == 2 ? damaged(m_scene) : m_scene.matte(f)).convertTo(matte, CV_8U, 255.0);
      write("matte", f, matte);
    }
    m_job.shot.plate = "plate";
    m_job.media = {{"plate", (m_folder / "plate.%04d.png").string(), "", ""}, {"matte", (m_folder / "matte.%04d.png").string(), "", ""}};
    m_job.shot.light.relight = false;
    m_job.shot.light.lightWrap = m_job.shot.light.grain = 0.0;
    MatteLayer layer;
    layer.id = "roto";
    layer.source = MatteSource::kExternal;
    layer.media = "matte";
    m_job.shot.matte = {layer};
  }
  void TearDown() override { std::filesystem::remove_all(m_folder); }

  void write(const std::string& name, std::int64_t frame, const cv::Mat& picture) {
    char number[16];
    std::snprintf(number, sizeof number, ".%04d.png", static_cast<int>(frame));
    Picture out(picture.cols, picture.rows, picture.channels(), SampleType::kU8);
    picture.copyTo(cv::Mat(picture.rows, picture.cols, picture.type(), out.data(), out.rowBytes()));
    ASSERT_TRUE(writeImage((m_folder / (name + number)).string(), out).ok());
  }
  void open() {
    auto made = DraftEngine::open(m_job);
    ASSERT_TRUE(made.ok()) << describe(made.error());
    m_engine = std::move(*made);
  }
  cv::Mat matte(std::int64_t frame, int divisor = 1) {
    DraftRequest request;
    request.divisor = divisor;
    request.composite = false;
    request.matte = true;
    m_frame = *m_engine->render({frame}, request);
    cv::Mat out;
    matOf(m_frame.matte).convertTo(out, CV_32F, 1.0 / 255.0);
    return out;
  }
  std::vector<RepairFacts> repairs(std::int64_t frame) { return *m_engine->matteRepairs({frame}); }
  double errorOf(const cv::Mat& alpha) {
    cv::Mat truth = m_scene.matte(2), difference;
    cv::resize(truth, truth, alpha.size(), 0, 0, cv::INTER_AREA);
    cv::absdiff(truth, alpha, difference);
      return cv::sum(difference)[0];
  }

  std::filesystem::path m_folder;
  Scene m_scene;
  Job m_job;
  std::unique_ptr<DraftEngine> m_engine;
  DraftFrame m_frame;
};

TEST_F(RepairedDraft, everyPictureAndSizeHasTheSameRepairs) {
  open();
  EXPECT_EQ(repairs(2).size(), 2u);
  EXPECT_TRUE(repairs(0).empty());
  EXPECT_TRUE(repairs(1).empty());
  EXPECT_TRUE(repairs(kFrames - 1).empty());
  EXPECT_EQ((*m_engine->matteReport({2})).repairs, repairs(2));
  const cv::Mat full = matte(2);
  EXPECT_EQ(m_frame.repairs, repairs(2));
  EXPECT_LT(errorOf(full), 40.0);
  EXPECT_LT(errorOf(matte(2, 2)) * 4.0, 120.0);
  // The composite shows the plate's own colour where the hole was.
  DraftRequest request;
  const auto frame = m_engine->render({2}, request);
  ASSERT_TRUE(frame.ok());
  const cv::Point hole = cv::Point(Scene::at(2)) + cv::Point(-10, 12);
  const cv::Mat plate = m_scene.plate(2), composite = matOf(frame->composite);
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(composite.at<cv::Vec3b>(hole)[c], plate.at<cv::Vec3b>(hole)[c], 3) << c;
  // A frame asked for on its own, without its neighbours before it, is the same.
  open();
  EXPECT_EQ(cv::countNonZero(matte(2) != full), 0);
}

TEST_F(RepairedDraft, aFrameStoppedAnywhereIsGivenUpAndTheNextIsWhole) {
  using Clock = std::chrono::steady_clock;
  open();
  const auto begun = Clock::now();
  const cv::Mat whole = matte(2);
  const auto took = Clock::now() - begun;
  const std::vector<RepairFacts> found = m_frame.repairs;
  ASSERT_EQ(found.size(), 2u);
  constexpr int kAttempts = 24;
  int stopped = 0;
  for (int i = 0; i < kAttempts; ++i) {
    open();
    DraftRequest request;
    std::thread other;
    if (i == 0) request.stop.request();
    else other = std::thread([&] {
      std::this_thread::sleep_for(took * i / kAttempts);
      request.stop.request();
    });
    const auto made = m_engine->render({2}, request);
    if (other.joinable()) other.join();
    EXPECT_TRUE(made.ok() || made.error().code == ErrorCode::kCancelled);
    EXPECT_FALSE(i == 0 && made.ok());
    stopped += made ? 0 : 1;
    EXPECT_EQ(cv::countNonZero(matte(2) != whole), 0) << "stopped after " << i << " parts of " << kAttempts;
    EXPECT_EQ(m_frame.repairs, found);
  }
  EXPECT_GT(stopped, kAttempts / 4);
}

TEST_F(RepairedDraft, aRefusedRepairStaysListedAndIsNotMade) {
  open();
  const auto found = repairs(2);
  ASSERT_EQ(found.size(), 2u);
  m_job.shot.repairs.refused = {{{2}, found[1].box, nlohmann::json::object()}};
  ASSERT_TRUE(m_engine->update(m_job).ok());
  EXPECT_FALSE(repairs(2)[0].refused);
  EXPECT_TRUE(repairs(2)[1].refused);
  const cv::Mat alpha = matte(2);
  EXPECT_EQ(alpha.at<float>(cv::Point(Scene::at(2)) + cv::Point(-10, 12)), 0.0f);
  EXPECT_GT(alpha.at<float>(cv::Point(Scene::arm(2).br()) - cv::Point(8, 5)), 0.95f);
}

TEST_F(RepairedDraft, offAndInHandPaintedFramesTheMatteIsAsItIs) {
  m_job.shot.repairs.enabled = false;
  open();
  EXPECT_TRUE(repairs(2).empty());
  cv::Mat damage;
  damaged(m_scene).convertTo(damage, CV_8U, 255.0);
  matte(2);
  EXPECT_EQ(cv::countNonZero(matOf(m_frame.matte) != damage), 0);
  m_job.shot.repairs.enabled = true;
  MatteLayer painted = m_job.shot.matte[0];
  painted.id = "paint";
  painted.source = MatteSource::kPaint;
  painted.media = "painted";
  painted.frame = {2};
  m_job.media.push_back({"painted", (m_folder / "matte.0002.png").string(), "", ""});
  m_job.shot.matte.push_back(painted);
  ASSERT_TRUE(m_engine->update(m_job).ok());
  EXPECT_TRUE(repairs(2).empty());
  matte(2);
  EXPECT_EQ(cv::countNonZero(matOf(m_frame.matte) != damage), 0);
}

TEST(MatteRepair, refusalsAreMatchedByFrameAndPlace) {
  MatteRepairs settings;
  settings.refused = {{{12}, {0.4, 0.4, 0.6, 0.6}, nlohmann::json::object()}};
  EXPECT_TRUE(isRefused(settings, {12}, {0.41, 0.4, 0.61, 0.6}));
  EXPECT_FALSE(isRefused(settings, {13}, {0.41, 0.4, 0.61, 0.6}));
  EXPECT_FALSE(isRefused(settings, {12}, {0.59, 0.59, 0.8, 0.8}));
  EXPECT_FALSE(isRefused(settings, {12}, {0.5, 0.5, 0.5, 0.5}));
}

}  // namespace
}  // namespace pai::core
