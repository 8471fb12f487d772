// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/devices.h"

#include "inference/attention_kernels.h"
#include "inference/device_memory.h"
#include "inference/processor.h"

#include <dlfcn.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include <ATen/Version.h>

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

/// Whether this processor has the instruction set that AVX-512 kernels of libraries are written for.
bool hasAvx512() { return cpuFlag("avx512f") && cpuFlag("avx512bw") && cpuFlag("avx512vl") && cpuFlag("avx512dq"); }

/// The processor that OpenBLAS takes this one for; empty where it is not OpenBLAS that multiplies.
std::string blasCore() {
  using CoreName = char* (*)();
  const auto name = reinterpret_cast<CoreName>(::dlsym(RTLD_DEFAULT, "openblas_get_corename"));
  const char* text = name ? name() : nullptr;
  return text ? text : "";
}

/// Whether that is a processor without the vectors that this one has.
bool blasIsDated() {
  const std::string core = blasCore();
  for (const char* old : {"Prescott", "Core2", "Penryn", "Dunnington", "Nehalem", "Atom", "Katmai", "Coppermine", "Northwood", "Generic"})
    if (core == old) return cpuFlag("avx2") && cpuFlag("fma");
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
  if (!halfUnits()) list.push_back("this processor has no bfloat16 units: half precision saves memory, not time");
  if (hasAvx512() && capability() != "AVX512") list.push_back("AVX-512 is there but not used: set ATEN_CPU_CAPABILITY=avx512");
  if (blasIsDated()) list.push_back("OpenBLAS does not know this processor and takes it for " + blasCore() + ": set OPENBLAS_CORETYPE=" + (hasAvx512() ? "SkylakeX" : "Haswell"));
  if (at::get_num_threads() == 1 && std::thread::hardware_concurrency() > 1) list.push_back("one thread only: set PAI_THREADS");
  if (!at::hasCUDA()) list.push_back("no CUDA device: a model of 1.3 billion parameters takes minutes a step on a processor");
  return list;
}

}  // namespace

std::vector<std::string> betterEnvironment() {
  std::vector<std::string> out;
  if (!std::getenv("ATEN_CPU_CAPABILITY") && hasAvx512() && capability() != "AVX512") out.emplace_back("ATEN_CPU_CAPABILITY=avx512");
  if (!std::getenv("GLIBC_TUNABLES")) out.emplace_back("GLIBC_TUNABLES=glibc.malloc.hugetlb=1");
  if (!std::getenv("OPENBLAS_CORETYPE") && blasIsDated()) out.emplace_back(std::string("OPENBLAS_CORETYPE=") + (hasAvx512() ? "SkylakeX" : "Haswell"));
  return out;
}

void startAnewIfBetter(char** argv) {
  std::vector<std::string> more = betterEnvironment();
  if (more.empty()) return;
  for (std::string& variable : more) ::putenv(variable.data());
  ::execv("/proc/self/exe", argv);
  for (std::string& variable : more) ::unsetenv(variable.substr(0, variable.find('=')).c_str());
}

int setUpThreads() {
  int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  if (const char* text = std::getenv("PAI_THREADS")) {
    const int asked = std::atoi(text);
    if (asked >= 1 && asked <= 1024) threads = asked;
  }
  at::set_num_threads(threads);
  return threads;
}

namespace {

/// Devices of a kind that can be used here.
int deviceCount(at::DeviceType type) {
  if (type == at::kCPU) return 1;
  if (type == at::kCUDA && !at::hasCUDA()) return 0;
  return c10::impl::hasDeviceGuardImpl(type) ? c10::impl::VirtualGuardImpl(type).deviceCount() : 0;
}

/// "kind" or "kind:7" with the kinds that are known here.
std::optional<at::Device> deviceOf(const std::string& name) {
  const auto colon = name.find(':');
  const std::string kind = name.substr(0, colon), index = colon == std::string::npos ? "" : name.substr(colon + 1);
  if (colon != std::string::npos && (index.empty() || index.size() > 2 || index.find_first_not_of("0123456789") != std::string::npos)) return std::nullopt;
  for (const at::DeviceType type : {at::kCPU, at::kCUDA, at::DeviceType::PrivateUse1})
    if (kind == c10::DeviceTypeName(type, true)) {
      const int number = index.empty() ? (type == at::kCPU ? -1 : 0) : std::atoi(index.c_str());
      if (type == at::kCPU && number > 0) return std::nullopt;  // LibTorch takes no other for a processor, which it may assert
      return at::Device(type, static_cast<c10::DeviceIndex>(number));
    }
  return std::nullopt;
}

}  // namespace

