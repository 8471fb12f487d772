// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QSize>

#include "app/document/document.h"
#include "app/document/media_catalog.h"

namespace pai::app {

/// The shot with another range of its plate. References and outlines keep their frames of the plate. Camera keyframes stay on
/// the pictures they were set on: they are counted, and measured, from the new first frame. `before` is the range the shot
/// covers now, `solved` its camera there (may be empty), `size` the delivered frame.
core::Shot trimmedShot(core::Shot shot, const core::FrameRange& before, const core::FrameRange& after,
                       const std::vector<CameraFacts>& solved, QSize size);

/// Cuts a shot in two before frame `at` (of the shot) as one act; gives the identity of the second part. nullopt when the cut
/// would leave an empty part.
std::optional<core::Id> splitShot(Document& document, const MediaCatalog& catalog, const core::Id& shot, core::FrameIndex at,
                                  const std::vector<CameraFacts>& solved);

/// Sets the range of its plate that a shot covers, within the plate and at least one frame long. Acts of one drag merge by
/// `mergeKey`; `original` is the shot before the drag.
void trimShot(Document& document, const MediaCatalog& catalog, const core::Shot& original, core::FrameRange range,
              const std::vector<CameraFacts>& solved, const QString& mergeKey = {});

/// Puts a shot at a place of the sequence (0 = first; counted without it) as one act.
void moveShot(Document& document, const core::Id& shot, std::size_t place);

/// Notes frames of the plate as reviewed, or, where all of them are, as not reviewed any more, as one act.
void toggleReviewed(Document& document, const core::Id& shot, const core::FrameRange& range);
/// True when a frame of the plate was reviewed.
bool isReviewed(const core::Shot& shot, core::FrameIndex sourceFrame);

}  // namespace pai::app
