// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "app/worker/life.h"
#include "core/base/result.h"
#include "core/base/stop.h"

namespace pai::worker {

struct JobOptions {
  std::string directory;
  bool resume = false;
  std::string stage;  // of a pack's job: prepare or finish; empty for a draft
};

/// Runs a draft job's stages, prepare and finish, or one of those of a pack's job, telling each step in its events. Frames are made in order and encoded on a
/// thread a layer; a resumed run goes on at the first piece that is not whole, with the same bits as an unbroken one.
core::Status runJob(const JobOptions& options, const core::StopToken& stop, StopOnSignal& signals);

}  // namespace pai::worker
