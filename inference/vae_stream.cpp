// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/vae_stream.h"

#include <cmath>

#include "inference/attention.h"
#include "inference/fused.h"

namespace pai::inference {

using core::ErrorCode;

namespace {

constexpr auto kChannelsLast = at::MemoryFormat::ChannelsLast;

void observeFrames(const Observer& observer, const std::string& name, const Frames& frames) {
  if (observer) observer(name, videoOf(frames));
}

/// Layers at whose one end are pixels, latents or their moments: their products are float32 always, and cost little.
bool isOuter(const std::string& layer) {
  for (const char* name : {"conv1", "conv2", "encoder.conv1", "encoder.head.2", "decoder.conv1", "decoder.head.2"})
    if (layer == name) return true;
  return false;
}

std::string layerOf(const std::string& weight) { return weight.substr(0, weight.rfind('.')); }

Tensor biasOf(const StateDict& weights, const std::string& name, const Tensor& weight) {
  const Tensor bias = weights.maybe(layerOf(name) + ".bias");
  if (!bias.defined() || (weight.dim() != 4 && weight.dim() != 5)) fail(ErrorCode::kPackInvalid, "the autoencoder's " + core::inQuotes(layerOf(name)) + " is no convolution with a bias");
  return bias;
}

/// Whether nobody else sees what is written into a picture, and it is laid out as filters write.
bool isOwn(const Tensor& x) { return x.use_count() == 1 && x.storage().use_count() == 1 && x.is_contiguous(kChannelsLast); }

/// Every pixel as a square of four.
Tensor doubled(const Tensor& x) {
  const std::int64_t b = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
  const Tensor pixels = x.permute({0, 2, 3, 1}).reshape({b, h, 1, w, 1, c}).expand({b, h, 2, w, 2, c});
  return pixels.reshape({b, 2 * h, 2 * w, c}).permute({0, 3, 1, 2});
}

}  // namespace

Frames framesOf(const Tensor& video_BCTHW, at::Device device) {
  Frames out;
  for (const Tensor& frame : video_BCTHW.unbind(2)) out.push_back(frame.to(device, at::kFloat).contiguous(kChannelsLast));
  return out;
}

Tensor videoOf(const Frames& frames) {
  Frames wide;
  for (const Tensor& frame : frames) wide.push_back(frame.to(at::kFloat));
  return at::stack(wide, 2).contiguous();
}

Tensor channelNorm(const Tensor& x, const Tensor& gamma) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
  shape[1] = -1;
  const Tensor length = at::norm(x, 2, {1}, true).clamp_min(1e-12);
  return (x / length).mul_(std::sqrt(static_cast<double>(x.size(1))) * gamma.reshape(shape));
}

VaeSide vaeSideOf(const std::string& name) { return name.starts_with("encoder.") || name.starts_with("conv1.") ? VaeSide::kEncoder : VaeSide::kDecoder; }

VaeWeights::VaeWeights(const StateDict& weights, at::ScalarType type, VaeSide side) : m_type(type) {
  for (const auto& [name, tensor] : weights.all()) {
    if (vaeSideOf(name) != side) continue;
    m_names.put(name, {});
    if (name.ends_with(".gamma")) m_gammas[name] = tensor.to(at::kFloat).flatten();
    if (!name.ends_with(".weight")) continue;
    const std::string layer = layerOf(name);
    const at::ScalarType own = isOuter(layer) ? at::kFloat : type;
    const Tensor used = tensor.to(own);
    FrameConvolution made{used.dim() == 4 ? std::vector<Tensor>{used} : used.unbind(2), biasOf(weights, name, tensor).to(own), {}};
    // Of the layers that resample, the decoder's see a doubled picture and the encoder's, with a stride, are left to LibTorch.
    const bool resamples = layer.ends_with(".resample.1"), doubles = resamples && side == VaeSide::kDecoder;
    if (own == at::kBFloat16 && resamples == doubles && FrameFilter::takes(made.kernels)) {
      made.filter = std::make_shared<const FrameFilter>(doubles ? std::vector<Tensor>{tensor} : made.kernels, made.bias_O, doubles);
      made.kernels.clear();
    } else if (own != at::kFloat) {
      for (Tensor& kernel : made.kernels) kernel = kernel.contiguous(kChannelsLast);
    }
    m_convolutions[layer] = std::move(made);
  }
}

