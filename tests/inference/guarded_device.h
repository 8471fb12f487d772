// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/tensor.h"

namespace pai::inference {

/// A device that is none, to see that code which is given one keeps to it: its tensors' memory cannot be read or written but by
/// LibTorch's operations, and operations refuse operands of which some are elsewhere, as those of CUDA do. It computes on the CPU. A read
/// through a pointer ends the program. Registered under LibTorch's name for a device from outside when this file is linked.
at::Device guardedDevice();
/// Operations that it has done.
std::int64_t guardedOperations();

}  // namespace pai::inference
