// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QString>

class QWidget;

namespace pai::ui {

/// The editor's colours: neutral greys without tint and one accent.
namespace colour {
inline constexpr QRgb kWell = 0xff161616;      // lists, fields, lanes
inline constexpr QRgb kWindow = 0xff1f1f1f;    // between panels
inline constexpr QRgb kPanel = 0xff262626;     // panel ground
inline constexpr QRgb kRaised = 0xff303030;    // headers, buttons
inline constexpr QRgb kHover = 0xff3a3a3a;
inline constexpr QRgb kLine = 0xff3d3d3d;      // borders
inline constexpr QRgb kSurround = 0xff4a4a4a;  // viewer surround, mid-grey
inline constexpr QRgb kFaint = 0xff7d7d7d;     // disabled text
inline constexpr QRgb kDim = 0xffa4a4a4;       // secondary text
inline constexpr QRgb kText = 0xffdedede;
inline constexpr QRgb kBright = 0xfff5f5f5;
inline constexpr QRgb kAccent = 0xffe59a3c;
inline constexpr QRgb kAccentDeep = 0xff8a5a1e;  // accent ground under bright text
inline constexpr QRgb kReady = 0xff5f9f63;       // pictures that are there at once
inline constexpr QRgb kOnAccent = 0xff1a1206;
}  // namespace colour

/// Whole device-independent pixels of the layout grid.
inline constexpr int kGrid = 4;

/// Dresses the application: style, palette, font.
void applyTheme();
/// And a window, with its dialogs. Parts that are built before they come into it are dressed once; under an application's style sheet
/// they would be again for every panel around them.
void applyStyleSheet(QWidget& window);

/// An icon of the project's family by file name without ending; drawn from its SVG at whatever size and scale is asked for.
QIcon icon(const QString& name);
/// The same in one colour.
QIcon icon(const QString& name, QRgb tint);

/// Font for small captions and for numbers that must not jump (tabular digits).
QFont smallFont();
QFont digitsFont(int pixelSize = 12);

}  // namespace pai::ui
