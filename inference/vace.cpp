// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/vace.h"

#include <cmath>

namespace pai::inference {

namespace {
constexpr std::int64_t kCell = 8;
}

std::vector<std::int64_t> maskFrames(std::int64_t frames) {
  const std::int64_t steps = (frames + 3) / 4;
  const float scale = static_cast<float>(frames) / static_cast<float>(steps);
  std::vector<std::int64_t> out;
  for (std::int64_t i = 0; i < steps; ++i)
    out.push_back(std::min(static_cast<std::int64_t>(std::floor((static_cast<float>(i) + 0.5f) * scale)), frames - 1));
  return out;
}

Tensor vaceFrames(const VideoVae& vae, const Tensor& video_CTHW, const Tensor& mask_1THW, const std::vector<Tensor>& references_CTHW,
                  const Poll& poll, std::int64_t tile) {
  requireShape(video_CTHW, {3, -1, -1, -1}, "video");
  requireShape(mask_1THW, {1, video_CTHW.size(1), video_CTHW.size(2), video_CTHW.size(3)}, "mask");
  const Tensor made = (mask_1THW > 0.5).to(video_CTHW.scalar_type());
  const Tensor inactive = vae.encodeTiled((video_CTHW * (1 - made)).unsqueeze(0), tile, poll)[0];
  const Tensor reactive = vae.encodeTiled((video_CTHW * made).unsqueeze(0), tile, poll)[0];
  std::vector<Tensor> parts;
  for (const Tensor& reference : references_CTHW) {
    const Tensor latent = vae.encodeTiled(reference.unsqueeze(0), tile, poll)[0];
    parts.push_back(at::cat({latent, at::zeros_like(latent)}, 0));
  }
  parts.push_back(at::cat({inactive, reactive}, 0));
  return at::cat(parts, 1);
}

Tensor vaceMask(const Tensor& mask_1THW, std::int64_t references) {
  const std::int64_t frames = mask_1THW.size(1), rows = 2 * (mask_1THW.size(2) / 16), columns = 2 * (mask_1THW.size(3) / 16);
  requireShape(mask_1THW, {1, -1, rows * kCell, columns * kCell}, "mask");
  const Tensor cells = mask_1THW[0].reshape({frames, rows, kCell, columns, kCell}).permute({2, 4, 0, 1, 3}).reshape({kCell * kCell, frames, rows, columns});
  const Tensor index = at::tensor(maskFrames(frames)).to(mask_1THW.device());
  return at::constant_pad_nd(cells.index_select(1, index), {0, 0, 0, 0, references, 0});
}

Tensor vaceDecode(const VideoVae& vae, const Tensor& latent_CTHW, std::int64_t references, const Poll& poll) {
  if (references < 0 || references >= latent_CTHW.size(1)) fail(core::ErrorCode::kSizeMismatch, "a latent has no steps beside its references");
  const Tensor own = latent_CTHW.narrow(1, references, latent_CTHW.size(1) - references);
  return vae.decode(own.unsqueeze(0), poll)[0].clamp(-1, 1);
}

}  // namespace pai::inference
