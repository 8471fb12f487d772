// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "core/media/atomic_output.h"
#include "core/media/av_input.h"
#include "core/media/clip_writer.h"
#include "core/media/sound_encoder.h"

namespace pai::core {

/// A container file being written: one picture stream whose packets are timed in frames, and sound copied from a clip.
class AvOutput {
 public:
  /// `coded` describes the picture stream. Sound of `options.audioFrom` is added when it has any.
  static Result<std::unique_ptr<AvOutput>> create(const std::string& path, const WriteOptions& options,
                                                  const AVCodecParameters& coded);
  ~AvOutput();
  AvOutput(const AvOutput&) = delete;
  AvOutput& operator=(const AvOutput&) = delete;

  /// Takes a packet whose pts, dts and duration count frames, and the sound up to it.
  Status write(AVPacket& packet);
  /// Adds the sound up to the end of `frames` frames, completes the file and renames it into place.
  Status finish(std::int64_t frames);

  /// True when a muxer of this ending wants codec headers apart from the packets.
  static bool wantsGlobalHeader(const std::string& path);

 private:
  explicit AvOutput(WriteOptions options) : m_options(std::move(options)) {}
  Status start(const std::string& path, const AVCodecParameters& coded);
  Status addAudio();
  Status copyAudioUntil(double seconds);
  Status writeSound(AVPacket& packet, AVRational timeBase);
  Status failed(int code, const char* what);
  static int writeBytes(void* self, std::uint8_t* bytes, int count);
  static int readBytes(void* self, std::uint8_t* bytes, int count);
  static std::int64_t seekBytes(void* self, std::int64_t offset, int whence);

  WriteOptions m_options;
  std::unique_ptr<AtomicOutput> m_file;
  AVIOContext* m_io = nullptr;
  AVFormatContext* m_format = nullptr;
  std::unique_ptr<AvInput> m_sound;
  int m_soundStream = -1;
  double m_soundOrigin = 0.0;  // the sound clip's time that becomes 0 here
  AvPacketPtr m_soundPacket;
  bool m_soundPending = false, m_soundEnded = false;
  std::unique_ptr<SoundEncoder> m_soundEncoder;  // when the container cannot carry the clip's own kind
};

}  // namespace pai::core
