// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include <QString>

#include "core/base/result.h"
#include "core/base/time.h"

namespace pai::ui {

/// What a typed position is counted from; frames of the timeline.
struct PositionScale {
  core::FrameRate rate;
  core::Timecode start;       // of the timeline's first frame
  std::int64_t frames = 0;    // of the timeline
  std::int64_t current = 0;   // where the playhead stands
  std::int64_t shotBegin = 0, shotLength = 0;  // of the shot that it stands in, whose frames are numbered from 0
};

/// Length of the timeline as timecode.
QString durationText(const PositionScale& scale);

/// Reads what is typed for a position: a timecode ("10:24:37:05"), its last parts with the others as they are ("37:05"), a frame
/// of the shot ("48"), or a step of frames or time ("+12", "-1:00") that ends at the timeline's ends. kFieldInvalid, with a
/// translated sentence, when it is none of these or lies outside.
core::Result<core::FrameIndex> readPosition(const QString& typed, const PositionScale& scale);

}  // namespace pai::ui
