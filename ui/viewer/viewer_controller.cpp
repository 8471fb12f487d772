// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewer/viewer_controller.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/document/colour_edits.h"
#include "app/document/error_text.h"
#include "app/document/media_import.h"
#include "app/document/shot_job.h"

namespace pai::ui {
namespace {

constexpr int kLivelyMs = 250;           // so often a picture is waited for while the playhead is dragged
constexpr std::int64_t kFarFrames = 12;  // from the playhead: nothing that a hand on the ruler still looks at
constexpr int kRestMs = 120, kBeforeFillMs = 700, kShowHeldMs = 100, kLateMs = 120;

app::ShotPicture pictureOf(ViewKind kind) {
  switch (kind) {
    case ViewKind::kMatte: return app::ShotPicture::kMatte;
    case ViewKind::kBackground: return app::ShotPicture::kBackground;
    case ViewKind::kForeground: return app::ShotPicture::kForeground;
    case ViewKind::kComposite:
    case ViewKind::kPlate:
    case ViewKind::kTake: break;
  }
  return app::ShotPicture::kComposite;
}

QString preparing(ViewKind kind) {
  switch (kind) {
    case ViewKind::kPlate: return ViewerController::tr("Preparing the plate…");
    case ViewKind::kMatte: return ViewerController::tr("Preparing the matte…");
    case ViewKind::kComposite: return ViewerController::tr("Preparing the composite…");
    case ViewKind::kBackground: return ViewerController::tr("Preparing the background…");
    case ViewKind::kForeground: return ViewerController::tr("Preparing the relit foreground…");
    case ViewKind::kTake: break;
  }
  return ViewerController::tr("Preparing the take…");
}

}  // namespace

ViewerController::ViewerController(app::Document& document, app::MediaCatalog& catalog, app::Playback& playback,
                                   app::FrameSource& source, TimelineModel& model, ViewerCanvas& canvas, QObject* parent)
    : QObject(parent), m_document(document), m_catalog(catalog), m_playback(playback), m_source(source), m_model(model),
      m_canvas(canvas) {
  m_sides[1].channel = app::PictureChannel::kCompare;
  m_sides[1].kind = ViewKind::kComposite;
  m_rest.setSingleShot(true);
  m_rest.setInterval(kRestMs);
  m_beforeFill.setSingleShot(true);
  m_beforeFill.setInterval(kBeforeFillMs);
  m_showHeld.setSingleShot(true);
  m_showHeld.setInterval(kShowHeldMs);
  m_late.setSingleShot(true);
  m_late.setInterval(kLateMs);
  connect(&m_late, &QTimer::timeout, this, [this] { coverWhatIsNotWanted(true); });
  connect(&m_rest, &QTimer::timeout, this, [this] {
    m_resting = true;
    m_beforeFill.start();
    markDirty();
  });
  connect(&m_beforeFill, &QTimer::timeout, this, &ViewerController::startFill);
  connect(&m_showHeld, &QTimer::timeout, this, &ViewerController::showHeld);
  connect(&source, &app::FrameSource::heldChanged, this, [this] {
    if (!m_showHeld.isActive()) m_showHeld.start();
  });
  connect(&playback, &app::Playback::frameChanged, this, &ViewerController::onFrame);
  connect(&playback, &app::Playback::stateChanged, this, [this] {
    if (m_playback.isPlaying()) {
      m_shown = m_dropped = 0;
      m_lastShown = -1;
    } else {
      restFromNow();
    }
    emit playbackCounted();
  });
  connect(&document, &app::Document::projectReset, this, &ViewerController::onShot);
  connect(&document, &app::Document::structureChanged, this, &ViewerController::onShot);
  connect(&document, &app::Document::currentShotChanged, this, &ViewerController::onShot);
  connect(&document, &app::Document::shotChanged, this, [this](const core::Id& id) {
    if (id == m_document.currentShotId()) onShot();
  });
  connect(&catalog, &app::MediaCatalog::mediaChanged, this, [this](const core::Id& id) {
    const core::Shot* shot = m_document.currentShot();
    if (shot && shot->plate == id) onShot();
  });
  connect(&source, &app::FrameSource::pictureReady, this, &ViewerController::onPicture);
  connect(&source, &app::FrameSource::failed, this,
          [this](quint64 ticket, const core::Error& error) { onMissed(ticket, app::errorText(error)); });
  connect(&source, &app::FrameSource::cancelled, this, [this](quint64 ticket) { onMissed(ticket, {}); });
  showEmptyState();
}

void ViewerController::setView(ViewKind kind) {
  if (m_sides[0].kind == kind) return;
  m_sides[0].kind = kind;
  fillAnew();
  emit viewChanged();
  markDirty();
}

void ViewerController::setOtherView(ViewKind kind) {
  m_sides[1].kind = kind;
  fillAnew();
  emit viewChanged();
  markDirty();
}

void ViewerController::setCompareMode(CompareMode mode) {
  m_canvas.setCompareMode(mode);
  if (mode == CompareMode::kSingle) {
    m_canvas.setOther({});
    m_canvas.setNote(1, {});
    m_sides[1].shown.reset();
  }
  fillAnew();
  emit viewChanged();
  markDirty();
}

void ViewerController::setTake(const std::optional<ShownTake>& take) {
  if (take == m_take) return;
  m_take = take;
  markDirty();
}

void ViewerController::setDragPreview(const std::optional<DragPreview>& preview) {
  if (preview == m_drag) return;
  m_drag = preview;
  if (!preview) {
    m_overlayPath.clear();
    m_canvas.setOverlay({});
    return markDirty();
  }
  QString path = preview->path;
  core::MediaKind kind = core::MediaKind::kImage;
  if (const core::Media* media = m_document.project().findMedia(preview->media)) {
    path = m_document.mediaPath(*media);
    kind = media->kind;
  }
  if (!path.isEmpty() && path != m_overlayPath) {
    m_overlayPath = path;
    m_overlayTicket = m_source.requestMediaFrame(path, kind, {0}, QSize(960, 540), app::PictureChannel::kOverlay);
  }
  markDirty();
}

void ViewerController::refresh() { markDirty(); }

void ViewerController::refreshColours() {
  updateView();
  markDirty();
}

void ViewerController::setExposure(double stops, double gamma) {
  if (stops == m_exposure && gamma == m_gamma) return;
  m_exposure = stops;
  m_gamma = gamma;
  m_canvas.setExposure(stops, gamma);
  refreshColours();
}

void ViewerController::updateView() {
  app::ViewSetup setup = app::viewSetupOf(m_document);
  setup.exposure = m_exposure;
  setup.gamma = m_gamma;
  m_source.setView(setup);
}

bool ViewerController::isWaiting() const {
  return !m_sides[0].asked.empty() || m_sides[0].dirty || !m_sides[1].asked.empty() || m_shotDirty;
}

void ViewerController::onFrame(qint64) {
  m_edited = false;
  restFromNow();
  markDirty();
}

void ViewerController::restFromNow() {
  m_resting = false;
  m_beforeFill.stop();
  m_source.fill(std::nullopt, 0);
  m_rest.start();
}

void ViewerController::fillAnew() {
  m_source.fill(std::nullopt, 0);
  m_showHeld.start();
  if (m_resting) m_beforeFill.start();
}

void ViewerController::setFills(bool fills) {
  if (m_fills == fills) return;
  m_fills = fills;
  fillAnew();
}

void ViewerController::setQuick(bool quick) {
  if (m_quick == quick) return;
  m_quick = quick;
  markDirty();
}

bool ViewerController::mayBeQuick(const Content& content) const { return m_quick && !m_edited && !compares() && content.kind == ViewKind::kComposite; }

bool ViewerController::mayGoAhead(const Side& side) const {
  const Asked& last = side.asked.back();
  const bool draft = last.content.kind != ViewKind::kPlate && last.content.kind != ViewKind::kTake;
  return draft && last.moving && !m_resting && !m_shotDirty && !compares() && last.content == wanted(side);
}

std::optional<app::ShotPicture> ViewerController::shotPictureShown() const {
  for (int i = 0; i < (compares() ? 2 : 1); ++i) {
    const ViewKind kind = m_sides[i].kind;
    if (kind != ViewKind::kPlate && kind != ViewKind::kTake) return pictureOf(kind);
  }
  return std::nullopt;
}

void ViewerController::startFill() {
  const core::Shot* shot = m_document.currentShot();
  const TimelineShot* shown = shot ? m_model.shot(shot->id) : nullptr;
  const std::optional<app::ShotPicture> picture = shotPictureShown();
  if (!m_fills || !m_resting || m_drag || !shown || !picture) return;
  const std::int64_t local = std::clamp<std::int64_t>(m_playback.frame().value - shown->begin, 0, shown->length - 1);
  m_source.fill(app::ShotRequest{{local}, *picture, movingDivisor(), false}, shown->length);
}

void ViewerController::showHeld() {
  const std::optional<app::ShotPicture> picture = shotPictureShown();
  m_model.setHeld(picture ? m_source.held(*picture, movingDivisor()) : std::vector<core::FrameRange>());
}

void ViewerController::onShot() {
  updateView();
  m_shotDirty = true;
  m_edited = true;
  restFromNow();
  markDirty();
}

void ViewerController::markDirty() {
  for (Side& side : m_sides) side.dirty = true;
  dropStale();
  pump();
}

/// A final picture takes long: it is given up as soon as another one is wanted. One in motion comes soon and is let be where it
/// still shows about what is wanted, or else a hand that never rests would see nothing.
bool ViewerController::isStale(const Side& side, const Asked& asked) const {
  if (asked.content != wanted(side) || (asked.quick && !mayBeQuick(asked.content))) return true;
  const TimelineShot* shown = m_model.shot(m_document.currentShotId());
  const std::int64_t frame = shown ? shown->begin + std::clamp<std::int64_t>(frameNow() - shown->begin, 0, shown->length - 1) : frameNow();
  if (!asked.moving) return m_shotDirty || frame != asked.frame;
  const bool far = std::abs(frame - asked.frame) > kFarFrames;
  return far && !(m_unanswered.isValid() && m_unanswered.hasExpired(kLivelyMs));
}

void ViewerController::dropStale() {
  for (Side& side : m_sides) {
    const bool alone = m_resting || m_shotDirty || compares();  // what was asked for ahead would only hold up what is wanted now
    std::vector<Asked> kept;
    for (Asked& asked : side.asked) {
      if (isStale(side, asked) || (alone && !kept.empty())) m_source.cancel(asked.ticket);
      else kept.push_back(std::move(asked));
    }
    side.asked = std::move(kept);
  }
}

void ViewerController::pump() {
  askAll();
  coverWhatIsNotWanted(false);
}

ViewerController::Content ViewerController::wanted(const Side& side) const {
  if (m_drag) return {};
  return {side.kind, side.kind == ViewKind::kTake ? m_take : std::nullopt};
}

/// A side that shows something else than it is called is covered once that has lasted; from then on until it is right.
void ViewerController::coverWhatIsNotWanted(bool late) {
  const bool message = m_canvas.picture().isNull() && m_sides[0].shown == wanted(m_sides[0]);
  bool waits = false;
  for (int i = 0; i < 2; ++i) {
    const Side& side = m_sides[i];
    const bool used = !message && (i == 0 || compares());
    if (!used || side.shown == wanted(side)) {
      m_canvas.setCover(i, used ? side.trouble : QString());
    } else if (late || !m_canvas.cover(i).isEmpty()) {
      m_canvas.setCover(i, preparing(wanted(side).kind));
    } else {
      waits = true;
    }
  }
  if (!waits) m_late.stop();
  else if (!m_late.isActive()) m_late.start();
}

void ViewerController::showMessage(const QString& title, const QString& text) {
  m_canvas.clear();
  m_canvas.setMessage(title, text);
  m_sides[0].shown = wanted(m_sides[0]);
  m_sides[1].shown.reset();
}

void ViewerController::askAll() {
  const core::Shot* shot = m_document.currentShot();
  if (!shot) {
    m_source.setShot(std::nullopt);
    m_shotDirty = false;
    return showEmptyState();
  }
  if (const app::MediaFacts* facts = m_catalog.facts(shot->plate)) m_canvas.setPictureSize(facts->size);
  if (m_catalog.state(shot->plate) != app::MediaState::kOnline) return showEmptyState();
  if (!m_sides[0].asked.empty() && !mayGoAhead(m_sides[0])) return;  // the answer pumps again, with the newest frame and shot
  if (m_shotDirty) {
    m_shotDirty = false;
    m_source.setShot(app::jobOfShot(m_document, *shot, m_catalog.rangeOf(*shot)));
  }
  if (m_sides[0].kind == ViewKind::kTake && !m_take && !m_drag) {
    return showMessage(tr("No take to show"), tr("Render the shot, or select a take in the Takes panel."));
  }
  ask(m_sides[0]);
  if (compares()) ask(m_sides[1]);
}

int ViewerController::divisorNow() const {
  const double pixels = m_canvas.transform().zoom() * m_canvas.devicePixelRatioF();
  const int fits = pixels > 0.75 ? 1 : pixels > 0.3 ? 2 : 4;
  return m_resting ? fits : std::max(2, fits);
}

int ViewerController::movingDivisor() const { return std::max(2, divisorNow()); }

QSize ViewerController::sizeNow(int divisor) const {
  const QSize full = m_canvas.transform().pictureSize();
  return divisor == 1 ? QSize() : full / divisor;
}

void ViewerController::ask(Side& side) {
  const core::Shot* shot = m_document.currentShot();
  const TimelineShot* shown = shot ? m_model.shot(shot->id) : nullptr;
  if (!side.dirty || !shown || (!side.asked.empty() && !mayGoAhead(side))) return;
  const std::int64_t local = std::clamp<std::int64_t>(frameNow() - shown->begin, 0, shown->length - 1);
  if (!side.asked.empty() && side.asked.back().frame == shown->begin + local) return;  // nothing newer; it is looked at again with the answer
  side.dirty = false;
  Asked next;
  next.content = wanted(side);
  if (next.content.kind == ViewKind::kTake && !next.content.take) {  // of side 1; see askAll
    side.shown = next.content;
    side.trouble = tr("No take to show");
    m_canvas.setNote(1, {});
    return m_canvas.setOther({});
  }
  next.frame = shown->begin + local;
  next.moving = !m_resting;
  next.quick = next.moving && mayBeQuick(next.content);
  next.note = noteOf(next.content, *shown, local);
  if (&side == &m_sides[0] && !m_unanswered.isValid()) m_unanswered.start();
  next.ticket = send(next, side.channel, *shot, local, divisorNow());
  if (next.ticket != 0) side.asked.push_back(std::move(next));
}

QString ViewerController::noteOf(const Content& content, const TimelineShot& shot, std::int64_t local) const {
  if (content.kind != ViewKind::kTake || !content.take || content.take->frames.contains({local})) return {};
  const core::FrameRange part = content.take->frames.intersected({{0}, {shot.length}});
  if (part.empty()) return tr("This take covers no frame of the shot as it is now; the plate is shown");
  return tr("This take covers %1 to %2; the plate is shown here").arg(m_model.timecode(shot.begin + part.begin.value), m_model.timecode(shot.begin + part.end.value - 1));
}

app::FrameSource::Ticket ViewerController::send(Asked& asked, app::PictureChannel channel, const core::Shot& shot, std::int64_t local, int divisor) {
  const ViewKind kind = asked.content.kind;
  const core::Media* plate = m_document.project().findMedia(shot.plate);
  const QString platePath = plate ? m_document.mediaPath(*plate) : QString();
  asked.lit = kind != ViewKind::kMatte && m_source.view().transforms(kind == ViewKind::kTake && m_take ? m_take->path : platePath);
  if (kind == ViewKind::kTake && m_take && m_take->frames.contains({local})) {
    const core::MediaKind media = app::kindOfFile(m_take->path).value_or(core::MediaKind::kClip);
    return m_source.requestMediaFrame(m_take->path, media, {local - m_take->frames.begin.value}, sizeNow(divisor), channel);
  }
  if (kind == ViewKind::kPlate || kind == ViewKind::kTake) {
    if (!plate) return 0;
    const std::int64_t source = m_catalog.rangeOf(shot).begin.value + local;
    return m_source.requestMediaFrame(platePath, plate->kind, {source}, sizeNow(divisor), channel);
  }
  return m_source.requestShotFrame({{local}, pictureOf(kind), divisor, asked.moving, asked.quick}, channel);
}

void ViewerController::onPicture(quint64 ticket, const QImage& image, bool quick) {
  if (ticket == m_overlayTicket) {
    m_overlayTicket = 0;
    if (m_drag) m_canvas.setOverlay(image);
    return;
  }
  for (int i = 0; i < 2; ++i) {
    Side& side = m_sides[i];
    const auto found = std::find_if(side.asked.begin(), side.asked.end(), [ticket](const Asked& asked) { return asked.ticket == ticket; });
    if (found == side.asked.end()) continue;
    const Asked asked = *found;
    // What was asked for before and is not there yet is older than what is shown now.
    for (auto older = side.asked.begin(); older != found; ++older) m_source.cancel(older->ticket);
    side.asked.erase(side.asked.begin(), found + 1);
    if (asked.content != wanted(side) || (i == 1 && !compares())) return pump();  // the view changed meanwhile
    side.shown = asked.content;
    side.trouble.clear();
    i == 0 ? m_canvas.setPicture(image, asked.lit, quick) : m_canvas.setOther(image, asked.lit);
    m_canvas.setNote(i, quick ? tr("Quick key while moving") : asked.note);
    if (i == 0) {
      side.asked.empty() ? m_unanswered.invalidate() : m_unanswered.start();
      if (m_playback.isPlaying() && asked.frame != m_lastShown) {
        const std::int64_t step = asked.frame - m_lastShown;
        if (m_lastShown >= 0 && step > 1) m_dropped += static_cast<int>(step - 1);
        ++m_shown;
        m_lastShown = asked.frame;
        emit playbackCounted();
      }
      emit pictureShown(asked.frame, quick);
    }
    return pump();
  }
}

void ViewerController::onMissed(quint64 ticket, const QString& trouble) {
  if (ticket == m_overlayTicket) m_overlayTicket = 0;
  for (Side& side : m_sides) {
    const auto found = std::find_if(side.asked.begin(), side.asked.end(), [ticket](const Asked& asked) { return asked.ticket == ticket; });
    if (found == side.asked.end()) continue;
    const Content content = found->content;
    side.asked.erase(found);
    if (&side == &m_sides[0] && side.asked.empty()) m_unanswered.invalidate();
    if (!trouble.isEmpty() && content == wanted(side)) {
      if (&side == &m_sides[0]) {
        showMessage(tr("This picture can't be shown"), trouble);
      } else {
        side.shown = content;
        side.trouble = tr("This picture can't be shown");
        m_canvas.setNote(1, {});
        m_canvas.setOther({});
      }
    }
    return pump();
  }
}

void ViewerController::showEmptyState() {
  const core::Shot* shot = m_document.currentShot();
  if (!shot) {
    return showMessage(tr("No shot yet"), tr("Drop a green-screen clip on the timeline, or import one with Ctrl+I."));
  }
  if (m_catalog.state(shot->plate) == app::MediaState::kProbing) return;
  showMessage(tr("The plate is offline"),
              m_catalog.trouble(shot->plate) + QLatin1Char('\n') + tr("Your edits are kept. Relink it in the media bin."));
}

}  // namespace pai::ui
