// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/clip_writer.h"

#include "core/media/codec_settings.h"
#include "core/media/sequence_writer.h"
#include "core/media/video_writer.h"

namespace pai::core {

Result<std::unique_ptr<ClipWriter>> ClipWriter::create(const std::string& path, const WriteOptions& options) {
  if (Status fits = checkWriteOptions(path, options); !fits) return std::move(fits).error();
  if (options.codec == Codec::kPng || options.codec == Codec::kExr) return SequenceWriter::create(path, options);
  return VideoWriter::create(path, options);
}

Result<Codec> ClipWriter::codecFor(const std::string& path) {
  const std::string ending = endingOf(path);
  if (ending == ".mp4") return Codec::kH264;
  if (ending == ".mov") return Codec::kProRes422Hq;
  if (ending == ".mkv") return Codec::kFfv1;
  if (ending == ".png") return Codec::kPng;
  if (ending == ".exr") return Codec::kExr;
  return Error{ErrorCode::kUsage, "the ending is none of .mp4, .mov, .mkv, .png, .exr", path, {}};
}

std::string segmentEnding(Codec codec) {
  switch (codec) {
    case Codec::kPng: return ".%06d.png";
    case Codec::kExr: return ".%06d.exr";
    case Codec::kProRes422Hq:
    case Codec::kProRes4444: return ".mov";
    default: return ".mkv";
  }
}

}  // namespace pai::core
