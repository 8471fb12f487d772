// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace pai::inference {

/// This process's own memory: resident and anonymous, without files that are mapped.
std::int64_t ownMemoryBytes();

/// The most own memory that this process may come to have: the smaller of `asked` (0: nine tenths of the machine's) and what it
/// has with nine tenths of what the system can still give without swapping.
std::int64_t memoryLimitBytes(std::int64_t asked);

/// Lets allocations fail beyond `bytes` of own memory and `mapped` bytes of weights, so that a wrong forecast ends this program
/// with an error and not the machine.
void limitOwnMemory(std::int64_t bytes, std::int64_t mapped);

/// Gives large tensors' memory back to the system as soon as they are freed. Call before the first of them.
void returnFreedMemory();

/// Watches this process's own memory from a thread of its own, a hundred times a second.
class PeakMemory {
 public:
  PeakMemory();
  ~PeakMemory();
  PeakMemory(const PeakMemory&) = delete;
  PeakMemory& operator=(const PeakMemory&) = delete;
  std::int64_t bytes() const { return m_peak.load(); }

 private:
  std::atomic<std::int64_t> m_peak{0};
  std::atomic<bool> m_stop{false};
  std::thread m_thread;
};

}  // namespace pai::inference
