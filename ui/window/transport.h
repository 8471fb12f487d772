// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUndoStack>

#include "app/document/playback.h"

namespace pai::ui {

class Actions;

/// Connects the commands that play, step, loop and mark.
void connectTransport(const Actions& actions, app::Playback& playback);

/// Connects undo and redo; their words say what would be undone.
void connectUndo(const Actions& actions, QUndoStack& undo);

}  // namespace pai::ui
