// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/bench.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <set>
#include <vector>

#include <QApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <QMouseEvent>
#include <QTemporaryDir>
#include <QTimer>
#include <QWidget>

#include "app/document/sample_project.h"
#include "app/studio/sound_device.h"
#include "ui/theme/theme.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/viewer_controller.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"
#include "ui/window/studio.h"

namespace pai::studio {
namespace {

constexpr int kMoveMs = 8;          // a mouse tells its place 125 times a second
constexpr int kSweepMs = 2000;      // from one end of the shot to the other
constexpr int kScrubMs = 3 * kSweepMs;
constexpr int kSeeks = 16, kSeekMoves = 15, kSeekPauseMs = 300;  // after a seek's picture: its final one is being made by then
constexpr int kReadyMs = 900'000, kLookMs = 100, kRulerY = 8;

/// Ends the program at the first paint of a window.
class FirstPaint : public QObject {
 public:
  using QObject::QObject;
  bool eventFilter(QObject* object, QEvent* event) override {
    if (event->type() == QEvent::Paint && object->isWidgetType() && qobject_cast<QWidget*>(object)->isWindow())
      QTimer::singleShot(0, this, [] { std::_Exit(0); });
    return false;
  }
};

/// A window of Qt's and nothing else, to hold the editor against.
int runBareWindow(int argc, char** argv, bool timed) {
  QApplication application(argc, argv);
  FirstPaint painted;
  if (timed) application.installEventFilter(&painted);
  QWidget window;
  window.resize(1280, 720);
  window.show();
  return QApplication::exec();
}

ui::StudioOptions withSound() {
  ui::StudioOptions options;
  options.sound = makeSoundDevice();
  return options;
}

int runEditor(int argc, char** argv, bool timed) {
  QApplication application(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("pai-studio"));
  QApplication::setApplicationName(QStringLiteral("pai-studio"));
  ui::applyTheme();
  ui::installTranslations(application);
  FirstPaint painted;
  if (timed) application.installEventFilter(&painted);
  ui::Studio studio(withSound());
  studio.show();
  return QApplication::exec();
}

/// Drags the playhead over the ruler and back, as a hand does, and counts the pictures that reach the screen, quick and true ones
/// apart: first over frames that nobody has seen, then when the editor has had the time to make them. Before that it flicks to
/// places far apart and waits for each one's pictures; between the two it plays the shot once, again over frames not seen.
class Scrub : public QObject {
 public:
  explicit Scrub(ui::Studio& studio) : m_studio(studio) {
    studio.viewerController().setFills(false);
    connect(&m_timer, &QTimer::timeout, this, &Scrub::look);
    connect(&studio.viewerController(), &ui::ViewerController::pictureShown, this, &Scrub::onShown);
    m_timer.start(kLookMs);
    m_clock.start();
  }

