// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/base/stop.h"
#include "core/render/event_log.h"
#include "core/render/job_directory.h"
#include "core/render/job_seed.h"

namespace pai::worker {

using core::kPreparedFile;

/// Makes the input of a pack's generate stage: the subject on the pack's screen colour (in-context) or the control video and its
/// mask (VACE), and the references as the editor placed them, at the pack's size and padded to what it needs, as bytes
/// (inference/generate.h names the tensors). What is there already from an interrupted run is kept when `resume`.
/// Errors: of the readers and the pack; kCancelled.
core::Status prepareForPack(const core::JobDirectory& directory, bool resume, core::EventWriter& events, const core::StopToken& stop);

}  // namespace pai::worker
