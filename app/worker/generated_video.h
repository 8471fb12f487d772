// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "core/base/result.h"
#include "core/base/safetensors.h"
#include "core/render/job_directory.h"

namespace pai::worker {

/// The video that the generate stage left (latents/video.safetensors), read a frame at a time, without its padding.
class GeneratedVideo {
 public:
  /// Errors: kFileMissing, kJobBroken where it does not fit what was prepared; those of the header.
  static core::Result<GeneratedVideo> open(const core::JobDirectory& directory);
  std::int64_t frames() const { return m_frames; }
  cv::Size size() const { return m_size; }
  /// Frame of the render, CV_32FC3 RGB display values in [0, 1]. Thread: one at a time.
  core::Result<cv::Mat> frame(std::int64_t index) const;

 private:
  GeneratedVideo() = default;
  core::Descriptor m_file;
  std::string m_path;
  core::TensorEntry m_entry;
  std::int64_t m_frames = 0;
  cv::Size m_size;
};

}  // namespace pai::worker
