// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/vae.h"

#include <cmath>

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
  return x / length * (std::sqrt(static_cast<double>(x.size(1))) * gamma);
}

/// One pass through encoder or decoder: the layers, and the frames that each causal layer remembers.
class VideoVae::Stream {
 public:
  Stream(const VideoVae& vae, const Poll& poll) : m_w(vae.m_weights), m_poll(poll) {}

  Tensor encodeChunk(Tensor x, const Observer& observer) {
    x = conv("encoder.conv1", x);
    observe(observer, "encoder.conv1", x);
    for (std::int64_t i = 0; i < m_w.count("encoder.downsamples."); ++i) {
      const std::string name = "encoder.downsamples." + std::to_string(i);
      x = m_w.has(name + ".resample.1.weight") ? shrink(name, x) : residual(name, x);
      observe(observer, name, x);
    }
    x = head("encoder", middle("encoder", x, observer));
    observe(observer, "encoder", x);
    return x;
  }

  Tensor decodeChunk(Tensor x, const Observer& observer) {
    x = conv("decoder.conv1", x);
    observe(observer, "decoder.conv1", x);
    x = middle("decoder", x, observer);
    for (std::int64_t i = 0; i < m_w.count("decoder.upsamples."); ++i) {
      const std::string name = "decoder.upsamples." + std::to_string(i);
      x = m_w.has(name + ".resample.1.weight") ? grow(name, x) : residual(name, x);
      observe(observer, name, x);
    }
    x = head("decoder", x);
    observe(observer, "decoder", x);
    return x;
  }

  /// A causal convolution: 2 p frames of history before the chunk, zeros where there is none.
  Tensor conv(const std::string& name, const Tensor& x) {
    if (m_poll) m_poll();
    const Tensor& weight = m_w.at(name + ".weight");
    const std::int64_t history = weight.size(2) - 1;
    const std::int64_t padding[] = {0, weight.size(3) / 2, weight.size(4) / 2};
    return at::conv3d(history > 0 ? withHistory(name, x, history) : x, weight, m_w.at(name + ".bias"), {1, 1, 1}, padding);
  }

 private:
  Tensor withHistory(const std::string& name, const Tensor& x, std::int64_t history) {
    Tensor& kept = m_history[name];
    Tensor joined = kept.defined() ? at::cat({kept, x}, 2) : at::constant_pad_nd(x, {0, 0, 0, 0, history, 0});
    kept = joined.narrow(2, joined.size(2) - history, history).clone();
    return joined;
  }

  Tensor residual(const std::string& name, const Tensor& x) {
    const Tensor skip = m_w.has(name + ".shortcut.weight") ? conv(name + ".shortcut", x) : x;
    Tensor y = conv(name + ".residual.2", at::silu(channelNorm(x, m_w.at(name + ".residual.0.gamma"))));
    y = conv(name + ".residual.6", at::silu(channelNorm(y, m_w.at(name + ".residual.3.gamma"))));
    return skip + y;
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
    return conv(side + ".head.2", at::silu(channelNorm(x, m_w.at(side + ".head.0.gamma"))));
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
    const Tensor frames = framesOf(x);
    const Tensor large = frames.repeat_interleave(2, 2).repeat_interleave(2, 3);
    return videoOf(at::conv2d(large, m_w.at(name + ".resample.1.weight"), m_w.at(name + ".resample.1.bias"), {1, 1}, {1, 1}), x.size(0));
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

Tensor VideoVae::encode(const Tensor& video_BCTHW, const Poll& poll, const Observer& observer) const {
  requireShape(video_BCTHW, {-1, 3, -1, -1, -1}, "video");
  const std::int64_t frames = video_BCTHW.size(2);
  if (frames % kTimeStride != 1 || video_BCTHW.size(3) % kSpaceStride != 0 || video_BCTHW.size(4) % kSpaceStride != 0)
    fail(ErrorCode::kSizeMismatch, "a video of " + shapeText(video_BCTHW.sizes()) + " is not padded to 4n + 1 frames and a multiple of 8 pixels");
  Stream stream(*this, poll);
  std::vector<Tensor> parts;
  std::int64_t chunk = 0;
  for (std::int64_t begin = 0; begin < frames; begin += begin == 0 ? 1 : kTimeStride, ++chunk) {
    const Observer named = observer ? Observer([&](const std::string& n, const Tensor& v) { observer(n + ".chunk" + std::to_string(chunk), v); }) : Observer();
    parts.push_back(stream.encodeChunk(video_BCTHW.narrow(2, begin, begin == 0 ? 1 : kTimeStride), named));
  }
  const Tensor moments = stream.conv("conv1", at::cat(parts, 2));
  observe(observer, "moments", moments);
  const Tensor mu = moments.narrow(1, 0, m_latentChannels);
  observe(observer, "mu_raw", mu);
  return (mu - channels(m_mean_C)) * (1.0 / channels(m_std_C));
}

void VideoVae::decodeStreamed(const Tensor& latent_BCTHW, const std::function<void(const Tensor&)>& take, const Poll& poll,
                              const Observer& observer) const {
  requireShape(latent_BCTHW, {-1, m_latentChannels, -1, -1, -1}, "latent");
  Stream stream(*this, poll);
  const Tensor z = stream.conv("conv2", latent_BCTHW / (1.0 / channels(m_std_C)) + channels(m_mean_C));
  for (std::int64_t t = 0; t < z.size(2); ++t) {
    const Observer named = observer ? Observer([&](const std::string& n, const Tensor& v) { observer(n + ".chunk" + std::to_string(t), v); }) : Observer();
    take(stream.decodeChunk(z.narrow(2, t, 1), named));
  }
}

Tensor VideoVae::decode(const Tensor& latent_BCTHW, const Poll& poll, const Observer& observer) const {
  std::vector<Tensor> parts;
  decodeStreamed(latent_BCTHW, [&](const Tensor& frames) { parts.push_back(frames); }, poll, observer);
  return at::cat(parts, 2);
}

}  // namespace pai::inference
