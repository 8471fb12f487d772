// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/draft_engine_matte.h"

#include <algorithm>
#include <cmath>

#include "core/draft/despill.h"
#include "core/draft/matte_stack.h"

namespace pai::core {
namespace {

const Id kHiddenLayer = "(screen)";
constexpr std::size_t kRecentBytes = 8u << 20;  // of working planes kept of each size, two frames at least
constexpr std::size_t kStacked = 2;              // mattes before repair
constexpr double kHiddenCoverage = 0.35;  // a screen around an external matte covers this much of the frame
constexpr float kPaintedLevel = 0.985f;   // a filmed screen never reaches full code value at full saturation
constexpr float kPaintedSaturation = 0.985f;
constexpr int kKeyedRepairWidth = 640, kRepairWidth = 960;  // of the pictures repairs are found in; a key costs more to make
constexpr std::int64_t kSmallKept = 2;                      // frames to each side of the last one

std::size_t bytesOf(const FrameWork& w) { return w.planes.r.total() * sizeof(float) * (3 + w.keys.size() + w.roughKeys.size()); }
std::size_t bytesOf(cv::Size size) { return static_cast<std::size_t>(size.area()) * sizeof(float) * 4; }

/// Eight-bit picture in about display transfer.
cv::Mat codedBytes(const Planes& planes) {
  cv::Mat out(planes.size(), CV_8UC3);
  for (int y = 0; y < out.rows; ++y) {
    auto* o = out.ptr<std::uint8_t>(y);
    for (int x = 0; x < out.cols; ++x) {
      for (int c = 0; c < 3; ++c) *o++ = cv::saturate_cast<std::uint8_t>(255.0f * std::sqrt(std::max(0.0f, planes.row(c, y)[x])));
    }
  }
  return out;
}

bool isPainted(const ScreenColour& coded) {
  return coded.colour[coded.primary] > kPaintedLevel && coded.saturation > kPaintedSaturation;
}

}  // namespace

Planes cutForeground(const Planes& frame, const cv::Mat& alpha) {
  cv::Mat weight = alpha > 0.98f;
  weight.convertTo(weight, CV_32F, 1.0 / 255.0);
  const int cell = std::max(4, frame.r.cols / 240);
  const CoarseField subject = spreadAverage(frame, weight, cell);
  Planes out = frame.clone();
  cv::parallel_for_({0, alpha.rows}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      const float* a = alpha.ptr<float>(y);
      for (int x = 0; x < alpha.cols; ++x) {
        if (a[x] <= 0.0f || a[x] >= 0.9f) continue;
        const cv::Vec3f near = subject.at(x, y);
        const float t = a[x] / 0.9f;
        for (int c = 0; c < 3; ++c) out.row(c, y)[x] = out.row(c, y)[x] * t + near[c] * (1.0f - t);
      }
    }
  }, 8.0);
  return out;
}

bool DraftMatte::setJob(const Job& job) {
  std::vector<MatteLayer> layers = job.shot.matte;
  if (std::none_of(layers.begin(), layers.end(), [](const MatteLayer& l) { return l.enabled; })) {
    MatteLayer key;
    key.id = kHiddenLayer;
    layers = {key};
  }
  const bool changed = layers != m_layers || m_job.media != job.media;
  if (changed) forgetRepairs();
  const bool sameRepairs = m_job.shot.repairs == job.shot.repairs;
  m_job = job;
  for (const MatteLayer& l : layers) {
    if (l.source != MatteSource::kKey) continue;
    const auto it = m_keyers.find(l.id);
    if (it == m_keyers.end()) {
      m_prepared = false;
    } else if (it->second.sameScreen(l.key)) {
      it->second.setSettings(l.key);
    } else {
      m_keyers.erase(it);
      for (const Recent& frames : m_recent)
        for (const auto& w : frames) w->keys.erase(l.id), w->roughKeys.erase(l.id);
      m_prepared = false;
    }
  }
  m_layers = std::move(layers);
  return changed || !sameRepairs;
}

void DraftMatte::setStop(const StopToken& stop) {
  m_stop = stop;
  m_media.setStop(stop);
}

Status DraftMatte::goOn() const {
  return m_stop.requested() ? Status(Error{ErrorCode::kCancelled, "the matte was stopped", m_job.shot.name, {}}) : Status();
}

