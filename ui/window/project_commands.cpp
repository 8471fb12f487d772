// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/project_commands.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>
#include <QStandardPaths>

#include "app/document/collect.h"
#include "app/document/error_text.h"
#include "app/document/sample_project.h"
#include "ui/dialogs/colour_dialog.h"
#include "ui/dialogs/command_finder.h"
#include "ui/dialogs/help_dialog.h"
#include "ui/dialogs/preferences_dialog.h"
#include "ui/dialogs/recovery_dialog.h"
#include "ui/dialogs/relink_dialog.h"
#include "ui/dialogs/shortcuts_dialog.h"
#include "ui/panels/welcome_page.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/render_page.h"
#include "ui/window/actions.h"
#include "ui/window/studio.h"

namespace pai::ui {
namespace {

constexpr const char* kFilter = QT_TRANSLATE_NOOP("pai::ui::ProjectCommands", "PAI-Studio projects (*.pai)");

}  // namespace

ProjectCommands::ProjectCommands(Studio& studio, app::Session& session, app::RenderQueue& queue)
    : QObject(&studio), m_studio(studio), m_session(session), m_queue(queue) {
  const Actions& a = studio.actions();
  connect(a.newProject, &QAction::triggered, this, &ProjectCommands::startNew);
  connect(a.open, &QAction::triggered, this, &ProjectCommands::open);
  connect(a.openSample, &QAction::triggered, this, &ProjectCommands::openSample);
  connect(a.save, &QAction::triggered, this, &ProjectCommands::save);
  connect(a.saveAs, &QAction::triggered, this, &ProjectCommands::saveAs);
  connect(a.collect, &QAction::triggered, this, &ProjectCommands::collect);
  connect(a.shortcuts, &QAction::triggered, this, [this] { ShortcutsDialog(m_studio.actions(), &m_studio).exec(); });
  connect(a.relinkMissing, &QAction::triggered, this, &ProjectCommands::showRelink);
  connect(&studio.document(), &app::Document::projectReset, this, [this] { m_missingTold = false; });
  connect(&studio.catalog(), &app::MediaCatalog::mediaChanged, this, &ProjectCommands::tellMissing);
  connect(a.preferences, &QAction::triggered, this, &ProjectCommands::showPreferences);
  session.setRecoverySeconds(app::loadPreferences().recoverySeconds);
  connect(a.colour, &QAction::triggered, this, [this] { showColour({}); });
  connect(a.help, &QAction::triggered, this, &ProjectCommands::showHelp);
  connect(a.findCommand, &QAction::triggered, this, &ProjectCommands::findCommand);
  connect(a.about, &QAction::triggered, this, &ProjectCommands::showAbout);
  connect(&session, &app::Session::saved, this, &ProjectCommands::onSaved);
  connect(&session, &app::Session::failed, this, &ProjectCommands::onFailed);
  connect(&session, &app::Session::opened, this, [this] {
    if (!m_studio.document().filePath().isEmpty()) rememberProject(m_studio.document().filePath());
  });
  connect(&session, &app::Session::warned, this, [this](const QString& text) { m_studio.messages().add(MessageKind::kWarning, text); });
  session.askRecovery = [this](const app::RecoveryOffer& offer) {
    RecoveryDialog dialog(offer, &m_studio);
    dialog.exec();
    return dialog.choice();
  };
}

void ProjectCommands::startNew() {
  afterUnsaved([this] { m_session.startNew(); });
}

void ProjectCommands::open() {
  const QString path = QFileDialog::getOpenFileName(&m_studio, tr("Open project"), {}, tr(kFilter));
  if (!path.isEmpty()) openPath(path);
}

void ProjectCommands::openPath(const QString& path) {
  afterUnsaved([this, path] { m_session.open(path); });
}

void ProjectCommands::openSample() {
  const QString sample = app::sampleFolder(QCoreApplication::applicationDirPath());
  if (sample.isEmpty()) return onFailed({}, {core::ErrorCode::kFileMissing, "the sample is not installed", "sample.manifest.json", {}});
  const QString into = QDir(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)).filePath(QStringLiteral("PAI-Studio"));
  app::makeSampleProject(sample, into, this, [this](const core::Result<QString>& made) {
    made.ok() ? openPath(*made) : onFailed({}, made.error());
  });
}

