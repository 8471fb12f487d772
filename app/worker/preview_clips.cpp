// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/preview_clips.h"

#include <algorithm>

#include "app/worker/life.h"
#include "app/worker/preview_encode.h"
#include "core/media/image_file.h"
#include "core/media/proxy.h"
#include "core/media/sequence.h"
#include "core/media/yuv_frame.h"

namespace pai::worker {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

void PreviewClips::open(std::int64_t clip, const std::string& path, Opened opened) {
  know(clip, path);
  m_cache.describe(path, [this, clip, path, opened = std::move(opened)](const Result<core::ClipInfo>& info) {
    if (!info) {
      const std::scoped_lock lock(m_mutex);
      m_paths.erase(clip);
    }
    if (!info) return m_reply.fail(clip, info.error());
    core::ClipInfo described = *info;
    described.sizeBytes = core::clipSizeBytes(path);
    m_reply.send("clip", clip, {{"info", clipInfoJson(described)}});
    if (opened) opened(clip, *info);
  }, clip);
}

void PreviewClips::know(std::int64_t clip, const std::string& path) {
  const std::scoped_lock lock(m_mutex);
  m_paths[clip] = path;
}

void PreviewClips::close(std::int64_t clip) {
  const std::scoped_lock lock(m_mutex);
  const auto closed = m_paths.find(clip);
  if (closed == m_paths.end()) return;
  const std::string path = closed->second;
  m_paths.erase(closed);
  const bool used = std::any_of(m_paths.begin(), m_paths.end(), [&](const auto& other) { return other.second == path; });
  if (!used) m_cache.forget(path);
}

void PreviewClips::frame(std::int64_t ticket, const FrameWanted& wanted) {
  core::FrameCache::Key key;
  {
    const std::scoped_lock lock(m_mutex);
    const auto path = m_paths.find(wanted.clip);
    if (path != m_paths.end()) key = {path->second, wanted.frame.value, wanted.maxWidth, wanted.maxHeight};
  }
  if (key.path.empty()) return m_reply.fail(ticket, Error{ErrorCode::kUsage, "the clip is not open", "", {}});
  m_cache.request(key, [this, ticket, view = wanted.view](const core::FrameCache::Key&, const Result<core::PicturePtr>& picture) {
    const Status sent = guarded([&]() -> Status {
      if (!picture) return picture.error();
      ImageParcel parcel;
      if (!view) {
        if (Status s = parcel.add("frame", **picture); !s) return s;
      } else {
        Result<core::Picture> shown = m_colour.toScreen(**picture, *view);
        if (!shown) return std::move(shown).error();
        if (Status s = parcel.add("frame", *shown); !s) return s;
      }
      m_reply.send("frame", ticket, {{"images", parcel.takeJson()}}, parcel.takeMemory());
      return {};
    });
    if (!sent) m_reply.fail(ticket, sent.error());
  }, ticket);
}

namespace {

/// What a still is: a clip of one frame.
Result<core::ClipInfo> stillInfo(const std::string& path, const core::Picture& picture) {
  auto reader = core::ClipReader::open(path);
  if (!reader) return std::move(reader).error();
  core::ClipInfo info = (*reader)->info();
  info.sizeBytes = core::clipSizeBytes(path);
  if (info.coded.transfer.empty()) info.coded.transfer = core::codedTransferName(picture.colour.transfer);
  return info;
}

}  // namespace

Status sendStill(PreviewReply& reply, PreviewColour& colour, std::int64_t ticket, const StillWanted& wanted) {
  Result<core::Picture> picture = core::readImage(wanted.path);
  if (!picture) return std::move(picture).error();
  Result<core::Picture> shown = core::scaledToFit(*picture, wanted.maxWidth, wanted.maxHeight);
  if (wanted.view) shown = colour.toScreen(*shown, *wanted.view);
  if (!shown) return std::move(shown).error();
  ImageParcel parcel;
  if (Status s = parcel.add("image", *shown); !s) return s;
  Result<core::ClipInfo> info = stillInfo(wanted.path, *picture);
  if (!info) return std::move(info).error();
  reply.send("image", ticket, {{"info", clipInfoJson(*info)}, {"images", parcel.takeJson()}}, parcel.takeMemory());
  return {};
}

Status sendProxy(PreviewReply& reply, std::int64_t ticket, const std::string& path, const std::string& out,
                 const core::StopToken& stop) {
  removePartFiles(out, 0);
  double told = 0.0;
  Status made = core::makeProxy(path, out, stop, [&](double fraction) {
    if (fraction < told + 0.01) return;
    told = fraction;
    reply.send("progress", ticket, {{"fraction", fraction}});
  });
  if (!made) return made;
  reply.send("done", ticket);
  return {};
}

}  // namespace pai::worker
