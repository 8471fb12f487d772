// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/media/image_file.h"

using namespace pai::core;

namespace {

constexpr ImageLimits kLimits{.maxSide = 2048, .maxPixels = 1 << 18, .maxFileBytes = 1 << 16};

/// Every byte is touched, so that a short buffer is found by the sanitizer.
unsigned sumOf(const Picture& picture) {
  unsigned sum = 0;
  for (int y = 0; y < picture.height(); ++y)
    for (std::size_t x = 0; x < picture.rowBytes(); ++x) sum += picture.row<std::uint8_t>(y)[x];
  return sum;
}

}  // namespace

/// A picture that is read has the size that its header says, within the limits, and all of its samples.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int file = memfd_create("image", MFD_CLOEXEC);
  if (file < 0 || write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  const auto info = readImageInfo(path, kLimits);
  const auto picture = readImage(path, kLimits);
  close(file);
  if (!picture) return 0;
  if (!info || info->width != picture->width() || info->height != picture->height()) std::abort();
  if (static_cast<std::int64_t>(picture->width()) * picture->height() > kLimits.maxPixels) std::abort();
  [[maybe_unused]] static volatile unsigned sink;
  sink = sumOf(*picture);
  return 0;
}
