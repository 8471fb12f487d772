// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewer/repair_marks.h"

namespace pai::ui {

RepairMarks::RepairMarks(const app::Document& document, const TimelineModel& model, const ViewerController& controller,
                         ViewerCanvas& canvas, QObject* parent)
    : QObject(parent), m_document(document), m_model(model), m_controller(controller), m_canvas(canvas) {
  connect(&controller, &ViewerController::pictureShown, this, [this](qint64 frame) {
    m_frame = frame;
    update();
  });
  connect(&controller, &ViewerController::viewChanged, this, &RepairMarks::update);
  connect(&model, &TimelineModel::changed, this, &RepairMarks::update);
}

void RepairMarks::update() {
  std::vector<OutlineMark> marks;
  const core::Shot* shot = m_document.currentShot();
  const TimelineShot* shown = shot ? m_model.shot(shot->id) : nullptr;
  if (shown && shot->repairs.enabled && m_controller.view() == ViewKind::kMatte) {
    const std::int64_t local = m_frame - shown->begin;
    const auto facts = m_model.matteFacts().find(local);
    const core::FrameIndex source{shown->sourceBegin + local};
    if (facts != m_model.matteFacts().end()) {
      for (const core::RepairFacts& r : facts->second.repairs) {
        OutlineMark mark;
        mark.dashed = core::isRefused(shot->repairs, source, r.box);
        mark.words = mark.dashed ? tr("Repair refused") : tr("Repaired from frames %1 and %2").arg(local - 1).arg(local + 1);
        for (const core::MattePoint& p : r.outline) mark.outline << QPointF(p.x, p.y);
        marks.push_back(std::move(mark));
      }
    }
  }
  m_canvas.setMarks(std::move(marks));
}

}  // namespace pai::ui
