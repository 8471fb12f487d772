// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/clip_reader.h"

#include <new>

#include "core/media/sequence_reader.h"
#include "core/media/video_reader.h"

namespace pai::core {

Result<std::unique_ptr<ClipReader>> ClipReader::open(const std::string& path, const ReadOptions& options) {
  try {
    if (looksLikeImage(path) || isSequencePath(path)) return SequenceReader::open(path, options);
    return VideoReader::open(path, options);
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kOutOfMemory, "no memory to open the clip", path, {}};
  }
}

}  // namespace pai::core
