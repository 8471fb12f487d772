// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/studio.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <QApplication>
#include <QCloseEvent>
#include <QDesktopServices>
#include <QDir>
#include <QDockWidget>
#include <QFileInfo>
#include <QLabel>
#include <QLibraryInfo>
#include <QLocale>
#include <QLockFile>
#include <QMenuBar>
#include <QMimeData>
#include <QPushButton>
#include <QScreen>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QStatusBar>
#include <QTabBar>
#include <QTimer>
#include <QTranslator>
#include <QUndoView>
#include <QUrl>

#include "app/document/media_import.h"
#include "app/document/preferences.h"
#include "app/document/preview_frame_source.h"
#include "ui/inspector/camera_page.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/references_page.h"
#include "ui/panels/markers_panel.h"
#include "ui/panels/media_bin.h"
#include "ui/panels/queue_panel.h"
#include "ui/panels/scopes_panel.h"
#include "ui/panels/takes_panel.h"
#include "ui/panels/welcome_page.h"
#include "ui/plots/curves_panel.h"
#include "ui/theme/theme.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/repair_marks.h"
#include "ui/viewer/viewer_controller.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"
#include "ui/window/focus_keys.h"
#include "ui/window/marker_commands.h"
#include "ui/window/menus.h"
#include "ui/window/panel_walk.h"
#include "ui/window/project_bar.h"
#include "ui/window/project_commands.h"
#include "ui/window/render_commands.h"
#include "ui/window/shot_analysis.h"
#include "ui/window/shot_commands.h"
#include "ui/window/staged_work.h"
#include "ui/window/transport.h"
#include "ui/window/viewer_tools.h"
#include "ui/window/workspaces.h"

