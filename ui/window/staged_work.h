// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <functional>

#include <QTimer>
#include <QWidget>

namespace pai::ui {

/// Work of a window that its first paint does not need. It begins when the window has been painted and goes on piece by piece between
/// events; at the first key, click or drop, and wherever the work is asked for, what is left is done at once.
class StagedWork : public QObject {
  Q_OBJECT
 public:
  explicit StagedWork(QWidget& window);

  /// Pieces are done in the order in which they are added.
  void add(std::function<void()> piece);
  /// Does the pieces that are left. Within a piece: nothing.
  void finish();
  bool isFinished() const { return m_pieces.empty(); }

 signals:
  /// The last piece has been done.
  void finished();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void doNext();
  void doPiece();

  QWidget& m_window;
  QTimer m_turn;
  std::deque<std::function<void()>> m_pieces;
  bool m_working = false;
};

}  // namespace pai::ui
