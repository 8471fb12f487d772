// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/stage_prepare.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "app/worker/life.h"
#include "app/worker/pack_pictures.h"
#include "core/base/pack_rules.h"
#include "core/base/safetensors.h"
#include "core/draft/draft_engine.h"

namespace pai::worker {

using core::DraftEngine;
using core::DraftRequest;
using core::Error;
using core::ErrorCode;
using core::FrameIndex;
using core::PackConditioning;
using core::Result;
using core::Status;

namespace {

using Clock = std::chrono::steady_clock;

/// Frames of bytes, [channels, frames, height, width].
class ByteVideo {
 public:
  ByteVideo(std::string name, int channels, std::int64_t frames, const core::PackPictureSize& size)
      : m_name(std::move(name)), m_channels(channels), m_frames(frames), m_size(size),
        m_bytes(static_cast<std::size_t>(channels * frames) * static_cast<std::size_t>(size.paddedWidth) * static_cast<std::size_t>(size.paddedHeight)) {}
  /// Takes a picture of the fitted size, CV_32F in [0, 1]; its border is held outwards.
  void put(std::int64_t frame, const cv::Mat& picture) {
    cv::Mat bytes, padded;
    picture.convertTo(bytes, CV_8U, 255.0);
    cv::copyMakeBorder(bytes, padded, 0, m_size.paddedHeight - bytes.rows, 0, m_size.paddedWidth - bytes.cols, cv::BORDER_REPLICATE);
    std::vector<cv::Mat> planes;
    cv::split(padded, planes);
    const std::size_t plane = padded.total();
    for (int c = 0; c < m_channels; ++c)
      std::copy_n(planes[static_cast<std::size_t>(c)].ptr<std::uint8_t>(), plane, m_bytes.data() + static_cast<std::size_t>(c * m_frames + frame) * plane);
  }
  /// Repeats a frame.
  void repeat(std::int64_t frame, std::int64_t from) {
    const std::size_t plane = static_cast<std::size_t>(m_size.paddedWidth) * static_cast<std::size_t>(m_size.paddedHeight);
    for (int c = 0; c < m_channels; ++c)
      std::copy_n(m_bytes.data() + static_cast<std::size_t>(c * m_frames + from) * plane, plane, m_bytes.data() + static_cast<std::size_t>(c * m_frames + frame) * plane);
  }
  core::TensorToWrite tensor() const {
    return {m_name, core::TensorType::kU8, {m_channels, m_frames, m_size.paddedHeight, m_size.paddedWidth}, std::as_bytes(std::span(m_bytes))};
  }

 private:
  std::string m_name;
  int m_channels;
  std::int64_t m_frames;
  core::PackPictureSize m_size;
  std::vector<std::uint8_t> m_bytes;
};

/// Whole numbers as a tensor.
struct Numbers {
  std::string name;
  std::vector<std::int64_t> values;
  core::TensorToWrite tensor() const {
    return {name, core::TensorType::kI64, {static_cast<std::int64_t>(values.size())}, std::as_bytes(std::span(values))};
  }
};

class Prepare {
 public:
  Prepare(const core::JobDirectory& directory, core::PackRules rules, core::EventWriter& events, const core::StopToken& stop)
      : m_directory(directory), m_job(directory.job()), m_rules(std::move(rules)), m_events(events), m_stop(stop) {}

  Status run() {
    if (Status s = measure(); !s) return s;
    if (Status s = m_events.append(core::Started{m_job.engine, m_range.length()}); !s) return s;
    if (Status s = m_events.append(core::StageStarted{core::JobStage::kPrepare}); !s) return s;
    if (Status s = readReferences(); !s) return s;
    if (m_rules.conditioning == PackConditioning::kText) m_numbers.push_back({"size", {m_padded, m_size.paddedHeight, m_size.paddedWidth}});
    else if (Status s = makeVideo(); !s) return s;
    return write();
  }