 private:
  /// What is made in the background is there: picture by picture nothing else runs while it is measured.
  bool isReady() const {
    const core::Shot* shot = m_studio.document().currentShot();
    if (!shot || m_studio.viewerController().isWaiting()) return false;
    const auto& model = m_studio.timelineModel();
    const auto length = static_cast<std::size_t>(m_studio.catalog().rangeOf(*shot).length());
    const auto proxy = m_studio.catalog().proxy(shot->plate);
    return length > 0 && model.camera().frames.size() == length && model.matteFacts().size() == length && (!proxy || *proxy >= 1.0 || *proxy < 0.0);
  }
  bool isFilled() const {
    const auto& held = m_studio.timelineModel().held();
    return held.size() == 1 && held.front().length() == m_studio.playback().frames();
  }
  void look() {
    m_studio.actions().viewComposite->trigger();
    if (m_clock.elapsed() > kReadyMs) fail(m_filling ? "the pictures were not made in time" : "the sample was not solved in time");
    if (!isReady() || (m_filling && !isFilled())) return;
    m_timer.disconnect(this);
    m_timer.setTimerType(Qt::PreciseTimer);
    m_filledMs = m_clock.elapsed();
    mouse(QEvent::MouseButtonPress, 0);
    if (m_latencies.empty()) {
      connect(&m_timer, &QTimer::timeout, this, &Scrub::flick);
      m_timer.start(kMoveMs);
      m_clock.start();
      return nextSeek();
    }
    beginDrag();
  }
  void beginDrag() {
    connect(&m_timer, &QTimer::timeout, this, &Scrub::drag);
    m_timer.start(kMoveMs);
    m_clock.start();
  }
  void nextSeek() {
    const std::int64_t frames = m_studio.playback().frames();
    m_target = (static_cast<std::int64_t>(m_trueLatencies.size() + 1) * 37 + 11) % frames;
    m_left = kSeekMoves;
  }
  /// A quick sweep that ends at the target, then nothing until its picture has been looked at for a while.
  void flick() {
    if (m_left > 0) {
      const std::int64_t frames = m_studio.playback().frames();
      --m_left;
      mouse(QEvent::MouseMove, std::clamp<std::int64_t>(m_target + (m_target * 2 < frames ? m_left : -m_left), 0, frames - 1));
      if (m_left > 0) return;
      m_awaited = m_target;
      m_firstSeen = false;
      m_clock.start();
    } else if (m_awaited < 0 && m_clock.elapsed() > kSeekPauseMs) {
      if (static_cast<int>(m_trueLatencies.size()) < kSeeks) return nextSeek();
      m_timer.disconnect(this);
      forget();
      beginDrag();
    }
  }
  /// What was seen on the way is made anew.
  void forget() {
    m_studio.document().editShot(m_studio.document().currentShotId(), QStringLiteral("grain"), [](core::Shot& s) { s.light.grain *= 0.99; });
  }
  void beginPlay() {
    forget();
    m_studio.playback().seek(0);
    m_playing = true;
    m_clock.start();
    m_studio.playback().play(1.0);
    const double seconds = static_cast<double>(m_studio.playback().frames()) / m_studio.playback().rate().framesPerSecond();
    QTimer::singleShot(static_cast<int>(seconds * 1000.0), Qt::PreciseTimer, this, &Scrub::endPlay);
  }
  void endPlay() {
    m_studio.playback().pause();
    m_playing = false;
    const double seconds = static_cast<double>(m_clock.elapsed()) / 1000.0;
    std::printf(", \"composite_play_distinct_quick_frames_per_second\": %.1f, \"composite_play_distinct_true_frames_per_second\": %.1f",
                static_cast<double>(m_played[1].size()) / seconds, static_cast<double>(m_played[0].size()) / seconds);
    m_filling = true;
    m_studio.viewerController().setFills(true);
    connect(&m_timer, &QTimer::timeout, this, &Scrub::look);
    m_clock.start();
  }
  void drag() {
    const qint64 now = m_clock.elapsed();
    const std::int64_t last = m_studio.playback().frames() - 1;
    const double sweep = static_cast<double>(now % (2 * kSweepMs)) / kSweepMs;
    mouse(QEvent::MouseMove, std::llround((sweep < 1.0 ? sweep : 2.0 - sweep) * static_cast<double>(last)));
    if (now >= kScrubMs) end(now);
  }
  void mouse(QEvent::Type type, std::int64_t frame) {
    ui::TimelineView& timeline = m_studio.timeline();
    const QPoint at(timeline.referenceLanePoint(frame).x(), kRulerY);
    QMouseEvent event(type, at, timeline.mapToGlobal(at), type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton, Qt::LeftButton, {});
    QApplication::sendEvent(&timeline, &event);
  }
  void onShown(qint64 frame, bool quick) {
    if (m_playing) {
      if (!m_played[quick ? 0 : 1].contains(frame)) m_played[quick ? 1 : 0].insert(frame);
      return;
    }
    if (m_awaited >= 0) {
      if (frame != m_awaited) return;
      if (!std::exchange(m_firstSeen, true)) m_latencies.push_back(m_clock.elapsed());
      if (quick) return;
      m_trueLatencies.push_back(m_clock.restart());
      m_awaited = -1;
    }
    if (m_timer.interval() != kMoveMs || static_cast<int>(m_trueLatencies.size()) < kSeeks || m_left > 0 || frame == m_lastShown) return;
    m_lastShown = frame;
    const qint64 now = m_clock.elapsed();
    m_gaps.push_back(now - m_shownAt);
    m_shownAt = now;
    m_frames.insert(frame);
    m_quickOnes += quick ? 1 : 0;
  }
  void end(qint64 elapsed) {
    m_timer.disconnect(this);
    m_timer.setInterval(kLookMs);
    mouse(QEvent::MouseButtonRelease, 0);
    const QSize size = m_studio.viewer().canvas().picture().size();
    std::sort(m_gaps.begin(), m_gaps.end());
    if (m_gaps.empty()) fail("no picture came");
    const char* name = m_filling ? "held" : "composite";
    if (!m_filling) {
      std::printf("{");
      for (auto& [what, times] : {std::pair<const char*, std::vector<qint64>&>("first", m_latencies), {"true", m_trueLatencies}}) {
        std::sort(times.begin(), times.end());
        std::printf("\"last_seek_%s_ms_median\": %lld, \"last_seek_%s_ms_p95\": %lld, ", what, static_cast<long long>(times[times.size() / 2]), what,
                    static_cast<long long>(times[times.size() * 95 / 100]));
      }
    }
    const auto rate = [elapsed](std::size_t count) { return static_cast<double>(count) * 1000.0 / static_cast<double>(elapsed); };
    std::printf("%s\"%s_scrub_quick_frames_per_second\": %.1f, \"%s_scrub_true_frames_per_second\": %.1f, \"%s_scrub_gap_ms_p95\": %lld, "
                "\"%s_scrub_frames\": %zu, \"%s_scrub_picture\": \"%dx%d\"",
                m_filling ? ", " : "", name, rate(m_quickOnes), name, rate(m_gaps.size() - m_quickOnes), name,
                static_cast<long long>(m_gaps[m_gaps.size() * 95 / 100]), name, m_frames.size(), name, size.width(), size.height());
    if (m_filling) {
      std::printf(", \"held_scrub_filled_ms\": %lld}\n", static_cast<long long>(m_filledMs));
      return QApplication::exit(0);
    }
    m_gaps.clear();
    m_frames.clear();
    m_quickOnes = 0;
    m_shownAt = 0;
    m_lastShown = -1;
    beginPlay();
  }
  [[noreturn]] static void fail(const char* what) {
    std::fprintf(stderr, "pai-studio: %s\n", what);
    std::exit(1);
  }

