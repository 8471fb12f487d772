// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/staged_work.h"

#include <utility>

#include <QCoreApplication>
#include <QEvent>

namespace pai::ui {

StagedWork::StagedWork(QWidget& window) : QObject(&window), m_window(window) {
  connect(&m_turn, &QTimer::timeout, this, &StagedWork::doNext);
  QCoreApplication::instance()->installEventFilter(this);
}

void StagedWork::add(std::function<void()> piece) { m_pieces.push_back(std::move(piece)); }

void StagedWork::finish() {
  while (!m_working && !m_pieces.empty()) doPiece();
}

void StagedWork::doPiece() {
  const auto piece = std::move(m_pieces.front());
  m_pieces.pop_front();
  m_working = true;
  piece();
  m_working = false;
  if (!m_pieces.empty()) return;
  m_turn.stop();
  QCoreApplication::instance()->removeEventFilter(this);
  emit finished();
}

void StagedWork::doNext() {
  if (!m_working && !m_pieces.empty()) doPiece();
}

bool StagedWork::eventFilter(QObject* watched, QEvent* event) {
  switch (event->type()) {
    case QEvent::Paint:
      if (watched == &m_window && !m_turn.isActive()) m_turn.start(0);
      break;
    case QEvent::KeyPress:
    case QEvent::ShortcutOverride:
    case QEvent::MouseButtonPress:
    case QEvent::DragEnter:
    case QEvent::TouchBegin:
    case QEvent::TabletPress:
      finish();
      break;
    default: break;
  }
  return false;
}

}  // namespace pai::ui
