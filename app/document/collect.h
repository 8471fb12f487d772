// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "app/document/document.h"

namespace pai::app {

/// Copies the project and every media file into `folder` (media/ beneath it) in the background; the copy names them relative
/// to itself. `done` is called on `owner`'s thread unless it is gone. The open project stays as it is.
void collectProject(const Document& document, const QString& folder, QObject* owner,
                    std::function<void(const core::Status&)> done);

}  // namespace pai::app
