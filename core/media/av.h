// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/media/picture.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/pixdesc.h>
}

namespace pai::core {

/// Frees FFmpeg objects.
struct AvDeleter {
  void operator()(AVFrame* p) const { av_frame_free(&p); }
  void operator()(AVPacket* p) const { av_packet_free(&p); }
  void operator()(AVCodecContext* p) const { avcodec_free_context(&p); }
};
using AvFramePtr = std::unique_ptr<AVFrame, AvDeleter>;
using AvPacketPtr = std::unique_ptr<AVPacket, AvDeleter>;
using AvCodecPtr = std::unique_ptr<AVCodecContext, AvDeleter>;

/// Text of an FFmpeg error code.
std::string avErrorText(int code);
/// Keeps FFmpeg from printing to standard error; called before the first use.
void quietFfmpeg();
/// Threads to decode and encode with: PAI_THREADS or the number of cores, 1 to 16.
int mediaThreads();

/// Bytes of an AVIOContext's buffer.
inline constexpr int kIoBuffer = 256 * 1024;
/// An `io_open` that refuses: a (de)muxer opens no file but the one it was given.
int refuseOpen(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**);

/// Largest picture any reader or writer of clips takes.
inline constexpr int kMaxClipSide = 16384;
inline constexpr std::int64_t kMaxClipPixels = 67108864;  // 64 Mpx, 8K has 33

/// Our tags from FFmpeg's and back. `matrixOr` fills an untagged matrix.
ColourTags colourTags(AVColorSpace matrix, AVColorTransferCharacteristic transfer, AVColorPrimaries primaries,
                      AVColorRange range);
AVColorSpace avMatrix(ColourTags::Matrix matrix);
AVColorTransferCharacteristic avTransfer(ColourTags::Transfer transfer);
AVColorPrimaries avPrimaries(ColourTags::Primaries primaries);

}  // namespace pai::core
