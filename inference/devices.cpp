// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/devices.h"

#include <sys/sysinfo.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include <ATen/Version.h>
#include <torch/version.h>

namespace pai::inference {

using core::ErrorCode;

namespace {

/// The BLAS library that is really mapped into this process.
std::string blasProvider() {
  std::ifstream maps("/proc/self/maps");
  std::string found = "unknown";
  for (std::string line; std::getline(maps, line);) {
    if (line.find("mkl") != std::string::npos) return "mkl";
    if (line.find("openblas") != std::string::npos) return "openblas";
    if (line.find("/blis") != std::string::npos) return "blis";
    if (line.find("libblas.so") != std::string::npos || line.find("/blas/") != std::string::npos) found = "reference";
  }
  return found;
}

bool cpuFlag(const std::string& flag) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("flags")) return (line + " ").find(" " + flag + " ") != std::string::npos;
  return false;
}

/// Instruction set that LibTorch's kernels use, as its own configuration text says.
std::string capability() {
  const std::string config = at::show_config(), label = "CPU capability usage: ";
  const auto at = config.find(label);
  if (at == std::string::npos) return "default";
  const auto begin = at + label.size();
  return config.substr(begin, config.find_first_of(" \n", begin) - begin);
}

nlohmann::json slowThings(const std::string& blas) {
  nlohmann::json list = nlohmann::json::array();
  if (blas == "reference")
    list.push_back("matrix products run on the reference BLAS, some hundred times slower than OpenBLAS: install libopenblas0-openmp");
  if (!cpuFlag("avx512_bf16") && !cpuFlag("amx_bf16")) list.push_back("this processor has no bfloat16 units: half precision saves memory, not time");
  if (cpuFlag("avx512f") && capability() != "AVX512") list.push_back("AVX-512 is there but not used: set ATEN_CPU_CAPABILITY=avx512");
  if (at::get_num_threads() == 1 && std::thread::hardware_concurrency() > 1) list.push_back("one thread only: set PAI_THREADS");
  if (!at::hasCUDA()) list.push_back("no CUDA device: a model of 1.3 billion parameters takes minutes a step on a processor");
  return list;
}

}  // namespace

int setUpThreads() {
  int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  if (const char* text = std::getenv("PAI_THREADS")) {
    const int asked = std::atoi(text);
    if (asked >= 1 && asked <= 1024) threads = asked;
  }
  at::set_num_threads(threads);
  return threads;
}

core::Result<at::Device> chooseDevice(const std::string& name) {
  const bool cuda = at::hasCUDA();
  if (name.empty()) return at::Device(cuda ? at::kCUDA : at::kCPU, cuda ? 0 : -1);
  if (name == "cpu") return at::Device(at::kCPU);
  if (name.starts_with("cuda") && (name.size() == 4 || (name.size() <= 7 && name[4] == ':' && name.find_first_not_of("0123456789", 5) == std::string::npos && name.size() > 5))) {
    if (cuda) return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(name.size() > 5 ? std::atoi(name.c_str() + 5) : 0));
    return core::Error{ErrorCode::kDeviceMissing, "this build of LibTorch finds no CUDA device", name, {}};
  }
  return core::Error{ErrorCode::kDeviceMissing, "no such device; devices are cpu and cuda:N", name, {}};
}

nlohmann::json describeDevices() {
  (void)at::mm(at::ones({4, 4}), at::ones({4, 4}));  // so that a BLAS loaded on demand is mapped
  const std::string blas = blasProvider();
  struct sysinfo info {};
  ::sysinfo(&info);
  nlohmann::json devices = nlohmann::json::array({{{"name", "cpu"}, {"memory_bytes", info.totalram * static_cast<std::uint64_t>(info.mem_unit)}}});
  if (at::hasCUDA()) devices.push_back({{"name", "cuda"}, {"count", at::detail::getCUDAHooks().getNumGPUs()}});
  return {{"devices", devices},        {"libtorch", TORCH_VERSION},
          {"blas", blas},              {"onednn", at::hasMKLDNN()},
          {"openmp", at::hasOpenMP()}, {"instruction_set", capability()},
          {"threads", at::get_num_threads()}, {"dtypes", {"float32", "bfloat16", "float16", "float8 (stored)"}},
          {"slow", slowThings(blas)}};
}

std::string fingerprint(at::Device device, at::ScalarType type) {
  return std::string("pai ") + PAI_VERSION + "; libtorch " + TORCH_VERSION + "; " + device.str() + "; " + c10::toString(type) + "; threads " +
         std::to_string(at::get_num_threads()) + "; " + capability() + "; blas " + blasProvider();
}

}  // namespace pai::inference
