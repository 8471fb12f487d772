// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/memory.h"

#include <malloc.h>

namespace pai::core {
namespace {

constexpr int kFromSystem = 1 << 20;  // blocks of this size and more, so that none of them leaves a gap
constexpr int kKept = 16 << 20;

}  // namespace

void keepFreedMemory() {
  mallopt(M_MMAP_THRESHOLD, kFromSystem);
  mallopt(M_TRIM_THRESHOLD, kKept);
  mallopt(M_ARENA_MAX, 1);  // a pool for each thread would keep planes that no other thread can use again
}

void returnFreedMemory() { malloc_trim(0); }

}  // namespace pai::core
