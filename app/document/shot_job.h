// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/document/document.h"
#include "core/base/job.h"

namespace pai::app {

/// A shot by value, with its media, as a job of its own render settings. `range` is the shot's range once known; the output
/// stays empty.
core::Job jobOfShot(const Document& document, const core::Shot& shot, const core::FrameRange& range);

}  // namespace pai::app
