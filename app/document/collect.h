// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "app/document/document.h"

namespace pai::app {

/// Copies the project with all that it refers to into `folder` in the background: media, its colour configuration with the tables
/// that it names, the ledger of its takes; the copy names them relative to itself. `done` is called on `owner`'s thread unless it
/// is gone, with what stayed where it is because it is missing. The open project stays as it is. Errors: kFileUnwritable (a
/// project of that name is there), those of core::collectMedia.
void collectProject(const Document& document, const QString& folder, QObject* owner,
                    std::function<void(const core::Result<QStringList>& missing)> done);

}  // namespace pai::app
