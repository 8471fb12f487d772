// SPDX-License-Identifier: GPL-3.0-or-later
#include <malloc.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "media_test_support.h"

namespace pai::core::test {
namespace {

std::unique_ptr<ClipReader> reopened(const std::string& path, SampleType type) {
  ReadOptions options;
  options.type = type;
  auto reader = ClipReader::open(path, options);
  EXPECT_TRUE(reader.ok()) << describe(reader.error());
  return reader ? std::move(*reader) : nullptr;
}

std::string bytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Delivery {
  Codec codec;
  const char* ending;
  SampleType type;
  bool alpha;
  double leastPsnr;  // 200: exact
};
std::ostream& operator<<(std::ostream& out, const Delivery& d) { return out << d.ending << " " << static_cast<int>(d.codec); }

class RoundTrip : public testing::TestWithParam<Delivery> {};

TEST_P(RoundTrip, keepsPicturesFramesTagsAndAlpha) {
  const Delivery& d = GetParam();
  const TemporaryFolder folder;
  const std::string path = folder.path(std::string("out") + d.ending);
  WriteOptions options = optionsFor(d.codec, 128, 96);
  options.alpha = d.alpha;
  auto writer = ClipWriter::create(path, options);
  ASSERT_OK(writer);
  constexpr int kFrames = 9;
  for (int i = 0; i < kFrames; ++i) {
    Picture picture = rampPicture(128, 96, d.alpha ? 4 : 3, d.type, 3 * i);
    if (d.codec == Codec::kExr) picture.colour.transfer = ColourTags::Transfer::kLinear;
    ASSERT_OK((*writer)->write(picture));
  }
  ASSERT_OK((*writer)->finish());
  const auto reader = reopened(path, d.type);
  ASSERT_TRUE(reader);
  const ClipInfo& info = reader->info();
  EXPECT_EQ(info.frames, kFrames);
  EXPECT_EQ(info.rate, options.rate);
  EXPECT_EQ(info.hasAlpha, d.alpha);
  EXPECT_FALSE(info.interlaced);
  EXPECT_FALSE(info.variableRate);
  EXPECT_TRUE(info.warnings.empty()) << info.warnings.front();
  if (d.codec != Codec::kPng && d.codec != Codec::kExr && d.codec != Codec::kFfv1) {
    EXPECT_EQ(info.colour, options.colour);
  }
  for (int i = 0; i < kFrames; ++i) {
    const auto picture = reader->read({i});
    ASSERT_OK(picture);
    const Picture wanted = rampPicture(128, 96, d.alpha ? 4 : 3, d.type, 3 * i);
    EXPECT_GE(psnr(**picture, wanted), d.leastPsnr) << "frame " << i;
    if (!d.alpha) continue;
    ASSERT_EQ((*picture)->channels(), 4);
    for (const int x : {10, 40, 70, 120}) EXPECT_NEAR(sampleAt(**picture, x, 40, 3), sampleAt(wanted, x, 40, 3), 0.002);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Codecs, RoundTrip,
    testing::Values(Delivery{Codec::kH264, ".mp4", SampleType::kU8, false, 34.0},
                    Delivery{Codec::kH264, ".mov", SampleType::kU8, false, 34.0},
                    Delivery{Codec::kH264, ".mkv", SampleType::kU8, false, 34.0},
                    Delivery{Codec::kHevc10, ".mp4", SampleType::kU16, false, 34.0},
                    Delivery{Codec::kHevc10, ".mkv", SampleType::kU16, false, 34.0},
                    Delivery{Codec::kProRes422Hq, ".mov", SampleType::kU16, false, 36.0},
                    Delivery{Codec::kProRes4444, ".mov", SampleType::kU16, false, 45.0},
                    Delivery{Codec::kProRes4444, ".mov", SampleType::kU16, true, 45.0},
                    Delivery{Codec::kFfv1, ".mkv", SampleType::kU8, false, 200.0},
                    Delivery{Codec::kFfv1, ".mkv", SampleType::kU8, true, 200.0},
                    Delivery{Codec::kFfv1, ".mkv", SampleType::kU16, false, 200.0},
                    Delivery{Codec::kFfv1, ".mkv", SampleType::kU16, true, 200.0},
                    Delivery{Codec::kPng, ".%04d.png", SampleType::kU8, true, 200.0},
                    Delivery{Codec::kPng, ".%04d.png", SampleType::kU16, false, 200.0},
                    Delivery{Codec::kExr, ".%04d.exr", SampleType::kF32, false, 70.0}));

TEST(ClipWriter, colourPatchesSurviveEveryMatrixAndRange) {
  const TemporaryFolder folder;
  const std::uint8_t patches[][3] = {{200, 121, 61}, {40, 180, 160}, {128, 128, 128}, {235, 20, 30}, {16, 16, 16}};
  for (const auto matrix : {ColourTags::Matrix::kBt601, ColourTags::Matrix::kBt709, ColourTags::Matrix::kBt2020})
    for (const bool full : {false, true}) {
      WriteOptions options = optionsFor(Codec::kHevc10, 160, 64);
      options.colour.matrix = matrix;
      options.colour.fullRange = full;
      options.quality = 4;
      Picture picture(160, 64, 3, SampleType::kU8);
      for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 160; ++x) std::copy_n(patches[x / 32], 3, picture.row<std::uint8_t>(y) + 3 * x);
      const std::string path = folder.path("patch.mp4");
      auto writer = ClipWriter::create(path, options);
      ASSERT_OK(writer);
      ASSERT_OK((*writer)->write(picture));
      ASSERT_OK((*writer)->finish());
      const auto reader = reopened(path, SampleType::kU8);
      ASSERT_TRUE(reader);
      EXPECT_EQ(reader->info().colour.matrix, matrix);
      EXPECT_EQ(reader->info().colour.fullRange, full);
      const auto read = reader->read({0});
      ASSERT_OK(read);
      for (int patch = 0; patch < 5; ++patch)
        for (int c = 0; c < 3; ++c)
          EXPECT_NEAR(sampleAt(**read, 32 * patch + 16, 32, c) * 255.0, patches[patch][c], 2.0) << patch << " " << c;
    }
}

TEST(ClipWriter, framesComeBackInOrderThroughBFrames) {
  const TemporaryFolder folder;
  for (const char* name : {"a.mp4", "a.mov", "a.mkv"}) {
    const std::string path = folder.path(name);
    ASSERT_OK(writeCodes(path, optionsFor(Codec::kH264, 128, 96), 0, 60));
    const auto reader = reopened(path, SampleType::kU8);
    ASSERT_TRUE(reader);
    ASSERT_EQ(reader->info().frames, 60);
    for (const int frame : {59, 0, 31, 30, 29, 58, 1, 48, 47, 2}) {
      const auto picture = reader->read({frame});
      ASSERT_OK(picture);
      EXPECT_EQ(frameCode(**picture), frame);
    }
  }
}

TEST(ClipWriter, sameInputGivesTheSameFile) {
  const TemporaryFolder folder;
  for (const char* ending : {".mp4", ".mkv"}) {
    ASSERT_OK(writeCodes(folder.path(std::string("one") + ending), optionsFor(Codec::kH264, 128, 96), 0, 20));
    ASSERT_OK(writeCodes(folder.path(std::string("two") + ending), optionsFor(Codec::kH264, 128, 96), 0, 20));
    EXPECT_EQ(bytesOf(folder.path(std::string("one") + ending)), bytesOf(folder.path(std::string("two") + ending)));
  }
}

/// A disc that moves over a texture.
Picture discPicture(int frame) {
  constexpr int kWidth = 160, kHeight = 96;
  Picture out(kWidth, kHeight, 3, SampleType::kU8);
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) {
      const bool inside = std::hypot(x - 30 - frame / 2.0, y - 50) < 25;
      for (int c = 0; c < 3; ++c) out.row<std::uint8_t>(y)[3 * x + c] = static_cast<std::uint8_t>(inside ? 200 - 40 * c : (x / 20 * 67 + y / 12 * 91 * (c + 1) + (x * y + 13 * frame) % 24) % 256);
    }
  return out;
}

TEST(ClipWriter, noFileDependsOnWhatMemoryHeldBefore) {
  if (::mallopt(M_PERTURB, 0) != 1) GTEST_SKIP() << "this allocator, a sanitizer's, fills no memory";
  const TemporaryFolder folder;
  std::vector<std::string> files;
  for (const int filler : {0, 85, 170}) {
    ASSERT_EQ(::mallopt(M_PERTURB, filler), 1);
    const std::string path = folder.path(std::to_string(filler) + ".mp4");
    const auto writer = ClipWriter::create(path, optionsFor(Codec::kH264, 160, 96));
    ASSERT_OK(writer);
    for (int frame = 0; frame < 120; ++frame) ASSERT_OK((*writer)->write(discPicture(frame)));
    ASSERT_OK((*writer)->finish());
    files.push_back(bytesOf(path));
  }
  ::mallopt(M_PERTURB, 0);
  EXPECT_EQ(files[0] == files[1], true);
  EXPECT_EQ(files[0] == files[2], true);
}

TEST(ClipWriter, oddSizesLoseNothing) {
  const TemporaryFolder folder;
  for (const Codec codec : {Codec::kH264, Codec::kHevc10, Codec::kProRes422Hq, Codec::kProRes4444, Codec::kFfv1}) {
    const std::string path = folder.path("odd.mov");
    WriteOptions options = optionsFor(codec, 131, 97);
    ASSERT_OK(writeCodes(path, options, 5, 3));
    const auto reader = reopened(path, SampleType::kU8);
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->info().width, 131);
    EXPECT_EQ(reader->info().height, 97);
    const auto picture = reader->read({1});
    ASSERT_OK(picture);
    EXPECT_GT(psnr(**picture, codedPicture(6, 131, 97)), 28.0) << static_cast<int>(codec);
  }
}

