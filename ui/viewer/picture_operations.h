// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QBrush>
#include <QImage>

namespace pai::ui {

/// A picture as the screen can paint it fast: 32 bits; linear float is given the sRGB curve. `exposure` in stops.
QImage displayable(const QImage& picture, double exposure);
/// Absolute difference of two pictures, four times as bright so that small ones show; the size of the first.
QImage differenceOf(const QImage& a, const QImage& b);
/// Two greys, 8 pixels a square.
QBrush checkerBrush();

}  // namespace pai::ui
