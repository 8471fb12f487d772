// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

#include "app/document/colour_spaces.h"
#include "app/document/playback.h"
#include "app/document/sound_player.h"
#include "ui/timeline/timeline_model.h"
#include "ui/viewer/viewer_canvas.h"

class QComboBox;
class QHBoxLayout;
class QLabel;
class QSlider;
class QToolButton;

namespace pai::ui {

class Actions;
class PositionField;
class SoundMeter;
class ViewerController;

/// The viewer with its bars: what is shown and compared above, timecode and transport below.
class ViewerPanel : public QWidget {
  Q_OBJECT
 public:
  ViewerPanel(Actions& actions, app::Playback& playback, TimelineModel& model, QWidget* parent = nullptr);
  ViewerCanvas& canvas() { return *m_canvas; }
  SoundMeter& meter() { return *m_meter; }
  /// Connects the bars to what keeps the canvas up to date.
  void setController(ViewerController& controller);
  /// Connects the volume to what is heard.
  void setSound(app::SoundPlayer& sound);
  /// Fills the display button with the project's viewer transform and what is for viewing only.
  void setColours(app::Document& document, app::ColourSpaces& colours, ViewerController& controller);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  /// Fits the upper bar to the width: first the words of its buttons go, then what is seldom used.
  void fitBar();
  /// Fits the lower bar: the rate goes first, then the frame and the volume.
  void fitBottomBar();
  QWidget* makeTopBar();
  QWidget* makeBottomBar();
  void addVolume(QHBoxLayout& layout);
  void showRate();
  void setRate(const QString& words);
  void showZoom(double zoom);

  Actions& m_actions;
  app::Playback& m_playback;
  TimelineModel& m_model;
  ViewerCanvas* m_canvas;
  SoundMeter* m_meter;
  QSlider* m_volume;
  QComboBox *m_other, *m_backdrop;
  QLabel *m_pixel, *m_rate;
  QComboBox* m_zoom;
  QToolButton* m_display;
  QWidget *m_bar, *m_bottomBar;
  PositionField* m_position;
  QList<QToolButton*> m_views;  // their words go where there is no room
};

}  // namespace pai::ui
