// SPDX-License-Identifier: GPL-3.0-or-later
// Every media file of the corpus against its index entry.
#include <chrono>
#include <cmath>
#include <numeric>
#include <random>

#include "core/media/image_file.h"
#include <gmock/gmock.h>

#include "media_test_support.h"

namespace pai::core::test {
namespace {

using nlohmann::json;

class Bounded {
 public:
  ~Bounded() {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    EXPECT_LT(seconds, 10.0);
    EXPECT_LT(peakMemoryMiB() - m_memory, 1024.0);
  }

 private:
  std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
  double m_memory = peakMemoryMiB();
};

void expectClear(const Error& error, const std::string& path) {
  EXPECT_EQ(error.context, path);
  EXPECT_FALSE(error.detail.empty());
  EXPECT_EQ(exitCodeOf(error.code), 3) << describe(error);
  EXPECT_EQ(describe(error).find('\n'), std::string::npos);
}

void expectPixel(const Picture& picture, int x, int y, const json& value, double scale, double tolerance) {
  for (std::size_t c = 0; c < value.size(); ++c) {
    if (c < 3 && value.size() == 4 && value[3] == 0) continue;  // colour under alpha 0 may be lost
    EXPECT_NEAR(sampleAt(picture, x, y, static_cast<int>(c)) * scale, value[c].get<double>(), tolerance)
        << "at " << x << "," << y << " channel " << c;
  }
}

void expectPixels(const Picture& picture, const json& pixels, double scale, double tolerance) {
  for (const auto& [place, value] : pixels.items()) {
    const int x = std::stoi(place), y = std::stoi(place.substr(place.find(',') + 1));
    expectPixel(picture, x, y, value, scale, tolerance);
  }
}

void expectCorners(const Picture& picture, const json& corners) {
  ASSERT_EQ(picture.width(), corners["size"][0]);
  ASSERT_EQ(picture.height(), corners["size"][1]);
  const double tolerance = corners["tolerance"];
  const int right = picture.width() - 3, bottom = picture.height() - 3;
  expectPixel(picture, 2, 2, corners["top_left"], 255.0, tolerance);
  expectPixel(picture, right, 2, corners["top_right"], 255.0, tolerance);
  expectPixel(picture, 2, bottom, corners["bottom_left"], 255.0, tolerance);
  expectPixel(picture, right, bottom, corners["bottom_right"], 255.0, tolerance);
}

class ImageCorpus : public testing::TestWithParam<json> {};

TEST_P(ImageCorpus, givesTheExpectedOutcome) {
  const json& entry = GetParam();
  const Bounded bounded;
  const std::string path = corpusPath(entry["file"]);
  const auto picture = readImage(path);
  const std::string expected = entry["expected"];
  if (!picture) {
    EXPECT_NE(expected, "open") << describe(picture.error());
    return expectClear(picture.error(), path);
  }
  EXPECT_NE(expected, "reject with a clear error");
  const auto info = readImageInfo(path);
  ASSERT_OK(info);
  EXPECT_EQ(info->width, picture->width());
  EXPECT_EQ(info->height, picture->height());
  EXPECT_EQ(info->channels, picture->channels());
  if (entry.contains("corners")) expectCorners(*picture, entry["corners"]);
  const double tolerance = entry.value("tolerance", 0.01);
  if (entry.contains("pixels")) expectPixels(*picture, entry["pixels"], 255.0, tolerance);
  if (entry.contains("pixels16")) expectPixels(*picture, entry["pixels16"], 65535.0, 0.01);
  if (entry.contains("pixels_linear")) {
    EXPECT_EQ(picture->colour.transfer, ColourTags::Transfer::kLinear);
    expectPixels(*picture, entry["pixels_linear"], 1.0, 1e-6);
  }
}

class VideoCorpus : public testing::TestWithParam<json> {};

std::unique_ptr<ClipReader> opened(const std::string& path, ReadOptions options = {}) {
  auto reader = ClipReader::open(path, options);
  EXPECT_TRUE(reader.ok()) << describe(reader.error());
  return reader ? std::move(*reader) : nullptr;
}

TEST_P(VideoCorpus, givesTheExpectedOutcome) {
  const json& entry = GetParam();
  const Bounded bounded;
  const std::string path = corpusPath(entry["file"]);
  const std::string expected = entry["expected"];
  auto reader = ClipReader::open(path);
  if (!reader) {
    EXPECT_NE(expected, "open") << describe(reader.error());
    return expectClear(reader.error(), path);
  }
  EXPECT_NE(expected, "reject with a clear error");
  const ClipInfo& info = (*reader)->info();
  if (entry.contains("frames")) {
    EXPECT_EQ(info.frames, entry["frames"]);
  }
  if (entry.contains("size")) {
    EXPECT_EQ(info.width, entry["size"][0]);
    EXPECT_EQ(info.height, entry["size"][1]);
  }
  if (entry.contains("size_shown")) {
    EXPECT_EQ(info.width, entry["size_shown"][0]);
    EXPECT_EQ(info.height, entry["size_shown"][1]);
  }
  if (entry.contains("rate")) {
    EXPECT_EQ(info.rate.num(), entry["rate"][0]);
    EXPECT_EQ(info.rate.den(), entry["rate"][1]);
  }
  if (entry.contains("pixel_aspect")) {
    EXPECT_EQ(info.pixelAspectNum, entry["pixel_aspect"][0]);
    EXPECT_EQ(info.pixelAspectDen, entry["pixel_aspect"][1]);
  }
  ASSERT_EQ(static_cast<std::int64_t>(info.frameTimes.size()), info.frames);
  EXPECT_TRUE(std::is_sorted(info.frameTimes.begin(), info.frameTimes.end()));
  for (std::int64_t frame = 0; frame < info.frames; ++frame) {
    const auto picture = (*reader)->read({frame});
    ASSERT_OK(picture);
    EXPECT_EQ((*picture)->width(), info.width);
    EXPECT_EQ((*picture)->height(), info.height);
  }
}

/// Clips that show their number: file, first number shown.
class FrameCodes : public testing::TestWithParam<json> {};

TEST_P(FrameCodes, readBackForwardBackwardAndAtRandom) {
  const json& entry = GetParam();
  const int first = entry.value("first_frame", 0);
  for (const std::size_t cacheBytes : {std::size_t{128} << 20, std::size_t{1}}) {  // a whole cache and hardly any
    ReadOptions options;
    options.cacheBytes = cacheBytes;
    const auto reader = opened(corpusPath(entry["file"]), options);
    ASSERT_TRUE(reader);
    const std::int64_t frames = reader->info().frames;
    std::vector<std::int64_t> order(static_cast<std::size_t>(frames));
    std::iota(order.begin(), order.end(), 0);
    for (std::int64_t frame = frames - 1; frame >= 0; --frame) order.push_back(frame);
    std::mt19937 random(7);
    for (int i = 0; i < 100; ++i) order.push_back(static_cast<std::int64_t>(random() % static_cast<unsigned>(frames)));
    for (const std::int64_t frame : order) {
      const auto picture = reader->read({frame});
      ASSERT_OK(picture);
      ASSERT_EQ(frameCode(**picture), first + frame) << "asked for " << frame;
    }
  }
}

std::vector<json> codedClips() {
  std::vector<json> clips;
  for (const json& entry : corpusEntries("video"))
    if (entry.contains("frame_code") && entry.contains("frames")) clips.push_back(entry);
  return clips;
}

std::string nameOf(const testing::TestParamInfo<json>& info) {
  std::string name = info.param["file"];
  name = name.substr(name.find('/') + 1);
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Corpus, ImageCorpus, testing::ValuesIn(corpusEntries("image")), nameOf);
INSTANTIATE_TEST_SUITE_P(Corpus, VideoCorpus, testing::ValuesIn(corpusEntries("video")), nameOf);
INSTANTIATE_TEST_SUITE_P(Corpus, FrameCodes, testing::ValuesIn(codedClips()), nameOf);

TEST(VideoCorpusValues, fixedPatchesAreWithinTwoLevels) {
  for (const char* file : {"video/colour_bt601_limited.mp4", "video/colour_bt709_limited.mp4", "video/colour_bt709_full.mp4"}) {
    SCOPED_TRACE(file);
    const json entry = corpusEntry(file);
    for (const SampleType type : {SampleType::kU8, SampleType::kU16, SampleType::kF32}) {
      ReadOptions options;
      options.type = type;
      const auto reader = opened(corpusPath(file), options);
      ASSERT_TRUE(reader);
      const auto picture = reader->read({3});
      ASSERT_OK(picture);
      for (const json& patch : entry["patches"])
        expectPixel(**picture, patch["centre"][0], patch["centre"][1], patch["rgb"], 255.0,
                    type == SampleType::kF32 ? 3.0 : 2.0);  // float keeps what lies outside 0..255
    }
  }
}

TEST(VideoCorpusValues, damageIsToldAndLeavesOtherFramesAlone) {
  const json entry = corpusEntry("video/corrupt_middle.mp4");
  for (const bool backward : {false, true}) {
    const auto reader = opened(corpusPath("video/corrupt_middle.mp4"));
    ASSERT_TRUE(reader);
    ASSERT_EQ(reader->info().frames, entry["frames_declared"]);
    std::vector<int> codes(static_cast<std::size_t>(reader->info().frames));
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const std::size_t frame = backward ? codes.size() - 1 - i : i;
      const auto picture = reader->read({static_cast<std::int64_t>(frame)});
      ASSERT_OK(picture);
      codes[frame] = frameCode(**picture);
    }
    for (int i = 0; i < entry["intact_first_frames"]; ++i) EXPECT_EQ(codes[static_cast<std::size_t>(i)], i);
    for (int i = 0; i < entry["intact_last_frames"]; ++i) EXPECT_EQ(codes[codes.size() - 1 - static_cast<std::size_t>(i)], 39 - i);
    EXPECT_FALSE(reader->info().warnings.empty());
  }
}

TEST(VideoCorpusValues, variableRateKeepsTheTimesOfItsFrames) {
  const json entry = corpusEntry("video/vfr.mp4");
  const auto reader = opened(corpusPath("video/vfr.mp4"));
  ASSERT_TRUE(reader);
  EXPECT_TRUE(reader->info().variableRate);
  EXPECT_EQ(reader->info().rate.text(), "25");
  for (std::size_t i = 0; i < reader->info().frameTimes.size(); ++i)
    EXPECT_NEAR(reader->info().frameTimes[i], entry["frame_times"][i].get<double>(), 0.0011);
}

TEST(VideoCorpusValues, dropFrameTimecodeCountsAcrossTheMinute) {
  const json entry = corpusEntry("video/drop_frame_2997.mov");
  const auto reader = opened(corpusPath("video/drop_frame_2997.mov"));
  ASSERT_TRUE(reader);
  ASSERT_TRUE(reader->info().startTimecode);
  for (const auto& [frame, text] : entry["timecodes"].items()) {
    Timecode timecode = *reader->info().startTimecode;
    timecode.frames += std::stoi(frame);
    EXPECT_EQ(timecode.text(reader->info().rate), text);
  }
}

TEST(VideoCorpusValues, displayMatrixTurnsThePicture) {
  const json shown = corpusEntry("video/rotated_90.mp4")["luma_shown"];
  const auto reader = opened(corpusPath("video/rotated_90.mp4"));
  ASSERT_TRUE(reader);
  const auto picture = reader->read({0});
  ASSERT_OK(picture);
  EXPECT_NEAR(sampleAt(**picture, 8, 16, 1) * 255.0, shown["top_left"].get<double>(), 3.0);
  EXPECT_NEAR(sampleAt(**picture, 24, 16, 1) * 255.0, shown["top_right"].get<double>(), 3.0);
  EXPECT_NEAR(sampleAt(**picture, 8, 48, 1) * 255.0, shown["bottom_left"].get<double>(), 3.0);
  EXPECT_NEAR(sampleAt(**picture, 24, 48, 1) * 255.0, shown["bottom_right"].get<double>(), 3.0);
}

TEST(VideoCorpusValues, tenBitsAreKept) {
  const json entry = corpusEntry("video/hevc_10bit.mp4");
  const auto reader = opened(corpusPath("video/hevc_10bit.mp4"));
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->info().bitsPerComponent, 10);
  const auto planes = reader->readYuv({2});
  ASSERT_OK(planes);
  ASSERT_EQ((*planes)->bitDepth, 10);
  const auto* row = reinterpret_cast<const std::uint16_t*>((*planes)->planes[0] + 20 * (*planes)->strides[0]);
  for (const auto& [column, value] : entry["luma10"].items()) {
    const int expected = value.get<int>();
    EXPECT_NEAR(row[std::stoi(column)], expected, entry["tolerance"].get<double>());
  }
}

