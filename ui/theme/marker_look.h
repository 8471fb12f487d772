// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QColor>
#include <QIcon>
#include <QString>

#include "core/base/project.h"

class QPainter;

namespace pai::ui {

inline constexpr std::array kMarkerColourOrder{core::MarkerColour::kBlue,   core::MarkerColour::kCyan, core::MarkerColour::kGreen, core::MarkerColour::kYellow,
                                               core::MarkerColour::kRed, core::MarkerColour::kPink, core::MarkerColour::kPurple};

/// How a marker's colour is shown and called.
QColor colourOf(core::MarkerColour colour);
QString nameOf(core::MarkerColour colour);
QIcon iconOf(core::MarkerColour colour);

/// A marker's name, or what stands for it where it has none: "Marker".
QString nameOf(const core::Marker& marker);

/// Draws a marker whose tip points down at `tip`; with a note it has a dot, a selected one a bright edge.
void paintMarker(QPainter& painter, const QPointF& tip, core::MarkerColour colour, bool noted, bool selected = false);

}  // namespace pai::ui
