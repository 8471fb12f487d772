// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "app/document/document.h"

namespace pai::app {

/// Points of an outline, at most.
inline constexpr std::size_t kMaxShapePoints = 256;

/// A layer of a shot; nullptr when it is not there.
const core::MatteLayer* findLayer(const core::Shot& shot, const core::Id& layer);
/// The outline's own points at a frame of the plate, between keyframes interpolated; empty for no outline.
std::vector<core::MattePoint> shapeAt(const core::MatteLayer& layer, core::FrameIndex sourceFrame);
/// Where a keyframe stands on that frame; nullptr when there is none.
const core::MatteShapeKey* shapeKeyAt(const core::MatteLayer& layer, core::FrameIndex sourceFrame);

/// Adds an outline layer with one keyframe as one act; gives its identity. nullopt for fewer than three points.
std::optional<core::Id> addShape(Document& document, const core::Id& shot, core::MatteOperation operation,
                                 const std::vector<core::MattePoint>& points, core::FrameIndex sourceFrame);
/// Adds an outline that is off, and so no part of the matte: a region to splice takes by.
std::optional<core::Id> addRegion(Document& document, const core::Id& shot, const std::vector<core::MattePoint>& points,
                                  core::FrameIndex sourceFrame);
/// Sets the outline at a frame: its keyframe there, made when there is none. As many points as the outline has.
void setShape(Document& document, const core::Id& shot, const core::Id& layer, core::FrameIndex sourceFrame,
              const std::vector<core::MattePoint>& points, const QString& text, const QString& mergeKey = {});
/// Adds a point on the edge behind point `after`, at the fraction `part` of the edge, in every keyframe.
void insertShapePoint(Document& document, const core::Id& shot, const core::Id& layer, std::size_t after, double part);
/// Takes a point out of every keyframe; an outline keeps three.
void removeShapePoint(Document& document, const core::Id& shot, const core::Id& layer, std::size_t point);
/// Sets a keyframe with the outline as it is at a frame, or removes the one there (the last one stays).
void addShapeKey(Document& document, const core::Id& shot, const core::Id& layer, core::FrameIndex sourceFrame);
void removeShapeKey(Document& document, const core::Id& shot, const core::Id& layer, core::FrameIndex sourceFrame);

}  // namespace pai::app
