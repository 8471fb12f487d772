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

#include "app/document/delivery_naming.h"
#include "app/document/error_text.h"
#include "app/document/preferences.h"
#include "app/document/shot_job.h"
#include "core/render/job_directory.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/splice_dialog.h"
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

/// The frames that a take holds, as frames of the shot as it is now: a trim moves them.
core::FrameRange framesOf(const core::Take& take, const TimelineShot& now) {
  const std::int64_t moved = take.shot.range.empty() ? 0 : take.shot.range.begin.value - now.sourceBegin;
  return {take.range.begin + moved, take.range.end + moved};
}

}  // namespace

RenderCommands::RenderCommands(Studio& studio, app::RenderQueue& queue, app::TakeLedger& ledger, app::JobPreviews& previews)
    : QObject(&studio), m_studio(studio), m_queue(queue), m_ledger(ledger), m_previews(previews) {
  connect(&previews, &app::JobPreviews::changed, this, &RenderCommands::updateLane);
  connect(studio.actions().render, &QAction::triggered, this, &RenderCommands::renderCurrent);
  connect(studio.actions().exportShot, &QAction::triggered, this, &RenderCommands::exportShot);
  connect(studio.actions().spliceTake, &QAction::triggered, this, &RenderCommands::spliceSelected);
  connect(studio.actions().refinishTake, &QAction::triggered, this, &RenderCommands::refinishSelected);
  connect(&queue, &app::RenderQueue::changed, this, &RenderCommands::updateLane);
  connect(&queue, &app::RenderQueue::ended, this, &RenderCommands::onEnded);
  connect(&queue, &app::RenderQueue::failed, this,
          [this](const core::Error& error) { m_studio.messages().add(MessageKind::kError, app::errorText(error)); });
  connect(&ledger, &app::TakeLedger::changed, this, &RenderCommands::updateLane);
  connect(&ledger, &app::TakeLedger::failed, this,
          [this](const core::Error& error) { m_studio.messages().add(MessageKind::kError, app::errorText(error)); });
  connect(&studio.takesPanel(), &TakesPanel::takeSelected, this, [this](const QString& id) {
    m_shown = id.toStdString();
    followTake();
  });
  connect(&studio.document(), &app::Document::shotChanged, this, [this] {
    updateLane();
    followTake();
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
  return shot ? m_studio.timelineModel().markedPart(*shot) : core::FrameRange{};
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
  if (shot->render.engine != "draft" && !m_studio.packs().find(shot->render.engine)) {
    m_studio.messages().add(MessageKind::kWarning,
                            tr("“%1” can't be rendered: its pack %2 is not on this machine. Add it with pai pack add, or choose another engine.")
                                .arg(QString::fromStdString(shot->name), QString::fromStdString(shot->render.engine)));
    m_studio.packs().refresh();
    return;
  }
  if (const app::KnownPack* pack = m_studio.packs().find(shot->render.engine); pack && !pack->trouble.empty()) {
    m_studio.messages().add(MessageKind::kWarning, tr("“%1” can't be rendered: %2").arg(QString::fromStdString(shot->name), QString::fromStdString(pack->trouble)));
    m_studio.packs().refresh();
    return;
  }
  const int variants = m_studio.inspector().render().variants();
  for (int i = 0; i < variants; ++i) queueTake(*shot, range, i);
  showQueue();
}

void RenderCommands::queueTake(const core::Shot& asked, const core::FrameRange& range, int variant) {
  core::Shot varied = asked;
  varied.render.seed += static_cast<std::uint64_t>(variant);
  core::Job job = app::jobOfShot(m_studio.document(), varied, range);
  if (const app::KnownPack* pack = m_studio.packs().find(varied.render.engine)) {
    job.engine = pack->folder;
    job.packHash = pack->hash;
  }
  nameAsKeptTake(job, variant);
  job.layers = {"composite"};
  if (const core::FrameRange part = markedPart(); !part.empty()) job.range = part;
  m_queue.add(job);
}

void RenderCommands::nameAsKeptTake(core::Job& job, int variant) const {
  const app::DeliveryPreset& preset = app::deliveryPreset(app::takePreset(app::loadPreferences()));
  job.preset = preset.id;
  nameAsTake(job, preset.ending, variant);
}

void RenderCommands::nameAsTake(core::Job& job, const std::string& ending, int variant) const {
  const auto& entries = m_queue.jobs().entries();
  const auto waiting = std::count_if(entries.begin(), entries.end(), [&job](const core::QueueEntry& e) {
    return e.shot == job.shot.id && !core::isTerminal(e.state);
  });
  const int number = m_ledger.nextName(job.shot.id).mid(1).toInt() + static_cast<int>(waiting) + variant;
  const QString version = QStringLiteral("v%1").arg(number, 3, 10, QLatin1Char('0'));
  const QString shot = QString::fromStdString(job.shot.name);
  job.name = (shot + QLatin1Char(' ') + version).toStdString();
  const QDir folder(takesFolder());
  QDir().mkpath(folder.path());
  job.output = folder.filePath(fileNameOf(shot) + QLatin1Char('_') + version).toStdString() + ending;
}

void RenderCommands::showQueue() {
  if (QDockWidget* dock = m_studio.dock(QStringLiteral("queue"))) {
    dock->show();
    dock->raise();
  }
}

const core::Take* RenderCommands::selectedTake() const { return m_ledger.find(m_studio.takesPanel().selectedTake().toStdString()); }

void RenderCommands::spliceSelected() {
  const core::Take* insert = selectedTake();
  if (!insert || SpliceDialog::basesFor(m_ledger, *insert).empty()) return;
  SpliceDialog dialog(m_studio.document(), m_ledger, *insert, markedPart(), &m_studio);
  if (dialog.exec() != QDialog::Accepted) return;
  const core::Take& base = dialog.base();
  core::Job job = app::jobOfShot(m_studio.document(), base.shot, base.shot.range);
  job.engine = base.engine;
  job.packHash = base.packHash;
  job.layers = {"composite"};
  job.preset = "ffv1";
  job.range = base.range;
  nameAsTake(job, ".mkv");
  m_queue.add(job, {dialog.splice(), {}});
  showQueue();
}

void RenderCommands::refinishSelected() {
  const core::Take* take = selectedTake();
  const core::Shot* now = take ? m_studio.document().shot(take->shot.id) : nullptr;
  if (!now || !core::holdsGeneration(take->jobFolder)) return;
  // What was generated belongs to the take's references, camera, prompt and seed; matte and light are the shot's of now.
  core::Shot shot = take->shot;
  shot.matte = now->matte;
  shot.light = now->light;
  core::Job job = app::jobOfShot(m_studio.document(), shot, shot.range);
  job.packHash = take->packHash;
  job.layers = {"composite"};
  nameAsKeptTake(job);
  if (take->range != core::FrameRange{{0}, {shot.range.length()}}) job.range = take->range;
  m_queue.add(job, {std::nullopt, take->jobFolder});
  showQueue();
}

bool RenderCommands::seedOfExport(core::Job& job, core::JobSeed& seed) {
  const core::Take* take = m_ledger.find(m_ledger.chosen(job.shot.id));
  if (take && take->extra.contains("splice")) {
    // Its pictures are in its file; there is nothing to render them from.
    seed.splice = core::Splice{{take->id, take->output, take->range.begin, take->shot.delivery.colourSpace}, std::nullopt, {}, 0, std::nullopt, 0.0};
    if (job.layers != std::vector<std::string>{"composite"})
      m_studio.messages().add(MessageKind::kInfo, tr("%1 is a spliced take: its composite is delivered, other layers are not.").arg(app::TakeLedger::nameOf(*take)));
    job.layers = {"composite"};
    return true;
  }
  if (job.engine == "draft") return true;
  const core::FrameRange whole{{0}, {job.shot.range.length()}};
  if (take && core::holdsGeneration(take->jobFolder) && job.range.value_or(whole) == take->range) {
    seed.generatedBy = take->jobFolder;
    return true;
  }
  const app::KnownPack* pack = m_studio.packs().find(job.engine);
  if (!pack) {
    m_studio.messages().add(MessageKind::kError, tr("“%1” can't be exported: its pack %2 is not on this machine.")
                                                     .arg(QString::fromStdString(job.shot.name), QString::fromStdString(job.engine)));
    return false;
  }
  job.engine = pack->folder;
  job.packHash = pack->hash;
  return true;
}

void RenderCommands::exportShot() {
  const core::Shot* shot = m_studio.document().currentShot();
  if (!shot) return;
  if (m_ledger.chosen(shot->id).empty() && !mayExportWithoutTake()) return;
  ExportDialog dialog(m_studio.document(), m_studio.catalog(), m_studio.colours(), m_ledger, *shot, markedPart(), &m_studio);
  if (dialog.exec() != QDialog::Accepted) return;
  if (dialog.delivery() != shot->delivery) {
    const core::DeliverySettings delivery = dialog.delivery();
    m_studio.document().editShot(shot->id, tr("Change delivery settings"), [&delivery](core::Shot& s) { s.delivery = delivery; });
  }
  core::Job job = dialog.job();
  core::JobSeed seed;
  if (!seedOfExport(job, seed)) return;
  m_queue.add(job, seed);
  showQueue();
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
    take.engine = job.shot.render.engine;
    take.packHash = job.packHash;
    take.seed = job.seed;
    take.shot = job.shot;
    for (const core::JobMedia& media : job.media) take.inputs.push_back({media.id, media.sha256});
    take.range = job.range.value_or(core::FrameRange{{0}, {job.shot.range.length()}});
    take.finishedSeconds = entry.endedAt;
    take.elapsedSeconds = entry.endedAt - entry.startedAt;
    take.programVersion = PAI_VERSION;
    if (auto splice = directory->read(core::JobFolder::kTop, core::kSpliceFile, core::kMaxJobBytes); splice.ok())
      if (auto parsed = core::parseSplice(*splice, core::kSpliceFile); parsed.ok()) {
        take.extra["splice"] = core::spliceJson(*parsed);
        take.jobFolder.clear();
      }
    const QSize size(job.width, job.height);
    QMetaObject::invokeMethod(qApp, [self, take, size] {
      // A job of another project ends while this one is open: its file is there, its take is not this ledger's.
      if (!self || !self->m_studio.document().shot(take.shot.id)) return;
      if (!take.extra.contains("splice")) self->learnSpeed(take, size);
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
  m_shown = id;
  followTake();
  m_studio.actions().viewTake->trigger();
}

void RenderCommands::followTake() {
  const core::Take* take = m_ledger.find(m_shown);
  const TimelineShot* shot = take ? m_studio.timelineModel().shot(take->shot.id) : nullptr;
  m_studio.viewerController().setTake(shot ? std::optional(ShownTake{QString::fromStdString(take->output), framesOf(*take, *shot)}) : std::nullopt);
}

void RenderCommands::updateLane() {
  std::map<core::Id, std::vector<TimelineTake>> lanes;
  for (const core::Take& take : m_ledger.takes()) {
    const TimelineShot* shot = m_studio.timelineModel().shot(take.shot.id);
    if (!shot) continue;
    const core::FrameRange frames = framesOf(take, *shot).intersected({{0}, {shot->length}});
    lanes[take.shot.id].push_back({app::TakeLedger::nameOf(take), 1, 1, 1, false, false, take.chosen,
                                   frames.begin.value, frames.end.value, {}, 1});
  }
  for (const core::QueueEntry& entry : m_queue.jobs().entries()) {
    const TimelineShot* shot = m_studio.timelineModel().shot(entry.shot);
    const bool busy = entry.state == core::JobState::kRunning || entry.state == core::JobState::kPaused;
    if (!shot || !busy) continue;
    TimelineTake take{QString::fromStdString(entry.title) + QStringLiteral(": ") + jobStatusText(entry), 0, 0, 0, true, false, false, 0, shot->length, {}, 1};
    const double fraction = jobFraction(entry);
    take.prepared = entry.stage == core::JobStage::kPrepare ? fraction : 1.0;
    take.generated = entry.stage == core::JobStage::kGenerate ? fraction : entry.stage == core::JobStage::kFinish ? 1.0 : 0.0;
    take.finished = entry.stage == core::JobStage::kFinish ? fraction : 0.0;
    if (const app::JobPreview* preview = m_previews.of(entry.id)) {
      take.strip = preview->strip;
      take.cells = preview->cells;
    }
    lanes[entry.shot].push_back(std::move(take));
  }
  for (const TimelineShot& shot : m_studio.timelineModel().shots())
    if (lanes.contains(shot.id) || !m_studio.timelineModel().takes(shot.id).empty())
      m_studio.timelineModel().setTakes(shot.id, std::move(lanes[shot.id]));
}

}  // namespace pai::ui
