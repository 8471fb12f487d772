// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/shot_analysis.h"

namespace pai::ui {
namespace {

constexpr int kRestMs = 1200;
constexpr int kAnnounceMs = 100;
constexpr int kMostLosses = 2;

}  // namespace

ShotAnalysis::ShotAnalysis(app::Document& document, app::MediaCatalog& catalog, app::FrameSource& source,
                           TimelineModel& model, QObject* parent)
    : QObject(parent), m_document(document), m_catalog(catalog), m_source(source), m_model(model) {
  m_rest.setSingleShot(true);
  m_rest.setInterval(kRestMs);
  m_announce.setSingleShot(true);
  m_announce.setInterval(kAnnounceMs);
  connect(&m_rest, &QTimer::timeout, this, &ShotAnalysis::start);
  connect(&m_announce, &QTimer::timeout, &m_model, &TimelineModel::announce);
  connect(&document, &app::Document::shotChanged, this, &ShotAnalysis::restart);
  connect(&document, &app::Document::projectReset, this, &ShotAnalysis::forget);
  connect(&document, &app::Document::currentShotChanged, this, &ShotAnalysis::forget);
  connect(&catalog, &app::MediaCatalog::mediaChanged, this, &ShotAnalysis::restart);
  connect(&source, &app::FrameSource::analysisLost, this, [this] {
    if (++m_losses > kMostLosses) return;
    m_solved.reset();
    m_reported.reset();
    restart();
  });
  connect(&source, &app::FrameSource::solveProgress, this, &ShotAnalysis::solveProgress);
  connect(&source, &app::FrameSource::cameraReady, this, [this](const app::CameraSummary& camera) {
    m_model.camera() = camera;
    m_model.announce();
  });
  connect(&source, &app::FrameSource::lightReady, this, [this](const std::vector<app::LightFacts>& light) {
    m_model.light() = light;
    m_model.announce();
  });
  connect(&source, &app::FrameSource::matteReport, this, [this](core::FrameIndex frame, const app::MatteFacts& facts) {
    m_model.matteFacts()[frame.value] = facts;
    if (!m_announce.isActive()) m_announce.start();
  });
}

void ShotAnalysis::forget() {
  m_losses = 0;
  m_solved.reset();
  m_reported.reset();
  m_model.matteFacts().clear();
  m_model.camera() = {};
  m_model.light().clear();
  m_model.announce();
  restart();
}

void ShotAnalysis::restart() { m_rest.start(); }

void ShotAnalysis::solve() {
  m_solved.reset();
  start();
}

void ShotAnalysis::start() {
  const core::Shot* shot = m_document.currentShot();
  if (!shot || m_catalog.state(shot->plate) != app::MediaState::kOnline) return;
  const bool sameCamera = m_solved && m_solved->references == shot->references && m_solved->camera == shot->camera &&
                          m_solved->matte == shot->matte && m_solved->range == shot->range && m_solved->plate == shot->plate;
  if (!shot->references.empty() && !sameCamera) {
    m_solved = *shot;
    m_source.solveShot();
  }
  const bool sameMatte = m_reported && m_reported->matte == shot->matte && m_reported->range == shot->range &&
                         m_reported->plate == shot->plate;
  if (!sameMatte || m_reported->repairs != shot->repairs) {
    // A refusal changes a few frames, which are reported again; the rest stays on screen meanwhile.
    if (!sameMatte || m_reported->repairs.enabled != shot->repairs.enabled) m_model.matteFacts().clear();
    m_reported = *shot;
    m_source.requestMatteReport({{0}, {m_catalog.rangeOf(*shot).length()}});
  }
}

}  // namespace pai::ui
