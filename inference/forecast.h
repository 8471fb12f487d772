// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/pack.h"

namespace pai::inference {

/// What a generate stage works on, as far as its memory depends on it: padded frames and pixels, references, whether there is a
/// condition video.
struct ForecastSize {
  std::int64_t frames = 1, height = 0, width = 0, references = 0;
  bool condition = false, text = false;
  int ranks = 1;  // processes that compute each window together; the forecast is of one of them
};

/// A stage's own memory above the program's and the weights', by what takes it.
struct ForecastStage {
  std::string name;  // text, encode, sample, decode
  std::vector<std::pair<std::string, std::int64_t>> parts;
  std::int64_t bytes() const;
};

/// The memory of a generate stage, before anything of it is allocated: of the program on a CPU in float32, or what LibTorch's allocator
/// reserves on a device (the program and mapped weights are then no part of it).
struct Forecast {
  Compute compute;
  int processes = 1;
  std::int64_t programBytes = 0;  // LibTorch itself, its threads and their scratch
  std::int64_t weightBytes = 0;   // weights that are converted
  std::int64_t mappedBytes = 0;   // weights used from their files: the system drops them when it is short
  std::vector<ForecastStage> stages;
  std::int64_t tokens = 0;        // of one window
  std::int64_t vaeTile = 0;       // latent cells a side; 0: whole
  /// Most own memory: the program's, the weights' and the largest stage's.
  std::int64_t peakBytes() const;
  /// The same of all processes together: the others encode and sample as the first does, and do not decode.
  std::int64_t allProcessesBytes() const;
  nlohmann::json json() const;
};

/// Forecast with the largest tiles for which the autoencoder's stages stay within `limitBytes` (0: whole pictures). Reads headers
/// alone. Throws Failure (those of readShapes, kPackInvalid).
Forecast forecastOf(const Pack& pack, const ForecastSize& size, std::int64_t limitBytes, const Compute& compute = {});

/// The sampling's part: a transformer over `tokens` of one window that `ranks` processes share. `halves`: some weights are widened while
/// they are used (on a CPU).
ForecastStage sampleForecast(const TransformerConfig& config, std::int64_t tokens, int ranks, const Compute& compute, bool halves, bool crossAttends, bool vace);

/// What a render will compute with, and its forecast: on a device whose memory the weights do not fit they are uploaded as they are used.
struct MemoryPlan {
  Compute compute;
  Forecast forecast;
  std::int64_t limitBytes = 0;
};

/// The plan of a render on the compute's device, which may take `askedBytes` of a CPU's memory (0: what is free). Reads headers alone.
/// Throws as forecastOf.
MemoryPlan planMemory(const Pack& pack, const ForecastSize& size, Compute compute, std::int64_t askedBytes);

/// An Error kOutOfMemory with the numbers where the forecast is above the limit.
core::Status fitsMemory(const Forecast& forecast, std::int64_t limitBytes);

/// Own memory of one pass of the autoencoder, in its type, over a tile of `tile` latent cells a side (0: whole) of a picture of rows x
/// columns cells.
std::int64_t vaePassBytes(const ShapeList& vae, bool decoder, std::int64_t rows, std::int64_t columns, std::int64_t tile, at::ScalarType type);

}  // namespace pai::inference
