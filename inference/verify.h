// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/weights.h"

namespace pai::inference {

/// One tensor held to its golden value.
struct TensorCheck {
  std::string file, tensor;
  double maxAbs = 0.0, relL2 = 0.0;
  double maxAbsAllowed = 0.0, relL2Allowed = 0.0;  // 0: exact
  bool passed = false;
  std::string problem;  // why it could not be compared; empty otherwise
};

/// Runs every module of a golden folder (manifest.json, safetensors) and compares every output tensor; `report` is called for each
/// as it is known. All sizes come from the folder. Gives whether all passed. Errors: the folder itself cannot be read. The folder's
/// tolerances are those of float32; they hold on every device where TensorFloat-32 is off, as it then is for the whole process. With
/// products in half precision, what depends on them is allowed the same growth of that type's rounding (tests/golden/README.md).
core::Result<bool> verifyFolder(const std::string& folder, const std::function<void(const TensorCheck&)>& report, const Compute& compute = {});

}  // namespace pai::inference
