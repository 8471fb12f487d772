// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "core/draft/draft_engine.h"
#include "core/media/colour.h"
#include "core/media/colour_transfer.h"
#include "core/media/image_file.h"
#include "tests/core/draft/key_scene.h"

namespace pai::core {
namespace {

namespace fs = std::filesystem;

/// A folder that goes away with the test.
class EngineTest : public testing::Test {
 protected:
  void SetUp() override {
    m_folder = fs::temp_directory_path() / ("pai-engine-" + std::to_string(getpid()));
    fs::create_directories(m_folder);
  }
  void TearDown() override { fs::remove_all(m_folder); }
  std::string file(const std::string& name) const { return (m_folder / name).string(); }

  /// Writes frames as a sequence and gives a job over it with one reference.
  Job jobOf(const std::vector<Picture>& frames, const std::string& ending) {
    char name[64];
    for (std::size_t i = 0; i < frames.size(); ++i) {
      std::snprintf(name, sizeof name, "plate.%04zu.%s", i, ending.c_str());
      EXPECT_TRUE(writeImage(file(name), frames[i]).ok());
    }
    Picture reference(160, 120, 3, SampleType::kU8);
    for (int y = 0; y < 120; ++y) {
      for (int x = 0; x < 160; ++x) {
        auto* p = reference.row<std::uint8_t>(y) + 3 * x;
        p[0] = static_cast<std::uint8_t>(60 + x);
        p[1] = static_cast<std::uint8_t>(80 + (x * 7 + y * 13) % 90);
        p[2] = static_cast<std::uint8_t>(40 + y);
      }
    }
    EXPECT_TRUE(writeImage(file("reference.png"), reference).ok());
    Job job;
    job.name = job.shot.name = "test";
    job.shot.plate = "plate";
    job.media = {{"plate", file("plate.%04d." + ending), "", ""}, {"reference", file("reference.png"), "", ""}};
    Reference r;
    r.id = "r1";
    r.media = "reference";
    job.shot.references = {r};
    MatteLayer key;
    key.id = "key";
    job.shot.matte = {key};
    return job;
  }

