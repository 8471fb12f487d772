// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/error_text.h"

#include <array>

#include <QCoreApplication>

namespace pai::app {
namespace {

struct Words {
  core::ErrorCode code;
  const char* title;
  const char* remedy;
};

using core::ErrorCode;
constexpr std::array<Words, 28> kWords{{
    {ErrorCode::kUsage, QT_TRANSLATE_NOOP("Errors", "This can't be done like that"),
     QT_TRANSLATE_NOOP("Errors", "Check the settings and try again.")},
    {ErrorCode::kFileMissing, QT_TRANSLATE_NOOP("Errors", "The file is missing"),
     QT_TRANSLATE_NOOP("Errors", "Put it back, or relink the media to where it is now.")},
    {ErrorCode::kFileUnreadable, QT_TRANSLATE_NOOP("Errors", "The file can't be read"),
     QT_TRANSLATE_NOOP("Errors", "Check its permissions and the disk it lies on.")},
    {ErrorCode::kFileUnwritable, QT_TRANSLATE_NOOP("Errors", "The file can't be written"),
     QT_TRANSLATE_NOOP("Errors", "Choose another folder, or check the permissions of this one.")},
    {ErrorCode::kDiskFull, QT_TRANSLATE_NOOP("Errors", "The disk is full"),
     QT_TRANSLATE_NOOP("Errors", "Free some space, or choose another disk.")},
    {ErrorCode::kFormatUnknown, QT_TRANSLATE_NOOP("Errors", "This kind of file is not known"),
     QT_TRANSLATE_NOOP("Errors", "Convert it to MP4, MOV, MKV, PNG, TIFF or EXR.")},
    {ErrorCode::kFormatBroken, QT_TRANSLATE_NOOP("Errors", "The file is damaged"),
     QT_TRANSLATE_NOOP("Errors", "Copy it again from its source.")},
    {ErrorCode::kFormatUnsupported, QT_TRANSLATE_NOOP("Errors", "This form of the file is not supported"),
     QT_TRANSLATE_NOOP("Errors", "Convert it to a common codec, such as ProRes or H.264.")},
    {ErrorCode::kLimitExceeded, QT_TRANSLATE_NOOP("Errors", "The file is larger than the limit"),
     QT_TRANSLATE_NOOP("Errors", "Make it smaller.")},
    {ErrorCode::kVersionTooNew, QT_TRANSLATE_NOOP("Errors", "The file was written by a later version"),
     QT_TRANSLATE_NOOP("Errors", "Open it with that version.")},
    {ErrorCode::kJsonInvalid, QT_TRANSLATE_NOOP("Errors", "The file is not valid JSON"),
     QT_TRANSLATE_NOOP("Errors", "Repair it in a text editor, or use an earlier copy.")},
    {ErrorCode::kFieldInvalid, QT_TRANSLATE_NOOP("Errors", "A value in the file is not valid"),
     QT_TRANSLATE_NOOP("Errors", "Correct the value.")},
    {ErrorCode::kPathForbidden, QT_TRANSLATE_NOOP("Errors", "A path leaves the folder it must stay in"),
     QT_TRANSLATE_NOOP("Errors", "Correct the path.")},
    {ErrorCode::kNoPicture, QT_TRANSLATE_NOOP("Errors", "The file has no picture"),
     QT_TRANSLATE_NOOP("Errors", "Choose a file with a video stream.")},
    {ErrorCode::kNoScreen, QT_TRANSLATE_NOOP("Errors", "No screen colour was found in the plate"),
     QT_TRANSLATE_NOOP("Errors", "Pick the screen colour in the inspector's Matte page.")},
    {ErrorCode::kReferenceOutside, QT_TRANSLATE_NOOP("Errors", "A reference lies outside the shot"),
     QT_TRANSLATE_NOOP("Errors", "Move it into the shot, or remove it.")},
    {ErrorCode::kSizeMismatch, QT_TRANSLATE_NOOP("Errors", "Two inputs differ in size or length"),
     QT_TRANSLATE_NOOP("Errors", "Use a matte and a plate of the same size and length.")},
    {ErrorCode::kEncodeFailed, QT_TRANSLATE_NOOP("Errors", "Encoding failed"),
     QT_TRANSLATE_NOOP("Errors", "Choose another preset or size.")},
    {ErrorCode::kJobExists, QT_TRANSLATE_NOOP("Errors", "This job's folder is already there"),
     QT_TRANSLATE_NOOP("Errors", "Resume that job, or start a new one.")},
    {ErrorCode::kJobBusy, QT_TRANSLATE_NOOP("Errors", "Another process works on this job"),
     QT_TRANSLATE_NOOP("Errors", "Wait for its end, then queue it again.")},
    {ErrorCode::kJobBroken, QT_TRANSLATE_NOOP("Errors", "The job's folder is not valid"),
     QT_TRANSLATE_NOOP("Errors", "Render again.")},
    {ErrorCode::kWorkerFailed, QT_TRANSLATE_NOOP("Errors", "A worker stopped unexpectedly"),
     QT_TRANSLATE_NOOP("Errors", "Your project is untouched. Try again; if it stays, see the message's details.")},
    {ErrorCode::kCancelled, QT_TRANSLATE_NOOP("Errors", "Cancelled"), QT_TRANSLATE_NOOP("Errors", "Start it again.")},
    {ErrorCode::kOutOfMemory, QT_TRANSLATE_NOOP("Errors", "Not enough memory"),
     QT_TRANSLATE_NOOP("Errors", "Close other programs, or render at a smaller size.")},
    {ErrorCode::kDeviceMissing, QT_TRANSLATE_NOOP("Errors", "The compute device is not there"),
     QT_TRANSLATE_NOOP("Errors", "Choose another device in the Render page.")},
    {ErrorCode::kPackInvalid, QT_TRANSLATE_NOOP("Errors", "The model pack can't be used"),
     QT_TRANSLATE_NOOP("Errors", "Check the pack, or choose another engine.")},
    {ErrorCode::kLocked, QT_TRANSLATE_NOOP("Errors", "Another window has this project open"),
     QT_TRANSLATE_NOOP("Errors", "Close it there, or save this one under another name.")},
    {ErrorCode::kInternal, QT_TRANSLATE_NOOP("Errors", "Something went wrong inside the program"),
     QT_TRANSLATE_NOOP("Errors", "Save your project and start the program again.")},
}};

const Words& wordsOf(ErrorCode code) {
  for (const Words& words : kWords)
    if (words.code == code) return words;
  return kWords.back();
}

}  // namespace

QString errorTitle(core::ErrorCode code) { return QCoreApplication::translate("Errors", wordsOf(code).title); }

QString errorRemedyText(core::ErrorCode code) { return QCoreApplication::translate("Errors", wordsOf(code).remedy); }

QString errorText(const core::Error& error) {
  QString line = errorTitle(error.code);
  if (!error.context.empty()) line = QString::fromStdString(error.context) + QStringLiteral(": ") + line;
  if (!error.detail.empty()) line += QStringLiteral(" (") + QString::fromStdString(error.detail) + QLatin1Char(')');
  return line + QStringLiteral(". ") + errorRemedyText(error.code);
}

}  // namespace pai::app
