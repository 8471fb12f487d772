// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/codec_settings.h"

#include <algorithm>
#include <cctype>

extern "C" {
#include <libavutil/opt.h>
}

namespace pai::core {

namespace {

constexpr int kDefaultQuality = 16, kDefaultH264Quality = 15;  // H.264 looks less far ahead, and so spends less on what stays
/// Threads change the bits of x264; a fixed number keeps results the same on every machine. One: each further one holds pictures of
/// its own (90 MB at 1080p for three), and encoding has a thread beside the drawing anyway.
constexpr int kEncoderThreads = 1;

Error cannot(const std::string& path, std::string what) {
  return {ErrorCode::kFormatUnsupported, std::move(what), path, {}};
}

const char* encoderName(Codec codec) {
  switch (codec) {
    case Codec::kH264: return "libx264";
    case Codec::kHevc10: return "libx265";
    case Codec::kProRes422Hq:
    case Codec::kProRes4444: return "prores_ks";
    default: return "ffv1";
  }
}

bool hasAvx512() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") != 0;
#else
  return false;
#endif
}

/// Private options of the encoder, fixed so that the same pictures give the same file.
void setEncoderOptions(AVCodecContext& context, const WriteOptions& options) {
  const auto set = [&](const char* name, const std::string& value) {
    av_opt_set(context.priv_data, name, value.c_str(), 0);
  };
  switch (options.codec) {
    case Codec::kH264:
      set("preset", "fast");
      set("rc-lookahead", "4");  // each further picture takes 6 MB at 1080p
      set("crf", std::to_string(options.quality));
      // With AVX-512 x264 164 takes in memory that nobody wrote: the same pictures gave another file from run to run.
      if (hasAvx512()) set("x264-params", "asm=avx2");
      break;
    case Codec::kHevc10:
      set("preset", "fast");
      set("crf", std::to_string(options.quality));
      set("x265-params", "log-level=none:open-gop=0:frame-threads=1:info=0");
      break;
    case Codec::kProRes422Hq:
      set("profile", "hq");
      set("vendor", "apl0");
      break;
    case Codec::kProRes4444:
      set("profile", "4444");
      set("vendor", "apl0");
      set("alpha_bits", options.alpha ? "16" : "0");
      break;
    default:
      context.level = 3;
      context.gop_size = 1;
      set("slices", "4");
      set("slicecrc", "1");
      break;
  }
}

}  // namespace

std::string endingOf(const std::string& path) {
  const std::size_t slash = path.rfind('/'), dot = path.rfind('.');
  if (dot == std::string::npos || (slash != std::string::npos && dot < slash)) return "";
  std::string ending = path.substr(dot);
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending;
}

const char* muxerFor(const std::string& ending) {
  return ending == ".mp4" ? "mp4" : ending == ".mov" ? "mov" : "matroska";
}

Status checkWriteOptions(const std::string& path, const WriteOptions& options) {
  if (options.width <= 0 || options.height <= 0)
    return Error{ErrorCode::kUsage, "the output has no size", path, {}};
  if (options.width > kMaxClipSide || options.height > kMaxClipSide ||
      std::int64_t{options.width} * options.height > kMaxClipPixels)
    return Error{ErrorCode::kLimitExceeded, "the output is larger than 16384 a side or 64 megapixels", path, {}};
  const std::string ending = endingOf(path);
  const bool sequence = options.codec == Codec::kPng || options.codec == Codec::kExr;
  if (sequence) {
    if (ending != (options.codec == Codec::kPng ? ".png" : ".exr"))
      return cannot(path, "a sequence of this kind needs a name like name.%04d.png or name.%04d.exr");
    return {};
  }
  if (ending != ".mp4" && ending != ".mov" && ending != ".mkv")
    return Error{ErrorCode::kUsage, "the ending is none of .mp4, .mov, .mkv, .png, .exr", path, {}};
  const bool prores = options.codec == Codec::kProRes422Hq || options.codec == Codec::kProRes4444;
  if (prores && ending == ".mp4") return cannot(path, "ProRes does not go into .mp4; use .mov");
  if (options.codec == Codec::kFfv1 && ending == ".mp4") return cannot(path, "FFV1 does not go into .mp4; use .mkv");
  if (options.alpha && options.codec != Codec::kProRes4444 && options.codec != Codec::kFfv1)
    return cannot(path, "this codec has no alpha; use ProRes 4444, FFV1, PNG or EXR");
  return {};
}

