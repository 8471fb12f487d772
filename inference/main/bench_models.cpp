// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <cmath>
#include <ctime>

#include "inference/autoencoder.h"
#include "inference/devices.h"
#include "inference/forecast.h"
#include "inference/main/bench_models.h"
#include "inference/memory.h"
#include "inference/published_shapes.h"
#include "inference/vae.h"

namespace pai::inference {

StateDict randomDecoderWeights() {
  StateDict out;
  for (const auto& [name, shape] : publishedShapes("wan2.1-vae")) {
    const double scale = 1.0 / std::sqrt(std::max(1.0, static_cast<double>(c10::multiply_integers(shape)) / static_cast<double>(shape[0])));
    out.put(name, name.ends_with(".gamma") ? at::ones(shape) : name.starts_with("encoder.") ? at::zeros(std::vector<std::int64_t>(shape.size(), 1)).expand(shape) : at::randn(shape) * scale);
  }
  return out;
}

namespace {

/// Multiplications and additions of the decoder's convolutions for one latent step after the first, per pixel of the result.
double decoderFlopsPerPixel() {
  double flops = 0.0;
  double pixels = 1.0 / 64.0, frames = 1.0;  // of the level, per pixel and step of the result
  const ShapeList shapes = publishedShapes("wan2.1-vae");
  const auto conv = [&](const std::string& name) {
    const auto found = shapes.find(name + ".weight");
    if (found != shapes.end()) flops += 2.0 * pixels * frames * static_cast<double>(c10::multiply_integers(found->second));
  };
  const auto residual = [&](const std::string& name) {
    for (const char* part : {".residual.2", ".residual.6", ".shortcut"}) conv(name + part);
  };
  conv("decoder.conv1");
  for (const char* part : {"decoder.middle.0", "decoder.middle.2"}) residual(part);
  for (int i = 0; i < 15; ++i) {
    const std::string name = "decoder.upsamples." + std::to_string(i);
    residual(name);
    conv(name + ".time_conv");
    if (shapes.contains(name + ".time_conv.weight")) frames *= 2.0;
    if (shapes.contains(name + ".resample.1.weight")) pixels *= 4.0;
    conv(name + ".resample.1");
  }
  conv("decoder.head.2");
  return flops;
}

/// What some work takes, by the clock and of all processors' time.
struct Taken {
  double seconds, processorSeconds;
};

Taken takenBy(const std::function<void()>& work) {
  const std::clock_t begin = std::clock();
  const double seconds = secondsOf(work);
  return {seconds, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC};
}

/// One plain convolution of the decoder's last level, to be timed.
class PlainConvolution {
 public:
  PlainConvolution(at::ScalarType type, std::int64_t rows, std::int64_t columns)
      : m_x(at::randn({1, 96, 3, rows, columns}).to(type)), m_w((at::randn({96, 96, 3, 3, 3}) * 0.02).to(type)), m_b(at::zeros({96}).to(type)) { (void)taken(); }
  /// The least of two.
  Taken taken() const {
    const auto once = [&] { return takenBy([&] { (void)at::conv3d(m_x, m_w, m_b, {1, 1, 1}, {0, 1, 1}); }); };
    const Taken one = once(), two = once();
    return {std::min(one.seconds, two.seconds), std::min(one.processorSeconds, two.processorSeconds)};
  }
  double flops() const { return 2.0 * 96 * 96 * 27 * static_cast<double>(m_x.size(3) * m_x.size(4)); }

