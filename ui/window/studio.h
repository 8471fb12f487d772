// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QMainWindow>

#include "app/document/colour_spaces.h"
#include "app/document/document.h"
#include "app/document/frame_source.h"
#include "app/document/job_previews.h"
#include "app/document/media_catalog.h"
#include "app/document/media_hashes.h"
#include "app/document/pack_catalog.h"
#include "app/document/playback.h"
#include "app/document/render_queue.h"
#include "app/document/session.h"
#include "app/document/sound_player.h"
#include "app/document/take_ledger.h"
#include "app/document/thumbnails.h"
#include "app/document/waveforms.h"
#include "ui/panels/messages_panel.h"
#include "ui/timeline/timeline_model.h"

class QApplication;
class QDockWidget;
class QLabel;
class QMenu;
class QStackedWidget;
class QUndoView;

namespace pai::ui {

class Actions;
class Inspector;
class MarkersPanel;
class MediaBin;
class ProjectCommands;
class QueuePanel;
class RenderCommands;
class ShotAnalysis;
class ShotCommands;
class StagedWork;
class TakesPanel;
class TimelineView;
class ViewerController;
class ViewerPanel;
class ViewerTools;
class WelcomePage;

/// Loads the program's words in the user's language (or in PAI_LANGUAGE, e.g. "zh_CN").
void installTranslations(QApplication& application);

/// Where the editor keeps recovery copies and jobs: PAI_CACHE_DIR or the user's cache folder.
QString cacheFolder();

/// What the window is made of, for tests; the defaults are the program's.
struct StudioOptions {
  std::unique_ptr<app::FrameSource> source;  // where pictures come from; nullptr: the preview workers
  QString workerPath;                        // "" = pai-worker beside the running program
  std::unique_ptr<app::SoundOutput> sound;   // where sound is heard; nullptr: nowhere
};

/// The main window: lays out the parts and connects them; what commands do lives in the parts. Built with it is what an empty one shows;
/// the rest follows its first paint, or at once where it is asked for.
class Studio : public QMainWindow {
  Q_OBJECT
 public:
  explicit Studio(StudioOptions options = {}, QWidget* parent = nullptr);
  ~Studio() override;

  /// Of the arrangement that `saveState` keeps; one of another is not restored.
  static constexpr int kLayoutVersion = 1;

  /// Builds what is not there yet.
  Studio& whole();

  /// Pictures are made ahead when the user lets them be and no render runs.
  void updatePictures();

  /// Opens a project, or imports a clip or picture, once the window has been painted.
  void openWhenShown(const QString& path);

  app::Document& document() { return whole().m_document; }
  app::MediaCatalog& catalog() { return *whole().m_catalog; }
  app::Playback& playback() { return whole().m_playback; }
  app::Session& session() { return *whole().m_session; }
  app::RenderQueue& queue();
  app::TakeLedger& ledger() { return *whole().m_ledger; }
  app::FrameSource& frameSource() { return *whole().m_source; }
  app::SoundPlayer& sound() { return *whole().m_sound; }
  app::PackCatalog& packs() { return whole().m_packs; }
  app::ColourSpaces& colours() { return *whole().m_colours; }
  TimelineModel& timelineModel() { return *whole().m_model; }
  TimelineView& timeline() { return *whole().m_timeline; }
  ViewerPanel& viewer() { return *whole().m_viewer; }
  ViewerController& viewerController() { return *whole().m_controller; }
  Inspector& inspector() { return *whole().m_inspector; }
  MediaBin& mediaBin() { return *whole().m_bin; }
  TakesPanel& takesPanel() { return *whole().m_takes; }
  MessagesPanel& messages() { return *whole().m_messages; }
  Actions& actions() { return *whole().m_actions; }
  ProjectCommands& projectCommands() { return *whole().m_projectCommands; }
  QDockWidget* dock(const QString& name);
  ViewerTools& viewerTools() { return *whole().m_viewerTools; }

 protected:
  void childEvent(QChildEvent* event) override;
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void makeWindow();
  void stageParts(StudioOptions options);
  void makeServices(StudioOptions options);
  void makeViewer();
  void makePanels();
  void makeCommands();
  void makeDocks();
  QDockWidget* addDock(const QString& name, const QString& title, QWidget* content, Qt::DockWidgetArea area);
  void connectSound();
  void connectParts();
  void takeDefaultSize();
  void resetLayout();
  void arrangeDocks();
  void shareRoom();
  void updateTitle();
  void showContent();
  void showProxies();
  /// Shows words in the status bar, as many as it has room for.
  void say(const QString& text);
  /// Tabs of docks keep their whole words; where there is no room they scroll.
  void dressTabs();
  /// A dock among tabs has no title of its own: its tab says it.
  void updateDockTitle(QDockWidget& dock);
  /// Docks are away while the welcome page is shown; those that the user closed stay closed.
  void showDocks(bool shown);

  app::Document m_document;
  app::Playback m_playback;
  app::PackCatalog m_packs;
  std::unique_ptr<app::FrameSource> m_source;
  std::unique_ptr<app::MediaCatalog> m_catalog;
  std::unique_ptr<app::MediaHashes> m_hashes;
  std::unique_ptr<app::ColourSpaces> m_colours;
  std::unique_ptr<app::Thumbnails> m_thumbnails;
  std::unique_ptr<app::Waveforms> m_waveforms;
  std::unique_ptr<app::SoundPlayer> m_sound;
  std::unique_ptr<app::Session> m_session;
  std::unique_ptr<app::TakeLedger> m_ledger;
  std::unique_ptr<app::RenderQueue> m_queue;
  std::unique_ptr<app::JobPreviews> m_previews;
  std::unique_ptr<TimelineModel> m_model;
  Actions* m_actions;
  StagedWork* m_staged;
  ViewerPanel* m_viewer = nullptr;
  ViewerController* m_controller = nullptr;
  TimelineView* m_timeline = nullptr;
  MediaBin* m_bin = nullptr;
  Inspector* m_inspector = nullptr;
  QueuePanel* m_queuePanel = nullptr;
  TakesPanel* m_takes = nullptr;
  MessagesPanel* m_messages = nullptr;
  MarkersPanel* m_markers = nullptr;
  WelcomePage* m_welcome = nullptr;
  QUndoView* m_history = nullptr;
  QStackedWidget* m_centre = nullptr;
  QMenu* m_windowMenu = nullptr;
  QWidget* m_workspaces = nullptr;
  QLabel *m_status = nullptr, *m_proxies = nullptr;
  QList<QDockWidget*> m_closedDocks;  // by the user, while the welcome page hides all
  bool m_docksShown = false;
  bool m_layoutDue = true;   // the arrangement of the last time was not looked for yet
  bool m_sharesDue = false;  // the docks have not yet got their first sizes
  ShotAnalysis* m_analysis = nullptr;
  ProjectCommands* m_projectCommands = nullptr;
  ShotCommands* m_shotCommands = nullptr;
  RenderCommands* m_renderCommands = nullptr;
  ViewerTools* m_viewerTools = nullptr;
};

}  // namespace pai::ui