  fs::path m_folder;
};

/// A linear plate: green screen, and a block whose left half is grey and whose right half is a highlight of 8.
Picture linearPlate() {
  Picture out(320, 180, 3, SampleType::kF32);
  out.colour.transfer = ColourTags::Transfer::kLinear;
  out.colour.matrix = ColourTags::Matrix::kRgb;
  for (int y = 0; y < 180; ++y) {
    auto* p = out.row<float>(y);
    for (int x = 0; x < 320; ++x, p += 3) {
      const bool subject = x >= 100 && x < 220 && y >= 50;
      const float v = x < 160 ? 0.25f : 8.0f;
      p[0] = subject ? v : 0.05f;
      p[1] = subject ? v : 0.35f;
      p[2] = subject ? v : 0.08f;
    }
  }
  return out;
}

TEST_F(EngineTest, linearHighlightsPassUntouchedWhereTheMatteIsSolid) {
  Job job = jobOf({linearPlate(), linearPlate()}, "exr");
  job.shot.light.relight = false;
  auto engine = DraftEngine::open(job);
  ASSERT_TRUE(engine.ok()) << describe(engine.error());
  ASSERT_TRUE((*engine)->prepare({}, {}).ok());
  DraftRequest request;
  request.matte = true;
  const auto frame = (*engine)->render({1}, request);
  ASSERT_TRUE(frame.ok()) << describe(frame.error());
  ASSERT_EQ(frame->composite.type(), SampleType::kF32);
  const Picture plate = linearPlate();
  int solid = 0;
  for (int y = 0; y < 180; ++y) {
    for (int x = 0; x < 320; ++x) {
      if (frame->matte.row<float>(y)[x] < 1.0f) continue;
      ++solid;
      for (int c = 0; c < 3; ++c) {
        ASSERT_NEAR(frame->composite.row<float>(y)[3 * x + c], plate.row<float>(y)[3 * x + c], 1e-3) << x << " " << y;
      }
    }
  }
  EXPECT_GT(solid, 120 * 130 * 8 / 10);
}

/// A picture of one colour.
Picture flat(SampleType type, float value, ColourTags::Transfer transfer) {
  Picture out(160, 120, 3, SampleType::kF32);
  out.colour = {ColourTags::Matrix::kRgb, transfer, ColourTags::Primaries::kBt709, true};
  std::fill_n(out.row<float>(0), 160 * 120 * 3, value);
  return withType(out, type);
}

TEST_F(EngineTest, theSameLightInAnyFileIsTheSameInTheResult) {
  const KeyScene scene = keyScene();
  Job job = jobOf({scene.plate}, "png");
  job.shot.light.relight = false;
  job.shot.light.grain = 0.0;
  job.media[0].colourSpace = "rec709";
  using Transfer = ColourTags::Transfer;
  constexpr float kLight = 0.25f;
  const float video = codedOf(kLight, Transfer::kBt709);
  struct Case {
    Picture picture;
    std::string name, space;
  };
  const Case cases[]{{flat(SampleType::kU8, codedOf(kLight, Transfer::kSrgb), Transfer::kSrgb), "tagged.png", ""},
                     {flat(SampleType::kU8, codedOf(kLight, Transfer::kSrgb), Transfer::kUnknown), "named.png", "srgb"},
                     {flat(SampleType::kU8, video, Transfer::kUnknown), "untagged.png", ""},
                     {flat(SampleType::kU16, 0.42477f, Transfer::kUnknown), "log.png", "arri logc3"},
                     {flat(SampleType::kF32, kLight, Transfer::kLinear), "linear.exr", ""}};
  for (const Case& c : cases) {
    ASSERT_TRUE(writeImage(file(c.name), c.picture).ok());
    job.media[1].path = file(c.name);
    job.media[1].colourSpace = c.space;
    auto engine = DraftEngine::open(job);
    ASSERT_TRUE(engine.ok()) << describe(engine.error());
    DraftRequest request;
    request.background = true;
    const auto frame = (*engine)->render({0}, request);
    ASSERT_TRUE(frame.ok()) << describe(frame.error());
    EXPECT_NEAR(frame->background.row<std::uint8_t>(10)[30], video * 255.0f, 2.0) << c.name;
  }
}

TEST_F(EngineTest, aLogPlateIsWorkedOnInLinearLight) {
  Picture plate = linearPlate();
  for (int y = 0; y < plate.height(); ++y)
    for (int x = 0; x < plate.width() * 3; ++x) plate.row<float>(y)[x] = std::min(plate.row<float>(y)[x], 0.5f);
  const auto coded = Colour::builtIn()->fromWorking(plate, "sony slog3.cine");
  ASSERT_TRUE(coded.ok());
  Job job = jobOf({withType(*coded, SampleType::kU16)}, "png");
  job.shot.light.relight = false;
  job.media[0].colourSpace = "sony slog3.cine";
  auto engine = DraftEngine::open(job);
  ASSERT_TRUE(engine.ok()) << describe(engine.error());
  ASSERT_TRUE((*engine)->prepare({}, {}).ok());
  const auto frame = (*engine)->render({0}, {});
  ASSERT_TRUE(frame.ok()) << describe(frame.error());
  ASSERT_EQ(frame->composite.type(), SampleType::kF32);
  EXPECT_NEAR(frame->composite.row<float>(120)[3 * 130], 0.25, 1e-3);
  EXPECT_NEAR(frame->composite.row<float>(120)[3 * 190], 0.5, 1e-3);
}

TEST_F(EngineTest, unknownColourSpacesAndMissingConfigurationsAreNamed) {
  const KeyScene scene = keyScene();
  Job job = jobOf({scene.plate}, "png");
  job.media[1].colourSpace = "kodak moment";
  auto engine = DraftEngine::open(job);
  ASSERT_FALSE(engine.ok());
  EXPECT_EQ(engine.error().code, ErrorCode::kFieldInvalid);
  EXPECT_NE(describe(engine.error()).find("kodak moment"), std::string::npos);
  EXPECT_NE(describe(engine.error()).find("reference.png"), std::string::npos) << describe(engine.error());
  job.media[1].colourSpace.clear();
  job.ocioConfig = file("none.ocio");
  engine = DraftEngine::open(job);
  ASSERT_FALSE(engine.ok());
  EXPECT_EQ(engine.error().code, ErrorCode::kFileMissing);
  EXPECT_EQ(engine.error().context, job.ocioConfig);
}

TEST_F(EngineTest, matteFilesAreCoverageWhateverTheirDepth) {
  const KeyScene scene = keyScene();
  Job job = jobOf({scene.plate}, "png");
  Picture half(scene.plate.width(), scene.plate.height(), 3, SampleType::kF32);
  half.colour.transfer = ColourTags::Transfer::kLinear;
  std::fill_n(half.row<float>(0), half.width() * half.height() * 3, 0.5f);
  ASSERT_TRUE(writeImage(file("matte.exr"), half).ok());
  job.media.push_back({"matte", file("matte.exr"), "", ""});
  job.shot.matte[0].source = MatteSource::kExternal;
  job.shot.matte[0].media = "matte";
  auto engine = DraftEngine::open(job);
  ASSERT_TRUE(engine.ok()) << describe(engine.error());
  DraftRequest request;
  request.matte = true;
  const auto frame = (*engine)->render({0}, request);
  ASSERT_TRUE(frame.ok()) << describe(frame.error());
  EXPECT_NEAR(frame->matte.row<std::uint8_t>(5)[5], 128, 1);
}

TEST_F(EngineTest, aCameraSolvedBeforeIsTaken) {
  const KeyScene scene = keyScene();
  const Job job = jobOf({scene.plate, scene.plate}, "png");
  auto engine = DraftEngine::open(job), other = DraftEngine::open(job);
  ASSERT_TRUE(engine.ok() && other.ok());
  ASSERT_TRUE((*engine)->prepare({}, {}).ok());
  CameraCurve camera = (*engine)->camera();
  ASSERT_TRUE((*other)->takeCamera(camera).ok());
  const auto* samples = (*other)->camera().samples.data();
  ASSERT_TRUE((*other)->prepare({}, {}).ok());
  EXPECT_EQ((*other)->camera().samples.data(), samples) << "it was solved again";
  const auto first = (*engine)->render({1}, {}), second = (*other)->render({1}, {});
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(std::memcmp(first->composite.data(), second->composite.data(), first->composite.sizeBytes()), 0);
  camera.samples.pop_back();
  EXPECT_EQ((*other)->takeCamera(camera).error().code, ErrorCode::kFieldInvalid);
}

TEST_F(EngineTest, oneFrameShotRendersAtEverySize) {
  const KeyScene scene = keyScene();
  const Job job = jobOf({scene.plate}, "png");
  auto engine = DraftEngine::open(job);
  ASSERT_TRUE(engine.ok()) << describe(engine.error());
  ASSERT_TRUE((*engine)->prepare({}, {}).ok());
  for (const int divisor : {1, 2, 4}) {
    DraftRequest request;
    request.divisor = divisor;
    const auto frame = (*engine)->render({0}, request);
    ASSERT_TRUE(frame.ok());
    EXPECT_EQ(frame->composite.width(), scene.plate.width() / divisor);
    EXPECT_EQ(frame->composite.type(), SampleType::kU8);
  }
}

TEST_F(EngineTest, rendersBeforePrepareOverTheNearestReference) {
  const KeyScene scene = keyScene();
  auto engine = DraftEngine::open(jobOf({scene.plate, scene.plate}, "png"));
  ASSERT_TRUE(engine.ok());
  DraftRequest request;
  request.background = true;
  const auto frame = (*engine)->render({1}, request);
  ASSERT_TRUE(frame.ok()) << describe(frame.error());
  EXPECT_FALSE(frame->background.empty());
}

/// Whether two pictures of one size and eight bits differ anywhere.
bool differ(const Picture& a, const Picture& b) {
  for (int y = 0; y < a.height(); ++y) {
    if (!std::equal(a.row<std::uint8_t>(y), a.row<std::uint8_t>(y) + a.width() * a.channels(), b.row<std::uint8_t>(y))) return true;
  }
  return false;
}

TEST_F(EngineTest, aBackgroundDrawnBeforeIsDrawnAgainWhenItChanges) {
  const KeyScene scene = keyScene();
  Job job = jobOf({scene.plate, scene.plate}, "png");
  auto engine = DraftEngine::open(job);
  ASSERT_TRUE(engine.ok());
  DraftRequest request;
  request.background = true;
  const auto sharp = (*engine)->render({1}, request);
  job.shot.matte[0].key.clipBlack = 0.05;
  ASSERT_TRUE((*engine)->update(job).ok());
  const auto same = (*engine)->render({1}, request);
  job.shot.light.defocus = 20.0;
  ASSERT_TRUE((*engine)->update(job).ok());
  const auto soft = (*engine)->render({1}, request);
  ASSERT_TRUE(sharp.ok() && same.ok() && soft.ok());
  EXPECT_FALSE(differ(sharp->background, same->background));
  EXPECT_TRUE(differ(sharp->background, soft->background));
}

TEST_F(EngineTest, lightWrapIsItsOwnSwitch) {
  const KeyScene scene = keyScene();
  Job job = jobOf({scene.plate}, "png");
  job.shot.light.relight = false;
  job.shot.light.lightWrap = 0.0;
  auto engine = DraftEngine::open(job);
  ASSERT_TRUE(engine.ok());
  const auto without = (*engine)->render({0}, {});
  job.shot.light.lightWrap = 1.0;
  ASSERT_TRUE((*engine)->update(job).ok());
  const auto with = (*engine)->render({0}, {});
  ASSERT_TRUE(without.ok() && with.ok());
  EXPECT_TRUE(differ(without->composite, with->composite));
}

TEST_F(EngineTest, keySettingChangeKeepsTheCamera) {
  const KeyScene scene = keyScene();
  Job job = jobOf({scene.plate, scene.plate}, "png");
  auto engine = DraftEngine::open(job);
  ASSERT_TRUE(engine.ok());
  ASSERT_TRUE((*engine)->prepare({}, {}).ok());
  const auto* samples = (*engine)->camera().samples.data();
  DraftRequest request;
  request.matte = true;
  const auto before = (*engine)->render({1}, request);
  job.shot.matte[0].key.grow = 3.0;
  ASSERT_TRUE((*engine)->update(job).ok());
  ASSERT_TRUE((*engine)->prepare({}, {}).ok());
  const auto after = (*engine)->render({1}, request);
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_EQ((*engine)->camera().samples.data(), samples);
  double grown = 0.0;
  for (int y = 0; y < after->matte.height(); ++y) {
    for (int x = 0; x < after->matte.width(); ++x) {
      grown += after->matte.row<std::uint8_t>(y)[x] - before->matte.row<std::uint8_t>(y)[x];
    }
  }
  EXPECT_GT(grown / 255.0, 500.0);
}

TEST_F(EngineTest, whatIsReleasedAfterPreparingChangesNoPictureAndIsReadAgain) {
  KeySceneOptions moved;
  moved.marker = true;
  const KeyScene scene = keyScene();
  Job job = jobOf({scene.plate, keyScene(moved).plate, scene.plate}, "png");
  auto lean = DraftEngine::open(job), whole = DraftEngine::open(job);
  ASSERT_TRUE(lean.ok() && whole.ok());
  ASSERT_TRUE((*lean)->prepare({}, {}).ok() && (*whole)->prepare({}, {}).ok());
  (*lean)->releaseSources();
  const auto same = [&](std::int64_t frame) {
    auto a = (*lean)->render({frame}, {}), b = (*whole)->render({frame}, {});
    return a.ok() && b.ok() && std::memcmp(a->composite.data(), b->composite.data(), a->composite.sizeBytes()) == 0;
  };
  EXPECT_TRUE(same(1) && same(2));
  job.shot.references[0].offsetX = 0.1;  // the scene is made anew, from the file
  ASSERT_TRUE((*lean)->update(job).ok() && (*whole)->update(job).ok());
  EXPECT_TRUE(same(0)) << "over the nearest reference";
  ASSERT_TRUE((*lean)->prepare({}, {}).ok() && (*whole)->prepare({}, {}).ok());
  EXPECT_TRUE(same(2));
}

TEST_F(EngineTest, sameInputGivesTheSamePictureInAnyOrder) {
  const KeyScene scene = keyScene();
  KeySceneOptions moved;
  moved.marker = true;
  const Job job = jobOf({scene.plate, keyScene(moved).plate, scene.plate}, "png");
  auto a = DraftEngine::open(job), b = DraftEngine::open(job);
  ASSERT_TRUE(a.ok() && b.ok());
  ASSERT_TRUE((*a)->prepare({}, {}).ok() && (*b)->prepare({}, {}).ok());
  (void)(*a)->render({0}, {});
  (void)(*a)->render({1}, {});
  const auto first = (*a)->render({2}, {}), second = (*b)->render({2}, {});
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(std::memcmp(first->composite.data(), second->composite.data(), first->composite.sizeBytes()), 0);
}

TEST_F(EngineTest, aFrameMadeAheadIsTheSameAsOneMadeWhenAsked) {
  KeySceneOptions moved;
  moved.marker = true;
  const Picture plain = keyScene().plate, marked = keyScene(moved).plate;
  Job job = jobOf({plain, marked, plain, marked}, "png");
  auto ahead = DraftEngine::open(job), alone = DraftEngine::open(job);
  ASSERT_TRUE(ahead.ok() && alone.ok());
  ASSERT_TRUE((*ahead)->prepare({}, {}).ok() && (*alone)->prepare({}, {}).ok());
  DraftRequest next;
  next.next = 2;
  const auto same = [&](std::int64_t frame, const DraftRequest& request) {
    const auto a = (*ahead)->render({frame}, request), b = (*alone)->render({frame}, {});
    ASSERT_TRUE(a.ok() && b.ok());
    EXPECT_EQ(std::memcmp(a->composite.data(), b->composite.data(), a->composite.sizeBytes()), 0) << "frame " << frame;
  };
  for (const std::int64_t frame : {0, 1, 2, 3, 1, 0}) same(frame, next);  // announced beyond the end and not kept to as well
  EXPECT_TRUE((*ahead)->matteReport({1}).ok());
  same(0, next);
  job.shot.matte[0].key.grow = 3.0;  // what was announced is of other settings now
  ASSERT_TRUE((*ahead)->update(job).ok() && (*alone)->update(job).ok());
  ASSERT_TRUE((*ahead)->prepare({}, {}).ok() && (*alone)->prepare({}, {}).ok());
  same(1, next);
}

/// A shot large enough that repairs are looked for in smaller pictures, and they beside the frame's own matte; a hole comes and goes.
TEST_F(EngineTest, mattesMadeBesideEachOtherAreTheSameInAnyOrderAndAtAnySize) {
  KeySceneOptions options;
  options.size = {1288, 724};
  std::vector<Picture> frames;
  for (int i = 0; i < 5; ++i) {
    options.marker = i % 2 == 1;
    frames.push_back(keyScene(options).plate);
  }
  Job job = jobOf(frames, "png");
  MatteLayer hole;
  hole.id = "hole";
  hole.source = MatteSource::kShape;
  hole.operation = MatteOperation::kSubtract;
  const auto boxAt = [](double left) { return std::vector<MattePoint>{{left, 0.6}, {left + 0.03, 0.6}, {left + 0.03, 0.65}, {left, 0.65}}; };
  hole.shape = {{{1}, boxAt(2.0)}, {{2}, boxAt(0.49)}, {{3}, boxAt(2.0)}};
  job.shot.matte.push_back(hole);
  auto inOrder = DraftEngine::open(job), jumping = DraftEngine::open(job);
  ASSERT_TRUE(inOrder.ok() && jumping.ok());
  ASSERT_TRUE((*inOrder)->prepare({}, {}).ok() && (*jumping)->prepare({}, {}).ok());
  for (const int divisor : {1, 2, 4}) {
    std::vector<DraftFrame> made;
    DraftRequest request;
    request.divisor = divisor, request.matte = true, request.next = 4;
    for (std::int64_t f = 0; f < 5; ++f) {
      auto frame = (*inOrder)->render({f}, request);
      ASSERT_TRUE(frame.ok());
      EXPECT_EQ(frame->repairs.size(), f == 2 ? 1u : 0u) << f;
      made.push_back(std::move(*frame));
    }
    request.next = 0;
    for (const std::size_t f : {2, 4, 1, 3, 0}) {
      const auto frame = (*jumping)->render({static_cast<std::int64_t>(f)}, request);
      ASSERT_TRUE(frame.ok());
      EXPECT_EQ(std::memcmp(frame->composite.data(), made[f].composite.data(), frame->composite.sizeBytes()), 0) << f << ' ' << divisor;
      EXPECT_EQ(std::memcmp(frame->matte.data(), made[f].matte.data(), frame->matte.sizeBytes()), 0) << f << ' ' << divisor;
      EXPECT_EQ(frame->repairs.size(), made[f].repairs.size()) << f;
    }
  }
}

TEST_F(EngineTest, aKeyedFrameStoppedAnywhereLeavesTheNextAsItIs) {
  using Clock = std::chrono::steady_clock;
  KeySceneOptions moved;
  moved.marker = true;
  const Picture plain = keyScene().plate, marked = keyScene(moved).plate;
  const Job job = jobOf({plain, marked, plain, marked}, "png");
  auto engine = DraftEngine::open(job);
  ASSERT_TRUE(engine.ok());
  const auto begun = Clock::now();
  const auto whole = (*engine)->render({2}, {});
  const auto took = Clock::now() - begun;
  ASSERT_TRUE(whole.ok());
  int stopped = 0;
  for (int i = 0; i < 10; ++i) {
    engine = DraftEngine::open(job);
    ASSERT_TRUE(engine.ok());
    DraftRequest request;
    std::thread other([&] {
      std::this_thread::sleep_for(took * i / 10);
      request.stop.request();
    });
    const auto first = (*engine)->render({2}, request);
    other.join();
    EXPECT_TRUE(first.ok() || first.error().code == ErrorCode::kCancelled);
    stopped += first ? 0 : 1;
    const auto next = (*engine)->render({2}, {});
    ASSERT_TRUE(next.ok());
    EXPECT_EQ(std::memcmp(next->composite.data(), whole->composite.data(), whole->composite.sizeBytes()), 0) << i;
  }
  EXPECT_GT(stopped, 2);
}

TEST_F(EngineTest, aFrameAloneIsItsOwnKeyAndAProxyOfItsSizeServesIt) {
  KeySceneOptions other;
  other.cloth = {0.05f, 0.08f, 0.4f};
  const KeyScene scene = keyScene();
  Job job = jobOf({scene.plate, scene.plate, scene.plate, scene.plate}, "png");
  job.shot.repairs.enabled = false;
  job.shot.matte[0].key.temporal = 0.0;
  other.size = {240, 135};
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(writeImage(file("proxy.000" + std::to_string(i) + ".png"), keyScene(other).plate).ok());
  auto engine = DraftEngine::open(job);
  ASSERT_TRUE(engine.ok() && (*engine)->prepare({}, {}).ok());
  const auto picture = [&](std::int64_t frame, int divisor, bool alone, const std::string& proxy) {
    DraftRequest request;
    request.divisor = divisor;
    request.alone = alone;
    request.proxy = proxy;
    auto made = (*engine)->render({frame}, request);
    EXPECT_TRUE(made.ok());
    return made.ok() ? made->composite : Picture();
  };
  const auto same = [](const Picture& a, const Picture& b) { return a.sizeBytes() == b.sizeBytes() && std::memcmp(a.data(), b.data(), a.sizeBytes()) == 0; };
  const std::string proxy = file("proxy.%04d.png"), none = file("none.mov");
  const Picture proxied = picture(3, 2, true, proxy);
  EXPECT_FALSE(same(proxied, picture(3, 2, false, proxy))) << "the proxy shows another subject";
  EXPECT_TRUE(same(picture(2, 2, true, ""), picture(2, 2, false, ""))) << "nothing to steady or repair";
  EXPECT_TRUE(same(picture(2, 1, true, proxy), picture(2, 1, false, proxy))) << "the proxy is too small";
  EXPECT_TRUE(same(picture(1, 2, true, none), picture(1, 2, false, ""))) << "without one the plate serves";
}

TEST_F(EngineTest, plateWithoutScreenNamesThePlateAndTheRemedy) {
  Picture grey(320, 180, 3, SampleType::kU8);
  std::memset(grey.data(), 120, grey.sizeBytes());
  auto engine = DraftEngine::open(jobOf({grey}, "png"));
  ASSERT_TRUE(engine.ok());
  const Status s = (*engine)->prepare({}, {});
  ASSERT_FALSE(s.ok());
  EXPECT_EQ(s.error().code, ErrorCode::kNoScreen);
  EXPECT_NE(s.error().context.find("plate"), std::string::npos);
}

}  // namespace
}  // namespace pai::core