Result<Keyer> DraftMatte::buildKeyer(const KeySettings& settings, const StopToken& stop) {
  PlateAccess access;
  access.frames = m_media.frames();
  access.size = m_media.size();
  access.picture = [this](FrameIndex f) { return m_media.plate(f); };
  auto keyer = Keyer::build(settings, access, stop);
  // Painted mattes have textured edges of one pixel, where luma says little about coverage.
  if (keyer && m_media.coarseChroma() && !m_media.painted()) keyer->setCoarseChroma(access.size.width);
  return keyer;
}

Status DraftMatte::prepare(const StopToken& stop) {
  if (m_prepared) return {};
  bool anyKey = false;
  for (const MatteLayer& l : m_layers) {
    if (l.source != MatteSource::kKey || !l.enabled) continue;
    anyKey = true;
    if (m_keyers.count(l.id)) continue;
    auto keyer = buildKeyer(l.key, stop);
    if (!keyer) {
      Error error = keyer.error();
      if (error.context.empty()) error.context = m_media.platePath();
      return error;
    }
    m_keyers.emplace(l.id, std::move(*keyer));
  }
  if (!anyKey && !m_hiddenKeyer) {
    auto keyer = buildKeyer({}, stop);
    if (keyer && keyer->screen().coverage > kHiddenCoverage) m_hiddenKeyer = std::move(*keyer);
    if (!keyer && keyer.error().code != ErrorCode::kNoScreen) return keyer.error();
  }
  m_prepared = true;
  const Keyer* screen = screenKeyer();
  if (screen && isPainted(screen->screen()) && !m_media.painted() && m_media.sampleType() != SampleType::kF32) {
    // Code values were mixed, not light: work in them, and look at the screen again as such.
    m_media.setPainted(true);
    m_keyers.clear();
    m_hiddenKeyer.reset();
    forgetFrames();
    forgetRepairs();
    m_prepared = false;
    return prepare(stop);
  }
  return {};
}

const Id* DraftMatte::screenLayer() const {
  for (const MatteLayer& l : m_layers) {
    if (l.enabled && l.source == MatteSource::kKey && m_keyers.count(l.id)) return &l.id;
  }
  return m_hiddenKeyer ? &kHiddenLayer : nullptr;
}

const Keyer* DraftMatte::screenKeyer() const {
  const Id* layer = screenLayer();
  if (!layer) return nullptr;
  const auto it = m_keyers.find(*layer);
  return it != m_keyers.end() ? &it->second : &*m_hiddenKeyer;
}

Result<const FrameWork*> DraftMatte::work(FrameIndex frame, int divisor, bool alone) {
  Recent& frames = recent(divisor);
  const auto known = std::find_if(frames.begin(), frames.end(), [&](const auto& w) { return w->frame == frame && (alone || !w->proxy); });
  if (known != frames.end()) {
    frames.splice(frames.begin(), frames, known);
    return frames.front().get();
  }
  if (divisor != repairDivisor()) takeAround();
  makeRoom(divisor, bytesOf(dividedSize(m_media.size(), divisor)));
  auto made = std::make_shared<FrameWork>(FrameWork{frame, divisor, false, {}, {}, {}});
  if (auto small = alone ? m_media.proxyPlanes(frame, divisor) : std::nullopt) {
    made->planes = std::move(*small);
    made->proxy = true;
  } else {
    auto picture = m_media.plate(frame);
    if (!picture) return picture.error();
    made->planes = planesOf(**picture, divisor);
  }
  if (Status s = goOn(); !s) return s.error();
  frames.push_front(made);
  return frames.front().get();
}

/// Drops what is not kept once a frame of so many bytes is made: two of a size stay, and more while they are small.
void DraftMatte::makeRoom(int divisor, std::size_t bytes) {
  int frames = 1;
  std::erase_if(recent(divisor), [&](const auto& w) {
    bytes += bytesOf(*w);
    return ++frames > 2 && bytes > kRecentBytes;
  });
}

void DraftMatte::forgetFrames() {
  for (Recent& frames : m_recent) frames.clear();
  m_stacked.clear();
}

