// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/weights.h"

namespace pai::inference {

/// The small preview autoencoder of the TAEHV form. Widths and strides are read from the weights.
class PreviewVae {
 public:
  /// Throws Failure(kPackInvalid).
  explicit PreviewVae(const StateDict& weights);

  /// Normalised diffusion latents [B, T, C, h, w] to frames in [0, 1], [B, 4 T - 3, 3, H, W].
  Tensor decode(const Tensor& latent_BTCHW, const Observer& observer = {}) const;
  /// Before the clamp and the trim of the first frames.
  Tensor decodeRaw(const Tensor& latent_BTCHW, const Observer& observer = {}) const;
  /// Frames in [0, 1] to latents; the end is padded with copies of the last frame.
  Tensor encode(const Tensor& video_BTCHW) const;

 private:
  Tensor run(const std::string& side, Tensor x_NCHW, std::int64_t batch, const Observer& observer) const;
  Tensor memoryBlock(const std::string& name, const Tensor& x_NCHW, std::int64_t batch) const;
  std::int64_t timeStride(const std::string& side) const;
  StateDict m_weights;
};

}  // namespace pai::inference
