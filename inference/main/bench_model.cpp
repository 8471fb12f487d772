// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/main/bench_model.h"

#include <cstdio>

#include "inference/attention.h"
#include "inference/device_memory.h"
#include "inference/devices.h"
#include "inference/forecast.h"
#include "inference/main/bench_models.h"
#include "inference/memory.h"
#include "inference/noise.h"
#include "inference/published_shapes.h"
#include "inference/sampler.h"
#include "inference/vae.h"

namespace pai::inference {

namespace {

constexpr std::int64_t kTextTokens = 512;
constexpr double kAttentionBar = 0.65, kSamplingBar = 60.0, kForecastBar = 0.15;

/// Random weights on the device, each a part of one table, as a model computes with them.
StateDict deviceWeights(const ModelSize& size, const Compute& compute) {
  const Tensor table = (shotNoise(1, 0, 1, 1, 1024, 1024).flatten() * 0.02).to(compute.device);
  StateDict out;
  std::int64_t shift = 0;
  for (const auto& [name, shape] : publishedShapes(size.shape)) {
    if (size.layers > 0 && name.starts_with("blocks.") && std::atol(name.c_str() + 7) >= size.layers) continue;
    const std::int64_t count = c10::multiply_integers(shape);
    shift = (shift + 1009) % 4099;
    const bool norm = name.find("norm") != std::string::npos && name.ends_with(".weight");
    const at::ScalarType type = shape.size() >= 2 ? at::kBFloat16 : at::kFloat;
    out.put(name, norm ? at::ones(shape, table.options()) : table.to(type).repeat({(count + shift) / table.numel() + 1}).narrow(0, shift, count).reshape(shape).clone());
  }
  return out.forCompute(compute);
}

double bestOf(int repeats, at::Device device, const std::function<void()>& work) {
  double best = 1e30;
  for (int i = -1; i < repeats; ++i) {
    settle(device);
    const double seconds = secondsOf([&] {
      work();
      settle(device);
    });
    if (i >= 0) best = std::min(best, seconds);
  }
  return best;
}

/// Best rate of a square product, in FLOP/s.
double productRate(const Compute& compute, int repeats) {
  const std::int64_t side = compute.device.is_cpu() ? 512 : 8192;
  const at::TensorOptions options = at::TensorOptions().dtype(compute.products).device(compute.device);
  const Tensor a = at::ones({side, side}, options) * 0.5, b = at::ones({side, side}, options) * 0.25;
  const double seconds = bestOf(std::max(repeats, 5), compute.device, [&] { (void)product(a, b, {}, compute.products); });
  return 2.0 * static_cast<double>(side * side) * static_cast<double>(side) / seconds;
}

std::int64_t bytesOn(const StateDict& weights, at::Device device) {
  std::int64_t bytes = 0;
  for (const auto& [name, tensor] : weights.all()) bytes += tensor.device() == device ? static_cast<std::int64_t>(tensor.nbytes()) : 0;
  return bytes;
}

/// A whole sampling with guidance, and the decode of its latent, in seconds.
double samplingSeconds(const ModelSize& size, const Compute& compute, const Transformer& model, const Tensor& noise, const Tensor& text) {
  const VideoVae vae(randomDecoderWeights().to(compute.device, at::kFloat));
  SamplerPlan plan;
  plan.steps = size.steps, plan.guidance = 5.0;
  settle(compute.device);
  return secondsOf([&] {
    Sampler sampler(plan, noise);
    while (!sampler.finished())
      sampler.advance([&](const Tensor& latent, double time, bool guided) {
        TransformerInput input;
        input.latent_CTHW = {latent}, input.times = {time}, input.text_SI = {guided ? text : text * 0.5};
        return model.forward(input)[0];
      });
    (void)vae.decodeTiled(sampler.latent().unsqueeze(0), compute.device.is_cpu() ? 8 : 0);
  });
}

}  // namespace

nlohmann::json benchModel(const ModelSize& size, const Compute& compute, int repeats) {
  returnFreedMemory();
  const double rate = productRate(compute, repeats);
  const std::int64_t before = ownMemoryBytes();
  startDevicePeak(compute.device);
  const PeakMemory own;
  const StateDict weights = deviceWeights(size, compute);
  const Transformer model(weights, detectTransformer(weights));
  const TransformerConfig& c = model.config();
  const std::int64_t steps = 1 + (size.frames - 1) / 4, rows = size.height / 8, columns = size.width / 8, tokens = steps * (rows / 2) * (columns / 2), heads = c.heads, headWidth = c.headWidth();
  const at::TensorOptions floats = at::TensorOptions().device(compute.device);
  const Tensor noise = shotNoise(1, 0, c.inChannels, steps, rows, columns).to(compute.device), text = shotNoise(2, 0, 1, 1, kTextTokens, c.textWidth)[0][0].to(compute.device);
  TransformerInput input;
  input.latent_CTHW = {noise}, input.times = {500.0}, input.text_SI = {text};
  BlockContext context;
  context.rope = ropeTable(gridPositions(steps, rows / 2, columns / 2), headWidth).to(compute.device);
  context.modulation = {{at::ones({1, 6, c.width}, floats) * 0.1, tokens}};
  context.text_BSD = model.embedText(text).unsqueeze(0);
  Tensor x = model.embedPatches(noise).unsqueeze(0);
  nlohmann::json out{{"shape", size.shape}, {"width", size.width}, {"height", size.height}, {"frames", size.frames}, {"layers", c.layers}, {"tokens", tokens}, {"repeats", repeats},
                     {"device", compute.device.str()}, {"dtype", compute.products == at::kFloat ? "float32" : c10::toString(compute.products)}, {"product_tflops", rate * 1e-12}};
  out["block_seconds"] = bestOf(repeats, compute.device, [&] { (void)model.block(0).forward(x, context, ""); });
  {
    const Tensor qkv = x.to(compute.products).unflatten(-1, {heads, headWidth});
    const double seconds = bestOf(repeats, compute.device, [&] { (void)attention(qkv, qkv, qkv, 0.01); });
    const double operations = 4.0 * static_cast<double>(tokens) * static_cast<double>(tokens) * static_cast<double>(c.width);
    out.update({{"attention_seconds", seconds}, {"attention_tflops", operations / seconds * 1e-12}, {"attention_share", operations / seconds / rate}});
  }
  x.reset(), context = {};
  out["model_seconds"] = bestOf(repeats, compute.device, [&] { (void)model.forward(input); });
  const std::int64_t held = compute.device.is_cpu() ? own.bytes() - before : devicePeakBytes(compute.device);
  const std::int64_t forecast = bytesOn(weights, compute.device) + sampleForecast(c, tokens, 1, compute, true, true, false).bytes();
  out.update({{"forecast_bytes", forecast}, {"measured_bytes", held}, {"total_bytes", deviceTotalBytes(compute.device)}});
  if (size.steps > 0) out.update({{"steps", size.steps}, {"sampling_seconds", samplingSeconds(size, compute, model, noise, text)}});
  return out;
}

std::string modelRows(const nlohmann::json& j) {
  char line[512];
  std::string out;
  const auto number = [&](const char* key) { return j[key].get<double>(); };
  const std::string name = j["shape"].get<std::string>() + " " + std::to_string(j["width"].get<long>()) + "x" + std::to_string(j["height"].get<long>()) + ", " +
                           std::to_string(j["frames"].get<long>()) + " frames, " + std::to_string(j["layers"].get<long>()) + " blocks, " + j["dtype"].get<std::string>() + " on " + j["device"].get<std::string>();
  const auto row = [&](const char* what, const std::string& value, const std::string& bar, bool met) {
    std::snprintf(line, sizeof line, "| %s: %s | %s | %s | %s |\n", name.c_str(), what, value.c_str(), bar.c_str(), bar.empty() ? "" : met ? "yes" : "no");
    out += line;
  };
  const auto text = [](const char* format, double a, double b = 0, double c = 0) {
    char value[160];
    std::snprintf(value, sizeof value, format, a, b, c);
    return std::string(value);
  };
  row("one block", text("%.4f s, %.0f tokens", number("block_seconds"), number("tokens")), "", true);
  row("whole model, one evaluation", text("%.3f s", number("model_seconds")), "", true);
  const bool gpu = j["device"].get<std::string>().starts_with("cuda");
  row("attention", text("%.4f s, %.3f TFLOP/s, %.0f %%", number("attention_seconds"), number("attention_tflops"), 100 * number("attention_share")) + text(" of a product's %.3f", number("product_tflops")),
      gpu ? ">= 65 %" : "", number("attention_share") >= kAttentionBar);
  const double off = number("forecast_bytes") / number("measured_bytes") - 1.0;
  row("memory, forecast and measured", text("%.3f GB, %.3f GB, %+.1f %%", number("forecast_bytes") * 1e-9, number("measured_bytes") * 1e-9, 100 * off),
      number("measured_bytes") >= 1e9 ? "within 15 %" : "", std::abs(off) <= kForecastBar);
  if (j.contains("sampling_seconds"))
    row("sampling with guidance, and decode", text("%.1f s, %.0f steps", number("sampling_seconds"), number("steps")), gpu ? "<= 60 s" : "", number("sampling_seconds") <= kSamplingBar);
  return out;
}

}  // namespace pai::inference