namespace pai::ui {

void installTranslations(QApplication& application) {
  const QString wanted = qEnvironmentVariable("PAI_LANGUAGE");
  const QLocale locale = wanted.isEmpty() ? QLocale() : QLocale(wanted);
  if (!wanted.isEmpty()) QLocale::setDefault(locale);
  auto* own = new QTranslator(&application);
  // English has a catalogue too, for its plurals.
  if (own->load(locale, QStringLiteral("pai-studio"), QStringLiteral("_"), QStringLiteral(":/translations")) ||
      own->load(QStringLiteral(":/translations/pai-studio_en")))
    QApplication::installTranslator(own);
  auto* qt = new QTranslator(&application);
  if (qt->load(locale, QStringLiteral("qtbase"), QStringLiteral("_"), QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
    QApplication::installTranslator(qt);
}

QString cacheFolder() {
  const QString wanted = qEnvironmentVariable("PAI_CACHE_DIR");
  return wanted.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) + QStringLiteral("/pai-studio")
                          : wanted;
}

namespace {

constexpr int kNameRoom = 160;  // pixels of a file's name in the status bar

/// A program that was killed while it wrote its settings leaves their lock behind, and the next one would wait half a minute for
/// it. One that is held by a living program stays.
void removeStaleSettingsLock() {
  const QString lock = QSettings().fileName() + QStringLiteral(".lock");
  if (QFileInfo::exists(lock)) QLockFile(lock).removeStaleLockFile();
}

}  // namespace

Studio::Studio(StudioOptions options, QWidget* parent) : QMainWindow(parent), m_actions(nullptr), m_staged(new StagedWork(*this)) {
  removeStaleSettingsLock();
  m_actions = new Actions(this);
  new FocusKeys(this);
  makeWindow();
  applyStyleSheet(*this);
  stageParts(std::move(options));
  updateTitle();
  showContent();
}

Studio::~Studio() {
  whole();  // parts that wait for the docks they go into have no owner yet
  // Widgets go before what they show: hiding one may still end an entry that is being typed.
  qDeleteAll(findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
}

Studio& Studio::whole() {
  m_staged->finish();
  return *this;
}

void Studio::makeWindow() {
  setAcceptDrops(true);
  setDockOptions(AnimatedDocks | AllowTabbedDocks | AllowNestedDocks);
  setWindowIcon(icon(QStringLiteral("pai-studio")));
  m_windowMenu = fillMenus(*menuBar(), *m_actions);
  menuBar()->setCornerWidget(new ProjectBar(*m_actions, *menuBar()), Qt::TopRightCorner);
  m_welcome = new WelcomePage(*m_actions);
  m_centre = new QStackedWidget;
  m_centre->addWidget(m_welcome);
  setCentralWidget(m_centre);
  m_status = new QLabel;
  m_status->setProperty("role", "small");
  m_status->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);  // its words never widen the window
  statusBar()->addWidget(m_status, 1);
  m_proxies = new QLabel;
  m_proxies->setProperty("role", "small");
  m_proxies->setObjectName(QStringLiteral("proxyProgress"));
  statusBar()->addPermanentWidget(m_proxies);
  m_workspaces = makeWorkspaceBar(*m_actions);
  m_workspaces->hide();  // until there is something to work on
  statusBar()->addPermanentWidget(m_workspaces);
  statusBar()->setSizeGripEnabled(false);
  statusBar()->setContentsMargins(2 * kGrid, 0, 2 * kGrid, 0);
  takeDefaultSize();
  restoreGeometry(QSettings().value(QStringLiteral("geometry")).toByteArray());
}

void Studio::stageParts(StudioOptions options) {
  m_staged->add([this, given = std::make_shared<StudioOptions>(std::move(options))] { makeServices(std::move(*given)); });
  m_staged->add([this] { makeViewer(); });
  m_staged->add([this] { m_timeline = new TimelineView(m_document, *m_catalog, m_playback, *m_thumbnails, *m_waveforms, *m_model); });
  m_staged->add([this] { makePanels(); });
  m_staged->add([this] {
    m_inspector = new Inspector({m_document, *m_catalog, *m_colours, m_playback, *m_model, *m_actions, m_packs});
    addDock(QStringLiteral("inspector"), tr("Inspector"), m_inspector, Qt::RightDockWidgetArea);
  });
  for (int i = 0; i < Inspector::kPages; ++i) m_staged->add([this] { m_inspector->addPage(); });
  m_staged->add([this] { makeCommands(); });
  m_staged->add([this] { makeDocks(); });
  m_staged->add([this] {
    connectTransport(*m_actions, m_playback);
    connectSound();
    connectParts();
    showContent();
    m_packs.refresh();
  });
}

void Studio::makeServices(StudioOptions options) {
  m_source = options.source ? std::move(options.source) : std::make_unique<app::PreviewFrameSource>(options.workerPath);
  m_catalog = std::make_unique<app::MediaCatalog>(m_document, *m_source);
  m_hashes = std::make_unique<app::MediaHashes>(m_document, *m_catalog);
  m_colours = std::make_unique<app::ColourSpaces>(m_document, *m_source);
  m_thumbnails = std::make_unique<app::Thumbnails>(*m_source);
  m_waveforms = std::make_unique<app::Waveforms>(*m_source);
  m_sound = std::make_unique<app::SoundPlayer>(*m_source, m_playback, std::move(options.sound));
  m_session = std::make_unique<app::Session>(m_document, QDir(cacheFolder()).filePath(QStringLiteral("recovery")));
  m_ledger = std::make_unique<app::TakeLedger>(m_document, QDir(cacheFolder()).filePath(QStringLiteral("recovery")));
  m_queue = std::make_unique<app::RenderQueue>(QDir(cacheFolder()).filePath(QStringLiteral("jobs")), options.workerPath);
  m_previews = std::make_unique<app::JobPreviews>(*m_queue);
  m_model = std::make_unique<TimelineModel>(m_document, *m_catalog, m_packs);
  connect(&m_playback, &app::Playback::rangeChanged, m_model.get(), [this] { m_model->setMarked(m_playback.marked()); });
}

void Studio::makeViewer() {
  m_viewer = new ViewerPanel(*m_actions, m_playback, *m_model);
  m_controller = new ViewerController(m_document, *m_catalog, m_playback, *m_source, *m_model, m_viewer->canvas(), this);
  m_viewer->setController(*m_controller);
  new RepairMarks(m_document, *m_model, *m_controller, m_viewer->canvas(), this);
  m_viewer->setColours(m_document, *m_colours, *m_controller);
  auto* editing = new QSplitter(Qt::Vertical);
  editing->setChildrenCollapsible(false);
  m_centre->addWidget(editing);
  editing->addWidget(m_viewer);
}

void Studio::makePanels() {
  m_bin = new MediaBin(m_document, *m_catalog, *m_actions);
  m_queuePanel = new QueuePanel(*m_queue, *m_previews);
  m_takes = new TakesPanel(m_document, *m_ledger, *m_actions);
  m_messages = new MessagesPanel;
  m_markers = new MarkersPanel(m_document, *m_model);
  m_history = new QUndoView(&m_document.undoStack());
  m_history->setEmptyLabel(tr("As opened"));
  m_history->setAccessibleName(tr("History"));
}

void Studio::makeCommands() {
  m_analysis = new ShotAnalysis(m_document, *m_catalog, *m_source, *m_model, this);
  m_projectCommands = new ProjectCommands(*this, *m_session, *m_queue);
  m_shotCommands = new ShotCommands(*this);
  m_renderCommands = new RenderCommands(*this, *m_queue, *m_ledger, *m_previews);
  m_viewerTools = new ViewerTools(*this);
  new MarkerCommands(*this, *m_markers);
  new Workspaces(*this);
  new PanelWalk(*this);
}

app::RenderQueue& Studio::queue() { return *whole().m_queue; }

QDockWidget* Studio::dock(const QString& name) { return whole().findChild<QDockWidget*>(name); }

void Studio::makeDocks() {
  // The timeline takes the window's whole width: corners belong to the bottom.
  setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
  setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
  addDock(QStringLiteral("media"), tr("Media"), m_bin, Qt::LeftDockWidgetArea);
  addDock(QStringLiteral("queue"), tr("Queue"), m_queuePanel, Qt::RightDockWidgetArea);
  addDock(QStringLiteral("takes"), tr("Takes"), m_takes, Qt::LeftDockWidgetArea);
  addDock(QStringLiteral("messages"), tr("Messages"), m_messages, Qt::LeftDockWidgetArea);
  addDock(QStringLiteral("history"), tr("History"), m_history, Qt::LeftDockWidgetArea);
  auto* scopes = new ScopesPanel;
  connect(&m_viewer->canvas(), &ViewerCanvas::pictureChanged, scopes, &ScopesPanel::setPicture);
  connect(&m_viewer->canvas(), &ViewerCanvas::coveredChanged, scopes, &ScopesPanel::setCovered);
  addDock(QStringLiteral("scopes"), tr("Scopes"), scopes, Qt::LeftDockWidgetArea);
  auto* curves = new CurvesPanel(m_document, *m_catalog, m_playback, *m_model, *m_queue, *m_previews, *m_actions);
  addDock(QStringLiteral("curves"), tr("Curves"), curves, Qt::LeftDockWidgetArea);
  addDock(QStringLiteral("markers"), tr("Markers"), m_markers, Qt::LeftDockWidgetArea);
  QDockWidget* timeline = addDock(QStringLiteral("timeline"), tr("Timeline"), m_timeline, Qt::BottomDockWidgetArea);
  timeline->setFeatures(QDockWidget::NoDockWidgetFeatures);
  timeline->setTitleBarWidget(makeTimelineBar(*m_actions));
  fillWindowMenu(*m_windowMenu, *m_actions, findChildren<QDockWidget*>());
  arrangeDocks();
}

QDockWidget* Studio::addDock(const QString& name, const QString& title, QWidget* content, Qt::DockWidgetArea area) {
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(name);
  dock->setWidget(content);
  dock->hide();  // until there is something to work on
  addDockWidget(area, dock);
  const auto later = [this, dock] {
    QTimer::singleShot(0, dock, [this, dock] {
      updateDockTitle(*dock);
      dressTabs();
    });
  };
  connect(dock, &QDockWidget::visibilityChanged, this, later);
  connect(dock, &QDockWidget::topLevelChanged, this, later);
  connect(dock, &QDockWidget::dockLocationChanged, this, later);
  return dock;
}

void Studio::dressTabs() {
  for (QTabBar* bar : findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
    bar->setFocusPolicy(m_docksShown ? Qt::TabFocus : Qt::NoFocus);  // there is nothing to see of them on the welcome page
    if (bar->elideMode() == Qt::ElideNone) continue;
    bar->setAccessibleName(tr("Panels"));
    bar->setElideMode(Qt::ElideNone);
    bar->setUsesScrollButtons(true);
    bar->setExpanding(false);
  }
}

void Studio::updateDockTitle(QDockWidget& dock) {
  if (dock.isHidden() || !dock.features().testFlag(QDockWidget::DockWidgetMovable)) return;  // a hidden one has no tab to tell by
  const bool tabbed = !dock.isFloating() && !tabifiedDockWidgets(&dock).isEmpty();
  if (tabbed == (dock.titleBarWidget() != nullptr)) return;
  QWidget* before = dock.titleBarWidget();
  dock.setTitleBarWidget(tabbed ? new QWidget(&dock) : nullptr);
  delete before;
}

void Studio::takeDefaultSize() {
  const QRect room = screen() ? screen()->availableGeometry() : QRect(0, 0, 1600, 960);
  resize(QSize(1600, 960).boundedTo(room.size()));
}

void Studio::resetLayout() {
  takeDefaultSize();
  for (QDockWidget* each : findChildren<QDockWidget*>()) {
    each->setFloating(false);
    each->setVisible(m_docksShown);
  }
  m_closedDocks.clear();
  m_layoutDue = false;
  arrangeDocks();
}

void Studio::arrangeDocks() {
  addDockWidget(Qt::LeftDockWidgetArea, dock(QStringLiteral("media")));
  splitDockWidget(dock(QStringLiteral("media")), dock(QStringLiteral("takes")), Qt::Vertical);
  tabifyDockWidget(dock(QStringLiteral("takes")), dock(QStringLiteral("queue")));
  tabifyDockWidget(dock(QStringLiteral("queue")), dock(QStringLiteral("history")));
  tabifyDockWidget(dock(QStringLiteral("history")), dock(QStringLiteral("messages")));
  // No more in one place than 260 pixels have room for.
  tabifyDockWidget(dock(QStringLiteral("media")), dock(QStringLiteral("scopes")));
  tabifyDockWidget(dock(QStringLiteral("scopes")), dock(QStringLiteral("curves")));
  tabifyDockWidget(dock(QStringLiteral("curves")), dock(QStringLiteral("markers")));
  // Known now, not only when their tabs are there: titles would make a small window higher.
  for (QDockWidget* each : findChildren<QDockWidget*>())
    if (dockWidgetArea(each) == Qt::LeftDockWidgetArea && !each->titleBarWidget()) each->setTitleBarWidget(new QWidget(each));
  dock(QStringLiteral("media"))->raise();
  dock(QStringLiteral("takes"))->raise();
  setTabPosition(Qt::LeftDockWidgetArea, QTabWidget::North);
  m_sharesDue = true;
  shareRoom();
}

/// Gives the docks their first sizes, once they are on screen: hidden ones take none.
void Studio::shareRoom() {
  QTimer::singleShot(0, this, [this] {
    if (!m_sharesDue || !m_docksShown) return;
    m_sharesDue = false;
    resizeDocks({dock(QStringLiteral("media")), dock(QStringLiteral("inspector"))}, {300, 344}, Qt::Horizontal);
    // In a low window the lanes give way to the picture.
    QDockWidget* timeline = dock(QStringLiteral("timeline"));
    resizeDocks({timeline}, {std::min(timeline->sizeHint().height(), height() * 2 / 5)}, Qt::Vertical);
    resizeDocks({dock(QStringLiteral("media")), dock(QStringLiteral("takes"))}, {340, 220}, Qt::Vertical);
  });
}

void Studio::connectSound() {
  connect(m_model.get(), &TimelineModel::changed, this, [this] {
    std::vector<app::SoundSpan> spans;
    for (const TimelineShot& shot : m_model->shots())
      if (shot.hasSound && !shot.offline && shot.plateRate == m_model->rate())
        spans.push_back({shot.platePath, shot.begin, shot.length, shot.sourceBegin});
    m_sound->setSpans(std::move(spans));
  });
  connect(m_actions->mute, &QAction::toggled, m_sound.get(), &app::SoundPlayer::setMuted);
  connect(m_actions->mute, &QAction::toggled, m_timeline, &TimelineView::setSoundMuted);
  connect(m_sound.get(), &app::SoundPlayer::volumeChanged, this, [this] {
    QSettings settings;
    settings.setValue(QStringLiteral("sound/volume"), m_sound->volume());
    settings.setValue(QStringLiteral("sound/muted"), m_sound->isMuted());
  });
  const QSettings settings;
  const double volume = settings.value(QStringLiteral("sound/volume"), 1.0).toDouble();
  m_actions->mute->setChecked(settings.value(QStringLiteral("sound/muted")).toBool());
  m_sound->setVolume(volume);
  m_viewer->setSound(*m_sound);
}

void Studio::connectParts() {
  const Actions& a = *m_actions;
  connect(&m_document, &app::Document::fileChanged, this, &Studio::updateTitle);
  connect(&m_document, &app::Document::projectReset, this, &Studio::showContent);
  connect(&m_document, &app::Document::structureChanged, this, &Studio::showContent);
  connectUndo(a, m_document.undoStack());
  connect(a.fitTimeline, &QAction::triggered, m_timeline, &TimelineView::fitAll);
  connect(a.zoomTimelineIn, &QAction::triggered, m_timeline, &TimelineView::zoomIn);
  connect(a.zoomTimelineOut, &QAction::triggered, m_timeline, &TimelineView::zoomOut);
  connect(a.snapping, &QAction::toggled, m_timeline, &TimelineView::setSnapping);
  connect(a.removeReference, &QAction::triggered, m_timeline, &TimelineView::removeSelected);
  connect(a.separateReferences, &QAction::triggered, m_timeline, &TimelineView::separateReferences);
  connect(m_timeline, &TimelineView::said, this, [this](const QString& text) { m_messages->add(MessageKind::kInfo, text); });
  connect(a.typeFrame, &QAction::triggered, m_timeline, &TimelineView::typeFrame);
  connect(a.resetLayout, &QAction::triggered, this, &Studio::resetLayout);
  connect(a.fullScreen, &QAction::toggled, this, [this](bool on) { on ? showFullScreen() : showNormal(); });
  connect(a.quit, &QAction::triggered, this, &QWidget::close);
  connect(m_timeline, &TimelineView::dragPreviewChanged, m_controller, &ViewerController::setDragPreview);
  connect(m_timeline, &TimelineView::referenceSelected, &m_inspector->references(), &ReferencesPage::selectReference);
  connect(&m_inspector->references(), &ReferencesPage::referenceSelected, m_timeline, &TimelineView::selectReference);
  connect(m_timeline, &TimelineView::referenceSelected, this, [this](const core::Id& id) {
    if (!id.empty()) m_inspector->setCurrentWidget(&m_inspector->references());
  });
  connect(&m_inspector->camera(), &CameraPage::solveRequested, m_analysis, &ShotAnalysis::solve);
  connect(m_analysis, &ShotAnalysis::solveProgress, &m_inspector->camera(), &CameraPage::setSolveProgress);
  connect(m_analysis, &ShotAnalysis::solveProgress, this, [this](double fraction) {
    say(fraction < 1.0 ? tr("Solving the camera, %1 %").arg(static_cast<int>(fraction * 100)) : QString());
    if (fraction >= 1.0) m_controller->refresh();
  });
  connect(m_queue.get(), &app::RenderQueue::changed, this, &Studio::updatePictures);
  updatePictures();
  connect(m_source.get(), &app::FrameSource::troubled, this, [this](const QString& text) { m_messages->add(MessageKind::kWarning, text); });
  connect(m_catalog.get(), &app::MediaCatalog::proxyChanged, this, &Studio::showProxies);
  connect(&m_document, &app::Document::projectReset, this, &Studio::showProxies);
  connect(m_messages, &MessagesPanel::added, this, [this](MessageKind, const QString& text) { say(text); });
  connect(m_colours.get(), &app::ColourSpaces::viewerTransformChanged, m_controller, &ViewerController::refreshColours);
  connect(m_bin, &MediaBin::colourRequested, m_projectCommands, &ProjectCommands::showColour);
  connect(m_welcome, &WelcomePage::projectChosen, m_projectCommands, &ProjectCommands::openPath);
  connect(m_queuePanel, &QueuePanel::revealRequested, this, [](const QString& path) {
    QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(path).absolutePath()));
  });
  connect(m_takes, &TakesPanel::revealRequested, m_queuePanel, &QueuePanel::revealRequested);
}

