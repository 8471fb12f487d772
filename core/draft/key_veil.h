// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/draft/key_screen.h"

namespace pai::core {

/// Takes thin hair and soft edges out of a screen's field near the subject. Paint has the same hue there as farther off,
/// whatever light falls on it; what the field has of the subject's own colour (`subject`) is in front of the screen.
void liftVeil(const ScreenColour& screen, const CoarseField& subject, ScreenField& field);

}  // namespace pai::core