VaeSides::VaeSides(const StateDict& weights, at::ScalarType type) : m_type(type) {
  for (const auto& [name, tensor] : weights.all()) {
    if (name.ends_with(".weight")) (void)biasOf(weights, name, tensor);
    m_stored.put(name, tensor);
  }
}

const VaeWeights& VaeSides::of(VaeSide side) const {
  Made& made = m_made[static_cast<std::size_t>(side)];
  std::call_once(made.once, [&] { made.weights = VaeWeights(m_stored, m_type, side); });
  return made.weights;
}

const FrameConvolution& VaeWeights::convolution(const std::string& name) const {
  const auto found = m_convolutions.find(name);
  if (found == m_convolutions.end()) fail(ErrorCode::kPackInvalid, "the weights lack the tensor " + core::inQuotes(name + ".weight"));
  return found->second;
}

const Tensor& VaeWeights::gamma(const std::string& name) const {
  const auto found = m_gammas.find(name);
  if (found == m_gammas.end()) fail(ErrorCode::kPackInvalid, "the weights lack the tensor " + core::inQuotes(name));
  return found->second;
}

Frames VaeTile::part(const Frames& x, std::array<std::int64_t, 2> origin, std::array<std::int64_t, 2> from, std::array<std::int64_t, 2> to) {
  Frames out;
  for (const Tensor& frame : x) out.push_back(frame.narrow(2, from[0] - origin[0], to[0] - from[0]).narrow(3, from[1] - origin[1], to[1] - from[1]).contiguous(kChannelsLast));
  return out;
}

Frames VaeStream::downLayers(std::int64_t from, std::int64_t to, std::size_t level, Frames x, const Observer& observer, const VaeTile* tile) {
  for (std::int64_t i = from; i < to; ++i) {
    const std::string name = "encoder.downsamples." + std::to_string(i);
    const bool next = m_w.has(name + ".resample.1");
    x = next ? shrink(name, x) : residual(name, std::move(x));
    if (next && tile) x = tile->cut(x, level, level + 1);
    if (next) ++level;
    observeFrames(observer, name, x);
  }
  return x;
}

Frames VaeStream::down(const Frames& x, const Observer& observer, const VaeTile* tile) {
  const std::int64_t layers = m_w.count("encoder.downsamples.");
  // Up to the first layer that looks at several frames each goes by itself, so that one is at full size at a time. What is to be
  // observed goes together.
  std::int64_t alone = 0;
  std::size_t level = 0, levels = 0;
  for (std::int64_t i = 0; i < layers; ++i) {
    const std::string name = "encoder.downsamples." + std::to_string(i);
    if (alone == i && !m_w.has(name + ".time_conv")) alone = i + 1, level += m_w.has(name + ".resample.1") ? 1 : 0;
    levels += m_w.has(name + ".resample.1") ? 1 : 0;
  }
  Frames made;
  for (std::size_t t = 0; t < x.size(); t += observer ? x.size() : 1) {
    const Frames some = observer ? x : Frames{x[t]};
    Frames first = typed(conv("encoder.conv1", some));
    observeFrames(observer, "encoder.conv1", first);
    for (Tensor& frame : downLayers(0, alone, 0, std::move(first), observer, tile)) made.push_back(std::move(frame));
  }
  made = downLayers(alone, layers, level, std::move(made), observer, tile);
  return tile ? tile->core(made, levels) : made;
}

Frames VaeStream::encodeEnd(const Frames& features, const Observer& observer) {
  const Frames x = conv("encoder.head.2", normed(middle("encoder", features, observer), "encoder.head.0.gamma", true));
  observeFrames(observer, "encoder", x);
  return x;
}

Frames VaeStream::decodeBegin(Frames x, const Observer& observer) {
  x = typed(conv("decoder.conv1", x));
  observeFrames(observer, "decoder.conv1", x);
  return middle("decoder", std::move(x), observer);
}

