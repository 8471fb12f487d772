// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSize>

#include "app/document/job_previews.h"
#include "app/document/render_queue.h"
#include "app/document/take_ledger.h"

namespace pai::ui {

class Studio;

/// Queues renders, makes takes of what is finished, shows takes in lane and viewer.
class RenderCommands : public QObject {
  Q_OBJECT
 public:
  RenderCommands(Studio& studio, app::RenderQueue& queue, app::TakeLedger& ledger, app::JobPreviews& previews);

  /// Queues the current shot (or the marked part of it) as its next take.
  void renderCurrent();
  /// Asks where the selected take goes into another one, and queues that.
  void spliceSelected();
  /// Queues the finish stage of the selected take with the shot's matte and light of now, on what was generated then.
  void refinishSelected();

 private:
  const core::Take* selectedTake() const;
  /// A job's name and file as the shot's next take.
  void nameAsTake(core::Job& job, const std::string& ending, int variant = 0) const;
  /// The same, in the form that the user keeps takes in.
  void nameAsKeptTake(core::Job& job, int variant = 0) const;
  void showQueue();
  /// What an export of the chosen take is made from, where it need not be rendered anew. False (and told) when it cannot be.
  bool seedOfExport(core::Job& job, core::JobSeed& seed);

  void queueTake(const core::Shot& shot, const core::FrameRange& range, int variant);
  /// Keeps how long a pixel took: what the next forecast goes by.
  void learnSpeed(const core::Take& take, QSize size);
  void exportShot();
  /// Asks whether to export a shot that has no chosen take as it is now.
  bool mayExportWithoutTake();
  void onEnded(const core::QueueEntry& entry, bool succeeded);
  void makeTake(const core::QueueEntry& entry);
  void updateLane();
  void showTake(const core::Id& id);
  /// Tells the viewer which frames of the shot the take that it shows holds.
  void followTake();
  QString takesFolder() const;
  /// Frames of the current shot between in and out; empty when nothing is marked there.
  core::FrameRange markedPart() const;

  Studio& m_studio;
  app::RenderQueue& m_queue;
  app::TakeLedger& m_ledger;
  app::JobPreviews& m_previews;
  core::Id m_shown;  // take of the viewer's; "": none
};

}  // namespace pai::ui
