// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "inference/sequence.h"

namespace pai::inference {
namespace {

/// The small model of the in-context golden set.
struct Model {
  StateDict weights;
  std::unique_ptr<InContextModel> model;
  Model() {
    auto loaded = loadWeights(PAI_SOURCE_DIR "/tests/golden/in_context/in_context.safetensors");
    if (!loaded) throw std::runtime_error(core::describe(loaded.error()));
    weights = *loaded;
    TransformerConfig config = detectTransformer(weights);
    config.heads = 2;
    config.textLength = 8;
    model = std::make_unique<InContextModel>(weights, config);
  }
  SequenceSample sample() const {
    SequenceSample s;
    s.target_CTHW = weights.at("target");
    s.condition_CTHW = weights.at("condition");
    s.time = 500.0;
    s.references = {{weights.at("reference0"), 1.0}, {weights.at("reference1"), 2.0}};
    return s;
  }
};

TEST(InContextSequence, movingAReferenceChangesOnlyItsRotaryRows) {
  const Model m;
  SequenceSample moved = m.sample();
  moved.references[1].position = 2.75;
  const Sequence a = m.model->sequence(m.sample()), b = m.model->sequence(moved);
  EXPECT_TRUE(at::equal(a.tokens_LD, b.tokens_LD));
  ASSERT_EQ(a.positions.size(), b.positions.size());
  const auto begin = static_cast<std::size_t>(a.conditionTokens + a.referenceTokens / 2);
  const auto end = static_cast<std::size_t>(a.conditionTokens + a.referenceTokens);
  for (std::size_t i = 0; i < a.positions.size(); ++i) {
    Position expected = a.positions[i];
    if (i >= begin && i < end) expected.t = 2.75;
    EXPECT_EQ(b.positions[i], expected) << i;
  }
}

TEST(InContextSequence, referencesInAnyOrderGiveTheSameBits) {
  const Model m;
  SequenceSample forward = m.sample(), backward = m.sample();
  forward.references[0].position = backward.references[0].position = 2.0;  // equal positions too
  std::reverse(backward.references.begin(), backward.references.end());
  EXPECT_TRUE(at::equal(m.model->velocity({forward})[0], m.model->velocity({backward})[0]));
}

TEST(InContextSequence, aCloneAtAWholePositionHasTheTargetFramesRows) {
  const Model m;
  const Sequence s = m.model->sequence(m.sample());
  const RopeTable table = ropeTable(s.positions, 24);
  const std::int64_t frame = s.targetTokens / 3, firstReference = s.conditionTokens, target = s.cleanTokens();
  for (const Tensor& rows : {table.cos_LK2, table.sin_LK2})
    EXPECT_TRUE(at::equal(rows.narrow(0, firstReference, frame), rows.narrow(0, target + frame, frame)));  // placed at position 1
}

TEST(InContextSequence, theConditionIsAlignedWithTheTargetStepByStep) {
  const Model m;
  const Sequence s = m.model->sequence(m.sample());
  for (std::int64_t i = 0; i < s.targetTokens; ++i)
    EXPECT_EQ(s.positions[static_cast<std::size_t>(i)], s.positions[static_cast<std::size_t>(s.cleanTokens() + i)]);
}

TEST(InContextSequence, positionsMatterForTheResult) {
  const Model m;
  SequenceSample moved = m.sample();
  moved.references[1].position = 0.0;
  EXPECT_FALSE(at::allclose(m.model->velocity({m.sample()})[0], m.model->velocity({moved})[0], 1e-3, 1e-4));
}

TEST(InContextSequence, aBatchGivesWhatItsSamplesGiveAlone) {
  const Model m;
  SequenceSample other = m.sample();
  other.time = 80.0;
  other.references[0].position = 0.5;
  const auto batch = m.model->velocity({m.sample(), other});
  EXPECT_TRUE(at::allclose(batch[0], m.model->velocity({m.sample()})[0], 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(batch[1], m.model->velocity({other})[0], 1e-4, 1e-5));
}

TEST(InContextSequence, aConditionOfAnotherSizeIsRefused) {
  const Model m;
  SequenceSample s = m.sample();
  s.condition_CTHW = s.condition_CTHW.narrow(1, 0, 2);
  EXPECT_THROW(m.model->sequence(s), Failure);
}

TEST(LatentPosition, framesFallIntoSlotsOfFour) {
  EXPECT_EQ(latentPosition(0, false), 0.0);
  EXPECT_EQ(latentPosition(1, false), 1.0);
  EXPECT_EQ(latentPosition(4, false), 1.0);
  EXPECT_EQ(latentPosition(5, false), 2.0);
  EXPECT_EQ(latentPosition(0, true), 0.0);
  EXPECT_EQ(latentPosition(6, true), 1.875);
  EXPECT_EQ((latentPosition(5, true) + latentPosition(8, true)) / 2, 2.0);  // a slot's centre is whole
}

}  // namespace
}  // namespace pai::inference
