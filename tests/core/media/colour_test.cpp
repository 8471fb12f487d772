// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/colour.h"

#include <cmath>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "core/media/colour_transfer.h"
#include "media_test_support.h"

namespace pai::core::test {
namespace {

using Transfer = ColourTags::Transfer;

Picture onePixel(float r, float g, float b) {
  Picture picture(1, 1, 3, SampleType::kF32);
  picture.row<float>(0)[0] = r, picture.row<float>(0)[1] = g, picture.row<float>(0)[2] = b;
  return picture;
}

TEST(Transfers, haveTheirPublishedValues) {
  EXPECT_NEAR(linearOf(0.5f, Transfer::kSrgb), 0.21404, 1e-5);       // IEC 61966-2-1
  EXPECT_NEAR(codedOf(0.18f, Transfer::kBt709), 0.40901, 1e-4);      // BT.709 1.2: 1.099 * 0.18^0.45 - 0.099
  EXPECT_NEAR(linearOf(0.5081f, Transfer::kPq), 1.0, 2e-3);          // ST 2084: 100 cd/m2
  EXPECT_NEAR(codedOf(1.0f / 12.0f, Transfer::kHlg), 0.5, 1e-6);     // BT.2100
  EXPECT_NEAR(codedOf(1.0f, Transfer::kHlg), 1.0, 1e-6);
}

TEST(Transfers, areInversesAndOddAboutZero) {
  for (const Transfer t : {Transfer::kSrgb, Transfer::kBt709, Transfer::kLinear, Transfer::kPq, Transfer::kHlg})
    for (int i = 0; i <= 100; ++i) {
      const float v = static_cast<float>(i) / 100.0f;
      EXPECT_NEAR(codedOf(linearOf(v, t), t), v, 2e-4) << static_cast<int>(t);
      EXPECT_EQ(linearOf(-v, t), -linearOf(v, t));
    }
}

TEST(Transfers, sampleTypesConvertWithoutDrift) {
  for (int i = 0; i < 256; ++i) {
    Picture picture(1, 1, 1, SampleType::kU8);
    picture.row<std::uint8_t>(0)[0] = static_cast<std::uint8_t>(i);
    const Picture back16 = withType(withType(picture, SampleType::kU16), SampleType::kU8);
    const Picture backFloat = withType(withType(picture, SampleType::kF32), SampleType::kU8);
    EXPECT_EQ(back16.row<std::uint8_t>(0)[0], i);
    EXPECT_EQ(backFloat.row<std::uint8_t>(0)[0], i);
  }
}

TEST(BuiltInColour, cameraLogsPutMidGreyAtItsPlace) {
  const auto colour = Colour::builtIn();
  // Code values of 18 % grey by the makers' papers.
  for (const auto& [space, grey] : {std::pair{"arri logc3", 0.391007f}, {"sony slog3", 0.410557f}, {"panasonic vlog", 0.423311f},
                                    {"red log3g10", 0.333333f}}) {
    ASSERT_THAT(colour->inputSpaces(), testing::Contains(space));
    const auto working = colour->toWorking(onePixel(grey, grey, grey), space);
    ASSERT_OK(working);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(sampleAt(*working, 0, 0, c), 0.18, 0.003) << space;
  }
}

TEST(BuiltInColour, inputAndScreenAreInverse) {
  const auto colour = Colour::builtIn();
  const Picture picture = rampPicture(64, 16, 4, SampleType::kU8);
  const auto working = colour->toWorking(picture, "srgb");
  ASSERT_OK(working);
  const auto screen = colour->toScreen(*working, "", 0.0, 1.0);
  ASSERT_OK(screen);
  for (int x = 0; x < 64; ++x)
    for (int c = 0; c < 4; ++c) EXPECT_NEAR(sampleAt(*screen, x, 8, c), sampleAt(picture, x, 8, c), 0.5 / 255.0);
  const auto brighter = colour->toScreen(onePixel(0.25f, 0.25f, 0.25f), "", 1.0, 1.0);
  ASSERT_OK(brighter);
  EXPECT_NEAR(sampleAt(*brighter, 0, 0, 0), codedOf(0.5f, Transfer::kSrgb), 0.5 / 255.0);
}

TEST(BuiltInColour, everySpaceComesBack) {
  const auto colour = Colour::builtIn();
  for (const std::string& space : colour->inputSpaces()) {
    const auto coded = colour->fromWorking(onePixel(0.5f, 0.18f, 0.02f), space);
    ASSERT_OK(coded);
    const auto back = colour->toWorking(*coded, space);
    ASSERT_OK(back);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(sampleAt(*back, 0, 0, c), c == 0 ? 0.5 : c == 1 ? 0.18 : 0.02, 1e-3) << space;
  }
  const auto unknown = colour->fromWorking(onePixel(0, 0, 0), "no such space");
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().detail.find("rec709"), std::string::npos) << "says what there is: " << unknown.error().detail;
}

TEST(BuiltInColour, widerPrimariesKeepWhiteAndComeBack) {
  const Picture white = wideOf(onePixel(1.0f, 1.0f, 1.0f));
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(sampleAt(white, 0, 0, c), 1.0, 1e-4);
  Picture wide = wideOf(onePixel(0.8f, 0.1f, 0.3f));
  wide.colour.transfer = Transfer::kLinear;
  const auto back = Colour::builtIn()->toWorking(wide, "");
  ASSERT_OK(back);
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(sampleAt(*back, 0, 0, c), c == 0 ? 0.8 : c == 1 ? 0.1 : 0.3, 1e-4);
}

TEST(BuiltInColour, unknownNamesAreRefused) {
  EXPECT_EQ(Colour::builtIn()->toWorking(onePixel(0, 0, 0), "no such space").error().code, ErrorCode::kFieldInvalid);
  EXPECT_EQ(Colour::builtIn()->toScreen(onePixel(0, 0, 0), "no such view", 0, 1).error().code, ErrorCode::kFieldInvalid);
}

std::string configWith(const std::string& transform, const std::string& search = "luts") {
  return "ocio_profile_version: 2\nsearch_path: " + search +
         "\nroles:\n  scene_linear: lin\n  default: lin\ndisplays:\n  Screen:\n    - !<View> {name: Film, colorspace: out}\n"
         "colorspaces:\n  - !<ColorSpace>\n    name: lin\n  - !<ColorSpace>\n    name: out\n    from_scene_reference: "
         "!<ExponentTransform> {value: 2, direction: inverse}\n  - !<ColorSpace>\n    name: in\n    to_scene_reference: " +
         transform + "\n";
}

TEST(OcioConfigurations, giveTheirSpacesAndViews) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("luts"));
  std::ofstream(folder.path("luts/double.spi1d"))
      << "Version 1\nFrom 0.0 1.0\nLength 2\nComponents 1\n{\n  0.0\n  2.0\n}\n";
  std::ofstream(folder.path("config.ocio")) << configWith("!<FileTransform> {src: double.spi1d, interpolation: linear}");
  const auto colour = Colour::load(folder.path("config.ocio"));
  ASSERT_OK(colour);
  EXPECT_THAT((*colour)->inputSpaces(), testing::Contains("in"));
  EXPECT_THAT((*colour)->viewerTransforms(), testing::ElementsAre("Screen - Film"));
  const auto working = (*colour)->toWorking(onePixel(0.25f, 0.25f, 0.25f), "in");
  ASSERT_OK(working);
  EXPECT_NEAR(sampleAt(*working, 0, 0, 1), 0.5, 1e-5);
  const auto coded = (*colour)->fromWorking(onePixel(0.25f, 0.25f, 0.25f), "out");
  ASSERT_OK(coded);
  EXPECT_NEAR(sampleAt(*coded, 0, 0, 1), 0.5, 1e-5);
  const auto screen = (*colour)->toScreen(onePixel(0.25f, 0.25f, 0.25f), "Screen - Film", 0.0, 1.0);
  ASSERT_OK(screen);
  EXPECT_NEAR(sampleAt(*screen, 0, 0, 1), 0.5, 0.5 / 255.0);
}

