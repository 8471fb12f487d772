// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/weights.h"

namespace pai::inference {

/// Names and shapes, by original keys, of a published set of weights, from the rules of its architecture: "wan2.1-t2v-1.3b",
/// "wan2.1-t2v-14b", "wan2.1-vace-1.3b", "wan2.1-vace-14b", "wan2.1-vae", "umt5-xxl". Empty for another name.
ShapeList publishedShapes(std::string_view name);

/// The names that publishedShapes knows.
const std::vector<std::string>& publishedNames();

/// Writes a file of random weights of given shapes (F32 or BF16): norms are ones, the rest is normal with a deviation of 0.02. The
/// values come from one table as long as the largest tensor, so that the file may be larger than memory. Errors: kFileUnwritable, kDiskFull.
core::Status writeRandomWeights(const std::string& path, const ShapeList& shapes, at::ScalarType type, std::uint64_t seed);

}  // namespace pai::inference
