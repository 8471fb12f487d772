// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QStringList>

#include "app/document/document.h"
#include "app/document/media_catalog.h"

namespace pai::app {

/// Kind of a file by its ending; sequences are named by a %04d pattern. nullopt: nothing we import.
std::optional<core::MediaKind> kindOfFile(const QString& path);

/// What a chosen file stands for: the %0Nd pattern of a numbered frame with eight or more siblings, or the file itself.
QString mediaPathOf(const QString& file);

/// Adds files to the project as one act; files already there are not added twice. Numbered frames with eight or more siblings
/// become one sequence. Gives the identity of each file, in order; unknown kinds are left out.
std::vector<core::Id> importMedia(Document& document, const QStringList& files);

/// Adds a shot of the whole clip at the end of the timeline as one act.
core::Id addShot(Document& document, const MediaCatalog& catalog, const core::Id& plate);

}  // namespace pai::app
