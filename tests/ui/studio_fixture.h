// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

#include <QMimeData>
#include <QTemporaryDir>
#include <QWidget>

#include <gtest/gtest.h>

#include "tests/ui/fake_frame_source.h"
#include "ui/window/studio.h"

namespace pai::ui {

/// Turns the event loop until a condition holds; false after `ms`.
bool waitUntil(const std::function<bool()>& condition, int ms = 10000);
/// Turns the event loop for a while.
void turnFor(int ms);
/// Drags files over a widget to a point and drops them there, as a file manager does.
void dropFiles(QWidget& target, const QStringList& files, const QPoint& at);
/// Drags from one point to another with the left button.
void dragMouse(QWidget& target, const QPoint& from, const QPoint& to, Qt::KeyboardModifiers modifiers = {});
/// A small PNG on disk; gives its path.
QString makePng(const QDir& folder, const QString& name, QColor colour);

/// Answers the next message box by the button with these words; `seen` gets what it said.
void answerBox(const QString& button, QString* seen = nullptr);

/// The real window over the real worker, shown.
std::unique_ptr<Studio> openStudio(QSize size);

/// The real window over a fake source of pictures.
class StudioTest : public testing::Test {
 protected:
  StudioTest() : StudioTest(nullptr) {}
  explicit StudioTest(std::unique_ptr<app::SoundOutput> sound);
  /// Drops a clip on the window and waits for its shot.
  void importClip();
  /// A point of the reference lane at a frame.
  QPoint lane(std::int64_t frame) const;
  const core::Shot& shot() const { return *studio->document().currentShot(); }
  std::int64_t frameOf(std::size_t reference) const;

  QTemporaryDir folder;
  FakeFrameSource* source = nullptr;
  std::unique_ptr<Studio> studio;
};

}  // namespace pai::ui
