// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/transport.h"

#include <algorithm>

#include <QCoreApplication>

#include "ui/window/actions.h"

namespace pai::ui {
namespace {

struct Transport {
  Q_DECLARE_TR_FUNCTIONS(Transport)
};

}  // namespace

void connectTransport(const Actions& a, app::Playback& playback) {
  app::Playback* p = &playback;
  QObject::connect(a.play, &QAction::triggered, p, &app::Playback::togglePlay);
  QObject::connect(a.playBackward, &QAction::triggered, p, [p] { p->shuttle(-1); });
  QObject::connect(a.playForward, &QAction::triggered, p, [p] { p->shuttle(1); });
  QObject::connect(a.pause, &QAction::triggered, p, &app::Playback::pause);
  QObject::connect(a.stepBack, &QAction::triggered, p, [p] { p->step(-1); });
  QObject::connect(a.stepForward, &QAction::triggered, p, [p] { p->step(1); });
  QObject::connect(a.goBegin, &QAction::triggered, p, [p] { p->seek(p->playRange().begin.value); });
  QObject::connect(a.goEnd, &QAction::triggered, p, [p] { p->seek(p->playRange().end.value - 1); });
  QObject::connect(a.loop, &QAction::toggled, p, &app::Playback::setLoop);
  QObject::connect(a.markIn, &QAction::triggered, p, [p] {
    const auto end = p->marked().empty() ? core::FrameIndex{p->frames()} : p->marked().end;
    p->setMarked({p->frame(), std::max(end, p->frame() + 1)});
  });
  QObject::connect(a.markOut, &QAction::triggered, p, [p] {
    const auto begin = p->marked().empty() ? core::FrameIndex{0} : p->marked().begin;
    p->setMarked({std::min(begin, p->frame()), p->frame() + 1});
  });
  QObject::connect(a.clearMarks, &QAction::triggered, p, [p] { p->setMarked({}); });
}

void connectUndo(const Actions& a, QUndoStack& undo) {
  QObject::connect(&undo, &QUndoStack::canUndoChanged, a.undo, &QAction::setEnabled);
  QObject::connect(&undo, &QUndoStack::canRedoChanged, a.redo, &QAction::setEnabled);
  QObject::connect(&undo, &QUndoStack::undoTextChanged, a.undo,
          [action = a.undo](const QString& text) { action->setText(text.isEmpty() ? Transport::tr("&Undo") : Transport::tr("&Undo: %1").arg(text)); });
  QObject::connect(&undo, &QUndoStack::redoTextChanged, a.redo,
          [action = a.redo](const QString& text) { action->setText(text.isEmpty() ? Transport::tr("&Redo") : Transport::tr("&Redo: %1").arg(text)); });
  QObject::connect(a.undo, &QAction::triggered, &undo, &QUndoStack::undo);
  QObject::connect(a.redo, &QAction::triggered, &undo, &QUndoStack::redo);
}

}  // namespace pai::ui
