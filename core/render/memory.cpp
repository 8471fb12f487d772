// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/memory.h"

#include <malloc.h>

namespace pai::core {
namespace {

constexpr int kFromSystem = 32 << 20;  // blocks of this size and more; the most that the allocator takes
constexpr int kKept = 160 << 20;

}  // namespace

void keepFreedMemory() {
  mallopt(M_MMAP_THRESHOLD, kFromSystem);
  mallopt(M_TRIM_THRESHOLD, kKept);
}

}  // namespace pai::core
