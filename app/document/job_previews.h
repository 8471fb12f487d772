// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include <QElapsedTimer>
#include <QImage>
#include <QObject>

#include "app/document/render_queue.h"

namespace pai::app {

/// What a job at work has shown so far.
struct JobPreview {
  QImage strip;                       // the newest: pictures side by side, in time
  int cells = 1;                      // how many
  std::vector<double> steps, changes; // by step: mean change of the pictures against the step before, percent of full scale
};

/// Previews of running jobs as they come, read in the background. Forgotten with the job's entry. GUI thread only.
class JobPreviews : public QObject {
  Q_OBJECT
 public:
  explicit JobPreviews(RenderQueue& queue, QObject* parent = nullptr);
  /// nullptr when the job has shown nothing yet.
  const JobPreview* of(qint64 job) const;

 signals:
  void changed(qint64 job);

 private:
  struct Watched {
    std::string name;  // of the preview read last
    bool reading = false;
    QElapsedTimer since;
    JobPreview preview;
    QImage before;
  };
  void follow();
  void read(const core::QueueEntry& entry);
  void take(qint64 job, std::int64_t step, const QImage& strip, int cells);

  RenderQueue& m_queue;
  std::map<qint64, Watched> m_jobs;
};

/// Mean absolute difference of two pictures of the same size, percent of full scale.
double pictureChange(const QImage& a, const QImage& b);

}  // namespace pai::app
