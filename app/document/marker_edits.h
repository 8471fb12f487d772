// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QString>

#include "app/document/document.h"

namespace pai::app {

/// Adds a marker at a frame of the shot's plate as one act and returns its identity; where one stands already, that one's.
/// nullopt: there is no such shot.
std::optional<core::Id> addMarker(Document& document, const core::Id& shot, core::FrameIndex sourceFrame);
/// Moves a marker to another frame of the plate; moves with the same `mergeKey` are one act until it ends. False, and nothing
/// changes, where another marker stands there or this one is not found.
bool moveMarker(Document& document, const core::Id& shot, const core::Id& marker, core::FrameIndex sourceFrame, const QString& mergeKey = {});
/// Gives a marker the name, note and colour of another value, as one act.
void editMarker(Document& document, const core::Id& shot, const core::Marker& edited);
void removeMarker(Document& document, const core::Id& shot, const core::Id& marker);
/// nullptr where there is none.
const core::Marker* findMarker(const core::Shot& shot, const core::Id& marker);
const core::Marker* markerAt(const core::Shot& shot, core::FrameIndex sourceFrame);

}  // namespace pai::app
