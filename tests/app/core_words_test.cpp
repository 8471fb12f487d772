// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/core_words.h"

#include <cmath>

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTranslator>

#include <gtest/gtest.h>

#include "core/base/camera_angles.h"
#include "core/draft/camera_text.h"

namespace pai::app {
namespace {

/// Marks what is translated: letters outside the marks are not.
class Marking : public QTranslator {
 public:
  Marking() { QCoreApplication::installTranslator(this); }
  ~Marking() override { QCoreApplication::removeTranslator(this); }
  bool isEmpty() const override { return false; }
  QString translate(const char*, const char* source, const char*, int) const override { return QStringLiteral("[") + QString::fromUtf8(source) + QStringLiteral("]"); }
};

bool isAllMarked(QString text) { return text.contains(QLatin1Char('[')) && !text.remove(QRegularExpression(QStringLiteral("\\[[^\\]]*\\]"))).contains(QRegularExpression(QStringLiteral("[A-Za-z]"))); }

/// A camera over 48 frames that goes so far and shakes.
core::CameraCurve curveOf(double pan, double tilt, double zoom, double roll, double shake, double pace) {
  core::CameraCurve curve;
  curve.method = core::CameraMethod::kPlate;
  curve.size = {1920, 1080};
  for (int i = 0; i < 48; ++i) {
    const double t = std::pow(i / 47.0, pace), hand = shake * 1920 * std::sin(i * 2.1);
    core::CameraSample sample;
    sample.pan = pan * t + hand;
    sample.tilt = tilt * t + hand;
    sample.zoom = 1.0 + (zoom - 1.0) * t;
    sample.roll = roll * t;
    curve.samples.push_back(sample);
  }
  return curve;
}

TEST(CoreWords, everySentenceOfACameraIsTranslatedWholeAndItsEnglishStaysThePrompts) {
  std::set<std::string> sentences;
  for (const double pan : {-300.0, 0.0, 300.0})
    for (const double tilt : {-200.0, 0.0, 200.0})
      for (const double zoom : {0.8, 1.0, 1.3})
        for (const double roll : {-5.0, 0.0, 5.0})
          for (const double shake : {0.0, 0.004, 0.02})
            for (const double pace : {0.3, 1.0, 3.0}) {
              core::CameraCurve curve = curveOf(pan, tilt, zoom, roll, shake, pace);
              core::describeCamera(curve);
              sentences.insert(curve.motionSentence);
              sentences.insert(curve.focalLength);
            }
  for (const double focal : {900.0, 1400.0, 2600.0, 4000.0, 9000.0}) {
    core::CameraCurve curve = curveOf(300, 0, 1, 0, 0, 1);
    curve.space = core::CameraSpace{focal, 0.01, 0, {}, {}};
    core::describeCamera(curve);
    sentences.insert(curve.focalLength);
  }
  core::CameraCurve locked;
  core::describeCamera(locked);
  sentences.insert(locked.motionSentence);
  for (const std::string_view angle : core::kCameraAngles) sentences.insert(std::string(angle));
  EXPECT_GT(sentences.size(), 200u);
  for (const std::string& sentence : sentences) EXPECT_EQ(cameraText(QString::fromStdString(sentence)).toStdString(), sentence) << "without a catalogue";
  const Marking marking;
  for (const std::string& sentence : sentences) EXPECT_TRUE(isAllMarked(cameraText(QString::fromStdString(sentence)))) << sentence << ": " << cameraText(QString::fromStdString(sentence)).toStdString();
  EXPECT_EQ(cameraText("She walks to the left"), "She walks to the left") << "a user's own words";
}

/// What the sources write as warnings, with 7 for each value.
QStringList warningsIn(const QString& path) {
  QFile file(QStringLiteral(PAI_SOURCE_DIR "/") + path);
  EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << path.toStdString();
  const QString source = QString::fromUtf8(file.readAll());
  static const QRegularExpression call(QStringLiteral("(?:warnings\\.(?:push|emplace)_back|[^:]warn)\\(((?:[^\";]|\"(?:[^\"\\\\]|\\\\.)*\")*?)\\);"));
  static const QRegularExpression literal(QStringLiteral("\"((?:[^\"\\\\]|\\\\.)*)\""));
  QStringList out;
  for (auto each = call.globalMatch(source); each.hasNext();) {
    const QString argument = each.next().captured(1);
    QString text;
    qsizetype end = 0;
    for (auto part = literal.globalMatch(argument); part.hasNext();) {
      const auto match = part.next();
      if (argument.mid(end, match.capturedStart() - end).contains(QLatin1Char('+'))) text += QLatin1Char('7');
      text += match.captured(1);
      end = match.capturedEnd();
    }
    if (argument.mid(end).contains(QLatin1Char('+'))) text += QLatin1Char('7');
    if (text.contains(QLatin1Char(' '))) out << text;
  }
  return out;
}

TEST(CoreWords, everyWarningThatTheEditorShowsIsTranslated) {
  const Marking marking;
  int found = 0;
  for (const char* path : {"core/media/video_reader_open.cpp", "core/media/video_reader.cpp", "core/media/sequence_reader.cpp", "core/draft/background_layers.cpp",
                           "core/draft/camera_infer.cpp", "core/draft/camera_solve.cpp", "core/base/project_json.cpp", "core/base/collect_files.cpp", "core/base/takes.cpp"})
    for (const QString& text : warningsIn(QString::fromLatin1(path))) {
      ++found;
      EXPECT_TRUE(noteText(text).startsWith(QLatin1Char('['))) << path << ": " << text.toStdString() << ": add it to app/document/core_words.cpp and to the translations";
    }
  EXPECT_GE(found, 20);
  EXPECT_EQ(noteText("frame 12 is lost; its neighbour is shown"), "[frame 12 is lost; its neighbour is shown]");
  EXPECT_EQ(noteText("shot '%2' names a plate 'b' that the project does not hold"), "[shot '%2' names a plate 'b' that the project does not hold]") << "a name may look like a place";
  EXPECT_EQ(noteText("something new"), "something new");
}

}  // namespace
}  // namespace pai::app
