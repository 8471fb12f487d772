// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>

#include "app/document/playback.h"
#include "ui/timeline/timeline_model.h"
#include "ui/viewer/position_text.h"

class QAction;
class QLabel;
class QLineEdit;
class QToolButton;

namespace pai::ui {

/// Where the playhead stands: timecode, length of the timeline, frame of the shot. A click on the timecode, or the command, opens
/// a line to type another place: Enter goes there, Escape leaves.
class PositionField : public QWidget {
  Q_OBJECT
 public:
  PositionField(app::Playback& playback, TimelineModel& model, QAction& typePosition, QWidget* parent = nullptr);

  /// Without the frame of the shot, where there is little room.
  void setBrief(bool brief);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  PositionScale scale() const;
  void showFrame();
  void open();
  void go();
  /// Takes the line away; `back`: the keys go to where they went before.
  void close(bool back);
  void say(const QString& words);

  app::Playback& m_playback;
  TimelineModel& m_model;
  QToolButton* m_timecode;
  QLineEdit* m_entry;
  QLabel *m_duration, *m_frame;
  QPointer<QLabel> m_note;  // of the window, over the line
  QPointer<QWidget> m_before;
};

}  // namespace pai::ui
