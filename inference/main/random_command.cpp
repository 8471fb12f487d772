// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>

#include "inference/main/commands.h"
#include "inference/published_shapes.h"

namespace pai::inference {

using core::Error;
using core::ErrorCode;

namespace {

/// The shapes with the first `layers` blocks alone.
ShapeList shortened(const ShapeList& shapes, long layers) {
  ShapeList out;
  for (const auto& [name, shape] : shapes) {
    const bool numbered = name.starts_with("blocks.");
    if (!numbered || std::strtol(name.c_str() + 7, nullptr, 10) < layers) out[name] = shape;
  }
  return out;
}

}  // namespace

core::Result<int> runRandomWeights(const std::vector<std::string>& words) {
  Arguments arguments(words, {});
  const std::string out = arguments.value("--out", ""), type = arguments.value("--type", "bf16");
  const long layers = arguments.number("--layers", 1000), seed = arguments.number("--seed", 1);
  const ShapeList shapes = arguments.places().size() == 1 ? publishedShapes(arguments.places()[0]) : ShapeList();
  if (shapes.empty() || out.empty() || layers < 1 || seed < 0 || (type != "bf16" && type != "f32") || !arguments.unknown({"--out", "--type", "--layers", "--seed"}).empty()) {
    std::string names;
    for (const std::string& name : publishedNames()) names += (names.empty() ? "" : "|") + name;
    return Error{ErrorCode::kUsage, "usage: pai-infer random-weights " + names + " --out FILE.safetensors [--type bf16|f32] [--layers N] [--seed N]", "", {}};
  }
  return guarded(out, [&] {
    const core::Status written = writeRandomWeights(out, shortened(shapes, layers), type == "f32" ? at::kFloat : at::kBFloat16, static_cast<std::uint64_t>(seed));
    if (!written) throw Failure(written.error());
    return 0;
  });
}

}  // namespace pai::inference
