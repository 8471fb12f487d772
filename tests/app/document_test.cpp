// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "app/document/document.h"
#include "app/document/error_text.h"
#include "core/base/project_json.h"

namespace pai::app {
namespace {

core::Project projectWithShots(int count) {
  core::Project project;
  project.media.push_back({"media1", "plate.mov", "/footage/plate.mov"});
  for (int i = 1; i <= count; ++i) {
    core::Shot shot;
    shot.id = "shot" + std::to_string(i);
    shot.plate = "media1";
    shot.range = {{0}, {97}};
    project.shots.push_back(shot);
  }
  return project;
}

class DocumentTest : public testing::Test {
 protected:
  DocumentTest() { document.reset(projectWithShots(2), {}); }
  void setGamma(double value, const QString& mergeKey = {}) {
    document.editShot("shot1", "gamma", [value](core::Shot& s) { s.light.strength = value; }, mergeKey);
  }
  Document document;
};

TEST_F(DocumentTest, anEditIsOneNamedStepThatUndoTakesBack) {
  const core::Project before = document.project();
  setGamma(0.2);
  EXPECT_EQ(document.undoStack().undoText(), "gamma");
  EXPECT_TRUE(document.isModified());
  document.undoStack().undo();
  EXPECT_EQ(document.project(), before);
  EXPECT_FALSE(document.isModified());
}

TEST_F(DocumentTest, anEditThatChangesNothingIsNoStep) {
  setGamma(core::LightSettings().strength);
  EXPECT_EQ(document.undoStack().count(), 0);
}

TEST_F(DocumentTest, editsOfOneDragMergeAndTheNextDragStandsAlone) {
  for (double v : {0.1, 0.2, 0.3}) setGamma(v, "drag");
  EXPECT_EQ(document.undoStack().count(), 1);
  document.endMerge();
  setGamma(0.4, "drag");
  EXPECT_EQ(document.undoStack().count(), 2);
  document.undoStack().undo();
  EXPECT_DOUBLE_EQ(document.shot("shot1")->light.strength, 0.3);
}

TEST_F(DocumentTest, aDragThatEndsWhereItBeganLeavesNoStep) {
  const double start = document.shot("shot1")->light.strength;
  setGamma(0.1, "drag");
  setGamma(start, "drag");
  EXPECT_EQ(document.undoStack().count(), 0);
}

TEST_F(DocumentTest, undoToTheBeginningAndRedoToTheEndGiveTheSameJson) {
  const std::string first = core::projectJson(document.project()).dump();
  setGamma(0.2);
  document.editProject("remove", [](core::Project& p) { p.shots.pop_back(); });
  document.editShot("shot1", "prompt", [](core::Shot& s) { s.prompt.caption = "夜 night"; });
  const std::string last = core::projectJson(document.project()).dump();
  while (document.undoStack().canUndo()) document.undoStack().undo();
  EXPECT_EQ(core::projectJson(document.project()).dump(), first);
  while (document.undoStack().canRedo()) document.undoStack().redo();
  EXPECT_EQ(core::projectJson(document.project()).dump(), last);
}

TEST_F(DocumentTest, removingTheCurrentShotMovesToOneThatIsThere) {
  document.setCurrentShot("shot2");
  document.editProject("remove", [](core::Project& p) { p.shots.pop_back(); });
  ASSERT_NE(document.currentShot(), nullptr);
  EXPECT_EQ(document.currentShotId(), "shot1");
}

TEST_F(DocumentTest, pathsThatMayNotBeOpenedGiveNone) {
  EXPECT_TRUE(document.mediaPath({"m", "x", "https://example.org/a.mov"}).isEmpty());
  EXPECT_EQ(document.mediaPath(document.project().media.front()), "/footage/plate.mov");
}

TEST(ErrorTextTest, everyCodeHasATitleAndARemedyOfItsOwn) {
  QStringList titles;
  for (core::ErrorCode code : core::allErrorCodes()) {
    EXPECT_FALSE(errorRemedyText(code).isEmpty());
    titles << errorTitle(code);
  }
  EXPECT_EQ(titles.removeDuplicates(), 0);
}

}  // namespace
}  // namespace pai::app
