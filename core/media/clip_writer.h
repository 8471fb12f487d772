// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/media/picture.h"

namespace pai::core {

enum class Codec { kH264, kHevc10, kProRes422Hq, kProRes4444, kFfv1, kPng, kExr };

struct WriteOptions {
  Codec codec = Codec::kH264;
  int width = 0, height = 0;
  FrameRate rate;
  bool alpha = false;                  // kProRes4444, kFfv1, kPng, kExr
  ColourTags colour;                   // written as tags; pictures are converted from RGB with `colour.matrix`
  int pixelAspectNum = 1, pixelAspectDen = 1;
  std::optional<Timecode> startTimecode;
  std::int64_t firstFrameNumber = 0;   // of sequences
  std::string audioFrom;               // clip whose audio is passed through; "" = none
  double audioStartSeconds = 0.0;      // into that clip
  int quality = 0;                     // crf for H.264/HEVC; 0 = 15/16
};

/// Writes frames in order under a temporary name beside the target; `finish` renames it into place, destruction removes it.
/// Sequences are written into a folder aside and moved when complete. Nothing appears under its final name before it is complete.
class ClipWriter {
 public:
  virtual ~ClipWriter() = default;
  /// `path` by its ending (.mp4 .mov .mkv, %04d pattern for png/exr). Errors: kUsage, kFileUnwritable, kFormatUnsupported.
  static Result<std::unique_ptr<ClipWriter>> create(const std::string& path, const WriteOptions& options);
  /// Codec for an output path when none was chosen: .mp4 H.264, .mov ProRes 422 HQ, .mkv FFV1, pattern by its image ending.
  /// kUsage for an unknown ending.
  static Result<Codec> codecFor(const std::string& path);
  /// Appends a picture of the stated size (any sample type; 3 or 4 channels). Errors: kDiskFull, kEncodeFailed, kSizeMismatch.
  virtual Status write(const Picture& picture) = 0;
  /// Completes the file and renames it into place.
  virtual Status finish() = 0;
};

/// Ending of a segment file for a codec: ".mov", ".mkv", or ".%06d.png" and ".%06d.exr" for sequences.
std::string segmentEnding(Codec codec);

/// Joins segments that were written one after another with the same `options` (without audio) into `out`, frame by frame and
/// without encoding again; adds audio, timecode and tags as `options` say. Atomic like a ClipWriter.
/// Errors: those of readers and writers, kFormatUnsupported when the segments do not fit together.
Status joinSegments(const std::vector<std::string>& segments, const std::string& out, const WriteOptions& options);

}  // namespace pai::core
