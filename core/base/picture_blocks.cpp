// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/picture_blocks.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <mutex>
#include <new>
#include <vector>

namespace pai::core {
namespace {

constexpr std::size_t kPage = 4096;

/// Sizes in steps of an eighth or less, so that parts of a picture that differ a little from frame to frame fit into one block.
/// What is not written to of a block takes no memory.
std::size_t rounded(std::size_t size) {
  const std::size_t step = std::max(kPage, std::bit_floor(size) / 8);
  return (size + step - 1) / step * step;
}

struct Pool {
  std::mutex mutex;
  std::vector<PictureBlocks::Block> kept;  // the longest kept first
  BlockUse use;
  std::atomic<bool> on = false;

  void keepAtMost(std::size_t bytes) {
    auto end = kept.begin();
    for (; use.kept > bytes; ++end) {
      ::munmap(end->at, end->size);
      use.kept -= end->size;
    }
    kept.erase(kept.begin(), end);
  }
};

/// Lives until the process is gone: pictures in static variables are freed after anything else.
Pool& pool() {
  static Pool* const all = new Pool;
  return *all;
}

}  // namespace

PictureBlocks::Block PictureBlocks::take(std::size_t size) {
  Pool& p = pool();
  const std::size_t wanted = rounded(size);
  const std::lock_guard lock(p.mutex);
  auto best = p.kept.end();
  for (auto b = p.kept.begin(); b != p.kept.end(); ++b)
    if (b->size >= wanted && b->size - wanted <= wanted / 4 && (best == p.kept.end() || b->size <= best->size)) best = b;
  Block out;
  if (best != p.kept.end()) {
    out = *best;
    p.use.kept -= out.size;
    p.kept.erase(best);
  } else {
    const std::size_t most = p.use.most + PictureBlocks::kSpareBytes, needed = p.use.inUse + wanted;
    p.keepAtMost(most > needed ? most - needed : 0);
    void* const fresh = ::mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fresh == MAP_FAILED) throw std::bad_alloc();
    out = {static_cast<std::byte*>(fresh), wanted};
  }
  p.use.inUse += out.size;
  p.use.most = std::max(p.use.most, p.use.inUse);
  return out;
}

void PictureBlocks::give(Block block) noexcept {
  Pool& p = pool();
  const std::lock_guard lock(p.mutex);
  p.use.inUse -= block.size;
  p.use.kept += block.size;
  p.kept.push_back(block);
  p.keepAtMost(p.use.most + PictureBlocks::kSpareBytes - p.use.inUse);
}

void PictureBlocks::turnOn() { pool().on = true; }
bool PictureBlocks::isOn() { return pool().on; }

void PictureBlocks::giveBack() {
  Pool& p = pool();
  const std::lock_guard lock(p.mutex);
  p.keepAtMost(0);
  p.use.most = p.use.inUse;
}

BlockUse PictureBlocks::use() {
  Pool& p = pool();
  const std::lock_guard lock(p.mutex);
  return p.use;
}

std::shared_ptr<std::byte[]> pictureBytes(std::size_t size) {
  if (size < PictureBlocks::kLeastBytes || !PictureBlocks::isOn())
    return {new std::byte[size], std::default_delete<std::byte[]>()};
  const PictureBlocks::Block block = PictureBlocks::take(size);
  return {block.at, [block](std::byte*) { PictureBlocks::give(block); }};
}

}  // namespace pai::core
