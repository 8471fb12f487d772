// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/job_stages.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include "app/worker/camera_json.h"
#include "app/worker/delivery.h"
#include "app/worker/delivery_colour.h"
#include "app/worker/record.h"
#include "app/worker/segments.h"
#include "app/worker/splice_stage.h"
#include "app/worker/stage_finish.h"
#include "app/worker/stage_prepare.h"
#include "core/base/file_system.h"
#include "core/base/json_reader.h"
#include "core/base/picture_blocks.h"
#include "core/draft/draft_engine.h"
#include "core/media/image_file.h"
#include "core/render/event_log.h"
#include "core/render/job_directory.h"
#include "core/render/job_result.h"
#include "core/render/memory.h"

namespace pai::worker {

using core::Error;
using core::ErrorCode;
using core::FrameIndex;
using core::JobFolder;
using core::Result;
using core::Status;

namespace {

using Clock = std::chrono::steady_clock;

constexpr double kCameraShare = 0.43;  // of the time that preparing takes

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Errors of writers that were given a path inside the held directory name the path that people know.
Status withPlainPath(Status status, const std::string& directory) {
  if (status || !status.error().context.starts_with("/proc/self/fd/")) return status;
  Error error = status.error();
  error.context = directory + "/frames" + error.context.substr(error.context.rfind('/'));
  return error;
}

Error cancelled(const std::string& directory) { return Error{ErrorCode::kCancelled, "", directory, {}}; }

/// One run of one job.
class JobStages {
 public:
  JobStages(core::JobDirectory directory, core::EventWriter events, core::StopToken stop)
      : m_directory(std::move(directory)), m_job(m_directory.job()), m_events(std::move(events)), m_stop(std::move(stop)) {}

  Status run(bool resume, StopOnSignal& signals);
  core::EventWriter& events() { return m_events; }

 private:
  Status openEngine();
  Status planLayers(bool resume);
  Status prepare(bool resume);
  Status takeKeptCamera(bool resume);
  Status keepSolvedCamera();
  Status makeFrames();
  Status deliver();
  Status tellRepairs();
  Status writeCamera(const std::string& path) const;
  Status writeResult(const std::map<core::Id, std::string>& hashes);
  Status tellProgress(std::int64_t done);
  Status preview(const core::Picture& picture);
  Status warn(const std::string& text);
  std::int64_t frames() const { return m_range.length(); }
  bool isDraft() const { return m_job.engine == "draft"; }

  struct Layer {
    LayerPlan plan;
    std::optional<SegmentStore> store;  // none for the camera
    std::unique_ptr<LayerWriter> writer;
  };

