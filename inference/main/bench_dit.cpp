// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/main/bench_dit.h"
#include "inference/main/bench_models.h"

#include <chrono>
#include <cmath>

#include "inference/attention.h"
#include "inference/attention_kernels.h"
#include "inference/memory.h"
#include "inference/transformer.h"

namespace pai::inference {

namespace {

using Work = std::function<void()>;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

/// Seconds of each work in each round, [work][round]; one round before them is not counted.
std::vector<std::vector<double>> rounds(const std::vector<Work>& works, int repeats) {
  std::vector<std::vector<double>> out(works.size());
  for (int round = -1; round < repeats; ++round)
    for (std::size_t i = 0; i < works.size(); ++i)
      if (const double seconds = secondsOf(works[i]); round >= 0) out[i].push_back(seconds);
  return out;
}

/// Median over the rounds of how often `b` fits into the time of `a`, both per operation.
double medianRatio(const std::vector<double>& a, double operationsOfA, const std::vector<double>& b, double operationsOfB) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < a.size(); ++i) ratios.push_back(operationsOfB / b[i] / (operationsOfA / a[i]));
  return median(ratios);
}

Tensor random(std::vector<std::int64_t> shape, double scale) { return at::randn(shape) * scale; }

StateDict blockWeights(std::int64_t width, std::int64_t ffn) {
  StateDict w;
  w.put("b.modulation", random({1, 6, width}, 0.1));
  const auto linear = [&](const std::string& name, std::int64_t o, std::int64_t i) {
    w.put(name + ".weight", random({o, i}, 1.0 / std::sqrt(static_cast<double>(i))));
    w.put(name + ".bias", random({o}, 0.1));
  };
  for (const char* n : {"q", "k", "v", "o"}) linear(std::string("b.self_attn.") + n, width, width);
  for (const char* n : {"norm_q", "norm_k"}) w.put(std::string("b.self_attn.") + n + ".weight", at::ones({width}));
  linear("b.ffn.0", ffn, width);
  linear("b.ffn.2", width, ffn);
  return w;
}

StateDict converted(const StateDict& weights, at::ScalarType type) {
  StateDict out;
  for (const auto& [name, tensor] : weights.all()) out.put(name, tensor.to(type));
  return out;
}

BlockContext converted(BlockContext context) {
  context.rope = {context.rope.cos_LK2.to(at::kBFloat16), context.rope.sin_LK2.to(at::kBFloat16)};
  context.modulation[0].e_B6D = context.modulation[0].e_B6D.to(at::kBFloat16);
  return context;
}

/// softmax(q k^T) v with all scores in memory.
Tensor plainAttention(const Tensor& q, const Tensor& k, const Tensor& v) {
  return at::matmul(at::softmax(at::matmul(q.permute({0, 2, 1, 3}), k.permute({0, 2, 3, 1})), -1), v.transpose(1, 2)).transpose(1, 2);
}

/// A block by LibTorch's operations one after the other.
Tensor plainBlock(const StateDict& w, const Tensor& x, const BlockContext& c, std::int64_t heads) {
  const auto linear = [&](const char* name, const Tensor& t) { return at::linear(t, w.at(std::string("b.") + name + ".weight"), w.at(std::string("b.") + name + ".bias")); };
  const Tensor e = w.at("b.modulation") + c.modulation[0].e_B6D;
  const auto norm = [&](const Tensor& t, std::int64_t scale) { return layerNorm(t) * (1 + e.narrow(1, scale, 1)) + e.narrow(1, scale - 1, 1); };
  const auto split = [&](const Tensor& t) { return t.unflatten(-1, {heads, t.size(-1) / heads}); };
  const Tensor y = norm(x, 1);
  const Tensor q = rotate(split(rmsNorm(linear("self_attn.q", y), w.at("b.self_attn.norm_q.weight"))), c.rope) * (1.0 / std::sqrt(static_cast<double>(x.size(2) / heads)));
  const Tensor k = rotate(split(rmsNorm(linear("self_attn.k", y), w.at("b.self_attn.norm_k.weight"))), c.rope);
  const Tensor a = x + linear("self_attn.o", plainAttention(q, k, split(linear("self_attn.v", y))).flatten(2)) * e.narrow(1, 2, 1);
  return a + linear("ffn.2", at::gelu(linear("ffn.0", norm(a, 4)), "tanh")) * e.narrow(1, 5, 1);
}

double relative(const Tensor& a, const Tensor& b) { return ((a - b).norm() / b.norm()).item<double>(); }

/// Most own memory while `work` runs, above what there was before.
std::int64_t memoryOf(const Work& work) {
  const std::int64_t before = ownMemoryBytes();
  const PeakMemory peak;
  work();
  return std::max<std::int64_t>(0, peak.bytes() - before);
}

