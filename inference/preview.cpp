// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/preview.h"

#include "core/base/file_system.h"

namespace pai::inference {

LatentPreview LatentPreview::of(const VideoVae& vae) {
  const std::int64_t channels = vae.latentChannels();
  const Tensor flat = at::cat({at::zeros({1, channels}), at::eye(channels)}, 0);  // [1 + C, C]
  const Tensor latents = flat.reshape({1 + channels, channels, 1, 1, 1}).expand({-1, -1, 1, 2, 2}).to(vae.device()).contiguous();
  const Tensor colours = vae.decode(latents).mean({2, 3, 4}).to(at::kCPU, at::kFloat);  // [1 + C, 3]
  const Tensor bias = colours[0];
  return {(colours.narrow(0, 1, channels) - bias).transpose(0, 1).contiguous(), bias};
}

Tensor LatentPreview::strip(const Tensor& latent_CTHW) const {
  const std::int64_t c = latent_CTHW.size(0), t = latent_CTHW.size(1), h = latent_CTHW.size(2), w = latent_CTHW.size(3);
  const Tensor rgb = at::mm(toRgb_3C, latent_CTHW.to(at::kCPU, at::kFloat).reshape({c, -1})) + bias_3.unsqueeze(1);
  return ((rgb.clamp(-1, 1) + 1) * 127.5).round().to(at::kByte).reshape({3, t, h, w}).permute({2, 1, 3, 0}).reshape({h, t * w, 3}).contiguous();
}

core::Status writePpm(const std::string& path, const Tensor& bytes_HW3) {
  std::string text = "P6\n" + std::to_string(bytes_HW3.size(1)) + " " + std::to_string(bytes_HW3.size(0)) + "\n255\n";
  text.append(reinterpret_cast<const char*>(bytes_HW3.data_ptr()), bytes_HW3.nbytes());
  const auto saved = core::atomicWriteFile(path, text);
  return saved ? core::Status() : core::Status(saved.error());
}

}  // namespace pai::inference