void Studio::updatePictures() {
  const app::Preferences preferences = app::loadPreferences();
  m_controller->setFills(preferences.picturesAhead && m_queue->runningCount() == 0);
  m_controller->setQuick(preferences.quickPictures);
}

void Studio::updateTitle() {
  setWindowTitle(tr("%1[*] – PAI-Studio").arg(m_document.displayName()));
  setWindowModified(m_document.isModified());
  setWindowFilePath(m_document.filePath());
}

void Studio::showContent() {
  const bool empty = m_document.project().media.empty() && m_document.project().shots.empty() && m_document.filePath().isEmpty();
  if (empty) {
    m_welcome->refresh();
    m_welcome->setFocus();
  }
  for (QAction* needsShot : {m_actions->render, m_actions->exportShot}) needsShot->setEnabled(!m_document.project().shots.empty());
  m_centre->setCurrentIndex(empty ? 0 : 1);
  // The page that is away does not keep the window wide.
  const auto policy = empty ? QSizePolicy::Preferred : QSizePolicy::Ignored;
  m_welcome->setSizePolicy(policy, policy);
  if (m_docksShown == empty) showDocks(!empty);
}

void Studio::showProxies() {
  QStringList names;
  double least = 1.0;
  for (const core::Media& media : m_document.project().media) {
    const auto proxy = m_catalog->proxy(media.id);
    if (!proxy || *proxy >= 1.0) continue;
    names << QString::fromStdString(media.name);
    least = std::min(least, *proxy);
  }
  const QString name = names.isEmpty() ? QString() : m_proxies->fontMetrics().elidedText(names.front(), Qt::ElideMiddle, kNameRoom);
  m_proxies->setText(names.isEmpty() ? QString() : tr("Making a proxy of %1, %2 %").arg(name).arg(static_cast<int>(least * 100.0)));
}

