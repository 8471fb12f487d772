// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/splice_stage.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>

#include <opencv2/imgproc.hpp>

#include "app/worker/delivery.h"
#include "app/worker/delivery_colour.h"
#include "app/worker/record.h"
#include "core/base/file_system.h"
#include "core/base/json_reader.h"
#include "core/base/project_json.h"
#include "core/draft/matte_stack.h"
#include "core/media/clip_reader.h"
#include "core/media/clip_writer.h"
#include "core/media/image_file.h"
#include "core/render/job_result.h"

namespace pai::worker {

using core::ClipReader;
using core::Error;
using core::ErrorCode;
using core::FrameIndex;
using core::FrameRange;
using core::JobFolder;
using core::Picture;
using core::Result;
using core::SampleType;
using core::Status;

namespace {

using Clock = std::chrono::steady_clock;

/// A take's pictures by the shot's frames.
struct Take {
  std::unique_ptr<ClipReader> reader;
  FrameIndex begin;
  FrameRange frames() const { return {begin, begin + reader->info().frames}; }
  Result<core::PicturePtr> read(FrameIndex frame) { return reader->read({frame - begin}); }
};

Result<Take> openTake(const core::SpliceTake& take, SampleType type) {
  core::ReadOptions options;
  options.type = type;
  options.cacheBytes = 64u << 20;
  Result<std::unique_ptr<ClipReader>> reader = ClipReader::open(take.path, options);
  if (!reader) return std::move(reader).error();
  return Take{std::move(reader).value(), take.begin};
}

template <typename T>
void joinRow(const T* base, const T* insert, const float* weight, float whole, T* out, int width, int channels) {
  for (int x = 0; x < width; ++x)
    for (int c = 0; c < channels; ++c, ++base, ++insert, ++out) {
      const float w = (weight ? weight[x] : 1.0f) * whole;
      if (w <= 0.0f) *out = *base;
      else if (w >= 1.0f) *out = *insert;
      else if constexpr (std::is_floating_point_v<T>) *out = *base + (*insert - *base) * w;
      else *out = static_cast<T>(std::lround(static_cast<float>(*base) + (static_cast<float>(*insert) - static_cast<float>(*base)) * w));
    }
}

class SpliceJob {
 public:
  SpliceJob(const core::JobDirectory& directory, core::EventWriter& events, const core::StopToken& stop)
      : m_directory(directory), m_job(directory.job()), m_events(events), m_stop(stop) {}

  Status run(StopOnSignal& signals) {
    if (Status s = openAll(); !s) return s;
    if (Status s = m_events.append(core::Started{"splice", frames().length()}); !s) return s;
    if (Status s = m_events.append(core::StageStarted{core::JobStage::kFinish}); !s) return s;
    signals.guard({m_plan.path});
    if (Status s = write(); !s) return s;
    return report();
  }

 private:
  /// What is written: the base, or the part of it that the job asks for.
  FrameRange frames() const { return m_job.range ? m_job.range->intersected(m_base->frames()) : m_base->frames(); }
  Status openAll();
  Status openColour();
  Status checkInsert() const;
  core::WriteOptions optionsFor(const Picture& picture);
  Status write();
  Result<Picture> pictureAt(FrameIndex frame);
  cv::Mat regionAt(FrameIndex frame, cv::Size size) const;
  Result<Picture> insertAt(FrameIndex frame);
  Status tell(const Picture& picture, std::int64_t done);
  Status report();

