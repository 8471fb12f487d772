// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/pack_rules.h"

#include <gtest/gtest.h>

namespace pai::core {
namespace {

PackRules rulesOf(const std::string& text) {
  const Result<PackRules> rules = parsePackRules(text, "pack.json");
  EXPECT_TRUE(rules.ok()) << (rules.ok() ? "" : describe(rules.error()));
  return rules.ok() ? *rules : PackRules{};
}

TEST(PackRules, framesArePaddedToTheAutoencodersGroups) {
  const PackRules rules = rulesOf(R"({"conditioning": "in-context"})");
  EXPECT_EQ(rules.conditioning, PackConditioning::kInContext);
  EXPECT_EQ(rules.paddedFrames(1), 1);
  EXPECT_EQ(rules.paddedFrames(2), 5);
  EXPECT_EQ(rules.paddedFrames(5), 5);
  EXPECT_EQ(rules.paddedFrames(80), 81);
  EXPECT_EQ(rules.latentSteps(81), 21);
  const PackRules pixels = rulesOf(R"({"autoencoder": "none", "multiple": 8})");
  EXPECT_EQ(pixels.paddedFrames(6), 6);
  EXPECT_EQ(pixels.latentSteps(6), 6);
}

TEST(PackRules, aShotIsScaledDownIntoThePacksSizeAndPadded) {
  const PackRules rules = rulesOf(R"({"width": 832, "height": 480})");
  const PackPictureSize wide = packPictureSize(rules, 1920, 1080);
  EXPECT_EQ(wide.fitWidth, 832);
  EXPECT_EQ(wide.fitHeight, 468);
  EXPECT_EQ(wide.paddedWidth, 832);
  EXPECT_EQ(wide.paddedHeight, 480);
  const PackPictureSize small = packPictureSize(rules, 100, 50);  // never enlarged
  EXPECT_EQ(small.fitWidth, 100);
  EXPECT_EQ(small.paddedWidth, 112);
  EXPECT_EQ(small.paddedHeight, 64);
}

TEST(PackRules, aSlotHoldsFrameZeroAloneAndThenFourFramesEach) {
  const PackRules rules = rulesOf(R"({"conditioning": "vace"})");
  ASSERT_TRUE(rules.hasSlots());
  for (std::int64_t frame = 0; frame < 100; ++frame) {
    const std::int64_t slot = rules.slotOf(frame);
    EXPECT_TRUE(rules.framesOfSlot(slot).contains({frame})) << frame;
    EXPECT_EQ(rules.slotOf(rules.middleOfSlot(slot)), slot) << frame;
  }
  EXPECT_EQ(rules.framesOfSlot(0), (FrameRange{{0}, {1}}));
  EXPECT_EQ(rules.framesOfSlot(3), (FrameRange{{9}, {13}}));
  EXPECT_EQ(rules.middleOfSlot(3), 10);
}

TEST(PackRules, onlyPacksThatHoldReferencesInStepsHaveSlots) {
  EXPECT_TRUE(rulesOf(R"({"conditioning": "in-context"})").hasSlots());
  EXPECT_FALSE(rulesOf(R"({"conditioning": "in-context", "positions": "continuous"})").hasSlots());
  EXPECT_FALSE(rulesOf(R"({"conditioning": "in-context", "autoencoder": "none"})").hasSlots());
  EXPECT_FALSE(rulesOf(R"({"conditioning": "text"})").hasSlots());
}

TEST(PackRules, whatIsOutOfBoundsIsRefusedByName) {
  for (const auto& [text, named] : {std::pair{R"({"multiple": 0})", "multiple"}, {R"({"multiple": 8})", "multiple"}, {R"({"window": -1})", "window"},
                                    {R"({"window": 8, "overlap": 8})", "overlap"}, {R"({"width": 1e9})", "width"}, {R"({"width": "wide"})", "width"},
                                    {R"({"conditioning": "magic"})", "conditioning"}, {R"({"autoencoder": "some"})", "autoencoder"},
                                    {R"({"screen": [0, 2, 0]})", "screen"}, {R"({"name": 5})", "name"}, {R"({"positions": "near"})", "positions"}, {R"({"steps": 5000})", "steps"}, {R"({"guidance": "much"})", "guidance"}, {R"([])", "object"}}) {
    const Result<PackRules> rules = parsePackRules(text, "pack.json");
    ASSERT_FALSE(rules.ok()) << text;
    EXPECT_EQ(rules.error().code, ErrorCode::kPackInvalid) << text;
    EXPECT_NE(rules.error().detail.find(named), std::string::npos) << rules.error().detail;
  }
}

}  // namespace
}  // namespace pai::core
