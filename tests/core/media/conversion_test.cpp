// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

#include "core/media/chroma_site.h"
#include "core/media/image_file.h"
#include "core/media/yuv_frame.h"
#include "media_test_support.h"

namespace pai::core::test {
namespace {

/// Planes of random samples that end exactly where their allocation does.
struct Planes {
  Planes(int width, int height, int shiftX, int shiftY, int depth, bool alpha, unsigned seed) {
    frame.width = width, frame.height = height;
    frame.chromaShiftX = shiftX, frame.chromaShiftY = shiftY;
    frame.bitDepth = depth, frame.planeCount = 3, frame.hasAlpha = alpha;
    frame.colour.matrix = ColourTags::Matrix::kBt709;
    std::mt19937 random(seed);
    const int bytes = depth > 8 ? 2 : 1;
    for (std::size_t plane = 0; plane < (alpha ? 4u : 3u); ++plane) {
      const bool chroma = plane == 1 || plane == 2;
      const int w = chroma ? (width + (1 << shiftX) - 1) >> shiftX : width;
      const int h = chroma ? (height + (1 << shiftY) - 1) >> shiftY : height;
      samples[plane].resize(static_cast<std::size_t>(w * h * bytes));
      for (std::size_t i = 0; i < samples[plane].size(); i += static_cast<std::size_t>(bytes)) {
        const unsigned value = random() % (1u << depth);
        samples[plane][i] = static_cast<std::byte>(value);
        if (bytes == 2) samples[plane][i + 1] = static_cast<std::byte>(value >> 8);
      }
      frame.planes[plane] = samples[plane].data();
      frame.strides[plane] = w * bytes;
    }
  }
  YuvFrame frame;
  std::array<std::vector<std::byte>, 4> samples;
};

TEST(Conversion, theFastPathIsWithinOneLevelOfTheExactOne) {
  for (const auto matrix : {ColourTags::Matrix::kBt601, ColourTags::Matrix::kBt709, ColourTags::Matrix::kBt2020})
    for (const bool full : {false, true})
      for (const auto site : {ChromaSite::kLeft, ChromaSite::kCentre, ChromaSite::kTopLeft})
        for (const auto& [shiftX, shiftY] : {std::pair{1, 1}, {1, 0}, {0, 0}}) {
          Planes planes(97, 33, shiftX, shiftY, 8, false, 11);
          planes.frame.colour.matrix = matrix;
          planes.frame.colour.fullRange = full;
          planes.frame.chromaSite = site;
          const Picture fast = rgbOf(planes.frame, SampleType::kU8, false);
          const Picture exact = rgbOf(planes.frame, SampleType::kF32, false);
          for (int y = 0; y < 33; ++y)
            for (int i = 0; i < 97 * 3; ++i)
              ASSERT_NEAR(fast.row<std::uint8_t>(y)[i], std::clamp(exact.row<float>(y)[i] * 255.0f, 0.0f, 255.0f), 1.0f);
        }
}

TEST(Conversion, anySizeAndLayoutStaysWithinItsPlanes) {
  for (const int width : {1, 2, 3, 17, 33, 64, 65})
    for (const int height : {1, 2, 7})
      for (const auto& [shiftX, shiftY] : {std::pair{0, 0}, {1, 0}, {0, 1}, {1, 1}, {2, 0}, {2, 2}})
        for (const int depth : {8, 10, 16})
          for (const auto type : {SampleType::kU8, SampleType::kU16, SampleType::kF32}) {
            Planes planes(width, height, shiftX, shiftY, depth, shiftX == 0, 5);
            planes.frame.rotationDegrees = 90;
            const Picture picture = rgbOf(planes.frame, type, true);
            EXPECT_EQ(picture.width(), height);
            EXPECT_EQ(picture.height(), width);
            EXPECT_LE(scaledToFit(picture, 9, 9).width(), 9);
          }
}

/// Slanted stripes of two colours with soft edges, chroma taken at `site`, noise on all samples.
Planes stripes(ChromaSite site, int shiftY, int depth, double noise) {
  Planes out(256, 128, 1, shiftY, depth, false, 3);
  std::mt19937 random(9);
  std::normal_distribution<double> grain(0.0, noise);
  const auto cover = [](double x, double y) { return std::clamp(6.0 * std::sin(0.09 * x + 0.05 * y) + 0.5, 0.0, 1.0); };
  const auto put = [&](std::size_t plane, int x, int y, double value) {
    const auto v = static_cast<unsigned>(std::lround(std::clamp(value + grain(random), 0.0, 255.0) * (1 << (depth - 8))));
    std::byte* at = out.samples[plane].data() + out.frame.strides[plane] * y + x * (depth > 8 ? 2 : 1);
    at[0] = static_cast<std::byte>(v);
    if (depth > 8) at[1] = static_cast<std::byte>(v >> 8);
  };
  const double midway = site == ChromaSite::kCentre ? 0.5 : 0.0;
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 256; ++x) put(0, x, y, 60.0 + 80.0 * cover(x, y));
  }
  for (int y = 0; y < 128 >> shiftY; ++y) {
    for (int x = 0; x < 128; ++x) {
      const double v = shiftY ? 2.0 * y + 0.5 : y, c = 0.5 * cover(2.0 * x + midway, v) + 0.25 * (cover(2.0 * x + midway - 0.7, v) + cover(2.0 * x + midway + 0.7, v));
      put(1, x, y, 150.0 - 70.0 * c);
      put(2, x, y, 100.0 + 60.0 * c);
    }
  }
  return out;
}