WriteOptions completed(const WriteOptions& options) {
  WriteOptions full = options;
  if (full.quality <= 0) full.quality = options.codec == Codec::kH264 ? kDefaultH264Quality : kDefaultQuality;
  const bool standard = options.width <= 1024 && options.height <= 576;
  auto& matrix = full.colour.matrix;
  if (options.codec == Codec::kFfv1) {
    matrix = ColourTags::Matrix::kRgb;
    full.colour.fullRange = true;
  } else if (matrix == ColourTags::Matrix::kUnknown || matrix == ColourTags::Matrix::kRgb) {
    using Primaries = ColourTags::Primaries;
    matrix = options.colour.primaries == Primaries::kBt2020 ? ColourTags::Matrix::kBt2020
             : standard && options.colour.primaries != Primaries::kBt709 ? ColourTags::Matrix::kBt601
                                                                         : ColourTags::Matrix::kBt709;
    full.colour.fullRange = false;
  }
  return full;
}

AVPixelFormat encodedFormat(const WriteOptions& options, SampleType type) {
  const bool odd = options.width % 2 != 0 || options.height % 2 != 0;
  switch (options.codec) {
    case Codec::kH264: return odd ? AV_PIX_FMT_YUV444P : AV_PIX_FMT_YUV420P;
    case Codec::kHevc10: return odd ? AV_PIX_FMT_YUV444P10LE : AV_PIX_FMT_YUV420P10LE;
    case Codec::kProRes422Hq: return AV_PIX_FMT_YUV422P10LE;
    case Codec::kProRes4444: return options.alpha ? AV_PIX_FMT_YUVA444P10LE : AV_PIX_FMT_YUV444P10LE;
    default: break;
  }
  if (type == SampleType::kU8) return options.alpha ? AV_PIX_FMT_RGB32 : AV_PIX_FMT_0RGB32;
  return options.alpha ? AV_PIX_FMT_GBRAP16LE : AV_PIX_FMT_GBRP16LE;
}

Result<AvCodecPtr> openEncoder(const WriteOptions& options, SampleType type, bool globalHeader,
                               const std::string& path) {
  quietFfmpeg();
  const AVCodec* codec = avcodec_find_encoder_by_name(encoderName(options.codec));
  if (!codec) return cannot(path, std::string("FFmpeg here has no ") + encoderName(options.codec));
  AvCodecPtr context(avcodec_alloc_context3(codec));
  if (!context) return Error{ErrorCode::kOutOfMemory, "no memory for the encoder", path, {}};
  context->width = options.width;
  context->height = options.height;
  context->pix_fmt = encodedFormat(options, type);
  context->time_base = {options.rate.den(), options.rate.num()};
  context->framerate = {options.rate.num(), options.rate.den()};
  context->sample_aspect_ratio = {options.pixelAspectNum, options.pixelAspectDen};
  context->colorspace = avMatrix(options.colour.matrix);
  context->color_trc = avTransfer(options.colour.transfer);
  context->color_primaries = avPrimaries(options.colour.primaries);
  context->color_range = options.colour.fullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  context->chroma_sample_location = AVCHROMA_LOC_LEFT;
  context->thread_count = options.codec == Codec::kH264 ? kEncoderThreads : mediaThreads();
  context->gop_size = 2 * options.rate.nominal();
  context->flags |= AV_CODEC_FLAG_BITEXACT;
  if (globalHeader) context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  setEncoderOptions(*context, options);
  if (const int code = avcodec_open2(context.get(), codec, nullptr); code < 0)
    return Error{ErrorCode::kEncodeFailed,
                 std::string("the ") + codec->name + " encoder refuses " + std::to_string(options.width) + " x " +
                     std::to_string(options.height) + " (" + avErrorText(code) + ")",
                 path,
                 {}};
  return context;
}

}  // namespace pai::core
