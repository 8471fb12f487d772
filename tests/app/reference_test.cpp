// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "app/document/reference_edits.h"

namespace pai::app {
namespace {

class ReferenceEditsTest : public testing::Test {
 protected:
  ReferenceEditsTest() {
    core::Project project;
    project.media.push_back({"image1", "hall.png", "/r/hall.png", core::MediaKind::kImage});
    core::Shot shot;
    shot.id = "shot1";
    shot.range = {{10}, {107}};
    project.shots.push_back(shot);
    document.reset(project, {});
  }
  const core::FrameRange range{{10}, {107}};
  Document document;
};

TEST_F(ReferenceEditsTest, middleIsHalvesUp) {
  EXPECT_EQ(middleFrame({{0}, {97}}), 48);
  EXPECT_EQ(middleFrame({{0}, {4}}), 2);
  EXPECT_EQ(endFrame({{0}, {97}}), 96);
}

TEST_F(ReferenceEditsTest, aFrameAnchorStaysOnItsPictureWhenTheShotIsTrimmed) {
  const auto id = addReference(document, "shot1", "image1", frameAnchor(range, {30}));
  ASSERT_TRUE(id);
  const core::Anchor anchor = findReference(*document.shot("shot1"), *id)->anchor;
  EXPECT_EQ(core::resolveAnchor(anchor, range), core::FrameIndex{30});
  EXPECT_EQ(core::resolveAnchor(anchor, {{20}, {107}}), core::FrameIndex{20});
  EXPECT_EQ(core::resolveAnchor(anchor, {{50}, {107}}), std::nullopt);
}

TEST_F(ReferenceEditsTest, theSeventeenthReferenceIsRefusedAndNothingChanges) {
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(addReference(document, "shot1", "image1", frameAnchor(range, {i})));
  const core::Project before = document.project();
  EXPECT_FALSE(addReference(document, "shot1", "image1", frameAnchor(range, {60})));
  EXPECT_EQ(document.project(), before);
}

TEST_F(ReferenceEditsTest, aCopyKeepsEverythingButPlaceAndName) {
  const auto id = addReference(document, "shot1", "image1", {core::AnchorKind::kBegin, {}});
  setReferenceStrength(document, "shot1", *id, 0.4);
  const auto copy = copyReference(document, "shot1", *id, {core::AnchorKind::kEnd, {}});
  ASSERT_TRUE(copy);
  core::Reference expected = *findReference(*document.shot("shot1"), *id);
  expected.id = *copy;
  expected.anchor = {core::AnchorKind::kEnd, {}};
  EXPECT_EQ(*findReference(*document.shot("shot1"), *copy), expected);
}

TEST_F(ReferenceEditsTest, strengthIsBoundedToOne) {
  const auto id = addReference(document, "shot1", "image1", {core::AnchorKind::kBegin, {}});
  setReferenceStrength(document, "shot1", *id, -3.0);
  EXPECT_DOUBLE_EQ(findReference(*document.shot("shot1"), *id)->strength, 0.0);
}

}  // namespace
}  // namespace pai::app
