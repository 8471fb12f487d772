// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/stop.h"
#include "core/base/time.h"
#include "core/media/picture.h"
#include "core/media/yuv_frame.h"

namespace pai::core {

/// What a file states about how it is coded, in FFmpeg's names; "" and 0 where it states nothing.
struct CodedFacts {
  std::string profile, pixelFormat;
  std::string primaries, transfer, matrix, range;  // range: "tv" or "pc"
  bool pixelAspect = false;                        // whether the shape of a pixel is stated; square otherwise
  std::string soundCodec, soundLayout;             // of the first sound
  int soundRate = 0;                               // samples a second
  std::int64_t soundBitRate = 0;                   // bits per second
  bool operator==(const CodedFacts&) const = default;
};

/// A transfer as CodedFacts names it; "" for kUnknown.
std::string codedTransferName(ColourTags::Transfer transfer);

/// What a clip is, read from its headers and one pass over its packets.
struct ClipInfo {
  std::string path;
  std::int64_t frames = 0;    // frames shown, after edit lists; exact
  FrameRate rate;             // constant rate the frames are shown at (VFR: mapped, `variableRate` is true)
  int width = 0, height = 0;  // as shown, after rotation, before the pixel aspect
  int pixelAspectNum = 1, pixelAspectDen = 1;
  int rotationDegrees = 0;    // clockwise turn already applied to the pictures: 0, 90, 180, 270
  bool interlaced = false, topFieldFirst = false;
  bool variableRate = false;
  bool hasAlpha = false;
  int bitsPerComponent = 8;
  bool hasAudio = false;
  ColourTags colour;          // as coded
  CodedFacts coded;
  std::int64_t sizeBytes = 0; // on disk, of a sequence all files together; 0 until somebody looked
  std::optional<Timecode> startTimecode;
  std::int64_t firstFrameNumber = 0;  // source number of frame 0 (sequences: the file's; else 0)
  std::string codec, container;
  std::int64_t bitRate = 0;   // bits per second
  std::vector<double> frameTimes;  // seconds from the first frame, one a frame
  std::vector<std::string> warnings;  // what an editor should know (interlaced, variable rate, damaged ...)
  bool operator==(const ClipInfo&) const = default;
};

struct ReadOptions {
  SampleType type = SampleType::kU8;   // kU8, kU16 (10-bit and above keep their precision) or kF32
  int maxWidth = 0, maxHeight = 0;     // 0: full size; else scaled down to fit (proxy, thumbnails)
  bool alpha = true;                   // 4 channels when the clip has alpha
  std::size_t cacheBytes = 128u << 20; // decoded frames kept for stepping back
  std::optional<FrameRate> sequenceRate;  // of image sequences; 24 when not said
};

/// Frame-accurate random access to a video file or an image sequence ("name.%04d.exr" or its first file's pattern).
/// Untrusted input: only whitelisted demuxers and protocols, nothing but the given file(s) is opened, sizes are bounded.
/// One reader is used by one thread at a time.
class ClipReader {
 public:
  virtual ~ClipReader() = default;
  /// Opens a clip. Errors: kFileMissing, kFormatUnknown, kFormatBroken, kFormatUnsupported, kLimitExceeded, kNoPicture.
  static Result<std::unique_ptr<ClipReader>> open(const std::string& path, const ReadOptions& options = {});
  virtual const ClipInfo& info() const = 0;
  /// The picture of a frame, RGB(A) full range in the clip's own transfer and primaries (EXR and float TIFF: linear for
  /// kF32, sRGB-coded for the others).
  /// A damaged frame gives its best reconstruction; kFormatBroken when there is none. kUsage when out of range.
  virtual Result<PicturePtr> read(FrameIndex frame) = 0;
  /// The planes of a frame as coded (before matrix, range, rotation and scaling), for fused passes. kFormatUnsupported for
  /// clips that are not YUV or planar RGB of up to 16 bits, such as EXR sequences.
  virtual Result<YuvFramePtr> readYuv(FrameIndex frame) = 0;
  /// Polled between the frames that are decoded on the way to the one asked for (kCancelled); what was decoded is kept.
  virtual void setStop(const StopToken& stop) = 0;
  /// Bytes of decoded frames kept, and how many may be.
  virtual std::size_t cachedBytes() const = 0;
  virtual void setCacheBytes(std::size_t bytes) = 0;
  /// Says where the clip's chroma samples lie, whatever its file says. Of no effect on clips without coarse chroma.
  virtual void setChromaSite(ChromaSite site) = 0;
};

}  // namespace pai::core
