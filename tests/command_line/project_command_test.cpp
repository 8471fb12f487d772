// SPDX-License-Identifier: GPL-3.0-or-later
/// `pai project` and `pai check project|prompt|safetensors|sentencepiece`.
#include <chrono>
#include <fstream>

#include "tests/command_line/command_line_support.h"

namespace pai::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class ProjectCommandTest : public CommandLineTest {
 protected:
  json parsed(const Ran& ran) const {
    EXPECT_EQ(ran.exitCode, 0) << ran.err;
    return json::parse(ran.out, nullptr, false);
  }
  std::string write(const std::string& name, const json& content) const {
    std::ofstream(path(name)) << content.dump(1) << "\n";
    return path(name);
  }
  json prompt(const json& caption) const {
    json all{{"caption", caption}};
    for (const char* field : {"foreground_content", "background_content", "foreground_motion", "background_motion",
                              "camera_motion_analysis", "camera_angle", "focal_length"})
      all[field] = "text";
    return all;
  }
  json manifest(int shots) const {
    json list = json::array();
    for (int i = 0; i < shots; ++i)
      list.push_back({{"name", "sh" + std::to_string(1000 + 10 * i)},
                      {"plate", clip()},
                      {"range", {i % 60, i % 60 + 24}},
                      {"plate_colour_space", "rec709"},
                      {"references", {{{"image", image(1)}, {"at", "begin"}, {"colour_space", "srgb"}}, {{"image", image(2)}, {"at", -1}}}},
                      {"prompt", {{"caption", "shot " + std::to_string(i)}}},
                      {"seed", i}});
    return {{"version", 1}, {"project", "film.pai"}, {"name", "Film"}, {"shots", list}};
  }
};

TEST_F(ProjectCommandTest, twoHundredShotsAreAppliedInOneCallAndAgainChangesNothing) {
  const std::string file = write("film.manifest.json", manifest(200));
  const auto start = std::chrono::steady_clock::now();
  json report = parsed(pai({"project", "apply", file, "--json"}));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_EQ(report["added"].size(), 200u);
  const std::string before = textOf(path("film.pai"));
  report = parsed(pai({"project", "apply", file, "--json"}));
  EXPECT_EQ(report["unchanged"].size(), 200u);
  EXPECT_EQ(textOf(path("film.pai")), before);
  const json info = parsed(pai({"project", "info", path("film.pai"), "--json"}));
  ASSERT_EQ(info["shots"].size(), 200u);
  EXPECT_EQ(info["media"].size(), 3u);
  EXPECT_EQ(info["shots"][7]["frames"], 24);
  const json project = json::parse(before);
  EXPECT_EQ(project["media"][0]["colour_space"], "rec709");
  EXPECT_EQ(project["media"][1]["colour_space"], "srgb");
  json changed = manifest(200);
  changed["shots"][3]["seed"] = 99;
  report = parsed(pai({"project", "apply", write("film.manifest.json", changed), "--json"}));
  EXPECT_EQ(report["changed"], json::array({"sh1030"}));
}

TEST_F(ProjectCommandTest, aBrokenManifestNamesTheFieldAndLeavesTheProject) {
  ASSERT_EQ(pai({"project", "apply", write("m.json", manifest(2))}).exitCode, 0);
  const std::string before = textOf(path("film.pai"));
  json broken = manifest(2);
  broken["shots"][1]["references"][0]["at"] = "soon";
  const Ran ran = pai({"project", "apply", write("m.json", broken)});
  EXPECT_EQ(ran.exitCode, 3);
  EXPECT_NE(ran.lastLine().find("shots[1].references[0].at"), std::string::npos) << ran.err;
  EXPECT_EQ(textOf(path("film.pai")), before);
}

