// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/pack.h"
#include "inference/ranks.h"

namespace pai::inference {

class EventLines;

/// Runs the generate stage of a job directory (DESIGN 3). Reads job.json and input/generate.safetensors:
///   condition [3, T, H, W], T = 4n + 1 unless the pack works on pixels (in-context: the foreground; VACE: the control video), or
///   size [3] (T, H, W); pictures are floats in [-1, 1] or bytes, masks floats in [0, 1] or bytes
///   mask [1, T, H, W] (VACE), reference.N [3, 1, H, W] and reference.N.frame [1] (frame of the shot), N from 0; first_frame [1] (the frame of
///   the shot that T begins with; absent: 0)
///   text [S, I] features, negative [S, I] features; absent: the job's prompt is encoded where the pack has an encoder
/// Writes preview/step_NNNN.ppm, checkpoint/generate.safetensors after every step, latents/final.safetensors ("latent") before the
/// decode, latents/windows.json and latents/video.safetensors ("video" [3, T, H, W] in [-1, 1]), and appends events. `resume` goes on from the checkpoint.
/// `poll` throws Failure(kCancelled) to stop. Errors are also written as a Failed event. Own memory is forecast before anything large is
/// allocated and told in latents/memory.json, at the end beside what was measured; a forecast above memoryLimitBytes(`memoryLimit`)
/// ends in kOutOfMemory with the numbers, and allocations beyond the limit fail. A join of windows that is seen is made again.
class GenerateEngine {
 public:
  GenerateEngine();
  ~GenerateEngine();
  /// Models stay loaded for the next job with the same pack, as long as its files are the same. With a `place` of more than one
  /// process they compute the job together: each runs this with the same directory; rank 0 alone writes files and events, decodes,
  /// and the others end with the sampling.
  core::Status run(const std::string& directory, bool resume, const Poll& poll, std::int64_t memoryLimit = 0, const RankPlace& place = {});

 private:
  struct Models;
  std::shared_ptr<const Models> models(const Pack& pack, const Compute& compute);
  struct Call;
  void generate(const Call& call, EventLines& events);
  std::shared_ptr<const Models> m_models;
};

/// One job by an engine of its own.
core::Status runGenerate(const std::string& directory, bool resume, const Poll& poll, std::int64_t memoryLimit = 0, const RankPlace& place = {});

}  // namespace pai::inference
