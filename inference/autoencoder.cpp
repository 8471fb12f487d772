// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/autoencoder.h"

namespace pai::inference {

Autoencoder::Autoencoder(const Pack& pack, std::int64_t pixelChannels, const Compute& compute) : m_channels(pixelChannels), m_device(compute.device) {
  if (pack.rules.pixels) {
    if (pixelChannels != 3) fail(core::ErrorCode::kPackInvalid, "a transformer that works on pixels has three channels", pack.transformerPath);
    return;
  }
  const auto weights = loadVaeWeights(pack);
  if (!weights) throw Failure(weights.error());
  m_vae = std::make_shared<const VideoVae>(m_device.is_cpu() ? *weights : weights->to(m_device, at::kFloat), Tensor(), Tensor(), VideoVae::typeFor(compute));
  m_channels = m_vae->latentChannels();
}

const VideoVae& Autoencoder::vae() const {
  if (!m_vae) fail(core::ErrorCode::kPackInvalid, "the pack has no autoencoder");
  return *m_vae;
}

Tensor Autoencoder::encode(const Tensor& video_CTHW, const Poll& poll) const {
  return m_vae ? m_vae->encodeTiled(video_CTHW.unsqueeze(0), m_tile, poll)[0] : video_CTHW.to(m_device);
}

Tensor Autoencoder::decode(const Tensor& latent_CTHW, const Poll& poll) const {
  return m_vae ? m_vae->decodeTiled(latent_CTHW.unsqueeze(0), m_tile, poll)[0].clamp_(-1, 1) : latent_CTHW.clamp(-1, 1).cpu();
}

LatentPreview Autoencoder::preview() const {
  if (m_vae) return LatentPreview::of(*m_vae);
  return {at::eye(3), at::zeros({3})};
}

}  // namespace pai::inference