void Studio::say(const QString& text) {
  m_status->setText(m_status->fontMetrics().elidedText(text, Qt::ElideRight, m_status->width()));
  m_status->setToolTip(text);
}

void Studio::showDocks(bool shown) {
  m_docksShown = shown;
  dressTabs();
  m_workspaces->setVisible(shown);
  const QList<QDockWidget*> docks = findChildren<QDockWidget*>();
  if (!shown) {
    m_closedDocks.clear();
    std::copy_if(docks.begin(), docks.end(), std::back_inserter(m_closedDocks), [](const QDockWidget* each) { return each->isHidden(); });
  }
  const bool restored = shown && std::exchange(m_layoutDue, false) && restoreState(QSettings().value(QStringLiteral("layout")).toByteArray(), kLayoutVersion);
  if (restored) {
    m_sharesDue = false;
    return m_timeline->setFocus();
  }
  for (QDockWidget* each : docks) each->setVisible(shown && !m_closedDocks.contains(each));
  if (!shown) return;
  shareRoom();
  if (QDockWidget* media = dock(QStringLiteral("media")); !media->isHidden()) media->raise();
  if (QDockWidget* takes = dock(QStringLiteral("takes")); !takes->isHidden()) takes->raise();
  m_timeline->setFocus();
}

void Studio::openWhenShown(const QString& path) {
  const auto open = [this, path] { app::kindOfFile(path) ? m_shotCommands->import({path}) : projectCommands().openPath(path); };
  if (m_staged->isFinished()) QTimer::singleShot(0, this, open);
  else connect(m_staged, &StagedWork::finished, this, open, Qt::QueuedConnection);
}

void Studio::closeEvent(QCloseEvent* event) {
  if (!projectCommands().mayClose()) return event->ignore();
  QSettings settings;
  settings.setValue(QStringLiteral("geometry"), saveGeometry());
  if (m_centre->currentIndex() == 1) settings.setValue(QStringLiteral("layout"), saveState(kLayoutVersion));
  event->accept();
}

void Studio::childEvent(QChildEvent* event) {
  QMainWindow::childEvent(event);
  if (event->polished() && qobject_cast<QTabBar*>(event->child())) QTimer::singleShot(0, this, &Studio::dressTabs);  // one for docks came
}

void Studio::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void Studio::dropEvent(QDropEvent* event) {
  QStringList files;
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) files << url.toLocalFile();
  if (files.isEmpty()) return;
  event->acceptProposedAction();
  if (files.size() == 1 && files.front().endsWith(QStringLiteral(".pai"))) return m_projectCommands->openPath(files.front());
  m_shotCommands->import(files);
}

}  // namespace pai::ui
