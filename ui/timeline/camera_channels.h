// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include <QColor>
#include <QCoreApplication>
#include <Qt>

#include "app/document/camera_facts.h"
#include "core/base/project.h"

namespace pai::ui {

/// One of the four values that the camera has at every frame, and how it is shown.
struct CameraChannel {
  double app::CameraFacts::*solved;
  double core::CameraKey::*key;
  const char* name;  // to translate in "Timeline"
  const char* unit;
  Qt::PenStyle style;
  QRgb tint;  // told apart by people who do not see all colours, and by their strokes
  double rest, step, leastSpan;
  int decimals;
};

inline constexpr std::array<CameraChannel, 4> kCameraChannels{{
    {&app::CameraFacts::pan, &core::CameraKey::pan, QT_TRANSLATE_NOOP("Timeline", "pan"), " px", Qt::SolidLine, 0xff6ec1f0, 0.0, 1.0, 8.0, 1},
    {&app::CameraFacts::tilt, &core::CameraKey::tilt, QT_TRANSLATE_NOOP("Timeline", "tilt"), " px", Qt::DashLine, 0xfff2e05a, 0.0, 1.0, 8.0, 1},
    {&app::CameraFacts::zoom, &core::CameraKey::zoom, QT_TRANSLATE_NOOP("Timeline", "zoom"), " ×", Qt::DotLine, 0xff4fd1a5, 1.0, 0.005, 0.04, 3},
    {&app::CameraFacts::roll, &core::CameraKey::roll, QT_TRANSLATE_NOOP("Timeline", "roll"), "°", Qt::DashDotLine, 0xffe79ac4, 0.0, 0.1, 1.0, 2},
}};

class TimelineModel;
struct TimelineShot;

/// A value at each frame of a shot: as it was solved, bent through the keyframes as they are now.
std::vector<double> curveOf(const CameraChannel& channel, const TimelineModel& model, const TimelineShot& shot);
/// A keyframe that changes nothing yet, with all values on their curves.
core::CameraKey keyOnCurves(const TimelineModel& model, const TimelineShot& shot, std::int64_t frame);

}  // namespace pai::ui
