// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/transformer.h"

namespace pai::inference {

// The in-context sequence of the paper: text, video condition, references and the noised target as ONE sequence with full
// attention through all blocks; only the target is decoded. Where the paper is silent, these are our choices: learned role
// embeddings (one for the condition, one shared by all references, zero at first), clean tokens modulated with time 0, joint text
// unrotated and without padding, positions kept as numbers that need not be whole.

/// Latent time of a frame: frame 0 is 0; frame n >= 1 lies in slot ceil(n / 4), and continuously at (n + 1.5) / 4.
double latentPosition(std::int64_t frame, bool continuous);

/// A reference picture, encoded, and the latent time of the target at which the editor placed it.
struct SequenceReference {
  Tensor latent_CTHW;  // T = 1
  double position = 0.0;
};

/// One sample. Latents are normalised; the condition has the target's size and is aligned with it step by step.
struct SequenceSample {
  Tensor target_CTHW;
  double time = 0.0;       // of the target, 0 to 1000
  Tensor condition_CTHW;   // undefined: none
  std::vector<SequenceReference> references;  // any order
  Tensor text_SI;          // text features without padding; undefined: none
  double firstPosition = 0.0;  // latent time of the target's first step
};

/// Tokens of a sample as they enter the first block, and where they are.
struct Sequence {
  Tensor tokens_LD;
  std::vector<Position> positions;
  std::int64_t textTokens = 0, conditionTokens = 0, referenceTokens = 0, targetTokens = 0;
  std::int64_t cleanTokens() const { return textTokens + conditionTokens + referenceTokens; }
};

/// A transformer with role embeddings ("role_embedding.condition", "role_embedding.reference", [D]; absent: zero).
class InContextModel {
 public:
  /// Throws Failure(kPackInvalid).
  InContextModel(const StateDict& weights, TransformerConfig config);

  const Transformer& transformer() const { return m_transformer; }
  /// Text (joint architectures only), condition, references in canonical order (by position, then by content), target.
  Sequence sequence(const SequenceSample& sample) const;
  /// Velocity of each sample's target [O, T, H, W]. All samples have the same numbers of tokens. With `ranks` it is computed with
  /// other processes, each of which gets all of it.
  std::vector<Tensor> velocity(const std::vector<SequenceSample>& samples, const Poll& poll = {}, const Observer& observer = {},
                               const Ranks* ranks = nullptr) const;

 private:
  Transformer m_transformer;
  Tensor m_conditionRole_D, m_referenceRole_D;
};

/// References in canonical order: by position, equal positions by the bytes of their values.
std::vector<SequenceReference> canonicalOrder(std::vector<SequenceReference> references);

}  // namespace pai::inference
