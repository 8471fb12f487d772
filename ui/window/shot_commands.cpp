// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/shot_commands.h"

#include "app/document/media_import.h"
#include "app/document/reference_edits.h"
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
  connect(a.splitShot, &QAction::triggered, this, &ShotCommands::splitShot);
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

void ShotCommands::splitShot() {
  const TimelineShot* shown = m_studio.timelineModel().shotAt(m_studio.playback().frame().value);
  if (!shown) return;
  const std::int64_t local = m_studio.playback().frame().value - shown->begin;
  if (local <= 0 || local >= shown->length) return;
  const core::FrameIndex cut{shown->sourceBegin + local}, end{shown->sourceBegin + shown->length};
  const core::Id id = shown->id, newShot = core::newId(m_studio.document().project(), "shot");
  m_studio.document().editProject(tr("Split shot"), [&](core::Project& project) {
    const auto it = std::find_if(project.shots.begin(), project.shots.end(), [&id](const core::Shot& s) { return s.id == id; });
    if (it == project.shots.end()) return;
    core::Shot second = *it;
    it->range = {{shown->sourceBegin}, cut};
    second.id = newShot;
    second.name += " b";
    second.range = {cut, end};
    // References get names of their own; those out of either part stay with both, dimmed.
    core::Project named = project;
    for (core::Reference& r : second.references) {
      r.id = core::newId(named, "reference");
      named.shots.front().references.push_back(r);
    }
    for (core::MatteLayer& l : second.matte) {
      l.id = core::newId(named, "matte");
      named.shots.front().matte.push_back(l);
    }
    project.shots.insert(std::next(it), std::move(second));
  });
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