 private:
  Status measure();
  Status readReferences();
  Status makeVideo();
  Status makeFrame(DraftEngine& engine, std::int64_t i, ByteVideo& video, ByteVideo* mask);
  Status makeKeyframe(DraftEngine& engine, std::int64_t frame, ByteVideo& video, ByteVideo& mask);
  Status write();
  Status step(std::int64_t done, std::int64_t all);
  Error cancelled() const { return Error{ErrorCode::kCancelled, "", m_directory.path(), {}}; }

  const core::JobDirectory& m_directory;
  const core::Job& m_job;
  core::PackRules m_rules;
  core::EventWriter& m_events;
  const core::StopToken& m_stop;
  Clock::time_point m_started = Clock::now();
  core::FrameRange m_range;
  std::int64_t m_padded = 0;
  core::PackPictureSize m_size;
  std::vector<std::int64_t> m_referenceFrames;
  std::vector<ByteVideo> m_videos;
  std::vector<Numbers> m_numbers;
};

Status Prepare::measure() {
  core::Job bare = m_job;
  bare.shot.references.clear();
  Result<std::unique_ptr<DraftEngine>> engine = DraftEngine::open(bare);
  if (!engine) return std::move(engine).error();
  Result<core::FrameRange> range = jobRange(m_job, (*engine)->frames(), (*engine)->plate().path);
  if (!range) return std::move(range).error();
  m_range = *range;
  m_padded = m_rules.paddedFrames(m_range.length());
  m_size = core::packPictureSize(m_rules, (*engine)->plate().width, (*engine)->plate().height);
  m_numbers.push_back({"first_frame", {m_range.begin.value}});
  m_numbers.push_back({"crop", {m_range.length(), m_size.fitHeight, m_size.fitWidth}});
  return {};
}

Status Prepare::step(std::int64_t done, std::int64_t all) {
  beat();
  if (m_stop.requested()) return cancelled();
  const double took = std::chrono::duration<double>(Clock::now() - m_started).count();
  return m_events.append(core::StepFinished{done, all, took * static_cast<double>(all - done) / static_cast<double>(std::max<std::int64_t>(1, done))});
}

Status Prepare::readReferences() {
  for (const core::Reference& reference : m_job.shot.references) {
    core::Job job = m_job;
    job.width = m_size.fitWidth;
    job.height = m_size.fitHeight;
    job.shot.references = {reference};
    job.shot.light.defocus = 0.0;
    Result<std::unique_ptr<DraftEngine>> engine = DraftEngine::open(job);
    if (!engine) return std::move(engine).error();
    const auto frame = core::resolveAnchor(reference.anchor, {{0}, {(*engine)->frames()}});
    if (!frame) return Error{ErrorCode::kReferenceOutside, "a reference lies outside the shot", m_job.shot.name, {}};
    // Before the scene is solved, a background is the reference as it was placed, not moved.
    DraftRequest request;
    request.composite = false;
    request.background = true;
    Result<core::DraftFrame> made = (*engine)->render(*frame, request);
    if (!made) return std::move(made).error();
    m_referenceFrames.push_back(frame->value);
    if (m_rules.conditioning == PackConditioning::kVace) continue;  // keyframes of the control video
    const std::string name = "reference." + std::to_string(m_referenceFrames.size() - 1);
    m_videos.emplace_back(name, 3, 1, m_size);
    m_videos.back().put(0, displayed(made->background));
    m_numbers.push_back({name + ".frame", {frame->value}});
    beat();
    if (m_stop.requested()) return cancelled();
  }
  return {};
}

Status Prepare::makeFrame(DraftEngine& engine, std::int64_t i, ByteVideo& video, ByteVideo* mask) {
  DraftRequest request;
  request.composite = false;
  request.foreground = request.matte = true;
  Result<core::DraftFrame> frame = engine.render(m_range.begin + i, request);
  if (!frame) return std::move(frame).error();
  const cv::Mat alpha = displayed(frame->matte);
  const cv::Scalar around = mask ? cv::Scalar::all(0.5) : cv::Scalar(m_rules.screen[0], m_rules.screen[1], m_rules.screen[2]);
  video.put(i, over(displayed(frame->foreground), alpha, cv::Mat(alpha.size(), CV_32FC3, around)));
  if (!mask) return {};
  cv::Mat solid;
  cv::erode(alpha, solid, cv::Mat::ones(5, 5, CV_8U));
  mask->put(i, 1.0 - solid);
  return {};
}

/// A keyframe of VACE: the draft's relit subject over the registered reference, held over its latent's whole group of frames; a band
/// along the subject's edge is made anew.
Status Prepare::makeKeyframe(DraftEngine& engine, std::int64_t frame, ByteVideo& video, ByteVideo& mask) {
  DraftRequest request;
  request.matte = true;
  Result<core::DraftFrame> made = engine.render({frame}, request);
  if (!made) return std::move(made).error();
  const cv::Mat alpha = displayed(made->matte), cell = cv::Mat::ones(9, 9, CV_8U);
  cv::Mat wide, narrow;
  cv::dilate(alpha, wide, cell);
  cv::erode(alpha, narrow, cell);
  const std::int64_t at = frame - m_range.begin.value, first = at == 0 ? 0 : (at - 1) / 4 * 4 + 1;
  for (std::int64_t i = first; i < std::min(m_padded, at == 0 ? 1 : first + 4); ++i) {
    video.put(i, displayed(made->composite));
    mask.put(i, wide - narrow);
  }
  return {};
}

Status Prepare::makeVideo() {
  const bool vace = m_rules.conditioning == PackConditioning::kVace;
  core::Job job = m_job;
  job.width = m_size.fitWidth;
  job.height = m_size.fitHeight;
  if (!vace) {  // the model relights and moves the camera itself
    job.shot.references.clear();
    job.shot.light.relight = false;
    job.shot.camera = {};
    job.shot.camera.source = core::CameraSettings::Source::kLocked;
  }
  Result<std::unique_ptr<DraftEngine>> engine = DraftEngine::open(job);
  if (!engine) return std::move(engine).error();
  if (Status s = (*engine)->prepare(m_stop, [](double) { beat(); }); !s) return m_stop.requested() ? Status(cancelled()) : s;
  ByteVideo video("condition", 3, m_padded, m_size);
  std::optional<ByteVideo> mask;
  if (vace) mask.emplace("mask", 1, m_padded, m_size);
  const std::int64_t frames = m_range.length();
  for (std::int64_t i = 0; i < m_padded; ++i) {
    if (i >= frames) {
      video.repeat(i, frames - 1);
      if (mask) mask->repeat(i, frames - 1);
      continue;
    }
    if (Status s = makeFrame(**engine, i, video, mask ? &*mask : nullptr); !s) return s;
    if (Status s = step(i + 1, frames); !s) return s;
  }
  for (const std::int64_t frame : m_referenceFrames)
    if (mask && m_range.contains({frame}))
      if (Status s = makeKeyframe(**engine, frame, video, *mask); !s) return s;
  m_videos.push_back(std::move(video));
  if (mask) m_videos.push_back(std::move(*mask));
  return {};
}

Status Prepare::write() {
  std::vector<core::TensorToWrite> tensors;
  for (const ByteVideo& video : m_videos) tensors.push_back(video.tensor());
  for (const Numbers& numbers : m_numbers) tensors.push_back(numbers.tensor());
  Result<std::string> path = m_directory.pathInside(core::JobFolder::kInput, kPreparedFile);
  if (!path) return std::move(path).error();
  return core::writeSafetensors(*path, tensors);
}

}  // namespace

Status prepareForPack(const core::JobDirectory& directory, bool resume, core::EventWriter& events, const core::StopToken& stop) {
  Result<core::PackRules> rules = core::readPackRules(directory.job().engine);
  if (!rules) return std::move(rules).error();
  if (resume && directory.has(core::JobFolder::kInput, kPreparedFile)) return events.append(core::Started{directory.job().engine, 0});
  return Prepare(directory, std::move(rules).value(), events, stop).run();
}

}  // namespace pai::worker
