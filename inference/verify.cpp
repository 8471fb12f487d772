// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/verify.h"

#include <cmath>
#include <limits>

#include "inference/golden.h"

namespace pai::inference {

using nlohmann::json;

namespace {

/// How much larger the rounding of a type is than float32's.
double roundingOver32(at::ScalarType type) { return type == at::kBFloat16 ? 65536.0 : type == at::kHalf ? 8192.0 : 1.0; }
/// A tolerance of float32 is this many times the error that was found in float32.
constexpr double kMargin32 = 20.0;

/// Values that have no tolerance of their own are held to the file's, whole numbers to equality.
void setTolerance(TensorCheck& check, const json& tensor, const json& entry) {
  if (tensor.value("dtype", "") == "I64") return;
  const json& from = tensor.contains("tolerance") ? tensor["tolerance"] : entry.value("suggested_tolerance", json::object());
  check.maxAbsAllowed = from.value("max_abs", 2e-6);
  check.relL2Allowed = from.value("rel_l2", 2e-6);
}

void compare(TensorCheck& check, const Tensor& computed, const Tensor& golden) {
  if (computed.sizes() != golden.sizes()) {
    check.problem = "computed shape " + shapeText(computed.sizes()) + ", golden " + shapeText(golden.sizes());
    return;
  }
  const Tensor a = computed.to(at::kCPU, at::kDouble), b = golden.to(at::kCPU, at::kDouble);
  if (a.numel() == 0) {
    check.passed = true;
    return;
  }
  const Tensor difference = a - b;
  check.maxAbs = difference.abs().max().item<double>();
  const double size = b.square().sum().sqrt().item<double>();
  const double distance = difference.square().sum().sqrt().item<double>();
  check.relL2 = distance == 0.0 ? 0.0 : size == 0.0 ? std::numeric_limits<double>::infinity() : distance / size;
  check.passed = check.maxAbs <= check.maxAbsAllowed && check.relL2 <= check.relL2Allowed;  // false for NaN
}

bool verifyFile(const GoldenSet& set, const GoldenFile& file, const std::function<void(const TensorCheck&)>& report, const Compute& compute) {
  std::string problem;
  auto computed = guarded(file.name, [&] { return computeGolden(set, file); });
  if (!computed) problem = core::describe(computed.error());
  bool all = true;
  for (const auto& [name, tensor] : file.entry.at("tensors").items()) {
    if (tensor.value("kind", "") != "output") continue;
    TensorCheck check;
    check.file = file.name;
    check.tensor = name;
    setTolerance(check, tensor, file.entry);
    if (compute.products != at::kFloat && throughProducts(file, name, compute)) {
      const double more = roundingOver32(compute.products) / kMargin32;
      check.maxAbsAllowed *= more, check.relL2Allowed *= more;
    }
    const auto found = computed ? computed->find(check.tensor) : Computed::iterator();
    if (!computed) check.problem = problem;
    else if (found == computed->end()) check.problem = "this program computes no such tensor";
    else if (!file.tensors.has(check.tensor)) check.problem = "the file lacks it";
    else compare(check, found->second, file.tensors.at(check.tensor));
    all = all && check.passed;
    report(check);
  }
  return all;
}

}  // namespace

core::Result<bool> verifyFolder(const std::string& folder, const std::function<void(const TensorCheck&)>& report, const Compute& compute) {
  return guarded(folder, [&] {
    const c10::InferenceMode inference;
    at::globalContext().setAllowTF32CuBLAS(false);
    at::globalContext().setAllowTF32CuDNN(false);
    const GoldenSet set(folder, compute);
    bool all = !set.files().empty();
    for (const GoldenFile& file : set.files()) all = verifyFile(set, file, report, compute) && all;
    return all;
  });
}

}  // namespace pai::inference
