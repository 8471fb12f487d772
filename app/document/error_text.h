// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "core/base/error.h"

namespace pai::app {

/// An error in the user's language: what went wrong, which file, what to do. The finding itself stays as reported.
QString errorText(const core::Error& error);
/// What went wrong, by code alone, e.g. "The file is missing".
QString errorTitle(core::ErrorCode code);
/// What the user can do about it.
QString errorRemedyText(core::ErrorCode code);

}  // namespace pai::app