TEST(ClipWriter, timecodeAndPixelAspectAreWritten) {
  const TemporaryFolder folder;
  for (const char* name : {"t.mov", "t.mp4", "t.mkv"}) {
    WriteOptions options = optionsFor(Codec::kH264, 128, 96);
    options.rate = FrameRate::make(30000, 1001).value();
    options.startTimecode = Timecode::parse("00:00:59;20", options.rate).value();
    options.pixelAspectNum = 16;
    options.pixelAspectDen = 11;
    ASSERT_OK(writeCodes(folder.path(name), options, 0, 12));
    const auto reader = reopened(folder.path(name), SampleType::kU8);
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->info().startTimecode, options.startTimecode) << name;
    EXPECT_EQ(reader->info().rate, options.rate) << name;
    EXPECT_EQ(reader->info().pixelAspectNum, 16) << name;
    EXPECT_EQ(reader->info().pixelAspectDen, 11) << name;
  }
}

TEST(ClipWriter, soundIsCopiedInTimeAndTrimmed) {
  const TemporaryFolder folder;
  const std::string source = folder.path("source.mov");
  ASSERT_TRUE(run("ffmpeg -v error -f lavfi -i testsrc2=s=128x96:r=24:d=4 -f lavfi -i "
                  "'aevalsrc=sin(2*PI*440*t)*gte(t\\,2):s=48000:d=4' -c:v libx264 -c:a pcm_s16le " + source));
  WriteOptions options = optionsFor(Codec::kH264, 128, 96);
  options.audioFrom = source;
  options.audioStartSeconds = 1.0;
  const std::string path = folder.path("cut.mov");
  ASSERT_OK(writeCodes(path, options, 0, 48));
  // The tone that begins at 2 s of the source begins at 1 s of the cut, which lasts 2 s.
  const std::string raw = folder.path("cut.raw");
  ASSERT_TRUE(run("ffmpeg -v error -i " + path + " -f s16le -ac 1 " + raw));
  const std::string samples = bytesOf(raw);
  const auto count = static_cast<std::int64_t>(samples.size() / 2);
  EXPECT_NEAR(static_cast<double>(count) / 48000.0, 2.0, 0.05);
  std::int64_t begin = 0;
  const auto* values = reinterpret_cast<const std::int16_t*>(samples.data());
  while (begin < count && std::abs(values[begin]) < 1000) ++begin;
  EXPECT_NEAR(static_cast<double>(begin) / 48000.0, 1.0, 0.003);
  EXPECT_TRUE(reopened(path, SampleType::kU8)->info().hasAudio);
}

