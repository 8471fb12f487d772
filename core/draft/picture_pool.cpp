// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/picture_pool.h"

#include <atomic>

#include <opencv2/core.hpp>

#include "core/base/picture_blocks.h"

namespace pai::core {
namespace {

// Planes of one size all start at other places of a page: rows of planes that are read together else fall into the same lines of
// the processor's cache.
constexpr std::size_t kShift = 192, kShifts = 16;
static_assert(kShift % 64 == 0);

struct PooledData final : cv::UMatData {
  using cv::UMatData::UMatData;
  PictureBlocks::Block block;
};

/// Gives large matrices their blocks and leaves the others to OpenCV.
class PoolAllocator final : public cv::MatAllocator {
 public:
  cv::UMatData* allocate(int dims, const int* sizes, int type, void* data, std::size_t* step, cv::AccessFlag flags,
                         cv::UMatUsageFlags usage) const override {
    std::size_t bytes = CV_ELEM_SIZE(type);
    for (int i = 0; i < dims; ++i) bytes *= static_cast<std::size_t>(sizes[i]);
    if (data || bytes < PictureBlocks::kLeastBytes)
      return cv::Mat::getStdAllocator()->allocate(dims, sizes, type, data, step, flags, usage);
    std::size_t row = CV_ELEM_SIZE(type);
    for (int i = dims - 1; i >= 0; --i) {
      if (step) step[i] = row;
      row *= static_cast<std::size_t>(sizes[i]);
    }
    auto u = std::make_unique<PooledData>(this);
    u->block = PictureBlocks::take(bytes + kShift * kShifts);
    u->origdata = reinterpret_cast<uchar*>(u->block.at);
    u->data = u->origdata + kShift * (m_count++ % kShifts);
    u->size = bytes;
    return u.release();
  }
  bool allocate(cv::UMatData* u, cv::AccessFlag, cv::UMatUsageFlags) const override { return u != nullptr; }
  void deallocate(cv::UMatData* u) const override {
    const std::unique_ptr<PooledData> pooled(static_cast<PooledData*>(u));
    if (pooled) PictureBlocks::give(pooled->block);
  }

 private:
  mutable std::atomic<std::size_t> m_count = 0;
};

}  // namespace

void poolPictures() {
  static PoolAllocator* const allocator = new PoolAllocator;  // for matrices in static variables, which outlive all else
  PictureBlocks::turnOn();
  cv::Mat::setDefaultAllocator(allocator);
}

}  // namespace pai::core
