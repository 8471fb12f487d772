// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/clip_reader.h"

#include "core/media/video_reader.h"

namespace pai::core {

Result<std::unique_ptr<ClipReader>> ClipReader::open(const std::string& path, const ReadOptions& options) {
  return VideoReader::open(path, options);
}

}  // namespace pai::core
