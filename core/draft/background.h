// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "core/base/project.h"
#include "core/base/result.h"
#include "core/base/stop.h"
#include "core/media/picture.h"

namespace pai::core {

/// A reference ready for use: its picture and the shot frame it stands at.
struct PlacedReference {
  Id id;
  FrameIndex frame;      // of the shot, 0 = first
  Picture picture;       // RGB, any sample type, in display (video) transfer unless colour says linear
  Fit fit = Fit::kFill;
  double strength = 1.0;
  double offsetX = 0.0, offsetY = 0.0, scale = 1.0, rotationDegrees = 0.0;
};

/// Gives the plate's picture at a frame (RGB, full size or smaller) and its matte (CV_32F, 0..1, 1 = subject; same size).
/// Used while solving only; called in any order, from the calling thread.
struct PlateAccess {
  std::int64_t frames = 0;
  cv::Size size;  // of the delivered frame
  std::function<Result<PicturePtr>(FrameIndex)> picture;
  std::function<Result<cv::Mat>(FrameIndex)> matte;
};

/// How the camera of a shot was found, for the user.
enum class CameraMethod { kLocked, kPlate, kClip, kReferences, kHand };

/// How one frame sees one reference: a pixel of the frame, moved by `toReference`, then by the mesh's residual, lies on the
/// reference as placed in its own frame (pixels of the delivered size).
struct ReferenceWarp {
  cv::Matx33d toReference = cv::Matx33d::eye();
  double confidence = 0.0;  // 0: unknown, follow `toFirst`; 1: seen directly
  cv::Mat mesh;             // CV_32FC2 residual at a coarse grid over the frame, or empty
};

/// The camera as the editor sees it: one sample a frame, against frame 0, in pixels of the delivered size.
struct CameraSample {
  double pan = 0.0, tilt = 0.0, zoom = 1.0, roll = 0.0;
  double errorPx = 0.0;       // residual of the solve at this frame, 0 when unknown
  cv::Matx33d toFirst = cv::Matx33d::eye();  // maps this frame's pixels to frame 0's pixels (dominant plane)
  double uncertaintyPx = 0.0;  // expected error of an inferred camera; 0 where it was measured
  std::vector<ReferenceWarp> references;  // in the order of CameraCurve::referenceIds; may be empty
};

/// Where a frame's camera stands: a point of space goes to `rotation * point + shift`; x right, y down, z ahead.
struct Pose {
  cv::Matx33d rotation = cv::Matx33d::eye();
  cv::Vec3d shift;
};

/// The camera in space, where the set fixed it: one lens, centred; space is the first frame's camera, in a unit of its own.
struct CameraSpace {
  double focalPx = 0.0;        // pixels of the delivered size
  double focalSpread = 0.0;    // its expected relative error
  double parallaxPx = 0.0;     // what a turning camera leaves of the set's motion (root mean square, worst frame): depth shows
  std::vector<Pose> poses;     // by frame, measured: neither smoothed nor keyed
  cv::Vec3d plane;             // the set's dominant plane: plane.dot(point) = 1
};

struct CameraCurve {
  CameraMethod method = CameraMethod::kLocked;
  cv::Size size;  // the delivered size all pixels refer to
  std::vector<CameraSample> samples;
  std::optional<CameraSpace> space;  // set when measured in space and not moved by hand keys
  std::vector<Id> referenceIds;  // the references the samples' warps belong to
  std::vector<std::string> warnings;
  std::string motionSentence;  // for camera_motion_analysis
  std::string angle;           // for camera_angle
  std::string focalLength;     // for focal_length
};

/// Finds the camera of the shot. `cameraClip` (footage of the real set, used for the camera only) may be null.
/// Long: minutes at most; polls `stop` (kCancelled). Bad input gives a locked or reference camera with a warning, not an error.
Result<CameraCurve> solveCamera(const CameraSettings& settings, const PlateAccess& plate, const PlateAccess* cameraClip,
                                const std::vector<PlacedReference>& references, const StopToken& stop,
                                const ProgressFn& progress);

/// The references as one scene the camera looks at. Immutable once built; `render` may be called from several threads.
class Background {
 public:
  virtual ~Background() = default;
  /// Registers references with each other and the camera, matches exposure, fills what no reference saw.
  static Result<std::shared_ptr<const Background>> build(const CameraCurve& camera, const PlateAccess& plate,
                                                         const std::vector<PlacedReference>& references,
                                                         const StopToken& stop, const ProgressFn& progress);
  /// The background of a frame at `size` (any size; the delivered aspect): CV_32FC3 RGB in the references' display transfer.
  virtual cv::Mat render(FrameIndex frame, cv::Size size) const = 0;
  /// Where `render` had to invent (1) or saw a reference (0): CV_8U, same size.
  virtual cv::Mat inventedMask(FrameIndex frame, cv::Size size) const = 0;
  virtual const std::vector<std::string>& warnings() const = 0;
  /// The same for pictures of this size, in less memory; the pictures are shared. Others it would draw coarser or too sharp.
  virtual std::shared_ptr<const Background> forSize(cv::Size size) const = 0;
};

}  // namespace pai::core
