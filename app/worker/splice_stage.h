// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "app/worker/life.h"
#include "core/base/result.h"
#include "core/base/stop.h"
#include "core/media/picture.h"
#include "core/render/event_log.h"
#include "core/render/job_directory.h"
#include "core/render/splice.h"

namespace pai::worker {

/// Runs a job that joins takes (core/render/splice.h): reads both files, writes the joined pictures in the job's preset with the
/// base's sound, and a record that names both. Errors: of the readers and writers; kSizeMismatch, kFieldInvalid, kCancelled.
core::Status spliceTakes(const core::JobDirectory& directory, core::EventWriter& events, const core::StopToken& stop, StopOnSignal& signals);

/// `base` with `insert` in it by `weight` (CV_32F of their size, or empty: the same everywhere by `whole`). Where the weight is 0
/// the samples are the base's, where it is 1 the insert's.
core::Picture joined(const core::Picture& base, const core::Picture& insert, const cv::Mat& weight, double whole);

}  // namespace pai::worker
