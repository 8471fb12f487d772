// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/tensor.h"

namespace pai::inference {

/// Number of threads: PAI_THREADS, or the machine's processors. Sets it for LibTorch; call before the first operation.
int setUpThreads();

/// Device by name: "" the best there is, "cpu", "cuda", "cuda:1", or LibTorch's name of a backend that was loaded into this program.
/// kDeviceMissing.
core::Result<at::Device> chooseDevice(const std::string& name);

/// The device of a name and what it computes in: float32 on a CPU, bfloat16 products elsewhere. Of several processes that share a
/// render, each takes another device where the name leaves it open ("" or "cuda"). kDeviceMissing.
core::Result<Compute> chooseCompute(const std::string& name, int rank = 0);

/// Whether so many processes that choose by this name each get a CUDA device to themselves.
bool eachHasCuda(const std::string& name, int processes);

/// Whether this processor has units for products in bfloat16.
bool halfUnits();

/// What computes here: devices, BLAS and oneDNN provider, types, threads, memory, instruction set, and what is slow and why.
nlohmann::json describeDevices();

/// Threads, instruction set, BLAS, type and version in one line: the same line promises the same bits.
std::string fingerprint(at::Device device, at::ScalarType type);

}  // namespace pai::inference
