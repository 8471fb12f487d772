// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/vae.h"

#include <array>
#include <cmath>
#include <utility>

namespace pai::inference {

using core::ErrorCode;

namespace {

const std::vector<float> kPublishedMean{-0.7571f, -0.7089f, -0.9113f, 0.1075f, -0.1745f, 0.9653f, -0.1517f, 1.5508f,
                                        0.4134f,  -0.0715f, 0.5517f,  -0.3632f, -0.1922f, -0.9497f, 0.2503f, -0.2921f};
const std::vector<float> kPublishedStd{2.8184f, 1.4541f, 2.3275f, 2.6558f, 1.2196f, 1.7708f, 2.6052f, 2.0743f,
                                       3.2687f, 2.1526f, 2.8652f, 1.5579f, 1.6382f, 1.1253f, 2.8251f, 1.916f};

Tensor channels(const Tensor& values_C) { return values_C.reshape({1, -1, 1, 1, 1}); }

/// [B, C, T, H, W] as [B T, C, H, W] and back.
Tensor framesOf(const Tensor& x) { return x.transpose(1, 2).flatten(0, 1); }
Tensor videoOf(const Tensor& frames, std::int64_t batch) { return frames.unflatten(0, {batch, -1}).transpose(1, 2); }

}  // namespace

Tensor channelNorm(const Tensor& x, const Tensor& gamma) {
  const Tensor length = at::norm(x, 2, {1}, true).clamp_min(1e-12);
  return (x / length).mul_(std::sqrt(static_cast<double>(x.size(1))) * gamma);
}

/// A part of the picture that is worked on by itself. Its core is what it gives; around it, at each level of size, lies as much of the
/// picture as the convolutions that follow reach, so that what is given is what the whole picture would give.
class VideoVae::Tile {
 public:
  /// `core`: rows and columns at the latent's size, {top, left, height, width}; `level` 0 is where the pass begins, `halos` its margins
  /// there and at each later level, `scales` the size of a latent cell at each.
  Tile(std::array<std::int64_t, 4> core, std::array<std::int64_t, 2> picture, std::vector<std::int64_t> halos, std::vector<std::int64_t> scales)
      : m_core(core), m_picture(picture), m_halos(std::move(halos)), m_scales(std::move(scales)) {}

  /// The tile's reach of a whole picture at level 0.
  Tensor reach(const Tensor& picture) const { return part(picture, {0, 0}, {begin(0, 0), begin(1, 0)}, {end(0, 0), end(1, 0)}); }
  /// From the reach of one level, scaled to the next, to the reach of that.
  Tensor cut(const Tensor& x, std::size_t from, std::size_t to) const {
    const std::array origin{begin(0, from) * m_scales[to] / m_scales[from], begin(1, from) * m_scales[to] / m_scales[from]};
    return part(x, origin, {begin(0, to), begin(1, to)}, {end(0, to), end(1, to)});
  }
  Tensor core(const Tensor& x, std::size_t level) const {
    const std::int64_t s = m_scales[level];
    return part(x, {begin(0, level), begin(1, level)}, {m_core[0] * s, m_core[1] * s}, {(m_core[0] + m_core[2]) * s, (m_core[1] + m_core[3]) * s});
  }
  /// Where the core lies in a whole picture at a level.
  Tensor place(const Tensor& picture, std::size_t level) const {
    const std::int64_t s = m_scales[level];
    return picture.narrow(3, m_core[0] * s, m_core[2] * s).narrow(4, m_core[1] * s, m_core[3] * s);
  }

 private:
  std::int64_t begin(std::size_t axis, std::size_t level) const { return std::max<std::int64_t>(0, m_core[axis] * m_scales[level] - m_halos[level]); }
  std::int64_t end(std::size_t axis, std::size_t level) const {
    return std::min(m_picture[axis] * m_scales[level], (m_core[axis] + m_core[axis + 2]) * m_scales[level] + m_halos[level]);
  }
  static Tensor part(const Tensor& x, std::array<std::int64_t, 2> origin, std::array<std::int64_t, 2> from, std::array<std::int64_t, 2> to) {
    return x.narrow(3, from[0] - origin[0], to[0] - from[0]).narrow(4, from[1] - origin[1], to[1] - from[1]);
  }
  std::array<std::int64_t, 4> m_core;
  std::array<std::int64_t, 2> m_picture;
  std::vector<std::int64_t> m_halos, m_scales;
};

/// One pass through encoder or decoder: the layers, and the frames that each causal layer remembers.
class VideoVae::Stream {
 public:
  Stream(const VideoVae& vae, const Poll& poll) : m_w(vae.m_weights), m_poll(poll) {}

