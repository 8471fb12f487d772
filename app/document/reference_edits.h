// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QString>

#include "app/document/document.h"

namespace pai::app {

/// References a shot may hold.
inline constexpr std::size_t kMaxReferences = 16;

/// Frames of a shot that stand for its begin, middle ((n - 1) / 2, halves up) and end.
std::int64_t beginFrame(const core::FrameRange& range);
std::int64_t middleFrame(const core::FrameRange& range);
std::int64_t endFrame(const core::FrameRange& range);

/// The anchor of a frame of the shot (0 = first) as a fixed frame of its source.
core::Anchor frameAnchor(const core::FrameRange& range, core::FrameIndex shotFrame);
/// "Begin", "Middle", "End" or "Frame 42" (of the shot).
QString anchorText(const core::Anchor& anchor, const core::FrameRange& range);

/// Adds a reference as one act and returns its identity; nullopt when the shot has kMaxReferences already.
std::optional<core::Id> addReference(Document& document, const core::Id& shot, const core::Id& media,
                                     const core::Anchor& anchor);
/// Adds a copy of a reference at another anchor.
std::optional<core::Id> copyReference(Document& document, const core::Id& shot, const core::Id& reference,
                                      const core::Anchor& anchor, const QString& mergeKey = {});
void moveReference(Document& document, const core::Id& shot, const core::Id& reference, const core::Anchor& anchor,
                   const QString& mergeKey = {});
void removeReference(Document& document, const core::Id& shot, const core::Id& reference);
void setReferenceStrength(Document& document, const core::Id& shot, const core::Id& reference, double strength,
                          const QString& mergeKey = {});
/// Changes any property of a reference as one act.
void editReference(Document& document, const core::Id& shot, const core::Id& reference, const QString& text,
                   const std::function<void(core::Reference&)>& change, const QString& mergeKey = {});
const core::Reference* findReference(const core::Shot& shot, const core::Id& reference);

}  // namespace pai::app
