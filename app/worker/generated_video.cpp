// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/generated_video.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include <opencv2/imgproc.hpp>

#include "app/worker/pack_pictures.h"
#include "app/worker/stage_prepare.h"
#include "core/base/tensor_values.h"

namespace pai::worker {

using core::Error;
using core::ErrorCode;
using core::JobFolder;
using core::Result;

namespace {

/// Frames, height and width that are the render's own, from what was prepared.
Result<std::array<std::int64_t, 3>> cropOf(const core::JobDirectory& directory) {
  const Result<std::string> path = directory.pathInside(JobFolder::kInput, kPreparedFile);
  if (!path) return path.error();
  const Result<core::SafetensorsHeader> header = core::readSafetensorsHeader(*path);
  if (!header) return header.error();
  const core::TensorEntry* const entry = header->find("crop");
  if (!entry || entry->shape != std::vector<std::int64_t>{3}) return Error{ErrorCode::kJobBroken, "the prepared input names no size", directory.path(), {}};
  const auto values = core::readTensorValues(*path, *entry, 3);
  if (!values) return values.error();
  std::array<std::int64_t, 3> out{};
  for (std::size_t i = 0; i < 3; ++i) out[i] = static_cast<std::int64_t>((*values)[i]);
  return out;
}

}  // namespace

Result<GeneratedVideo> GeneratedVideo::open(const core::JobDirectory& directory) {
  const auto crop = cropOf(directory);
  if (!crop) return crop.error();
  const Result<std::string> path = directory.pathInside(JobFolder::kLatents, core::kGeneratedFile);
  if (!path) return path.error();
  const Result<core::SafetensorsHeader> header = core::readSafetensorsHeader(*path);
  if (!header) return header.error();
  GeneratedVideo video;
  video.m_path = directory.plainPath(JobFolder::kLatents, core::kGeneratedFile);
  const core::TensorEntry* const entry = header->find("video");
  const auto [frames, height, width] = *crop;
  const bool fits = entry && entry->type == core::TensorType::kF32 && entry->shape.size() == 4 && entry->shape[0] == 3 && frames >= 1 &&
                    height >= 1 && width >= 1 && entry->shape[1] >= frames && entry->shape[2] >= height && entry->shape[3] >= width &&
                    entry->shape[2] <= 16384 && entry->shape[3] <= 16384;
  if (!fits) return Error{ErrorCode::kJobBroken, "the generated video does not fit what was prepared; render again", video.m_path, {}};
  Result<core::Descriptor> file = directory.openFile(JobFolder::kLatents, core::kGeneratedFile, O_RDONLY);
  if (!file) return std::move(file).error();
  video.m_file = std::move(file).value();
  video.m_entry = *entry;
  video.m_frames = frames;
  video.m_size = {static_cast<int>(width), static_cast<int>(height)};
  return video;
}

Result<cv::Mat> GeneratedVideo::frame(std::int64_t index) const {
  const auto rows = static_cast<int>(m_entry.shape[2]), columns = static_cast<int>(m_entry.shape[3]);
  const std::uint64_t plane = static_cast<std::uint64_t>(rows) * static_cast<std::uint64_t>(columns) * sizeof(float);
  std::vector<cv::Mat> planes;
  for (std::int64_t c = 0; c < 3; ++c) {
    cv::Mat whole(rows, columns, CV_32F);
    const std::uint64_t at = m_entry.offset + static_cast<std::uint64_t>(c * m_entry.shape[1] + index) * plane;
    for (std::uint64_t done = 0; done < plane;) {
      const ssize_t n = ::pread(m_file.get(), whole.data + done, plane - done, static_cast<off_t>(at + done));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return core::errnoError(n < 0 ? errno : EIO, "the generated video cannot be read", m_path);
      done += static_cast<std::uint64_t>(n);
    }
    planes.push_back(whole({0, 0, m_size.width, m_size.height}));
  }
  cv::Mat picture;
  cv::merge(planes, picture);
  picture.convertTo(picture, CV_32F, 0.5, 0.5);
  clampToUnit(picture);
  return picture;
}

}  // namespace pai::worker
