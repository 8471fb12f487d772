// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/viewer_tools.h"

#include "ui/inspector/inspector.h"
#include "ui/inspector/matte_page.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/framing_tool.h"
#include "ui/viewer/shape_tool.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"
#include "ui/window/studio.h"

namespace pai::ui {

ViewerTools::ViewerTools(Studio& studio)
    : QObject(&studio), m_studio(studio),
      m_shape(new ShapeTool(studio.document(), studio.playback(), studio.timelineModel(), this)),
      m_framing(new FramingTool(studio.document(), studio.frameSource(), this)) {
  ViewerCanvas& canvas = studio.viewer().canvas();
  MattePage& matte = studio.inspector().matte();
  const Actions& a = studio.actions();
  connect(m_shape, &ShapeTool::changed, &canvas, &ViewerCanvas::updateTool);
  connect(m_framing, &FramingTool::changed, &canvas, &ViewerCanvas::updateTool);
  connect(m_shape, &ShapeTool::drawn, &matte, &MattePage::selectLayer);
  connect(&matte, &MattePage::layerSelected, m_shape, &ShapeTool::setLayer);
  connect(&matte, &MattePage::drawRequested, this, &ViewerTools::draw);
  connect(a.drawGarbage, &QAction::triggered, this, [this] { draw(core::MatteOperation::kSubtract); });
  connect(a.drawKeep, &QAction::triggered, this, [this] { draw(core::MatteOperation::kIntersect); });
  connect(a.drawRegion, &QAction::triggered, this, &ViewerTools::drawRegion);
  connect(a.frameReference, &QAction::toggled, this, &ViewerTools::frame);
  connect(&studio.inspector(), &QTabWidget::currentChanged, this, &ViewerTools::choose);
  connect(&studio.timeline(), &TimelineView::referenceSelected, this, [this](const core::Id& id) { m_framing->setReference(id); });
  choose();
}

void ViewerTools::draw(core::MatteOperation operation) {
  if (!m_studio.document().currentShot()) return;
  makeRoom();
  m_shape->startDrawing(operation);
  choose();
}

void ViewerTools::drawRegion() {
  if (!m_studio.document().currentShot()) return;
  makeRoom();
  m_shape->startRegion();
  choose();
}

void ViewerTools::makeRoom() {
  m_studio.actions().frameReference->setChecked(false);
  m_studio.inspector().setCurrentWidget(&m_studio.inspector().matte());
  m_studio.playback().pause();
  m_studio.viewer().canvas().setFocus();
}

void ViewerTools::frame(bool on) {
  const core::Id selected = m_studio.timeline().selectedReference();
  m_framing->setReference(selected);
  m_framing->setEnabled(on);
  choose();
  if (!on) return;
  m_studio.viewer().canvas().setFocus();
  // A reference is framed where it belongs.
  const TimelineShot* shot = m_studio.timelineModel().shot(m_studio.document().currentShotId());
  for (const TimelineFlag& flag : shot ? shot->flags : std::vector<TimelineFlag>())
    if (flag.id == selected) m_studio.playback().seek(shot->begin + flag.frame);
  if (selected.empty()) m_studio.messages().add(MessageKind::kInfo, tr("Select a reference on the timeline to frame it."));
}

void ViewerTools::choose() {
  const bool framing = m_studio.actions().frameReference->isChecked();
  m_shape->setEnabled(!framing && m_studio.inspector().currentWidget() == &m_studio.inspector().matte());
  m_studio.viewer().canvas().setTool(framing ? static_cast<ViewerTool*>(m_framing) : m_shape);
}

}  // namespace pai::ui
