// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/render_commands.h"

#include <set>

#include <QApplication>
#include <QDir>
#include <QDockWidget>
#include <QFileInfo>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QThreadPool>

#include "app/document/error_text.h"
#include "app/document/shot_job.h"
#include "core/render/job_directory.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/render_page.h"
#include "ui/panels/queue_panel.h"
#include "ui/panels/takes_panel.h"
#include "ui/viewer/viewer_controller.h"
#include "ui/window/actions.h"
#include "ui/window/studio.h"

namespace pai::ui {
namespace {

QString fileNameOf(const QString& text) {
  static const QRegularExpression unfit(QStringLiteral("[^\\w.-]+"), QRegularExpression::UseUnicodePropertiesOption);
  QString name = text;
  return name.replace(unfit, QStringLiteral("_"));
}

}  // namespace

RenderCommands::RenderCommands(Studio& studio, app::RenderQueue& queue, app::TakeLedger& ledger)
    : QObject(&studio), m_studio(studio), m_queue(queue), m_ledger(ledger) {
  connect(studio.actions().render, &QAction::triggered, this, &RenderCommands::renderCurrent);
  connect(studio.actions().exportShot, &QAction::triggered, this, &RenderCommands::exportShot);
  connect(&queue, &app::RenderQueue::changed, this, &RenderCommands::updateLane);
  connect(&queue, &app::RenderQueue::ended, this, &RenderCommands::onEnded);
  connect(&queue, &app::RenderQueue::failed, this,
          [this](const core::Error& error) { m_studio.messages().add(MessageKind::kError, app::errorText(error)); });
  connect(&ledger, &app::TakeLedger::changed, this, &RenderCommands::updateLane);
  connect(&ledger, &app::TakeLedger::failed, this,
          [this](const core::Error& error) { m_studio.messages().add(MessageKind::kError, app::errorText(error)); });
  connect(&studio.takesPanel(), &TakesPanel::takeSelected, this, [this](const QString& id) {
    const core::Take* take = m_ledger.find(id.toStdString());
    m_studio.viewerController().setTake(take ? std::optional(ShownTake{QString::fromStdString(take->output), take->range.begin.value}) : std::nullopt);
  });
  connect(&studio.takesPanel(), &TakesPanel::takeShown, this, [this](const QString& id) { showTake(id.toStdString()); });
}

QString RenderCommands::takesFolder() const {
  const QString project = m_studio.document().filePath();
  if (project.isEmpty()) return QDir(cacheFolder()).filePath(QStringLiteral("takes"));
  return QFileInfo(project).absoluteDir().filePath(QFileInfo(project).completeBaseName() + QStringLiteral("_takes"));
}

core::FrameRange RenderCommands::markedPart() const {
  const TimelineShot* shot = m_studio.timelineModel().shot(m_studio.document().currentShotId());
  const core::FrameRange marked = m_studio.playback().marked();
  if (!shot || marked.empty()) return {};
  return core::FrameRange{marked.begin - shot->begin, marked.end - shot->begin}.intersected({{0}, {shot->length}});
}

void RenderCommands::renderCurrent() {
  app::Document& document = m_studio.document();
  const core::Shot* shot = document.currentShot();
  if (!shot) return;
  const core::FrameRange range = m_studio.catalog().rangeOf(*shot);
  if (m_studio.catalog().state(shot->plate) != app::MediaState::kOnline || range.empty()) {
    m_studio.messages().add(MessageKind::kWarning, tr("“%1” can't be rendered while its plate is offline.").arg(QString::fromStdString(shot->name)));
    return;
  }
  const int variants = m_studio.inspector().render().variants();
  for (int i = 0; i < variants; ++i) queueTake(*shot, range, i);
  if (QDockWidget* dock = m_studio.dock(QStringLiteral("queue"))) {
    dock->show();
    dock->raise();
  }
}

void RenderCommands::queueTake(const core::Shot& asked, const core::FrameRange& range, int variant) {
  core::Shot varied = asked;
  varied.render.seed += static_cast<std::uint64_t>(variant);
  const core::Shot* shot = &varied;
  core::Job job = app::jobOfShot(m_studio.document(), varied, range);
  const auto& entries = m_queue.jobs().entries();
  const auto waiting = std::count_if(entries.begin(), entries.end(), [shot](const core::QueueEntry& e) {
    return e.shot == shot->id && !core::isTerminal(e.state);
  });
  const int number = m_ledger.nextName(shot->id).mid(1).toInt() + static_cast<int>(waiting) + variant;
  const QString version = QStringLiteral("v%1").arg(number, 3, 10, QLatin1Char('0'));
  job.name = (QString::fromStdString(shot->name) + QLatin1Char(' ') + version).toStdString();
  const QDir folder(takesFolder());
  QDir().mkpath(folder.path());
  QString path = folder.filePath(fileNameOf(QString::fromStdString(shot->name)) + QLatin1Char('_') + version + QStringLiteral(".mp4"));
  job.output = path.toStdString();
  job.preset = "h264";
  job.layers = {"composite"};
  if (const core::FrameRange part = markedPart(); !part.empty()) job.range = part;
  m_queue.add(job);
}

void RenderCommands::exportShot() {
  const core::Shot* shot = m_studio.document().currentShot();
  if (!shot) return;
  if (m_ledger.chosen(shot->id).empty() && !mayExportWithoutTake()) return;
  ExportDialog dialog(m_studio.document(), m_studio.catalog(), m_ledger, *shot, markedPart(), &m_studio);
  if (dialog.exec() != QDialog::Accepted) return;
  if (dialog.delivery() != shot->delivery) {
    const core::DeliverySettings delivery = dialog.delivery();
    m_studio.document().editShot(shot->id, tr("Change delivery settings"), [&delivery](core::Shot& s) { s.delivery = delivery; });
  }
  m_queue.add(dialog.job());
  if (QDockWidget* dock = m_studio.dock(QStringLiteral("queue"))) {
    dock->show();
    dock->raise();
  }
}

bool RenderCommands::mayExportWithoutTake() {
  QMessageBox box(QMessageBox::NoIcon, tr("No take is chosen"), tr("No take of this shot is chosen for delivery."), QMessageBox::NoButton,
                  &m_studio);
  box.setInformativeText(tr("The export can render the shot as it is now, or you choose one of its takes first."));
  QPushButton* asItIs = box.addButton(tr("Export as it is now"), QMessageBox::AcceptRole);
  const QPushButton* choose = box.addButton(tr("Choose a take"), QMessageBox::ActionRole);
  box.addButton(tr("Cancel"), QMessageBox::RejectRole);
  box.setDefaultButton(asItIs);
  box.exec();
  if (QDockWidget* dock = m_studio.dock(QStringLiteral("takes")); dock && box.clickedButton() == choose) {
    dock->show();
    dock->raise();
  }
  return box.clickedButton() == asItIs;
}

void RenderCommands::onEnded(const core::QueueEntry& entry, bool succeeded) {
  if (succeeded) {
    m_studio.messages().add(MessageKind::kInfo, tr("%1 is done: %2").arg(QString::fromStdString(entry.title), QString::fromStdString(entry.output)));
    return makeTake(entry);
  }
  if (entry.state == core::JobState::kFailed && entry.error)
    m_studio.messages().add(MessageKind::kError, tr("%1: %2").arg(QString::fromStdString(entry.title), app::errorText(*entry.error)));
}

void RenderCommands::makeTake(const core::QueueEntry& entry) {
  const QPointer<RenderCommands> self(this);
  QThreadPool::globalInstance()->start([self, entry] {
    auto directory = core::JobDirectory::open(entry.directory);
    if (!directory.ok()) return;
    core::Take take;
    const core::Job& job = directory->job();
    take.jobFolder = entry.directory;
    take.output = entry.output;
    take.engine = job.engine;
    take.packHash = job.packHash;
    take.seed = job.seed;
    take.shot = job.shot;
    for (const core::JobMedia& media : job.media) take.inputs.push_back({media.id, media.sha256});
    take.range = job.range.value_or(core::FrameRange{{0}, {job.shot.range.length()}});
    take.finishedSeconds = entry.endedAt;
    take.elapsedSeconds = entry.endedAt - entry.startedAt;
    take.programVersion = PAI_VERSION;
    const QSize size(job.width, job.height);
    QMetaObject::invokeMethod(qApp, [self, take, size] {
      // A job of another project ends while this one is open: its file is there, its take is not this ledger's.
      if (!self || !self->m_studio.document().shot(take.shot.id)) return;
      self->learnSpeed(take, size);
      self->m_ledger.append(take);
    }, Qt::QueuedConnection);
  });
}

void RenderCommands::learnSpeed(const core::Take& take, QSize size) {
  const app::MediaFacts* facts = m_studio.catalog().facts(take.shot.plate);
  if (size.isEmpty() && facts) size = facts->size;
  const double megapixels = size.width() * size.height() * 1e-6 * static_cast<double>(take.range.length());
  if (megapixels <= 0 || take.elapsedSeconds <= 0) return;
  QSettings().setValue(QStringLiteral("render/secondsPerMegapixel/") + QString::fromStdString(take.engine), take.elapsedSeconds / megapixels);
}

void RenderCommands::showTake(const core::Id& id) {
  const core::Take* take = m_ledger.find(id);
  if (!take) return;
  m_studio.viewerController().setTake(ShownTake{QString::fromStdString(take->output), take->range.begin.value});
  m_studio.actions().viewTake->trigger();
}

void RenderCommands::updateLane() {
  std::map<core::Id, std::vector<TimelineTake>> lanes;
  for (const core::Take& take : m_ledger.takes()) {
    const TimelineShot* shot = m_studio.timelineModel().shot(take.shot.id);
    if (!shot) continue;
    lanes[take.shot.id].push_back({app::TakeLedger::nameOf(take), 1, 1, 1, false, false, take.chosen,
                                   take.range.begin.value, std::min(shot->length, take.range.end.value)});
  }
  for (const core::QueueEntry& entry : m_queue.jobs().entries()) {
    const TimelineShot* shot = m_studio.timelineModel().shot(entry.shot);
    const bool busy = entry.state == core::JobState::kRunning || entry.state == core::JobState::kPaused;
    if (!shot || !busy) continue;
    TimelineTake take{QString::fromStdString(entry.title) + QStringLiteral(": ") + jobStatusText(entry), 0, 0, 0, true, false, false, 0, shot->length};
    const double fraction = jobFraction(entry);
    take.prepared = entry.stage == core::JobStage::kPrepare ? fraction : 1.0;
    take.generated = entry.stage == core::JobStage::kGenerate ? fraction : entry.stage == core::JobStage::kFinish ? 1.0 : 0.0;
    take.finished = entry.stage == core::JobStage::kFinish ? fraction : 0.0;
    lanes[entry.shot].push_back(std::move(take));
  }
  for (const TimelineShot& shot : m_studio.timelineModel().shots())
    if (lanes.contains(shot.id) || !m_studio.timelineModel().takes(shot.id).empty())
      m_studio.timelineModel().setTakes(shot.id, std::move(lanes[shot.id]));
}

}  // namespace pai::ui
