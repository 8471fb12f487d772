// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "core/media/av.h"

namespace pai::core {

/// A media file opened by us: the demuxer reads from our descriptor only and cannot open anything else.
class AvInput {
 public:
  /// Opens and probes. Errors: kFileMissing, kFileUnreadable, kFormatUnknown, kFormatBroken, kFormatUnsupported,
  /// kLimitExceeded.
  static Result<std::unique_ptr<AvInput>> open(const std::string& path);
  ~AvInput();
  AvInput(const AvInput&) = delete;
  AvInput& operator=(const AvInput&) = delete;

  AVFormatContext* format() { return m_format; }
  std::int64_t sizeBytes() const { return m_size; }
  const std::string& path() const { return m_path; }
  /// First stream of pictures that is not cover art; -1 when there is none.
  int videoStream() const;
  /// First stream of sound; -1 when there is none.
  int audioStream() const;

 private:
  AvInput() = default;
  Status openDemuxer();
  static int readBytes(void* self, std::uint8_t* buffer, int size);
  static std::int64_t seekBytes(void* self, std::int64_t offset, int whence);

  std::string m_path;
  int m_descriptor = -1;
  std::int64_t m_size = 0, m_position = 0;
  int m_readError = 0;
  AVIOContext* m_io = nullptr;
  AVFormatContext* m_format = nullptr;
};

}  // namespace pai::core
