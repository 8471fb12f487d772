// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/preview_clips.h"

#include <algorithm>

#include "app/worker/life.h"
#include "app/worker/preview_encode.h"
#include "core/media/clip_writer.h"
#include "core/media/image_file.h"
#include "core/media/yuv_frame.h"

namespace pai::worker {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

namespace {

constexpr std::size_t kMostReaders = 6;
constexpr int kProxyWidth = 960, kProxyHeight = 540;

core::SampleType bestType(const core::ClipInfo& info) {
  if (info.colour.transfer == core::ColourTags::Transfer::kLinear) return core::SampleType::kF32;
  return info.bitsPerComponent > 8 ? core::SampleType::kU16 : core::SampleType::kU8;
}

}  // namespace

Result<core::ClipReader*> PreviewClips::readerFor(const FrameWanted& wanted) {
  for (auto it = m_readers.begin(); it != m_readers.end(); ++it) {
    if (it->clip != wanted.clip || it->maxWidth != wanted.maxWidth || it->maxHeight != wanted.maxHeight) continue;
    m_readers.splice(m_readers.begin(), m_readers, it);
    return m_readers.front().reader.get();
  }
  const auto path = m_paths.find(wanted.clip);
  if (path == m_paths.end()) return Error{ErrorCode::kUsage, "the clip is not open", "", {}};
  core::ReadOptions options;
  options.maxWidth = wanted.maxWidth;
  options.maxHeight = wanted.maxHeight;
  options.cacheBytes = std::max<std::size_t>(16u << 20, m_cacheBytes / 4);
  Result<std::unique_ptr<core::ClipReader>> reader = core::ClipReader::open(path->second, options);
  if (!reader) return std::move(reader).error();
  if (const core::SampleType type = bestType((*reader)->info()); type != options.type) {
    options.type = type;
    reader = core::ClipReader::open(path->second, options);
    if (!reader) return std::move(reader).error();
  }
  m_readers.push_front({wanted.clip, wanted.maxWidth, wanted.maxHeight, std::move(reader).value()});
  if (m_readers.size() > kMostReaders) m_readers.pop_back();
  return m_readers.front().reader.get();
}

Status PreviewClips::open(std::int64_t clip, const std::string& path) {
  m_paths[clip] = path;
  Result<core::ClipReader*> reader = readerFor({clip, {}, 0, 0});
  if (!reader) {
    m_paths.erase(clip);
    return std::move(reader).error();
  }
  m_reply.send("clip", clip, {{"info", clipInfoJson((*reader)->info())}});
  return {};
}

void PreviewClips::close(std::int64_t clip) {
  m_paths.erase(clip);
  m_readers.remove_if([clip](const Opened& o) { return o.clip == clip; });
}

Status PreviewClips::frame(std::int64_t ticket, const FrameWanted& wanted) {
  Result<core::ClipReader*> reader = readerFor(wanted);
  if (!reader) return std::move(reader).error();
  Result<core::PicturePtr> picture = (*reader)->read(wanted.frame);
  if (!picture) return std::move(picture).error();
  ImageParcel parcel;
  if (Status s = parcel.add("frame", **picture); !s) return s;
  m_reply.send("frame", ticket, {{"images", parcel.takeJson()}}, parcel.takeMemory());
  return {};
}

Status sendStill(PreviewReply& reply, std::int64_t ticket, const std::string& path, int maxWidth, int maxHeight) {
  Result<core::Picture> picture = core::readImage(path);
  if (!picture) return std::move(picture).error();
  ImageParcel parcel;
  if (Status s = parcel.add("image", core::scaledToFit(*picture, maxWidth, maxHeight)); !s) return s;
  reply.send("image", ticket, {{"width", picture->width()}, {"height", picture->height()}, {"images", parcel.takeJson()}}, parcel.takeMemory());
  return {};
}

Status makeProxy(PreviewReply& reply, std::int64_t ticket, const std::string& path, const std::string& out,
                 const core::StopToken& stop) {
  removePartFiles(out, 0);
  core::ReadOptions read;
  read.maxWidth = kProxyWidth;
  read.maxHeight = kProxyHeight;
  read.alpha = false;
  read.cacheBytes = 16u << 20;
  Result<std::unique_ptr<core::ClipReader>> reader = core::ClipReader::open(path, read);
  if (!reader) return std::move(reader).error();
  const core::ClipInfo& info = (*reader)->info();
  std::unique_ptr<core::ClipWriter> writer;
  for (std::int64_t f = 0; f < info.frames; ++f) {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "", path, {}};
    Result<core::PicturePtr> picture = (*reader)->read({f});
    if (!picture) return std::move(picture).error();
    if (!writer) {
      core::WriteOptions options;
      options.codec = core::Codec::kProRes422Hq;
      options.width = (*picture)->width();
      options.height = (*picture)->height();
      options.rate = info.rate;
      options.colour = info.colour;
      options.colour.fullRange = false;
      if (options.colour.matrix == core::ColourTags::Matrix::kUnknown || options.colour.matrix == core::ColourTags::Matrix::kRgb)
        options.colour.matrix = core::ColourTags::Matrix::kBt709;
      options.startTimecode = info.startTimecode;
      Result<std::unique_ptr<core::ClipWriter>> made = core::ClipWriter::create(out, options);
      if (!made) return std::move(made).error();
      writer = std::move(made).value();
    }
    if (Status s = writer->write(**picture); !s) return s;
    if (f % 8 == 0) reply.send("progress", ticket, {{"fraction", static_cast<double>(f) / static_cast<double>(info.frames)}});
  }
  if (!writer) return Error{ErrorCode::kNoPicture, "", path, {}};
  if (Status s = writer->finish(); !s) return s;
  reply.send("done", ticket);
  return {};
}

}  // namespace pai::worker
