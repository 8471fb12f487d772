// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/media/byte_cache.h"
#include "core/media/clip_reader.h"
#include "core/media/sequence.h"

namespace pai::core {

/// ClipReader of numbered images, or of one still as a clip of one frame.
class SequenceReader final : public ClipReader {
 public:
  static Result<std::unique_ptr<ClipReader>> open(const std::string& path, const ReadOptions& options);
  const ClipInfo& info() const override { return m_info; }
  Result<PicturePtr> read(FrameIndex frame) override;
  Result<YuvFramePtr> readYuv(FrameIndex frame) override;
  void setStop(const StopToken& stop) override { m_stop = stop; }
  std::size_t cachedBytes() const override { return m_cache.bytes(); }
  void setCacheBytes(std::size_t bytes) override { m_cache.setMaxBytes(bytes); }
  void setChromaSite(ChromaSite) override {}

 private:
  explicit SequenceReader(const ReadOptions& options) : m_options(options), m_cache(options.cacheBytes) {}
  Status start(const std::string& path);
  Result<Picture> asAsked(Picture picture) const;

  ReadOptions m_options;
  StopToken m_stop;
  ClipInfo m_info;
  std::vector<std::string> m_files;  // frame -> file; a gap repeats the file before it
  ByteCache<std::string, PicturePtr> m_cache;
};

/// True when the first bytes of a file are those of a still image kind that is read here.
bool looksLikeImage(const std::string& path);

}  // namespace pai::core
