// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "core/base/result.h"

namespace pai::inference {

/// The other processes of a render that is computed by several on this machine: this program again, ranks 1 to N - 1. They are in this
/// process's group, so that what pauses or stops it does so to them, and never outlive this object.
class Siblings {
 public:
  /// Starts them with these arguments and "--rank R", each with `threads` threads. kWorkerFailed.
  static core::Result<Siblings> start(int count, const std::vector<std::string>& arguments, int threads);
  Siblings() = default;
  ~Siblings();
  Siblings(Siblings&& other) noexcept : m_children(std::move(other.m_children)) { other.m_children.clear(); }
  Siblings& operator=(Siblings&&) = delete;

  /// Which of them has failed and how; "" while none has. One that has done its part has not failed.
  std::string failed();

 private:
  struct Child {
    int rank = 0;
    pid_t pid = -1;
  };
  std::vector<Child> m_children;
};

}  // namespace pai::inference