TEST(ClipWriter, soundThatTheFileCannotCarryIsEncoded) {
  const TemporaryFolder folder;
  const std::string source = folder.path("source.mov");
  ASSERT_TRUE(run("ffmpeg -v error -f lavfi -i testsrc2=s=128x96:r=24:d=2 -f lavfi -i "
                  "'aevalsrc=sin(2*PI*440*t)*gte(t\\,1):s=48000:d=2' -c:v libx264 -c:a pcm_s24le " + source));
  WriteOptions options = optionsFor(Codec::kH264, 128, 96);
  options.audioFrom = source;
  const std::string path = folder.path("cut.mp4");
  ASSERT_OK(writeCodes(path, options, 0, 48));
  const std::string raw = folder.path("cut.raw");
  ASSERT_TRUE(run("ffmpeg -v error -i " + path + " -f s16le -ac 1 " + raw));
  const std::string samples = bytesOf(raw);
  const auto count = static_cast<std::int64_t>(samples.size() / 2);
  EXPECT_NEAR(static_cast<double>(count) / 48000.0, 2.0, 0.05);
  std::int64_t begin = 0;
  const auto* values = reinterpret_cast<const std::int16_t*>(samples.data());
  while (begin < count && std::abs(values[begin]) < 1000) ++begin;
  EXPECT_NEAR(static_cast<double>(begin) / 48000.0, 1.0, 0.01);
}

