// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <memory>

namespace pai::core {

/// Cancellation flag shared by the one who asks and the one who works. Any thread; copies share the flag.
class StopToken {
 public:
  StopToken() : m_flag(std::make_shared<std::atomic<bool>>(false)) {}
  void request() const { m_flag->store(true, std::memory_order_relaxed); }
  bool requested() const { return m_flag->load(std::memory_order_relaxed); }

 private:
  std::shared_ptr<std::atomic<bool>> m_flag;
};

/// Called with the fraction done in [0, 1], from the working thread.
using ProgressFn = std::function<void(double fraction)>;

}  // namespace pai::core
