// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>

#include "core/base/json_reader.h"
#include "inference/attention.h"
#include "inference/devices.h"
#include "inference/main/bench_models.h"
#include "inference/main/commands.h"
#include "inference/transformer.h"

namespace pai::inference {

using core::Error;
using core::ErrorCode;

namespace {

/// Shortest of `times` runs, in seconds.
double shortest(int times, const std::function<void()>& work) {
  double best = 1e30;
  for (int i = 0; i < times; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

Tensor random(std::vector<std::int64_t> shape, double scale) { return at::randn(shape) * scale; }

StateDict blockWeights(std::int64_t width, std::int64_t ffn) {
  StateDict w;
  w.put("b.modulation", random({1, 6, width}, 0.1));
  const auto linear = [&](const std::string& name, std::int64_t o, std::int64_t i) {
    w.put(name + ".weight", random({o, i}, 1.0 / std::sqrt(static_cast<double>(i))));
    w.put(name + ".bias", at::zeros({o}));
  };
  for (const char* n : {"q", "k", "v", "o"}) linear(std::string("b.self_attn.") + n, width, width);
  for (const char* n : {"norm_q", "norm_k"}) w.put(std::string("b.self_attn.") + n + ".weight", at::ones({width}));
  linear("b.ffn.0", ffn, width);
  linear("b.ffn.2", width, ffn);
  return w;
}

/// Rate of a plain linear layer of the same width: what the rest is measured against.
double linearRate(std::int64_t tokens, std::int64_t width) {
  const Tensor x = random({tokens, width}, 1.0), w = random({width, width}, 0.02);
  return 2.0 * static_cast<double>(tokens * width * width) / shortest(3, [&] { (void)at::linear(x, w); }) / 1e9;
}

nlohmann::json benchAttention(std::int64_t tokens, std::int64_t width, std::int64_t heads) {
  const Tensor q = random({1, tokens, heads, width / heads}, 1.0), k = random({1, tokens, heads, width / heads}, 1.0), v = random({1, tokens, heads, width / heads}, 1.0);
  const double seconds = shortest(2, [&] { (void)attention(q, k, v, 0.1); });
  return {{"seconds", seconds}, {"gflops", 4.0 * static_cast<double>(tokens * tokens * width) / seconds / 1e9}};
}

nlohmann::json benchBlock(std::int64_t tokens, std::int64_t width, std::int64_t heads, std::int64_t ffn) {
  const Block block(blockWeights(width, ffn), "b", heads);
  BlockContext context;
  context.rope = ropeTable(gridPositions(1, 1, tokens), width / heads);
  context.modulation = {{at::zeros({1, 6, width}), tokens}};
  const Tensor x = random({1, tokens, width}, 1.0);
  const double seconds = shortest(2, [&] { (void)block.forward(x, context, ""); });
  const double flops = static_cast<double>(tokens) * (8.0 * static_cast<double>(width * width) + 4.0 * static_cast<double>(width * ffn) + 4.0 * static_cast<double>(tokens * width));
  return {{"seconds", seconds}, {"gflops", flops / seconds / 1e9}};
}

core::Result<int> benchLoadCommand(Arguments& arguments) {
  const std::string folder = arguments.value("--pack", "");
  if (!arguments.unknown({"--pack"}).empty() || folder.empty()) return Error{ErrorCode::kUsage, "usage: pai-infer bench load --pack DIR [--json]", "", {}};
  return guarded(folder, [&] {
    const c10::InferenceMode inference;
    const nlohmann::json out = benchLoad(folder);
    if (arguments.flag("--json")) std::printf("%s\n", core::jsonText(out, 1).c_str());
    else
      std::printf("load: %.3f s, then %.3f s to touch every page; %.2f GB of weights, %.3f GB of own memory\n", out["seconds"].get<double>(), out["seconds_touching_every_page"].get<double>(),
                  out["weight_bytes"].get<double>() * 1e-9, out["own_memory_bytes"].get<double>() * 1e-9);
    return 0;
  });
}

core::Result<int> benchVaeCommand(Arguments& arguments) {
  const std::int64_t width = arguments.number("--width", 240), height = arguments.number("--height", 136), tile = arguments.number("--tile", 0);
  if (!arguments.unknown({"--width", "--height", "--tile"}).empty() || width < 16 || height < 16 || width > 4096 || height > 4096 || width % 8 != 0 || height % 8 != 0 || tile < 0)
    return Error{ErrorCode::kUsage, "usage: pai-infer bench vae [--width N] [--height N] [--tile CELLS] [--json], sizes of a multiple of 8", "", {}};
  return guarded("bench", [&] {
    const c10::InferenceMode inference;
    nlohmann::json out = benchVae(width, height, tile);
    out.update({{"bench", "vae"}, {"dtype", "float32"}, {"machine", fingerprint(at::kCPU, at::kFloat)}});
    if (arguments.flag("--json")) std::printf("%s\n", core::jsonText(out, 1).c_str());
    else
      std::printf("vae: %.3f s a frame, %.1f GFLOP/s, %.2f times a plain convolution (%.2f times one in bfloat16), %.2f GB\n", out["seconds_per_frame"].get<double>(), out["gflops"].get<double>(),
                  out["ratio_to_plain_conv3d"].get<double>(), out["ratio_to_plain_conv3d_bf16"].get<double>(), out["own_memory_bytes"].get<double>() * 1e-9);
    return 0;
  });
}

}  // namespace

core::Result<int> runBench(const std::vector<std::string>& words) {
  Arguments arguments(words, {"--json"});
  const std::string name = arguments.places().size() == 1 ? arguments.places()[0] : "";
  if (name == "vae") return benchVaeCommand(arguments);
  if (name == "load") return benchLoadCommand(arguments);
  if ((name != "dit" && name != "attention") || !arguments.unknown({"--tokens", "--width", "--heads", "--ffn"}).empty())
    return Error{ErrorCode::kUsage, "usage: pai-infer bench dit|attention|vae|load [--tokens N] [--width N] [--heads N] [--ffn N] [--json]", "", {}};
  const std::int64_t tokens = arguments.number("--tokens", 1170), width = arguments.number("--width", 1536), heads = arguments.number("--heads", 12),
                     ffn = arguments.number("--ffn", 8960);
  if (tokens < 1 || tokens > 200000 || width < 2 || width > 16384 || heads < 1 || width % heads != 0 || (width / heads) % 2 != 0 || ffn < 1 || ffn > 65536)
    return Error{ErrorCode::kUsage, "sizes are out of range, or the width does not divide into heads of even width", "", {}};
  return guarded("bench", [&] {
    const c10::InferenceMode inference;
    nlohmann::json out = name == "dit" ? benchBlock(tokens, width, heads, ffn) : benchAttention(tokens, width, heads);
    const double rate = linearRate(tokens, width);
    out.update({{"bench", name}, {"tokens", tokens}, {"width", width}, {"heads", heads}, {"dtype", "float32"}, {"linear_gflops", rate},
                {"share_of_linear", out["gflops"].get<double>() / rate}, {"machine", fingerprint(at::kCPU, at::kFloat)}});
    if (arguments.flag("--json")) std::printf("%s\n", core::jsonText(out, 1).c_str());
    else std::printf("%s: %.3f s, %.1f GFLOP/s, %.0f %% of a plain linear layer (%.1f)\n", name.c_str(), out["seconds"].get<double>(), out["gflops"].get<double>(), 100 * out["share_of_linear"].get<double>(), rate);
    return 0;
  });
}

}  // namespace pai::inference
