// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/vae.h"

namespace pai::inference {

/// A linear map from latents to RGB: the first-order response of a pack's own decoder around zero.
struct LatentPreview {
  Tensor toRgb_3C, bias_3;
  /// Measures the map by decoding one flat latent for each channel.
  static LatentPreview of(const VideoVae& vae);
  /// Latent [C, T, h, w] as pictures side by side, bytes [h, T w, 3].
  Tensor strip(const Tensor& latent_CTHW) const;
};

/// Writes bytes [H, W, 3] as a binary PPM, renamed into place. kFileUnwritable, kDiskFull.
core::Status writePpm(const std::string& path, const Tensor& bytes_HW3);

}  // namespace pai::inference