TEST(ClipWriter, segmentsJoinFrameByFrame) {
  const TemporaryFolder folder;
  struct Case {
    Codec codec;
    const char* out;
  };
  for (const Case& c : {Case{Codec::kH264, "j.mp4"}, Case{Codec::kHevc10, "j.mov"}, Case{Codec::kProRes422Hq, "j.mov"},
                        Case{Codec::kFfv1, "j.mkv"}, Case{Codec::kPng, "j.%04d.png"}}) {
    WriteOptions options = optionsFor(c.codec, 128, 96);
    options.firstFrameNumber = 1001;
    std::vector<std::string> segments;
    int first = 0;
    for (const int length : {17, 16, 5}) {
      segments.push_back(folder.path("seg" + std::to_string(first) + segmentEnding(c.codec)));
      ASSERT_OK(writeCodes(segments.back(), options, first, length));
      first += length;
    }
    options.startTimecode = Timecode::parse("01:00:00:00", options.rate).value();
    ASSERT_OK(joinSegments(segments, folder.path(c.out), options));
    const auto reader = reopened(folder.path(c.out), SampleType::kU8);
    ASSERT_TRUE(reader);
    ASSERT_EQ(reader->info().frames, 38) << c.out;
    EXPECT_EQ(reader->info().rate, options.rate);
    if (c.codec != Codec::kPng) EXPECT_EQ(reader->info().startTimecode, options.startTimecode);
    else EXPECT_EQ(reader->info().firstFrameNumber, 1001);
    for (int pass = 0; pass < 2; ++pass)
      for (int i = 0; i < 38; ++i) {
        const int frame = pass ? 37 - i : i;
        const auto picture = reader->read({frame});
        ASSERT_OK(picture);
        ASSERT_EQ(frameCode(**picture), frame) << c.out;
      }
    std::vector<std::string> left = folder.names();
    EXPECT_FALSE(std::any_of(left.begin(), left.end(), [](const std::string& name) { return name[0] == '.'; }));
  }
}

