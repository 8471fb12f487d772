// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include "app/document/document.h"

namespace pai::app {

/// Bytes that may be written into a folder; nothing where that is not known. From any thread.
using FreeBytesFn = std::function<std::optional<qint64>(const QString& folder)>;
std::optional<qint64> freeBytesOf(const QString& folder);

/// Copies the project with all that it refers to into `folder` in the background: media, its colour configuration with the
/// tables that it names, its takes with their ledger and what finishing them again needs; the copy names them relative to
/// itself. `measured` is called on `owner`'s thread with the bytes to copy before the first is, `done` at the end, with what
/// stayed where it is because it is missing; neither when it is gone. The open project stays as it is. Errors: kDiskFull before
/// anything is copied where the room does not suffice; those of core::collectProject, which leave nothing behind.
void collectProject(const Document& document, const QString& folder, QObject* owner,
                    std::function<void(qint64 bytes)> measured, std::function<void(const core::Result<QStringList>& missing)> done,
                    FreeBytesFn freeBytes = freeBytesOf);

}  // namespace pai::app
