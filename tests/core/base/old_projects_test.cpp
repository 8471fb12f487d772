// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "core/base/json_reader.h"
#include "core/base/project_file.h"
#include "core/base/project_json.h"
#include "tests/core/base/full_project.h"
#include "tests/core/base/temp_folder.h"

namespace pai::core {
namespace {

/// A project file as an earlier program wrote it, and what it did not know yet.
struct OldProject {
  const char* file;
  bool deliverySpace, blacks, repairs, castShadow, markers, interpolation;
};
constexpr OldProject kOldProjects[]{{"1-first.pai", false, false, false, false, false, false},   {"2-colour-spaces.pai", true, false, false, false, false, false},
                                    {"3-blacks.pai", true, true, false, false, false, false},    {"4-matte-repairs.pai", true, true, true, false, false, false},
                                    {"5-cast-shadows.pai", true, true, true, true, false, false}, {"6-markers.pai", true, true, true, true, true, false},
                                    {"7-interpolation.pai", true, true, true, true, true, true}};

std::string pathOf(const char* file) { return std::string(PAI_TEST_DATA) + "/projects/" + file; }

/// What the file says, in the words of today; what it does not say has the value of a new shot.
Project expected(const OldProject& old) {
  Project project = fullProject();
  Shot& shot = project.shots[0];
  shot.light = {};
  shot.light.relight = false;
  shot.light.strength = 0.6;
  shot.light.gradient = 0.4;
  if (old.blacks) {
    shot.light.blacks = 0.9;
    shot.light.shadow = 0.3;
    shot.light.contactShadow = 0.2;
  } else {
    shot.light.shadow = 0.9;
    shot.light.contactShadow = 0.3;
  }
  if (old.castShadow) {
    shot.light.castShadow = 0.8;
    shot.light.castShadowTurn = 1.5;
  } else if (old.blacks) {
    shot.light.lightWrap = 0.8;
    shot.light.grain = 1.5;
  } else {
    shot.light.lightWrap = 0.2;
    shot.light.grain = 0.8;
    shot.light.defocus = 1.5;
  }
  if (!old.deliverySpace) shot.delivery.colourSpace.clear();
  if (!old.repairs) shot.repairs = {};
  if (!old.markers) shot.markers.clear();
  if (!old.interpolation) {
    shot.matte[0].shape[0].interpolation = KeyInterpolation::kLinear;  // as outlines always went
    shot.camera.keys[0].interpolation = KeyInterpolation::kSmooth;
  }
  return project;
}

class OldProjects : public testing::TestWithParam<OldProject> {};

TEST_P(OldProjects, openToTheSameProjectWithoutAWord) {
  const auto loaded = loadProject(pathOf(GetParam().file));
  ASSERT_TRUE(loaded.ok()) << describe(loaded.error());
  EXPECT_TRUE(loaded->warnings.empty()) << loaded->warnings.front();
  EXPECT_EQ(jsonText(projectJson(loaded->project), 1), jsonText(projectJson(expected(GetParam())), 1));
  EXPECT_TRUE(loaded->project == expected(GetParam())) << "nothing is taken for a field of a later program";
}

TEST_P(OldProjects, savedByThisProgramTheySayTheSameAndAllTheySaidBefore) {
  const TempFolder folder;
  const auto old = loadProject(pathOf(GetParam().file));
  ASSERT_TRUE(old.ok());
  ASSERT_TRUE(saveProject(folder.file("again.pai"), old->project).ok());
  const auto again = loadProject(folder.file("again.pai"));
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->project == old->project);
  // Every value of the old file stands in the new one, at its place.
  const auto before = nlohmann::json::parse(contentOf(pathOf(GetParam().file))).flatten(), after = nlohmann::json::parse(contentOf(folder.file("again.pai"))).flatten();
  for (const auto& [place, value] : before.items()) EXPECT_EQ(after.value(place, nlohmann::json()), value) << place;
}

INSTANTIATE_TEST_SUITE_P(Files, OldProjects, testing::ValuesIn(kOldProjects), [](const auto& each) {
  std::string name = each.param.file;
  name.resize(name.find('.'));
  for (char& c : name)
    if (c == '-') c = '_';
  return name;
});

}  // namespace
}  // namespace pai::core