TEST_F(ProjectCommandTest, newInfoMigrateCollectAndRelinkWork) {
  ASSERT_EQ(pai({"project", "new", path("a.pai"), "--name", "First"}).exitCode, 0);
  EXPECT_EQ(parsed(pai({"project", "info", path("a.pai"), "--json"}))["name"], "First");
  EXPECT_EQ(pai({"project", "new", path("a.pai")}).exitCode, 4) << "an existing file is not replaced";
  EXPECT_NE(pai({"project", "migrate", path("a.pai")}).out.find("already"), std::string::npos);

  fs::create_directories(path("media"));
  fs::copy_file(clip(), path("media/clip.mp4"));
  json m = manifest(1);
  m["shots"][0]["plate"] = "media/clip.mp4";
  ASSERT_EQ(pai({"project", "apply", write("m.json", m)}).exitCode, 0);
  ASSERT_EQ(pai({"project", "relink", path("film.pai"), "--hash"}).exitCode, 0);
  const json hashed = json::parse(textOf(path("film.pai")));
  EXPECT_EQ(hashed["media"][0]["sha256"].get<std::string>().size(), 64u);

  ASSERT_EQ(pai({"project", "collect", path("film.pai"), path("all")}).exitCode, 0);
  const json collected = json::parse(textOf(path("all/film.pai")));
  ASSERT_FALSE(collected["media"].empty());
  for (const json& media : collected["media"])
    EXPECT_TRUE(fs::exists(path("all") + "/" + media["path"].get<std::string>())) << media.dump();

  fs::create_directories(path("moved"));
  fs::rename(path("media/clip.mp4"), path("moved/renamed.mp4"));
  const json lost = parsed(pai({"project", "info", path("film.pai"), "--json"}));
  EXPECT_EQ(lost["media"][0]["state"], "missing");
  ASSERT_EQ(pai({"project", "relink", path("film.pai"), "--search", path("moved")}).exitCode, 0);
  const json found = parsed(pai({"project", "info", path("film.pai"), "--json"}));
  EXPECT_EQ(found["media"][0]["state"], "there") << found.dump();
  EXPECT_EQ(found["media"][0]["path"], "moved/renamed.mp4");
}

TEST_F(ProjectCommandTest, checkSaysWhatAProjectAndAPromptHold) {
  ASSERT_EQ(pai({"project", "apply", write("m.json", manifest(2))}).exitCode, 0);
  const json project = parsed(pai({"check", "project", path("film.pai"), "--json"}));
  EXPECT_EQ(project["shots"].size(), 2u);
  EXPECT_EQ(project["shots"][1]["references"], 2);
  const json street = parsed(pai({"check", "prompt", write("p.json", prompt("a street at night")), "--json"}));
  EXPECT_EQ(street["fields"].size(), 8u);
  EXPECT_EQ(street["fields"]["caption"], "a street at night");
  const json longer = parsed(pai({"check", "prompt", write("p.json", prompt(std::string(4000, 'x'))), "--json"}));
  EXPECT_FALSE(longer["warnings"].empty());
  const Ran wrong = pai({"check", "prompt", write("p.json", prompt(3))});
  EXPECT_EQ(wrong.exitCode, 3);
  EXPECT_NE(wrong.lastLine().find("caption"), std::string::npos) << wrong.err;
}

TEST_F(ProjectCommandTest, checkReadsTensorsAndTheirValues) {
  const std::string header = R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"made_by":"test"}})";
  std::string bytes(8, '\0');
  for (int i = 0; i < 8; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<char>(header.size() >> (8 * i) & 255);
  const float values[2] = {1.5f, -2.0f};
  bytes += header + std::string(reinterpret_cast<const char*>(values), sizeof values);
  std::ofstream(path("a.safetensors"), std::ios::binary) << bytes;
  const json tensors = parsed(pai({"check", "safetensors", path("a.safetensors"), "--json"}));
  ASSERT_EQ(tensors["tensors"].size(), 1u);
  EXPECT_EQ(tensors["tensors"][0]["values"], json::array({1.5, -2.0}));
  EXPECT_EQ(tensors["metadata"]["made_by"], "test");
  std::ofstream(path("a.safetensors"), std::ios::binary) << bytes.substr(0, bytes.size() - 1);
  EXPECT_EQ(pai({"check", "safetensors", path("a.safetensors")}).exitCode, 3);
  EXPECT_EQ(pai({"check", "sentencepiece", path("a.safetensors")}).exitCode, 3);
}

}  // namespace
}  // namespace pai::cli
