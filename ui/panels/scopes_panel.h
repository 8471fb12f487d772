// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QTimer>
#include <QWidget>

#include "ui/panels/scope_math.h"

class QComboBox;
class QLabel;

namespace pai::ui {

/// Waveform, parade, vectorscope or histogram of the viewer's picture. Drawn beside the GUI thread; the latest picture wins;
/// of quick pictures a few a second; nothing is done while it is hidden.
class ScopesPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ScopesPanel(QWidget* parent = nullptr);
  ScopeKind kind() const;
  const QImage& scope() const { return m_scope; }
  const ScopeLevels& levels() const { return m_levels; }
  /// Whether the scope is of a picture that the viewer has dimmed: it is dimmed too, and says so.
  bool isOlder() const { return m_older; }
  /// Whether it is of a picture that was keyed quickly.
  bool isQuick() const { return m_quick; }

 public slots:
  /// `quick`: not to be judged; the scope says so.
  void setPicture(const QImage& picture, bool quick = false);
  /// The viewer's picture is not the one that is wanted, until the next.
  void setCovered(bool covered);

 signals:
  void drawn();

 protected:
  void showEvent(QShowEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  class View;
  void draw();
  void setOlder(bool older);
  void showWords();
  QComboBox* m_kind;
  View* m_view;
  QLabel* m_words;
  QImage m_picture, m_scope;
  ScopeLevels m_levels;
  QTimer m_quickAgain;        // runs while the next quick picture waits for its turn
  bool m_quickWaits = false;  // it is there
  bool m_running = false, m_again = false, m_covered = false, m_older = false;
  bool m_pictureQuick = false, m_quick = false;  // the newest picture, and the one that was drawn
};

}  // namespace pai::ui
