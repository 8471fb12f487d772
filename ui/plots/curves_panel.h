// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include <QElapsedTimer>
#include <QWidget>

#include "app/document/job_previews.h"
#include "app/document/playback.h"
#include "app/document/render_queue.h"
#include "ui/timeline/timeline_model.h"

class QComboBox;
class QCPItemLine;
class QCustomPlot;
class QLabel;
class QScrollArea;

namespace pai::ui {

class Actions;
class CameraCurves;
class KeyframeSelection;
class KeyframeSheet;

enum class CurveKind { kCamera, kKeyframes, kMatte, kLight, kRender, kChange };

/// Curves over the current shot: the camera with its keyframes to edit, all keyframes over time, the matte's report, how the light is changed, and of the running render how long each step (or frame)
/// took and how much each step changed the pictures. A click jumps to the frame. Nothing is drawn while it is hidden.
class CurvesPanel : public QWidget {
  Q_OBJECT
 public:
  CurvesPanel(app::Document& document, const app::MediaCatalog& catalog, app::Playback& playback, TimelineModel& model, app::RenderQueue& queue,
              const app::JobPreviews& previews, Actions& actions, QWidget* parent = nullptr);
  ~CurvesPanel() override;
  /// Names and values as they are drawn now, for tests and screen readers.
  struct Curve {
    QString name;
    std::vector<double> at, values;
  };
  const std::vector<Curve>& curves() const { return m_curves; }
  void setKind(CurveKind kind);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  CurveKind kind() const;
  /// Which of the camera's values is shown, and what is done with its keyframes.
  void makeChannels();
  QWidget* makeKeyButtons(Actions& actions);
  void makeKeyViews(const app::MediaCatalog& catalog, Actions& actions);
  void rebuild();
  void rebuildSoon();
  void collect();
  void draw();
  void drawPlayhead();
  void record();
  bool overFrames() const { return kind() == CurveKind::kCamera || kind() == CurveKind::kMatte || kind() == CurveKind::kLight; }

  app::Document& m_document;
  app::Playback& m_playback;
  TimelineModel& m_model;
  app::RenderQueue& m_queue;
  const app::JobPreviews& m_previews;
  QComboBox* m_kind;
  QCustomPlot* m_plot;
  QCPItemLine* m_playhead;
  QLabel* m_empty;
  KeyframeSelection* m_keys;  // of both views
  CameraCurves* m_camera;
  KeyframeSheet* m_sheet;
  QScrollArea* m_sheetArea;
  QComboBox* m_channels;
  QWidget* m_keyButtons;
  bool m_waiting = false;
  qint64 m_previewed = 0;  // job whose pictures came last
  std::vector<Curve> m_curves;
  /// Of the job that ran last: seconds that each unit of work took.
  struct Timing {
    std::int64_t job = 0, unit = 0;
    bool steps = false;
    std::vector<double> at, seconds;
  } m_timing;
  QElapsedTimer m_clock;
};

}  // namespace pai::ui
