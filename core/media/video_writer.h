// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/media/av_output.h"

namespace pai::core {

/// ClipWriter of a container file: encodes pictures and hands packets to an AvOutput.
class VideoWriter final : public ClipWriter {
 public:
  static Result<std::unique_ptr<ClipWriter>> create(const std::string& path, const WriteOptions& options);
  Status write(const Picture& picture) override;
  Status finish() override;

 private:
  VideoWriter(std::string path, WriteOptions options) : m_path(std::move(path)), m_options(std::move(options)) {}
  Status begin(SampleType type);
  Status encode(AVFrame* frame);

  std::string m_path;
  WriteOptions m_options;
  SampleType m_type = SampleType::kU8;
  std::unique_ptr<AtomicOutput> m_probe;  // proves at creation that the folder can be written to
  AvCodecPtr m_encoder;
  std::unique_ptr<AvOutput> m_output;
  AvPacketPtr m_packet;
  AvFramePtr m_frame;
  std::int64_t m_frames = 0, m_packets = 0;
  bool m_finished = false;
};

}  // namespace pai::core
