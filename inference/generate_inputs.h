// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "inference/autoencoder.h"
#include "inference/forecast.h"
#include "inference/sequence.h"

namespace pai::inference {

/// What the generate stage works on, encoded.
struct GenerateInputs {
  std::int64_t frames = 0, height = 0, width = 0;
  Tensor condition_CTHW, vace_CTHW;  // latents, may be undefined
  std::vector<SequenceReference> references;
  std::int64_t vaceReferences = 0;
  Tensor text_SI, negative_SI;
  std::string hash;
  std::vector<std::string> warnings;
};

/// Reads and encodes what the prepare stage left (generate.h names the tensors) and the job's prompt. The file is untrusted: sizes are
/// checked before anything is encoded. What is given is on the device. Throws Failure.
GenerateInputs readGenerateInputs(const std::string& path, const core::Job& job, const Pack& pack, const Autoencoder& autoencoder, const Compute& compute, const Poll& poll);

/// The same file's sizes, checked, from its header. Throws Failure.
ForecastSize preparedSize(const std::string& path, const Pack& pack);

/// Latent time of a frame relative to the first one made; frames before it lie at negative times.
double relativeLatentPosition(std::int64_t frame, bool continuous, std::int64_t timeStride);

}  // namespace pai::inference
