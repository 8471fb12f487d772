// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include "inference/forecast.h"
#include "inference/frame_filter.h"

// The autoencoder's memory, counted over its layers as vae_stream.cpp runs them: what every causal convolution remembers, and the most
// that one layer has at once.

namespace pai::inference {

namespace {

/// Values, in the pixels of one frame of a level, that are alive at once; `waiting`: frames that go on when the one before is through.
struct Count {
  std::int64_t kept = 0, most = 0, waiting = 0;
  std::set<std::pair<std::int64_t, std::int64_t>> bordered;  // pixels and channels of frames that filters fill again and again
  void layer(std::int64_t values) { most = std::max(most, values + waiting); }
  void filter(std::int64_t in, std::int64_t pixels) { kept += bordered.emplace(pixels, in).second ? pixels * in : 0; }
};

struct Side {
  const ShapeList& vae;
  std::string prefix;
  std::int64_t size(const std::string& name, std::size_t axis) const {
    const auto found = vae.find(prefix + name);
    return found == vae.end() || axis >= found->second.size() ? 0 : found->second[axis];
  }
};

/// A causal convolution over three frames of `frames` of its own; `held`: values of other tensors meanwhile. A frame's sum and what is
/// added to it are there at once.
void convolution(Count& count, std::int64_t in, std::int64_t out, std::int64_t frames, std::int64_t pixels, std::int64_t held) {
  count.layer(pixels * (held + in * frames + out * frames + out));
  count.kept += pixels * 2 * in;
}

void residual(Count& count, std::int64_t in, std::int64_t out, std::int64_t frames, std::int64_t pixels, bool filters) {
  if (!filters) {
    convolution(count, in, out, frames, pixels, in * frames);
    convolution(count, out, out, frames, pixels, (in + out) * frames);
    return;
  }
  // The second convolution's result is written over what is added to it.
  count.filter(in, pixels);
  count.filter(out, pixels);
  count.layer(pixels * frames * (in + out + (in == out ? 0 : out)));
  count.kept += pixels * 2 * (in + out);
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

std::int64_t vaePassBytes(const ShapeList& vae, bool decoder, std::int64_t rows, std::int64_t columns, std::int64_t tile, at::ScalarType type) {
  const Side side{vae, decoder ? "decoder." : "encoder."};
  const std::string list = decoder ? "upsamples." : "downsamples.";
  std::int64_t layers = 0, levels = 1;
  for (; side.vae.contains(side.prefix + list + std::to_string(layers) + ".residual.2.weight") || side.size(list + std::to_string(layers) + ".resample.1.weight", 0) > 0; ++layers)
    levels += side.size(list + std::to_string(layers) + ".resample.1.weight", 0) > 0 ? 1 : 0;
  if (levels > 4) return 0;  // deeper than any that is known
  // Margins of the published depth (vae.cpp derives them from the blocks).
  constexpr std::int64_t kDecoderMargins[] = {13, 12, 10, 7}, kEncoderMargins[] = {74, 34, 14, 4};
  std::int64_t level = 0, frames = 1;
  const auto pixels = [&] {
    const std::int64_t scale = decoder ? std::int64_t{1} << level : std::int64_t{1} << (levels - 1 - level);
    return reachPixels(rows, columns, tile, scale, (decoder ? kDecoderMargins : kEncoderMargins)[level + 4 - levels]);
  };
  const auto bytes = static_cast<std::int64_t>(c10::elementSize(type));
  const auto filters = [&](std::int64_t in, std::int64_t out) { return type == at::kBFloat16 && FrameFilter::fits(in, out); };
  Count count;
  // The encoder's first layer gives float32.
  if (!decoder) convolution(count, side.size("conv1.weight", 1), side.size("conv1.weight", 0), frames, pixels(), side.size("conv1.weight", 0) * frames * (4 / bytes - 1));
  for (std::int64_t i = 0; i < layers; ++i) {
    const std::string name = list + std::to_string(i);
    const std::int64_t out = side.size(name + ".residual.2.weight", 0), in = side.size(name + ".residual.2.weight", 1);
    if (out > 0) {
      residual(count, in, out, frames, pixels(), filters(in, out) && filters(out, out));
      continue;
    }
    const std::int64_t to = side.size(name + ".resample.1.weight", 0), from = side.size(name + ".resample.1.weight", 1);
    const bool time = side.size(name + ".time_conv.weight", 0) > 0;
    const std::int64_t before = pixels();
    if (time) count.kept += before * from * (decoder ? 2 : 1) / (decoder ? 1 : 4);
    if (decoder) {
      if (time) count.layer(before * from * 5);
      ++level;
      const bool filtered = filters(from, to);  // the doubled picture is not made then
      if (filtered) count.filter(from, before);
      count.layer(before * from * (time ? 2 : 1) + pixels() * (to * (time ? 2 : 1) + (filtered ? 0 : from)));
      count.waiting += time ? pixels() * to : 0;
    } else {
      if (time && frames == 1) frames = 4;  // they come together where the first layer looks at several
      count.layer(before * from * (frames + 1) + before / 4 * to * (2 * frames + 1));
      frames /= time ? 2 : 1;
      ++level;
    }
  }
  // The end of the decoder: norm and the convolution to pixels.
  const std::int64_t last = side.size("head.2.weight", 1);
  if (decoder) convolution(count, last, 3, frames, pixels(), type == at::kFloat ? 0 : 2 * last);  // a frame of it in float32
  return (count.kept + count.most) * bytes;
}

}  // namespace pai::inference
