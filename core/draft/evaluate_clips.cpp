// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "core/draft/evaluate.h"
#include "core/media/clip_reader.h"
#include "core/media/swscale_bgr.h"

namespace pai::core {
namespace {

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
    if (yuv && (*yuv)->planeCount == 1 && (*yuv)->bitDepth == 8 && (*yuv)->rotationDegrees == 0) return grey(**yuv);
    if (yuv && SwscaleBgr::accepts(**yuv)) return convert(**yuv);
    auto picture = m_reader->read(frame);
    if (!picture) return picture.error();
    return bgrOf(**picture);
  }

 private:
  Result<cv::Mat> convert(const YuvFrame& f) {
    cv::Mat out(f.height, f.width, CV_8UC3);
    if (const Status done = m_scaler.convert(f, out.data, out.step); !done) {
      Error error = done.error();
      error.context = m_reader->info().path;
      return error;
    }
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
  SwscaleBgr m_scaler;
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
