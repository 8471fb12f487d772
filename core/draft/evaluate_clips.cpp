// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "core/draft/evaluate.h"
#include "core/media/clip_reader.h"
#include "core/media/yuv_frame.h"

extern "C" {
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

namespace pai::core {
namespace {

struct SwsDeleter {
  void operator()(SwsContext* p) const { sws_freeContext(p); }
};

/// The planar format of a frame's planes; AV_PIX_FMT_NONE when there is none.
AVPixelFormat formatOf(const YuvFrame& f) {
  if (f.planeCount == 1) return f.bitDepth == 8 ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_NONE;
  if (f.colour.matrix == ColourTags::Matrix::kRgb) return AV_PIX_FMT_NONE;
  const int key = f.chromaShiftX * 10 + f.chromaShiftY;
  if (f.bitDepth == 8) {
    return key == 11 ? AV_PIX_FMT_YUV420P : key == 10 ? AV_PIX_FMT_YUV422P : key == 0 ? AV_PIX_FMT_YUV444P : AV_PIX_FMT_NONE;
  }
  if (f.bitDepth == 10) {
    return key == 11   ? AV_PIX_FMT_YUV420P10
           : key == 10 ? AV_PIX_FMT_YUV422P10
           : key == 0  ? AV_PIX_FMT_YUV444P10
                       : AV_PIX_FMT_NONE;
  }
  return AV_PIX_FMT_NONE;
}

int swsMatrix(ColourTags::Matrix m) {
  return m == ColourTags::Matrix::kBt709 ? SWS_CS_ITU709 : m == ColourTags::Matrix::kBt2020 ? SWS_CS_BT2020 : SWS_CS_ITU601;
}

cv::Mat bgrOf(const Picture& p) {
  cv::Mat out(p.height(), p.width(), CV_8UC3);
  for (int y = 0; y < p.height(); ++y) {
    const auto* in = p.row<std::uint8_t>(y);
    auto* o = out.ptr<cv::Vec3b>(y);
    for (int x = 0; x < p.width(); ++x, in += p.channels()) {
      o[x] = p.channels() >= 3 ? cv::Vec3b(in[2], in[1], in[0]) : cv::Vec3b(in[0], in[0], in[0]);
    }
  }
  return out;
}

/// Frames of a clip as ffmpeg's command gives them with bicubic, accurate_rnd and full_chroma_int, as the script reads them.
class BgrFrames {
 public:
  static Result<std::unique_ptr<BgrFrames>> open(const std::string& path) {
    ReadOptions options;
    options.alpha = false;
    options.cacheBytes = 16u << 20;
    auto reader = ClipReader::open(path, options);
    if (!reader) return reader.error();
    auto out = std::make_unique<BgrFrames>();
    out->m_reader = std::move(*reader);
    return out;
  }
  std::int64_t frames() const { return m_reader->info().frames; }
  Result<cv::Mat> read(FrameIndex frame) {
    auto yuv = m_reader->readYuv(frame);
    if (yuv && (*yuv)->rotationDegrees == 0 && formatOf(**yuv) != AV_PIX_FMT_NONE) return convert(**yuv);
    auto picture = m_reader->read(frame);
    if (!picture) return picture.error();
    return bgrOf(**picture);
  }

 private:
  Result<cv::Mat> convert(const YuvFrame& f) {
    if (f.planeCount == 1) return grey(f);
    const AVPixelFormat format = formatOf(f);
    if (!m_scaler) {
      m_scaler.reset(sws_getContext(f.width, f.height, format, f.width, f.height, AV_PIX_FMT_BGR24,
                                    SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr, nullptr, nullptr));
      if (!m_scaler) return Error{ErrorCode::kFormatUnsupported, "no conversion to RGB", m_reader->info().path, {}};
      sws_setColorspaceDetails(m_scaler.get(), sws_getCoefficients(swsMatrix(f.colour.matrix)), f.colour.fullRange ? 1 : 0,
                               sws_getCoefficients(SWS_CS_DEFAULT), 0, 0, 1 << 16, 1 << 16);
    }
    cv::Mat out(f.height, f.width, CV_8UC3);
    const std::uint8_t* planes[4] = {};
    int strides[4] = {};
    for (int i = 0; i < f.planeCount; ++i) {
      planes[i] = reinterpret_cast<const std::uint8_t*>(f.planes[i]);
      strides[i] = static_cast<int>(f.strides[i]);
    }
    std::uint8_t* target[4] = {out.data};
    const int targetStride[4] = {static_cast<int>(out.step)};
    sws_scale(m_scaler.get(), planes, strides, 0, f.height, target, targetStride);
    return out;
  }

  static cv::Mat grey(const YuvFrame& f) {
    cv::Mat out(f.height, f.width, CV_8UC3);
    for (int y = 0; y < f.height; ++y) {
      const auto* in = reinterpret_cast<const std::uint8_t*>(f.planes[0]) + f.strides[0] * y;
      auto* o = out.ptr<cv::Vec3b>(y);
      for (int x = 0; x < f.width; ++x) o[x] = cv::Vec3b(in[x], in[x], in[x]);
    }
    return out;
  }

  std::unique_ptr<ClipReader> m_reader;
  std::unique_ptr<SwsContext, SwsDeleter> m_scaler;
};

}  // namespace

Result<Scores> scoreClips(const std::string& gt, const std::string& result, const std::string& matte, const StopToken& stop,
                          const ProgressFn& progress) {
  std::array<std::unique_ptr<BgrFrames>, 3> clips;
  const std::array<const std::string*, 3> paths{&gt, &result, &matte};
  for (std::size_t i = 0; i < clips.size(); ++i) {
    auto opened = BgrFrames::open(*paths[i]);
    if (!opened) return opened.error();
    clips[i] = std::move(*opened);
  }
  const std::int64_t count = clips[0]->frames();
  for (std::size_t i = 1; i < clips.size(); ++i) {
    if (clips[i]->frames() != count) {
      return Error{ErrorCode::kSizeMismatch,
                   std::to_string(clips[i]->frames()) + " frames, the real clip has " + std::to_string(count), *paths[i], {}};
    }
  }
  std::int64_t next = 0;
  const auto source = [&]() -> Result<std::optional<ScoreFrame>> {
    if (next >= count) return std::optional<ScoreFrame>();
    std::array<cv::Mat, 3> mats;
    for (std::size_t i = 0; i < clips.size(); ++i) {
      auto m = clips[i]->read({next});
      if (!m) return m.error();
      mats[i] = *m;
    }
    ++next;
    if (progress) progress(static_cast<double>(next) / static_cast<double>(count));
    return std::optional<ScoreFrame>(ScoreFrame{mats[0], mats[1], mats[2]});
  };
  return score(source, stop);
}

}  // namespace pai::core