TEST(ChromaSite, isMeasuredFromEdges) {
  for (const ChromaSite site : {ChromaSite::kLeft, ChromaSite::kCentre}) {
    for (const auto& [shiftY, depth] : {std::pair{1, 8}, {0, 8}, {1, 10}}) {
      ChromaSiteMeter meter;
      meter.add(stripes(site, shiftY, depth, 1.5).frame);
      ASSERT_TRUE(meter.site().has_value());
      EXPECT_EQ(*meter.site(), site);
    }
  }
}

TEST(ChromaSite, isNotGuessedWithoutEdgesOrFromFullChroma) {
  ChromaSiteMeter noise, few, full;
  noise.add(Planes(256, 128, 1, 1, 8, false, 4).frame);
  EXPECT_FALSE(noise.site().has_value());
  Planes cut = stripes(ChromaSite::kCentre, 1, 8, 1.0);
  cut.frame.height = 4;
  few.add(cut.frame);
  EXPECT_FALSE(few.site().has_value());
  full.add(Planes(256, 128, 0, 0, 8, false, 4).frame);
  EXPECT_FALSE(full.site().has_value());
}

TEST(ChromaSite, ofAFileIsTheLeftOneThatItsWriterChoseAndAReaderCanBeToldAnother) {
  const TemporaryFolder folder;
  Picture picture(256, 128, 3, SampleType::kU8);
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 256; ++x) {
      const double c = std::clamp(6.0 * std::sin(0.09 * x + 0.05 * y) + 0.5, 0.0, 1.0);
      auto* p = picture.row<std::uint8_t>(y) + 3 * x;
      p[0] = static_cast<std::uint8_t>(40 + 130 * c);
      p[1] = static_cast<std::uint8_t>(150 - 60 * c);
      p[2] = static_cast<std::uint8_t>(50 + 20 * c);
    }
  }
  const std::string path = folder.path("stripes.mp4");
  auto writer = ClipWriter::create(path, optionsFor(Codec::kH264, 256, 128));
  ASSERT_OK(writer);
  ASSERT_OK((*writer)->write(picture));
  ASSERT_OK((*writer)->finish());
  auto reader = ClipReader::open(path);
  ASSERT_OK(reader);
  const auto planes = (*reader)->readYuv({0});
  ASSERT_OK(planes);
  ChromaSiteMeter meter;
  meter.add(**planes);
  ASSERT_TRUE(meter.site().has_value());
  EXPECT_EQ(*meter.site(), ChromaSite::kLeft);
  const auto right = (*reader)->read({0});
  (*reader)->setChromaSite(ChromaSite::kCentre);
  const auto wrong = (*reader)->read({0});
  ASSERT_TRUE(right.ok() && wrong.ok());
  EXPECT_GT(psnr(**right, picture), psnr(**wrong, picture) + 1.0);
}

TEST(Conversion, scalingKeepsTheMean) {
  const Picture picture = rampPicture(200, 120, 3, SampleType::kF32);
  const Picture small = scaledToFit(picture, 67, 67);
  EXPECT_EQ(small.width(), 67);
  EXPECT_EQ(small.height(), 40);
  double large = 0.0, little = 0.0;
  for (int y = 0; y < 120; ++y)
    for (int x = 0; x < 200; ++x) large += sampleAt(picture, x, y, 2) / (200.0 * 120.0);
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 67; ++x) little += sampleAt(small, x, y, 2) / (67.0 * 40.0);
  EXPECT_NEAR(little, large, 1e-4);
}

TEST(Images, damagedFilesAreReadOrRefusedAndNothingElse) {
  const TemporaryFolder folder;
  ImageLimits limits;
  limits.maxPixels = 1'000'000;
  std::mt19937 random(5);
  for (const char* file : {"alpha.png", "rgb16.png", "palette_index.png", "exif_rotate_6.jpg", "cmyk.jpg", "static.gif", "half_float.exr"}) {
    std::ifstream source(corpusPath(std::string("image/") + file), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(source), {}};
    ASSERT_FALSE(bytes.empty());
    for (int round = 0; round < 25; ++round) {
      std::string damaged = bytes;
      for (unsigned i = 0; i < 1 + random() % 6; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
      if (round % 5 == 4) damaged.resize(damaged.size() * (random() % 100) / 100);
      const std::string path = folder.path("damaged");
      std::ofstream(path, std::ios::binary) << damaged;
      const auto read = readImage(path, limits);
      if (read) {
        EXPECT_LE(std::int64_t{read->width()} * read->height(), limits.maxPixels);
      } else {
        EXPECT_EQ(exitCodeOf(read.error().code), 3) << describe(read.error());
      }
    }
  }
}

}  // namespace
}  // namespace pai::core::test
