// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <opencv2/core.hpp>

#include "core/base/result.h"
#include "core/base/stop.h"

namespace pai::core {

/// Means over frames of a result measured against the real footage; RGB and luma in [0, 1]. A measure with no pixels to stand
/// on (no flow area in a one-frame clip, no subject) is absent.
struct Scores {
  std::int64_t frames = 0;
  double mse = 0.0, psnr = 0.0, ssim = 0.0;
  std::optional<double> mseBackground, mseForeground;   // matte < 0.1, matte > 0.9
  std::optional<double> motionConsistency, flowEpe, gtFlow;
  std::optional<double> flickerResult, flickerGt;       // `flicker` is their difference
  std::optional<double> edgeGradientError, greenSpill;  // within 6 px of the matte's 0.5 contour
};

/// One frame of each clip, CV_8UC3, BGR, same size.
struct ScoreFrame {
  cv::Mat gt, result, matte;
};

/// Adds frames in order; measures as defined in shared/tools/score_restore.py. Holds one frame back for motion.
class Scorer {
 public:
  Scorer();
  ~Scorer();
  Scorer(const Scorer&) = delete;
  Scorer& operator=(const Scorer&) = delete;
  /// kSizeMismatch unless the three pictures have one size, the first frame's, of at least 11 x 11.
  Status add(const ScoreFrame& frame);
  Scores scores() const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// Gives the next frame, or nothing at the end.
using ScoreFrameSource = std::function<Result<std::optional<ScoreFrame>>()>;

/// Scores a stream of frames. Errors: the source's, kSizeMismatch, kCancelled.
Result<Scores> score(const ScoreFrameSource& next, const StopToken& stop = {});

/// Scores a result clip against the real clip under its matte. Errors: the readers', kSizeMismatch, kCancelled.
Result<Scores> scoreClips(const std::string& gt, const std::string& result, const std::string& matte,
                          const StopToken& stop = {}, const ProgressFn& progress = {});

/// Measures by the names the script prints, in its order, 7 decimals, as JSON text.
std::string scoresJson(const Scores& scores);

}  // namespace pai::core
