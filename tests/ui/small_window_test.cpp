// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QDockWidget>
#include <QLabel>
#include <QLayout>
#include <QLineEdit>
#include <QSettings>
#include <QTabBar>
#include <QTest>

#include "tests/ui/pseudo_translator.h"
#include "tests/ui/studio_fixture.h"
#include "ui/inspector/inspector.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

constexpr QSize kSmall(1280, 720);

/// The window at 1280x720 over a clip that has sound, in a language.
class SmallWindow : public testing::TestWithParam<const char*> {
 protected:
  SmallWindow() {
    QSettings().clear();
    const QString language = QString::fromLatin1(GetParam());
    const bool loaded = chinese.load(":/translations/pai-studio_zh_CN");
    EXPECT_TRUE(loaded);
    if (language != "en") QCoreApplication::installTranslator(language == "pseudo" ? static_cast<QTranslator*>(&pseudo) : &chinese);
    auto fake = std::make_unique<FakeFrameSource>();
    fake->clipsHaveSound = true;
    StudioOptions options;
    options.source = std::move(fake);
    studio = std::make_unique<Studio>(std::move(options));
    studio->resize(kSmall);
    studio->show();
    turnFor(50);
    expectFits("welcome");
    dropFiles(*studio, {folder.filePath("plate.mov")}, QPoint(400, 400));
    EXPECT_TRUE(waitUntil([this] { return studio->document().currentShot() != nullptr; }));
    turnFor(50);
  }
  ~SmallWindow() override {
    studio.reset();
    QCoreApplication::removeTranslator(&pseudo);
    QCoreApplication::removeTranslator(&chinese);
    QSettings().clear();
  }
  void expectFits(const QString& where) {
    const QSize least = studio->minimumSizeHint();
    EXPECT_TRUE(least.width() <= kSmall.width() && least.height() <= kSmall.height())
        << where.toStdString() << ": the least size is " << least.width() << "x" << least.height() << hints().toStdString();
    EXPECT_EQ(studio->size(), kSmall) << where.toStdString();
  }
  /// The least sizes of the window's parts, to see which of them is to blame.
  QString hints() const {
    QString out;
    for (const QWidget* part : studio->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly))
      if (part->isVisible()) out += QStringLiteral("; %1 %2 %3x%4").arg(part->metaObject()->className(), part->objectName()).arg(part->minimumSizeHint().width()).arg(part->minimumSizeHint().height());
    return out;
  }
  /// What is cut off, or has less room than its words need.
  QStringList clipped() const;
  void expectWhole(const QString& where) {
    QStringList found;
    waitUntil([&] { return (found = clipped()).isEmpty(); }, 800);  // a layout settles when its turn comes
    EXPECT_TRUE(found.isEmpty()) << where.toStdString() << ": " << found.join(" | ").toStdString();
  }
  QTemporaryDir folder;
  PseudoTranslator pseudo;
  QTranslator chinese;
  std::unique_ptr<Studio> studio;
};

bool scrolls(const QWidget& parent) {
  const auto* area = qobject_cast<const QAbstractScrollArea*>(parent.parentWidget());
  return area && area->viewport() == &parent;
}

/// Behind the tab of another panel, or scrolled out of sight.
bool isAway(const QWidget& widget) {
  if (!widget.visibleRegion().isEmpty()) return false;
  for (const QWidget* up = &widget; up; up = up->parentWidget())
    if (qobject_cast<const QDockWidget*>(up) || (up->parentWidget() && scrolls(*up->parentWidget()))) return true;
  return false;
}

QString nameFor(const QWidget& widget) {
  const auto* label = qobject_cast<const QLabel*>(&widget);
  const auto* button = qobject_cast<const QAbstractButton*>(&widget);
  const QString words = label ? label->text() : button && !button->text().isEmpty() ? button->text() : widget.accessibleName();
  return QStringLiteral("%1 '%2' %3x%4").arg(widget.metaObject()->className(), words.left(40)).arg(widget.width()).arg(widget.height());
}

/// The least size in which a widget shows all its words.
QSize needed(const QWidget& widget) {
  if (const auto* label = qobject_cast<const QLabel*>(&widget)) {
    if (label->sizePolicy().horizontalPolicy() == QSizePolicy::Ignored || label->text().isEmpty()) return {};
    return label->wordWrap() ? QSize(0, label->heightForWidth(label->width())) : label->sizeHint();
  }
  if (qobject_cast<const QAbstractButton*>(&widget) || qobject_cast<const QAbstractSpinBox*>(&widget)) return widget.minimumSizeHint();
  if (qobject_cast<const QComboBox*>(&widget)) return {0, widget.minimumSizeHint().height()};
  return widget.layout() ? QSize() : QSize(0, widget.minimumSizeHint().height());
}