const RawKey& DraftMatte::rawOf(const Id& layer, const Keyer& keyer, FrameWork& work, bool fine) {
  std::map<Id, RawKey>& keys = fine ? work.keys : work.roughKeys;
  const auto it = keys.find(layer);
  if (it != keys.end()) return it->second;
  return keys.emplace(layer, keyer.rawKey(work.planes, fine)).first->second;
}

Result<cv::Mat> DraftMatte::keyMatte(const MatteLayer& layer, const FrameWork& now, Grade grade) {
  const Keyer& keyer = m_keyers.at(layer.id);
  const bool fine = grade != Grade::kRough;
  const RawKey& raw = rawOf(layer.id, keyer, const_cast<FrameWork&>(now), fine);
  if (Status s = goOn(); !s) return s.error();
  KeyHistory history;
  const bool stable = grade != Grade::kAlone && layer.key.temporal > 0.0 && now.frame.value > 0;
  if (stable) {
    auto before = work(now.frame - 1, now.divisor);
    if (!before) return before.error();
    history.frame = (*before)->planes;
    history.rawAlpha = rawOf(layer.id, keyer, const_cast<FrameWork&>(**before), fine).alpha;
    if (auto again = work(now.frame, now.divisor); !again) return again.error();  // the later of the two stays for the next frame
    if (Status s = goOn(); !s) return s.error();
  }
  return keyer.shapedAlpha(raw, now.planes, 1.0 / now.divisor, stable ? &history : nullptr);
}

Result<cv::Mat> DraftMatte::layerMatte(const MatteLayer& layer, const FrameWork& now, Grade grade) {
  const FrameIndex source = m_media.range().begin + now.frame.value;
  switch (layer.source) {
    case MatteSource::kKey: return keyMatte(layer, now, grade);
    case MatteSource::kExternal: return m_media.matte(m_job, layer.media, now.frame, false);
    case MatteSource::kAlpha: return m_media.matte(m_job, layer.media, now.frame, true);
    case MatteSource::kShape: return drawShape(layer, source, now.planes.size());
    case MatteSource::kPaint:
      if (layer.frame != source) return cv::Mat();
      return m_media.still(m_job, layer.media);
  }
  return cv::Mat();
}

bool DraftMatte::keyed() const {
  return std::any_of(m_layers.begin(), m_layers.end(), [](const MatteLayer& l) { return l.enabled && l.source == MatteSource::kKey; });
}

int DraftMatte::repairDivisor() const {
  int divisor = 1;
  while (divisor < 4 && m_media.size().width / divisor > (keyed() ? kKeyedRepairWidth : kRepairWidth)) divisor *= 2;
  return divisor;
}

void DraftMatte::forgetRepairs() {
  m_stacked.clear();
  m_small.clear();
  m_repairs.clear();
}

/// Begins the mattes that repairs of a keyed frame are found in on another thread, once the frame's own needs the reader no more.
Status DraftMatte::lookAround(FrameIndex frame, int divisor) {
  const auto fromScreen = [](const MatteLayer& l) { return !l.enabled || l.source == MatteSource::kKey || l.source == MatteSource::kShape; };
  const bool wanted = m_job.shot.repairs.enabled && frame.value >= 1 && frame.value + 1 < m_media.frames() && !m_repairs.count(frame.value);
  if (!wanted || divisor == repairDivisor() || !keyed() || !std::all_of(m_layers.begin(), m_layers.end(), fromScreen)) return {};
  if (Status s = prepare(m_stop); !s) return s;
  const auto steadied = [](const MatteLayer& l) { return l.enabled && l.source == MatteSource::kKey && l.key.temporal > 0.0; };
  if (std::any_of(m_layers.begin(), m_layers.end(), steadied)) {
    if (auto before = work(frame - 1, divisor); !before) return before.error();
  }
  if (auto now = work(frame, divisor); !now) return now.error();
  const bool halves = 2 * divisor == repairDivisor();
  if (halves) {
    for (const auto& w : recent(divisor)) keepHalved(*w);
  }
  std::vector<FrameIndex> missing;
  for (const FrameIndex f : {frame - 1, frame, frame + 1}) {
    if (!m_small.count(f.value)) missing.push_back(f);
  }
  m_around = std::async(std::launch::async, [this, missing, divisor, halves] {
    Around out;
    for (const FrameIndex f : missing) {
      if (halves && f == missing.back()) out.next = halvedFrom(f, divisor);
      out.alphas.emplace_back(f, stackAlpha(f, repairDivisor(), Grade::kRough));
    }
    return out;
  });
  return {};
}

