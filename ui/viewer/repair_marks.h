// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "app/document/document.h"
#include "ui/timeline/timeline_model.h"
#include "ui/viewer/viewer_controller.h"

namespace pai::ui {

/// Outlines what is repaired in the matte on screen: a line around what is in use, a dashed one around what was refused.
class RepairMarks : public QObject {
  Q_OBJECT
 public:
  RepairMarks(const app::Document& document, const TimelineModel& model, const ViewerController& controller, ViewerCanvas& canvas,
              QObject* parent = nullptr);

 private:
  void update();

  const app::Document& m_document;
  const TimelineModel& m_model;
  const ViewerController& m_controller;
  ViewerCanvas& m_canvas;
  std::int64_t m_frame = 0;  // of the timeline, on screen
};

}  // namespace pai::ui
