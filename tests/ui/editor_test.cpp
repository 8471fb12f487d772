// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSlider>
#include <QTest>

#include "app/document/reference_edits.h"
#include "tests/ui/studio_fixture.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/matte_page.h"
#include "ui/inspector/prompt_page.h"
#include "ui/inspector/references_page.h"
#include "ui/inspector/render_page.h"
#include "ui/panels/welcome_page.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/viewer_controller.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

TEST_F(StudioTest, withoutAProjectTheWelcomePageIsShownAndTheDocksAreAway) {
  EXPECT_TRUE(studio->findChild<WelcomePage*>()->isVisible());
  EXPECT_FALSE(studio->timeline().isVisible());
  importClip();
  EXPECT_FALSE(studio->findChild<WelcomePage*>()->isVisible());
  EXPECT_TRUE(studio->timeline().isVisible());
}

TEST_F(StudioTest, aClipDroppedOnTheWindowBecomesAShotOfItsWholeLength) {
  importClip();
  EXPECT_EQ(shot().range, (core::FrameRange{{0}, {97}}));
  EXPECT_EQ(studio->playback().frames(), 97);
  ASSERT_EQ(shot().matte.size(), 1u);
  EXPECT_EQ(shot().matte.front().source, core::MatteSource::kKey);
}

TEST_F(StudioTest, aMissingPlateKeepsItsEditsAndSaysWhatToDo) {
  core::Project project;
  project.media.push_back({"plate", "gone.mov", folder.filePath("gone.mov").toStdString()});
  core::Shot s;
  s.id = "s";
  s.plate = "plate";
  s.prompt.caption = "kept";
  project.shots.push_back(s);
  source->missing.insert(folder.filePath("gone.mov"));
  studio->document().reset(project, {});
  ASSERT_TRUE(waitUntil([this] { return studio->catalog().state("plate") == app::MediaState::kOffline; }));
  EXPECT_EQ(shot().prompt.caption, "kept");
  EXPECT_TRUE(studio->catalog().trouble("plate").contains("relink"));
}

TEST_F(StudioTest, theForecastSaysOnceThatThereIsNoReference) {
  importClip();
  QStringList words;
  for (const QLabel* label : studio->inspector().render().findChildren<QLabel*>()) words << label->text();
  const QString all = words.join(QLatin1Char('\n'));
  EXPECT_TRUE(all.contains("No reference yet"));
  EXPECT_FALSE(all.contains("references inside the shot")) << all.toStdString();
}

TEST_F(StudioTest, textsOfThePromptShowWholeLines) {
  importClip();
  studio->inspector().setCurrentWidget(&studio->inspector().prompt());
  turnFor(50);
  int seen = 0;
  for (QPlainTextEdit* text : studio->inspector().prompt().findChildren<QPlainTextEdit*>()) {
    if (!text->isVisible()) continue;
    ++seen;
    const int room = text->viewport()->height() - static_cast<int>(2 * text->document()->documentMargin());
    EXPECT_EQ(room % text->fontMetrics().lineSpacing(), 0) << text->accessibleName().toStdString() << ' ' << room;
  }
  EXPECT_EQ(seen, 6);
}

TEST_F(StudioTest, scrubbingEndsOnTheRightFrameWithFewerRequestsThanFrames) {
  importClip();
  source->answerMs = 12;
  source->viewerRequests = 0;
  for (int f = 0; f <= 90; ++f) {
    studio->playback().seek(f);
    if (f % 6 == 0) turnFor(4);
  }
  ASSERT_TRUE(waitUntil([this] { return source->lastViewerFrame == 90 && !studio->viewerController().isWaiting(); }));
  EXPECT_LT(source->viewerRequests, 60);
  EXPECT_GT(source->viewerRequests, 3);
}

