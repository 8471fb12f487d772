// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/draft_engine.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <future>
#include <optional>
#include <utility>

#include <opencv2/imgproc.hpp>

#include "core/draft/cast_shadow.h"
#include "core/draft/composite.h"
#include "core/draft/draft_engine_matte.h"
#include "core/draft/draft_engine_media.h"
#include "core/draft/light_match.h"
#include "core/draft/matte_report.h"
#include "core/draft/quick_background.h"
#include "core/draft/register.h"

namespace pai::core {
namespace {

constexpr int kSolveWidth = 960;   // of pictures the camera is solved from
constexpr int kLightWidth = 480;   // of pictures the light is measured in
constexpr int kQuickBackground = 4;  // times smaller than the shot quick pictures' backgrounds are drawn
constexpr float kMiddleGrey = 0.42f;  // display value behind a shot without references

/// A divisor that makes a picture about `width` wide.
int divisorFor(int full, int width) { return full >= 3 * width ? 4 : full > width ? 2 : 1; }

/// The part of the progress [from, to].
ProgressFn part(const ProgressFn& progress, double from, double to) {
  if (!progress) return {};
  return [progress, from, to](double f) { progress(from + (to - from) * std::clamp(f, 0.0, 1.0)); };
}

class Engine final : public DraftEngine {
 public:
  Engine(const Job& job, std::unique_ptr<DraftMedia> media) : m_job(job), m_media(std::move(media)), m_matte(*m_media) {
    m_matte.setJob(job);
  }

  Status start() {
    auto references = m_media->references(m_job);
    if (!references) return references.error();
    m_references = std::move(*references);
    return {};
  }

  Status update(const Job& job) override;
  Status prepare(const StopToken& stop, const ProgressFn& progress) override;
  Status solveCamera(const StopToken& stop, const ProgressFn& progress) override;
  Status takeCamera(CameraCurve camera) override;
  void releaseSources() override;
  Result<DraftFrame> render(FrameIndex frame, const DraftRequest& request) override;
  const ClipInfo& plate() const override { return m_media->info(); }
  std::int64_t frames() const override { return m_media->frames(); }
  const CameraCurve& camera() const override { return m_camera; }
  const LightCurve& light() const override { return m_light; }
  Result<MatteReportFrame> matteReport(FrameIndex frame) override;
  Result<std::vector<RepairFacts>> matteRepairs(FrameIndex frame) override;
  std::vector<std::string> warnings() const override;

 private:
  PlateAccess plateAccess();
  PlateAccess clipAccess();
  Status solveScene(const StopToken& stop, const ProgressFn& progress);
  Status solveLight(const StopToken& stop, const ProgressFn& progress);
  Result<Cutout> cutout(FrameIndex frame, const DraftRequest& request);
  void cutAhead(FrameIndex frame, const DraftRequest& request);
  void settle() {
    m_ahead.clear();
    m_matte.setStop({});
  }
  Result<LightSample> lightSample(FrameIndex frame);
  LightSample sceneSample(FrameIndex frame);
  cv::Mat display(FrameIndex frame, cv::Size size) const;
  const cv::Mat& shownBackground(FrameIndex frame, cv::Size size);
  cv::Mat quickBackground(FrameIndex frame, cv::Size size);
  void forgetBackgrounds() { m_shown.release(), m_quickDrawn.clear(); }
  bool standsStill() const;
  cv::Mat nearestReference(FrameIndex frame, cv::Size size) const;
  Picture composite(FrameIndex frame, int divisor, const Cutout& cutout, const cv::Mat& background) const;
  cv::Mat delivered(const cv::Mat& plane, int divisor) const;
  Picture delivered(const Planes& planes, FrameIndex frame, int divisor) const;
  Error stopped() const { return {ErrorCode::kCancelled, "the frame was stopped", m_job.shot.name, {}}; }

