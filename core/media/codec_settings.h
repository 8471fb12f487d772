// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/media/av.h"
#include "core/media/clip_writer.h"

namespace pai::core {

/// Lower-case ending of a path with its dot, e.g. ".mp4".
std::string endingOf(const std::string& path);
/// kUsage or kFormatUnsupported when a codec cannot go into a file of this ending, or the options make no sense.
Status checkWriteOptions(const std::string& path, const WriteOptions& options);
/// Name of FFmpeg's muxer for an ending: "mov", "mp4", "matroska".
const char* muxerFor(const std::string& ending);
/// Options with what is unknown filled in: matrix, quality.
WriteOptions completed(const WriteOptions& options);
/// Pixel format a codec is given pictures of this type in.
AVPixelFormat encodedFormat(const WriteOptions& options, SampleType type);
/// An opened encoder. `globalHeader` as the muxer asks. Errors: kFormatUnsupported, kEncodeFailed.
Result<AvCodecPtr> openEncoder(const WriteOptions& options, SampleType type, bool globalHeader, const std::string& path);

}  // namespace pai::core