std::array<Tensor, 3> heads(const BlockSize& s, std::int64_t tokens, at::ScalarType type) {
  const auto one = [&](double scale) { return random({1, tokens, s.heads, s.width / s.heads}, scale).to(type); };
  return {one(1.0 / std::sqrt(static_cast<double>(s.width / s.heads))), one(1.0), one(1.0)};
}

std::int64_t attentionMemory(const BlockSize& s, std::int64_t tokens, at::ScalarType type) {
  const auto [q, k, v] = heads(s, tokens, type);
  return memoryOf([&, q = q, k = k, v = v] { (void)attention(q, k, v, 1.0); });
}

nlohmann::json report(const BlockSize& s, at::ScalarType products, int repeats, double operations, const std::vector<std::vector<double>>& times) {
  const double linear = 2.0 * static_cast<double>(s.tokens * s.width * s.width);
  const auto rate = [](double n, const std::vector<double>& t) { return n / median(t) * 1e-9; };
  return {{"tokens", s.tokens}, {"width", s.width}, {"heads", s.heads}, {"repeats", repeats}, {"kernels", kernels().name}, {"attention_kernels", attentionKernels().name},
          {"seconds", median(times[2])}, {"gflops", rate(operations, times[2])}, {"plain_seconds", median(times[3])},
          {"linear_bf16_gflops", rate(linear, times[0])}, {"linear_fp32_gflops", rate(linear, times[1])},
          {"share_of_linear_bf16", medianRatio(times[0], linear, times[2], operations)}, {"share_of_linear_fp32", medianRatio(times[1], linear, times[2], operations)},
          {"times_plain_fp32", medianRatio(times[3], operations, times[2], operations)},
          {"attention_bytes", attentionMemory(s, s.tokens, products)}, {"attention_bytes_twice_the_tokens", attentionMemory(s, 2 * s.tokens, products)}};
}

/// A linear layer of the block's width in both types.
std::vector<Work> linears(const BlockSize& s) {
  const Tensor x = random({s.tokens, s.width}, 1.0), w = random({s.width, s.width}, 0.02), halfX = x.to(at::kBFloat16), halfW = w.to(at::kBFloat16);
  return {[=] { (void)at::linear(halfX, halfW); }, [=] { (void)at::linear(x, w); }};
}

}  // namespace

nlohmann::json benchDit(const BlockSize& s, at::ScalarType products, int repeats) {
  returnFreedMemory();
  const StateDict exact = blockWeights(s.width, s.ffnWidth), stored = converted(exact, at::kBFloat16), widened = converted(stored, at::kFloat);
  const StateDict used = stored.forCompute({at::kCPU, products, false});
  const Block block(used, "b", s.heads);
  BlockContext context;
  context.rope = ropeTable(gridPositions(1, 1, s.tokens), s.width / s.heads);
  context.modulation = {{random({1, 6, s.width}, 0.1), s.tokens}};
  const Tensor x = random({1, s.tokens, s.width}, 1.0);
  std::vector<Work> works = linears(s);
  works.emplace_back([&] { (void)block.forward(x, context, ""); });
  works.emplace_back([&] { (void)plainBlock(widened, x, context, s.heads); });
  const double t = static_cast<double>(s.tokens), d = static_cast<double>(s.width), f = static_cast<double>(s.ffnWidth);
  nlohmann::json out = report(s, products, repeats, t * (8.0 * d * d + 4.0 * d * f + 4.0 * t * d), rounds(works, repeats));
  const Tensor plain = plainBlock(widened, x, context, s.heads);
  out.update({{"ffn", s.ffnWidth}, {"error_of_arithmetic", relative(block.forward(x, context, ""), plain)}, {"error_of_bf16_storage", relative(plain, plainBlock(exact, x, context, s.heads))}});
  if (products == at::kBFloat16) out["error_of_plain_bf16"] = relative(plainBlock(stored, x.to(at::kBFloat16), converted(context), s.heads).to(at::kFloat), plain);
  return out;
}

nlohmann::json benchAttention(const BlockSize& s, at::ScalarType products, int repeats) {
  returnFreedMemory();
  const auto [q, k, v] = heads(s, s.tokens, products);
  std::vector<Work> works = linears(s);
  works.emplace_back([&, q = q, k = k, v = v] { (void)attention(q, k, v, 1.0); });
  works.emplace_back([q = q.to(at::kFloat), k = k.to(at::kFloat), v = v.to(at::kFloat)] { (void)plainAttention(q, k, v); });
  nlohmann::json out = report(s, products, repeats, 4.0 * static_cast<double>(s.tokens * s.tokens * s.width), rounds(works, repeats));
  out["error_of_arithmetic"] = relative(attention(q, k, v, 1.0).to(at::kFloat), plainAttention(q.to(at::kFloat), k.to(at::kFloat), v.to(at::kFloat)));
  return out;
}

}  // namespace pai::inference