  /// Encoder: frames to features at the latent's size. With a tile, `x` is the tile's `reach` and its core's features are given.
  Tensor down(Tensor x, const Observer& observer, const Tile* tile = nullptr) {
    x = conv("encoder.conv1", x);
    observe(observer, "encoder.conv1", x);
    std::size_t level = 0;
    for (std::int64_t i = 0; i < m_w.count("encoder.downsamples."); ++i) {
      const std::string name = "encoder.downsamples." + std::to_string(i);
      const bool next = m_w.has(name + ".resample.1.weight");
      x = next ? shrink(name, x) : residual(name, x);
      if (next && tile) x = tile->cut(x, level, level + 1);
      if (next) ++level;
      observe(observer, name, x);
    }
    return tile ? tile->core(x, level) : x;
  }
  /// The rest of the encoder, which sees the whole picture.
  Tensor encodeEnd(const Tensor& features, const Observer& observer) {
    const Tensor x = head("encoder", middle("encoder", features, observer));
    observe(observer, "encoder", x);
    return x;
  }

  /// The part of the decoder that sees the whole picture.
  Tensor decodeBegin(Tensor x, const Observer& observer) {
    x = conv("decoder.conv1", x);
    observe(observer, "decoder.conv1", x);
    return middle("decoder", x, observer);
  }
  /// Decoder: features at the latent's size to frames. With a tile, `x` is the tile's reach and its core's frames are given.
  Tensor up(Tensor x, const Observer& observer, const Tile* tile = nullptr) {
    std::size_t level = 0;
    for (std::int64_t i = 0; i < m_w.count("decoder.upsamples."); ++i) {
      const std::string name = "decoder.upsamples." + std::to_string(i);
      const bool next = m_w.has(name + ".resample.1.weight");
      x = next ? grow(name, x) : residual(name, x);
      if (next && tile) x = tile->cut(x, level, level + 1);
      if (next) ++level;
      observe(observer, name, x);
    }
    x = head("decoder", x);
    observe(observer, "decoder", x);
    return tile ? tile->core(x, level) : x;
  }

  /// A causal convolution: 2 p frames of history before the chunk, zeros where there is none.
  Tensor conv(const std::string& name, Tensor x) {
    if (m_poll) settle(x.device()), m_poll();
    const Tensor& weight = m_w.at(name + ".weight");
    const std::int64_t history = weight.size(2) - 1;
    const std::int64_t padding[] = {0, weight.size(3) / 2, weight.size(4) / 2};
    const Tensor& bias = m_w.at(name + ".bias");
    if (history == 0) return at::conv3d(x, weight, bias, {1, 1, 1}, padding);
    const Tensor joined = withHistory(name, x, history);
    const std::int64_t frames = x.size(2);
    x.reset();  // at full size every tensor counts
    if (frames == 1) return at::conv3d(joined, weight, bias, {1, 1, 1}, padding);
    // A frame at a time: the library's scratch then is that of one frame.
    Tensor out = at::empty({joined.size(0), weight.size(0), frames, joined.size(3), joined.size(4)}, joined.options());
    for (std::int64_t t = 0; t < frames; ++t) out.narrow(2, t, 1).copy_(at::conv3d(joined.narrow(2, t, history + 1), weight, bias, {1, 1, 1}, padding));
    return out;
  }

 private:
  Tensor withHistory(const std::string& name, const Tensor& x, std::int64_t history) {
    Tensor& kept = m_history[name];
    Tensor joined = kept.defined() ? at::cat({kept, x}, 2) : at::constant_pad_nd(x, {0, 0, 0, 0, history, 0});
    kept = joined.narrow(2, joined.size(2) - history, history).clone();
    return joined;
  }

  Tensor residual(const std::string& name, const Tensor& x) {
    Tensor y = conv(name + ".residual.2", normed(x, name + ".residual.0.gamma"));
    y = normed(y, name + ".residual.3.gamma");
    y = conv(name + ".residual.6", std::move(y));
    return y.add_(m_w.has(name + ".shortcut.weight") ? conv(name + ".shortcut", x) : x);
  }

  Tensor normed(const Tensor& x, const std::string& gamma) {
    Tensor y = channelNorm(x, m_w.at(gamma));
    return at::silu_(y);
  }

