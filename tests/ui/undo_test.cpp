// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include <QAbstractSpinBox>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSlider>
#include <QTest>

#include "app/document/camera_key_edits.h"
#include "app/document/marker_edits.h"
#include "app/document/shape_edits.h"
#include "core/base/project_json.h"
#include "tests/ui/studio_fixture.h"
#include "ui/inspector/inspector.h"
#include "ui/timeline/timeline_view.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

/// Whatever changes the project is one named act that undo takes back to the letter, and redo brings again.
class UndoTest : public StudioTest {
 protected:
  UndoTest() {
    importClip();
    const QString hall = makePng(QDir(folder.path()), "hall.png", Qt::darkCyan), street = makePng(QDir(folder.path()), "street.png", Qt::darkYellow);
    dropFiles(studio->timeline(), {hall}, lane(0));
    dropFiles(studio->timeline(), {street}, lane(60));
    app::Document& document = studio->document();
    app::addMarker(document, shot().id, {30});
    core::CameraKey key;
    key.frame = {10};
    key.pan = 20;
    app::addCameraKeys(document, shot().id, {key}, "Key");
    app::addShape(document, shot().id, core::MatteOperation::kSubtract, {{0.1, 0.1}, {0.4, 0.1}, {0.2, 0.5}}, {0});
    studio->playback().seek(30);
    // The contents' hashes are no act of the user: they come beside the work.
    EXPECT_TRUE(waitUntil([this] {
      const auto& media = studio->document().project().media;
      return std::all_of(media.begin(), media.end(), [](const core::Media& file) { return !file.sha256.empty() || !QFile::exists(QString::fromStdString(file.path)); });
    }));
    turnFor(50);
  }
  std::string json() const { return core::projectJson(studio->document().project()).dump(); }
  QUndoStack& stack() const { return studio->document().undoStack(); }
  /// Does something, and all that it did back and again; true where it changed the project.
  bool doAndUndo(const std::string& what, const std::function<void()>& act) {
    studio->document().endMerge();
    const int index = stack().index();
    const std::string before = json();
    act();
    const std::string after = json();
    if (before == after) {
      EXPECT_EQ(stack().index(), index) << what << " changed nothing, but there is something to undo: " << stack().undoText().toStdString();
      return false;
    }
    EXPECT_GT(stack().index(), index) << what << " changed the project, and nothing undoes it";
    for (int i = index; i < stack().index(); ++i) {
      EXPECT_FALSE(stack().text(i).isEmpty()) << what << " has no name";
      m_names.insert(stack().text(i).toStdString());
    }
    const int reached = stack().index();
    while (stack().index() > index) studio->actions().undo->trigger();
    EXPECT_TRUE(json() == before) << what << " is not undone";
    while (stack().index() < reached) studio->actions().redo->trigger();
    EXPECT_TRUE(json() == after) << what << " is not done again";
    while (stack().index() > index) studio->actions().undo->trigger();
    return true;
  }
  std::set<std::string> m_names;
};

TEST_F(UndoTest, everyCommandThatChangesTheProjectIsUndoneAndRedone) {
  // Those that ask or leave: they have tests of their own.
  const std::set<QString> elsewhere{"project.new", "project.open", "project.sample", "project.save", "program.quit", "window.full-screen", "help.contents", "help.about",
                                    "edit.undo", "edit.redo", "render.queue", "takes.refinish", "timeline.add-marker"};
  std::set<QString> changing;
  for (QAction* action : studio->actions().all()) {
    if (elsewhere.contains(action->objectName()) || action->text().endsWith(QStringLiteral("…")) || !action->isEnabled()) continue;
    studio->playback().seek(30);
    studio->timeline().selectReference(shot().references[1].id);
    if (doAndUndo(action->objectName().toStdString(), [action] { action->trigger(); })) changing.insert(action->objectName());
    turnFor(0);
  }
  for (const char* id : {"edit.remove", "edit.split", "edit.trim-begin", "edit.trim-end", "edit.remove-shot", "timeline.remove-marker", "timeline.camera-key", "matte.reviewed"})
    EXPECT_TRUE(changing.contains(id)) << id << " did nothing";
  EXPECT_GE(m_names.size(), 7u);
}

TEST_F(UndoTest, everyControlOfTheInspectorIsUndoneAndRedone) {
  int changing = 0;
  const auto poke = [](QWidget* control) -> std::function<void()> {
    if (auto* check = qobject_cast<QCheckBox*>(control)) return [check] { QTest::mouseClick(check, Qt::LeftButton, {}, QPoint(8, check->height() / 2)); };
    if (auto* slider = qobject_cast<QSlider*>(control)) return [slider] { QTest::keyClick(slider, slider->value() < slider->maximum() ? Qt::Key_Right : Qt::Key_Left); };
    if (auto* combo = qobject_cast<QComboBox*>(control))
      return [combo] {
        if (combo->isEditable()) return QTest::keyClicks(combo->lineEdit(), "x");
        QTest::keyClick(combo, combo->currentIndex() + 1 < combo->count() ? Qt::Key_Down : Qt::Key_Up);
      };
    if (auto* spin = qobject_cast<QAbstractSpinBox*>(control))
      return [spin] {
        QTest::keyClick(spin, Qt::Key_Up);
        QTest::keyClick(spin, Qt::Key_Return);
      };
    if (auto* text = qobject_cast<QPlainTextEdit*>(control); text && !text->isReadOnly()) return [text] { QTest::keyClicks(text, "fog"); };
    return {};
  };
  for (int page = 0; page < Inspector::kPages; ++page) {
    studio->inspector().setCurrentIndex(page);
    studio->timeline().selectReference(shot().references[1].id);
    studio->inspector().setCurrentIndex(page);
    turnFor(10);
    const QList<QWidget*> controls = studio->inspector().currentWidget()->findChildren<QWidget*>();
    for (int i = 0; i < controls.size(); ++i) {
      // An act may make the page's rows anew: they are looked for again.
      const QList<QWidget*> now = studio->inspector().currentWidget()->findChildren<QWidget*>();
      QWidget* control = i < now.size() ? now[i] : nullptr;
      const auto act = control && control->isVisible() && control->isEnabled() ? poke(control) : std::function<void()>();
      if (!act) continue;
      control->setFocus(Qt::TabFocusReason);
      const std::string what = "page " + std::to_string(page) + ", " + control->metaObject()->className() + " '" + control->accessibleName().toStdString() + "'";
      if (doAndUndo(what, act)) ++changing;
      turnFor(0);
    }
  }
  EXPECT_GE(changing, 40) << "controls that change the project";
  std::printf("%d controls, %zu names of acts\n", changing, m_names.size());
}

}  // namespace
}  // namespace pai::ui
