// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>

#include "inference/weights.h"

namespace pai::inference {

/// Seconds that work takes.
inline double secondsOf(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Times the published autoencoder's decoder with random weights in a type on pictures of a size, whole (`tile` 0) or in tiles of latent
/// cells, beside a plain convolution of its last level in float32 and bfloat16; with its error against the decoder in float32.
nlohmann::json benchVae(std::int64_t width, std::int64_t height, std::int64_t tile, at::ScalarType type);

/// Random decoder weights of the published shape, scaled so that values neither die nor grow.
StateDict randomDecoderWeights();

/// Times how long a pack takes until its transformer and autoencoder can be used, and until every page of the transformer was read
/// once; with the own memory that it took.
nlohmann::json benchLoad(const std::string& folder);

}  // namespace pai::inference
