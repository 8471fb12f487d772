// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/prompt.h"
#include "core/base/time.h"

namespace pai::core {

/// Version of the project file this build writes.
inline constexpr int kProjectVersion = 1;

/// Stable identity of a media item, shot, reference or matte layer within a project; never reused.
using Id = std::string;

enum class MediaKind { kClip, kSequence, kImage };

/// One file (or %04d pattern) known to the project. `path` is relative to the project where it can be.
struct Media {
  Id id;
  std::string name;
  std::string path;
  MediaKind kind = MediaKind::kClip;
  std::string sha256;  // content hash for relinking; empty until computed
  std::int64_t sizeBytes = 0;
  std::string colourSpace;       // input transform: "srgb", "rec709", "linear", "pq", "hlg", a camera log or an OpenColorIO name; "" = as tagged
  std::optional<FrameRate> rate;  // for sequences and overrides
  nlohmann::json extra = nlohmann::json::object();  // unknown fields, kept on a round trip
  bool operator==(const Media&) const = default;
};

/// Where a reference belongs in time.
enum class AnchorKind { kBegin, kMiddle, kEnd, kFrame };
struct Anchor {
  AnchorKind kind = AnchorKind::kBegin;
  FrameIndex frame;  // of the shot's SOURCE clip, so that it survives a trim; used with kFrame only
  bool operator==(const Anchor&) const = default;
};

enum class Fit { kFill, kFit, kStretch };
struct Reference {
  Id id;
  Id media;
  Anchor anchor;
  Fit fit = Fit::kFill;
  double strength = 1.0;  // [0, 1]
  // framing in place: offset as a fraction of the frame, uniform scale, degrees
  double offsetX = 0.0, offsetY = 0.0, scale = 1.0, rotationDegrees = 0.0;
  nlohmann::json extra = nlohmann::json::object();
  bool operator==(const Reference&) const = default;
};

struct KeySettings {
  enum class Screen { kAuto, kGreen, kBlue, kColour };
  Screen screen = Screen::kAuto;
  std::array<double, 3> colour{0.0, 1.0, 0.0};  // linear RGB, used with kColour
  double clipBlack = 0.0, clipWhite = 1.0;       // alpha levels
  double gamma = 1.0;
  double despill = 1.0;        // [0, 1]
  double grow = 0.0;           // pixels at the shot's size, negative shrinks
  double despot = 0.0;         // pixels
  double fillHoles = 0.0;      // pixels
  double edgeRefine = 0.5;     // [0, 1], guided filter
  double temporal = 0.25;      // [0, 1]
  bool removeMarkers = true;
  bool operator==(const KeySettings&) const = default;
};

/// A point of a polygon or spline; fractions of the frame.
struct MattePoint {
  double x = 0.0, y = 0.0;
  bool operator==(const MattePoint&) const = default;
};
/// How what a keyframe sets goes on to the next one: in a curve that rests at turns and ends, in a straight line, or not at all until the next.
enum class KeyInterpolation { kSmooth, kLinear, kHold };

/// The outline at one frame; outlines are interpolated between keyframes.
struct MatteShapeKey {
  FrameIndex frame;
  std::vector<MattePoint> points;
  KeyInterpolation interpolation = KeyInterpolation::kLinear;
  nlohmann::json extra = nlohmann::json::object();
  bool operator==(const MatteShapeKey&) const = default;
};

enum class MatteSource { kKey, kExternal, kAlpha, kShape, kPaint };
enum class MatteOperation { kAdd, kSubtract, kIntersect };
/// One layer of the matte stack, combined bottom to top.
struct MatteLayer {
  Id id;
  std::string name;
  bool enabled = true;
  MatteSource source = MatteSource::kKey;
  MatteOperation operation = MatteOperation::kAdd;
  KeySettings key;                   // kKey
  Id media;                          // kExternal, kPaint (image per frame)
  FrameIndex frame;                  // kPaint: the frame it was painted for
  std::vector<MatteShapeKey> shape;  // kShape
  bool closedSpline = false;         // kShape: smooth spline instead of polygon
  double feather = 0.0;              // pixels at the shot's size
  bool invert = false;
  nlohmann::json extra = nlohmann::json::object();
  bool operator==(const MatteLayer&) const = default;
};

/// A hand-set camera value: pan, tilt in pixels at the shot's size, zoom factor, roll in degrees, all against the first frame.
struct CameraKey {
  FrameIndex frame;
  double pan = 0.0, tilt = 0.0, zoom = 1.0, roll = 0.0;
  KeyInterpolation interpolation = KeyInterpolation::kSmooth;
  nlohmann::json extra = nlohmann::json::object();
  bool operator==(const CameraKey&) const = default;
};
struct CameraSettings {
  enum class Source { kAuto, kPlate, kReferences, kClip, kLocked };
  Source source = Source::kAuto;
  Id clip;                      // kClip: footage of the real set, used for the camera only
  double smoothing = 0.25;      // [0, 1]
  std::vector<CameraKey> keys;  // hand keyframes always win
  bool operator==(const CameraSettings&) const = default;
};

struct LightSettings {
  bool relight = true;
  double strength = 0.7;   // [0, 1]
  double gradient = 0.5;   // directional part, [0, 1]
  double blacks = 0.5;     // how far the subject's blacks are brought to the scene's, [0, 1]
  double shadow = 1.0;     // the subject's own shadow kept, [0, 1]
  double contactShadow = 0.0;
  double castShadow = 0.5;       // thrown by the scene's key light, [0, 1]; up to 0.5 only where the scene has such shadows
  double castShadowTurn = 0.0;   // degrees clockwise from where the scene's fall, [-180, 180]
  double castShadowLength = 1.0; // over the length found, [0.1, 4]
  double lightWrap = 0.15;
  double grain = 1.0;
  double defocus = 0.0;     // pixels of background blur, added
  bool operator==(const LightSettings&) const = default;
};

struct ReviewedRange {
  FrameRange range;
  std::string note;
  nlohmann::json extra = nlohmann::json::object();
  bool operator==(const ReviewedRange&) const = default;
};

enum class MarkerColour { kBlue, kCyan, kGreen, kYellow, kRed, kPink, kPurple };
/// A moment of a shot that somebody wants to come back to.
struct Marker {
  Id id;
  FrameIndex frame;  // of the shot's SOURCE clip, so that it survives a trim
  std::string name, note;
  MarkerColour colour = MarkerColour::kBlue;
  nlohmann::json extra = nlohmann::json::object();
  bool operator==(const Marker&) const = default;
};

/// A part of the frame, in fractions of it.
struct FrameBox {
  double left = 0.0, top = 0.0, right = 0.0, bottom = 0.0;
  bool operator==(const FrameBox&) const = default;
};
/// A repair of the matte that is not wanted: the one found there.
struct RefusedRepair {
  FrameIndex frame;  // of the shot's SOURCE clip, so that it survives a trim
  FrameBox box;
  nlohmann::json extra = nlohmann::json::object();
  bool operator==(const RefusedRepair&) const = default;
};
/// Whether holes and one-frame drop-outs of the matte are repaired from the frames beside them, and where not.
struct MatteRepairs {
  bool enabled = true;
  std::vector<RefusedRepair> refused;
  bool operator==(const MatteRepairs&) const = default;
};
/// True when a repair found in `box` of a frame of the source clip is one that was refused: half of the smaller box is common,
/// since what is found moves a little with the settings of the matte.
bool isRefused(const MatteRepairs& repairs, FrameIndex frame, const FrameBox& box);

struct DeliverySettings {
  std::string preset = "h264";  // h264, hevc10, prores422hq, prores4444, ffv1, png, exr
  std::string naming = "{project}_{shot}_v{version}";
  int width = 0, height = 0;    // 0: the plate's
  bool audio = true;
  std::vector<std::string> layers{"composite"};  // composite, background, foreground, matte
  std::string colourSpace;      // as Media::colourSpace; "" = the plate's (EXR: linear)
  bool operator==(const DeliverySettings&) const = default;
};

/// Engine and its settings for renders of a shot.
struct RenderSettings {
  std::string engine = "draft";  // "draft" or a pack's name
  int width = 0, height = 0;     // 0: the plate's
  int steps = 0;                 // 0: the pack's default
  double guidance = -1.0;        // < 0: the pack's default
  std::uint64_t seed = 1;
  bool operator==(const RenderSettings&) const = default;
};

/// One shot: a range of a plate and all that belongs to it.
struct Shot {
  Id id;
  std::string name;
  Id plate;
  FrameRange range;  // of the plate; empty = the whole clip
  std::vector<Reference> references;
  std::vector<MatteLayer> matte;
  MatteRepairs repairs;
  CameraSettings camera;
  LightSettings light;
  StructuredPrompt prompt;
  RenderSettings render;
  DeliverySettings delivery;
  std::vector<ReviewedRange> reviewed;
  std::vector<Marker> markers;
  std::string notes;
  nlohmann::json extra = nlohmann::json::object();
  bool operator==(const Shot&) const = default;
};

/// A whole project: values only, no files open. Saved as JSON (assets/schemas/project.schema.json).
struct Project {
  std::string name;
  std::vector<Media> media;
  std::vector<Shot> shots;
  std::string ocioConfig;  // path, relative to the project, or empty
  nlohmann::json extra = nlohmann::json::object();
  bool operator==(const Project&) const = default;

  const Media* findMedia(const Id& id) const;
  const Shot* findShot(const Id& id) const;
  Shot* findShot(const Id& id);
};

/// Frame of the shot (0 = its first) at which a reference stands; nullopt when the anchor lies outside the range.
std::optional<FrameIndex> resolveAnchor(const Anchor& anchor, const FrameRange& range);

/// A new identity that does not occur in the project: `prefix` + number.
Id newId(const Project& project, const std::string& prefix);

}  // namespace pai::core
