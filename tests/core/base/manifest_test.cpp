// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/manifest.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/base/project_file.h"
#include "tests/core/base/temp_folder.h"

namespace pai::core {
namespace {

using nlohmann::json;

json manifestOf(int shots) {
  json list = json::array();
  for (int i = 0; i < shots; ++i) {
    const std::string name = "sh" + std::to_string(10 * (i + 1));
    list.push_back({{"name", name},
                    {"plate", "plates/" + name + ".mov"},
                    {"range", {8, 105}},
                    {"references",
                     {{{"image", "refs/a.png"}, {"at", "begin"}},
                      {{"image", "refs/b.png"}, {"at", 48}, {"strength", 0.5}},
                      {{"image", "refs/a.png"}, {"at", -1}}}},
                    {"matte", {"roto/" + name + ".%04d.png"}},
                    {"camera_from", "set/" + name + ".mov"},
                    {"prompt", {{"caption", "dusk"}}},
                    {"engine", "draft"},
                    {"seed", 7},
                    {"settings", {{"light", {{"strength", 0.25}}}}}});
  }
  return {{"version", 1}, {"project", "film.pai"}, {"name", "Film"}, {"shots", list}};
}

Result<ManifestReport> applyTo(Project& project, const json& manifest) {
  return applyManifest(project, manifest.dump(), "m.json", "/films/show", "/films/show");
}

TEST(Manifest, twoHundredShotsInOneCall) {
  Project project;
  const auto report = applyTo(project, manifestOf(200));
  ASSERT_TRUE(report.ok()) << report.error().detail;
  EXPECT_EQ(report->added.size(), 200u);
  EXPECT_EQ(project.media.size(), 602u);  // three of each shot, two references shared by all
  const Shot& shot = project.shots[199];
  EXPECT_EQ(shot.name, "sh2000");
  EXPECT_EQ(project.findMedia(shot.plate)->path, "plates/sh2000.mov");
  EXPECT_EQ(shot.references[1].anchor, (Anchor{AnchorKind::kFrame, {56}}));
  EXPECT_EQ(shot.references[2].anchor, (Anchor{AnchorKind::kFrame, {104}}));
  EXPECT_EQ(shot.references[1].strength, 0.5);
  EXPECT_EQ(shot.camera.source, CameraSettings::Source::kClip);
  EXPECT_EQ(shot.matte[0].source, MatteSource::kExternal);
  EXPECT_EQ(project.findMedia(shot.matte[0].media)->kind, MediaKind::kSequence);
  EXPECT_EQ(shot.prompt.caption, "dusk");
  EXPECT_EQ(shot.light.strength, 0.25);
  EXPECT_EQ(shot.render.seed, 7u);
}

TEST(Manifest, applyingItAgainChangesNothing) {
  Project project;
  ASSERT_TRUE(applyTo(project, manifestOf(20)).ok());
  const Project before = project;
  const auto again = applyTo(project, manifestOf(20));
  EXPECT_EQ(again->unchanged.size(), 20u);
  EXPECT_EQ(project, before);
}

TEST(Manifest, editsItDoesNotStateStay) {
  Project project;
  ASSERT_TRUE(applyTo(project, manifestOf(2)).ok());
  project.shots[0].references[1].offsetX = 0.25;
  project.shots[0].light.grain = 0.5;
  MatteLayer layer;
  layer.id = "matte77";
  project.shots[0].matte.push_back(layer);
  Shot other;
  other.id = "shotx";
  other.name = "by hand";
  project.shots.push_back(other);
  json manifest = manifestOf(2);
  manifest["shots"][0]["seed"] = 8;
  const auto report = applyTo(project, manifest);
  EXPECT_EQ(report->changed, std::vector<std::string>{"sh10"});
  EXPECT_EQ(report->unchanged, std::vector<std::string>{"sh20"});
  EXPECT_EQ(project.shots[0].references[1].offsetX, 0.25);
  EXPECT_EQ(project.shots[0].light.grain, 0.5);
  EXPECT_EQ(project.shots[0].matte.size(), 2u);
  EXPECT_EQ(project.shots[0].render.seed, 8u);
  EXPECT_EQ(project.shots.size(), 3u);
}

TEST(Manifest, identitiesStayUniqueWhenReferencesChange) {
  Project project;
  ASSERT_TRUE(applyTo(project, manifestOf(3)).ok());
  json manifest = manifestOf(3);
  manifest["shots"][1]["references"] = {{{"image", "refs/new.png"}}, {{"image", "refs/a.png"}, {"at", "begin"}}};
  ASSERT_TRUE(applyTo(project, manifest).ok());
  const TempFolder folder;
  EXPECT_TRUE(saveProject(folder.file("p.pai"), project).ok()) << "a project that saves has no identity twice";
}

TEST(Manifest, whatIsWrongIsNamedAndNothingIsApplied) {
  const std::pair<const char*, json> wrong[]{{"/shots/1/plat", "x"},
                                             {"/shots/1/plate", 5},
                                             {"/shots/1/references/0/at", "x"},
                                             {"/shots/1/references/0/imag", "x"},
                                             {"/shots/1/seed", -1},
                                             {"/shots/1/settings", {{"light", {{"strength", "x"}}}}},
                                             {"/shots/1/settings", {{"id", "x"}}},
                                             {"/shots/1/name", "sh10"},
                                             {"/shots/1/plate", "http://h/x"},
                                             {"/shts", 1},
                                             {"/shots/1/range", {1}},
                                             {"/shots/1/prompt", "none.json"}};
  for (const auto& [place, value] : wrong) {
    Project project;
    json manifest = manifestOf(3);
    manifest[json::json_pointer(place)] = value;
    const auto report = applyTo(project, manifest);
    ASSERT_FALSE(report.ok()) << place;
    EXPECT_FALSE(report.error().detail.empty());
    EXPECT_EQ(project, Project{}) << place;
  }
  Project project;
  EXPECT_EQ(applyManifest(project, R"({"version":2,"shots":[]})", "m", "/", "/").error().code,
            ErrorCode::kVersionTooNew);
  EXPECT_EQ(applyManifest(project, R"({"shots":[]})", "m", "/", "/").error().code, ErrorCode::kFieldInvalid);
  EXPECT_EQ(applyManifest(project, R"({"version":1})", "m", "/", "/").error().code, ErrorCode::kFieldInvalid);
}

TEST(Manifest, promptMayBeAFile) {
  const TempFolder folder;
  StructuredPrompt prompt;
  prompt.caption = "a harbour at dusk";
  folder.write("prompts/sh10.json", promptJson(prompt));
  json manifest = manifestOf(1);
  manifest["shots"][0]["prompt"] = "prompts/sh10.json";
  Project project;
  ASSERT_TRUE(applyManifest(project, manifest.dump(), "m", folder.path(), folder.path()).ok());
  EXPECT_EQ(project.shots[0].prompt, prompt);
}

TEST(Manifest, namesItsProject) {
  EXPECT_EQ(*manifestProjectPath(manifestOf(1).dump(), "m"), "film.pai");
  EXPECT_EQ(*manifestProjectPath(R"({"version":1,"shots":[]})", "m"), "");
}

}  // namespace
}  // namespace pai::core
