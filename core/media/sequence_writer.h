// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/media/clip_writer.h"
#include "core/media/sequence.h"

namespace pai::core {

/// ClipWriter of PNG and EXR sequences.
class SequenceWriter final : public ClipWriter {
 public:
  static Result<std::unique_ptr<ClipWriter>> create(const std::string& path, const WriteOptions& options);
  Status write(const Picture& picture) override;
  Status finish() override;

 private:
  SequenceWriter(std::string path, WriteOptions options) : m_path(std::move(path)), m_options(std::move(options)) {}
  std::string m_path;
  WriteOptions m_options;
  std::unique_ptr<SequenceOutput> m_output;
  std::int64_t m_frames = 0;
};

}  // namespace pai::core