TEST(ClipWriter, segmentsOfOtherSettingsAreRefused) {
  const TemporaryFolder folder;
  ASSERT_OK(writeCodes(folder.path("a.mkv"), optionsFor(Codec::kH264, 128, 96), 0, 4));
  ASSERT_OK(writeCodes(folder.path("b.mkv"), optionsFor(Codec::kH264, 64, 48), 0, 4));
  const Status joined = joinSegments({folder.path("a.mkv"), folder.path("b.mkv")}, folder.path("out.mp4"),
                                     optionsFor(Codec::kH264, 128, 96));
  ASSERT_FALSE(joined.ok());
  EXPECT_EQ(joined.error().code, ErrorCode::kFormatUnsupported);
  EXPECT_THAT(folder.names(), testing::ElementsAre("a.mkv", "b.mkv"));
}

TEST(ClipWriter, nothingIsLeftWithoutFinish) {
  const TemporaryFolder folder;
  for (const char* name : {"a.mp4", "a.%04d.png"}) {
    const Codec codec = ClipWriter::codecFor(name).value();
    auto writer = ClipWriter::create(folder.path(name), optionsFor(codec, 128, 96));
    ASSERT_OK(writer);
    for (int i = 0; i < 5; ++i) ASSERT_OK((*writer)->write(codedPicture(i, 128, 96)));
    EXPECT_FALSE(folder.names().empty());  // something is being written, under another name
    EXPECT_THAT(folder.names(), testing::Not(testing::Contains(testing::AnyOf("a.mp4", "a.0000.png"))));
    writer->reset();
    EXPECT_TRUE(folder.names().empty()) << name;
  }
}

/// A file size limit stands in for a full disk: writes past it fail as they do there.
TEST(ClipWriter, aFailedWriteLeavesNothingUnderTheFinalName) {
  const TemporaryFolder folder;
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  for (const char* name : {"full.mp4", "full.mkv", "full.mov", "full.%04d.png"}) {
    const Codec codec = ClipWriter::codecFor(name).value();
    WriteOptions options = optionsFor(codec, 512, 384);
    const rlimit small{1024, old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    Status status;
    auto writer = ClipWriter::create(folder.path(name), options);
    if (writer) {
      for (int i = 0; i < 30 && status; ++i) status = (*writer)->write(codedPicture(i, 512, 384));
      if (status) status = (*writer)->finish();
      writer->reset();
    } else {
      status = std::move(writer).error();
    }
    setrlimit(RLIMIT_FSIZE, &old);
    ASSERT_FALSE(status.ok()) << name;
    EXPECT_TRUE(status.error().code == ErrorCode::kFileUnwritable || status.error().code == ErrorCode::kDiskFull)
        << describe(status.error());
    EXPECT_TRUE(folder.names().empty()) << name;
  }
}

TEST(ClipWriter, impossibleWishesAreRefusedAtOnce) {
  const TemporaryFolder folder;
  const auto code = [&](const char* name, WriteOptions options) {
    const auto writer = ClipWriter::create(folder.path(name), options);
    return writer.ok() ? ErrorCode::kInternal : writer.error().code;
  };
  EXPECT_EQ(code("a.mp4", optionsFor(Codec::kProRes422Hq, 64, 48)), ErrorCode::kFormatUnsupported);
  EXPECT_EQ(code("a.mp4", optionsFor(Codec::kFfv1, 64, 48)), ErrorCode::kFormatUnsupported);
  EXPECT_EQ(code("a.avi", optionsFor(Codec::kH264, 64, 48)), ErrorCode::kUsage);
  EXPECT_EQ(code("a.mp4", optionsFor(Codec::kH264, 0, 48)), ErrorCode::kUsage);
  EXPECT_EQ(code("a.mp4", optionsFor(Codec::kH264, 100000, 48)), ErrorCode::kLimitExceeded);
  EXPECT_EQ(code("a.png", optionsFor(Codec::kPng, 64, 48)), ErrorCode::kUsage);
  WriteOptions alpha = optionsFor(Codec::kH264, 64, 48);
  alpha.alpha = true;
  EXPECT_EQ(code("a.mp4", alpha), ErrorCode::kFormatUnsupported);
  const auto nowhere = ClipWriter::create("/nowhere/a.mp4", optionsFor(Codec::kH264, 64, 48));
  ASSERT_FALSE(nowhere.ok());
  EXPECT_TRUE(folder.names().empty());
}

}  // namespace
}  // namespace pai::core::test