TEST(VideoCorpusValues, alphaOfProRes4444IsRead) {
  const json entry = corpusEntry("video/prores_4444_alpha.mov");
  ReadOptions options;
  options.type = SampleType::kU16;
  const auto reader = opened(corpusPath("video/prores_4444_alpha.mov"), options);
  ASSERT_TRUE(reader);
  EXPECT_TRUE(reader->info().hasAlpha);
  const auto picture = reader->read({1});
  ASSERT_OK(picture);
  ASSERT_EQ((*picture)->channels(), 4);
  for (const auto& [column, alpha] : entry["alpha_columns"].items())
    EXPECT_NEAR(sampleAt(**picture, std::stoi(column), 24, 3), alpha.get<double>(), entry["tolerance_alpha"].get<double>());
}

TEST(VideoCorpusValues, interlacedIsTold) {
  const auto reader = opened(corpusPath("video/interlaced_tff.mp4"));
  ASSERT_TRUE(reader);
  EXPECT_TRUE(reader->info().interlaced);
  EXPECT_TRUE(reader->info().topFieldFirst);
  ASSERT_FALSE(reader->info().warnings.empty());
}

TEST(VideoCorpusValues, oddSizeLosesNothing) {
  const auto reader = opened(corpusPath("video/odd_35x27.mp4"));
  ASSERT_TRUE(reader);
  const auto picture = reader->read({0});
  ASSERT_OK(picture);
  EXPECT_EQ((*picture)->width(), 35);
  EXPECT_EQ((*picture)->height(), 27);
}

TEST(VideoCorpusValues, errorsSayWhatIsWrong) {
  const auto detail = [](const char* file) {
    const auto reader = ClipReader::open(corpusPath(file));
    return reader.ok() ? std::string("opened") : describe(reader.error());
  };
  EXPECT_THAT(detail("video/truncated_no_moov.mp4"), testing::HasSubstr("not finished"));
  EXPECT_THAT(detail("video/audio_only.mp4"), testing::HasSubstr("no picture"));
  EXPECT_THAT(detail("video/size_100000.y4m"), testing::HasSubstr("100000 x 100000"));
  EXPECT_THAT(detail("video/zero_frames.mp4"), testing::HasSubstr("no frame"));
  const auto missing = ClipReader::open("/nowhere/clip.mp4");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kFileMissing);
}

}  // namespace
}  // namespace pai::core::test
