// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/take_ledger.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QPointer>

#include "core/base/collect_files.h"
#include "core/base/project_file.h"

namespace pai::app {

class TakeChoiceCommand : public QUndoCommand {
 public:
  TakeChoiceCommand(TakeLedger& ledger, core::Id shot, core::Id before, core::Id after)
      : QUndoCommand(TakeLedger::tr("Choose take for delivery")), m_ledger(ledger), m_shot(std::move(shot)),
        m_before(std::move(before)), m_after(std::move(after)) {}
  void undo() override { m_ledger.putChoice(m_shot, m_before); }
  void redo() override { m_ledger.putChoice(m_shot, m_after); }

 private:
  TakeLedger& m_ledger;
  core::Id m_shot, m_before, m_after;
};

class TakeNoteCommand : public QUndoCommand {
 public:
  TakeNoteCommand(TakeLedger& ledger, core::Id take, std::string before, std::string after)
      : QUndoCommand(TakeLedger::tr("Note on take")), m_ledger(ledger), m_take(std::move(take)),
        m_before(std::move(before)), m_after(std::move(after)) {}
  int id() const override { return 2; }
  bool mergeWith(const QUndoCommand* other) override {
    const auto* next = static_cast<const TakeNoteCommand*>(other);
    if (next->m_take != m_take) return false;
    m_after = next->m_after;
    return true;
  }
  void undo() override { m_ledger.putNote(m_take, m_before); }
  void redo() override { m_ledger.putNote(m_take, m_after); }

