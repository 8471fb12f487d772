// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include <QAbstractButton>
#include <QDockWidget>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QTest>

#include "tests/ui/studio_fixture.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/viewer_controller.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

/// A new user who has only a mouse, on a small screen: all that is done goes to what lies under the pointer.
class MouseMinute : public testing::Test {
 protected:
  MouseMinute() : studio(openStudio({1280, 720})) {}
  /// What takes a click there: nullptr outside the window.
  QWidget* under(const QPoint& inWindow) {
    QWidget* top = studio->rect().contains(inWindow) ? studio->childAt(inWindow) : nullptr;
    return top && top->isEnabled() ? top : nullptr;
  }
  /// Presses and lets go, at a point of the window.
  void click(const QPoint& inWindow) {
    QWidget* target = under(inWindow);
    ASSERT_TRUE(target) << inWindow.x() << ", " << inWindow.y();
    QTest::mouseClick(target, Qt::LeftButton, {}, target->mapFrom(studio.get(), inWindow));
  }
  /// Clicks a widget's place, which must not be covered.
  void clickOn(QWidget& widget, const QPoint& at) {
    const QPoint inWindow = widget.mapTo(studio.get(), at);
    ASSERT_EQ(under(inWindow), &widget) << "it can't be clicked: " << widget.metaObject()->className();
    click(inWindow);
  }
  /// The button that shows these words, or tells them where there is no room.
  QAbstractButton* button(const QString& words) {
    for (QAbstractButton* each : studio->findChildren<QAbstractButton*>())
      if (each->isVisible() && (each->text() == words || each->toolTip().startsWith(words))) return each;
    return nullptr;
  }
  void press(const QString& words) {
    QAbstractButton* found = button(words);
    ASSERT_TRUE(found) << words.toStdString();
    clickOn(*found, found->rect().center());
  }
  void dragAlong(QWidget& widget, const QPoint& from, const QPoint& to) {
    ASSERT_EQ(under(widget.mapTo(studio.get(), from)), &widget);
    dragMouse(widget, from, to);
  }
  std::unique_ptr<Studio> studio;
};

TEST_F(MouseMinute, fromTheEmptyWindowOverTheSampleToAPictureAndARenderThatRuns) {
  const auto& queued = studio->queue().jobs().entries();
  const std::size_t before = queued.size();
  press("Open the sample");
  const ViewerCanvas& canvas = studio->viewer().canvas();
  ASSERT_TRUE(waitUntil([&] { return canvas.isVisible() && !canvas.picture().isNull(); }, 60000));
  const QImage plate = canvas.picture();
  press("Composite");
  ASSERT_TRUE(waitUntil([&] { return !canvas.picture().isNull() && canvas.picture() != plate && !studio->viewerController().isWaiting(); }, 60000));
  const QImage composite = canvas.picture().scaled(64, 36, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
  int green = 0;
  for (int y = 0; y < composite.height(); ++y)
    for (int x = 0; x < composite.width(); ++x) {
      const QColor c = composite.pixelColor(x, y);
      green += c.green() > 1.5 * std::max(c.red(), c.blue()) ? 1 : 0;
    }
  EXPECT_LT(green, 64 * 36 / 20) << "the screen is gone";
  // The playhead by the ruler, the next frame by a button, playing and pausing.
  TimelineView& timeline = studio->timeline();
  const auto ruler = [&timeline](std::int64_t frame) { return QPoint(timeline.referenceLanePoint(frame).x(), 8); };
  dragAlong(timeline, ruler(0), ruler(60));
  EXPECT_EQ(studio->playback().frame().value, 60);
  press("Step forward");
  EXPECT_EQ(studio->playback().frame().value, 61);
  press("Play or pause");
  EXPECT_TRUE(studio->playback().isPlaying());
  press("Play or pause");
  EXPECT_FALSE(studio->playback().isPlaying());
  // The middle reference to another moment, and back by the button for it.
  const core::Anchor anchor = studio->document().currentShot()->references[1].anchor;
  const QPoint flag = timeline.referenceLanePoint(48) + QPoint(20, 0);
  dragAlong(timeline, flag, flag + QPoint(ruler(70).x() - ruler(48).x(), 0));
  EXPECT_NE(studio->document().currentShot()->references[1].anchor, anchor);
  press("Undo");
  EXPECT_EQ(studio->document().currentShot()->references[1].anchor, anchor);
  press("Render");
  ASSERT_TRUE(waitUntil([&] { return queued.size() == before + 1; }));
  auto* list = studio->dock("queue")->findChild<QListView*>();
  ASSERT_TRUE(list && waitUntil([list] { return list->isVisible(); })) << "the queue comes to the front";
  ASSERT_TRUE(waitUntil([&] {
    return queued.back().state == core::JobState::kRunning && list->model()->index(list->model()->rowCount() - 1, 0).isValid();
  }, 60000)) << "the render does not start";
  const qint64 id = queued.back().id;
  clickOn(*list->viewport(), list->visualRect(list->model()->index(list->model()->rowCount() - 1, 0)).center());
  press("Cancel");
  EXPECT_TRUE(waitUntil([&] { return core::isTerminal(queued.back().state); }, 30000));
  EXPECT_EQ(queued.back().state, core::JobState::kCancelled);
  studio->queue().remove(id);
}

/// Commands in a menu and in those that it opens.
void collectCommands(const QList<QAction*>& actions, std::set<const QAction*>& found) {
  for (const QAction* action : actions) {
    found.insert(action);
    if (action->menu()) collectCommands(action->menu()->actions(), found);
  }
}

TEST_F(MouseMinute, everyCommandIsInAMenu) {
  std::set<const QAction*> found;
  studio->whole();
  collectCommands(studio->menuBar()->actions(), found);
  for (const QAction* action : studio->actions().all()) EXPECT_TRUE(found.contains(action)) << action->objectName().toStdString();
}

}  // namespace
}  // namespace pai::ui