QStringList SmallWindow::clipped() const {
  QStringList found;
  for (const QWidget* widget : studio->findChildren<QWidget*>()) {
    const QWidget* parent = widget->parentWidget();
    if (!widget->isVisible() || widget->window() != studio.get() || widget->isWindow() || widget->objectName().startsWith("qt_")) continue;
    if (qobject_cast<const QTabBar*>(parent) || qobject_cast<const QAbstractSpinBox*>(parent) || qobject_cast<const QLineEdit*>(parent) || qobject_cast<const QComboBox*>(parent)) continue;  // parts of a control
    if (isAway(*widget)) continue;
    const bool scrollsItself = qobject_cast<const QAbstractScrollArea*>(widget) != nullptr;
    const QSize least = scrollsItself ? QSize() : needed(*widget);
    if (widget->width() + 1 < least.width() || widget->height() + 1 < least.height())
      found << QStringLiteral("%1 needs %2x%3").arg(nameFor(*widget)).arg(least.width()).arg(least.height());
    if (!scrolls(*parent) && !parent->rect().adjusted(-1, -1, 1, 1).contains(widget->geometry()))
      found << nameFor(*widget) + QStringLiteral(" leaves its parent, ") + nameFor(*parent);
  }
  return found;
}

TEST_P(SmallWindow, fitsWithEveryWorkspaceAndPageOfTheInspector) {
  const Actions& a = studio->actions();
  for (QAction* workspace : {a.workspaceEdit, a.workspaceMatte, a.workspaceGrade, a.workspaceDeliver}) {
    workspace->trigger();
    for (int page = 0; page < studio->inspector().count(); ++page) {
      studio->inspector().setCurrentIndex(page);
      turnFor(20);
      const QString where = workspace->text() + ", " + studio->inspector().tabText(page);
      expectFits(where);
      expectWhole(where);
    }
  }
}

TEST_P(SmallWindow, fitsWithEveryPanelInFront) {
  EXPECT_TRUE(studio->viewer().findChild<QWidget*>("volume")->isVisible()) << "the bar below the viewer leaves out no more than it must";
  for (const char* name : {"media", "takes", "queue", "history", "messages", "scopes", "curves", "markers"}) {
    studio->dock(name)->raise();
    turnFor(20);
    expectFits(name);
    expectWhole(name);
  }
  EXPECT_GE(studio->viewer().height(), 300) << "the picture is what is worked on";
}

INSTANTIATE_TEST_SUITE_P(Languages, SmallWindow, testing::Values("en", "zh_CN", "pseudo"), [](const auto& each) { return std::string(each.param); });

class LowTimeline : public StudioTest {};

TEST_F(LowTimeline, lanesGiveWayAndStayWhereTheyAreShown) {
  source->clipsHaveSound = true;
  importClip();
  TimelineView& timeline = studio->timeline();
  QDockWidget* dock = studio->dock("timeline");
  studio->resizeDocks({dock}, {dock->sizeHint().height()}, Qt::Vertical);
  turnFor(50);
  const QPoint full = timeline.referenceLanePoint(10);
  studio->resizeDocks({dock}, {10}, Qt::Vertical);
  turnFor(50);
  EXPECT_LT(timeline.height(), timeline.sizeHint().height());
  EXPECT_EQ(timeline.height(), timeline.minimumSizeHint().height());
  const QPoint low = timeline.referenceLanePoint(10);
  EXPECT_LT(low.y(), full.y()) << "the lanes above it are lower";
  dropFiles(timeline, {makePng(QDir(folder.path()), "hall.png", Qt::darkCyan)}, low);
  ASSERT_EQ(shot().references.size(), 1u);
  const auto flag = timeline.flagCentre(shot().references[0].id);
  ASSERT_TRUE(flag);
  QTest::mouseClick(&timeline, Qt::LeftButton, {}, *flag);
  EXPECT_TRUE(timeline.accessibleDescription().contains("hall")) << timeline.accessibleDescription().toStdString();
  studio->resizeDocks({dock}, {dock->sizeHint().height()}, Qt::Vertical);
  turnFor(50);
  EXPECT_EQ(timeline.referenceLanePoint(10), full);
}

}  // namespace
}  // namespace pai::ui
