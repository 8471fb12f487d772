// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/linear.h"

#include "inference/devices.h"
#include "inference/kernels.h"

namespace pai::inference {

namespace {

/// Values that a thread takes at once.
constexpr std::int64_t kWidenGrain = 1 << 16;

Tensor linearOf(const Tensor& x, const Tensor& weight_OI, const Tensor& bias_O) {
  return bias_O.defined() ? at::linear(x, weight_OI, bias_O) : at::linear(x, weight_OI);
}

/// Whether a weight is widened part by part: stored in bfloat16 beside float32 on a CPU, nothing to be differentiated.
bool goesBySlabs(const Tensor& x, const Tensor& weight_OI) {
  return x.scalar_type() == at::kFloat && weight_OI.scalar_type() == at::kBFloat16 && x.device().is_cpu() && weight_OI.device().is_cpu() && weight_OI.dim() == 2 && weight_OI.is_contiguous() &&
         weight_OI.size(1) <= kSlabValues && !at::GradMode::is_enabled();
}

/// x times the weight, whose rows are widened some at a time into memory that is kept: fresh pages for a whole weight would cost more
/// than half of a product with few rows.
Tensor slabProduct(const Tensor& x, const Tensor& weight_OI, const Tensor& bias_O) {
  thread_local const std::unique_ptr<float[]> slab(new float[kSlabValues]);
  const std::int64_t outputs = weight_OI.size(0), inputs = weight_OI.size(1), most = kSlabValues / inputs;
  const Tensor rows = x.reshape({-1, inputs});
  Tensor out = at::empty({rows.size(0), outputs}, rows.options());
  const auto* bits = reinterpret_cast<const std::uint16_t*>(weight_OI.data_ptr<c10::BFloat16>());
  float* const wide = slab.get();
  for (std::int64_t first = 0; first < outputs; first += most) {
    const std::int64_t count = std::min(most, outputs - first);
    at::parallel_for(0, count * inputs, kWidenGrain, [&](std::int64_t from, std::int64_t to) { kernels().widen(bits + first * inputs + from, wide + from, to - from); });
    Tensor part = out.narrow(1, first, count);
    const Tensor weight_IO = at::from_blob(wide, {count, inputs}, rows.options()).transpose(0, 1);
    if (bias_O.defined()) at::addmm_out(part, bias_O.narrow(0, first, count), rows, weight_IO);
    else at::mm_out(part, rows, weight_IO);
  }
  std::vector<std::int64_t> shape = x.sizes().vec();
  shape.back() = outputs;
  return out.view(shape);
}

}  // namespace

Tensor product(const Tensor& x, const Tensor& weight_OI, const Tensor& bias_O, at::ScalarType products) {
  if (products == at::kFloat) {
    if (goesBySlabs(x, weight_OI)) return slabProduct(x, weight_OI, bias_O);
    return linearOf(x, usedBeside(x, weight_OI, x.scalar_type()), bias_O);
  }
  const Tensor rounded = x.to(products), weight = usedBeside(x, weight_OI, products), bias = bias_O.defined() ? bias_O.to(products) : bias_O;
  if (!x.device().is_cpu() || halfUnits()) return linearOf(rounded, weight, bias);
  return product(rounded.to(at::kFloat), weight, bias.defined() ? bias.to(at::kFloat) : bias).to(products);
}

Linear::Linear(const StateDict& weights, const std::string& prefix, bool exact)
    : weight_OI(weights.at(prefix + ".weight")), bias_O(weights.maybe(prefix + ".bias")), products(exact ? at::kFloat : weights.products()) {}

}  // namespace pai::inference