TEST_F(StudioTest, inMotionPicturesAreHastyAtRestFinalAndThenTheShotIsFilled) {
  importClip();
  studio->actions().viewComposite->trigger();
  ASSERT_TRUE(waitUntil([this] { return source->filling.has_value(); }));
  source->heldFrames.clear();
  studio->playback().seek(30);
  EXPECT_FALSE(source->filling) << "what is looked at goes first";
  ASSERT_TRUE(source->lastShotRequest);
  EXPECT_TRUE(source->lastShotRequest->moving);
  ASSERT_TRUE(waitUntil([this] { return source->lastShotRequest->frame.value == 30 && !source->lastShotRequest->moving; }));
  EXPECT_FALSE(source->filling) << "not at once";
  ASSERT_TRUE(waitUntil([this] { return source->filling.has_value(); }));
  EXPECT_EQ(source->filling->frame.value, 30);
  EXPECT_EQ(source->filling->picture, app::ShotPicture::kComposite);
  EXPECT_GE(source->filling->divisor, 2);
  EXPECT_FALSE(source->filling->moving);
  ASSERT_TRUE(waitUntil([this] { return studio->timelineModel().held() == source->heldFrames && !source->heldFrames.empty(); }));
  studio->actions().viewPlate->trigger();
  EXPECT_FALSE(source->filling);
  EXPECT_TRUE(waitUntil([this] { return studio->timelineModel().held().empty(); })) << "the plate is not the shot's picture";
}

TEST_F(StudioTest, keysPlayStepAndJump) {
  importClip();
  studio->activateWindow();
  QTest::keyClick(studio.get(), Qt::Key_End);
  EXPECT_EQ(studio->playback().frame().value, 96);
  QTest::keyClick(studio.get(), Qt::Key_Left);
  EXPECT_EQ(studio->playback().frame().value, 95);
  QTest::keyClick(studio.get(), Qt::Key_Space);
  EXPECT_TRUE(studio->playback().isPlaying());
  QTest::keyClick(studio.get(), Qt::Key_K);
  EXPECT_FALSE(studio->playback().isPlaying());
  QTest::keyClick(studio.get(), Qt::Key_3);
  EXPECT_EQ(studio->viewerController().view(), ViewKind::kComposite);
}

TEST_F(StudioTest, aControlReachedByKeysIsMovedByThemAndAClickedOneLeavesThemToThePlayhead) {
  importClip();
  for (const char* name : {"hall.png", "street.png"}) dropFiles(studio->timeline(), {makePng(QDir(folder.path()), name, Qt::gray)}, lane(60));
  studio->playback().seek(30);
  studio->inspector().setCurrentWidget(&studio->inspector().matte());
  auto* slider = studio->inspector().matte().findChildren<QSlider*>().last();
  slider->setValue(500);
  slider->setFocus(Qt::TabFocusReason);
  const double before = slider->value();
  QTest::keyClick(slider, Qt::Key_Right);
  EXPECT_GT(slider->value(), before);
  const int one = slider->value();
  QTest::keyClick(slider, Qt::Key_Home);
  EXPECT_EQ(slider->value(), slider->minimum());
  EXPECT_GE(one - before, slider->singleStep()) << "a step of the value";
  auto* number = studio->inspector().matte().findChildren<QDoubleSpinBox*>().last();
  const double least = number->value();
  number->setFocus(Qt::TabFocusReason);
  QTest::keyClick(number, Qt::Key_Up);
  EXPECT_GT(number->value(), least);
  EXPECT_EQ(studio->playback().frame().value, 30) << "nothing of it went to the playhead";
  QTest::mouseClick(slider, Qt::LeftButton, {}, slider->rect().center());
  QTest::keyClick(slider, Qt::Key_Right);
  EXPECT_EQ(studio->playback().frame().value, 31);
  // Rows are gone through after a click, too.
  studio->dock("history")->raise();
  auto* rows = studio->dock("history")->findChild<QListView*>();
  ASSERT_NE(rows, nullptr);
  turnFor(50);
  QTest::mouseClick(rows->viewport(), Qt::LeftButton, {}, rows->visualRect(rows->model()->index(1, 0)).center());
  EXPECT_EQ(studio->document().undoStack().index(), 1);
  const std::int64_t at = studio->playback().frame().value;
  QTest::keyClick(rows, Qt::Key_Down);
  EXPECT_EQ(studio->document().undoStack().index(), 2);
  EXPECT_EQ(studio->playback().frame().value, at);
}