/// Takes what was begun; a matte that failed is made again where it is asked for.
void DraftMatte::takeAround() {
  if (!m_around.valid()) return;
  Around around = m_around.get();
  for (auto& [frame, made] : around.alphas) {
    if (made) m_small[frame.value] = *made;
  }
  if (!around.next) return;
  makeRoom(around.next->divisor, bytesOf(around.next->planes.size()));
  recent(around.next->divisor).push_front(std::move(around.next));
}

/// Keeps a frame's planes also at half their size, where a read of the frame at that size would give the same.
void DraftMatte::keepHalved(const FrameWork& from) {
  const int divisor = 2 * from.divisor;
  const auto is = [&](const auto& w) { return w->frame == from.frame && !w->proxy; };
  if (from.proxy || std::any_of(recent(divisor).begin(), recent(divisor).end(), is)) return;
  Planes planes = halved(from.planes);
  makeRoom(divisor, bytesOf(planes.size()));
  recent(divisor).push_front(std::make_shared<FrameWork>(FrameWork{from.frame, divisor, false, std::move(planes), {}, {}}));
}

/// Reads a frame for two sizes at once: it keeps the smaller and returns the larger; nothing where it can't be read.
std::shared_ptr<FrameWork> DraftMatte::halvedFrom(FrameIndex frame, int divisor) {
  auto picture = m_media.plate(frame);
  if (!picture) return nullptr;
  auto out = std::make_shared<FrameWork>(FrameWork{frame, divisor, false, planesOf(**picture, divisor), {}, {}});
  keepHalved(*out);
  return out;
}

Result<cv::Mat> DraftMatte::smallAlpha(FrameIndex frame) {
  takeAround();
  if (const auto known = m_small.find(frame.value); known != m_small.end()) return known->second;
  auto made = stackAlpha(frame, repairDivisor(), Grade::kRough);
  if (made) m_small[frame.value] = *made;
  return made;
}

Result<cv::Mat> DraftMatte::unrepaired(FrameIndex frame, int divisor) {
  if (!m_job.shot.repairs.enabled) return stackAlpha(frame, divisor, Grade::kSteady);
  if (keyed() || divisor != repairDivisor()) {
    const auto known = std::find_if(m_stacked.begin(), m_stacked.end(), [&](const Stacked& s) { return s.frame == frame && s.divisor == divisor; });
    if (known != m_stacked.end()) return known->alpha;
    while (m_stacked.size() >= kStacked) m_stacked.pop_back();
    auto made = stackAlpha(frame, divisor, Grade::kSteady);
    if (made) m_stacked.push_front({frame, divisor, *made});
    return made;
  }
  auto small = smallAlpha(frame);
  return small ? Result<cv::Mat>(small->clone()) : small;
}

Result<std::vector<MatteRepair>> DraftMatte::findIn(FrameIndex frame) {
  cv::Mat small[3];
  for (int i = 0; i < 3; ++i) {
    auto made = smallAlpha(frame + (i - 1));
    // A neighbour that can't be read is no reason to fail.
    if (!made && i != 1 && made.error().code != ErrorCode::kCancelled) return std::vector<MatteRepair>();
    if (!made) return made.error();
    small[i] = *made;
  }
  if (!mayNeedRepair(small[0], small[1], small[2])) return std::vector<MatteRepair>();
  RepairView views[3];
  for (int i = 0; i < 3; ++i) {
    auto seen = work(frame + (i - 1), repairDivisor());
    if (!seen) return seen.error();
    views[i] = {small[i], codedBytes((*seen)->planes)};
  }
  if (Status s = goOn(); !s) return s.error();
  return findRepairs(views[0], views[1], views[2]);
}

