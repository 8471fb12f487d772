// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/media/av.h"

struct SwrContext;
struct AVAudioFifo;

namespace pai::core {

/// Sound as AAC, for files that cannot carry the clip's own kind.
class SoundEncoder {
 public:
  using Sink = std::function<Status(AVPacket&)>;  // pts in samples

  /// `path` is the file that is written, for errors. kFormatUnsupported when the sound cannot be decoded.
  static Result<std::unique_ptr<SoundEncoder>> create(const AVStream& sound, bool globalHeader, const std::string& path);
  ~SoundEncoder();
  SoundEncoder(const SoundEncoder&) = delete;
  SoundEncoder& operator=(const SoundEncoder&) = delete;

  const AVCodecContext& encoder() const { return *m_encoder; }
  /// Takes a packet of the clip; what lies before `originSeconds` of the clip is dropped, a later start is silence.
  Status add(const AVPacket& packet, double originSeconds, const Sink& sink);
  /// Ends the sound at `seconds`.
  Status finish(double seconds, const Sink& sink);

 private:
  explicit SoundEncoder(std::string path) : m_path(std::move(path)) {}
  Status open(const AVStream& sound, bool globalHeader);
  Status take(const AVFrame* frame, double originSeconds);
  Status encode(bool all, const Sink& sink);
  Status drain(const Sink& sink);
  Status failed(const char* what, int code) const;

  std::string m_path;
  AVRational m_timeBase{1, 1};
  AvCodecPtr m_decoder, m_encoder;
  AvFramePtr m_frame;
  AvPacketPtr m_packet;
  SwrContext* m_converter = nullptr;
  AVAudioFifo* m_waiting = nullptr;
  bool m_started = false;
  std::int64_t m_skip = 0;     // samples still to be dropped
  std::int64_t m_encoded = 0;  // samples given to the encoder
};

}  // namespace pai::core
