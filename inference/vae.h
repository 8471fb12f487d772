// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/weights.h"

namespace pai::inference {

class VaeStream;
class VaeSides;

/// Wan 2.1's causal 3-D autoencoder, streamed: memory does not grow with the length of the video.
class VideoVae {
 public:
  /// Weights are converted when a side is first used. The structure is read from the weights' names and shapes (original keys). `mean` and `std` are those of the latent, one a
  /// channel; undefined: as published for 16 channels. It computes in `type`, see typeFor. Throws Failure(kPackInvalid).
  explicit VideoVae(const StateDict& weights, Tensor mean_C = {}, Tensor std_C = {}, at::ScalarType type = at::kFloat);

  /// bfloat16 on a CPU that has units for it, unless products are float32; else float32. Videos and latents are float32 always.
  static at::ScalarType typeFor(const Compute& compute);
  at::ScalarType type() const { return m_type; }

  /// Where the weights are. Videos may be elsewhere: they are brought there part by part.
  at::Device device() const { return m_mean_C.device(); }

  /// Video [B, 3, T, H, W] in [-1, 1] to the normalised latent [B, C, 1 + (T - 1) / 4, H / 8, W / 8]. Throws kSizeMismatch unless T is
  /// 4n + 1 and H and W are multiples of 8: nothing is silently dropped.
  Tensor encode(const Tensor& video_BCTHW, const Poll& poll = {}, const Observer& observer = {}) const;

  /// Normalised latent to video, not clamped.
  Tensor decode(const Tensor& latent_BCTHW, const Poll& poll = {}, const Observer& observer = {}) const;
  /// The same, frames handed on as they are made: [B, 3, 1 or 4, H, W], not clamped.
  void decodeStreamed(const Tensor& latent_BCTHW, const std::function<void(const Tensor&)>& take, const Poll& poll = {},
                      const Observer& observer = {}) const;

  /// The same in tiles of at most `tile` latent cells a side (0: whole). Every tile is worked on with all that its convolutions reach,
  /// and what sees the whole picture (attention) is done once: tiles change rounding alone, and there is no seam to blend.
  /// Memory is that of one tile, the result, and the features at the latent's size. A decoded video is on the CPU.
  Tensor encodeTiled(const Tensor& video_BCTHW, std::int64_t tile, const Poll& poll = {}) const;
  Tensor decodeTiled(const Tensor& latent_BCTHW, std::int64_t tile, const Poll& poll = {}) const;

  std::int64_t latentChannels() const { return m_latentChannels; }
  static constexpr std::int64_t kTimeStride = 4;
  static constexpr std::int64_t kSpaceStride = 8;

 private:
  void requireVideo(const Tensor& video_BCTHW) const;
  Tensor normalised(const Tensor& moments) const;
  std::vector<Tensor> widened(VaeStream& stream, const Tensor& latent_BCTHW) const;
  std::shared_ptr<const VaeSides> m_weights;
  at::ScalarType m_type;
  Tensor m_mean_C, m_std_C;
  std::int64_t m_latentChannels = 0;
};

}  // namespace pai::inference
