// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/toy_clips.h"
#include "inference/train.h"

namespace pai::inference {

struct ToyOptions {
  std::int64_t steps = 1000, batch = 12, warmup = 50;
  std::int64_t width = 192, layers = 5, heads = 6, ffnWidth = 768;
  std::uint64_t seed = 1;
  std::int64_t heldOutClips = 48;
  std::int64_t shards = 2;  // parts of a batch, each on a thread; the result depends on it only in its last digits
  double rate = 1e-3, matrixRate = 0.02;  // of AdamW; of the blocks' matrices
  at::ScalarType products = at::kFloat;   // of the blocks, forwards and backwards; weights and their steps are float32
};

/// The sizes of the toy's transformer: pixels as latents, 4 x 4 patches, no text.
TransformerConfig toyConfig(const ToyOptions& options);

/// Untrained weights of a config: the seed's numbers, the same on every machine.
StateDict randomWeights(const TransformerConfig& config, std::uint64_t seed);

/// Mean squared errors over the held-out clips, values -1 to 1. Background where the matte is 0, foreground where it is 1.
struct ToyErrors {
  double background = 0, foreground = 0;
};

/// How a model is asked for a clip.
struct ToyTask {
  std::int64_t references = 3;
  enum class Places { kTrue, kSwapped, kAllZero } places = Places::kTrue;
};

/// Errors of the model over `clips` fixed held-out clips: `solverSteps` Euler steps from noise (1: the clean picture predicted from noise).
ToyErrors evaluateToy(const InContextModel& model, ToyTask task, std::int64_t clips, std::int64_t solverSteps);
/// The same of the wrongly coloured object pasted over a crossfade of the references.
ToyErrors evaluatePasted(std::int64_t references, std::int64_t clips);

struct ToyProgress {
  std::int64_t step = 0;
  double loss = 0;  // mean since the last report
  double gradientNorm = 0;
  double seconds = 0;  // since the start
};

/// Trains the weights in place; reports every 50 steps and after the last. Throws Failure; `poll` is called every step.
void trainToy(StateDict& weights, const ToyOptions& options, const std::function<void(const ToyProgress&)>& report, const Poll& poll = {});

/// Clips `first` to `last` - 1 of the batch of a step: their share of its loss. Gradients are added to the weights that require them.
double toyGradients(const InContextModel& model, const ToyOptions& options, std::int64_t step, std::int64_t first, std::int64_t last);
/// The whole batch.
double toyGradients(const InContextModel& model, const ToyOptions& options, std::int64_t step);

}  // namespace pai::inference
