// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "app/document/sound_output.h"

namespace pai::studio {

/// The system's default output. It is opened with the first sound, in a thread of its own; where there is none, nothing is
/// heard and nothing is said.
std::unique_ptr<app::SoundOutput> makeSoundDevice();

}  // namespace pai::studio
