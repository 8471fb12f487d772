// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pai::app {

/// A note to the user that core or a worker wrote in English (a clip's, a scene's, a camera's or a project's warning), in the user's
/// language with its numbers and names; one that is not known here stays as it is.
QString noteText(const QString& english);

/// What the solved camera is called for a prompt (its motion, angle or lens), in the user's language: to read, not for the prompt, which
/// keeps the words the models were taught. What was written by others stays as it is.
QString cameraText(const QString& english);

}  // namespace pai::app
