// SPDX-License-Identifier: GPL-3.0-or-later
#include <fstream>
#include <set>

#include "core/media/clip_reader.h"
#include "tests/command_line/command_line_support.h"

namespace pai::cli {
namespace {

namespace fs = std::filesystem;
using RenderCommandTest = CommandLineTest;

TEST_F(RenderCommandTest, theResultHasTheForegroundsFramesRateSizeTimecodeAndSound) {
  const Ran ran = pai(renderArguments(path("out.mp4"), {"--report", path("report.json")}));
  ASSERT_EQ(ran.exitCode, 0) << ran.err;
  EXPECT_NE(ran.out.find(path("out.mp4")), std::string::npos) << ran.out;
  const nlohmann::json was = probe(clip()), is = probe(path("out.mp4"));
  for (const char* field : {"frames", "rate", "width", "height", "audio", "timecode"}) {
    ASSERT_TRUE(was.contains(field)) << field << was.dump();
    EXPECT_EQ(was[field], is[field]) << field;
  }
  EXPECT_EQ(is["frames"], kFrames);
  const auto report = nlohmann::json::parse(textOf(path("report.json")), nullptr, false);
  EXPECT_EQ(report.value("frames", 0), kFrames);
}

TEST_F(RenderCommandTest, theRecordSaysWhatMadeIt) {
  ASSERT_EQ(pai({"key", clip(), "--out", path("matte.mkv")}).exitCode, 0);
  ASSERT_EQ(pai(renderArguments(path("out.mp4"), {"--range", "0:4", "--seed", "7", "--matte", path("matte.mkv"), "--no-relight"})).exitCode, 0);
  const auto record = nlohmann::json::parse(textOf(path("out.mp4.json")), nullptr, false);
  ASSERT_TRUE(record.is_object());
  EXPECT_EQ(record["seed"], 7);
  EXPECT_EQ(record["engine"], "draft");
  EXPECT_EQ(record["frames"], 4);
  std::set<std::string> roles;
  for (const auto& media : record["media"]) {
    EXPECT_EQ(media["sha256"].get<std::string>().size(), 64u) << media.dump();
    for (const auto& role : media["roles"]) roles.insert(role.get<std::string>());
  }
  EXPECT_TRUE(roles.contains("plate") && roles.contains("reference") && roles.contains("matte"));
  EXPECT_TRUE(record["program"].get<std::string>().starts_with("PAI-Studio "));
  EXPECT_EQ(record["range"], nlohmann::json::array({0, 4}));
  EXPECT_EQ(record["shot"]["light"]["relight"], false);
  EXPECT_EQ(record["shot"]["references"].size(), 2u);
  EXPECT_EQ(record["media"][0]["sha256"], runProgram("/usr/bin/sha256sum", {clip()}).out.substr(0, 64));
  EXPECT_EQ(record["outputs"][0]["sha256"].get<std::string>().size(), 64u);
}

/// Mean of a grey frame, of 255.
double meanOf(const std::string& file, std::int64_t frame) {
  auto reader = core::ClipReader::open(file);
  if (!reader) return -1.0;
  const auto picture = (*reader)->read({frame});
  if (!picture) return -1.0;
  double sum = 0.0;
  for (int y = 0; y < (*picture)->height(); ++y)
    for (int x = 0; x < (*picture)->width() * (*picture)->channels(); ++x) sum += (*picture)->row<std::uint8_t>(y)[x];
  return sum / ((*picture)->width() * (*picture)->height() * (*picture)->channels());
}

TEST_F(RenderCommandTest, aDropOutOfTheMatteIsRepairedAndToldUnlessLeftOut) {
  ASSERT_EQ(pai({"key", clip(), "--out", path("matte.mkv")}).exitCode, 0);
  const Ran broken = runProgram("/usr/bin/ffmpeg", {"-v", "error", "-i", path("matte.mkv"), "-vf", "drawbox=color=black:t=fill:enable='eq(n,5)'",
                                                    "-c:v", "ffv1", path("broken.mkv")});
  ASSERT_EQ(broken.exitCode, 0) << broken.err;
  const auto render = [&](const char* out, std::vector<std::string> more) {
    more.insert(more.end(), {"--matte", path("broken.mkv"), "--layers", "matte", "--range", "2:9"});
    const Ran ran = pai(renderArguments(path(out), more));
    EXPECT_EQ(ran.exitCode, 0) << ran.err;
    return nlohmann::json::parse(textOf(path(out) + ".json"), nullptr, false);
  };
  const nlohmann::json repaired = render("repaired.mkv", {}), left = render("left.mkv", {"--no-repairs"});
  ASSERT_EQ(repaired["matte_repairs"].size(), 1u) << repaired["matte_repairs"].dump();
  EXPECT_EQ(repaired["matte_repairs"][0]["frame"], 5);
  EXPECT_EQ(repaired["matte_repairs"][0]["from"], nlohmann::json::array({4, 6}));
  EXPECT_EQ(repaired["matte_repairs"][0]["refused"], false);
  ASSERT_FALSE(repaired["warnings"].empty());
  EXPECT_NE(repaired["warnings"].back().get<std::string>().find("1 place in 1 frame"), std::string::npos) << repaired["warnings"].dump();
  EXPECT_TRUE(left["matte_repairs"].empty());
  EXPECT_NEAR(meanOf(path("repaired.mkv"), 3), meanOf(path("repaired.mkv"), 4), 1.0);
  EXPECT_LT(meanOf(path("left.mkv"), 3), 0.5);
  EXPECT_GT(meanOf(path("left.mkv"), 4), 10.0);
}

TEST_F(RenderCommandTest, nothingIsLeftInTheCacheOrBesideTheResult) {
  ASSERT_EQ(pai(renderArguments(path("out.mp4"), {"--range", "0:4"})).exitCode, 0);
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(m_folder))
    if (entry.is_regular_file()) names.insert(entry.path().filename().string());
  EXPECT_EQ(names, (std::set<std::string>{"out.mp4", "out.mp4.json"}));
}

TEST_F(RenderCommandTest, aRangeGivesItsFramesAndTheSameAgain) {
  for (const char* name : {"a.mkv", "b.mkv"}) ASSERT_EQ(pai(renderArguments(path(name), {"--range", "10:25"})).exitCode, 0);
  EXPECT_EQ(probe(path("a.mkv"))["frames"], 15);
  EXPECT_EQ(textOf(path("a.mkv")), textOf(path("b.mkv")));
}

TEST_F(RenderCommandTest, aSequenceIsNumberedAsThePlate) {
  ASSERT_EQ(pai(renderArguments(path("f.%04d.png"), {"--range", "10:13"})).exitCode, 0);
  for (const char* name : {"f.0010.png", "f.0011.png", "f.0012.png"}) EXPECT_TRUE(fs::exists(path(name))) << name;
  EXPECT_FALSE(fs::exists(path("f.0013.png")));
  EXPECT_FALSE(fs::exists(path("f.0009.png")));
}

TEST_F(RenderCommandTest, theSizeAskedForIsDelivered) {
  ASSERT_EQ(pai(renderArguments(path("out.mp4"), {"--range", "0:2", "--size", "80x48"})).exitCode, 0);
  const nlohmann::json is = probe(path("out.mp4"));
  EXPECT_EQ(is["width"], 80);
  EXPECT_EQ(is["height"], 48);
}

TEST_F(RenderCommandTest, layersStandBesideTheResult) {
  const Ran ran = pai(renderArguments(path("out.mkv"), {"--range", "0:3", "--layers", "composite,background,foreground,matte,camera"}));
  ASSERT_EQ(ran.exitCode, 0) << ran.err;
  for (const char* name : {"out.mkv", "out.background.mkv", "out.foreground.mkv", "out.matte.mkv"}) EXPECT_EQ(probe(path(name))["frames"], 3) << name;
  EXPECT_EQ(probe(path("out.foreground.mkv"))["alpha"], true);
  const auto camera = nlohmann::json::parse(textOf(path("out.camera.json")), nullptr, false);
  EXPECT_EQ(camera["frames"].size(), 3u);
}

TEST_F(RenderCommandTest, whenIsUnderstoodInEveryForm) {
  const std::vector<std::pair<std::string, nlohmann::json>> forms{{"0", 0}, {"17", 17}, {"-1", kFrames - 1}, {"01:00:02:00", 48}, {"begin", "begin"},
                                                                  {"middle", "middle"}, {"end", "end"}};
  int i = 0;
  for (const auto& [form, expected] : forms) {
    const std::string job = path("job" + std::to_string(i++));
    const Ran ran = pai({"render", "--foreground", clip(), "--ref", form + "=" + image(1), "--range", "0:1", "--job", job, "--out", path("w.mp4")});
    ASSERT_EQ(ran.exitCode, 0) << form << ": " << ran.err;
    const auto json = nlohmann::json::parse(textOf(job + "/job.json"), nullptr, false);
    const nlohmann::json anchor = json["shot"]["references"][0]["anchor"];
    EXPECT_NE(anchor.dump().find(expected.is_string() ? expected.get<std::string>() : expected.dump()), std::string::npos) << form << " " << anchor.dump();
  }
}

TEST_F(RenderCommandTest, referencesOutsideTheShotAreInputErrorsAndNonsenseIsUsage) {
  const auto exitOf = [this](const std::string& when) {
    return pai({"render", "--foreground", clip(), "--ref", when + "=" + image(1), "--out", path("x.mp4")}).exitCode;
  };
  for (const char* when : {"120", "-121", "02:00:00:00", "00:00:00:00"}) EXPECT_EQ(exitOf(when), 3) << when;
  for (const char* when : {"soon", "1.5", "01:00:00:99", ""}) EXPECT_EQ(exitOf(when), 2) << when;
}

TEST_F(RenderCommandTest, progressIsOneEventALineWithJson) {
  const Ran ran = pai(renderArguments(path("out.mp4"), {"--range", "0:5", "--json"}));
  ASSERT_EQ(ran.exitCode, 0) << ran.err;
  std::size_t frames = 0;
  std::int64_t seq = -1;
  std::stringstream lines(ran.err);
  for (std::string line; std::getline(lines, line);) {
    const auto event = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(event.is_object()) << line;
    EXPECT_GT(event["seq"].get<std::int64_t>(), seq);
    seq = event["seq"].get<std::int64_t>();
    frames += event["type"] == "FrameWritten";
  }
  EXPECT_EQ(frames, 5u);
}

TEST_F(RenderCommandTest, keyAndCameraMakeTheirFiles) {
  Ran ran = pai({"key", clip(), "--out", path("matte.mkv"), "--range", "0:6"});
  ASSERT_EQ(ran.exitCode, 0) << ran.err;
  EXPECT_EQ(probe(path("matte.mkv"))["frames"], 6);
  ran = pai({"camera", clip(), "--out", path("camera.json")});
  ASSERT_EQ(ran.exitCode, 0) << ran.err;
  const auto camera = nlohmann::json::parse(textOf(path("camera.json")), nullptr, false);
  EXPECT_EQ(camera["frames"].size(), static_cast<std::size_t>(kFrames));
}

TEST_F(RenderCommandTest, badInputEndsWithThreeAndOneLine) {
  std::ofstream(path("broken.mp4")) << "this is no film";
  std::ofstream(path("broken.png")) << "nor this a picture";
  std::ofstream(path("prompt.json")) << "{\"caption\": 3}";
  const std::vector<std::vector<std::string>> lines{
      {"render", "--foreground", path("none.mp4"), "--ref", "begin=" + image(1), "--out", path("x.mp4")},
      {"render", "--foreground", path("broken.mp4"), "--ref", "begin=" + image(1), "--out", path("x.mp4")},
      {"render", "--foreground", clip(), "--ref", "begin=" + path("broken.png"), "--out", path("x.mp4")},
      {"render", "--foreground", clip(), "--ref", "begin=" + image(1), "--matte", path("broken.mp4"), "--out", path("x.mp4")},
      {"render", "--foreground", clip(), "--ref", "begin=" + image(1), "--prompt", path("prompt.json"), "--out", path("x.mp4")},
      {"render", "--foreground", clip(), "--ref", "begin=" + image(1), "--out", path("no/such/folder/x.mp4")},
      {"render", path("none.pai"), "--out", path("x.mp4")},
      {"probe", path("broken.mp4")},
      {"check", "image", path("broken.png")}};
  for (const auto& line : lines) {
    const Ran ran = pai(line);
    EXPECT_EQ(ran.exitCode, 3) << line[2] << ": " << ran.err;
    EXPECT_EQ(ran.errorLines(), 1u) << ran.err;
    EXPECT_NE(ran.lastLine().find(';'), std::string::npos) << "says what to do: " << ran.err;
  }
  EXPECT_FALSE(fs::exists(path("x.mp4")));
}

}  // namespace
}  // namespace pai::cli
