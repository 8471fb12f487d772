// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/base/stop.h"
#include "core/draft/background.h"
#include "core/draft/light_match.h"
#include "core/draft/repair_facts.h"
#include "core/media/clip_reader.h"

namespace pai::core {

/// Which pictures of a frame are wanted.
struct DraftRequest {
  int divisor = 1;  // 1 full size, 2 half, 4 quarter
  bool composite = true, background = false, foreground = false, matte = false, shadow = false;
  bool alone = false;  // at once: a key steadied by no frame before, no repairs from neighbours
  bool quick = false;  // a composite to be looked at while it moves: as `alone`, by a quick key, over a small background; no final picture
  std::int64_t next = 0;  // how many of the frames after it will be asked for in turn: their cutouts are made on other threads meanwhile
  StopToken stop;  // polled between the stages of a frame and in long ones
  std::string proxy;  // of the plate, see `proxyOf`: read where it is as large as what is asked for `alone`; "": none
};

/// Pictures of one frame, RGB or grey kU8 (kU16/kF32 when the plate has more than 8 bits), delivered transfer.
/// `foreground` is straight (unpremultiplied), despilled and relit; `matte` is one channel, linear coverage.
struct DraftFrame {
  Picture composite, background, foreground, matte, shadow;
  std::vector<RepairFacts> repairs;  // of the matte, where it was asked for itself or under composite, foreground or shadow
};

/// What a frame's matte looks like, for the report strip (issue 3, point 3).
struct MatteReportFrame {
  double coverage = 0.0;   // mean alpha
  double holes = 0.0;      // area of holes in the subject, fraction of its area
  double chatter = 0.0;    // change of alpha in the edge band against the motion-compensated previous frame, 0..1
  double spill = 0.0;      // fraction of the edge band with screen colour left
  double edgeWidth = 0.0;  // pixels at the shot's size
  bool needsLook = false;
  std::vector<RepairFacts> repairs;  // the measures above are of the repaired matte
};

/// Instant engine without weights: key, despill, background, light, finish. Stages are cached by their inputs:
/// changing a key setting does not solve the camera again. Thread: one at a time.
class DraftEngine {
 public:
  virtual ~DraftEngine() = default;
  /// Opens plate and references of a job's shot (by value). Errors of the readers; kReferenceOutside.
  static Result<std::unique_ptr<DraftEngine>> open(const Job& job);
  /// Takes a changed shot of the same plate; keeps every stage whose inputs did not change.
  virtual Status update(const Job& job) = 0;
  /// Solves what has to be solved (screen model, camera, scene, light); polls stop.
  virtual Status prepare(const StopToken& stop, const ProgressFn& progress) = 0;
  /// Solves the camera alone; `prepare` goes on from it. Polls stop.
  virtual Status solveCamera(const StopToken& stop, const ProgressFn& progress) = 0;
  /// Takes a camera that was solved before from the same inputs: `prepare` does not solve it again. kFieldInvalid when it is
  /// none of this shot's: size, frames and references differ.
  virtual Status takeCamera(CameraCurve camera) = 0;
  /// After `prepare`, for a shot that will not change and is drawn at full size in the order of its frames: frees what only solving,
  /// smaller pictures and frames out of turn need, the references' pictures foremost. `camera` no longer has its warps then. A later
  /// `update` reads the files anew.
  virtual void releaseSources() = 0;
  /// A frame of the shot. kCancelled once its stop is requested; what was made on the way serves the next. Before `prepare`, background stages fall back to the nearest reference, unmoved.
  virtual Result<DraftFrame> render(FrameIndex frame, const DraftRequest& request) = 0;
  virtual const ClipInfo& plate() const = 0;
  virtual std::int64_t frames() const = 0;
  virtual const CameraCurve& camera() const = 0;
  /// What the light of each frame is changed by, as `prepare` measured it; empty before.
  virtual const LightCurve& light() const = 0;
  virtual Result<MatteReportFrame> matteReport(FrameIndex frame) = 0;
  /// What is, or would be if it were not refused, repaired in a frame's matte, as `render` says it with its pictures.
  virtual Result<std::vector<RepairFacts>> matteRepairs(FrameIndex frame) = 0;
  virtual std::vector<std::string> warnings() const = 0;
};

}  // namespace pai::core
