// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QRectF>

#include "core/base/project.h"
#include "core/base/time.h"
#include "ui/timeline/timeline_geometry.h"

namespace pai::ui {

/// Grid lines over a plot at whole steps of frames, their numbers below it, in `foot` pixels.
void paintTimeAxis(QPainter& painter, const QRectF& area, double foot, const TimelineGeometry& geometry, core::FrameRate rate, std::int64_t frames);
/// A keyframe's mark: a disc that goes on smoothly, a diamond in a straight line, a square that holds.
void paintKeyframe(QPainter& painter, const QPointF& at, double size, core::KeyInterpolation how);
/// "smooth", "linear" or "hold" in the user's language.
QString nameOf(core::KeyInterpolation how);

}  // namespace pai::ui