TEST_F(StudioTest, theSpaceBarTurnsABoxReachedByKeysAndPlaysAfterAClickOnIt) {
  importClip();
  auto* relight = studio->inspector().references().findChild<QCheckBox*>("relight");
  ASSERT_NE(relight, nullptr);
  studio->inspector().setCurrentWidget(&studio->inspector().references());
  ASSERT_TRUE(shot().light.relight);
  relight->setFocus(Qt::TabFocusReason);
  QTest::keyClick(relight, Qt::Key_Space);
  EXPECT_FALSE(shot().light.relight);
  EXPECT_FALSE(studio->playback().isPlaying());
  QTest::mouseClick(relight, Qt::LeftButton, {}, QPoint(8, relight->height() / 2));
  EXPECT_TRUE(shot().light.relight);
  QTest::keyClick(relight, Qt::Key_Space);
  EXPECT_TRUE(shot().light.relight);
  EXPECT_TRUE(studio->playback().isPlaying());
}

TEST_F(StudioTest, aSliderDragInTheInspectorIsOneUndoStep) {
  importClip();
  auto* slider = studio->inspector().matte().findChildren<QSlider*>().last();
  const int steps = studio->document().undoStack().count();
  slider->setSliderDown(true);
  for (int v = 100; v <= 800; v += 100) slider->setValue(v);
  slider->setSliderDown(false);
  EXPECT_EQ(studio->document().undoStack().count(), steps + 1);
  studio->document().undoStack().undo();
  EXPECT_EQ(shot().matte.front().key, core::KeySettings());
}

TEST_F(StudioTest, promptFieldsAndJsonAreInSyncBothWays) {
  importClip();
  PromptPage& page = studio->inspector().prompt();
  studio->inspector().setCurrentWidget(&page);
  auto texts = page.findChildren<QPlainTextEdit*>();
  ASSERT_EQ(texts.size(), 7);
  QPlainTextEdit* foreground = nullptr;
  for (QPlainTextEdit* text : texts)
    if (text->accessibleName() == "Foreground content") foreground = text;
  ASSERT_NE(foreground, nullptr);
  QTest::keyClicks(foreground, "a dancer");
  EXPECT_EQ(shot().prompt.foregroundContent, "a dancer");
  QPlainTextEdit* json = nullptr;
  for (QPlainTextEdit* text : texts)
    if (text->accessibleName() == "Prompt as JSON") json = text;
  ASSERT_NE(json, nullptr);
  EXPECT_TRUE(json->toPlainText().contains("a dancer"));
  json->setPlainText(json->toPlainText().replace("a dancer", "a drummer"));
  EXPECT_EQ(foreground->toPlainText(), "a drummer");
  json->setPlainText("{ broken");
  EXPECT_EQ(shot().prompt.foregroundContent, "a drummer");
}

TEST(PromptLintTest, aStillCameraThatMovesIsNamed) {
  core::StructuredPrompt prompt;
  prompt.cameraMotionAnalysis = "Static camera on a tripod";
  app::CameraSummary camera;
  for (int i = 0; i < 10; ++i) camera.frames.push_back({i * 44.0, 0, 1, 0, 0});
  EXPECT_TRUE(promptLint(prompt, camera).join(' ').contains("396 px"));
  prompt.cameraMotionAnalysis = "The camera pans right";
  EXPECT_TRUE(promptLint(prompt, camera).isEmpty());
}

TEST_F(StudioTest, splittingKeepsBothPartsAndUndoesAsOne) {
  importClip();
  const core::Project before = studio->document().project();
  studio->playback().seek(40);
  studio->actions().splitShot->trigger();
  ASSERT_EQ(studio->document().project().shots.size(), 2u);
  EXPECT_EQ(studio->document().project().shots[0].range, (core::FrameRange{{0}, {40}}));
  EXPECT_EQ(studio->document().project().shots[1].range, (core::FrameRange{{40}, {97}}));
  studio->document().undoStack().undo();
  EXPECT_EQ(studio->document().project(), before);
}

