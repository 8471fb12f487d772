// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QApplication>
#include <QFileDialog>
#include <QMenu>
#include <QTest>
#include <QTimer>
#include <QToolButton>

#include "tests/ui/studio_fixture.h"
#include "ui/inspector/inspector.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

/// What a new user meets who has only a keyboard.
class FirstMinute : public StudioTest {
 protected:
  FirstMinute() {
    QApplication::setActiveWindow(studio.get());
    EXPECT_TRUE(waitUntil([] { return QApplication::focusWidget() != nullptr; }));
    studio->whole();
    turnFor(100);  // until all is there
  }
  static QWidget* focus() { return QApplication::focusWidget(); }
  static QString nameOfFocus() {
    const auto* button = qobject_cast<const QAbstractButton*>(focus());
    return button && !button->text().isEmpty() ? button->text() : focus()->accessibleName();
  }
  /// Names of all that Tab reaches until it comes round again; none of them may be out of sight or without a name.
  QStringList stops() {
    QStringList names;
    const QWidget* first = focus();
    for (int i = 0; i < 300; ++i) {
      names << nameOfFocus();
      EXPECT_FALSE(names.back().isEmpty()) << focus()->metaObject()->className() << " after " << names.value(names.size() - 2).toStdString();
      EXPECT_TRUE(focus()->isVisible() && !focus()->size().isEmpty()) << names.back().toStdString();
      QTest::keyClick(focus(), Qt::Key_Tab);
      if (focus() == first) return names;
    }
    ADD_FAILURE() << "Tab does not come round";
    return names;
  }
};

TEST_F(FirstMinute, beginsAtImportAndReturnOpensIt) {
  EXPECT_EQ(nameOfFocus(), "Import media…");
  bool asked = false;
  auto* timer = new QTimer(qApp);
  QObject::connect(timer, &QTimer::timeout, qApp, [timer, &asked] {
    auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
    if (!dialog) return;
    timer->deleteLater();
    asked = true;
    dialog->reject();
  });
  timer->start(20);
  QTest::keyClick(focus(), Qt::Key_Return);
  EXPECT_TRUE(waitUntil([&asked] { return asked; }, 3000));
  delete (asked ? nullptr : timer);
}

TEST_F(FirstMinute, tabReachesWhatIsSeenOnTheWelcomePageAlone) {
  const QStringList names = stops();
  EXPECT_EQ(names.mid(0, 3), (QStringList{"Import media…", "Open project…", "Open the sample"}));
  EXPECT_FALSE(names.contains("Panels"));
}

TEST_F(FirstMinute, tabReachesEverythingOfAShotByName) {
  importClip();
  ASSERT_EQ(focus(), &studio->timeline()) << "the keys go on in the timeline";
  const QStringList names = stops();
  for (const char* expected : {"Viewer", "Play or pause", "Pages of the inspector", "Panels", "Search media"})
    EXPECT_TRUE(names.contains(QString::fromLatin1(expected))) << expected;
}

TEST_F(FirstMinute, oneKeyGoesFromPanelToPanel) {
  importClip();
  const auto next = [this](Qt::KeyboardModifiers more = {}) { QTest::keyClick(studio.get(), Qt::Key_F6, Qt::ControlModifier | more); };
  next();
  EXPECT_TRUE(studio->dock("media")->isAncestorOf(focus())) << nameOfFocus().toStdString();
  next();
  EXPECT_FALSE(studio->dock("media")->isAncestorOf(focus()));
  for (int i = 0; i < 5 && focus() != &studio->viewer().canvas(); ++i) next();
  EXPECT_EQ(focus(), &studio->viewer().canvas());
  next();
  EXPECT_TRUE(studio->inspector().isAncestorOf(focus()));
  next();
  EXPECT_EQ(focus(), &studio->timeline());
  next(Qt::ShiftModifier);
  EXPECT_TRUE(studio->inspector().isAncestorOf(focus()));
}

TEST_F(FirstMinute, aButtonThatOpensAMenuDoesSoByKeys) {
  importClip();
  QToolButton* display = nullptr;
  for (QToolButton* each : studio->viewer().findChildren<QToolButton*>())
    if (each->accessibleName() == "Display") display = each;
  ASSERT_TRUE(display && display->menu());
  display->setFocus(Qt::TabFocusReason);
  bool shown = false;
  QTimer::singleShot(200, display, [display, &shown] {
    shown = display->menu()->isVisible();
    display->menu()->close();
  });
  QTest::keyClick(display, Qt::Key_Space);
  EXPECT_TRUE(waitUntil([&shown] { return shown; }, 3000));
}

}  // namespace
}  // namespace pai::ui
