// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/tensor.h"

namespace pai::inference {

// What LibTorch's allocator has reserved on a device, and the device's own figures. Known for CUDA in builds that have its headers; for
// other devices every figure is 0 and every name empty.

/// Most that this process may come to hold on a device: what it holds and nineteen twentieths of what is free. 0: not known.
std::int64_t deviceLimitBytes(at::Device device);
/// The device's whole memory.
std::int64_t deviceTotalBytes(at::Device device);
/// From here on the peak is counted anew; memory that is held and not used is given back first.
void startDevicePeak(at::Device device);
/// The most that was reserved since.
std::int64_t devicePeakBytes(at::Device device);
/// The device's product name, with the driver's CUDA version.
std::string deviceModel(at::Device device);

}  // namespace pai::inference