void ProjectCommands::save() {
  const QString path = m_studio.document().filePath();
  path.isEmpty() ? saveAs() : m_session.save(path);
}

void ProjectCommands::saveAs() {
  QString path = QFileDialog::getSaveFileName(&m_studio, tr("Save project"), m_studio.document().filePath(), tr(kFilter));
  if (path.isEmpty()) {
    m_afterSave = nullptr;
    m_closing = false;
    return;
  }
  if (QFileInfo(path).suffix().isEmpty()) path += QStringLiteral(".pai");
  m_session.save(path);
}

void ProjectCommands::collect() {
  const QString folder = QFileDialog::getExistingDirectory(&m_studio, tr("Collect the project and its media into"));
  if (folder.isEmpty()) return;
  const auto measured = [this, folder](qint64 bytes) {
    m_studio.messages().add(MessageKind::kInfo, tr("Collecting %1 into %2…").arg(QLocale().formattedDataSize(bytes), folder));
  };
  app::collectProject(m_studio.document(), folder, this, measured, [this, folder](const core::Result<QStringList>& missing) {
    if (!missing.ok()) return m_studio.messages().add(MessageKind::kError, app::errorText(missing.error()));
    for (const QString& each : *missing) m_studio.messages().add(MessageKind::kWarning, each);
    m_studio.messages().add(MessageKind::kInfo, missing->isEmpty() ? tr("Everything is in %1.").arg(folder) : tr("The project is in %1, without what is missing.").arg(folder));
  });
}

ProjectCommands::Unsaved ProjectCommands::askUnsaved() {
  QMessageBox box(QMessageBox::NoIcon, tr("Unsaved changes"), tr("Save the changes to “%1”?").arg(m_studio.document().displayName()),
                  QMessageBox::NoButton, &m_studio);
  box.setInformativeText(tr("Without saving, what you did since the last save is lost."));
  QPushButton* saveButton = box.addButton(tr("Save"), QMessageBox::AcceptRole);
  saveButton->setProperty("primary", true);
  const QPushButton* discard = box.addButton(tr("Don't save"), QMessageBox::DestructiveRole);
  box.addButton(tr("Cancel"), QMessageBox::RejectRole);
  box.setDefaultButton(saveButton);
  box.exec();
  if (box.clickedButton() == saveButton) return Unsaved::kSave;
  return box.clickedButton() == discard ? Unsaved::kDiscard : Unsaved::kCancel;
}

void ProjectCommands::afterUnsaved(const std::function<void()>& then) {
  if (!m_studio.document().isModified()) return then();
  switch (askUnsaved()) {
    case Unsaved::kCancel: return;
    case Unsaved::kDiscard: m_session.dropRecovery(); return then();
    case Unsaved::kSave: m_afterSave = then; return save();
  }
}

bool ProjectCommands::mayClose() {
  if (m_closing) return true;
  if (m_queue.runningCount() > 0) {
    QMessageBox box(QMessageBox::NoIcon, tr("Renders are running"), tr("%n render(s) are not finished.", nullptr, m_queue.runningCount()),
                    QMessageBox::NoButton, &m_studio);
    box.setInformativeText(tr("They can stop now and go on where they are when you start the program again."));
    const QPushButton* stop = box.addButton(tr("Stop and close"), QMessageBox::AcceptRole);
    box.addButton(tr("Let them finish"), QMessageBox::RejectRole);
    box.exec();
    if (box.clickedButton() != stop) return false;
  }
  if (!m_studio.document().isModified()) {
    m_session.dropRecovery();
    return true;
  }
  switch (askUnsaved()) {
    case Unsaved::kCancel: return false;
    case Unsaved::kDiscard: m_session.dropRecovery(); return true;
    case Unsaved::kSave: break;
  }
  m_afterSave = [this] {
    m_closing = true;
    m_studio.close();
  };
  save();
  return false;
}