  ui::Studio& m_studio;
  QTimer m_timer;
  QElapsedTimer m_clock;
  qint64 m_shownAt = 0, m_lastShown = -1, m_filledMs = 0;
  bool m_filling = false;
  std::int64_t m_target = 0, m_awaited = -1;  // frame of a seek, and whether its picture is waited for
  int m_left = 0;                             // moves up to it
  std::vector<qint64> m_gaps;  // between pictures
  std::vector<qint64> m_latencies, m_trueLatencies;  // from the last move of a seek to its first and its true picture, ms
  bool m_firstSeen = false, m_playing = false;
  std::size_t m_quickOnes = 0;  // of the pictures between the gaps
  std::set<qint64> m_played[2];  // frames whose first picture was a true one, a quick one
  std::set<qint64> m_frames;
};

int runScrub(int argc, char** argv) {
  const QTemporaryDir folder;
  qputenv("XDG_CONFIG_HOME", folder.filePath("config").toUtf8());
  qputenv("PAI_CACHE_DIR", folder.filePath("cache").toUtf8());
  QApplication application(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("pai-studio"));
  QApplication::setApplicationName(QStringLiteral("pai-studio"));
  ui::applyTheme();
  ui::installTranslations(application);
  ui::Studio studio(withSound());
  studio.resize(1600, 960);  // where the viewer shows half of the sample's size
  studio.show();
  const auto sample = app::makeSampleProject(app::sampleFolder(QApplication::applicationDirPath()), folder.filePath("sample"));
  if (!sample.ok()) {
    std::fprintf(stderr, "pai-studio: %s\n", core::describe(sample.error()).c_str());
    return 1;
  }
  studio.openWhenShown(*sample);
  Scrub scrub(studio);
  return QApplication::exec();
}

}  // namespace

std::optional<int> runBench(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const QByteArray argument(argv[i]);
    if (argument == "--first-paint=bare") return runBareWindow(1, argv, true);
    if (argument == "--first-paint=editor") return runEditor(1, argv, true);
    if (argument == "--idle=bare") return runBareWindow(1, argv, false);
    if (argument == "--idle=editor") return runEditor(1, argv, false);
    if (argument == "--scrub") return runScrub(1, argv);
  }
  return std::nullopt;
}

}  // namespace pai::studio