void VaeStream::upLayers(std::int64_t from, std::size_t level, Frames x, Frames& out, const Observer& observer, const VaeTile* tile) {
  for (std::int64_t i = from; i < m_w.count("decoder.upsamples."); ++i) {
    const std::string name = "decoder.upsamples." + std::to_string(i);
    const bool next = m_w.has(name + ".resample.1");
    x = next ? grow(name, std::move(x)) : residual(name, std::move(x));
    if (next && tile) x = tile->cut(x, level, level + 1);
    if (next) ++level;
    observeFrames(observer, name, x);
    if (observer || x.size() == 1) continue;
    // Each goes on by itself, so that one is at full size at a time.
    for (Tensor& frame : x) {
      Frames one;
      one.push_back(std::move(frame));
      upLayers(i + 1, level, std::move(one), out, observer, tile);
    }
    return;
  }
  m_used.clear();
  x = normed(x, "decoder.head.0.gamma", true);  // the most that is there at once: without what was before
  x = conv("decoder.head.2", x);
  observeFrames(observer, "decoder", x);
  if (tile) x = tile->core(x, level);
  out.insert(out.end(), x.begin(), x.end());
}

Frames VaeStream::up(Frames x, const Observer& observer, const VaeTile* tile) {
  Frames out;
  upLayers(0, 0, std::move(x), out, observer, tile);
  return out;
}

Tensor VaeStream::picture(const std::string& name, const Tensor& x, at::IntArrayRef stride, at::IntArrayRef padding) const {
  const FrameConvolution& w = m_w.convolution(name);
  return at::conv2d(x, w.kernels[0], w.bias_O, stride, padding);
}

Frames VaeStream::typed(Frames x) const {
  for (Tensor& frame : x) frame = frame.to(m_w.type());
  return x;
}

Frames VaeStream::conv(const std::string& name, const Frames& x) {
  const FrameConvolution& w = m_w.convolution(name);
  const at::ScalarType type = w.bias_O.scalar_type();
  const std::int64_t padding[] = {w.kernels[0].size(2) / 2, w.kernels[0].size(3) / 2};
  Frames& before = m_history[name];
  before.resize(w.kernels.size() - 1);
  Frames out;
  for (const Tensor& frame : x) {
    if (m_poll) settle(frame.device()), m_poll();
    Tensor sum = at::conv2d(frame.to(type), w.kernels.back(), w.bias_O, {1, 1}, padding);
    for (std::size_t i = 0; i < before.size(); ++i)
      if (before[i].defined()) sum.add_(at::conv2d(before[i].to(type), w.kernels[i], {}, {1, 1}, padding));
    out.push_back(std::move(sum));
    if (before.empty()) continue;
    before.erase(before.begin());
    before.push_back(frame);
  }
  return out;
}

Frames VaeStream::residual(const std::string& name, Frames x) {
  Frames y = normedConv(name + ".residual.2", name + ".residual.0.gamma", x, {});
  Frames beside = m_w.has(name + ".shortcut") ? conv(name + ".shortcut", x) : std::move(x);
  x.clear();
  Frames out = normedConv(name + ".residual.6", name + ".residual.3.gamma", y, std::move(beside));
  if (m_w.convolution(name + ".residual.2").filter) m_used.insert(m_used.end(), y.begin(), y.end());
  return out;
}

/// A causal convolution of what is normed and goes through SiLU, plus `beside` unless that is empty.
Frames VaeStream::normedConv(const std::string& name, const std::string& gamma, const Frames& x, Frames beside) {
  const FrameConvolution& w = m_w.convolution(name);
  if (!w.filter) {
    Frames y = conv(name, normed(x, gamma, true));
    for (std::size_t t = 0; t < beside.size(); ++t) y[t].add_(beside[t]);
    return y;
  }
  std::vector<BorderedFrame>& frames = m_bordered[name];
  Frames out;
  for (std::size_t t = 0; t < x.size(); ++t) {
    if (m_poll) m_poll();
    frames.push_back(bordered(x[t], m_w.gamma(gamma)));
    std::vector<const BorderedFrame*> seen(w.filter->frames() - frames.size(), nullptr);
    for (const BorderedFrame& frame : frames) seen.push_back(&frame);
    const Tensor added = beside.empty() ? Tensor() : std::move(beside[t]);
    out.push_back(w.filter->apply(seen, added, added.defined() && isOwn(added) ? added : usedTensor(w.bias_O.size(0), x[t])));
    if (frames.size() < w.filter->frames()) continue;
    m_spare.push_back(std::move(frames.front()));
    frames.erase(frames.begin());
  }
  return out;
}