  /// Self-attention within each frame, one head.
  Tensor frameAttention(const std::string& name, const Tensor& x) {
    const std::int64_t batch = x.size(0), width = x.size(1), h = x.size(3), w = x.size(4);
    Tensor frames = channelNorm(framesOf(x), m_w.at(name + ".norm.gamma"));
    frames = at::conv2d(frames, m_w.at(name + ".to_qkv.weight"), m_w.at(name + ".to_qkv.bias"));
    std::vector<Tensor> out;
    for (std::int64_t f = 0; f < frames.size(0); ++f) {
      if (m_poll) m_poll();
      const auto qkv = frames[f].flatten(1).transpose(0, 1).chunk(3, 1);  // [H W, C] each
      const Tensor q = qkv[0].contiguous() * (1.0 / std::sqrt(static_cast<double>(width)));
      const Tensor k = qkv[1].transpose(0, 1), v = qkv[2].contiguous();
      std::vector<Tensor> parts;
      for (std::int64_t begin = 0; begin < q.size(0); begin += 1024)
        parts.push_back(at::mm(at::softmax(at::mm(q.narrow(0, begin, std::min<std::int64_t>(1024, q.size(0) - begin)), k), -1), v));
      out.push_back(at::cat(parts, 0).transpose(0, 1).reshape({width, h, w}));
    }
    const Tensor projected = at::conv2d(at::stack(out, 0), m_w.at(name + ".proj.weight"), m_w.at(name + ".proj.bias"));
    return x + videoOf(projected, batch);
  }

  Tensor middle(const std::string& side, Tensor x, const Observer& observer) {
    x = residual(side + ".middle.0", x);
    x = frameAttention(side + ".middle.1", x);
    observe(observer, side + ".middle.1", x);
    return residual(side + ".middle.2", x);
  }

  Tensor head(const std::string& side, const Tensor& x) {
    return conv(side + ".head.2", normed(x, side + ".head.0.gamma"));
  }

  /// Halves the picture (padding right and bottom only) and, with a time convolution, the frames after the first.
  Tensor shrink(const std::string& name, const Tensor& x) {
    const Tensor padded = at::constant_pad_nd(framesOf(x), {0, 1, 0, 1});
    Tensor y = videoOf(at::conv2d(padded, m_w.at(name + ".resample.1.weight"), m_w.at(name + ".resample.1.bias"), {2, 2}), x.size(0));
    if (!m_w.has(name + ".time_conv.weight")) return y;
    Tensor& last = m_history[name];
    const bool first = !last.defined();
    const Tensor joined = first ? y : at::cat({last, y}, 2);
    last = y.narrow(2, y.size(2) - 1, 1).clone();
    return first ? y : at::conv3d(joined, m_w.at(name + ".time_conv.weight"), m_w.at(name + ".time_conv.bias"), {2, 1, 1});
  }

  /// Doubles the picture and, with a time convolution, the frames: the first latent passes undoubled and is no history.
  Tensor grow(const std::string& name, const Tensor& input) {
    Tensor x = input;
    if (m_w.has(name + ".time_conv.weight")) {
      if (m_started.insert({name, true}).second == false) {
        const Tensor& weight = m_w.at(name + ".time_conv.weight");
        const Tensor y = at::conv3d(withHistory(name, x, weight.size(2) - 1), weight, m_w.at(name + ".time_conv.bias"));
        const std::int64_t width = x.size(1);
        // The 2C channels are two blocks: even frames, then odd ones.
        x = at::stack({y.narrow(1, 0, width), y.narrow(1, width, width)}, 3).flatten(2, 3);
      }
    }
    const Tensor &weight = m_w.at(name + ".resample.1.weight"), &bias = m_w.at(name + ".resample.1.bias");
    Tensor out = at::empty({x.size(0), weight.size(0), x.size(2), 2 * x.size(3), 2 * x.size(4)}, x.options());
    for (std::int64_t t = 0; t < x.size(2); ++t) {
      const Tensor large = at::upsample_nearest2d(x.select(2, t).contiguous(), {2 * x.size(3), 2 * x.size(4)});
      out.select(2, t).copy_(at::conv2d(large, weight, bias, {1, 1}, {1, 1}));
    }
    return out;
  }

