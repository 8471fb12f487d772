// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/shot_commands.h"

#include <algorithm>

#include "app/document/media_import.h"
#include "app/document/reference_edits.h"
#include "app/document/shot_edits.h"
#include "ui/dialogs/properties_dialog.h"
#include "ui/inspector/camera_page.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/matte_page.h"
#include "ui/panels/media_bin.h"
#include "ui/timeline/timeline_view.h"
#include "ui/window/actions.h"
#include "ui/window/studio.h"

namespace pai::ui {

ShotCommands::ShotCommands(Studio& studio) : QObject(&studio), m_studio(studio) {
  const Actions& a = studio.actions();
  connect(&studio.mediaBin(), &MediaBin::filesChosen, this, &ShotCommands::import);
  connect(&studio.mediaBin(), &MediaBin::activated, this, &ShotCommands::activate);
  connect(&studio.timeline(), &TimelineView::clipsDropped, this, [this](const QStringList& files, std::vector<core::Id> media) {
    const auto imported = app::importMedia(m_studio.document(), files);
    media.insert(media.end(), imported.begin(), imported.end());
    makeShots(media);
  });
  connect(&studio.catalog(), &app::MediaCatalog::mediaChanged, this, &ShotCommands::onMedia);
  connect(a.referenceHere, &QAction::triggered, this, [this] {
    for (const core::Id& media : m_studio.mediaBin().selected()) placeAtPlayhead(media);
  });
  connect(&studio.mediaBin(), &MediaBin::propertiesRequested, this, &ShotCommands::showProperties);
  connect(&studio.inspector().matte(), &MattePage::propertiesRequested, this, &ShotCommands::showProperties);
  connect(&studio.inspector().camera(), &CameraPage::propertiesRequested, this, &ShotCommands::showProperties);
  connect(a.mediaProperties, &QAction::triggered, this, [this] { showProperties(mediaMeant()); });
  connect(a.splitShot, &QAction::triggered, this, &ShotCommands::splitShot);
  connect(a.trimBegin, &QAction::triggered, this, [this] { trimToPlayhead(true); });
  connect(a.trimEnd, &QAction::triggered, this, [this] { trimToPlayhead(false); });
  connect(a.shotEarlier, &QAction::triggered, this, [this] { moveCurrent(-1); });
  connect(a.shotLater, &QAction::triggered, this, [this] { moveCurrent(1); });
  connect(a.markReviewed, &QAction::triggered, this, &ShotCommands::toggleReviewed);
  connect(a.removeShot, &QAction::triggered, this, &ShotCommands::removeShot);
  connect(a.previousReference, &QAction::triggered, this, [this] { jumpToReference(-1); });
  connect(a.nextReference, &QAction::triggered, this, [this] { jumpToReference(1); });
}

void ShotCommands::import(const QStringList& files) {
  const bool first = m_studio.document().project().shots.empty();
  const auto media = app::importMedia(m_studio.document(), files);
  if (media.empty()) {
    m_studio.messages().add(MessageKind::kWarning, tr("Nothing to import: clips are MP4, MOV, MKV, WebM, AVI or MXF, pictures PNG, JPEG, TIFF, EXR, DPX or GIF."));
    return;
  }
  if (!first) return;
  for (const core::Id& id : media) {
    const core::Media* item = m_studio.document().project().findMedia(id);
    if (item && item->kind != core::MediaKind::kImage) return makeShots({id});
  }
}

void ShotCommands::makeShots(const std::vector<core::Id>& media) {
  for (const core::Id& id : media) {
    if (m_studio.catalog().facts(id))
      app::addShot(m_studio.document(), m_studio.catalog(), id);
    else if (m_studio.catalog().state(id) == app::MediaState::kProbing)
      m_waiting.push_back(id);
  }
}

void ShotCommands::onMedia(const core::Id& media) {
  const auto it = std::find(m_waiting.begin(), m_waiting.end(), media);
  if (it == m_waiting.end()) return;
  if (m_studio.catalog().state(media) == app::MediaState::kOffline) {
    m_waiting.erase(it);
    m_studio.messages().add(MessageKind::kError, m_studio.catalog().trouble(media));
    return;
  }
  if (!m_studio.catalog().facts(media)) return;
  m_waiting.erase(it);
  app::addShot(m_studio.document(), m_studio.catalog(), media);
}

void ShotCommands::activate(const core::Id& media) {
  const core::Media* item = m_studio.document().project().findMedia(media);
  if (!item) return;
  item->kind == core::MediaKind::kImage ? placeAtPlayhead(media) : makeShots({media});
}

void ShotCommands::placeAtPlayhead(const core::Id& media) {
  const core::Media* item = m_studio.document().project().findMedia(media);
  const TimelineShot* shot = m_studio.timelineModel().shotAt(m_studio.playback().frame().value);
  if (!item || !shot || item->kind == core::MediaKind::kClip) return;
  const core::FrameRange range{{shot->sourceBegin}, {shot->sourceBegin + shot->length}};
  const std::int64_t local = m_studio.playback().frame().value - shot->begin;
  const auto added = app::addReference(m_studio.document(), shot->id, media, app::frameAnchor(range, {local}));
  if (added) return m_studio.timeline().selectReference(*added);
  m_studio.messages().add(MessageKind::kWarning, tr("A shot holds up to %1 references. Remove one first.").arg(app::kMaxReferences));
}

core::Id ShotCommands::mediaMeant() const {
  const std::vector<core::Id> chosen = m_studio.mediaBin().selected();
  const QWidget* focus = m_studio.focusWidget();
  if (!chosen.empty() && focus && m_studio.mediaBin().isAncestorOf(focus)) return chosen.front();
  const core::Shot* shot = m_studio.document().currentShot();
  if (!shot) return chosen.empty() ? core::Id() : chosen.front();
  const MattePage& matte = m_studio.inspector().matte();
  if (const core::Id clip = matte.clipShown(); !clip.empty() && focus && matte.isAncestorOf(focus)) return clip;
  const core::Id& selected = m_studio.timeline().selectedReference();
  const auto reference = std::find_if(shot->references.begin(), shot->references.end(), [&selected](const core::Reference& r) { return r.id == selected; });
  return reference == shot->references.end() ? shot->plate : reference->media;
}

void ShotCommands::showProperties(const core::Id& media) {
  if (!m_studio.document().project().findMedia(media)) {
    m_studio.messages().add(MessageKind::kInfo, tr("There is no media yet whose properties could be shown. Import some first."));
    return;
  }
  if (!m_properties) {
    m_properties = new PropertiesDialog(m_studio.document(), m_studio.catalog(), &m_studio);
    m_properties->setAttribute(Qt::WA_DeleteOnClose);
  }
  m_properties->setMedia(media);
  m_properties->show();
  m_properties->raise();
  m_properties->activateWindow();
}

void ShotCommands::splitShot() {
  const TimelineShot* shown = m_studio.timelineModel().shotAt(m_studio.playback().frame().value);
  if (!shown) return;
  const bool current = shown->id == m_studio.document().currentShotId();
  const core::FrameIndex local{m_studio.playback().frame().value - shown->begin};
  app::splitShot(m_studio.document(), m_studio.catalog(), shown->id, local,
                 current ? m_studio.timelineModel().camera().frames : std::vector<app::CameraFacts>());
}

void ShotCommands::trimToPlayhead(bool begin) {
  const TimelineShot* shown = m_studio.timelineModel().shotAt(m_studio.playback().frame().value);
  const core::Shot* shot = shown ? m_studio.document().shot(shown->id) : nullptr;
  if (!shot) return;
  const bool current = shown->id == m_studio.document().currentShotId();
  const std::int64_t local = m_studio.playback().frame().value - shown->begin, first = shown->begin;
  core::FrameRange range = m_studio.catalog().rangeOf(*shot);
  if (begin) range.begin = range.begin + local;
  else range.end = range.begin + local + 1;
  app::trimShot(m_studio.document(), m_studio.catalog(), core::Shot(*shot), range,
                current ? m_studio.timelineModel().camera().frames : std::vector<app::CameraFacts>());
  if (begin) m_studio.playback().seek(first);
}

void ShotCommands::moveCurrent(int places) {
  const auto& shots = m_studio.document().project().shots;
  const core::Id id = m_studio.document().currentShotId();
  const auto it = std::find_if(shots.begin(), shots.end(), [&id](const core::Shot& s) { return s.id == id; });
  if (it == shots.end()) return;
  const auto place = std::distance(shots.begin(), it) + places;
  if (place < 0 || place >= static_cast<std::ptrdiff_t>(shots.size())) return;
  app::moveShot(m_studio.document(), id, static_cast<std::size_t>(place));
  if (const TimelineShot* shown = m_studio.timelineModel().shot(id)) m_studio.playback().seek(shown->begin);
}

void ShotCommands::toggleReviewed() {
  const TimelineShot* shot = m_studio.timelineModel().shot(m_studio.document().currentShotId());
  if (!shot) return;
  const core::FrameRange marked = m_studio.playback().marked(), here{m_studio.playback().frame(), m_studio.playback().frame() + 1};
  const core::FrameRange part = (marked.empty() ? here : marked).intersected({{shot->begin}, {shot->end()}});
  const std::int64_t toSource = shot->sourceBegin - shot->begin;
  app::toggleReviewed(m_studio.document(), shot->id, {part.begin + toSource, part.end + toSource});
}

void ShotCommands::removeShot() {
  const core::Id id = m_studio.document().currentShotId();
  m_studio.document().editProject(tr("Remove shot"), [&id](core::Project& project) {
    std::erase_if(project.shots, [&id](const core::Shot& s) { return s.id == id; });
  });
}

void ShotCommands::jumpToReference(int direction) {
  const TimelineShot* shot = m_studio.timelineModel().shot(m_studio.document().currentShotId());
  if (!shot) return;
  const std::int64_t local = m_studio.playback().frame().value - shot->begin;
  const TimelineFlag* target = nullptr;
  for (const TimelineFlag& flag : shot->flags) {
    if (direction > 0 && flag.frame > local && !target) target = &flag;
    if (direction < 0 && flag.frame < local) target = &flag;
  }
  if (!target) return;
  const core::Id reference = target->id;
  m_studio.playback().seek(shot->begin + target->frame);
  m_studio.timeline().selectReference(reference);
}

}  // namespace pai::ui
