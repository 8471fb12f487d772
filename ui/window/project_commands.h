// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QObject>
#include <QPointer>

#include "app/document/render_queue.h"
#include "app/document/session.h"

namespace pai::ui {

class ColourDialog;
class RelinkDialog;
class Studio;

/// New, open, save, close, collect: what the project menu does, with its questions.
class ProjectCommands : public QObject {
  Q_OBJECT
 public:
  ProjectCommands(Studio& studio, app::Session& session, app::RenderQueue& queue);

  /// Opens a project; asks about unsaved work first.
  void openPath(const QString& path);
  /// Asks about unsaved work and running jobs; false keeps the window open.
  bool mayClose();
  /// The project's colour, with some media selected.
  void showColour(const std::vector<core::Id>& media);

 private:
  enum class Unsaved { kSave, kDiscard, kCancel };
  void startNew();
  void open();
  void openSample();
  void save();
  void saveAs();
  void collect();
  /// Runs `then` once unsaved work is saved or given up.
  void afterUnsaved(const std::function<void()>& then);
  Unsaved askUnsaved();
  void onSaved(const QString& path, const QString& note);
  void onFailed(const QString& path, const core::Error& error);
  void showPreferences();
  void showRelink();
  /// Once a project's media are all looked at: says how many are missing.
  void tellMissing();
  void findCommand();
  void showHelp();
  void showAbout();

  Studio& m_studio;
  app::Session& m_session;
  app::RenderQueue& m_queue;
  std::function<void()> m_afterSave;
  QPointer<ColourDialog> m_colour;
  QPointer<RelinkDialog> m_relink;
  bool m_missingTold = false;
  bool m_closing = false;
};

}  // namespace pai::ui