void ProjectCommands::onSaved(const QString& path, const QString& note) {
  rememberProject(path);
  m_studio.messages().add(MessageKind::kInfo, note.isEmpty() ? tr("Saved %1.").arg(path) : tr("Saved %1. %2").arg(path, note));
  if (const auto then = std::exchange(m_afterSave, nullptr)) then();
}

void ProjectCommands::onFailed(const QString&, const core::Error& error) {
  m_afterSave = nullptr;
  m_studio.messages().add(MessageKind::kError, app::errorText(error));
  auto* box = new QMessageBox(QMessageBox::NoIcon, app::errorTitle(error.code), app::errorText(error), QMessageBox::Ok, &m_studio);
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->open();
}

void ProjectCommands::showColour(const std::vector<core::Id>& media) {
  if (!m_colour) {
    m_colour = new ColourDialog(m_studio.document(), m_studio.colours(), &m_studio);
    m_colour->setAttribute(Qt::WA_DeleteOnClose);
  }
  if (!media.empty()) m_colour->select(media);
  m_colour->show();
  m_colour->raise();
  m_colour->activateWindow();
}

void ProjectCommands::showRelink() {
  if (!m_relink) {
    m_relink = new RelinkDialog(m_studio.document(), m_studio.catalog(), &m_studio);
    m_relink->setAttribute(Qt::WA_DeleteOnClose);
  }
  m_relink->show();
  m_relink->raise();
  m_relink->activateWindow();
}

void ProjectCommands::tellMissing() {
  if (m_missingTold) return;
  const auto& media = m_studio.document().project().media;
  const auto probing = [this](const core::Media& m) { return m_studio.catalog().state(m.id) == app::MediaState::kProbing; };
  if (std::any_of(media.begin(), media.end(), probing)) return;
  m_missingTold = true;
  const auto missing = static_cast<int>(app::offlineMedia(m_studio.document(), m_studio.catalog()).size());
  if (missing > 0)
    m_studio.messages().add(MessageKind::kWarning, tr("%n media can't be found. Their edits are kept; “Relink missing media” in the Project menu looks for them.", nullptr, missing));
}

void ProjectCommands::showPreferences() {
  PreferencesDialog dialog(app::loadPreferences(), &m_studio);
  if (dialog.exec() != QDialog::Accepted) return;
  app::savePreferences(dialog.preferences());
  m_session.setRecoverySeconds(dialog.preferences().recoverySeconds);
  m_studio.frameSource().configure(dialog.preferences());
  m_studio.updatePictures();
  m_studio.inspector().render().refreshForecast();
}

void ProjectCommands::findCommand() {
  CommandFinder finder(m_studio.actions(), &m_studio);
  finder.exec();
  // Once the dialog is gone: what is run may open one of its own.
  if (QAction* chosen = finder.chosen()) QMetaObject::invokeMethod(chosen, &QAction::trigger, Qt::QueuedConnection);
}
void ProjectCommands::showHelp() { HelpDialog(m_studio.actions(), &m_studio).exec(); }

void ProjectCommands::showAbout() {
  QMessageBox box(QMessageBox::NoIcon, tr("About PAI-Studio"), QStringLiteral("PAI-Studio ") + QStringLiteral(PAI_VERSION), QMessageBox::Ok, &m_studio);
  box.setInformativeText(tr("Cinematic video background replacement. Free software under the GNU GPL, version 3 or later. "
                            "Everything runs on this machine; nothing uses the network."));
  box.setIconPixmap(m_studio.windowIcon().pixmap(64));
  box.exec();
}

}  // namespace pai::ui
