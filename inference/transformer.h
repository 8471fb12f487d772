// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "inference/linear.h"
#include "inference/ranks.h"
#include "inference/rope.h"

namespace pai::inference {

/// Tokens that the feed-forward layers take at once: on a CPU in float32 and in half precision, on a device.
inline constexpr std::int64_t kFeedForwardGroup = 2048, kHalfFeedForwardGroup = 512, kDeviceFeedForwardGroup = 16384;

/// Sizes of a Wan 2.1 transformer; all but `heads`, `textLength` and `vaceLayers` are read from the shapes of its weights.
struct TransformerConfig {
  std::array<std::int64_t, 3> patch{1, 2, 2};
  std::int64_t inChannels = 16, outChannels = 16;
  std::int64_t width = 0, ffnWidth = 0, frequencyWidth = 256, textWidth = 0;
  std::int64_t heads = 0, layers = 0, textLength = 512;
  std::vector<std::int64_t> vaceLayers;  // main blocks that receive a hint; empty: no VACE branch
  std::int64_t vaceInChannels = 0;
  bool crossAttention = true;  // false: text, if any, is joined to the sequence
  std::int64_t headWidth() const { return width / heads; }
  std::int64_t patchValues() const { return patch[0] * patch[1] * patch[2]; }
};

/// Reads sizes from shapes. Heads are width / 128 and VACE layers evenly spread, as published, unless the caller changes them.
/// Throws Failure(kPackInvalid).
TransformerConfig detectTransformer(const StateDict& weights);

/// Tokens of a sequence in consecutive runs that share one modulation: e [B, 6, D] (blocks) or [B, D] (head).
struct ModulatedRun {
  Tensor e_B6D;
  std::int64_t tokens = 0;
};
using Modulation = std::vector<ModulatedRun>;

/// What a block needs beside its tokens.
struct BlockContext {
  Modulation modulation;
  RopeTable rope;
  Tensor text_BSD;                        // undefined: no cross-attention
  std::vector<std::int64_t> keyLengths;   // self-attention keys per sample; empty: all
  std::int64_t wanted = 0;                // tokens at the end that the last block gives, those of the last run; 0: all
  Poll poll;
  Observer observer;
  // Where several processes compute one sequence: tokens, modulation and positions are this one's share, attention is over all.
  const Ranks* ranks = nullptr;
  std::int64_t allTokens = 0;
};

/// The context of this process's share of a sequence of `tokens`; every block gives all of the share.
BlockContext ownContext(BlockContext context, const Ranks& ranks, std::int64_t tokens);

struct Attention {
  Linear q, k, v, o;
  Tensor normQ_D, normK_D;
  Attention() = default;
  Attention(const StateDict& weights, const std::string& prefix);
};

/// One transformer block (Wan 2.1): modulated self-attention, cross-attention without gate, modulated feed-forward.
class Block {
 public:
  Block(const StateDict& weights, const std::string& prefix, std::int64_t heads);
  /// Gives every token, or the context's `wanted` ones alone: the others are then keys and values only.
  Tensor forward(const Tensor& x_BLD, const BlockContext& context, const std::string& name) const;

 private:
  Tensor selfAttention(const Tensor& x_BLD, const BlockContext& context, const std::string& name) const;
  Tensor rankAttention(const std::vector<Tensor>& qkv_BLNK, const BlockContext& context) const;
  Tensor crossAttention(const Tensor& x_BLD, const BlockContext& context, const std::string& name) const;
  std::int64_t m_heads;
  Tensor m_modulation_16D;
  Attention m_self, m_cross;
  bool m_hasCross;
  Tensor m_norm3Weight_D, m_norm3Bias_D;
  Linear m_ffnIn, m_ffnOut;
};

/// A VACE block: a Block that also gives a hint; the first adds the embedded main tokens.
struct VaceBlock {
  Block block;
  std::optional<Linear> before;
  Linear after;
};

/// x / rms(x) * weight over the last axis, eps inside the root.
Tensor rmsNorm(const Tensor& x, const Tensor& weight_D, double eps = 1e-6);
/// Layer norm over the last axis; without affine where the weight is undefined.
Tensor layerNorm(const Tensor& x, const Tensor& weight_D = {}, const Tensor& bias_D = {});
/// Sinusoid of times [n] in double, cosine half first; [n, width] as float.
Tensor timeSinusoid(const std::vector<double>& times, std::int64_t width);

/// A batch for `Transformer::forward`: each sample has its own size.
struct TransformerInput {
  std::vector<Tensor> latent_CTHW;
  std::vector<double> times;            // one a sample
  std::vector<Tensor> text_SI;          // text features, not padded; empty: no cross-attention
  std::vector<Tensor> vace_CTHW;        // VACE context, or empty
  double vaceScale = 1.0;
  std::int64_t sequenceLength = 0;      // tokens are padded to it; 0: the longest sample's
  const Ranks* ranks = nullptr;         // the processes that compute this together; each gets the whole velocity
};

class Transformer {
 public:
  /// Throws Failure(kPackInvalid) naming the tensor that is missing or does not fit.
  Transformer(const StateDict& weights, TransformerConfig config);

  const TransformerConfig& config() const { return m_config; }

  /// Velocity for each sample [O, T, H, W]. Text to video as published, with or without VACE.
  std::vector<Tensor> forward(const TransformerInput& input, const Poll& poll = {}, const Observer& observer = {}) const;

  // Parts, for the in-context sequence and for verification.
  /// Patch embedding of a latent [C, T, H, W] as tokens [T' H' W', D] in (t, y, x) order.
  Tensor embedPatches(const Tensor& latent_CTHW) const;
  /// Text features padded with zeros to the text length and embedded: [textLength, D].
  Tensor embedText(const Tensor& text_SI) const;
  /// Time embedding e [B, D] and its projection e0 [B, 6, D].
  std::pair<Tensor, Tensor> embedTimes(const std::vector<double>& times, at::Device device) const;
  /// Runs the main blocks; the last one gives the context's `wanted` tokens.
  Tensor runBlocks(Tensor x_BLD, const BlockContext& context, const std::vector<Tensor>& hints_BLD = {}, double hintScale = 1.0) const;
  /// The head with its modulation e [B, D]: [B, L, P * O].
  Tensor head(const Tensor& x_BLD, const Tensor& e_BD) const;
  /// Head values [L, P * O] of a grid back to [O, T, H, W]; a patch is (p, q, r, channel).
  Tensor unpatchify(const Tensor& values_LP, std::int64_t steps, std::int64_t rows, std::int64_t columns) const;
  const Block& block(std::int64_t i) const { return m_blocks[static_cast<std::size_t>(i)]; }

 private:
  std::vector<Tensor> vaceHints(const TransformerInput& input, const Tensor& x_BLD, const BlockContext& context, std::int64_t length) const;
  Tensor patchTokens(const Tensor& latent_CTHW, const Tensor& weight, const Tensor& bias) const;

  TransformerConfig m_config;
  Tensor m_patchWeight, m_patchBias, m_vacePatchWeight, m_vacePatchBias;
  Linear m_textIn, m_textOut, m_timeIn, m_timeOut, m_timeProjection, m_head;
  Tensor m_headModulation_12D;
  std::vector<Block> m_blocks;
  std::vector<VaceBlock> m_vaceBlocks;
};

}  // namespace pai::inference