/// A tensor of this level that is no longer used, if there is one: its pages need not be cleared.
Tensor VaeStream::usedTensor(std::int64_t outputs, const Tensor& x) {
  const auto used = std::find_if(m_used.begin(), m_used.end(), [&](const Tensor& t) { return t.size(0) == x.size(0) && t.size(1) == outputs && t.size(2) == x.size(2) && t.size(3) == x.size(3); });
  if (used == m_used.end()) return {};
  const Tensor out = std::move(*used);
  m_used.erase(used);
  return out;
}

BorderedFrame VaeStream::bordered(const Tensor& x, const Tensor& gamma) {
  BorderedFrame frame;
  const auto spare = std::find_if(m_spare.begin(), m_spare.end(), [&](const BorderedFrame& s) { return s.holds(x); });
  if (spare != m_spare.end()) {
    frame = std::move(*spare);
    m_spare.erase(spare);
  }
  frame.fill(x, gamma);
  return frame;
}

Frames VaeStream::normed(const Frames& x, const std::string& gamma, bool silu) const {
  Frames out;
  for (const Tensor& frame : x) out.push_back(channelNormed(frame, m_w.gamma(gamma), silu));
  return out;
}

Tensor VaeStream::frameAttention(const std::string& name, const Tensor& x) const {
  const std::int64_t batch = x.size(0), width = x.size(1), h = x.size(2), w = x.size(3);
  const Tensor qkv = picture(name + ".to_qkv", channelNormed(x, m_w.gamma(name + ".norm.gamma"), false), {1, 1}, {0, 0});
  const auto parts = qkv.permute({0, 2, 3, 1}).reshape({batch, h * w, 1, 3 * width}).chunk(3, 3);
  const Tensor gathered = attention(parts[0], parts[1], parts[2], 1.0 / std::sqrt(static_cast<double>(width)), {}, m_poll);
  return x + picture(name + ".proj", gathered.reshape({batch, h, w, width}).permute({0, 3, 1, 2}), {1, 1}, {0, 0});
}

Frames VaeStream::middle(const std::string& side, Frames x, const Observer& observer) {
  x = residual(side + ".middle.0", std::move(x));
  for (Tensor& frame : x) frame = frameAttention(side + ".middle.1", frame);
  observeFrames(observer, side + ".middle.1", x);
  return residual(side + ".middle.2", std::move(x));
}

/// Halves the pictures (padding right and bottom only) and, with a time convolution, the frames after the first.
Frames VaeStream::shrink(const std::string& name, const Frames& x) {
  Frames y;
  m_used.clear();
  for (const Tensor& frame : x) y.push_back(picture(name + ".resample.1", at::constant_pad_nd(frame, {0, 1, 0, 1}), {2, 2}, {0, 0}));
  if (!m_w.has(name + ".time_conv")) return y;
  Frames& last = m_history[name];
  if (last.empty()) {
    last = {y.back()};
    return y;
  }
  const FrameConvolution& w = m_w.convolution(name + ".time_conv");
  Frames joined = last, out;
  joined.insert(joined.end(), y.begin(), y.end());
  last = {y.back()};
  for (std::size_t t = 0; t + w.kernels.size() <= joined.size(); t += 2) {
    out.push_back(at::conv2d(joined[t], w.kernels[0], w.bias_O));
    for (std::size_t i = 1; i < w.kernels.size(); ++i) out.back().add_(at::conv2d(joined[t + i], w.kernels[i]));
  }
  return out;
}

/// Doubles the pictures and, with a time convolution, the frames: the first latent passes undoubled and is no history.
Frames VaeStream::grow(const std::string& name, Frames x) {
  if (m_w.has(name + ".time_conv") && !m_started.insert({name, true}).second) {
    const Frames y = conv(name + ".time_conv", x);
    x.clear();
    for (const Tensor& pair : y)  // the 2C channels are two blocks: even frames, then odd ones
      for (const Tensor& half : pair.chunk(2, 1)) x.push_back(half);
  }
  Frames out;
  m_used.clear();  // of another size from here on
  const auto& filter = m_w.convolution(name + ".resample.1").filter;
  for (Tensor& frame : x) {
    if (filter) {
      m_spare.push_back(bordered(frame));
      out.push_back(filter->apply({&m_spare.back()}));
    } else {
      out.push_back(picture(name + ".resample.1", doubled(frame), {1, 1}, {1, 1}));
    }
    frame.reset();  // at full size every tensor counts
  }
  return out;
}

}  // namespace pai::inference
