// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/image_file.h"

#include <bit>
#include <cstring>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "core/media/colour_transfer.h"
#include "media_test_support.h"

namespace pai::core::test {
namespace {

TEST(Images, pngKeepsEverySampleOfEightAndSixteenBits) {
  const TemporaryFolder folder;
  for (const SampleType type : {SampleType::kU8, SampleType::kU16})
    for (const int channels : {3, 4}) {
      const Picture picture = rampPicture(61, 37, channels, type);
      ASSERT_OK(writeImage(folder.path("a.png"), picture));
      const auto read = readImage(folder.path("a.png"));
      ASSERT_OK(read);
      ASSERT_EQ(read->type(), type);
      ASSERT_EQ(read->channels(), channels);
      EXPECT_EQ(std::memcmp(read->data(), picture.data(), picture.sizeBytes()), 0);
    }
}

TEST(Images, exrKeepsHalfValuesAndHighlightsExactly) {
  const TemporaryFolder folder;
  Picture picture(40, 30, 3, SampleType::kF32);
  picture.colour.transfer = ColourTags::Transfer::kLinear;
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 120; ++x) picture.row<float>(y)[x] = static_cast<float>(x * y % 1024) / 512.0f - 1.0f;  // halves hold these
  picture.row<float>(7)[3] = 8.0f;
  picture.row<float>(8)[5] = 4096.0f;
  ASSERT_OK(writeImage(folder.path("a.exr"), picture));
  const auto read = readImage(folder.path("a.exr"));
  ASSERT_OK(read);
  EXPECT_EQ(read->colour.transfer, ColourTags::Transfer::kLinear);
  EXPECT_EQ(std::memcmp(read->data(), picture.data(), picture.sizeBytes()), 0);
}

TEST(Images, exrAlphaComesBackStraight) {
  const TemporaryFolder folder;
  Picture picture = rampPicture(64, 16, 4, SampleType::kF32);
  picture.colour.transfer = ColourTags::Transfer::kLinear;
  ASSERT_OK(writeImage(folder.path("a.exr"), picture));
  const auto read = readImage(folder.path("a.exr"));
  ASSERT_OK(read);
  for (const int x : {20, 40, 60}) {  // a third, two thirds, opaque
    EXPECT_NEAR(sampleAt(*read, x, 8, 3), sampleAt(picture, x, 8, 3), 1e-3);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(sampleAt(*read, x, 8, c), sampleAt(picture, x, 8, c), 2e-3);
  }
}

TEST(Images, tiffOfEveryDepthIsRead) {
  const TemporaryFolder folder;
  for (const auto& [format, type] : {std::pair{"rgb24", SampleType::kU8}, {"rgba", SampleType::kU8}, {"rgb48le", SampleType::kU16},
                                     {"gray", SampleType::kU8}, {"pal8", SampleType::kU8}}) {
    const std::string path = folder.path("a.tiff");
    ASSERT_OK(writeImage(folder.path("source.png"), rampPicture(64, 48, 3, SampleType::kU16)));
    ASSERT_TRUE(run("ffmpeg -v error -y -i " + folder.path("source.png") + " -pix_fmt " + format + " " + path));
    const auto read = readImage(path);
    ASSERT_OK(read);
    EXPECT_EQ(read->type(), type) << format;
    const auto info = readImageInfo(path);
    ASSERT_OK(info);
    EXPECT_EQ(info->format, "tiff");
    if (std::string(format).find("rgb") == 0) {
      EXPECT_GT(psnr(withType(*read, SampleType::kU16), rampPicture(64, 48, 3, SampleType::kU16)), 50.0) << format;
    }
  }
}

TEST(Images, dpxOfTenBitsInBothByteOrdersIsRead) {
  const TemporaryFolder folder;
  ASSERT_OK(writeImage(folder.path("source.png"), rampPicture(64, 48, 3, SampleType::kU16)));
  for (const char* format : {"gbrp10be", "gbrp10le", "rgb48be", "rgb24"}) {
    const std::string path = folder.path("a.dpx");
    ASSERT_TRUE(run("ffmpeg -v error -y -i " + folder.path("source.png") + " -pix_fmt " + format + " " + path));
    const auto read = readImage(path);
    ASSERT_OK(read);
    EXPECT_EQ(read->type(), SampleType::kU16);
    EXPECT_GT(psnr(*read, rampPicture(64, 48, 3, SampleType::kU16)), std::string(format) == "rgb24" ? 45.0 : 55.0) << format;
  }
}

TEST(Images, truncatedFilesOfEveryKindAreRefused) {
  const TemporaryFolder folder;
  ASSERT_OK(writeImage(folder.path("a.png"), rampPicture(64, 48, 3, SampleType::kU8)));
  Picture linear = rampPicture(64, 48, 3, SampleType::kF32);
  linear.colour.transfer = ColourTags::Transfer::kLinear;
  ASSERT_OK(writeImage(folder.path("a.exr"), linear));
  for (const char* ending : {"tiff", "dpx", "jpg", "gif"})
    ASSERT_TRUE(run("ffmpeg -v error -y -i " + folder.path("a.png") + " " + folder.path(std::string("a.") + ending)));
  for (const char* ending : {"png", "exr", "tiff", "dpx", "jpg", "gif"}) {
    std::ifstream file(folder.path(std::string("a.") + ending), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    for (const double part : {0.1, 0.5, 0.9}) {
      const std::string path = folder.path("cut");
      std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(part * static_cast<double>(bytes.size())));
      const auto read = readImage(path);
      EXPECT_FALSE(read.ok()) << ending << " cut to " << part;
    }
  }
}

// The library allocates what an attribute states, and reads on elsewhere where that is not its type's size.
TEST(Images, exrAttributesThatLieAboutTheirSizeAreRefused) {
  const TemporaryFolder folder;
  Picture linear = rampPicture(64, 48, 3, SampleType::kF32);
  linear.colour.transfer = ColourTags::Transfer::kLinear;
  ASSERT_OK(writeImage(folder.path("a.exr"), linear));
  std::ifstream file(folder.path("a.exr"), std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  const std::string type("chlist\0", 7);
  for (const auto& [name, size] : {std::pair{type, 0x60000000u}, {type, 3u}, {std::string("box2i\0", 6), 15u}}) {
    std::string bytes = whole;
    const std::size_t at = bytes.find(name);
    ASSERT_NE(at, std::string::npos);
    std::memcpy(bytes.data() + at + name.size(), &size, sizeof size);
    const std::string path = folder.path("lie.exr");
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const auto read = readImage(path);
    ASSERT_FALSE(read.ok()) << name << size;
    EXPECT_EQ(read.error().code, ErrorCode::kFormatBroken);
  }
  std::string unknown = whole;  // a type that the library keeps as it is: 1.6 GB would be allocated
  unknown.replace(unknown.find("box2i"), 5, "box2x");
  const std::uint32_t size = 0x60000000u;
  std::memcpy(unknown.data() + unknown.find("box2x") + 6, &size, sizeof size);
  std::ofstream(folder.path("lie.exr"), std::ios::binary).write(unknown.data(), static_cast<std::streamsize>(unknown.size()));
  EXPECT_FALSE(readImage(folder.path("lie.exr")).ok());
}

TEST(Images, failedWriteLeavesTheOldFile) {
  const TemporaryFolder folder;
  const Picture old = rampPicture(16, 16, 3, SampleType::kU8);
  ASSERT_OK(writeImage(folder.path("a.png"), old));
  EXPECT_FALSE(writeImage(folder.path("a.png"), rampPicture(16, 16, 3, SampleType::kF32)).ok());
  EXPECT_FALSE(writeImage(folder.path("a.bmp"), old).ok());
  EXPECT_THAT(folder.names(), testing::ElementsAre("a.png"));
  ASSERT_OK(readImage(folder.path("a.png")));
}

TEST(Sequences, gapsAreHeldAndToldAndTheFirstNumberIsKept) {
  const TemporaryFolder folder;
  for (const int number : {1001, 1002, 1005})
    ASSERT_OK(writeImage(folder.path("shot." + std::to_string(number) + ".png"), codedPicture(number - 1000, 128, 32)));
  ASSERT_OK(writeImage(folder.path("shot.00007.png"), codedPicture(99, 128, 32)));  // another padding, another sequence
  const auto reader = ClipReader::open(folder.path("shot.%04d.png"));
  ASSERT_OK(reader);
  EXPECT_EQ((*reader)->info().frames, 5);
  EXPECT_EQ((*reader)->info().firstFrameNumber, 1001);
  ASSERT_EQ((*reader)->info().warnings.size(), 1u);
  for (const auto& [frame, code] : {std::pair{0, 1}, {1, 2}, {2, 2}, {3, 2}, {4, 5}}) {
    const auto picture = (*reader)->read({frame});
    ASSERT_OK(picture);
    EXPECT_EQ(frameCode(**picture), code);
  }
  EXPECT_EQ((*reader)->read({5}).error().code, ErrorCode::kUsage);
}

TEST(Images, theTransferIsWhatTheFileStates) {
  const TemporaryFolder folder;
  Picture picture = rampPicture(16, 16, 3, SampleType::kU8);
  for (const auto transfer : {ColourTags::Transfer::kSrgb, ColourTags::Transfer::kUnknown}) {
    picture.colour.transfer = transfer;
    ASSERT_OK(writeImage(folder.path("a.png"), picture));
    const auto read = readImage(folder.path("a.png"));
    ASSERT_OK(read);
    EXPECT_EQ(read->colour.transfer, transfer);
  }
}

TEST(Sequences, exrKeepsTimecodeAndRate) {
  const TemporaryFolder folder;
  WriteOptions options = optionsFor(Codec::kExr, 64, 32);
  options.rate = *FrameRate::make(30000, 1001);
  options.startTimecode = *Timecode::parse("01:02:03;04", options.rate);
  options.firstFrameNumber = 1001;
  ASSERT_OK(writeCodes(folder.path("a.%04d.exr"), options, 0, 3));
  const auto reader = ClipReader::open(folder.path("a.%04d.exr"));
  ASSERT_OK(reader);
  EXPECT_EQ((*reader)->info().rate, options.rate);
  EXPECT_EQ((*reader)->info().startTimecode, options.startTimecode);
  const auto later = ClipReader::open(folder.path("a.1003.exr"));
  ASSERT_OK(later);
  ASSERT_TRUE((*later)->info().startTimecode);
  EXPECT_EQ((*later)->info().startTimecode->text(options.rate), "01:02:03;06");
}

TEST(Sequences, dpxTimecodeAndRateAreRead) {
  const TemporaryFolder folder;
  ASSERT_TRUE(run("ffmpeg -v error -f lavfi -i color=red:s=32x16:r=25:d=0.04 -pix_fmt gbrp10be -frames:v 1 " + folder.path("a.0086.dpx")));
  std::ifstream from(folder.path("a.0086.dpx"), std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(from)), {});
  from.close();
  ASSERT_EQ(bytes.substr(0, 4), "SDPX");
  bytes.insert(1664, 384, '\0');  // film and television headers, which FFmpeg leaves out
  const auto put = [&](std::size_t at, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) bytes[at + static_cast<std::size_t>(i)] = static_cast<char>(value >> (24 - 8 * i) & 255);
  };
  put(4, 2048);
  put(808, 2048);
  put(1920, 0x10203012);  // 10:20:30:12
  put(1940, std::bit_cast<std::uint32_t>(25.0f));
  std::ofstream(folder.path("a.0086.dpx"), std::ios::binary) << bytes;
  const auto reader = ClipReader::open(folder.path("a.%04d.dpx"));
  ASSERT_OK(reader);
  EXPECT_EQ((*reader)->info().rate.text(), "25");
  ASSERT_TRUE((*reader)->info().startTimecode);
  EXPECT_EQ((*reader)->info().startTimecode->text((*reader)->info().rate), "10:20:30:12");
}

TEST(Sequences, aFrameOfAnotherSizeIsRefused) {
  const TemporaryFolder folder;
  ASSERT_OK(writeImage(folder.path("a.1.png"), codedPicture(1, 128, 32)));
  ASSERT_OK(writeImage(folder.path("a.2.png"), codedPicture(2, 64, 32)));
  const auto reader = ClipReader::open(folder.path("a.%d.png"));
  ASSERT_OK(reader);
  ASSERT_OK((*reader)->read({0}));
  const auto second = (*reader)->read({1});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kSizeMismatch);
  EXPECT_THAT(second.error().context, testing::EndsWith("a.2.png"));
}

TEST(Sequences, aMissingSequenceIsSaidToBeMissing) {
  const TemporaryFolder folder;
  const auto reader = ClipReader::open(folder.path("none.%04d.exr"));
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().code, ErrorCode::kFileMissing);
}

}  // namespace
}  // namespace pai::core::test
