// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/job_previews.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdlib>

#include <QCoreApplication>
#include <QFile>
#include <QImageReader>
#include <QPointer>
#include <QThreadPool>

#include "core/base/pack_rules.h"
#include "core/render/job_directory.h"

namespace pai::app {
namespace {

constexpr qint64 kMostPreviewBytes = 64 << 20;
constexpr int kMostSide = 32768, kMostHeight = 96;
constexpr qint64 kAgainMs = 1000;  // a preview that is written again under its name

/// A preview of a job; null when it is none. Any thread.
QImage readStrip(const core::JobDirectory& directory, const std::string& name) {
  const auto opened = directory.openFile(core::JobFolder::kPreview, name, O_RDONLY);
  QFile file;
  if (!opened.ok() || !file.open(opened->get(), QIODevice::ReadOnly) || file.size() > kMostPreviewBytes) return {};
  QImageReader reader(&file, name.ends_with(".ppm") ? "ppm" : "png");
  const QSize size = reader.size();
  if (size.isEmpty() || size.width() > kMostSide || size.height() > kMostSide) return {};
  QImage image = reader.read().convertToFormat(QImage::Format_RGB32);
  return image.height() > kMostHeight ? image.scaledToHeight(kMostHeight, Qt::SmoothTransformation) : image;
}

/// Pictures in a strip: one a latent step of a pack's job.
int cellsOf(const core::Job& job, const QImage& strip) {
  if (job.engine == "draft") return 1;
  const auto rules = core::readPackRules(job.engine);
  if (!rules.ok()) return 1;
  const std::int64_t frames = job.range.value_or(core::FrameRange{{0}, {job.shot.range.length()}}).length();
  const std::int64_t cells = rules->latentSteps(rules->paddedFrames(frames));
  return cells > 0 && cells <= strip.width() ? static_cast<int>(cells) : 1;
}

}  // namespace

double pictureChange(const QImage& a, const QImage& b) {
  if (a.isNull() || a.size() != b.size() || a.format() != QImage::Format_RGB32 || b.format() != QImage::Format_RGB32) return 0.0;
  double sum = 0.0;
  for (int y = 0; y < a.height(); ++y) {
    const auto* left = reinterpret_cast<const QRgb*>(a.constScanLine(y));
    const auto* right = reinterpret_cast<const QRgb*>(b.constScanLine(y));
    std::int64_t row = 0;
    for (int x = 0; x < a.width(); ++x)
      row += std::abs(qRed(left[x]) - qRed(right[x])) + std::abs(qGreen(left[x]) - qGreen(right[x])) + std::abs(qBlue(left[x]) - qBlue(right[x]));
    sum += static_cast<double>(row);
  }
  return 100.0 * sum / (255.0 * 3.0 * a.width() * a.height());
}

JobPreviews::JobPreviews(RenderQueue& queue, QObject* parent) : QObject(parent), m_queue(queue) {
  connect(&queue, &RenderQueue::changed, this, &JobPreviews::follow);
}

const JobPreview* JobPreviews::of(qint64 job) const {
  const auto it = m_jobs.find(job);
  return it == m_jobs.end() || it->second.preview.strip.isNull() ? nullptr : &it->second.preview;
}

void JobPreviews::follow() {
  std::erase_if(m_jobs, [this](const auto& watched) { return !m_queue.jobs().find(watched.first); });
  for (const core::QueueEntry& entry : m_queue.jobs().entries()) {
    if (entry.state != core::JobState::kRunning || entry.preview.empty()) continue;
    Watched& watched = m_jobs[entry.id];
    const bool fresh = watched.name != entry.preview || watched.since.elapsed() > kAgainMs;
    if (!watched.reading && fresh) read(entry);
  }
}

void JobPreviews::read(const core::QueueEntry& entry) {
  Watched& watched = m_jobs[entry.id];
  watched.reading = true;
  watched.name = entry.preview;
  watched.since.start();
  const QPointer<JobPreviews> self(this);
  QThreadPool::globalInstance()->start([self, id = entry.id, folder = entry.directory, name = entry.preview, step = entry.step] {
    QImage strip;
    int cells = 1;
    if (const auto directory = core::JobDirectory::open(folder); directory.ok()) {
      strip = readStrip(*directory, name);
      if (!strip.isNull()) cells = cellsOf(directory->job(), strip);
    }
    QMetaObject::invokeMethod(QCoreApplication::instance(), [self, id, step, strip, cells] {
      if (self) self->take(id, step, strip, cells);
    }, Qt::QueuedConnection);
  });
}

void JobPreviews::take(qint64 job, std::int64_t step, const QImage& strip, int cells) {
  const auto it = m_jobs.find(job);
  if (it == m_jobs.end()) return;
  Watched& watched = it->second;
  watched.reading = false;
  if (strip.isNull()) return;
  JobPreview& preview = watched.preview;
  preview.strip = strip;
  preview.cells = cells;
  if (cells > 1) {
    const bool again = !preview.steps.empty() && static_cast<double>(step) <= preview.steps.back();
    if (!again && watched.before.size() == strip.size()) {
      preview.steps.push_back(static_cast<double>(step));
      preview.changes.push_back(pictureChange(watched.before, strip));
    }
    watched.before = strip;
  }
  emit changed(job);
}

}  // namespace pai::app
