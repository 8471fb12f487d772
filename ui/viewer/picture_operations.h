// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QBrush>
#include <QImage>

#include "ui/viewer/viewer_canvas.h"

namespace pai::ui {

/// For viewing only: stops in linear light, and a power on the screen.
struct ViewLight {
  double exposure = 0.0, gamma = 1.0;
};

/// A picture as the screen can paint it fast: 32 bits; linear float is given the sRGB curve.
QImage displayable(const QImage& picture, const ViewLight& light);
/// One channel of a displayable picture as grey; luma by Rec.709. A picture without alpha is solid.
QImage channelOf(const QImage& picture, Channels channel);
/// Absolute difference of two pictures, four times as bright so that small ones show; the size of the first.
QImage differenceOf(const QImage& a, const QImage& b);
/// Two greys, 8 pixels a square.
QBrush checkerBrush();

}  // namespace pai::ui
