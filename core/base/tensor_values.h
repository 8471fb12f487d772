// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/base/safetensors.h"

namespace pai::core {

/// One element as a double; `bytes` holds at least tensorTypeBytes(type). 64-bit integers are rounded. F8_E4M3 is the
/// form without infinities (OCP FP8, E4M3).
double tensorElement(TensorType type, const std::byte* bytes);

/// The elements of a tensor of a file. Errors: kLimitExceeded when it has more than `limit`, kFileUnreadable,
/// kFormatBroken.
Result<std::vector<double>> readTensorValues(const std::string& path, const TensorEntry& tensor, std::int64_t limit);

}  // namespace pai::core
