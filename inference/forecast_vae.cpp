// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/forecast.h"

// The autoencoder's memory, counted over its layers as vae.cpp runs them: what every causal convolution remembers, and the most that
// one layer has at once.

namespace pai::inference {

namespace {

constexpr std::int64_t kFloatBytes = 4;

/// Floats, in the pixels of one frame of a level, that are alive at once.
struct Count {
  std::int64_t kept = 0, most = 0;
  void layer(std::int64_t floats) { most = std::max(most, floats); }
};

struct Side {
  const ShapeList& vae;
  std::string prefix;
  std::int64_t size(const std::string& name, std::size_t axis) const {
    const auto found = vae.find(prefix + name);
    return found == vae.end() || axis >= found->second.size() ? 0 : found->second[axis];
  }
};

/// A causal 3 x 3 x 3 convolution of `frames` frames; `held`: floats of other tensors meanwhile. For one output frame the library
/// lays out the 27 values that each sum takes, and copies the input if it is part of more.
void convolution(Count& count, std::int64_t in, std::int64_t out, std::int64_t frames, std::int64_t pixels, std::int64_t held) {
  const std::int64_t joined = in * (frames + 2);
  const std::int64_t scratch = (frames > 1 ? 30 : 27) * in + (frames > 1 ? out : 0);
  count.layer(pixels * (held + joined + out * frames + scratch));
  count.layer(pixels * (held + joined + in * frames + 2 * in));
  count.kept += pixels * 2 * in;
}

void residual(Count& count, std::int64_t in, std::int64_t out, std::int64_t frames, std::int64_t pixels) {
  count.layer(pixels * 2 * in * frames);
  convolution(count, in, out, frames, pixels, in * frames);
  count.layer(pixels * (in + 2 * out) * frames);
  convolution(count, out, out, frames, pixels, in * frames);
}

/// Pixels of a tile's reach at a level: its core and the margins, within the picture.
std::int64_t reachPixels(std::int64_t rows, std::int64_t columns, std::int64_t tile, std::int64_t scale, std::int64_t margin) {
  const auto side = [&](std::int64_t cells) {
    if (tile <= 0 || cells <= tile) return cells * scale;
    const std::int64_t parts = (cells + tile - 1) / tile, core = (cells + parts - 1) / parts;
    return std::min(cells * scale, core * scale + (parts > 2 ? 2 : 1) * margin);
  };
  return side(rows) * side(columns);
}

}  // namespace

std::int64_t vaePassBytes(const ShapeList& vae, bool decoder, std::int64_t rows, std::int64_t columns, std::int64_t tile) {
  const Side side{vae, decoder ? "decoder." : "encoder."};
  const std::string list = decoder ? "upsamples." : "downsamples.";
  std::int64_t layers = 0, levels = 1;
  for (; side.vae.contains(side.prefix + list + std::to_string(layers) + ".residual.2.weight") || side.size(list + std::to_string(layers) + ".resample.1.weight", 0) > 0; ++layers)
    levels += side.size(list + std::to_string(layers) + ".resample.1.weight", 0) > 0 ? 1 : 0;
  if (levels > 4) return 0;  // deeper than any that is known
  // Margins of the published depth (vae.cpp derives them from the blocks).
  constexpr std::int64_t kDecoderMargins[] = {13, 12, 10, 7}, kEncoderMargins[] = {74, 34, 14, 4};
  std::int64_t level = 0, frames = decoder ? 1 : 4;
  const auto pixels = [&] {
    const std::int64_t scale = decoder ? std::int64_t{1} << level : std::int64_t{1} << (levels - 1 - level);
    return reachPixels(rows, columns, tile, scale, (decoder ? kDecoderMargins : kEncoderMargins)[level + 4 - levels]);
  };
  Count count;
  if (!decoder) convolution(count, side.size("conv1.weight", 1), side.size("conv1.weight", 0), frames, pixels(), 0);
  for (std::int64_t i = 0; i < layers; ++i) {
    const std::string name = list + std::to_string(i);
    const std::int64_t out = side.size(name + ".residual.2.weight", 0), in = side.size(name + ".residual.2.weight", 1);
    if (out > 0) {
      residual(count, in, out, frames, pixels());
      continue;
    }
    const std::int64_t to = side.size(name + ".resample.1.weight", 0), from = side.size(name + ".resample.1.weight", 1);
    const bool time = side.size(name + ".time_conv.weight", 0) > 0;
    const std::int64_t before = pixels();
    if (time) count.kept += before * from * (decoder ? 2 : 1) / (decoder ? 1 : 4);
    if (decoder) {
      if (time) count.layer(before * from * (frames + (frames + 2) + 3 * frames + 2 * frames + 2 * frames));
      const std::int64_t given = frames;
      frames *= time ? 2 : 1;
      ++level;
      count.layer(before * from * (time ? given + frames : given) + pixels() * (to * frames + 2 * from + 2 * to));
    } else {
      count.layer(before * from * frames * 3 + before / 4 * to * frames * 2);
      frames /= time ? 2 : 1;
      ++level;
    }
  }
  // The end of the decoder: norm and the convolution to pixels.
  if (decoder) convolution(count, side.size("head.2.weight", 1), 3, frames, pixels(), side.size("head.2.weight", 1) * frames);
  return (count.kept + count.most) * kFloatBytes;
}

}  // namespace pai::inference
