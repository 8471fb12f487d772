// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/draft/draft_engine.h"
#include "core/media/clip_writer.h"

namespace pai::worker {

/// What becomes of one layer of a job.
struct LayerPlan {
  std::string layer;                 // composite, background, foreground, matte, shadow or camera
  std::string path;                  // absolute
  std::optional<core::Codec> codec;  // none for the camera, which is JSON
  bool alpha = false;                // the foreground with its matte, where the codec can hold it
  bool needsScene = true;            // camera and background have to be solved for it
};

/// The layers of a job with their files: the first under the job's output name, others as NAME.LAYER.ENDING beside it.
/// Errors: kUsage (unknown layer, preset or ending, a preset that the ending cannot hold).
core::Result<std::vector<LayerPlan>> planDelivery(const core::Job& job);

/// Pictures to ask the engine for.
core::DraftRequest requestFor(const std::vector<std::string>& layers);
/// The picture of a layer as its encoder takes it; empty when the engine gave none.
core::Picture pictureOf(const core::DraftFrame& frame, const LayerPlan& plan);

/// How a layer's pieces are written, from its first picture.
core::WriteOptions writeOptionsFor(const core::Job& job, const core::ClipInfo& plate, core::FrameRange range,
                                   const LayerPlan& plan, const core::Picture& picture);
/// How the pieces are joined: as they were written, with audio and timecode.
core::Result<core::WriteOptions> joinOptionsFor(const core::Job& job, const core::ClipInfo& plate, core::FrameRange range,
                                                const LayerPlan& plan, const std::string& firstPiece);

/// A small 8-bit RGB picture for a queue's thumbnail.
core::Picture previewOf(const core::Picture& picture, int maxWidth);

/// Sidecar path of a delivery: PATH.json; of a pattern: its name without the number.
std::string recordPathFor(const std::string& path);

}  // namespace pai::worker
