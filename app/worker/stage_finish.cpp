// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/stage_finish.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "app/worker/generated_video.h"
#include "app/worker/pack_pictures.h"

namespace pai::worker {

using core::CameraCurve;
using core::ClipInfo;
using core::DraftEngine;
using core::DraftFrame;
using core::DraftRequest;
using core::Error;
using core::ErrorCode;
using core::FrameIndex;
using core::Picture;
using core::Result;
using core::Status;

namespace {

constexpr float kSolid = 0.97f;
constexpr double kLightWidth = 1.0 / 12.0;  // of the picture's width: the blur under which light, not texture, is left
constexpr double kMostLight = 2.5;          // times and parts that light may change

/// Mean of a picture where `weight` is, blurred, as if the rest were not there.
cv::Mat weightedBlur(const cv::Mat& picture, const cv::Mat& weight, double sigma) {
  cv::Mat heavy, sum, total, out(picture.size(), CV_32FC3);
  cv::cvtColor(weight, heavy, cv::COLOR_GRAY2RGB);
  cv::GaussianBlur(picture.mul(heavy), sum, {0, 0}, sigma, sigma, cv::BORDER_REPLICATE);
  cv::GaussianBlur(weight, total, {0, 0}, sigma, sigma, cv::BORDER_REPLICATE);
  for (int y = 0; y < out.rows; ++y)
    for (int x = 0; x < out.cols; ++x) out.at<cv::Vec3f>(y, x) = sum.at<cv::Vec3f>(y, x) * (1.0f / std::max(1e-6f, total.at<float>(y, x)));
  return out;
}

/// The generation's light over the plate's, per channel, where the subject is; smooth.
cv::Mat lightRatio(const cv::Mat& generated, const cv::Mat& subject, const cv::Mat& solid) {
  const double sigma = std::max(1.0, generated.cols * kLightWidth);
  const cv::Mat over = weightedBlur(generated, solid, sigma), under = weightedBlur(subject, solid, sigma);
  cv::Mat ratio(over.size(), CV_32FC3, cv::Scalar::all(1.0));
  if (cv::sum(solid)[0] < 1.0) return ratio;
  for (int y = 0; y < ratio.rows; ++y)
    for (int x = 0; x < ratio.cols; ++x)
      for (int c = 0; c < 3; ++c) {
        const float value = (over.at<cv::Vec3f>(y, x)[c] + 0.02f) / (under.at<cv::Vec3f>(y, x)[c] + 0.02f);
        ratio.at<cv::Vec3f>(y, x)[c] = std::clamp(value, static_cast<float>(1.0 / kMostLight), static_cast<float>(kMostLight));
      }
  return ratio;
}

/// The generated background without the subject: what lies behind it comes from around it, ever farther.
cv::Mat behindSubject(const cv::Mat& generated, const cv::Mat& alpha) {
  cv::Mat known;
  cv::dilate(alpha, known, cv::Mat::ones(3, 3, CV_8U));
  known = 1.0 - known;
  cv::Mat out = generated.clone(), filled = known.clone();
  for (double sigma = 1.0; sigma < 2.0 * generated.cols; sigma *= 2.0) {
    cv::Mat reach;
    cv::GaussianBlur(known, reach, {0, 0}, sigma, sigma, cv::BORDER_REPLICATE);
    const cv::Mat mean = weightedBlur(generated, known, sigma);
    for (int y = 0; y < out.rows; ++y)
      for (int x = 0; x < out.cols; ++x) {
        float& has = filled.at<float>(y, x);
        const float take = std::min(1.0f - has, std::clamp(reach.at<float>(y, x) * 4.0f, 0.0f, 1.0f));
        if (take <= 0.0f) continue;
        cv::Vec3f& to = out.at<cv::Vec3f>(y, x);
        to = (to * has + mean.at<cv::Vec3f>(y, x) * take) * (1.0f / (has + take));
        has += take;
      }
  }
  return out;
}

cv::Mat grey8(const cv::Mat& rgb) {
  cv::Mat grey, bytes;
  cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
  grey.convertTo(bytes, CV_8U, 255.0);
  return bytes;
}

/// Detail that the enlarged background lacks, from the draft's background moved onto it by dense flow. It counts where the two
/// agree in all that the generation can show.
cv::Mat withDetail(const cv::Mat& enlarged, const cv::Mat& draft, double scale) {
  const cv::Size small(std::max(32, enlarged.cols / 4), std::max(32, enlarged.rows / 4));
  const double sigma = std::max(0.5, 0.6 * scale);
  cv::Mat draftLow, here, there, flow;
  cv::GaussianBlur(draft, draftLow, {0, 0}, sigma, sigma, cv::BORDER_REPLICATE);
  cv::resize(enlarged, here, small, 0, 0, cv::INTER_AREA);
  cv::resize(draftLow, there, small, 0, 0, cv::INTER_AREA);
  cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_FAST)->calc(grey8(here), grey8(there), flow);
  cv::resize(flow, flow, enlarged.size(), 0, 0, cv::INTER_LINEAR);
  const float across = static_cast<float>(enlarged.cols) / static_cast<float>(small.width), down = static_cast<float>(enlarged.rows) / static_cast<float>(small.height);
  cv::Mat map(enlarged.size(), CV_32FC2), moved, movedLow;
  for (int y = 0; y < map.rows; ++y)
    for (int x = 0; x < map.cols; ++x) {
      const cv::Vec2f f = flow.at<cv::Vec2f>(y, x);
      map.at<cv::Vec2f>(y, x) = {static_cast<float>(x) + f[0] * across, static_cast<float>(y) + f[1] * down};
    }
  cv::remap(draft, moved, map, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::remap(draftLow, movedLow, map, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::Mat difference;
  cv::absdiff(enlarged, movedLow, difference);
  cv::cvtColor(difference, difference, cv::COLOR_RGB2GRAY);
  cv::GaussianBlur(difference, difference, {0, 0}, sigma, sigma, cv::BORDER_REPLICATE);
  cv::Mat out = enlarged.clone();
  for (int y = 0; y < out.rows; ++y)
    for (int x = 0; x < out.cols; ++x) {
      const float trust = std::clamp(1.5f - difference.at<float>(y, x) / 0.06f, 0.0f, 1.0f);
      out.at<cv::Vec3f>(y, x) += (moved.at<cv::Vec3f>(y, x) - movedLow.at<cv::Vec3f>(y, x)) * trust;
    }
  return out;
}

cv::Mat resized(const cv::Mat& picture, cv::Size size) {
  if (picture.size() == size) return picture;
  cv::Mat out;
  cv::resize(picture, out, size, 0, 0, size.width < picture.cols ? cv::INTER_AREA : cv::INTER_CUBIC);
  return out;
}

class GeneratedEngine final : public DraftEngine {
 public:
  GeneratedEngine(std::unique_ptr<DraftEngine> draft, GeneratedVideo video, core::FrameRange range, bool references)
      : m_draft(std::move(draft)), m_video(std::move(video)), m_range(range), m_references(references) {}

  Status update(const core::Job& job) override { return m_draft->update(job); }
  Status prepare(const core::StopToken& stop, const core::ProgressFn& progress) override { return m_draft->prepare(stop, progress); }
  Status solveCamera(const core::StopToken& stop, const core::ProgressFn& progress) override { return m_draft->solveCamera(stop, progress); }
  Status takeCamera(CameraCurve camera) override { return m_draft->takeCamera(std::move(camera)); }
  void releaseSources() override { m_draft->releaseSources(); }
  Result<DraftFrame> render(FrameIndex frame, const DraftRequest& request) override;
  const ClipInfo& plate() const override { return m_draft->plate(); }
  std::int64_t frames() const override { return m_draft->frames(); }
  const CameraCurve& camera() const override { return m_draft->camera(); }
  const core::LightCurve& light() const override { return m_draft->light(); }
  Result<core::MatteReportFrame> matteReport(FrameIndex frame) override { return m_draft->matteReport(frame); }
  Result<std::vector<core::RepairFacts>> matteRepairs(FrameIndex frame) override { return m_draft->matteRepairs(frame); }
  std::vector<std::string> warnings() const override;

 private:
  void measure(const cv::Mat& lit, const cv::Mat& generated, const cv::Mat& solid);
  std::unique_ptr<DraftEngine> m_draft;
  GeneratedVideo m_video;
  core::FrameRange m_range;
  bool m_references;
  double m_difference = 0.0, m_measured = 0.0;  // of lit subject and generation, where the matte is solid
};

Result<DraftFrame> GeneratedEngine::render(FrameIndex frame, const DraftRequest& request) {
  if (!m_range.contains(frame)) return Error{ErrorCode::kUsage, "frame " + std::to_string(frame.value) + " was not generated", plate().path, {}};
  DraftRequest parts = request;
  const bool pictures = request.composite || request.foreground || request.background;
  parts.composite = false;
  parts.background = pictures;
  parts.foreground = parts.matte = pictures || request.matte;
  Result<DraftFrame> draft = m_draft->render(frame, parts);
  if (!draft || !pictures) return draft;
  const Result<cv::Mat> generated = m_video.frame(frame.value - m_range.begin.value);
  if (!generated) return generated.error();
  const cv::Mat alpha = displayed(draft->matte), subject = displayed(draft->foreground);
  const cv::Mat smallAlpha = resized(alpha, generated->size()), smallSubject = resized(subject, generated->size());
  cv::Mat solid;
  cv::threshold(smallAlpha, solid, kSolid, 1.0, cv::THRESH_BINARY);
  const cv::Mat ratio = lightRatio(*generated, smallSubject, solid);
  measure(smallSubject.mul(ratio), *generated, solid);
  cv::Mat lit = subject.mul(resized(ratio, subject.size()));
  clampToUnit(lit);
  const double scale = static_cast<double>(subject.cols) / generated->cols;
  cv::Mat background = resized(behindSubject(*generated, smallAlpha), subject.size());
  if (m_references && scale > 1.25) background = withDetail(background, displayed(draft->background), scale);
  clampToUnit(background);
  DraftFrame out;
  if (request.composite) out.composite = pictureLike(over(lit, alpha, background), draft->background);
  if (request.foreground) out.foreground = pictureLike(lit, draft->foreground);
  if (request.background) out.background = pictureLike(background, draft->background);
  if (request.matte) out.matte = draft->matte;
  out.shadow = draft->shadow;
  out.repairs = draft->repairs;
  return out;
}

void GeneratedEngine::measure(const cv::Mat& lit, const cv::Mat& generated, const cv::Mat& solid) {
  cv::Mat difference, grey;
  cv::absdiff(lit, generated, difference);
  cv::cvtColor(difference, grey, cv::COLOR_RGB2GRAY);
  m_difference += cv::sum(grey.mul(solid))[0];
  m_measured += cv::sum(solid)[0];
}

std::vector<std::string> GeneratedEngine::warnings() const {
  std::vector<std::string> out = m_draft->warnings();
  if (m_measured > 0.0 && m_difference / m_measured > 0.08)
    out.push_back("the generated subject differs from the plate's by " + std::to_string(m_difference / m_measured).substr(0, 5) +
                  " of full scale where the matte is solid; the plate's pixels were kept there");
  return out;
}

}  // namespace

Result<std::unique_ptr<DraftEngine>> openGenerated(const core::JobDirectory& directory) {
  core::Job job = directory.job();
  Result<GeneratedVideo> video = GeneratedVideo::open(directory);
  if (!video) return std::move(video).error();
  job.shot.light.relight = false;  // the generation's own light is taken
  job.engine = "draft";
  Result<std::unique_ptr<DraftEngine>> draft = DraftEngine::open(job);
  if (!draft) return std::move(draft).error();
  Result<core::FrameRange> range = jobRange(job, (*draft)->frames(), (*draft)->plate().path);
  if (!range) return std::move(range).error();
  if (range->length() != video->frames()) return Error{ErrorCode::kJobBroken, "the generated video has another number of frames; render again", directory.path(), {}};
  const bool references = !job.shot.references.empty();
  return std::unique_ptr<DraftEngine>(std::make_unique<GeneratedEngine>(std::move(*draft), std::move(*video), *range, references));
}

}  // namespace pai::worker
