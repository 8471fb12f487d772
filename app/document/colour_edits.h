// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "app/document/document.h"
#include "app/document/frame_source.h"

namespace pai::app {

/// Absolute path of the project's OpenColorIO configuration; "" without one.
QString configPath(const Document& document);

/// How the document's pictures come to the screen; exposure and gamma untouched.
ViewSetup viewSetupOf(const Document& document);

/// One act: the input transform of some media; "" = as tagged.
void setColourSpace(Document& document, const std::vector<core::Id>& media, const QString& space);
/// One act: the project's configuration; "" = none.
void setColourConfig(Document& document, const QString& path);

/// The user's viewer transform for a configuration ("": for none), as kept by `keepViewerTransform`; "" = the first, or as
/// coded. It belongs to the screen one works at and is no act of the project.
QString viewerTransformFor(const QString& config);
void keepViewerTransform(const QString& config, const QString& transform);

}  // namespace pai::app