TEST_F(StudioTest, theMatteLaneAndTheCameraAreFilledWhileNobodyWorks) {
  importClip();
  dropFiles(studio->timeline(), {makePng(QDir(folder.path()), "hall.png", Qt::gray)}, lane(30));
  EXPECT_TRUE(waitUntil([this] { return studio->timelineModel().matteFacts().size() == 97; }, 5000));
  EXPECT_TRUE(waitUntil([this] { return studio->timelineModel().camera().frames.size() == 97; }, 5000));
}

TEST_F(StudioTest, everyCommandHasANameAndNoTwoShareTheirKeys) {
  QStringList keys;
  for (const QAction* action : studio->actions().all()) {
    EXPECT_FALSE(action->text().isEmpty()) << action->objectName().toStdString();
    if (!action->shortcut().isEmpty()) keys << action->shortcut().toString();
  }
  EXPECT_EQ(keys.removeDuplicates(), 0);
}

TEST_F(StudioTest, everyFieldAndButtonHasAnAccessibleName) {
  importClip();
  QStringList nameless;
  for (const QWidget* widget : studio->findChildren<QWidget*>()) {
    const bool control = qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QSlider*>(widget) ||
                         qobject_cast<const QListWidget*>(widget) || qobject_cast<const QPlainTextEdit*>(widget);
    if (!control || widget->objectName().startsWith("qt_") || !widget->parentWidget() ||
        QString::fromLatin1(widget->parentWidget()->metaObject()->className()).startsWith("QDock") ||
        QString::fromLatin1(widget->parentWidget()->metaObject()->className()) == "QLineEdit" ||
        QString::fromLatin1(widget->metaObject()->className()) == "QTableCornerButton")
      continue;
    const auto* button = qobject_cast<const QAbstractButton*>(widget);
    if (widget->accessibleName().isEmpty() && (!button || button->text().isEmpty()))
      nameless << QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char('/') + widget->parentWidget()->metaObject()->className();
  }
  EXPECT_TRUE(nameless.isEmpty()) << nameless.join(", ").toStdString();
}

TEST_F(StudioTest, theThreeStepsOfTheWelcomePageAreEquallyWide) {
  std::vector<int> widths;
  for (const QFrame* card : studio->findChild<WelcomePage*>()->findChildren<QFrame*>())
    if (card->property("role") == "card") widths.push_back(card->width());
  ASSERT_EQ(widths.size(), 3u);
  const auto [least, most] = std::minmax_element(widths.begin(), widths.end());
  EXPECT_LE(*most - *least, 1);
}

TEST_F(StudioTest, aLongChoiceOfThePromptIsReadFromItsBeginning) {
  importClip();
  const std::string angle = "Eye level, from the side view turning into a front view, full figure.";
  studio->document().editShot(shot().id, "Angle", [&angle](core::Shot& s) { s.prompt.cameraAngle = angle; });
  QComboBox* box = nullptr;
  for (QComboBox* each : studio->inspector().prompt().findChildren<QComboBox*>())
    if (each->currentText().toStdString() == angle) box = each;
  ASSERT_NE(box, nullptr);
  EXPECT_EQ(box->lineEdit()->cursorPosition(), 0);
  EXPECT_EQ(box->toolTip().toStdString(), angle);
}

TEST_F(StudioTest, undoIsCalledUndoInTheListOfCommands) {
  importClip();
  studio->document().editShot(shot().id, "Light: Light wrap", [](core::Shot& s) { s.light.lightWrap = 0.2; });
  ASSERT_TRUE(studio->actions().undo->text().contains("Light wrap"));
  EXPECT_EQ(nameOf(*studio->actions().undo), "Undo");
}

}  // namespace
}  // namespace pai::ui
