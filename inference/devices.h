// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/tensor.h"

namespace pai::inference {

/// Number of threads: PAI_THREADS, or the machine's processors. Sets it for LibTorch; call before the first operation.
int setUpThreads();

/// Variables of the environment, "NAME=value", with which the libraries would use this machine better than they chose to: LibTorch's
/// AVX-512 kernels, which Debian's build leaves out; OpenBLAS's for a processor that it does not know and takes for one of 2004; large
/// pages for large tensors, which are new ones at every layer. They are read when a library is loaded: a program takes them by starting
/// itself anew. Empty where the choice is right or was made by the user.
std::vector<std::string> betterEnvironment();

/// Starts this program anew, with the same arguments, where there is a better environment. Returns otherwise, and where that fails.
void startAnewIfBetter(char** argv);

/// Device by name: "" the best there is, "cpu", "cuda", "cuda:1", or LibTorch's name of a backend that was loaded into this program.
/// kDeviceMissing.
core::Result<at::Device> chooseDevice(const std::string& name);

/// The device of a name and what it computes in: bfloat16 products, but float32 ones on a CPU without units for those, unless
/// PAI_DTYPE says which. Of several processes that share a render, each takes another device where the name leaves it open ("" or
/// "cuda"). kDeviceMissing, kUsage.
core::Result<Compute> chooseCompute(const std::string& name, int rank = 0);

/// Whether so many processes that choose by this name each get a CUDA device to themselves.
bool eachHasCuda(const std::string& name, int processes);

/// Whether this processor makes products in bfloat16 at least as fast as those in float32 (processor.h).
bool halfUnits();

/// What computes here: devices, BLAS and oneDNN provider, types, threads, memory, instruction set, and what is slow and why.
nlohmann::json describeDevices();

/// Threads, instruction set, BLAS, type and version in one line: the same line promises the same bits.
std::string fingerprint(at::Device device, at::ScalarType type);

}  // namespace pai::inference
