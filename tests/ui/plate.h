// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pai::ui {

/// Writes a clip of a subject before a green screen, 480x270, 24 frames a second.
void writePlate(const QString& path, int frames);

}  // namespace pai::ui