  core::JobDirectory m_directory;
  const core::Job& m_job;
  core::EventWriter m_events;
  core::StopToken m_stop;
  Clock::time_point m_started = Clock::now(), m_framesStarted, m_lastPreview;
  std::unique_ptr<core::DraftEngine> m_engine;
  std::optional<DeliveryColour> m_colour;
  core::FrameRange m_range;  // of the shot
  std::vector<Layer> m_layers;
  core::WriteOptions m_writeOptions;
  std::int64_t m_firstSegment = 0;
  std::string m_cameraPrint;
  bool m_cameraKept = false;
  RepairRecord m_repairs;
  core::JobResult m_result;
};

Status JobStages::openEngine() {
  Result<std::unique_ptr<core::DraftEngine>> engine = isDraft() ? core::DraftEngine::open(m_job) : openGenerated(m_directory);
  if (!engine) return std::move(engine).error();
  m_engine = std::move(engine).value();
  Result<DeliveryColour> colour = DeliveryColour::make(m_job);
  if (!colour) return std::move(colour).error();
  m_colour.emplace(std::move(colour).value());
  const core::FrameRange whole{{0}, {m_engine->frames()}};
  m_range = m_job.range.value_or(whole);
  if (m_range.empty() || m_range.begin < whole.begin || m_range.end > whole.end)
    return Error{ErrorCode::kFieldInvalid,
                 std::string("the range ") + std::to_string(m_range.begin.value) + ":" + std::to_string(m_range.end.value) +
                     std::string(" does not lie within the shot's ") + std::to_string(whole.end.value) + " frames",
                 m_engine->plate().path, {}};
  return {};
}

Status JobStages::planLayers(bool resume) {
  Result<std::vector<LayerPlan>> plans = planDelivery(m_job);
  if (!plans) return std::move(plans).error();
  std::int64_t whole = (frames() + kSegmentFrames - 1) / kSegmentFrames;
  for (LayerPlan& plan : *plans) {
    Layer& layer = m_layers.emplace_back();
    layer.plan = std::move(plan);
    if (!layer.plan.codec) continue;
    layer.store.emplace(m_directory, layer.plan.layer, *layer.plan.codec, frames());
    whole = std::min(whole, resume ? layer.store->wholeFromStart() : 0);
  }
  m_firstSegment = whole;
  for (Layer& layer : m_layers)
    if (layer.store)
      if (Status s = layer.store->removeFrom(m_firstSegment); !s) return s;
  return {};
}

Status JobStages::warn(const std::string& text) {
  m_result.warnings.push_back(text);
  return m_events.append(core::Warning{text});
}

/// On a resumed run the camera solved before, when its inputs are the same.
Status JobStages::takeKeptCamera(bool resume) {
  m_cameraPrint = cameraFingerprint(m_job);
  if (!resume) return {};
  Result<std::optional<core::CameraCurve>> kept = loadCamera(m_directory, m_cameraPrint);
  if (!kept) return warn(core::describe(kept.error()) + "; it is solved again");
  if (kept->has_value()) m_cameraKept = m_engine->takeCamera(std::move(**kept)).ok();
  return {};
}

Status JobStages::keepSolvedCamera() {
  Result<core::CameraCurve> kept = keepCamera(m_directory, m_cameraPrint, m_engine->camera());
  return kept ? m_engine->takeCamera(std::move(kept).value()) : Status(std::move(kept).error());
}

Status JobStages::prepare(bool resume) {
  if (isDraft())
    if (Status s = m_events.append(core::StageStarted{core::JobStage::kPrepare}); !s) return s;
  const auto started = Clock::now();
  std::int64_t told = -1;
  Status failure;
  if (Status s = takeKeptCamera(resume); !s) return s;
  const auto tell = [&](double fraction) {
    beat();
    const auto step = static_cast<std::int64_t>(std::floor(std::clamp(fraction, 0.0, 1.0) * 100.0));
    if (step <= told) return;
    told = step;
    const double took = secondsSince(started);
    Status s = m_events.append(core::StepFinished{step, 100, fraction > 0.01 ? took * (1.0 - fraction) / fraction : 0.0});
    if (!s) failure = std::move(s);
  };
  Status prepared = m_engine->solveCamera(m_stop, [&](double fraction) { tell(kCameraShare * fraction); });
  if (prepared && !m_cameraKept) prepared = keepSolvedCamera();
  core::PictureBlocks::giveBack();  // a scene is built from other sizes
  core::returnFreedMemory();
  if (prepared) prepared = m_engine->prepare(m_stop, [&](double fraction) { tell(std::max(fraction, kCameraShare)); });
  if (m_stop.requested()) return cancelled(m_directory.path());
  if (!prepared) return prepared;
  const bool cameraToo = std::any_of(m_layers.begin(), m_layers.end(), [](const Layer& l) { return !l.store; });
  if (!cameraToo) m_engine->releaseSources();
  core::PictureBlocks::giveBack();
  core::returnFreedMemory();
  if (!failure) return failure;
  for (const std::string& text : m_engine->warnings())
    if (Status s = warn(text); !s) return s;
  return {};
}

Status JobStages::preview(const core::Picture& picture) {
  if (picture.empty() || secondsSince(m_lastPreview) < 2.0) return {};
  m_lastPreview = Clock::now();
  const core::Picture small = previewOf(picture, 480);
  Result<std::string> path = m_directory.pathInside(JobFolder::kPreview, "draft.png");
  if (!path) return std::move(path).error();
  if (Status s = core::writeImage(*path, small); !s) return s;
  return m_events.append(core::PreviewReady{0, "draft.png"});
}

Status JobStages::tellProgress(std::int64_t done) {
  beat();
  const std::int64_t before = m_firstSegment * kSegmentFrames;
  const double rate = secondsSince(m_framesStarted) / static_cast<double>(std::max<std::int64_t>(1, done - before));
  return m_events.append(core::FrameWritten{m_range.begin + (done - 1), done, frames(),
                                            rate * static_cast<double>(frames() - done)});
}

Status JobStages::makeFrames() {
  m_framesStarted = Clock::now();
  const std::int64_t first = m_firstSegment * kSegmentFrames;
  core::DraftRequest request = requestFor(m_job.layers);
  for (std::int64_t i = first; i < frames(); ++i) {
    if (m_stop.requested()) return cancelled(m_directory.path());
    request.next = frames() - 1 - i;
    Result<core::DraftFrame> frame = m_engine->render(m_range.begin + i, request);
    if (!frame) return std::move(frame).error();
    for (Layer& layer : m_layers) {
      if (!layer.store) continue;
      Result<core::Picture> coloured = m_colour->of(pictureOf(*frame, layer.plan), layer.plan);
      if (!coloured) return std::move(coloured).error();
      core::Picture picture = std::move(coloured).value();
      if (picture.empty()) return Error{ErrorCode::kInternal, "the engine gave no " + layer.plan.layer, m_directory.path(), {}};
      if (!layer.writer) {
        core::WriteOptions options = writeOptionsFor(m_job, m_engine->plate(), m_range, layer.plan, picture);
        layer.writer = std::make_unique<LayerWriter>(*layer.store, options, m_firstSegment);
      }
      if (Status s = layer.writer->push(std::move(picture)); !s) return s;
    }
    if (!frame->repairs.empty()) m_repairs[(m_range.begin + i).value] = std::move(frame->repairs);
    if (Status s = preview(frame->composite.empty() ? frame->matte : frame->composite); !s) return s;
    if (Status s = tellProgress(i + 1); !s) return s;
  }
  for (Layer& layer : m_layers)
    if (layer.writer)
      if (Status s = layer.writer->finish(); !s) return s;
  return {};
}

/// What is repaired in all frames, those of an earlier run too.
Status JobStages::tellRepairs() {
  const core::DraftRequest request = requestFor(m_job.layers);
  if (!request.composite && !request.foreground && !request.matte && !request.shadow) return {};
  const std::int64_t before = std::min(m_firstSegment * kSegmentFrames, frames());
  for (std::int64_t i = 0; i < before; ++i) {
    if (m_stop.requested()) return cancelled(m_directory.path());
    beat();
    Result<std::vector<core::RepairFacts>> found = m_engine->matteRepairs(m_range.begin + i);
    if (!found) return std::move(found).error();
    if (!found->empty()) m_repairs[(m_range.begin + i).value] = std::move(found).value();
  }
  std::int64_t places = 0, inFrames = 0;
  for (const auto& [frame, found] : m_repairs) {
    const auto made = std::count_if(found.begin(), found.end(), [](const core::RepairFacts& r) { return !r.refused; });
    places += made;
    inFrames += made > 0;
  }
  if (places == 0) return {};
  const auto counted = [](std::int64_t n, const char* one, const char* many) { return std::to_string(n) + (n == 1 ? one : many); };
  return warn("the matte was repaired from the frames beside it: " + counted(places, " place in ", " places in ") +
              counted(inFrames, " frame", " frames") + ", listed in the record beside the result");
}

Status JobStages::writeCamera(const std::string& path) const {
  const nlohmann::json camera = cameraJson(m_engine->camera(), m_engine->plate(), m_range);
  Result<core::SaveReport> saved = core::atomicWriteFile(path, core::jsonText(camera, 1) + "\n");
  return saved ? Status{} : Status(saved.error());
}

Status JobStages::deliver() {
  for (Layer& layer : m_layers) {
    if (m_stop.requested()) return cancelled(m_directory.path());
    core::JobOutput output{layer.plan.layer, layer.plan.path, 0, ""};
    if (!layer.store) {
      if (Status s = writeCamera(layer.plan.path); !s) return s;
    } else {
      std::vector<std::string> pieces;
      for (std::int64_t i = 0; i < layer.store->count(); ++i) {
        Result<std::string> piece = layer.store->pathOf(i);
        if (!piece) return std::move(piece).error();
        pieces.push_back(std::move(piece).value());
      }
      // What all pieces had in common is known from the first picture; on a full resume it is read from the first piece.
      Result<core::WriteOptions> options = joinOptionsFor(m_job, m_engine->plate(), m_range, layer.plan, pieces.front());
      if (!options) return std::move(options).error();
      if (m_result.width == 0) {
        m_result.width = options->width;
        m_result.height = options->height;
      }
      layer.writer.reset();
      if (Status s = core::joinSegments(pieces, layer.plan.path, *options); !s) return s;
      beat();
    }
    Result<std::string> hash = hashOf(layer.plan.path, m_stop);
    if (!hash) return std::move(hash).error();
    output.sha256 = std::move(hash).value();
    output.sizeBytes = bytesOf(layer.plan.path);
    m_result.outputs.push_back(std::move(output));
  }
  return {};
}

Status JobStages::writeResult(const std::map<core::Id, std::string>& hashes) {
  for (const core::JobMedia& item : m_job.media) {
    const auto hash = hashes.find(item.id);
    if (!item.sha256.empty() && hash != hashes.end() && !hash->second.empty() && hash->second != item.sha256)
      if (Status s = warn(item.path + " is not the file that was queued; its content has changed"); !s) return s;
  }
  m_result.engine = m_job.engine;
  m_result.frames = frames();
  m_result.rate = m_engine->plate().rate.text();
  const std::string& main = m_result.outputs.front().path;
  m_result.record = recordPathFor(main);
  const nlohmann::json record = recordJson(m_job, m_engine->plate(), m_range, hashes, m_result, m_repairs);
  if (m_result.outputs.front().layer != "camera" || m_result.outputs.size() > 1) {
    Result<core::SaveReport> saved = core::atomicWriteFile(m_result.record, core::jsonText(record, 1) + "\n");
    if (!saved) return std::move(saved).error();
  } else {
    m_result.record.clear();
  }
  m_result.elapsedSeconds = secondsSince(m_started);
  return m_directory.write(JobFolder::kTop, "result.json", core::jsonText(core::resultJson(m_result), 1) + "\n");
}

Status JobStages::run(bool resume, StopOnSignal& signals) {
  SourceHashes hashes(m_job);
  if (Status s = openEngine(); !s) return s;
  if (isDraft())
    if (Status s = m_events.append(core::Started{m_job.engine, frames()}); !s) return s;
  if (Status s = planLayers(resume); !s) return s;
  std::vector<std::string> outputs;
  for (const Layer& layer : m_layers) outputs.push_back(layer.plan.path);
  signals.guard(outputs);
  for (const std::string& path : outputs) removePartFiles(path, 0);
  const bool camera = std::any_of(m_layers.begin(), m_layers.end(), [](const Layer& l) { return !l.store; });
  const bool framesLeft = m_firstSegment * kSegmentFrames < frames();
  const bool scene = std::any_of(m_layers.begin(), m_layers.end(), [](const Layer& l) { return l.plan.needsScene; });
  if (!isDraft())
    if (Status s = m_events.append(core::StageStarted{core::JobStage::kFinish}); !s) return s;
  if ((framesLeft && scene) || camera)
    if (Status s = prepare(resume); !s) return s;
  if (isDraft())
    if (Status s = m_events.append(core::StageStarted{core::JobStage::kFinish}); !s) return s;
  const bool pictures = std::any_of(m_layers.begin(), m_layers.end(), [](const Layer& l) { return l.store.has_value(); });
  if (pictures && framesLeft)
    if (Status s = makeFrames(); !s) return s;
  if (pictures)
    if (Status s = tellRepairs(); !s) return s;
  if (Status s = deliver(); !s) return s;
  if (Status s = writeResult(hashes.wait()); !s) return s;
  // The result is delivered; the pieces it was made of have done their work.
  for (Layer& layer : m_layers)
    if (layer.store) (void)layer.store->removeFrom(0);
  return m_events.append(core::Finished{m_result.outputs.front().path, m_result.elapsedSeconds});
}

}  // namespace

Status runJob(const JobOptions& options, const core::StopToken& stop, StopOnSignal& signals) {
  Result<core::JobDirectory> directory = core::JobDirectory::open(options.directory);
  if (!directory) return std::move(directory).error();
  Result<core::Descriptor> lock = directory->lock(5000);
  if (!lock) return std::move(lock).error();
  Result<core::EventWriter> events = core::EventWriter::open(*directory);
  if (!events) return std::move(events).error();
  if (directory->has(JobFolder::kTop, core::kSpliceFile)) {
    Status spliced = withPlainPath(guarded([&] { return spliceTakes(*directory, *events, stop, signals); }), options.directory);
    if (!spliced && stop.requested()) spliced = cancelled(options.directory);
    if (!spliced) (void)events->append(core::Failed{spliced.error().code, spliced.error().detail, spliced.error().context, spliced.error().arguments});
    return spliced;
  }
  if (options.stage.empty() != (directory->job().engine == "draft"))
    return Error{ErrorCode::kUsage, "a pack's job is run by --stage prepare and --stage finish, a draft without", options.directory, {}};
  if (options.stage == "prepare") {
    Status prepared = withPlainPath(guarded([&] { return prepareForPack(*directory, options.resume, *events, stop); }), options.directory);
    if (!prepared && stop.requested()) prepared = cancelled(options.directory);
    if (!prepared) (void)events->append(core::Failed{prepared.error().code, prepared.error().detail, prepared.error().context, prepared.error().arguments});
    return prepared;
  }
  JobStages stages(std::move(directory).value(), std::move(events).value(), stop);
  Status status = withPlainPath(guarded([&] { return stages.run(options.resume, signals); }), options.directory);
  if (!status && stop.requested()) status = cancelled(options.directory);
  if (!status) {
    const Error& e = status.error();
    (void)stages.events().append(core::Failed{e.code, e.detail, e.context, e.arguments});
  }
  return status;
}

}  // namespace pai::worker
