// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/project.h"

#include <limits>

#include <gtest/gtest.h>

#include "core/base/json_reader.h"
#include "core/base/project_file.h"
#include "core/base/project_json.h"
#include "tests/core/base/full_project.h"
#include "tests/core/base/temp_folder.h"

namespace pai::core {
namespace {

using nlohmann::json;

/// Puts an unknown field into every object of a JSON value.
void plantUnknown(json& value, int& count) {
  if (value.is_array())
    for (json& item : value) plantUnknown(item, count);
  if (!value.is_object()) return;
  for (auto& [name, item] : value.items()) plantUnknown(item, count);
  value["later_field"] = {{"deep", {1, "two", nullptr}}, {"n", ++count}};
}

TEST(ProjectJson, everyFieldReadsBack) {
  const Project project = fullProject();
  std::vector<std::string> warnings;
  const auto back = parseProject(jsonText(projectJson(project)), "p", &warnings);
  ASSERT_TRUE(back.ok()) << back.error().detail;
  EXPECT_EQ(*back, project);
  EXPECT_TRUE(warnings.empty()) << warnings.front();
}

TEST(ProjectJson, aFileFromBeforeThereWereMarkersReadsWithoutAWarning) {
  json value = projectJson(fullProject());
  value["shots"][0].erase("markers");
  std::vector<std::string> warnings;
  const auto back = parseProject(jsonText(value), "p", &warnings);
  ASSERT_TRUE(back.ok()) << back.error().detail;
  EXPECT_TRUE(back->shots[0].markers.empty());
  EXPECT_TRUE(warnings.empty()) << warnings.front();
}

TEST(ProjectJson, twoMarkersOfOneNameAreRefused) {
  Project project = fullProject();
  project.shots[0].markers.push_back(project.shots[0].markers.front());
  EXPECT_FALSE(parseProject(jsonText(projectJson(project)), "p").ok());
}

TEST(ProjectJson, aDefaultProjectReadsBack) { EXPECT_EQ(*parseProject(jsonText(projectJson({})), "p"), Project{}); }

TEST(ProjectJson, unknownFieldsOfEveryObjectSurvive) {
  json value = projectJson(fullProject());
  int planted = 0;
  plantUnknown(value, planted);
  ASSERT_GT(planted, 15);
  const auto read = parseProject(value.dump(), "p");
  ASSERT_TRUE(read.ok()) << read.error().detail;
  EXPECT_EQ(projectJson(*read), value);
}

TEST(ProjectJson, unknownFieldsSurviveAnEdit) {
  json value = projectJson(fullProject());
  value["shots"][0]["light"]["ambient"] = 0.5;
  auto read = parseProject(value.dump(), "p");
  ASSERT_TRUE(read.ok());
  read->shots[0].light.strength = 0.125;
  const json written = projectJson(*read);
  EXPECT_EQ(written["shots"][0]["light"]["ambient"], 0.5);
  EXPECT_EQ(written["shots"][0]["light"]["strength"], 0.125);
}

TEST(ProjectJson, wrongTypeNamesTheField) {
  json value = projectJson(fullProject());
  value["shots"][0]["references"][0]["strength"] = "much";
  const auto read = parseProject(value.dump(), "film.pai");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kFieldInvalid);
  EXPECT_NE(read.error().detail.find("shots[0].references[0].strength"), std::string::npos) << read.error().detail;
  EXPECT_EQ(read.error().context, "film.pai");
}

TEST(ProjectJson, numberOutsideItsRangeIsMovedAndTold) {
  json value = projectJson(fullProject());
  value["shots"][0]["references"][0]["strength"] = 7.0;
  value["shots"][0]["range"] = {100, 50};
  std::vector<std::string> warnings;
  const auto read = parseProject(value.dump(), "p", &warnings);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->shots[0].references[0].strength, 1.0);
  EXPECT_TRUE(read->shots[0].range.empty());
  EXPECT_EQ(warnings.size(), 2u);
}

TEST(ProjectJson, identityUsedTwiceIsRefused) {
  for (const char* list : {"media", "shots"}) {
    json value = projectJson(fullProject());
    value[list].push_back(value[list][0]);
    EXPECT_EQ(parseProject(value.dump(), "p").error().code, ErrorCode::kFieldInvalid) << list;
  }
  for (const char* list : {"references", "matte"}) {
    json value = projectJson(fullProject());
    json& items = value["shots"][0][list];
    items.push_back(items[0]);
    EXPECT_EQ(parseProject(value.dump(), "p").error().code, ErrorCode::kFieldInvalid) << list;
  }
}

TEST(ProjectJson, missingMediaKeepsEditsAndIsTold) {
  json value = projectJson(fullProject());
  value["media"] = json::array();
  std::vector<std::string> warnings;
  const auto read = parseProject(value.dump(), "p", &warnings);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->shots, fullProject().shots);
  EXPECT_EQ(warnings.size(), 2u);
}

TEST(ProjectJson, laterVersionIsRefusedByName) {
  json value = projectJson({});
  value["version"] = kProjectVersion + 1;
  EXPECT_EQ(parseProject(value.dump(), "p").error().code, ErrorCode::kVersionTooNew);
  value["version"] = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(parseProject(value.dump(), "p").error().code, ErrorCode::kVersionTooNew);
  for (const json& wrong : {json(0), json(-1), json(1.5), json("1"), json(nullptr)}) {
    value["version"] = wrong;
    EXPECT_EQ(parseProject(value.dump(), "p").error().code, ErrorCode::kFieldInvalid) << wrong;
  }
}

