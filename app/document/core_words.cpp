// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/core_words.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <QCoreApplication>
#include <QRegularExpression>

#include "core/base/camera_angles.h"

namespace pai::app {
namespace {

constexpr std::array kNotes{
    // Clips and sequences.
    QT_TRANSLATE_NOOP("Notes", "the frame rate varies; frames are shown one by one at %1 frames a second"),
    QT_TRANSLATE_NOOP("Notes", "the file is cut off or its index is wrong: it promises %1 frames and holds %2"),
    QT_TRANSLATE_NOOP("Notes", "the picture is tagged as turned by %1 degrees; only quarter turns are applied"),
    QT_TRANSLATE_NOOP("Notes", "the start timecode is not valid at this frame rate and was left out"),
    QT_TRANSLATE_NOOP("Notes", "the timecode is not valid at this frame rate and was left out"),
    QT_TRANSLATE_NOOP("Notes", "the clip is interlaced; its fields are shown together, deinterlace it before keying"),
    QT_TRANSLATE_NOOP("Notes", "frame %1 is damaged and shown as far as it could be reconstructed"),
    QT_TRANSLATE_NOOP("Notes", "frame %1 is lost; its neighbour is shown"),
    QT_TRANSLATE_NOOP("Notes", "more frames are damaged"),
    QT_TRANSLATE_NOOP("Notes", "%1 frames of the sequence are missing; the frame before each gap is held"),
    // The scene and its camera.
    QT_TRANSLATE_NOOP("Notes", "The reference at frame %1 lies outside the shot and is not shown"),
    QT_TRANSLATE_NOOP("Notes", "Two references stand at frame %1; only the first is shown"),
    QT_TRANSLATE_NOOP("Notes", "There is no reference in the shot; the background is grey. Drop a picture of the new place on the timeline"),
    QT_TRANSLATE_NOOP("Notes", "References at frames %1 and %2 do not overlap; the camera between them is guessed. Add a reference between them, footage of the real set, or camera keyframes"),
    QT_TRANSLATE_NOOP("Notes", "The camera clip has %1 frames, the shot %2; its camera is used frame by frame from the start"),
    QT_TRANSLATE_NOOP("Notes", "The camera clip shows too little to track; use footage with more texture or camera keyframes"),
    QT_TRANSLATE_NOOP("Notes", "No camera clip is set; choose footage of the real set or another camera source"),
    QT_TRANSLATE_NOOP("Notes", "Nothing outside the matte can be tracked; the camera follows the references and the subject"),
    // Projects.
    QT_TRANSLATE_NOOP("Notes", "shot '%1' names a plate '%2' that the project does not hold"),
    QT_TRANSLATE_NOOP("Notes", "reference '%1' names a media '%2' that the project does not hold"),
    QT_TRANSLATE_NOOP("Notes", "media '%1' is missing and keeps its path"),
    QT_TRANSLATE_NOOP("Notes", "the take '%1' is missing and keeps its path"),
    QT_TRANSLATE_NOOP("Notes", "the colour configuration keeps its path: %1"),
    QT_TRANSLATE_NOOP("Notes", "%1: a record of a later version is skipped"),
    QT_TRANSLATE_NOOP("Notes", "%1: a record is skipped: %2"),
    QT_TRANSLATE_NOOP("Notes", "%1: it is damaged or was cut off, and is skipped"),
    QT_TRANSLATE_NOOP("Notes", "%1: outside its range, moved to the nearest allowed value"),
};

/// Pieces of a camera's sentence, each before those that it begins with. Space and punctuation belong to them.
constexpr std::array kCameraPieces{
    QT_TRANSLATE_NOOP("CameraWords", "Locked-off camera, no movement"),
    QT_TRANSLATE_NOOP("CameraWords", "Handheld camera held in place, with small shake"),
    QT_TRANSLATE_NOOP("CameraWords", "Camera held in place, almost no movement"),
    QT_TRANSLATE_NOOP("CameraWords", "Handheld "),
    QT_TRANSLATE_NOOP("CameraWords", "Smooth "),
    QT_TRANSLATE_NOOP("CameraWords", "pan to the right"),
    QT_TRANSLATE_NOOP("CameraWords", "pan to the left"),
    QT_TRANSLATE_NOOP("CameraWords", "tilt down"),
    QT_TRANSLATE_NOOP("CameraWords", "tilt up"),
    QT_TRANSLATE_NOOP("CameraWords", "push in"),
    QT_TRANSLATE_NOOP("CameraWords", "pull out"),
    QT_TRANSLATE_NOOP("CameraWords", "roll clockwise"),
    QT_TRANSLATE_NOOP("CameraWords", "roll counter-clockwise"),
    QT_TRANSLATE_NOOP("CameraWords", ", fast in the first half and slower toward the end"),
    QT_TRANSLATE_NOOP("CameraWords", ", slow at first and faster toward the end"),
    QT_TRANSLATE_NOOP("CameraWords", ", at a steady pace"),
    QT_TRANSLATE_NOOP("CameraWords", ", with strong shake"),
    QT_TRANSLATE_NOOP("CameraWords", ", with small shake"),
    QT_TRANSLATE_NOOP("CameraWords", " and "),
    QT_TRANSLATE_NOOP("CameraWords", ", "),
    QT_TRANSLATE_NOOP("CameraWords", "."),
};

constexpr std::array kLenses{
    QT_TRANSLATE_NOOP("CameraWords", "Very wide lens, about %1 mm equivalent"),
    QT_TRANSLATE_NOOP("CameraWords", "Wide lens, about %1 mm equivalent"),
    QT_TRANSLATE_NOOP("CameraWords", "Normal lens, about %1 mm equivalent"),
    QT_TRANSLATE_NOOP("CameraWords", "Short telephoto lens, about %1 mm equivalent"),
    QT_TRANSLATE_NOOP("CameraWords", "Telephoto lens, about %1 mm equivalent"),
    QT_TRANSLATE_NOOP("CameraWords", "Zooming from about %1 mm to a longer lens"),
    QT_TRANSLATE_NOOP("CameraWords", "Zooming from about %1 mm to a wider lens"),
};

/// Words that fit one of some sentences, with what stands at its places put into the translation.
template <typename Sentences>
std::optional<QString> fitted(const char* context, const Sentences& sentences, const QString& english) {
  static const QRegularExpression place(QStringLiteral("\\\\%[1-9]"));
  for (const char* sentence : sentences) {
    const QString pattern = QRegularExpression::escape(QString::fromLatin1(sentence)).replace(place, QStringLiteral("(.+?)"));
    const auto match = QRegularExpression(QRegularExpression::anchoredPattern(pattern)).match(english);
    if (!match.hasMatch()) continue;
    // Once through: a name may look like a place.
    const QString translation = QCoreApplication::translate(context, sentence);
    QString text;
    for (qsizetype i = 0; i < translation.size(); ++i) {
      const int number = translation[i] == QLatin1Char('%') && i + 1 < translation.size() ? translation[i + 1].digitValue() : 0;
      if (number <= 0) text += translation[i];
      else text += match.captured(number), ++i;
    }
    return text;
  }
  return {};
}

/// A sentence made of known pieces alone.
std::optional<QString> pieced(const QString& english) {
  QString text;
  for (qsizetype at = 0; at < english.size();) {
    const auto piece = std::find_if(kCameraPieces.begin(), kCameraPieces.end(), [&](const char* each) { return QStringView(english).mid(at).startsWith(QLatin1String(each)); });
    if (piece == kCameraPieces.end()) return {};
    text += QCoreApplication::translate("CameraWords", *piece);
    at += qstrlen(*piece);
  }
  return text;
}

}  // namespace

QString noteText(const QString& english) { return fitted("Notes", kNotes, english).value_or(english); }

QString cameraText(const QString& english) {
  if (english.isEmpty()) return english;
  for (const std::string_view angle : core::kCameraAngles)
    if (english == QLatin1String(angle.data(), static_cast<qsizetype>(angle.size()))) return QCoreApplication::translate("pai::ui::PromptPage", std::string(angle).c_str());
  if (const auto lens = fitted("CameraWords", kLenses, english)) return *lens;
  return pieced(english).value_or(english);
}

}  // namespace pai::app