  Job m_job;
  std::unique_ptr<DraftMedia> m_media;
  DraftMatte m_matte;
  std::vector<PlacedReference> m_references;
  CameraCurve m_camera;
  std::shared_ptr<const Background> m_background;
  cv::Mat m_shown;  // the background drawn last, of frame m_shownFrame
  FrameIndex m_shownFrame;
  QuickBackgrounds m_quickDrawn;
  LightCurve m_light;
  float m_grain = 0.0f;
  std::optional<SceneInputs> m_solvedCamera, m_solvedScene;
  bool m_lightKnown = false;
  /// The cutout of a frame that was announced. While it is there, the mattes and the plate's reader belong to its thread.
  struct Ahead {
    FrameIndex frame;
    int divisor = 1;
    std::shared_future<Result<Cutout>> made;  // the last one waits for it
  };
  std::deque<Ahead> m_ahead;  // in turn, each begun when the one before is made; the last member: they work on the others
};

/// A frame's matte, perhaps made already.
Result<Cutout> Engine::cutout(FrameIndex frame, const DraftRequest& request) {
  const bool usual = !request.alone && !request.quick;
  if (!m_ahead.empty() && m_ahead.front().frame == frame && m_ahead.front().divisor == request.divisor && usual) {
    const auto made = std::move(m_ahead.front().made);
    m_ahead.pop_front();
    return made.get();
  }
  m_ahead.clear();
  m_matte.setStop(request.stop);
  return request.quick ? m_matte.quickCutout(frame, request.divisor) : m_matte.cutout(frame, request.divisor, request.alone);
}

/// Announces what follows a frame. Of small pictures two, so that no thread waits for the other.
void Engine::cutAhead(FrameIndex frame, const DraftRequest& request) {
  const std::int64_t most = request.divisor == 1 ? 1 : 2, left = std::min(request.next, frames() - 1 - frame.value);
  while (static_cast<std::int64_t>(m_ahead.size()) < std::min(most, left)) {
    const FrameIndex next = frame + static_cast<std::int64_t>(m_ahead.size()) + 1;
    std::shared_future<Result<Cutout>> before;
    if (!m_ahead.empty()) before = m_ahead.back().made;
    m_ahead.push_back({next, request.divisor, std::async(std::launch::async, [this, next, divisor = request.divisor, before]() mutable {
      if (before.valid()) before.wait();
      before = {};  // its pictures are held by who asks for them
      return m_matte.cutout(next, divisor);
    }).share()});
  }
}

Status Engine::update(const Job& job) {
  settle();
  if (job.shot.plate != m_job.shot.plate || job.shot.range != m_job.shot.range) {
    auto media = DraftMedia::open(job);
    if (!media) return media.error();
    if ((*media)->platePath() != m_media->platePath() || !((*media)->range() == m_media->range())) {
      return Error{ErrorCode::kUsage, "another plate or range needs a new engine", job.shot.name, {}};
    }
  }
  if (!(sceneInputs(job) == sceneInputs(m_job))) {
    auto references = m_media->references(job);
    if (!references) return references.error();
    m_references = std::move(*references);
    m_lightKnown = false;
    forgetBackgrounds();
  }
  if (job.shot.light.defocus != m_job.shot.light.defocus) forgetBackgrounds();
  m_job = job;
  m_matte.setJob(job);
  if (m_solvedCamera && !(*m_solvedCamera == sceneInputs(job))) m_solvedCamera.reset();
  if (m_solvedScene && !(*m_solvedScene == sceneInputs(job))) {
    m_solvedScene.reset();
    m_background.reset();
    forgetBackgrounds();
  }
  return {};
}

PlateAccess Engine::plateAccess() {
  PlateAccess out;
  out.frames = frames();
  out.size = m_media->size();
  const int divisor = divisorFor(out.size.width, kSolveWidth);
  out.picture = [this, divisor](FrameIndex f) -> Result<PicturePtr> {
    if (divisor == 1) return m_media->plate(f);
    auto work = m_matte.work(f, divisor);
    if (!work) return work.error();
    return std::make_shared<const Picture>(pictureOf((*work)->planes, SampleType::kU8, {}, 0));
  };
  out.matte = [this, divisor](FrameIndex f) { return m_matte.alpha(f, divisor); };
  return out;
}

PlateAccess Engine::clipAccess() {
  PlateAccess out = plateAccess();
  out.picture = [this](FrameIndex f) { return m_media->cameraClip(m_job, m_job.shot.camera.clip, f); };
  return out;
}

Status Engine::solveCamera(const StopToken& stop, const ProgressFn& progress) {
  settle();
  if (Status s = m_matte.prepare(stop); !s) return s;
  if (m_solvedCamera) return {};
  const PlateAccess access = plateAccess();
  std::optional<PlateAccess> clip;
  if (m_job.shot.camera.source == CameraSettings::Source::kClip && !m_job.shot.camera.clip.empty()) clip = clipAccess();
  auto camera = core::solveCamera(m_job.shot.camera, access, clip ? &*clip : nullptr, m_references, stop, progress);
  if (!camera) return camera.error();
  m_camera = std::move(*camera);
  m_solvedCamera = sceneInputs(m_job);
  return {};
}

Status Engine::takeCamera(CameraCurve camera) {
  std::vector<Id> ids;
  for (const PlacedReference& r : m_references) ids.push_back(r.id);
  const bool warped = !camera.referenceIds.empty();
  if (camera.size != m_media->size() || static_cast<std::int64_t>(camera.samples.size()) != frames() ||
      (warped && camera.referenceIds != ids)) {
    return Error{ErrorCode::kFieldInvalid, "the camera is not of this shot", m_job.shot.name, {}};
  }
  m_camera = std::move(camera);
  m_solvedCamera = sceneInputs(m_job);
  m_solvedScene.reset();
  m_background.reset();
  forgetBackgrounds();
  return {};
}

Status Engine::solveScene(const StopToken& stop, const ProgressFn& progress) {
  if (m_solvedScene) return {};
  if (Status s = solveCamera(stop, part(progress, 0.0, 0.6)); !s) return s;
  const PlateAccess access = plateAccess();
  if (!m_references.empty()) {
    m_matte.forgetFrames();
    m_media->forgetFrames();
    auto background = Background::build(m_camera, access, m_references, stop, part(progress, 0.6, 1.0));
    if (!background) return background.error();
    m_background = *background;
  }
  m_solvedScene = sceneInputs(m_job);
  forgetBackgrounds();
  return {};
}

LightSample Engine::sceneSample(FrameIndex frame) {
  LightSample out;
  const cv::Size full = m_media->size();
  const cv::Size size(240, std::max(1, full.height * 240 / full.width));
  if (!m_references.empty()) out.coded = display(frame, size);
  return out;
}

Result<LightSample> Engine::lightSample(FrameIndex frame) {
  const int divisor = divisorFor(m_media->size().width, kLightWidth);
  auto alpha = m_matte.alpha(frame, divisor);
  if (!alpha) return alpha.error();
  auto work = m_matte.work(frame, divisor);
  if (!work) return work.error();
  ColourTags tags = m_media->tags();
  if (m_media->painted()) tags.transfer = ColourTags::Transfer::kLinear;
  if (m_media->sampleType() == SampleType::kF32) tags.transfer = ColourTags::Transfer::kSrgb;
  const Picture bytes = pictureOf((*work)->planes, SampleType::kU8, tags, 0);
  const cv::Mat rgb(bytes.height(), bytes.width(), CV_8UC3, const_cast<void*>(bytes.data()));
  LightSample out;
  rgb.convertTo(out.coded, CV_32F, 1.0 / 255.0);
  cv::erode(*alpha > 0.97f, out.solid, cv::Mat::ones(3, 3, CV_8U));
  return out;
}

Status Engine::solveLight(const StopToken& stop, const ProgressFn& progress) {
  if (m_lightKnown) return {};
  std::optional<int> primary;  // a painted screen throws no light
  if (const Keyer* keyer = m_matte.screenKeyer(); keyer && !m_media->painted()) primary = keyer->screen().primary;
  auto light = matchLight(frames(), [this](FrameIndex f) { return lightSample(f); },
                          [this](FrameIndex f) { return sceneSample(f); }, primary, stop, progress);
  if (!light) return light.error();
  m_light = std::move(*light);
  auto cut = m_matte.alpha({0}, 1);
  auto work = m_matte.work({0}, 1);
  m_grain = cut && work && m_matte.screenKeyer() ? grainOf((*work)->planes, *cut, m_media->exponent()) : 0.0f;
  m_lightKnown = true;
  return {};
}

Status Engine::prepare(const StopToken& stop, const ProgressFn& progress) {
  settle();
  if (Status s = m_matte.prepare(stop); !s) return s;
  if (Status s = solveScene(stop, part(progress, 0.02, 0.7)); !s) return s;
  if (Status s = solveLight(stop, part(progress, 0.7, 1.0)); !s) return s;
  if (progress) progress(1.0);
  return {};
}

void Engine::releaseSources() {
  settle();
  if (m_references.empty() || m_background) {
    for (PlacedReference& r : m_references) r.picture = {};
    m_media->forgetReferences();
  }
  if (m_background) m_background = m_background->forSize(m_media->size());
  m_media->readOnwards();
  for (CameraSample& s : m_camera.samples) s.references.clear();
}

cv::Mat Engine::nearestReference(FrameIndex frame, cv::Size size) const {
  const PlacedReference* nearest = nullptr;
  for (const PlacedReference& r : m_references) {
    if (!nearest || std::abs(r.frame - frame) < std::abs(nearest->frame - frame)) nearest = &r;
  }
  if (!nearest) return cv::Mat(size, CV_32FC3, cv::Scalar::all(kMiddleGrey));
  const Picture& p = nearest->picture;
  const int depth = p.type() == SampleType::kU8 ? CV_8U : p.type() == SampleType::kU16 ? CV_16U : CV_32F;
  const cv::Mat source(p.height(), p.width(), CV_MAKETYPE(depth, p.channels()), const_cast<void*>(p.data()));
  cv::Mat warped, out;
  cv::warpPerspective(source, warped, placementOf(*nearest, size), size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                      cv::BORDER_REPLICATE);
  warped.convertTo(out, CV_32F, depth == CV_8U ? 1.0 / 255.0 : depth == CV_16U ? 1.0 / 65535.0 : 1.0);
  if (p.channels() == 1) cv::cvtColor(out, out, cv::COLOR_GRAY2RGB);
  if (p.channels() == 4) cv::cvtColor(out, out, cv::COLOR_RGBA2RGB);
  return out;
}

cv::Mat Engine::display(FrameIndex frame, cv::Size size) const {
  cv::Mat out = !m_background ? nearestReference(frame, size) : m_background->render(frame, size);
  const double blur = m_job.shot.light.defocus * size.width / std::max(1, m_media->size().width);
  if (blur > 0.05) cv::GaussianBlur(out, out, {0, 0}, std::min(blur, 64.0) / 2.0, 0.0, cv::BORDER_REPLICATE);
  return out;
}

/// Whether the background is the same in all frames.
bool Engine::standsStill() const {
  if (m_references.size() > 1) return false;
  if (!m_background) return true;
  const auto& s = m_camera.samples;
  return m_camera.method == CameraMethod::kLocked &&
         std::all_of(s.begin(), s.end(), [&](const CameraSample& c) { return c.toFirst == s.front().toFirst; });
}

/// The background of a frame, not drawn again while only the matte or the light changes.
const cv::Mat& Engine::shownBackground(FrameIndex frame, cv::Size size) {
  if (m_shown.size() != size || (m_shownFrame != frame && !standsStill())) {
    m_shown.release();  // before the next one is there
    m_shown = display(frame, size);
    m_shownFrame = frame;
  }
  return m_shown;
}

cv::Mat Engine::quickBackground(FrameIndex frame, cv::Size size) {
  const auto draw = [&](cv::Size small) { return display(frame, m_background ? small : size); };
  return m_quickDrawn.at(standsStill() ? FrameIndex{0} : frame, size, dividedSize(m_media->size(), kQuickBackground), m_media->deliversBytes(), draw);
}

Picture Engine::delivered(const Planes& planes, FrameIndex frame, int divisor) const {
  return m_media->delivered({delivered(planes.r, divisor), delivered(planes.g, divisor), delivered(planes.b, divisor)},
                            frame.value);
}

cv::Mat Engine::delivered(const cv::Mat& plane, int divisor) const {
  if (m_job.width <= 0 || m_job.height <= 0) return plane;
  const cv::Size size = dividedSize({m_job.width, m_job.height}, divisor);
  if (plane.size() == size) return plane;
  cv::Mat out;
  cv::resize(plane, out, size, 0, 0, size.width < plane.cols ? cv::INTER_AREA : cv::INTER_CUBIC);
  return out;
}

Picture Engine::composite(FrameIndex frame, int divisor, const Cutout& cutout, const cv::Mat& background) const {
  const LightSettings& light = m_job.shot.light;
  CompositeFinish finish;
  finish.lightWrap = static_cast<float>(std::clamp(light.lightWrap, 0.0, 1.0));
  finish.grain = m_grain * static_cast<float>(std::clamp(light.grain, 0.0, 2.0)) / static_cast<float>(divisor);
  finish.exponent = m_media->exponent();
  finish.frame = frame.value;
  finish.scale = 1.0 / divisor;
  const CompositeLayers layers{cutout.foreground, cutout.alpha, cutout.shadow};
  const bool resized = m_job.width > 0 && m_job.height > 0 && dividedSize({m_job.width, m_job.height}, divisor) != background.size();
  const bool bytewise = background.depth() == CV_8U;  // a quick one
  if (!m_media->deliversBytes() || resized) {
    cv::Mat shown = background;
    if (bytewise) background.convertTo(shown, CV_32F, 1.0 / 255.0);
    return delivered(composited(layers, m_media->workingOf(shown), finish), frame, divisor);
  }
  Picture out = m_media->deliveredBytes(background.size());
  const LinearRows linear = m_media->workingRows();
  const ByteRows bytes = m_media->deliveredRows(frame.value);
  compositeRows(layers, finish,
                [&](int y, int x0, int x1, float* const to[3]) {
                  if (bytewise) linear.read(background.ptr<std::uint8_t>(y) + 3 * x0, x1 - x0, to);
                  else linear.read(background.ptr<float>(y) + 3 * x0, x1 - x0, to);
                },
                [&](int y, const float* const row[3]) { bytes.write(row, y, out.width(), out.row<std::uint8_t>(y)); });
  return out;
}

Result<DraftFrame> Engine::render(FrameIndex frame, const DraftRequest& request) {
  if (frame.value < 0 || frame.value >= frames()) {
    return Error{ErrorCode::kUsage, "frame " + std::to_string(frame.value) + " is outside the shot", m_job.shot.name, {}};
  }
  if (request.divisor != 1 && request.divisor != 2 && request.divisor != 4) {
    return Error{ErrorCode::kUsage, "a draft is made at full, half or quarter size", m_job.shot.name, {}};
  }
  const LightSettings& light = m_job.shot.light;
  if (request.alone || request.quick) {
    settle();
    m_media->setProxy(request.proxy);
  }
  const cv::Size size = dividedSize(m_media->size(), request.divisor);
  std::future<cv::Mat> besides;  // needs nothing of the cutout
  if (request.quick) besides = std::async(std::launch::async, [this, frame, size] { return quickBackground(frame, size); });
  DraftFrame out;
  const bool cut = request.composite || request.foreground || request.shadow;
  Cutout cutout;
  if (cut) {
    auto made = this->cutout(frame, request);
    if (!made) return made.error();
    if (request.stop.requested()) return stopped();
    cutAhead(frame, request);
    cutout = std::move(*made);
    if (!request.quick) m_matte.colour(cutout);
    if (!cutout.shadow.empty() && light.shadow < 1.0) cutout.shadow = 1.0 - std::max(0.0, light.shadow) * (1.0 - cutout.shadow);
    if (!m_light.empty()) {
      const FrameLight& now = m_light.frames[static_cast<std::size_t>(frame.value)];
      applyLight(now, light, m_media->exponent(), cutout.foreground, cutout.alpha);
      addCastShadow(now, light, cutout.alpha, cutout.shadow);
    }
    addContactShadow(cutout.alpha, light.contactShadow, cutout.shadow);
  } else if (request.matte) {
    settle();
    m_matte.setStop(request.stop);
    auto alpha = m_matte.alpha(frame, request.divisor, request.alone);
    if (!alpha) return alpha.error();
    cutout.alpha = *alpha;
    if (!request.alone) {
      auto repairs = m_matte.repairFacts(frame);
      if (!repairs) return repairs.error();
      cutout.repairs = std::move(*repairs);
    }
  }
  out.repairs = std::move(cutout.repairs);
  if (request.stop.requested()) return stopped();
  if (request.composite || request.background) {
    const cv::Mat background = besides.valid() && !request.background ? besides.get() : shownBackground(frame, size);
    if (request.stop.requested()) return stopped();
    if (request.composite) out.composite = composite(frame, request.divisor, cutout, background);
    if (request.background) out.background = delivered(m_media->workingOf(background), frame, request.divisor);
  }
  if (request.foreground) out.foreground = delivered(cutout.foreground, frame, request.divisor);
  if (request.matte) out.matte = greyPicture(delivered(cutout.alpha, request.divisor), m_media->sampleType());
  if (request.shadow) {
    if (cutout.shadow.empty()) cutout.shadow = cv::Mat(size, CV_32F, cv::Scalar::all(1.0));
    out.shadow = greyPicture(delivered(cutout.shadow, request.divisor), m_media->sampleType());
  }
  return out;
}

Result<MatteReportFrame> Engine::matteReport(FrameIndex frame) {
  settle();
  const int divisor = divisorFor(m_media->size().width, kSolveWidth);
  const auto look = [&](FrameIndex f) -> Result<MatteView> {
    auto alpha = m_matte.alpha(f, divisor);
    if (!alpha) return alpha.error();
    auto work = m_matte.work(f, divisor);
    if (!work) return work.error();
    return MatteView{*alpha, (*work)->planes};
  };
  auto now = look(frame);
  if (!now) return now.error();
  std::optional<MatteView> before;
  if (frame.value > 0) {
    auto view = look(frame - 1);
    if (!view) return view.error();
    before = *view;
  }
  const Keyer* keyer = m_matte.screenKeyer();
  MatteReportFrame out = reportMatte(*now, before ? &*before : nullptr, keyer ? &keyer->screen() : nullptr, divisor);
  auto repairs = matteRepairs(frame);
  if (!repairs) return repairs.error();
  out.repairs = std::move(*repairs);
  return out;
}

Result<std::vector<RepairFacts>> Engine::matteRepairs(FrameIndex frame) {
  settle();
  return m_matte.repairFacts(frame);
}

std::vector<std::string> Engine::warnings() const {
  std::vector<std::string> out = m_media->info().warnings;
  const auto add = [&](const std::vector<std::string>& more) { out.insert(out.end(), more.begin(), more.end()); };
  add(m_matte.warnings());
  add(m_camera.warnings);
  if (m_background) add(m_background->warnings());
  return out;
}

}  // namespace

Result<std::unique_ptr<DraftEngine>> DraftEngine::open(const Job& job) {
  auto media = DraftMedia::open(job);
  if (!media) return media.error();
  auto engine = std::make_unique<Engine>(job, std::move(*media));
  if (Status s = engine->start(); !s) return s.error();
  return std::unique_ptr<DraftEngine>(std::move(engine));
}

}  // namespace pai::core
