// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <mutex>

#include "inference/frame_filter.h"
#include "inference/weights.h"

namespace pai::inference {

/// Pictures one after the other in time, each [B, C, H, W] with the channels of a pixel side by side.
using Frames = std::vector<Tensor>;

/// A causal convolution: a kernel [O, I, h, w] for every frame that it looks at, the newest last; or, where the processor has units for
/// it, a filter that holds them in their stead.
struct FrameConvolution {
  std::vector<Tensor> kernels;
  Tensor bias_O;
  std::shared_ptr<const FrameFilter> filter;
};

/// Encoder or decoder.
enum class VaeSide { kEncoder, kDecoder };
/// The side that a weight of this name is of; the convolution over latents is of the one that it is next to.
VaeSide vaeSideOf(const std::string& name);

/// The weights of one side as its layers use them, under their original names without the ending. Where they are float32 already they
/// stay where they lie; in bfloat16 (on a CPU with units for it) kernels are copied, and the layers at either end stay float32.
class VaeWeights {
 public:
  VaeWeights() = default;
  /// Throws Failure(kPackInvalid) for a convolution without bias or of another number of axes.
  VaeWeights(const StateDict& weights, at::ScalarType type, VaeSide side);

  bool has(const std::string& name) const { return m_convolutions.contains(name); }
  /// Both throw Failure(kPackInvalid) naming what is not there.
  const FrameConvolution& convolution(const std::string& name) const;
  const Tensor& gamma(const std::string& name) const;
  /// As StateDict::count.
  std::int64_t count(std::string_view prefix) const { return m_names.count(prefix); }
  at::ScalarType type() const { return m_type; }

 private:
  at::ScalarType m_type = at::kFloat;
  std::map<std::string, FrameConvolution> m_convolutions;
  std::map<std::string, Tensor> m_gammas;
  StateDict m_names;  // without tensors
};

/// The weights of both sides, each made when it is first asked for: a render from text encodes nothing. From any thread.
class VaeSides {
 public:
  /// Throws as VaeWeights does.
  VaeSides(const StateDict& weights, at::ScalarType type);
  const VaeWeights& of(VaeSide side) const;

 private:
  struct Made {
    std::once_flag once;
    VaeWeights weights;
  };
  StateDict m_stored;
  at::ScalarType m_type;
  mutable std::array<Made, 2> m_made;
};

/// A part of the picture that is worked on by itself. Its core is what it gives; around it, at each level of size, lies as much of the
/// picture as the convolutions that follow reach, so that what is given is what the whole picture would give.
class VaeTile {
 public:
  /// `core`: rows and columns at the latent's size, {top, left, height, width}; `level` 0 is where the pass begins, `halos` its margins
  /// there and at each later level, `scales` the size of a latent cell at each.
  VaeTile(std::array<std::int64_t, 4> core, std::array<std::int64_t, 2> picture, std::vector<std::int64_t> halos, std::vector<std::int64_t> scales)
      : m_core(core), m_picture(picture), m_halos(std::move(halos)), m_scales(std::move(scales)) {}

  /// The tile's reach of whole pictures at level 0.
  Frames reach(const Frames& pictures) const { return part(pictures, {0, 0}, {begin(0, 0), begin(1, 0)}, {end(0, 0), end(1, 0)}); }
  /// From the reach of one level, scaled to the next, to the reach of that.
  Frames cut(const Frames& x, std::size_t from, std::size_t to) const {
    const std::array origin{begin(0, from) * m_scales[to] / m_scales[from], begin(1, from) * m_scales[to] / m_scales[from]};
    return part(x, origin, {begin(0, to), begin(1, to)}, {end(0, to), end(1, to)});
  }
  Frames core(const Frames& x, std::size_t level) const {
    const std::int64_t s = m_scales[level];
    return part(x, {begin(0, level), begin(1, level)}, {m_core[0] * s, m_core[1] * s}, {(m_core[0] + m_core[2]) * s, (m_core[1] + m_core[3]) * s});
  }
  /// Where the core lies in a whole picture [..., H, W] at a level.
  Tensor place(const Tensor& picture, std::size_t level) const {
    const std::int64_t s = m_scales[level];
    return picture.narrow(-2, m_core[0] * s, m_core[2] * s).narrow(-1, m_core[1] * s, m_core[3] * s);
  }

