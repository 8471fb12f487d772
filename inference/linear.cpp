// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/linear.h"

#include "inference/devices.h"

namespace pai::inference {

namespace {

Tensor linearOf(const Tensor& x, const Tensor& weight_OI, const Tensor& bias_O) {
  return bias_O.defined() ? at::linear(x, weight_OI, bias_O) : at::linear(x, weight_OI);
}

}  // namespace

Tensor product(const Tensor& x, const Tensor& weight_OI, const Tensor& bias_O, at::ScalarType products) {
  if (products == at::kFloat) return linearOf(x, usedBeside(x, weight_OI, x.scalar_type()), bias_O);
  const Tensor rounded = x.to(products), weight = usedBeside(x, weight_OI, products), bias = bias_O.defined() ? bias_O.to(products) : bias_O;
  if (!x.device().is_cpu() || halfUnits()) return linearOf(rounded, weight, bias);
  return linearOf(rounded.to(at::kFloat), weight.to(at::kFloat), bias.defined() ? bias.to(at::kFloat) : bias).to(products);
}

Linear::Linear(const StateDict& weights, const std::string& prefix, bool exact)
    : weight_OI(weights.at(prefix + ".weight")), bias_O(weights.maybe(prefix + ".bias")), products(exact ? at::kFloat : weights.products()) {}

}  // namespace pai::inference
