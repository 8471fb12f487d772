// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/media/av_input.h"
#include "core/media/byte_cache.h"
#include "core/media/clip_index.h"
#include "core/media/clip_reader.h"
#include "core/media/yuv_frame.h"

struct SwsContext;

namespace pai::core {

/// ClipReader of a video file: an index of its packets, one decoder, and a cache of decoded frames bounded by bytes.
class VideoReader final : public ClipReader {
 public:
  static Result<std::unique_ptr<ClipReader>> open(const std::string& path, const ReadOptions& options);
  ~VideoReader() override;
  const ClipInfo& info() const override { return m_info; }
  Result<PicturePtr> read(FrameIndex frame) override;
  Result<YuvFramePtr> readYuv(FrameIndex frame) override;
  void setStop(const StopToken& stop) override { m_stop = stop; }
  std::size_t cachedBytes() const override { return m_cache.bytes(); }
  void setCacheBytes(std::size_t bytes) override { m_cache.setMaxBytes(bytes); }
  void setChromaSite(ChromaSite site) override { m_chromaSite = site; }

 private:
  struct Decoded {
    std::shared_ptr<const AVFrame> frame;
    bool damaged = false;
  };

  explicit VideoReader(const ReadOptions& options) : m_options(options), m_cache(options.cacheBytes) {}
  Status start(const std::string& path);
  Status openDecoder();
  Status indexByDecoding();
  void describe();
  void describeTimecode();
  void describeFirstFrame(const AVFrame& frame);
  void warn(const std::string& text);

  Result<Decoded> fetch(std::int64_t frame);
  Result<Decoded> decodeUntil(std::int64_t frame);
  Status positionAt(std::int32_t key);
  bool seekNear(std::int32_t key, int attempt);
  Status reopen();
  Status switchToOneThread();
  bool feed();
  /// Next frame out of the decoder; false at the end of the clip.
  bool decodeNext(AVFrame* frame, bool& damaged);
  void keep(std::int64_t frame, const Decoded& decoded);
  std::shared_ptr<const AVFrame> planar(std::shared_ptr<const AVFrame> frame);
  YuvFramePtr yuvOf(const Decoded& decoded);

  ReadOptions m_options;
  StopToken m_stop;
  ClipInfo m_info;
  std::optional<ChromaSite> m_chromaSite;  // instead of what the file says
  std::unique_ptr<AvInput> m_input;
  int m_stream = -1;
  ClipIndex m_index;
  AvCodecPtr m_decoder;
  AvPacketPtr m_packet;
  SwsContext* m_scaler = nullptr;

  // Where the demuxer and the decoder stand.
  std::int32_t m_nextPacket = 0;      // ordinal the demuxer gives next
  bool m_pending = false;             // m_packet holds a packet read while seeking
  std::int64_t m_lastOutput = -1;     // frame the decoder gave last
  std::int64_t m_validFrom = 0;       // frames before it miss their references
  bool m_drained = false;
  int m_errors = 0;                   // packets refused since the last output
  Decoded m_previous;
  bool m_damageSeen = false;
  bool m_single = false;              // one decoding thread: since damage was seen, see switchToOneThread

  ByteCache<std::int64_t, Decoded> m_cache;
  int m_damageWarnings = 0;
};

}  // namespace pai::core
