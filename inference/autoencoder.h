// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/pack.h"
#include "inference/preview.h"
#include "inference/vae.h"

namespace pai::inference {

/// What lies between a pack's pictures and its latents: the video autoencoder, or nothing where the transformer works on pixels.
class Autoencoder {
 public:
  /// Throws Failure(kPackInvalid).
  Autoencoder(const Pack& pack, std::int64_t pixelChannels, const Compute& compute);

  bool pixels() const { return !m_vae; }
  /// Throws Failure(kPackInvalid) for a pack that works on pixels.
  const VideoVae& vae() const;
  std::int64_t channels() const { return m_channels; }
  std::int64_t timeStride() const { return pixels() ? 1 : VideoVae::kTimeStride; }
  std::int64_t spaceStride() const { return pixels() ? 1 : VideoVae::kSpaceStride; }
  /// Latent cells a side of the tiles that pictures are worked on in; 0: whole pictures. It does not change the result beyond rounding.
  void setTile(std::int64_t cells) { m_tile = cells; }
  std::int64_t tile() const { return m_tile; }
  /// Video [3, T, H, W] in [-1, 1], wherever it is, to the latent on the device.
  Tensor encode(const Tensor& video_CTHW, const Poll& poll) const;
  /// Latent to video, clamped to [-1, 1], on the CPU.
  Tensor decode(const Tensor& latent_CTHW, const Poll& poll) const;
  LatentPreview preview() const;

 private:
  std::shared_ptr<const VideoVae> m_vae;
  std::int64_t m_channels, m_tile = 0;
  at::Device m_device;
};

}  // namespace pai::inference
