// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/tensor.h"

namespace pai::inference {

/// Number of threads: PAI_THREADS, or the machine's processors. Sets it for LibTorch; call before the first operation.
int setUpThreads();

/// Device by name: "" the best there is, "cpu", "cuda:0". kDeviceMissing.
core::Result<at::Device> chooseDevice(const std::string& name);

/// What computes here: devices, BLAS and oneDNN provider, types, threads, memory, instruction set, and what is slow and why.
nlohmann::json describeDevices();

/// Threads, instruction set, BLAS, type and version in one line: the same line promises the same bits.
std::string fingerprint(at::Device device, at::ScalarType type);

}  // namespace pai::inference