TEST(OcioConfigurations, cannotReachOutsideTheirFolder) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("luts"));
  std::filesystem::create_symlink("/etc/passwd", folder.path("luts/link.spi1d"));
  for (const std::string& src : {std::string("/etc/passwd"), std::string("../secret.spi1d"), std::string("link.spi1d"),
                                 std::string("$HOME/a.spi1d")}) {
    std::ofstream(folder.path("config.ocio")) << configWith("!<FileTransform> {src: \"" + src + "\"}");
    const auto colour = Colour::load(folder.path("config.ocio"));
    ASSERT_FALSE(colour.ok()) << src;
    EXPECT_EQ(colour.error().code, ErrorCode::kPathForbidden) << src;
  }
  std::ofstream(folder.path("config.ocio")) << configWith("!<FileTransform> {src: a.spi1d}", "/etc");
  EXPECT_EQ(Colour::load(folder.path("config.ocio")).error().code, ErrorCode::kPathForbidden);
}

TEST(OcioConfigurations, brokenOnesAreRefused) {
  const TemporaryFolder folder;
  std::ofstream(folder.path("config.ocio")) << "ocio_profile_version: 2\n  what: [";
  EXPECT_EQ(Colour::load(folder.path("config.ocio")).error().code, ErrorCode::kFormatBroken);
  EXPECT_EQ(Colour::load(folder.path("none.ocio")).error().code, ErrorCode::kFileMissing);
}

}  // namespace
}  // namespace pai::core::test
