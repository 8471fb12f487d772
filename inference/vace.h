// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/vae.h"

namespace pai::inference {

/// Frame that each latent step of a mask takes, nearest-exact.
std::vector<std::int64_t> maskFrames(std::int64_t frames);

/// Encoded video [3, T, H, W] in [-1, 1] split by mask [1, T, H, W]: 16 channels where the mask is at most 0.5 (kept) and 16 where it
/// is above (to be made); references [3, 1, H, W] come first in time with zeros as their second half. [2 C, R + T', h, w]. Encoded in tiles of `tile` cells (VideoVae::encodeTiled).
Tensor vaceFrames(const VideoVae& vae, const Tensor& video_CTHW, const Tensor& mask_1THW, const std::vector<Tensor>& references_CTHW,
                  const Poll& poll = {}, std::int64_t tile = 0);
/// The mask as 64 channels, one for each pixel of an 8 x 8 cell, not thresholded; zeros for reference steps. [64, R + T', h, w].
Tensor vaceMask(const Tensor& mask_1THW, std::int64_t references);
/// Latent [C, R + T', h, w] without its reference steps, decoded and clamped to [-1, 1]: [3, T, H, W].
Tensor vaceDecode(const VideoVae& vae, const Tensor& latent_CTHW, std::int64_t references, const Poll& poll = {});

}  // namespace pai::inference
