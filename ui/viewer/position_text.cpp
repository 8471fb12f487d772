// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewer/position_text.h"

#include <algorithm>
#include <array>
#include <optional>

#include <QCoreApplication>
#include <QStringList>

namespace pai::ui {
namespace {

struct Position {
  Q_DECLARE_TR_FUNCTIONS(Position)
};

constexpr int kParts = 4;  // hours, minutes, seconds, frames
using Parts = std::array<std::int64_t, kParts>;

core::Error refused(const QString& sentence) { return {core::ErrorCode::kFieldInvalid, sentence.toStdString(), "", {}}; }

core::Error unreadable() {
  return refused(Position::tr("Type a timecode such as 1:05, a frame such as 48, or a step such as +12 or -1:00."));
}

bool isDrop(const PositionScale& scale) { return scale.start.dropFrame && scale.rate.dropFramePossible(); }

/// Numbers between colons, four at most, right-aligned into `parts`; how many, 0 when it is something else.
int readParts(const QString& text, Parts& parts) {
  QString even = text;
  const QStringList words = even.replace(QLatin1Char(';'), QLatin1Char(':')).replace(QLatin1Char('.'), QLatin1Char(':')).split(QLatin1Char(':'));
  const int count = static_cast<int>(words.size());
  if (count > kParts) return 0;
  for (int i = 0; i < count; ++i) {
    const QString& word = words[i];
    const bool digits = !word.isEmpty() && word.size() <= 9 &&
                        std::all_of(word.begin(), word.end(), [](QChar c) { return c >= QLatin1Char('0') && c <= QLatin1Char('9'); });
    if (!digits) return 0;
    parts[static_cast<std::size_t>(kParts - count + i)] = word.toLongLong();
  }
  return count;
}

std::optional<core::Error> troubleOf(const Parts& parts, const PositionScale& scale) {
  if (parts[3] >= scale.rate.nominal())
    return refused(Position::tr("Frames of a second go from 0 to %1 here.").arg(scale.rate.nominal() - 1));
  if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59) return refused(Position::tr("Minutes and seconds go from 0 to 59, hours to 23."));
  return std::nullopt;
}

QString textAt(const PositionScale& scale, std::int64_t frame) {
  return QString::fromStdString(core::Timecode{scale.start.frames + frame, scale.start.dropFrame}.text(scale.rate));
}

/// Frames of so much time; drop-frame leaves two numbers of thirty out in nine minutes of ten.
std::int64_t framesOf(const Parts& parts, const PositionScale& scale) {
  const std::int64_t nominal = scale.rate.nominal(), minutes = parts[0] * 60 + parts[1];
  const std::int64_t dropped = isDrop(scale) ? nominal / 15 * (minutes - minutes / 10) : 0;
  return (minutes * 60 + parts[2]) * nominal + parts[3] - dropped;
}

core::Result<core::FrameIndex> readStep(const QString& text, const PositionScale& scale) {
  Parts parts{};
  const int count = readParts(text.mid(1), parts);
  if (count == 0) return unreadable();
  if (count > 1)
    if (const auto trouble = troubleOf(parts, scale)) return *trouble;
  const std::int64_t step = count == 1 ? parts[3] : framesOf(parts, scale);
  const std::int64_t to = scale.current + (text.startsWith(QLatin1Char('-')) ? -step : step);
  return core::FrameIndex{std::clamp<std::int64_t>(to, 0, scale.frames - 1)};
}

core::Result<core::FrameIndex> readTimecode(const Parts& typed, int count, const PositionScale& scale) {
  Parts parts{};
  readParts(textAt(scale, scale.current), parts);
  std::copy(typed.end() - count, typed.end(), parts.end() - count);
  if (const auto trouble = troubleOf(parts, scale)) return *trouble;
  const auto two = [](std::int64_t part) { return QStringLiteral("%1").arg(part, 2, 10, QLatin1Char('0')); };
  const QString whole = two(parts[0]) + QLatin1Char(':') + two(parts[1]) + QLatin1Char(':') + two(parts[2]) +
                        QLatin1Char(isDrop(scale) ? ';' : ':') + two(parts[3]);
  const auto code = core::Timecode::parse(whole.toStdString(), scale.rate);
  if (!code) return refused(Position::tr("%1 is left out in drop-frame timecode.").arg(whole));
  std::int64_t frame = code->frames - scale.start.frames;
  if (frame < 0) frame += framesOf({24, 0, 0, 0}, scale);  // past midnight
  if (frame >= scale.frames)
    return refused(Position::tr("%1 lies outside: the timeline goes from %2 to %3.").arg(whole, textAt(scale, 0), textAt(scale, scale.frames - 1)));
  return core::FrameIndex{frame};
}

}  // namespace

QString durationText(const PositionScale& scale) {
  return QString::fromStdString(core::Timecode{scale.frames, scale.start.dropFrame}.text(scale.rate));
}

core::Result<core::FrameIndex> readPosition(const QString& typed, const PositionScale& scale) {
  // An input method for Chinese types full-width digits and colons, which mean the same.
  const QString text = typed.normalized(QString::NormalizationForm_KC).trimmed().replace(QChar(0x2212), QLatin1Char('-'));
  if (scale.frames <= 0) return unreadable();
  if (text.startsWith(QLatin1Char('+')) || text.startsWith(QLatin1Char('-'))) return readStep(text, scale);
  Parts parts{};
  const int count = readParts(text, parts);
  if (count == 0) return unreadable();
  if (count > 1) return readTimecode(parts, count, scale);
  if (parts[3] >= scale.shotLength) return refused(Position::tr("The shot's last frame is %1.").arg(scale.shotLength - 1));
  return core::FrameIndex{scale.shotBegin + parts[3]};
}

}  // namespace pai::ui