TEST(Migration, stepsRunInOrderFromTheFilesVersion) {
  const std::vector<Migration> steps{[](json& p) { return p["trail"] += "a", Status(); },
                                     [](json& p) { return p["trail"] += "b", Status(); },
                                     [](json& p) { return p["trail"] += "c", Status(); }};
  for (int version = 3; version <= 6; ++version) {
    json project{{"version", version}, {"trail", json::array()}};
    ASSERT_TRUE(migrateProject(project, 3, steps, "p").ok());
    EXPECT_EQ(project["version"], 6);
    EXPECT_EQ(project["trail"].size(), static_cast<std::size_t>(6 - version));
  }
  json later{{"version", 7}};
  EXPECT_EQ(migrateProject(later, 3, steps, "p").error().code, ErrorCode::kVersionTooNew);
  json never{{"version", 2}};
  EXPECT_EQ(migrateProject(never, 3, steps, "p").error().code, ErrorCode::kFieldInvalid);
}

TEST(Migration, failedStepNamesTheFile) {
  const std::vector<Migration> steps{[](json&) { return Status(Error{ErrorCode::kFieldInvalid, "no", "", {}}); }};
  json project{{"version", 1}};
  EXPECT_EQ(migrateProject(project, 1, steps, "film.pai").error().context, "film.pai");
}

TEST(ResolveAnchor, anchorsFollowTheRange) {
  const FrameRange range{{10}, {20}};
  EXPECT_EQ(resolveAnchor({AnchorKind::kBegin, {}}, range)->value, 0);
  EXPECT_EQ(resolveAnchor({AnchorKind::kMiddle, {}}, range)->value, 5);  // (10 - 1) / 2, halves up
  EXPECT_EQ(resolveAnchor({AnchorKind::kMiddle, {}}, {{0}, {97}})->value, 48);
  EXPECT_EQ(resolveAnchor({AnchorKind::kEnd, {}}, range)->value, 9);
  EXPECT_EQ(resolveAnchor({AnchorKind::kFrame, {12}}, range)->value, 2);
  EXPECT_FALSE(resolveAnchor({AnchorKind::kFrame, {9}}, range));
  EXPECT_FALSE(resolveAnchor({AnchorKind::kFrame, {20}}, range));
  EXPECT_FALSE(resolveAnchor({AnchorKind::kBegin, {}}, {}));
}

TEST(NewId, isNeverOneThatOccurs) {
  Project project = fullProject();
  EXPECT_EQ(newId(project, "media"), "media4");
  EXPECT_EQ(newId(project, "ref"), "ref2");
  project.media[1].id = "media18446744073709551615";
  EXPECT_EQ(project.findMedia(newId(project, "media")), nullptr);
}

TEST(MediaPaths, placesAreTold) {
  EXPECT_EQ(resolveMediaPath("a/b.mov", "/p").path, "/p/a/b.mov");
  EXPECT_EQ(resolveMediaPath("a/b.mov", "/p").place, MediaPlace::kInside);
  EXPECT_EQ(resolveMediaPath("a/../../b.mov", "/p").path, "/b.mov");
  for (const char* outside : {"../x.mov", "a/../../x", "/etc/passwd", "/p/qq/x", "."})
    EXPECT_EQ(resolveMediaPath(outside, "/p/q").place, MediaPlace::kOutside) << outside;
  for (const char* forbidden : {"", "http://198.51.100.7/x.mp4", "file:///etc/passwd", "\\\\server\\share\\x",
                                "//server/share", "C:\\x", "c:/x", "rtmp://h"}) {
    EXPECT_EQ(resolveMediaPath(forbidden, "/p").place, MediaPlace::kForbidden) << forbidden;
    EXPECT_EQ(resolveMediaPath(forbidden, "/p").path, "") << forbidden;
  }
  EXPECT_EQ(resolveMediaPath(std::string("a\0b", 3), "/p").place, MediaPlace::kForbidden);
  EXPECT_EQ(resolveMediaPath("take 2: final.mov", "/p").place, MediaPlace::kInside);
}

TEST(MediaPaths, pathForProjectAndBack) {
  EXPECT_EQ(pathForProject("/p/a/b.mov", "/p"), "a/b.mov");
  EXPECT_EQ(pathForProject("/q/b.mov", "/p"), "/q/b.mov");
  EXPECT_EQ(resolveMediaPath(pathForProject("/p/a/b.mov", "/p"), "/p").path, "/p/a/b.mov");
}

TEST(ProjectFile, loadTellsWhereItLies) {
  const TempFolder folder;
  const std::string path = folder.file("film.pai");
  ASSERT_TRUE(saveProject(path, fullProject()).ok());
  const auto loaded = loadProject(path);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->project, fullProject());
  EXPECT_EQ(loaded->folder, folder.path());
}

TEST(ProjectFile, whatCannotBeReadIsNamedAndLeftUntouched) {
  const TempFolder folder;
  EXPECT_EQ(loadProject(folder.file("none.pai")).error().code, ErrorCode::kFileMissing);
  EXPECT_EQ(loadProject(folder.path()).error().code, ErrorCode::kFormatUnknown);
  const std::string broken = folder.write("broken.pai", "{\"version\": 1,");
  EXPECT_EQ(loadProject(broken).error().code, ErrorCode::kJsonInvalid);
  EXPECT_EQ(contentOf(broken), "{\"version\": 1,");
}

}  // namespace
}  // namespace pai::core
