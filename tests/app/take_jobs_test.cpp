// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs that are made of takes, through the real worker: splices, and finishing again what was generated.
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "core/base/collect_files.h"
#include "core/base/hash.h"
#include "core/base/safetensors.h"
#include "core/base/takes.h"
#include "core/media/clip_reader.h"
#include "core/media/clip_writer.h"
#include "core/media/colour_transfer.h"
#include "core/media/image_file.h"
#include "core/render/job_launcher.h"
#include "core/render/job_seed.h"

namespace pai::core {
namespace {

namespace fs = std::filesystem;

constexpr int kWidth = 160, kHeight = 96;

class TakeJobsTest : public ::testing::Test {
 protected:
  TakeJobsTest() {
    std::string name = (fs::temp_directory_path() / "pai-takes-XXXXXX").string();
    m_folder = ::mkdtemp(name.data());
    m_options.workerPath = std::string(PAI_BIN_DIR) + "/pai-worker";
    m_options.inferPath = "/bin/false";
  }
  ~TakeJobsTest() override {
    std::error_code code;
    fs::remove_all(m_folder, code);
  }
  std::string path(const std::string& name) const { return m_folder + "/" + name; }

  /// A clip of slow ramps whose colours say which it is.
  std::string writeClip(const std::string& name, int frames, int red, int width = kWidth, Codec codec = Codec::kH264) {
    WriteOptions options;
    options.codec = codec;
    options.width = width;
    options.height = kHeight;
    options.rate = *FrameRate::make(24, 1);
    options.colour.matrix = ColourTags::Matrix::kBt709;
    auto writer = ClipWriter::create(path(name), options);
    EXPECT_TRUE(writer.ok());
    for (int f = 0; f < frames; ++f) {
      Picture picture(width, kHeight, 3, SampleType::kU8);
      for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < width; ++x) {
          auto* p = picture.row<std::uint8_t>(y) + 3 * x;
          p[0] = static_cast<std::uint8_t>(red);
          p[1] = static_cast<std::uint8_t>(40 + (x + 2 * f) % 128);
          p[2] = static_cast<std::uint8_t>(60 + y);
        }
      EXPECT_TRUE((*writer)->write(picture).ok());
    }
    EXPECT_TRUE((*writer)->finish().ok());
    return path(name);
  }
  std::vector<PicturePtr> readAll(const std::string& file) {
    std::vector<PicturePtr> pictures;
    auto reader = ClipReader::open(file);
    EXPECT_TRUE(reader.ok()) << (reader.ok() ? "" : describe(reader.error()));
    for (std::int64_t i = 0; reader.ok() && i < (*reader)->info().frames; ++i) pictures.push_back(*(*reader)->read({i}));
    return pictures;
  }
  Job jobTo(const std::string& output) {
    Job job;
    job.name = "spliced";
    job.shot.id = "shot1";
    job.shot.name = "shot";
    job.shot.plate = "plate";
    job.output = path(output);
    job.preset = output.ends_with(".mkv") ? "ffv1" : "";
    return job;
  }
  JobOutcome run(const Job& job, const JobSeed& seed, const std::string& folder) {
    auto directory = JobDirectory::create(path(folder), job);
    EXPECT_TRUE(directory.ok());
    if (Status s = plantSeed(*directory, seed); !s) return {JobState::kFailed, {}, s.error()};
    auto run = JobRun::start(path(folder), m_options, {});
    return run.ok() ? (*run)->wait() : JobOutcome{JobState::kFailed, {}, run.error()};
  }
  std::string m_folder;
  LaunchOptions m_options;
};

bool sameRow(const Picture& a, const Picture& b, int y, int from, int to) {
  return std::memcmp(a.row<std::uint8_t>(y) + 3 * from, b.row<std::uint8_t>(y) + 3 * from, static_cast<std::size_t>(3 * (to - from))) == 0;
}

bool same(const Picture& a, const Picture& b) {
  for (int y = 0; y < a.height(); ++y)
    if (!sameRow(a, b, y, 0, a.width())) return false;
  return true;
}

TEST_F(TakeJobsTest, aSpliceInTimeLeavesEveryOtherFrameBitByBit) {
  Splice splice;
  splice.base = {"take1", writeClip("base.mp4", 20, 40), {0}, {}};
  splice.insert = SpliceTake{"take2", writeClip("insert.mp4", 10, 200), {5}, {}};
  splice.range = {{7}, {13}};
  splice.featherFrames = 2;
  const JobOutcome outcome = run(jobTo("out.mkv"), {splice, {}}, "job");
  ASSERT_EQ(outcome.state, JobState::kSucceeded) << describe(outcome.error.value_or(Error{}));
  const auto base = readAll(path("base.mp4")), insert = readAll(path("insert.mp4")), out = readAll(path("out.mkv"));
  ASSERT_EQ(out.size(), 20u);
  for (std::size_t f = 0; f < out.size(); ++f) {
    if (f < 7 || f >= 13) {
      EXPECT_TRUE(same(*out[f], *base[f])) << f;
    }
  }
  for (const std::size_t f : {std::size_t{9}, std::size_t{10}}) EXPECT_TRUE(same(*out[f], *insert[f - 5])) << f;
  // The dissolve: a third and two thirds of the way.
  const auto redOf = [](const Picture& p) { return p.row<std::uint8_t>(50)[3 * 80]; };
  for (const auto& [f, weight] : {std::pair{std::size_t{7}, 1 / 3.0}, {std::size_t{8}, 2 / 3.0}, {std::size_t{11}, 2 / 3.0}, {std::size_t{12}, 1 / 3.0}})
    EXPECT_NEAR(redOf(*out[f]), redOf(*base[f]) + weight * (redOf(*insert[f - 5]) - redOf(*base[f])), 1.0) << f;
}

TEST_F(TakeJobsTest, aSpliceByARegionLeavesEverythingOutsideItAndItsFeather) {
  Splice splice;
  splice.base = {"take1", writeClip("base.mp4", 6, 40), {0}, {}};
  splice.insert = SpliceTake{"take2", writeClip("insert.mp4", 6, 200), {0}, {}};
  splice.range = {{0}, {6}};
  MatteLayer region;
  region.id = "matte1";
  region.source = MatteSource::kShape;
  region.shape = {{{0}, {{0.0, 0.0}, {0.5, 0.0}, {0.5, 1.0}, {0.0, 1.0}}}};
  splice.region = region;
  splice.featherPixels = 16.0;
  const JobOutcome outcome = run(jobTo("out.mkv"), {splice, {}}, "job");
  ASSERT_EQ(outcome.state, JobState::kSucceeded) << describe(outcome.error.value_or(Error{}));
  const auto base = readAll(path("base.mp4")), insert = readAll(path("insert.mp4")), out = readAll(path("out.mkv"));
  ASSERT_EQ(out.size(), 6u);
  for (std::size_t f = 0; f < out.size(); ++f)
    for (int y = 0; y < kHeight; ++y) {
      EXPECT_TRUE(sameRow(*out[f], *base[f], y, 80 + 8, kWidth)) << f << " " << y;
      EXPECT_TRUE(sameRow(*out[f], *insert[f], y, 0, 80 - 9)) << f << " " << y;
      int last = 255;
      for (int x = 72; x < 88; ++x) {
        const int red = out[f]->row<std::uint8_t>(y)[3 * x];
        EXPECT_LE(red, last + 3) << f << " " << x << " " << y;
        last = red;
      }
    }
}

TEST_F(TakeJobsTest, theSameSpliceTwiceIsTheSameFileAndItsRecordNamesBothTakes) {
  Splice splice;
  splice.base = {"take1", writeClip("base.mp4", 8, 40), {0}, {}};
  splice.insert = SpliceTake{"take2", writeClip("insert.mp4", 8, 200), {0}, {}};
  splice.range = {{2}, {6}};
  ASSERT_EQ(run(jobTo("a.mkv"), {splice, {}}, "job1").state, JobState::kSucceeded);
  ASSERT_EQ(run(jobTo("b.mkv"), {splice, {}}, "job2").state, JobState::kSucceeded);
  EXPECT_EQ(*sha256File(path("a.mkv")), *sha256File(path("b.mkv")));
  std::ifstream file(path("a.mkv.json"));
  const nlohmann::json record = nlohmann::json::parse(file);
  EXPECT_EQ(record["engine"], "splice");
  EXPECT_EQ(record["splice"]["base"]["sha256"], *sha256File(path("base.mp4")));
  EXPECT_EQ(record["splice"]["insert"]["sha256"], *sha256File(path("insert.mp4")));
  EXPECT_EQ(record["outputs"][0]["sha256"], *sha256File(path("a.mkv")));
}

TEST_F(TakeJobsTest, withoutAnInsertThePartThatIsAskedForIsDelivered) {
  Splice splice;
  splice.base = {"take1", writeClip("base.mkv", 12, 40, kWidth, Codec::kFfv1), {3}, {}};
  Job job = jobTo("frame.%04d.png");
  job.range = FrameRange{{5}, {9}};
  job.shot.range = {{100}, {120}};
  const JobOutcome outcome = run(job, {splice, {}}, "job");
  ASSERT_EQ(outcome.state, JobState::kSucceeded) << describe(outcome.error.value_or(Error{}));
  const auto base = readAll(path("base.mkv"));
  for (int f = 5; f < 9; ++f) {
    const auto picture = readImage(path("frame.0" + std::to_string(100 + f) + ".png"));
    ASSERT_TRUE(picture.ok()) << f;
    EXPECT_TRUE(same(*picture, *base[static_cast<std::size_t>(f - 3)])) << f;
  }
}

TEST_F(TakeJobsTest, aSplicedTakeIsDeliveredInTheColourSpaceThatIsAskedFor) {
  Splice splice;
  splice.base = {"take1", writeClip("base.mkv", 2, 120, kWidth, Codec::kFfv1), {0}, {}};
  const auto base = readAll(path("base.mkv"));
  const auto codeAt = [&](int c) { return static_cast<float>(base[1]->row<std::uint8_t>(50)[3 * 80 + c]) / 255.0f; };
  Job job = jobTo("linear.%04d.exr");
  JobOutcome outcome = run(job, {splice, {}}, "job1");
  ASSERT_EQ(outcome.state, JobState::kSucceeded) << describe(outcome.error.value_or(Error{}));
  auto picture = readImage(path("linear.0001.exr"));
  ASSERT_TRUE(picture.ok());
  for (int c = 0; c < 3; ++c)
    EXPECT_NEAR(picture->row<float>(50)[3 * 80 + c], linearOf(codeAt(c), ColourTags::Transfer::kBt709), 0.003) << "EXR is linear";
  job = jobTo("coded.%04d.png");
  job.colourSpace = "srgb";
  outcome = run(job, {splice, {}}, "job2");
  ASSERT_EQ(outcome.state, JobState::kSucceeded) << describe(outcome.error.value_or(Error{}));
  picture = readImage(path("coded.0001.png"));
  ASSERT_TRUE(picture.ok());
  const Picture wide = withType(*picture, SampleType::kF32);
  for (int c = 0; c < 3; ++c)
    EXPECT_NEAR(wide.row<float>(50)[3 * 80 + c], codedOf(linearOf(codeAt(c), ColourTags::Transfer::kBt709), ColourTags::Transfer::kSrgb), 0.003);
  job = jobTo("no.mkv");
  job.colourSpace = "nothing of this name";
  outcome = run(job, {splice, {}}, "job3");
  ASSERT_EQ(outcome.state, JobState::kFailed);
  EXPECT_EQ(outcome.error->code, ErrorCode::kFieldInvalid);
}

TEST_F(TakeJobsTest, takesOfTwoColourSpacesAreJoinedInTheBases) {
  Splice splice;
  splice.base = {"take1", writeClip("base.mkv", 6, 40, kWidth, Codec::kFfv1), {0}, {}};
  splice.insert = SpliceTake{"take2", writeClip("insert.mkv", 6, 120, kWidth, Codec::kFfv1), {0}, "srgb"};
  splice.range = {{2}, {4}};
  const JobOutcome outcome = run(jobTo("out.mkv"), {splice, {}}, "job");
  ASSERT_EQ(outcome.state, JobState::kSucceeded) << describe(outcome.error.value_or(Error{}));
  const auto base = readAll(path("base.mkv")), insert = readAll(path("insert.mkv")), out = readAll(path("out.mkv"));
  for (const std::size_t f : {std::size_t{0}, std::size_t{1}, std::size_t{4}, std::size_t{5}}) EXPECT_TRUE(same(*out[f], *base[f])) << f;
  const float code = static_cast<float>(insert[2]->row<std::uint8_t>(50)[3 * 80]) / 255.0f;
  EXPECT_NEAR(static_cast<float>(out[2]->row<std::uint8_t>(50)[3 * 80]) / 255.0f,
              codedOf(linearOf(code, ColourTags::Transfer::kSrgb), ColourTags::Transfer::kBt709), 0.006);
}

TEST_F(TakeJobsTest, takesThatDoNotFitSayWhatToDo) {
  Splice splice;
  splice.base = {"take1", writeClip("base.mp4", 6, 40), {0}, {}};
  splice.insert = SpliceTake{"take2", writeClip("small.mp4", 6, 200, 128), {0}, {}};
  splice.range = {{0}, {6}};
  JobOutcome outcome = run(jobTo("out.mkv"), {splice, {}}, "job1");
  ASSERT_EQ(outcome.state, JobState::kFailed);
  EXPECT_EQ(outcome.error->code, ErrorCode::kSizeMismatch);
  EXPECT_NE(outcome.error->detail.find("160 x 96 and 128 x 96"), std::string::npos) << outcome.error->detail;
  EXPECT_FALSE(fs::exists(path("out.mkv")));
  splice.insert = SpliceTake{"take2", writeClip("late.mp4", 3, 200), {4}, {}};
  outcome = run(jobTo("out.mkv"), {splice, {}}, "job2");
  ASSERT_EQ(outcome.state, JobState::kFailed);
  EXPECT_EQ(outcome.error->code, ErrorCode::kFieldInvalid);
}

TEST(SpliceFile, comesBackAsItWentOutAndRefusesWhatIsNone) {
  Splice splice;
  splice.base = {"take1", "/a.mp4", {3}, {}};
  splice.insert = SpliceTake{"take2", "/b.mp4", {5}, "pq"};
  splice.range = {{7}, {13}};
  splice.featherFrames = 2;
  splice.featherPixels = 12.5;
  MatteLayer region;
  region.id = "matte1";
  region.source = MatteSource::kShape;
  region.enabled = false;
  region.shape = {{{0}, {{0.0, 0.0}, {0.5, 0.0}, {0.5, 1.0}}}};
  splice.region = region;
  const auto back = parseSplice(spliceJson(splice).dump(), "splice.json");
  ASSERT_TRUE(back.ok()) << describe(back.error());
  EXPECT_EQ(*back, splice);
  for (const char* broken : {"[]", "{}", R"({"version": 1})", R"({"version": 9, "base": {"take": "", "path": "/a", "begin": 0}})",
                             R"({"version": 1, "base": {"take": "", "path": "a.mp4", "begin": 0}, "range": {"begin": 0, "end": 1}, "feather_frames": 0, "feather_pixels": 0})",
                             R"({"version": 1, "base": {"take": "", "path": "/a", "begin": 0}, "range": {"begin": 0, "end": 1}, "feather_frames": -1, "feather_pixels": 0})"})
    EXPECT_FALSE(parseSplice(broken, "splice.json").ok()) << broken;
}

/// A job directory as a pack's generate stage leaves it: `frames` grey-blue pictures.
void makeGenerated(const std::string& folder, Job job, int frames) {
  job.engine = "/packs/none";
  auto directory = JobDirectory::create(folder, job);
  ASSERT_TRUE(directory.ok());
  const std::vector<std::int64_t> crop{frames, kHeight, kWidth};
  ASSERT_TRUE(writeSafetensors(directory->plainPath(JobFolder::kInput, kPreparedFile), {{"crop", TensorType::kI64, {3}, std::as_bytes(std::span(crop))}}).ok());
  std::vector<float> video(static_cast<std::size_t>(3 * frames * kWidth * kHeight));
  for (std::size_t i = 0; i < video.size(); ++i) video[i] = i < video.size() / 3 ? -0.4f : i < 2 * video.size() / 3 ? -0.1f : 0.5f;
  ASSERT_TRUE(writeSafetensors(directory->plainPath(JobFolder::kLatents, kGeneratedFile),
                               {{"video", TensorType::kF32, {3, frames, kHeight, kWidth}, std::as_bytes(std::span(video))}}).ok());
}

/// A plate of a striped subject, whose stripes no generation has, and the job that keys it.
void writeStriped(const std::string& file, int frames) {
  WriteOptions options;
  options.codec = Codec::kFfv1;
  options.width = kWidth;
  options.height = kHeight;
  options.rate = *FrameRate::make(24, 1);
  auto writer = ClipWriter::create(file, options);
  for (int f = 0; f < frames; ++f) {
    Picture picture(kWidth, kHeight, 3, SampleType::kU8);
    for (int y = 0; y < kHeight; ++y)
      for (int x = 0; x < kWidth; ++x) {
        auto* p = picture.row<std::uint8_t>(y) + 3 * x;
        const bool subject = x > 60 && x < 100 && y > 20;
        p[0] = subject ? (x % 16 < 8 ? 140 : 230) : 40;
        p[1] = subject ? 140 : 175;
        p[2] = subject ? 120 : 70;
      }
    ASSERT_TRUE((*writer)->write(picture).ok());
  }
  ASSERT_TRUE((*writer)->finish().ok());
}

Job stripedJob(Job job, const std::string& plate, int frames) {
  job.engine = "none";
  job.shot.range = {{0}, {frames}};
  job.media = {{"plate", plate, "", ""}};
  MatteLayer key;
  key.id = "matte1";
  job.shot.matte = {key};
  return job;
}

TEST_F(TakeJobsTest, finishingAgainSamplesNothingAndFollowsTheMatte) {
  const int frames = 6;
  writeStriped(path("plate.mkv"), frames);
  Job job = stripedJob(jobTo("first.mkv"), path("plate.mkv"), frames);
  makeGenerated(path("earlier"), job, frames);
  JobOutcome outcome = run(job, {std::nullopt, path("earlier")}, "job1");
  ASSERT_EQ(outcome.state, JobState::kSucceeded) << describe(outcome.error.value_or(Error{}));
  job.output = path("second.mkv");
  MatteLayer garbage;
  garbage.id = "matte2";
  garbage.source = MatteSource::kShape;
  garbage.operation = MatteOperation::kSubtract;
  garbage.shape = {{{0}, {{0.0, 0.0}, {1.0, 0.0}, {1.0, 1.0}, {0.0, 1.0}}}};
  job.shot.matte.push_back(garbage);
  outcome = run(job, {std::nullopt, path("earlier")}, "job2");
  ASSERT_EQ(outcome.state, JobState::kSucceeded) << describe(outcome.error.value_or(Error{}));
  const auto first = readAll(path("first.mkv")), second = readAll(path("second.mkv"));
  ASSERT_EQ(first.size(), 6u);
  // The subject is in the first; in the second all of it is garbage, and only what was generated is left.
  const auto contrast = [](const Picture& p) { return std::abs(p.row<std::uint8_t>(60)[3 * 84] - p.row<std::uint8_t>(60)[3 * 76]); };
  EXPECT_GT(contrast(*first[3]), 20);
  EXPECT_LT(contrast(*second[3]), 6);
  EXPECT_LT(std::abs(first[3]->row<std::uint8_t>(60)[3 * 10] - second[3]->row<std::uint8_t>(60)[3 * 10]), 6);
  fs::remove_all(path("earlier"));
  job.output = path("third.mkv");
  outcome = run(job, {std::nullopt, path("earlier")}, "job3");
  EXPECT_EQ(outcome.state, JobState::kFailed);
}

TEST_F(TakeJobsTest, aCollectedProjectFinishesAgainWhenTheFirstOneIsGone) {
  const int frames = 4;
  fs::create_directories(path("there"));
  fs::create_directories(path("here"));
  writeStriped(path("there/plate.mkv"), frames);
  Job job = stripedJob(jobTo("there/v001.mkv"), path("there/plate.mkv"), frames);
  makeGenerated(path("there/earlier"), job, frames);
  ASSERT_EQ(run(job, {std::nullopt, path("there/earlier")}, "there/again").state, JobState::kSucceeded);
  const auto before = readAll(path("there/v001.mkv"));
  const std::string film = path("there/film.pai");
  for (const char* folder : {"there/earlier", "there/again", "there/swept"}) {  // nothing of the last is kept any more
    Take take;
    take.shot = job.shot;
    take.engine = "none";
    take.output = job.output;
    take.jobFolder = path(folder);
    ASSERT_TRUE(appendTake(film, take).ok());
  }
  Project project;
  Media plate;
  plate.id = "plate";
  plate.path = path("there/plate.mkv");
  project.media = {plate};
  std::vector<std::string> warnings;
  std::int64_t once = 0;
  for (const std::string& file : refinishFiles(path("there/earlier"))) once += static_cast<std::int64_t>(fs::file_size(file));
  once += static_cast<std::int64_t>(fs::file_size(path("there/again/job.json")));
  std::int64_t others = 0;
  for (const std::string& file : takeFiles(job.output)) others += static_cast<std::int64_t>(fs::file_size(file));
  others += static_cast<std::int64_t>(fs::file_size(path("there/plate.mkv")));
  EXPECT_EQ(collectedBytes(project, path("there"), film), once + others) << "what was generated is one file of two jobs";
  const auto collected = collectMedia(project, path("there"), path("here"), warnings);
  ASSERT_TRUE(collected.ok());
  ASSERT_TRUE(collectTakes(film, path("here/film.pai"), warnings).ok());
  EXPECT_TRUE(warnings.empty()) << warnings.front();
  fs::remove_all(path("there"));

  const auto ledger = loadTakes(path("here/film.pai"));
  ASSERT_TRUE(ledger.ok());
  ASSERT_EQ(ledger->takes.size(), 3u);
  EXPECT_EQ(ledger->takes[0].jobFolder, "film_takes/jobs/earlier");
  EXPECT_TRUE(fs::equivalent(path("here/film_takes/jobs/earlier/latents/video.safetensors"), path("here/film_takes/jobs/again/latents/video.safetensors")));
  EXPECT_EQ(ledger->takes[2].jobFolder, path("there/swept"));
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string output = "here/again" + std::to_string(i) + ".mkv";
    Job again = stripedJob(jobTo(output), path("here/" + collected->media.front().path), frames);
    const JobOutcome outcome = run(again, {std::nullopt, path("here/" + ledger->takes[i].jobFolder)}, "here/job" + std::to_string(i));
    ASSERT_EQ(outcome.state, JobState::kSucceeded) << describe(outcome.error.value_or(Error{}));
    const auto after = readAll(path(output));
    ASSERT_EQ(after.size(), before.size());
    for (std::size_t f = 0; f < after.size(); ++f) EXPECT_TRUE(same(*after[f], *before[f])) << f;
  }
  // Collected once more, from where it lies now; and saved elsewhere under another name, which names the same files.
  fs::create_directories(path("third"));
  ASSERT_TRUE(collectTakes(path("here/film.pai"), path("third/film.pai"), warnings).ok());
  EXPECT_TRUE(holdsGeneration(path("third/" + loadTakes(path("third/film.pai"))->takes[1].jobFolder)));
  ASSERT_TRUE(copyTakes(path("here/film.pai"), path("third/copy.pai")).ok());
  EXPECT_EQ(loadTakes(path("third/copy.pai"))->takes[0].jobFolder, path("here/film_takes/jobs/earlier"));
}

}  // namespace
}  // namespace pai::core