core::Result<at::Device> chooseDevice(const std::string& name) {
  if (name.empty()) return deviceCount(at::kCUDA) > 0 ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
  const std::optional<at::Device> device = deviceOf(name);
  if (!device) return core::Error{ErrorCode::kDeviceMissing, "no such device; devices are cpu and cuda:N", name, {}};
  const int count = deviceCount(device->type());
  if (device->is_cpu()) return at::Device(at::kCPU);
  if (device->index() < count) return *device;
  return core::Error{ErrorCode::kDeviceMissing,
                     count == 0 ? "this build of LibTorch finds no " + c10::DeviceTypeName(device->type()) + " device" : "there is no device of this number; there are " + std::to_string(count), name,
                     {}};
}

namespace {

/// The type of products that PAI_DTYPE asks for, or the device's own.
core::Result<at::ScalarType> chooseProducts(at::Device device) {
  const char* text = std::getenv("PAI_DTYPE");
  const std::string_view asked = text ? text : "";
  if (asked.empty()) return device.is_cpu() && !halfUnits() ? at::kFloat : at::kBFloat16;
  if (asked == "fp32") return at::kFloat;
  if (asked == "bf16") return at::kBFloat16;
  return core::Error{ErrorCode::kUsage, "PAI_DTYPE is " + core::inQuotes(asked) + "; it may be fp32 or bf16", "", {}};
}

}  // namespace

core::Result<Compute> chooseCompute(const std::string& name, int rank) {
  const core::Result<at::Device> chosen = chooseDevice(name);
  if (!chosen) return chosen.error();
  const bool open = name.find(':') == std::string::npos && !chosen->is_cpu();
  const at::Device device = open ? at::Device(chosen->type(), static_cast<c10::DeviceIndex>(rank % deviceCount(chosen->type()))) : *chosen;
  const core::Result<at::ScalarType> products = chooseProducts(device);
  if (!products) return products.error();
  return Compute{device, *products, false};
}

bool eachHasCuda(const std::string& name, int processes) { return (name.empty() || name == "cuda") && processes <= deviceCount(at::kCUDA); }

bool halfUnits() { return processorHalfUnits() != HalfUnits::kNone; }

nlohmann::json describeDevices() {
  (void)at::mm(at::ones({4, 4}), at::ones({4, 4}));  // so that a BLAS loaded on demand is mapped
  const std::string blas = blasProvider();
  struct sysinfo info {};
  ::sysinfo(&info);
  nlohmann::json devices = nlohmann::json::array({{{"name", "cpu"}, {"memory_bytes", info.totalram * static_cast<std::uint64_t>(info.mem_unit)}}});
  for (int i = 0; i < deviceCount(at::kCUDA); ++i) {
    const at::Device device(at::kCUDA, static_cast<c10::DeviceIndex>(i));
    devices.push_back({{"name", device.str()}, {"model", deviceModel(device)}, {"memory_bytes", deviceTotalBytes(device)}});
  }
  return {{"devices", devices},        {"libtorch", TORCH_VERSION},
          {"blas", blas},              {"onednn", at::hasMKLDNN()},
          {"blas_core", blasCore()},   {"attention", attentionKernels().name},
          {"computes_in", halfUnits() ? "bfloat16" : "float32"}, {"bfloat16_by", nameOf(processorHalfUnits())},
          {"openmp", at::hasOpenMP()}, {"instruction_set", capability()},
          {"threads", at::get_num_threads()}, {"dtypes", {"float32", "bfloat16", "float16", "float8 (stored)"}},
          {"slow", slowThings(blas)}};
}

std::string fingerprint(at::Device device, at::ScalarType type) {
  return std::string("pai ") + PAI_VERSION + "; libtorch " + TORCH_VERSION + "; " + device.str() + "; " + c10::toString(type) + "; threads " +
         std::to_string(at::get_num_threads()) + "; " + capability() + " and " + attentionKernels().name + "; blas " + blasProvider() + " " + blasCore() + (device.is_cpu() ? "" : "; " + deviceModel(device));
}

}  // namespace pai::inference
