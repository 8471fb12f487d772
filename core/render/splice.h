// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/base/project.h"
#include "core/base/result.h"

namespace pai::core {

/// In the directory of a job that joins takes, beside job.json.
inline constexpr const char* kSpliceFile = "splice.json";

/// A take as a file, and the frame of the shot that its first picture shows.
struct SpliceTake {
  Id take;
  std::string path;    // absolute
  FrameIndex begin;
  std::string colourSpace;  // that it was delivered in, as Job::colourSpace; "" = the plate's
  bool operator==(const SpliceTake&) const = default;
};

/// One take with a part of another in it. Outside range, region and feather every picture is the base's, bit by bit where it is
/// delivered in the base's colour space.
struct Splice {
  SpliceTake base;
  std::optional<SpliceTake> insert;  // none: the base as it is, in another codec
  FrameRange range;                  // of the shot, where the insert is seen
  std::int64_t featherFrames = 0;    // of the range, at each end that lies inside the base: from one take to the other
  std::optional<MatteLayer> region;  // an outline (kShape) of the insert's place; none: the whole frame
  double featherPixels = 0.0;        // across the outline, half on either side
  bool operator==(const Splice&) const = default;
};

nlohmann::json spliceJson(const Splice& splice);
/// Errors: kJsonInvalid, kFieldInvalid.
Result<Splice> parseSplice(std::string_view json, const std::string& fileName);

/// How much of the insert is seen in a frame of the shot, 0 to 1, before the region.
double spliceWeight(const Splice& splice, FrameRange base, FrameIndex frame);

}  // namespace pai::core
