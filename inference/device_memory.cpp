// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/device_memory.h"

#ifdef PAI_WITH_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <cuda_runtime_api.h>
#endif

namespace pai::inference {

#ifdef PAI_WITH_CUDA

namespace {

/// The first entry of a statistic is the sum over the allocator's pools in every version; the name of that index is not the same in all.
constexpr std::size_t kAllPools = 0;

struct Figures {
  std::int64_t freeBytes = 0, totalBytes = 0;
};

Figures figuresOf(at::Device device) {
  if (!device.is_cuda()) return {};
  const c10::cuda::CUDAGuard guard(device);
  std::size_t left = 0, all = 0;
  if (cudaMemGetInfo(&left, &all) != cudaSuccess) return {};
  return {static_cast<std::int64_t>(left), static_cast<std::int64_t>(all)};
}

}  // namespace

std::int64_t deviceLimitBytes(at::Device device) {
  const Figures figures = figuresOf(device);
  if (figures.totalBytes == 0) return 0;
  const auto held = static_cast<std::int64_t>(c10::cuda::CUDACachingAllocator::getDeviceStats(device.index()).reserved_bytes[kAllPools].current);
  return held + figures.freeBytes / 20 * 19;
}

std::int64_t deviceTotalBytes(at::Device device) { return figuresOf(device).totalBytes; }

void startDevicePeak(at::Device device) {
  if (!device.is_cuda()) return;
  c10::cuda::CUDACachingAllocator::emptyCache();
  c10::cuda::CUDACachingAllocator::resetPeakStats(device.index());
}

std::int64_t devicePeakBytes(at::Device device) {
  return device.is_cuda() ? static_cast<std::int64_t>(c10::cuda::CUDACachingAllocator::getDeviceStats(device.index()).reserved_bytes[kAllPools].peak) : 0;
}

std::string deviceModel(at::Device device) {
  cudaDeviceProp properties;
  int driver = 0;
  if (!device.is_cuda() || cudaGetDeviceProperties(&properties, device.index()) != cudaSuccess || cudaDriverGetVersion(&driver) != cudaSuccess) return "";
  return std::string(properties.name) + ", driver for CUDA " + std::to_string(driver / 1000) + "." + std::to_string(driver % 1000 / 10);
}

#else

std::int64_t deviceLimitBytes(at::Device) { return 0; }
std::int64_t deviceTotalBytes(at::Device) { return 0; }
void startDevicePeak(at::Device) {}
std::int64_t devicePeakBytes(at::Device) { return 0; }
std::string deviceModel(at::Device) { return ""; }

#endif

}  // namespace pai::inference
