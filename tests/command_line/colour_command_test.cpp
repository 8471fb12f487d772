// SPDX-License-Identifier: GPL-3.0-or-later
/// Same colours in and out, through `pai render` itself.
#include <algorithm>
#include <cmath>
#include <fstream>

#include "core/media/clip_reader.h"
#include "core/media/clip_writer.h"
#include "core/media/colour_transfer.h"
#include "core/media/image_file.h"
#include "tests/command_line/command_line_support.h"

namespace pai::cli {
namespace {

using core::ColourTags;
using core::Picture;
using core::SampleType;
using Transfer = ColourTags::Transfer;

constexpr int kPlateWidth = 320, kPlateHeight = 180, kBlock = 20;

/// Levels of the subject's patches, linear.
constexpr float kLevels[6] = {0.02f, 0.10f, 0.18f, 0.40f, 0.75f, 0.95f};

/// A green screen, and before it a block of six grey patches; `highlight` in the place of the last one.
Picture plate(float highlight) {
  Picture out(kPlateWidth, kPlateHeight, 3, SampleType::kF32);
  out.colour = {ColourTags::Matrix::kRgb, Transfer::kLinear, ColourTags::Primaries::kBt709, true};
  for (int y = 0; y < kPlateHeight; ++y) {
    float* p = out.row<float>(y);
    for (int x = 0; x < kPlateWidth; ++x, p += 3) {
      const bool subject = x >= 100 && x < 100 + 6 * kBlock && y >= 50;
      const int patch = std::clamp((x - 100) / kBlock, 0, 5);
      const float v = patch == 5 ? highlight : kLevels[patch];
      p[0] = subject ? v : 0.05f;
      p[1] = subject ? v : 0.35f;
      p[2] = subject ? v : 0.08f;
    }
  }
  return out;
}

class ColourCommandTest : public CommandLineTest {
 protected:
  void writeClip(const std::string& file, core::Codec codec, const Picture& picture, int frames = 2) const {
    core::WriteOptions options;
    options.codec = codec;
    options.width = picture.width();
    options.height = picture.height();
    options.colour = {ColourTags::Matrix::kBt709, picture.colour.transfer, ColourTags::Primaries::kBt709, false};
    auto writer = core::ClipWriter::create(file, options);
    ASSERT_TRUE(writer) << core::describe(writer.error());
    for (int i = 0; i < frames; ++i) ASSERT_TRUE((*writer)->write(picture));
    ASSERT_TRUE((*writer)->finish());
  }
  /// A white block where the subject is, as a matte.
  void writeMatte(const std::string& file) const {
    Picture matte(kPlateWidth, kPlateHeight, 3, SampleType::kU8);
    for (int y = 0; y < kPlateHeight; ++y)
      for (int x = 0; x < kPlateWidth; ++x) std::fill_n(matte.row<std::uint8_t>(y) + 3 * x, 3, x >= 100 && x < 220 && y >= 50 ? 255 : 0);
    writeClip(file, core::Codec::kFfv1, matte);
  }
  Ran render(const std::string& plate, const std::string& out, std::vector<std::string> more = {}) const {
    std::vector<std::string> all{"render", "--foreground", plate, "--ref", "begin=" + image(1), "--no-audio", "--out", out};
    all.insert(all.end(), more.begin(), more.end());
    return pai(all);
  }
  Picture frame(const std::string& file, SampleType type) const {
    core::ReadOptions options;
    options.type = type;
    auto reader = core::ClipReader::open(file, options);
    EXPECT_TRUE(reader) << file;
    if (!reader) return {};
    auto picture = (*reader)->read({1});
    EXPECT_TRUE(picture);
    return picture ? **picture : Picture();
  }
  /// Middle of a patch.
  static int patchX(int patch) { return 100 + patch * kBlock + kBlock / 2; }
};

TEST_F(ColourCommandTest, linearHighlightsComeBackThroughRender) {
  const Picture in = plate(8.0f);
  writeClip(path("in.%04d.exr"), core::Codec::kExr, in);
  const Ran ran = render(path("in.%04d.exr"), path("out.%04d.exr"), {"--no-relight"});
  ASSERT_EQ(ran.exitCode, 0) << ran.err;
  const Picture before = frame(path("in.%04d.exr"), SampleType::kF32), after = frame(path("out.%04d.exr"), SampleType::kF32);
  ASSERT_EQ(after.type(), SampleType::kF32);
  for (int patch = 0; patch < 6; ++patch)
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(after.row<float>(110)[3 * patchX(patch) + c], before.row<float>(110)[3 * patchX(patch) + c], 1e-3) << patch;
  EXPECT_NEAR(after.row<float>(110)[3 * patchX(5)], 8.0f, 1e-3);
}

TEST_F(ColourCommandTest, solidMattePixelsComeBackWithinOneCodeWithDefaultSettings) {
  const Picture in = core::codedPicture(plate(0.95f), Transfer::kBt709, SampleType::kU8);
  writeClip(path("in.mkv"), core::Codec::kFfv1, in);
  writeMatte(path("matte.mkv"));
  for (const bool keyed : {true, false}) {
    const std::string out = path(keyed ? "keyed.mkv" : "matted.mkv");
    const Ran ran = render(path("in.mkv"), out, keyed ? std::vector<std::string>{"--no-relight"} : std::vector<std::string>{"--no-relight", "--matte", path("matte.mkv")});
    ASSERT_EQ(ran.exitCode, 0) << ran.err;
    const Picture after = frame(out, SampleType::kU8);
    for (int patch = 0; patch < 6; ++patch)
      for (int c = 0; c < 3; ++c)
        EXPECT_NEAR(after.row<std::uint8_t>(110)[3 * patchX(patch) + c], in.row<std::uint8_t>(110)[3 * patchX(patch) + c], 1) << out << " patch " << patch;
  }
}

TEST_F(ColourCommandTest, deliveriesAreCodedAndTaggedAsAsked) {
  writeClip(path("in.%04d.exr"), core::Codec::kExr, plate(8.0f));
  const struct {
    const char* name;
    std::vector<std::string> more;
    Transfer transfer;
  } cases[]{{"video.mov", {}, Transfer::kBt709},
            {"screen.%04d.png", {}, Transfer::kSrgb},
            {"srgb.mov", {"--colour", "srgb"}, Transfer::kSrgb}};
  for (const auto& c : cases) {
    std::vector<std::string> more{"--no-relight"};
    more.insert(more.end(), c.more.begin(), c.more.end());
    const Ran ran = render(path("in.%04d.exr"), path(c.name), more);
    ASSERT_EQ(ran.exitCode, 0) << c.name << ran.err;
    EXPECT_EQ(probe(path(c.name))["colour"]["transfer"], c.transfer == Transfer::kSrgb ? "srgb" : "bt709") << c.name;
    const Picture after = frame(path(c.name), SampleType::kU8);
    for (int patch = 0; patch < 5; ++patch)
      EXPECT_NEAR(after.row<std::uint8_t>(110)[3 * patchX(patch)], core::codedOf(kLevels[patch], c.transfer) * 255.0f, 2.0f) << c.name << " patch " << patch;
    EXPECT_GE(after.row<std::uint8_t>(110)[3 * patchX(5)], 253) << c.name;
  }
}

TEST_F(ColourCommandTest, aLogPlateComesBackInItsOwnCode) {
  Picture coded(kPlateWidth, kPlateHeight, 3, SampleType::kU16);
  const Picture linear = plate(0.95f);
  // ARRI LogC3, EI 800, as its maker publishes it; greys need no change of primaries.
  for (int y = 0; y < kPlateHeight; ++y)
    for (int x = 0; x < 3 * kPlateWidth; ++x)
      coded.row<std::uint16_t>(y)[x] = static_cast<std::uint16_t>(65535.0 * (0.247190 * std::log10(5.555556 * linear.row<float>(y)[x] + 0.052272) + 0.385537) + 0.5);
  writeClip(path("in.mkv"), core::Codec::kFfv1, coded);
  const Ran ran = render(path("in.mkv"), path("out.mkv"), {"--no-relight", "--foreground-colour", "arri logc3"});
  ASSERT_EQ(ran.exitCode, 0) << ran.err;
  const Picture after = frame(path("out.mkv"), SampleType::kU16);
  for (int patch = 0; patch < 6; ++patch)
    EXPECT_NEAR(after.row<std::uint16_t>(110)[3 * patchX(patch) + 1] / 65535.0, coded.row<std::uint16_t>(110)[3 * patchX(patch) + 1] / 65535.0, 1.0 / 255.0) << patch;
}

TEST_F(ColourCommandTest, aSpaceOfAConfigurationIsUsedAndAWrongOneIsNamed) {
  std::ofstream(path("config.ocio")) << "ocio_profile_version: 2\nroles:\n  scene_linear: lin\n  default: lin\ndisplays:\n  Screen:\n"
                                        "    - !<View> {name: Film, colorspace: lin}\ncolorspaces:\n  - !<ColorSpace>\n    name: lin\n"
                                        "  - !<ColorSpace>\n    name: root\n    to_scene_reference: !<ExponentTransform> {value: 2}\n";
  Picture coded = plate(0.95f);
  for (int y = 0; y < kPlateHeight; ++y)
    for (int x = 0; x < 3 * kPlateWidth; ++x) coded.row<float>(y)[x] = std::sqrt(coded.row<float>(y)[x]);
  coded.colour.transfer = Transfer::kUnknown;
  writeClip(path("in.mkv"), core::Codec::kFfv1, core::withType(coded, SampleType::kU16));
  Ran ran = render(path("in.mkv"), path("out.%04d.exr"), {"--no-relight", "--foreground-colour", "root", "--ocio", path("config.ocio")});
  ASSERT_EQ(ran.exitCode, 0) << ran.err;
  const Picture after = frame(path("out.%04d.exr"), SampleType::kF32);
  for (int patch = 0; patch < 6; ++patch)
    EXPECT_NEAR(after.row<float>(110)[3 * patchX(patch)], patch == 5 ? 0.95f : kLevels[patch], 4e-3) << patch;
  ran = render(path("in.mkv"), path("x.mkv"), {"--foreground-colour", "branch", "--ocio", path("config.ocio")});
  EXPECT_EQ(ran.exitCode, 3);
  EXPECT_NE(ran.lastLine().find("branch"), std::string::npos) << ran.err;
  EXPECT_NE(ran.lastLine().find("root"), std::string::npos) << "says what there is: " << ran.err;
  ran = render(path("in.mkv"), path("x.mkv"), {"--foreground-colour", "root", "--ocio", path("none.ocio")});
  EXPECT_EQ(ran.exitCode, 3);
  EXPECT_NE(ran.lastLine().find("none.ocio"), std::string::npos) << ran.err;
}

}  // namespace
}  // namespace pai::cli
