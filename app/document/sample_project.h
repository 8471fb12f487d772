// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QObject>
#include <QString>

#include "core/base/result.h"

namespace pai::app {

/// Folder of the sample's manifest and media for a program in `programFolder`: installed under share, or among the sources
/// that hold the build folder. "" where neither is.
QString sampleFolder(const QString& programFolder);

/// Gives the user's own project of the sample in `into`, made from the manifest where it is not there yet; its media stay
/// where they are. A copy whose media went away is left alone and another one is made. Errors: of applyManifest and
/// saveProject, kFileUnwritable.
core::Result<QString> makeSampleProject(const QString& sampleFolder, const QString& into);

/// The same in the background; `done` is called on the GUI thread unless `owner` is gone.
void makeSampleProject(const QString& sampleFolder, const QString& into, QObject* owner,
                       std::function<void(const core::Result<QString>&)> done);

}  // namespace pai::app
