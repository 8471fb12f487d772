// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/taehv.h"

namespace pai::inference {

namespace {

Tensor conv(const StateDict& w, const std::string& name, const Tensor& x, std::int64_t stride = 1) {
  const Tensor& weight = w.at(name + ".weight");
  const Tensor bias = w.maybe(name + ".bias");
  const std::int64_t padding = weight.size(2) / 2;
  if (!bias.defined()) return at::conv2d(x, weight, {}, {stride, stride}, {padding, padding});
  return at::conv2d(x, weight, bias, {stride, stride}, {padding, padding});
}

/// A plain convolution is preceded by a pool (encoder) or a grow (decoder), whose weight has the inner name "conv".
bool isTimeLayer(const StateDict& w, const std::string& name) { return w.has(name + ".conv.weight"); }
bool isMemoryBlock(const StateDict& w, const std::string& name) { return w.has(name + ".conv.0.weight"); }
bool isConvolution(const StateDict& w, const std::string& name) { return w.has(name + ".weight"); }

}  // namespace

PreviewVae::PreviewVae(const StateDict& weights) : m_weights(weights) {
  if (weights.count("decoder.") == 0 && weights.count("encoder.") == 0)
    fail(core::ErrorCode::kPackInvalid, "these are no weights of a preview decoder");
}

std::int64_t PreviewVae::timeStride(const std::string& side) const {
  std::int64_t stride = 1;
  for (std::int64_t i = 0; i < m_weights.count(side + "."); ++i) {
    const Tensor weight = m_weights.maybe(side + "." + std::to_string(i) + ".conv.weight");
    if (weight.defined()) stride *= std::max(weight.size(0) / weight.size(1), weight.size(1) / weight.size(0));
  }
  return stride;
}

Tensor PreviewVae::memoryBlock(const std::string& name, const Tensor& x_NCHW, std::int64_t batch) const {
  // The memory of a frame is the block's own input at the frame before; zero at the first.
  const Tensor x = x_NCHW.unflatten(0, {batch, -1});
  const Tensor past = at::constant_pad_nd(x, {0, 0, 0, 0, 0, 0, 1, 0}).narrow(1, 0, x.size(1)).flatten(0, 1);
  Tensor y = at::relu(conv(m_weights, name + ".conv.0", at::cat({x_NCHW, past}, 1)));
  y = conv(m_weights, name + ".conv.4", at::relu(conv(m_weights, name + ".conv.2", y)));
  const Tensor skip = m_weights.has(name + ".skip.weight") ? conv(m_weights, name + ".skip", x_NCHW) : x_NCHW;
  return at::relu(y + skip);
}

Tensor PreviewVae::run(const std::string& side, Tensor x, std::int64_t batch, const Observer& observer) const {
  const bool encoder = side == "encoder";
  const std::int64_t layers = m_weights.count(side + ".");
  for (std::int64_t i = 0; i < layers; ++i) {
    const std::string name = side + "." + std::to_string(i);
    const std::string before = side + "." + std::to_string(i - 1), after = side + "." + std::to_string(i + 1);
    if (isMemoryBlock(m_weights, name)) {
      x = memoryBlock(name, x, batch);
    } else if (isTimeLayer(m_weights, name)) {
      const Tensor& weight = m_weights.at(name + ".conv.weight");
      if (encoder) x = x.reshape({-1, weight.size(1), x.size(2), x.size(3)});  // neighbouring frames side by side
      x = conv(m_weights, name + ".conv", x);
      if (!encoder) x = x.reshape({-1, weight.size(1), x.size(2), x.size(3)});
    } else if (isConvolution(m_weights, name)) {
      x = conv(m_weights, name, x, encoder && isTimeLayer(m_weights, before) ? 2 : 1);
    } else if (!encoder && i == 0) {
      x = at::tanh(x / 3) * 3;
    } else if (!encoder && isTimeLayer(m_weights, after)) {
      x = x.repeat_interleave(2, 2).repeat_interleave(2, 3);
    } else {
      x = at::relu(x);
    }
    observe(observer, side + "_block" + std::to_string(i), x);
  }
  return x;
}

Tensor PreviewVae::decodeRaw(const Tensor& latent_BTCHW, const Observer& observer) const {
  requireShape(latent_BTCHW, {-1, -1, m_weights.at("decoder.1.weight").size(1), -1, -1}, "latent");
  const std::int64_t batch = latent_BTCHW.size(0);
  return run("decoder", latent_BTCHW.flatten(0, 1), batch, observer).unflatten(0, {batch, -1});
}

Tensor PreviewVae::decode(const Tensor& latent_BTCHW, const Observer& observer) const {
  const Tensor frames = decodeRaw(latent_BTCHW, observer).clamp(0, 1);
  const std::int64_t trim = timeStride("decoder") - 1;
  return frames.narrow(1, trim, frames.size(1) - trim);
}

Tensor PreviewVae::encode(const Tensor& video_BTCHW) const {
  requireShape(video_BTCHW, {-1, -1, 3, -1, -1}, "video");
  const std::int64_t stride = timeStride("encoder"), frames = video_BTCHW.size(1);
  Tensor video = video_BTCHW;
  if (const std::int64_t missing = (stride - frames % stride) % stride; missing > 0)
    video = at::cat({video, video.narrow(1, frames - 1, 1).expand({-1, missing, -1, -1, -1})}, 1);
  return run("encoder", video.flatten(0, 1), video.size(0), {}).unflatten(0, {video.size(0), -1});
}

}  // namespace pai::inference