 private:
  TakeLedger& m_ledger;
  core::Id m_take;
  std::string m_before, m_after;
};

TakeLedger::TakeLedger(Document& document, QString cacheFolder, QObject* parent)
    : QObject(parent), m_document(document), m_cacheFolder(std::move(cacheFolder)) {
  m_writer.setMaxThreadCount(1);
  m_project = ledgerProject();
  connect(&document, &Document::projectReset, this, &TakeLedger::reload);
  connect(&document, &Document::fileChanged, this, &TakeLedger::followFile);
}

TakeLedger::~TakeLedger() { m_writer.waitForDone(); }

QString TakeLedger::ledgerProject() const {
  if (!m_document.filePath().isEmpty()) return m_document.filePath();
  return QDir(m_cacheFolder).filePath(QStringLiteral("untitled-%1.pai").arg(QCoreApplication::applicationPid()));
}

void TakeLedger::followFile() {
  const QString now = ledgerProject();
  if (now == m_project) return;
  const std::string from = m_project.toStdString(), to = now.toStdString();
  m_project = now;
  // Saved under a new name: the takes go along.
  if (m_takes.empty()) return;
  write([from, to] {
    return QFile::exists(QString::fromStdString(core::takesPath(to))) ? core::Status() : core::copyTakes(from, to);
  });
}

void TakeLedger::write(std::function<core::Status()> work) {
  const QPointer<TakeLedger> self(this);
  m_writer.start([self, work = std::move(work)] {
    const core::Status status = work();
    if (status.ok()) return;
    QMetaObject::invokeMethod(QCoreApplication::instance(), [self, error = status.error()] {
      if (self) emit self->failed(error);
    }, Qt::QueuedConnection);
  });
}

void TakeLedger::reload() {
  m_takes.clear();
  m_project = ledgerProject();
  emit changed();
  if (m_document.filePath().isEmpty()) return;
  const QPointer<TakeLedger> self(this);
  m_writer.start([self, path = m_project] {
    auto ledger = core::loadTakes(path.toStdString());
    // A collected project names its takes' files from where it lies.
    const std::string folder = QFileInfo(path).absolutePath().toStdString();
    for (std::size_t i = 0; ledger.ok() && i < ledger->takes.size(); ++i) {
      for (std::string* named : {&ledger->takes[i].output, &ledger->takes[i].jobFolder})
        if (const auto place = core::resolveMediaPath(*named, folder); place.place != core::MediaPlace::kForbidden && !named->empty()) *named = place.path;
    }
    QMetaObject::invokeMethod(QCoreApplication::instance(), [self, path, ledger = std::move(ledger)] {
      if (!self || self->m_project != path) return;
      if (!ledger.ok()) return emit self->failed(ledger.error());
      // Takes that came while the file was being read stand behind it.
      std::vector<core::Take> takes = ledger->takes;
      takes.insert(takes.end(), self->m_takes.begin(), self->m_takes.end());
      self->m_takes = std::move(takes);
      emit self->changed();
    }, Qt::QueuedConnection);
  });
}

std::vector<const core::Take*> TakeLedger::takesOf(const core::Id& shot) const {
  std::vector<const core::Take*> found;
  for (const core::Take& take : m_takes)
    if (take.shot.id == shot) found.push_back(&take);
  return found;
}

const core::Take* TakeLedger::find(const core::Id& id) const {
  for (const core::Take& take : m_takes)
    if (take.id == id) return &take;
  return nullptr;
}

void TakeLedger::append(core::Take take) {
  const QPointer<TakeLedger> self(this);
  m_writer.start([self, path = m_project, take = std::move(take)] {
    QDir().mkpath(QFileInfo(path).absolutePath());
    auto added = core::appendTake(path.toStdString(), take);
    QMetaObject::invokeMethod(QCoreApplication::instance(), [self, path, added = std::move(added)] {
      if (!self) return;
      if (!added.ok()) return emit self->failed(added.error());
      if (self->m_project == path) self->m_takes.push_back(*added);
      emit self->changed();
    }, Qt::QueuedConnection);
  });
}

core::Id TakeLedger::chosen(const core::Id& shot) const {
  for (const core::Take& take : m_takes)
    if (take.shot.id == shot && take.chosen) return take.id;
  return {};
}

void TakeLedger::choose(const core::Id& shot, const core::Id& take) {
  m_document.undoStack().push(new TakeChoiceCommand(*this, shot, chosen(shot), take));
}

void TakeLedger::note(const core::Id& take, const QString& text) {
  const core::Take* noted = find(take);
  if (noted) m_document.undoStack().push(new TakeNoteCommand(*this, take, noted->notes, text.toStdString()));
}

void TakeLedger::putChoice(const core::Id& shot, const core::Id& take) {
  for (core::Take& t : m_takes)
    if (t.shot.id == shot) t.chosen = t.id == take;
  write([path = m_project.toStdString(), shot, take] { return core::appendTakeChoice(path, shot, take); });
  emit changed();
}

void TakeLedger::putNote(const core::Id& take, const std::string& text) {
  for (core::Take& t : m_takes)
    if (t.id == take) t.notes = text;
  write([path = m_project.toStdString(), take, text] { return core::appendTakeNotes(path, take, text); });
  emit changed();
}

QString TakeLedger::nameOf(const core::Take& take) {
  return QString::fromStdString(take.name);
}

QString TakeLedger::nextName(const core::Id& shot) const {
  int number = 0;
  for (const core::Take* take : takesOf(shot)) number = std::max(number, take->number);
  return QStringLiteral("v%1").arg(number + 1, 3, 10, QLatin1Char('0'));
}

QStringList TakeLedger::changesSince(const core::Take& take) const {
  const core::Shot* edited = m_document.shot(take.shot.id);
  if (!edited) return {tr("the shot was removed")};
  // As it would be rendered now: references out of range are not part of it.
  core::Shot now = *edited;
  if (now.range.empty()) now.range = take.shot.range;
  std::erase_if(now.references, [&now](const core::Reference& r) { return !core::resolveAnchor(r.anchor, now.range); });
  const core::TakeChanges changes = core::changesSince(take, now, [](const core::Id&) { return std::string(); });
  QStringList words;
  for (core::TakePart part : changes.parts) {
    switch (part) {
      case core::TakePart::kPlate: words << tr("plate"); break;
      case core::TakePart::kRange: words << tr("range"); break;
      case core::TakePart::kReferences: words << tr("references"); break;
      case core::TakePart::kMatte: words << tr("matte"); break;
      case core::TakePart::kCamera: words << tr("camera"); break;
      case core::TakePart::kLight: words << tr("light"); break;
      case core::TakePart::kPrompt: words << tr("prompt"); break;
      case core::TakePart::kRender: words << tr("render settings"); break;
      case core::TakePart::kDelivery: words << tr("delivery"); break;
      case core::TakePart::kMediaContent: words << tr("media files"); break;
    }
  }
  return words;
}

}  // namespace pai::app