Result<std::vector<MatteRepair>> DraftMatte::repairs(FrameIndex frame) {
  const MatteRepairs& settings = m_job.shot.repairs;
  if (!settings.enabled || frame.value < 1 || frame.value + 1 >= m_media.frames()) return std::vector<MatteRepair>();
  const FrameIndex source = m_media.range().begin + frame.value;
  // A frame painted by hand is what somebody wants it to be.
  const auto painted = [&](const MatteLayer& l) { return l.enabled && l.source == MatteSource::kPaint && l.frame == source; };
  if (std::any_of(m_layers.begin(), m_layers.end(), painted)) return std::vector<MatteRepair>();
  if (Status s = prepare(m_stop); !s) return s.error();
  auto known = m_repairs.find(frame.value);
  if (known == m_repairs.end()) {
    const auto far = [&](const auto& kept) { return std::abs(kept.first - frame.value) > kSmallKept; };
    std::erase_if(m_small, far);
    std::erase_if(m_repairs, far);
    auto found = findIn(frame);
    if (!found) return found;
    known = m_repairs.emplace(frame.value, std::move(*found)).first;
  }
  std::vector<MatteRepair> out = known->second;
  for (MatteRepair& r : out) r.facts.refused = isRefused(settings, source, r.facts.box);
  return out;
}

Result<std::vector<RepairFacts>> DraftMatte::repairFacts(FrameIndex frame) {
  auto found = repairs(frame);
  if (!found) return found.error();
  std::vector<RepairFacts> out;
  for (MatteRepair& r : *found) out.push_back(std::move(r.facts));
  return out;
}

Result<cv::Mat> DraftMatte::alpha(FrameIndex frame, int divisor, bool alone) {
  if (alone) return stackAlpha(frame, divisor, Grade::kAlone);
  if (Status s = lookAround(frame, divisor); !s) return s.error();
  auto made = repaired(frame, divisor);
  takeAround();
  return made;
}

Result<cv::Mat> DraftMatte::repaired(FrameIndex frame, int divisor) {
  auto now = unrepaired(frame, divisor);  // before its neighbours are read, so that readers go forwards
  if (!now) return now;
  auto wanted = repairs(frame);
  if (!wanted) return wanted.error();
  std::erase_if(*wanted, [](const MatteRepair& r) { return r.facts.refused; });
  if (wanted->empty()) return now;
  auto before = unrepaired(frame - 1, divisor);
  if (!before) return before;
  auto after = unrepaired(frame + 1, divisor);
  if (!after) return after;
  cv::Mat repaired = now->clone();
  for (const MatteRepair& r : *wanted) applyRepair(r, *before, *after, repaired);
  return repaired;
}

Result<cv::Mat> DraftMatte::stackAlpha(FrameIndex frame, int divisor, Grade grade) {
  if (Status s = prepare(m_stop); !s) return s.error();
  if (auto w = work(frame, divisor, grade == Grade::kAlone); !w) return w.error();
  const std::shared_ptr<FrameWork> now = recent(divisor).front();
  return combineMattes(m_layers, now->planes.size(), 1.0 / divisor,
                       [&](const MatteLayer& layer) { return layerMatte(layer, *now, grade); });
}

Result<Cutout> DraftMatte::cutout(FrameIndex frame, int divisor, bool alone) {
  auto matte = alpha(frame, divisor, alone);
  if (!matte) return matte.error();
  if (auto w = work(frame, divisor, alone); !w) return w.error();
  const std::shared_ptr<FrameWork> now = recent(divisor).front();
  Cutout out;
  out.alpha = *matte;
  if (!alone) {
    auto repaired = repairFacts(frame);
    if (!repaired) return repaired.error();
    out.repairs = std::move(*repaired);
  }
  if (Status s = goOn(); !s) return s.error();
  if (const Keyer* keyer = screenKeyer()) rawOf(*screenLayer(), *keyer, *now);  // for `colour`
  out.frame = now;
  return out;
}

void DraftMatte::colour(Cutout& cutout) const {
  const std::shared_ptr<const FrameWork> frame = std::move(cutout.frame);
  const FrameWork& now = *frame;
  if (const Keyer* keyer = screenKeyer()) {
    const RawKey& raw = now.keys.at(*screenLayer());
    cutout.foreground = keyer->foreground(raw, now.planes, cutout.alpha);
    cutout.shadow = keyer->shadow(raw, cutout.alpha.size());
  } else {
    cutout.foreground = cutForeground(now.planes, cutout.alpha);
  }
}

}  // namespace pai::core