 private:
  Tensor m_x, m_w, m_b;
};

double middleOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

nlohmann::json benchVae(std::int64_t width, std::int64_t height, std::int64_t tile, at::ScalarType type) {
  returnFreedMemory();
  const std::int64_t rows = height / 8, columns = width / 8;
  // As large as the picture, so that neither gains by its size; a processor without units for bfloat16 would take minutes.
  const std::int64_t plainRows = std::min<std::int64_t>(height, halfUnits() ? height : 16), plainColumns = std::min<std::int64_t>(width, halfUnits() ? width : 16);
  const PlainConvolution wide(at::kFloat, height, width), half(at::kBFloat16, plainRows, plainColumns);
  const StateDict weights = randomDecoderWeights();
  const VideoVae vae(weights, {}, {}, type);
  // Whole: six latents, of which the first makes one frame of four and is not counted, and between two of them the plain convolutions.
  const Tensor latent = at::randn({1, 16, tile > 0 ? 2 : 6, rows, columns});
  const double frameFlops = decoderFlopsPerPixel() * static_cast<double>(width * height) * 0.25;
  std::vector<double> seconds, processorSeconds, rates, plain, plainHalf, times, timesHalf, timesHalfProcessor;
  const auto count = [&](Taken taken, double frames) {
    seconds.push_back(taken.seconds / frames), processorSeconds.push_back(taken.processorSeconds / frames), rates.push_back(frameFlops * frames / taken.seconds * 1e-9);
    const Taken beside = half.taken();
    plain.push_back(wide.flops() / wide.taken().seconds * 1e-9), plainHalf.push_back(half.flops() / beside.seconds * 1e-9);
    times.push_back(rates.back() / plain.back()), timesHalf.push_back(rates.back() / plainHalf.back());
    timesHalfProcessor.push_back(frameFlops * frames / taken.processorSeconds / (half.flops() / beside.processorSeconds));
  };
  const Tensor part = latent.narrow(3, 0, std::min<std::int64_t>(rows, 8)).narrow(4, 0, std::min<std::int64_t>(columns, 8)), exact = VideoVae(weights).decode(part);
  const double error = ((vae.decode(part) - exact).norm() / exact.norm()).item<double>();  // the weights are made by then
  const std::int64_t before = ownMemoryBytes();
  const PeakMemory peak;
  if (tile == 0) vae.decodeStreamed(latent.narrow(2, 0, 2), [](const Tensor&) {});
  std::int64_t held = peak.bytes() - before;  // of the decoder alone: the plain convolutions come later
  if (tile > 0) {
    const Taken taken = takenBy([&] { (void)vae.decodeTiled(latent, tile); });
    held = peak.bytes() - before;
    count(taken, 5.0);
  } else {
    auto begin = std::chrono::steady_clock::now();
    std::clock_t processorBegin = std::clock();
    vae.decodeStreamed(latent, [&](const Tensor& frames) {
      const Taken taken{std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), static_cast<double>(std::clock() - processorBegin) / CLOCKS_PER_SEC};
      if (frames.size(2) > 1) count(taken, static_cast<double>(frames.size(2)));
      begin = std::chrono::steady_clock::now(), processorBegin = std::clock();
    });
  }
  return {{"seconds_per_frame", middleOf(seconds)}, {"gflops", middleOf(rates)}, {"plain_conv3d_gflops", middleOf(plain)}, {"plain_conv3d_bf16_gflops", middleOf(plainHalf)},
          {"ratio_to_plain_conv3d", middleOf(times)}, {"ratio_to_plain_conv3d_bf16", middleOf(timesHalf)}, {"processor_seconds_per_frame", middleOf(processorSeconds)},
          {"processor_time_ratio_to_plain_conv3d_bf16", middleOf(timesHalfProcessor)}, {"own_memory_bytes", held}, {"error", error},
          {"forecast_bytes", vaePassBytes(publishedShapes("wan2.1-vae"), true, rows, columns, tile, type)}, {"width", width}, {"height", height}, {"tile", tile}};
}

nlohmann::json benchLoad(const std::string& folder) {
  returnFreedMemory();
  const auto valueOf = [](auto result) {
    if (!result) throw Failure(result.error());
    return std::move(*result);
  };
  (void)at::mm(at::ones({512, 512}), at::ones({512, 512}));  // what the library takes of itself is not the pack's
  const std::int64_t before = ownMemoryBytes();
  StateDict weights;
  std::int64_t elements = 0, bytes = 0;
  const double loading = secondsOf([&] {
    const Pack pack = valueOf(openPack(folder));
    weights = valueOf(loadTransformerWeights(pack)).forCompute({});
    const Transformer model(weights, packTransformerConfig(pack, weights));
    if (!pack.rules.pixels) (void)Autoencoder(pack, model.config().outChannels, Compute{});
  });
  const std::int64_t own = ownMemoryBytes() - before;
  unsigned sum = 0;
  const double reading = secondsOf([&] {
    constexpr std::size_t kPage = 4096;
    for (const auto& [name, tensor] : weights.all()) {
      elements += tensor.numel(), bytes += static_cast<std::int64_t>(tensor.nbytes());
      const auto* at = static_cast<const unsigned char*>(tensor.data_ptr());
      for (std::size_t i = 0; i < tensor.nbytes(); i += kPage) sum += at[i];
    }
  });
  return {{"seconds", loading}, {"seconds_touching_every_page", reading}, {"own_memory_bytes", own}, {"parameters", elements}, {"weight_bytes", bytes}, {"touched", sum}};
}

}  // namespace pai::inference