 private:
  std::int64_t begin(std::size_t axis, std::size_t level) const { return std::max<std::int64_t>(0, m_core[axis] * m_scales[level] - m_halos[level]); }
  std::int64_t end(std::size_t axis, std::size_t level) const {
    return std::min(m_picture[axis] * m_scales[level], (m_core[axis] + m_core[axis + 2]) * m_scales[level] + m_halos[level]);
  }
  static Frames part(const Frames& x, std::array<std::int64_t, 2> origin, std::array<std::int64_t, 2> from, std::array<std::int64_t, 2> to);

  std::array<std::int64_t, 4> m_core;
  std::array<std::int64_t, 2> m_picture;
  std::vector<std::int64_t> m_halos, m_scales;
};

/// One pass through encoder or decoder: the layers, and the frames that each causal layer remembers. A chunk is the frames of a latent.
class VaeStream {
 public:
  VaeStream(const VaeWeights& weights, const Poll& poll) : m_w(weights), m_poll(poll) {}

  /// Encoder: frames to features at the latent's size. With a tile, `x` is the tile's `reach` and its core's features are given.
  Frames down(const Frames& x, const Observer& observer, const VaeTile* tile = nullptr);
  /// The rest of the encoder, which sees the whole picture.
  Frames encodeEnd(const Frames& features, const Observer& observer);
  /// The part of the decoder that sees the whole picture.
  Frames decodeBegin(Frames x, const Observer& observer);
  /// Decoder: features at the latent's size to frames. With a tile, `x` is the tile's reach and its core's frames are given.
  Frames up(Frames x, const Observer& observer, const VaeTile* tile = nullptr);

  /// A causal convolution over what came before and these frames; nothing before the first. Its result is of its weights' type.
  Frames conv(const std::string& name, const Frames& x);

 private:
  Frames downLayers(std::int64_t from, std::int64_t to, std::size_t level, Frames x, const Observer& observer, const VaeTile* tile);
  void upLayers(std::int64_t from, std::size_t level, Frames x, Frames& out, const Observer& observer, const VaeTile* tile);
  Frames typed(Frames x) const;
  Frames residual(const std::string& name, Frames x);
  Frames normedConv(const std::string& name, const std::string& gamma, const Frames& x, Frames beside);
  Tensor usedTensor(std::int64_t outputs, const Tensor& x);
  Frames normed(const Frames& x, const std::string& gamma, bool silu) const;
  Tensor frameAttention(const std::string& name, const Tensor& x) const;
  Frames middle(const std::string& side, Frames x, const Observer& observer);
  Frames shrink(const std::string& name, const Frames& x);
  Frames grow(const std::string& name, Frames x);
  Tensor picture(const std::string& name, const Tensor& x, at::IntArrayRef stride, at::IntArrayRef padding) const;
  BorderedFrame bordered(const Tensor& x, const Tensor& gamma = {});

  const VaeWeights& m_w;
  const Poll& m_poll;
  std::map<std::string, Frames> m_history;                       // undefined frames: zeros
  std::map<std::string, std::vector<BorderedFrame>> m_bordered;  // that of layers with a filter
  std::vector<BorderedFrame> m_spare;                            // to be filled again
  Frames m_used;                                                 // results of this level's layers, to be written again
  std::map<std::string, bool> m_started;
};

/// A video [B, C, T, H, W] as float32 frames on a device, and frames as a float32 video.
Frames framesOf(const Tensor& video_BCTHW, at::Device device);
Tensor videoOf(const Frames& frames);

/// x / |x| * sqrt(C) * gamma over the channel axis 1 (the reference's RMS norm).
Tensor channelNorm(const Tensor& x, const Tensor& gamma);

}  // namespace pai::inference