  const core::JobDirectory& m_directory;
  const core::Job& m_job;
  core::EventWriter& m_events;
  const core::StopToken& m_stop;
  core::Splice m_splice;
  std::optional<Take> m_base, m_insert;
  LayerPlan m_plan;
  std::optional<DeliveryColour> m_colour;
  core::ColourTags m_plateColour;  // as its clip is tagged
  std::int64_t m_plateFirst = 0;   // number of its first frame
  Clock::time_point m_started = Clock::now(), m_previewed;
  core::JobResult m_result;
};

Status SpliceJob::openAll() {
  Result<std::string> text = m_directory.read(JobFolder::kTop, core::kSpliceFile, core::kMaxJobBytes);
  if (!text) return text.error();
  Result<core::Splice> splice = core::parseSplice(*text, m_directory.plainPath(JobFolder::kTop, core::kSpliceFile));
  if (!splice) return std::move(splice).error();
  m_splice = std::move(splice).value();
  core::Job job = m_job;
  job.layers = {"composite"};
  Result<std::vector<LayerPlan>> plans = planDelivery(job);
  if (!plans) return std::move(plans).error();
  m_plan = std::move(plans->front());
  if (Status s = openColour(); !s) return s;
  Result<Take> base = openTake(m_splice.base, SampleType::kU8);
  if (!base) return std::move(base).error();
  const SampleType type = base->reader->info().bitsPerComponent > 8 ? SampleType::kU16 : SampleType::kU8;
  if (type != SampleType::kU8) base = openTake(m_splice.base, type);
  if (!base) return std::move(base).error();
  m_base.emplace(std::move(base).value());
  if (!m_splice.insert) return {};
  Result<Take> insert = openTake(*m_splice.insert, type);
  if (!insert) return std::move(insert).error();
  m_insert.emplace(std::move(insert).value());
  return checkInsert();
}

Status SpliceJob::openColour() {
  Result<DeliveryColour> colour = DeliveryColour::make(m_job);
  if (!colour) return std::move(colour).error();
  m_colour.emplace(std::move(colour).value());
  for (const core::JobMedia& media : m_job.media)
    if (media.id == m_job.shot.plate)
      if (const auto plate = ClipReader::open(media.path)) {
        m_plateColour = (*plate)->info().colour;
        m_plateFirst = (*plate)->info().firstFrameNumber;
      }
  return {};
}

Status SpliceJob::checkInsert() const {
  const core::ClipInfo &base = m_base->reader->info(), &insert = m_insert->reader->info();
  if (base.width != insert.width || base.height != insert.height)
    return Error{ErrorCode::kSizeMismatch,
                 "the takes are of different sizes, " + std::to_string(base.width) + " x " + std::to_string(base.height) + " and " +
                     std::to_string(insert.width) + " x " + std::to_string(insert.height) + "; render one anew at the other's size",
                 m_splice.insert->path, {}};
  const FrameRange seen = m_splice.range.intersected(m_base->frames());
  if (seen.empty() || seen.intersected(m_insert->frames()) != seen)
    return Error{ErrorCode::kFieldInvalid,
                 "the range " + std::to_string(seen.begin.value) + ":" + std::to_string(seen.end.value) + " does not lie within both takes",
                 m_splice.insert->path, {}};
  return {};
}

/// Coverage of the region with its feather: 1 half a feather inside the outline, 0 half a feather outside.
cv::Mat SpliceJob::regionAt(FrameIndex frame, cv::Size size) const {
  if (!m_splice.region) return {};
  // Outlines count the plate's frames.
  cv::Mat area = core::drawShape(*m_splice.region, m_job.shot.range.begin + frame.value, size);
  if (m_splice.region->invert) cv::subtract(cv::Scalar::all(1.0), area, area);
  if (m_splice.featherPixels <= 0.0) return area;
  cv::Mat inside, outside, in, out;
  cv::compare(area, 0.5, inside, cv::CMP_GE);
  cv::bitwise_not(inside, outside);
  cv::distanceTransform(inside, in, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  cv::distanceTransform(outside, out, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  cv::Mat weight = (in - out) * (1.0 / m_splice.featherPixels) + 0.5;
  cv::min(cv::max(weight, 0.0), 1.0, weight);
  return weight;
}

/// The insert's picture in the base's colour space.
Result<Picture> SpliceJob::insertAt(FrameIndex frame) {
  Result<core::PicturePtr> picture = m_insert->read(frame);
  if (!picture) return std::move(picture).error();
  return m_colour->between(**picture, m_splice.insert->colourSpace, m_splice.base.colourSpace, m_plateColour);
}

Result<Picture> SpliceJob::pictureAt(FrameIndex frame) {
  Result<core::PicturePtr> base = m_base->read(frame);
  if (!base) return std::move(base).error();
  const double whole = core::spliceWeight(m_splice, m_base->frames(), frame);
  if (whole <= 0.0) return Picture(**base);
  Result<Picture> insert = insertAt(frame);
  if (!insert) return std::move(insert).error();
  if ((*base)->channels() != insert->channels())
    return Error{ErrorCode::kSizeMismatch, "one of the takes has an alpha channel, the other has none", m_splice.insert->path, {}};
  return joined(**base, *insert, regionAt(frame, {(*base)->width(), (*base)->height()}), whole);
}

Status SpliceJob::tell(const Picture& picture, std::int64_t done) {
  beat();
  if (Clock::now() - m_previewed > std::chrono::seconds(2)) {
    m_previewed = Clock::now();
    Result<std::string> path = m_directory.pathInside(JobFolder::kPreview, "splice.png");
    if (!path) return std::move(path).error();
    if (Status s = core::writeImage(*path, previewOf(picture, 480)); !s) return s;
    if (Status s = m_events.append(core::PreviewReady{0, "splice.png"}); !s) return s;
  }
  const double took = std::chrono::duration<double>(Clock::now() - m_started).count();
  const std::int64_t all = frames().length();
  return m_events.append(core::FrameWritten{frames().begin + (done - 1), done, all, took / static_cast<double>(done) * static_cast<double>(all - done)});
}

core::WriteOptions SpliceJob::optionsFor(const Picture& picture) {
  const core::ClipInfo& info = m_base->reader->info();
  core::WriteOptions options;
  options.codec = *m_plan.codec;
  options.width = m_result.width = picture.width();
  options.height = m_result.height = picture.height();
  options.rate = info.rate;
  options.colour = info.colour;
  if (picture.colour.transfer != core::ColourTags::Transfer::kUnknown) options.colour.transfer = picture.colour.transfer;
  if (picture.colour.primaries != core::ColourTags::Primaries::kUnknown) options.colour.primaries = picture.colour.primaries;
  options.colour.fullRange = false;
  if (options.colour.matrix == core::ColourTags::Matrix::kUnknown || options.colour.matrix == core::ColourTags::Matrix::kRgb)
    options.colour.matrix = core::ColourTags::Matrix::kBt709;
  options.pixelAspectNum = info.pixelAspectNum;
  options.pixelAspectDen = info.pixelAspectDen;
  const std::int64_t intoTake = frames().begin - m_base->begin;
  options.startTimecode = info.startTimecode;
  if (options.startTimecode) options.startTimecode->frames += intoTake;
  // Sequences count as the plate does.
  options.firstFrameNumber = m_plateFirst + m_job.shot.range.begin.value + frames().begin.value;
  if (m_job.audio && info.hasAudio) {
    options.audioFrom = m_splice.base.path;
    options.audioStartSeconds = info.rate.secondsOf({intoTake});
  }
  return options;
}

Status SpliceJob::write() {
  std::unique_ptr<core::ClipWriter> writer;
  for (std::int64_t i = 0; i < frames().length(); ++i) {
    if (m_stop.requested()) return Error{ErrorCode::kCancelled, "", m_directory.path(), {}};
    Result<Picture> picture = pictureAt(frames().begin + i);
    if (!picture) return std::move(picture).error();
    Result<Picture> delivered = m_colour->again(*picture, m_splice.base.colourSpace, m_plateColour, m_plan);
    if (!delivered) return std::move(delivered).error();
    if (!writer) {
      const core::WriteOptions options = optionsFor(*delivered);
      Result<std::unique_ptr<core::ClipWriter>> made = core::ClipWriter::create(m_plan.path, options);
      if (!made) return std::move(made).error();
      writer = std::move(made).value();
    }
    if (Status s = writer->write(*delivered); !s) return s;
    if (Status s = tell(*picture, i + 1); !s) return s;
  }
  return writer ? writer->finish() : Status(Error{ErrorCode::kNoPicture, "there is no frame", m_splice.base.path, {}});
}

Status SpliceJob::report() {
  Result<std::string> hash = hashOf(m_plan.path, m_stop);
  if (!hash) return std::move(hash).error();
  m_result.engine = "splice";
  m_result.frames = frames().length();
  m_result.rate = m_base->reader->info().rate.text();
  m_result.outputs = {{m_plan.layer, m_plan.path, bytesOf(m_plan.path), *hash}};
  m_result.record = recordPathFor(m_plan.path);
  nlohmann::json splice = core::spliceJson(m_splice);
  for (const char* which : {"base", "insert"})
    if (splice.contains(which)) {
      const Result<std::string> source = hashOf(splice[which]["path"].get<std::string>(), m_stop);
      splice[which]["sha256"] = source ? *source : std::string();
    }
  const nlohmann::json record{{"version", 1}, {"program", std::string("PAI-Studio ") + PAI_VERSION}, {"engine", "splice"},
                              {"splice", splice}, {"frames", m_result.frames}, {"range", {frames().begin.value, frames().end.value}},
                              {"rate", m_result.rate}, {"size", {m_result.width, m_result.height}}, {"preset", m_job.preset},
                              {"colour_space", m_job.colourSpace},
                              {"shot", core::shotJson(m_job.shot)},
                              {"outputs", {{{"layer", m_plan.layer}, {"file", m_plan.path.substr(m_plan.path.rfind('/') + 1)}, {"sha256", *hash}}}}};
  if (Result<core::SaveReport> saved = core::atomicWriteFile(m_result.record, core::jsonText(record, 1) + "\n"); !saved) return saved.error();
  m_result.elapsedSeconds = std::chrono::duration<double>(Clock::now() - m_started).count();
  if (Status s = m_directory.write(JobFolder::kTop, "result.json", core::jsonText(core::resultJson(m_result), 1) + "\n"); !s) return s;
  return m_events.append(core::Finished{m_plan.path, m_result.elapsedSeconds});
}

}  // namespace

Picture joined(const Picture& base, const Picture& insert, const cv::Mat& weight, double whole) {
  Picture out(base.width(), base.height(), base.channels(), base.type());
  out.colour = base.colour;
  const auto blend = static_cast<float>(whole);
  for (int y = 0; y < base.height(); ++y) {
    const float* row = weight.empty() ? nullptr : weight.ptr<float>(y);
    if (base.type() == SampleType::kU8)
      joinRow(base.row<std::uint8_t>(y), insert.row<std::uint8_t>(y), row, blend, out.row<std::uint8_t>(y), base.width(), base.channels());
    else if (base.type() == SampleType::kU16)
      joinRow(base.row<std::uint16_t>(y), insert.row<std::uint16_t>(y), row, blend, out.row<std::uint16_t>(y), base.width(), base.channels());
    else
      joinRow(base.row<float>(y), insert.row<float>(y), row, blend, out.row<float>(y), base.width(), base.channels());
  }
  return out;
}

Status spliceTakes(const core::JobDirectory& directory, core::EventWriter& events, const core::StopToken& stop, StopOnSignal& signals) {
  return SpliceJob(directory, events, stop).run(signals);
}

}  // namespace pai::worker
