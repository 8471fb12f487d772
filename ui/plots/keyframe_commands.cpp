// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/keyframe_commands.h"

#include <algorithm>

#include <QContextMenuEvent>
#include <QMenu>

#include "ui/timeline/keyframe_selection.h"
#include "ui/window/actions.h"

namespace pai::ui {

KeyframeCommands::KeyframeCommands(Actions& actions, app::Document& document, const app::MediaCatalog& catalog, app::Playback& playback,
                                   const TimelineModel& model, std::vector<QWidget*> views, KeyframeSelection& selection, QObject* parent)
    : QObject(parent), m_actions(actions), m_document(document), m_catalog(catalog), m_playback(playback), m_model(model), m_views(std::move(views)), m_selection(selection) {
  for (QWidget* view : m_views) view->installEventFilter(this);
  const auto on = [this](QAction* action, core::KeyInterpolation how) { connect(action, &QAction::triggered, this, [this, how] { set(how); }); };
  on(actions.keySmooth, core::KeyInterpolation::kSmooth);
  on(actions.keyLinear, core::KeyInterpolation::kLinear);
  on(actions.keyHold, core::KeyInterpolation::kHold);
  connect(&selection, &KeyframeSelection::changed, this, &KeyframeCommands::follow);
  connect(&model, &TimelineModel::changed, this, &KeyframeCommands::follow);
  connect(&playback, &app::Playback::frameChanged, this, &KeyframeCommands::follow);
  follow();
}

app::KeyframePlaces KeyframeCommands::places() const {
  const bool seen = std::any_of(m_views.begin(), m_views.end(), [](const QWidget* view) { return view->isVisible(); });
  if (seen && !m_selection.places().empty()) return m_selection.places();
  app::KeyframePlaces out;
  const TimelineShot* shot = m_model.shot(m_document.currentShotId());
  if (!shot) return out;
  const std::int64_t here = m_playback.frame().value - shot->begin;
  for (const core::CameraKey& key : shot->cameraKeys)
    if (key.frame.value == here) out.insert({{}, here});
  for (const TimelineOutline& outline : shot->outlines)
    for (const auto& [frame, how] : outline.keys)
      if (frame == here) out.insert({outline.layer, here});
  return out;
}

void KeyframeCommands::follow() {
  const app::KeyframePlaces on = places();
  const TimelineShot* shot = m_model.shot(m_document.currentShotId());
  std::set<core::KeyInterpolation> found;
  if (shot && !on.empty()) {
    for (const core::CameraKey& key : shot->cameraKeys)
      if (on.contains({{}, key.frame.value})) found.insert(key.interpolation);
    for (const TimelineOutline& outline : shot->outlines)
      for (const auto& [frame, how] : outline.keys)
        if (on.contains({outline.layer, frame})) found.insert(how);
  }
  const auto show = [&](QAction* action, core::KeyInterpolation how) {
    action->setEnabled(!on.empty());
    action->setChecked(found.size() == 1 && *found.begin() == how);
  };
  show(m_actions.keySmooth, core::KeyInterpolation::kSmooth);
  show(m_actions.keyLinear, core::KeyInterpolation::kLinear);
  show(m_actions.keyHold, core::KeyInterpolation::kHold);
}

void KeyframeCommands::set(core::KeyInterpolation how) {
  const core::Shot* shot = m_document.currentShot();
  const app::KeyframePlaces on = places();
  if (shot && !on.empty()) app::setInterpolation(m_document, core::Id(shot->id), m_catalog.rangeOf(*shot), on, how);
  follow();
}

bool KeyframeCommands::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::ContextMenu) return QObject::eventFilter(watched, event);
  const bool any = !m_selection.places().empty();
  auto* menu = new QMenu(static_cast<QWidget*>(watched));
  menu->setAttribute(Qt::WA_DeleteOnClose);
  for (QAction* action : {m_actions.keySmooth, m_actions.keyLinear, m_actions.keyHold}) menu->addAction(action);
  menu->addSeparator();
  const auto add = [menu](const QString& words, const QKeySequence& keys, bool enabled, const auto& act) {
    QAction* action = menu->addAction(words);
    // Said, not bound: the view itself takes the key.
    action->setText(words + QLatin1Char('\t') + keys.toString(QKeySequence::NativeText));
    action->setEnabled(enabled);
    QObject::connect(action, &QAction::triggered, menu, act);
  };
  add(tr("Copy"), QKeySequence::Copy, any, [this] { m_selection.copy(); });
  add(tr("Paste at the playhead"), QKeySequence::Paste, true, [this] { m_selection.pasteAtPlayhead(); });
  add(tr("Remove"), QKeySequence(Qt::Key_Delete), any, [this] { m_selection.remove(); });
  menu->popup(static_cast<QContextMenuEvent*>(event)->globalPos());
  return true;
}

}  // namespace pai::ui