  const StateDict& m_w;
  const Poll& m_poll;
  std::map<std::string, Tensor> m_history;
  std::map<std::string, bool> m_started;
};

VideoVae::VideoVae(const StateDict& weights, Tensor mean_C, Tensor std_C) : m_weights(weights), m_mean_C(std::move(mean_C)), m_std_C(std::move(std_C)) {
  m_latentChannels = weights.at("conv2.weight").size(1);
  if (!m_mean_C.defined()) m_mean_C = at::tensor(kPublishedMean);
  if (!m_std_C.defined()) m_std_C = at::tensor(kPublishedStd);
  for (const char* name : {"encoder.conv1.weight", "encoder.head.2.weight", "decoder.conv1.weight", "decoder.head.2.weight", "conv1.weight"})
    (void)weights.at(name);
  requireShape(m_mean_C, {m_latentChannels}, "the latent's mean");
  requireShape(m_std_C, {m_latentChannels}, "the latent's deviation");
  const Tensor& like = weights.at("conv2.weight");
  m_mean_C = m_mean_C.to(like.device());
  m_std_C = m_std_C.to(like.device());
}

void VideoVae::requireVideo(const Tensor& video_BCTHW) const {
  requireShape(video_BCTHW, {-1, 3, -1, -1, -1}, "video");
  if (video_BCTHW.size(2) % kTimeStride != 1 || video_BCTHW.size(3) % kSpaceStride != 0 || video_BCTHW.size(4) % kSpaceStride != 0)
    fail(ErrorCode::kSizeMismatch, "a video of " + shapeText(video_BCTHW.sizes()) + " is not padded to 4n + 1 frames and a multiple of 8 pixels");
}

Tensor VideoVae::normalised(const Tensor& moments) const { return (moments.narrow(1, 0, m_latentChannels) - channels(m_mean_C)) * (1.0 / channels(m_std_C)); }

Tensor VideoVae::encode(const Tensor& video_BCTHW, const Poll& poll, const Observer& observer) const {
  requireVideo(video_BCTHW);
  Stream stream(*this, poll);
  std::vector<Tensor> parts;
  const std::int64_t frames = video_BCTHW.size(2);
  std::int64_t chunk = 0;
  for (std::int64_t begin = 0; begin < frames; begin += begin == 0 ? 1 : kTimeStride, ++chunk) {
    const Observer named = observer ? Observer([&](const std::string& n, const Tensor& v) { observer(n + ".chunk" + std::to_string(chunk), v); }) : Observer();
    parts.push_back(stream.encodeEnd(stream.down(video_BCTHW.narrow(2, begin, begin == 0 ? 1 : kTimeStride).to(device()), named), named));
  }
  const Tensor moments = stream.conv("conv1", at::cat(parts, 2));
  observe(observer, "moments", moments);
  observe(observer, "mu_raw", moments.narrow(1, 0, m_latentChannels));
  return normalised(moments);
}

void VideoVae::decodeStreamed(const Tensor& latent_BCTHW, const std::function<void(const Tensor&)>& take, const Poll& poll,
                              const Observer& observer) const {
  requireShape(latent_BCTHW, {-1, m_latentChannels, -1, -1, -1}, "latent");
  Stream stream(*this, poll);
  const Tensor z = stream.conv("conv2", latent_BCTHW / (1.0 / channels(m_std_C)) + channels(m_mean_C));
  for (std::int64_t t = 0; t < z.size(2); ++t) {
    const Observer named = observer ? Observer([&](const std::string& n, const Tensor& v) { observer(n + ".chunk" + std::to_string(t), v); }) : Observer();
    take(stream.up(stream.decodeBegin(z.narrow(2, t, 1), named), named));
  }
}

Tensor VideoVae::decode(const Tensor& latent_BCTHW, const Poll& poll, const Observer& observer) const {
  std::vector<Tensor> parts;
  decodeStreamed(latent_BCTHW, [&](const Tensor& frames) { parts.push_back(frames); }, poll, observer);
  return at::cat(parts, 2);
}

namespace {

/// Residual blocks at each level of size of one side ("encoder.downsamples.", "decoder.upsamples.").
std::vector<std::int64_t> blocksOf(const StateDict& w, const std::string& prefix) {
  std::vector<std::int64_t> out{0};
  for (std::int64_t i = 0; i < w.count(prefix); ++i) {
    if (w.has(prefix + std::to_string(i) + ".resample.1.weight")) out.push_back(0);
    else ++out.back();
  }
  return out;
}

/// Cores of tiles of at most `tile` cells a side, evenly cut.
std::vector<std::array<std::int64_t, 4>> coresOf(std::int64_t rows, std::int64_t columns, std::int64_t tile) {
  const std::int64_t down = (rows + tile - 1) / tile, across = (columns + tile - 1) / tile;
  std::vector<std::array<std::int64_t, 4>> out;
  for (std::int64_t y = 0; y < down; ++y)
    for (std::int64_t x = 0; x < across; ++x) {
      const std::int64_t top = rows * y / down, left = columns * x / across;
      out.push_back({top, left, rows * (y + 1) / down - top, columns * (x + 1) / across - left});
    }
  return out;
}

}  // namespace

Tensor VideoVae::decodeTiled(const Tensor& latent_BCTHW, std::int64_t tile, const Poll& poll) const {
  requireShape(latent_BCTHW, {-1, m_latentChannels, -1, -1, -1}, "latent");
  const std::int64_t batch = latent_BCTHW.size(0), steps = latent_BCTHW.size(2), rows = latent_BCTHW.size(3), columns = latent_BCTHW.size(4);
  Tensor out = at::empty({batch, 3, 1 + (steps - 1) * kTimeStride, rows * kSpaceStride, columns * kSpaceStride}, latent_BCTHW.options().device(at::kCPU));
  std::int64_t frame = 0;
  const auto put = [&](const Tensor& to, const Tensor& frames) {
    to.narrow(2, frame, frames.size(2)).copy_(frames);
    frame += frames.size(2);
  };
  if (tile <= 0 || (tile >= rows && tile >= columns)) {
    decodeStreamed(latent_BCTHW, [&](const Tensor& frames) { put(out, frames); }, poll);
    return out;
  }
  // From the end: a level's margin, doubled, is what the next needs, the convolution past the doubling, and two for each block.
  const std::vector<std::int64_t> blocks = blocksOf(m_weights, "decoder.upsamples.");
  std::vector<std::int64_t> halos(blocks.size()), scales(blocks.size());
  for (std::size_t k = blocks.size(); k-- > 0;) {
    halos[k] = k + 1 == blocks.size() ? 2 * blocks[k] + 1 : (halos[k + 1] + 4 * blocks[k] + 2) / 2;
    scales[k] = std::int64_t{1} << k;
  }
  Stream whole(*this, poll);
  const Tensor z = whole.conv("conv2", latent_BCTHW / (1.0 / channels(m_std_C)) + channels(m_mean_C));
  std::vector<Tensor> features;
  for (std::int64_t t = 0; t < steps; ++t) features.push_back(whole.decodeBegin(z.narrow(2, t, 1), {}));
  for (const auto& core : coresOf(rows, columns, tile)) {
    const Tile part(core, {rows, columns}, halos, scales);
    const Tensor to = part.place(out, blocks.size() - 1);
    Stream stream(*this, poll);
    frame = 0;
    for (const Tensor& x : features) put(to, stream.up(part.reach(x), {}, &part));
  }
  return out;
}

Tensor VideoVae::encodeTiled(const Tensor& video_BCTHW, std::int64_t tile, const Poll& poll) const {
  requireVideo(video_BCTHW);
  const std::int64_t rows = video_BCTHW.size(3) / kSpaceStride, columns = video_BCTHW.size(4) / kSpaceStride, steps = 1 + (video_BCTHW.size(2) - 1) / kTimeStride;
  if (tile <= 0 || (tile >= rows && tile >= columns)) return encode(video_BCTHW, poll);
  // Margins are even where a level is halved, so that a tile's pixels pair up as the picture's do.
  const std::vector<std::int64_t> blocks = blocksOf(m_weights, "encoder.downsamples.");
  std::vector<std::int64_t> halos(blocks.size()), scales(blocks.size());
  for (std::size_t k = blocks.size(); k-- > 0;) {
    const std::int64_t own = 2 * blocks[k] + (k == 0 ? 1 : 0);
    halos[k] = k + 1 == blocks.size() ? own : (2 * halos[k + 1] + 1 + own + 1) / 2 * 2;
    scales[k] = std::int64_t{1} << (blocks.size() - 1 - k);
  }
  std::vector<Tensor> features(static_cast<std::size_t>(steps));
  for (const auto& core : coresOf(rows, columns, tile)) {
    const Tile part(core, {rows, columns}, halos, scales);
    Stream stream(*this, poll);
    for (std::int64_t t = 0; t < steps; ++t) {
      const Tensor chunk = t == 0 ? video_BCTHW.narrow(2, 0, 1) : video_BCTHW.narrow(2, 1 + (t - 1) * kTimeStride, kTimeStride);
      const Tensor made = stream.down(part.reach(chunk).to(device()), {}, &part);
      Tensor& all = features[static_cast<std::size_t>(t)];
      if (!all.defined()) all = at::empty({made.size(0), made.size(1), 1, rows, columns}, made.options());
      part.place(all, blocks.size() - 1).copy_(made);
    }
  }
  Stream whole(*this, poll);
  for (Tensor& x : features) x = whole.encodeEnd(x, {});
  return normalised(whole.conv("conv1", at::cat(features, 2)));
}

}  // namespace pai::inference
