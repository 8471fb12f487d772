// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/vae.h"

#include <utility>

#include "inference/devices.h"
#include "inference/vae_stream.h"

namespace pai::inference {

using core::ErrorCode;

namespace {

const std::vector<float> kPublishedMean{-0.7571f, -0.7089f, -0.9113f, 0.1075f, -0.1745f, 0.9653f, -0.1517f, 1.5508f,
                                        0.4134f,  -0.0715f, 0.5517f,  -0.3632f, -0.1922f, -0.9497f, 0.2503f, -0.2921f};
const std::vector<float> kPublishedStd{2.8184f, 1.4541f, 2.3275f, 2.6558f, 1.2196f, 1.7708f, 2.6052f, 2.0743f,
                                       3.2687f, 2.1526f, 2.8652f, 1.5579f, 1.6382f, 1.1253f, 2.8251f, 1.916f};

Tensor channels(const Tensor& values_C) { return values_C.reshape({1, -1, 1, 1, 1}); }

}  // namespace

VideoVae::VideoVae(const StateDict& weights, Tensor mean_C, Tensor std_C, at::ScalarType type) : m_weights(std::make_shared<const VaeSides>(weights, type)), m_type(type), m_mean_C(std::move(mean_C)), m_std_C(std::move(std_C)) {
  for (const char* name : {"encoder.conv1", "encoder.head.2", "decoder.conv1", "decoder.head.2", "conv1", "conv2"}) (void)weights.at(std::string(name) + ".weight");
  const Tensor& like = weights.at("conv2.weight");
  m_latentChannels = like.size(1);
  if (!m_mean_C.defined()) m_mean_C = at::tensor(kPublishedMean);
  if (!m_std_C.defined()) m_std_C = at::tensor(kPublishedStd);
  requireShape(m_mean_C, {m_latentChannels}, "the latent's mean");
  requireShape(m_std_C, {m_latentChannels}, "the latent's deviation");
  m_mean_C = m_mean_C.to(like.device());
  m_std_C = m_std_C.to(like.device());
}

at::ScalarType VideoVae::typeFor(const Compute& compute) { return compute.device.is_cpu() && compute.products == at::kBFloat16 && halfUnits() ? at::kBFloat16 : at::kFloat; }

void VideoVae::requireVideo(const Tensor& video_BCTHW) const {
  requireShape(video_BCTHW, {-1, 3, -1, -1, -1}, "video");
  if (video_BCTHW.size(2) % kTimeStride != 1 || video_BCTHW.size(3) % kSpaceStride != 0 || video_BCTHW.size(4) % kSpaceStride != 0)
    fail(ErrorCode::kSizeMismatch, "a video of " + shapeText(video_BCTHW.sizes()) + " is not padded to 4n + 1 frames and a multiple of 8 pixels");
}

Tensor VideoVae::normalised(const Tensor& moments) const { return (moments.narrow(1, 0, m_latentChannels) - channels(m_mean_C)) * (1.0 / channels(m_std_C)); }

Frames VideoVae::widened(VaeStream& stream, const Tensor& latent_BCTHW) const {
  return stream.conv("conv2", framesOf(latent_BCTHW / (1.0 / channels(m_std_C)) + channels(m_mean_C), device()));
}

Tensor VideoVae::encode(const Tensor& video_BCTHW, const Poll& poll, const Observer& observer) const {
  requireVideo(video_BCTHW);
  VaeStream stream(m_weights->of(VaeSide::kEncoder), poll);
  Frames features;
  const std::int64_t frames = video_BCTHW.size(2);
  std::int64_t chunk = 0;
  for (std::int64_t begin = 0; begin < frames; begin += begin == 0 ? 1 : kTimeStride, ++chunk) {
    const Observer named = observer ? Observer([&](const std::string& n, const Tensor& v) { observer(n + ".chunk" + std::to_string(chunk), v); }) : Observer();
    for (Tensor& made : stream.encodeEnd(stream.down(framesOf(video_BCTHW.narrow(2, begin, begin == 0 ? 1 : kTimeStride), device()), named), named)) features.push_back(std::move(made));
  }
  const Tensor moments = videoOf(stream.conv("conv1", features));
  observe(observer, "moments", moments);
  observe(observer, "mu_raw", moments.narrow(1, 0, m_latentChannels));
  return normalised(moments);
}

void VideoVae::decodeStreamed(const Tensor& latent_BCTHW, const std::function<void(const Tensor&)>& take, const Poll& poll,
                              const Observer& observer) const {
  requireShape(latent_BCTHW, {-1, m_latentChannels, -1, -1, -1}, "latent");
  VaeStream stream(m_weights->of(VaeSide::kDecoder), poll);
  const Frames z = widened(stream, latent_BCTHW);
  for (std::size_t t = 0; t < z.size(); ++t) {
    const Observer named = observer ? Observer([&](const std::string& n, const Tensor& v) { observer(n + ".chunk" + std::to_string(t), v); }) : Observer();
    take(videoOf(stream.up(stream.decodeBegin({z[t]}, named), named)));
  }
}

Tensor VideoVae::decode(const Tensor& latent_BCTHW, const Poll& poll, const Observer& observer) const {
  std::vector<Tensor> parts;
  decodeStreamed(latent_BCTHW, [&](const Tensor& frames) { parts.push_back(frames); }, poll, observer);
  return at::cat(parts, 2);
}

namespace {

/// Residual blocks at each level of size of one side ("encoder.downsamples.", "decoder.upsamples.").
std::vector<std::int64_t> blocksOf(const VaeWeights& w, const std::string& prefix) {
  std::vector<std::int64_t> out{0};
  for (std::int64_t i = 0; i < w.count(prefix); ++i) {
    if (w.has(prefix + std::to_string(i) + ".resample.1")) out.push_back(0);
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
  const std::vector<std::int64_t> blocks = blocksOf(m_weights->of(VaeSide::kDecoder), "decoder.upsamples.");
  std::vector<std::int64_t> halos(blocks.size()), scales(blocks.size());
  for (std::size_t k = blocks.size(); k-- > 0;) {
    halos[k] = k + 1 == blocks.size() ? 2 * blocks[k] + 1 : (halos[k + 1] + 4 * blocks[k] + 2) / 2;
    scales[k] = std::int64_t{1} << k;
  }
  std::vector<Frames> features;
  {
    VaeStream whole(m_weights->of(VaeSide::kDecoder), poll);
    for (const Tensor& z : widened(whole, latent_BCTHW)) features.push_back(whole.decodeBegin({z}, {}));
  }
  for (const auto& core : coresOf(rows, columns, tile)) {
    const VaeTile part(core, {rows, columns}, halos, scales);
    const Tensor to = part.place(out, blocks.size() - 1);
    VaeStream stream(m_weights->of(VaeSide::kDecoder), poll);
    frame = 0;
    for (const Frames& x : features) put(to, videoOf(stream.up(part.reach(x), {}, &part)));
  }
  return out;
}

Tensor VideoVae::encodeTiled(const Tensor& video_BCTHW, std::int64_t tile, const Poll& poll) const {
  requireVideo(video_BCTHW);
  const std::int64_t rows = video_BCTHW.size(3) / kSpaceStride, columns = video_BCTHW.size(4) / kSpaceStride, steps = 1 + (video_BCTHW.size(2) - 1) / kTimeStride;
  if (tile <= 0 || (tile >= rows && tile >= columns)) return encode(video_BCTHW, poll);
  // Margins are even where a level is halved, so that a tile's pixels pair up as the picture's do.
  const std::vector<std::int64_t> blocks = blocksOf(m_weights->of(VaeSide::kEncoder), "encoder.downsamples.");
  std::vector<std::int64_t> halos(blocks.size()), scales(blocks.size());
  for (std::size_t k = blocks.size(); k-- > 0;) {
    const std::int64_t own = 2 * blocks[k] + (k == 0 ? 1 : 0);
    halos[k] = k + 1 == blocks.size() ? own : (2 * halos[k + 1] + 1 + own + 1) / 2 * 2;
    scales[k] = std::int64_t{1} << (blocks.size() - 1 - k);
  }
  Frames features(static_cast<std::size_t>(steps));
  for (const auto& core : coresOf(rows, columns, tile)) {
    const VaeTile part(core, {rows, columns}, halos, scales);
    VaeStream stream(m_weights->of(VaeSide::kEncoder), poll);
    for (std::int64_t t = 0; t < steps; ++t) {
      const Tensor chunk = t == 0 ? video_BCTHW.narrow(2, 0, 1) : video_BCTHW.narrow(2, 1 + (t - 1) * kTimeStride, kTimeStride);
      const Tensor made = stream.down(part.reach(framesOf(chunk, device())), {}, &part)[0];
      Tensor& all = features[static_cast<std::size_t>(t)];
      if (!all.defined()) all = at::empty({made.size(0), made.size(1), rows, columns}, made.options(), at::MemoryFormat::ChannelsLast);
      part.place(all, blocks.size() - 1).copy_(made);
    }
  }
  VaeStream whole(m_weights->of(VaeSide::kEncoder), poll);
  Frames ends;
  for (const Tensor& x : features) ends.push_back(whole.encodeEnd({x}, {})[0]);
  return normalised(videoOf(whole.conv("conv1", ends)));
}

}  // namespace pai::inference
