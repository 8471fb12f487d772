// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/base/result.h"
#include "core/draft/draft_engine.h"
#include "core/render/job_directory.h"

namespace pai::worker {

/// The finish stage's source of pictures: what the generate stage made, brought to the shot's size with the draft engine's parts.
/// Where the matte is solid the plate's own pixels are kept, under the generation's low-frequency light; behind them lies the
/// generated background, with the detail of the references where the draft's background corresponds to it. Errors: kJobBroken
/// where the generate stage left no video that fits; those of DraftEngine::open.
core::Result<std::unique_ptr<core::DraftEngine>> openGenerated(const core::JobDirectory& directory);

}  // namespace pai::worker
