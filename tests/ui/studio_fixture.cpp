// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/studio_fixture.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QMessageBox>
#include <QTest>
#include <QTimer>
#include <QUrl>

#include "ui/timeline/timeline_view.h"

namespace pai::ui {

bool waitUntil(const std::function<bool()>& condition, int ms) {
  QElapsedTimer clock;
  clock.start();
  while (!condition()) {
    if (clock.elapsed() > ms) return false;
    QTest::qWait(5);
  }
  return true;
}

void turnFor(int ms) { QTest::qWait(ms); }

void dropFiles(QWidget& target, const QStringList& files, const QPoint& at) {
  QMimeData data;
  QList<QUrl> urls;
  for (const QString& file : files) urls << QUrl::fromLocalFile(file);
  data.setUrls(urls);
  QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&target, &enter);
  ASSERT_TRUE(enter.isAccepted());
  QDragMoveEvent move(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&target, &move);
  QDropEvent drop(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&target, &drop);
}

void dragMouse(QWidget& target, const QPoint& from, const QPoint& to, Qt::KeyboardModifiers modifiers) {
  QTest::mousePress(&target, Qt::LeftButton, modifiers, from);
  for (int i = 1; i <= 8; ++i) {
    const QPoint at = from + (to - from) * i / 8;
    QMouseEvent move(QEvent::MouseMove, at, target.mapToGlobal(at), Qt::NoButton, Qt::LeftButton, modifiers);
    QApplication::sendEvent(&target, &move);
    QTest::qWait(1);
  }
  QTest::mouseRelease(&target, Qt::LeftButton, modifiers, to);
}

QString makePng(const QDir& folder, const QString& name, QColor colour) {
  QImage image(320, 180, QImage::Format_RGB32);
  image.fill(colour);
  const QString path = folder.filePath(name);
  EXPECT_TRUE(image.save(path));
  return path;
}

void answerBox(const QString& button, QString* seen) {
  auto* timer = new QTimer(qApp);
  QObject::connect(timer, &QTimer::timeout, qApp, [timer, button, seen] {
    for (QWidget* widget : QApplication::topLevelWidgets()) {
      auto* box = qobject_cast<QMessageBox*>(widget);
      if (!box || !box->isVisible()) continue;
      timer->deleteLater();
      timer->stop();
      if (seen) *seen = box->text() + QLatin1Char(' ') + box->informativeText();
      for (QAbstractButton* each : box->buttons())
        if (each->text().remove(QLatin1Char('&')) == button) return QTest::mouseClick(each, Qt::LeftButton);
      ADD_FAILURE() << "no button named " << button.toStdString();
      return box->reject();
    }
  });
  timer->start(20);
}

std::unique_ptr<Studio> openStudio(QSize size) {
  StudioOptions options;
  options.workerPath = QStringLiteral(PAI_BIN_DIR "/pai-worker");
  auto studio = std::make_unique<Studio>(std::move(options));
  studio->resize(size);
  studio->show();
  EXPECT_TRUE(QTest::qWaitForWindowExposed(studio.get()));
  return studio;
}

StudioTest::StudioTest(std::unique_ptr<app::SoundOutput> sound) {
  auto fake = std::make_unique<FakeFrameSource>();
  source = fake.get();
  StudioOptions options;
  options.source = std::move(fake);
  options.sound = std::move(sound);
  studio = std::make_unique<Studio>(std::move(options));
  studio->resize(1600, 960);
  studio->show();
  EXPECT_TRUE(QTest::qWaitForWindowExposed(studio.get()));
}

void StudioTest::importClip() {
  dropFiles(*studio, {folder.filePath("plate.mov")}, QPoint(400, 400));
  ASSERT_TRUE(waitUntil([this] { return studio->document().currentShot() != nullptr; }));
  turnFor(50);
}

QPoint StudioTest::lane(std::int64_t frame) const { return studio->timeline().referenceLanePoint(frame); }

std::int64_t StudioTest::frameOf(std::size_t reference) const {
  const auto at = core::resolveAnchor(shot().references.at(reference).anchor, shot().range);
  return at ? at->value : -1;
}

}  // namespace pai::ui
