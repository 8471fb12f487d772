// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/memory.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>

namespace pai::inference {

namespace {

constexpr int kReturnedFrom = 1 << 20;  // bytes of a block that goes back to the system when freed

/// Address space that is reserved and never touched: stacks, arenas.
constexpr std::int64_t kReserved = 512 << 20;

/// A figure of /proc/meminfo in bytes.
std::int64_t memoryFigure(const std::string& name) {
  std::ifstream file("/proc/meminfo");
  std::string label, unit;
  for (std::int64_t kilobytes = 0; file >> label >> kilobytes; std::getline(file, unit))
    if (label == name + ":") return kilobytes * 1024;
  return 0;
}

}  // namespace

std::int64_t ownMemoryBytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t size = 0, resident = 0, shared = 0;
  file >> size >> resident >> shared;
  return (resident - shared) * static_cast<std::int64_t>(::sysconf(_SC_PAGESIZE));
}

std::int64_t memoryLimitBytes(std::int64_t asked) {
  const std::int64_t limit = asked > 0 ? asked : memoryFigure("MemTotal") / 10 * 9;
  return std::min(limit, ownMemoryBytes() + memoryFigure("MemAvailable") / 10 * 9);
}

void limitOwnMemory(std::int64_t bytes, std::int64_t mapped) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)  // whose shadow memory counts as data
  (void)bytes, (void)mapped;
#else
  const auto most = static_cast<rlim_t>(bytes + mapped + kReserved);
  const rlimit limit{most, RLIM_INFINITY};
  ::setrlimit(RLIMIT_DATA, &limit);
#endif
}

void returnFreedMemory() {
  ::mallopt(M_MMAP_THRESHOLD, kReturnedFrom);
  ::mallopt(M_TRIM_THRESHOLD, kReturnedFrom);
}

PeakMemory::PeakMemory()
    : m_thread([this] {
        while (!m_stop.load()) {
          m_peak.store(std::max(m_peak.load(), ownMemoryBytes()));
          std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
      }) {}

PeakMemory::~PeakMemory() {
  m_stop.store(true);
  m_thread.join();
}

}  // namespace pai::inference
