// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QWidget>

#include "ui/panels/scope_math.h"

class QComboBox;
class QLabel;

namespace pai::ui {

/// Waveform, parade, vectorscope or histogram of the viewer's picture. Drawn beside the GUI thread; the latest picture wins;
/// nothing is done while it is hidden.
class ScopesPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ScopesPanel(QWidget* parent = nullptr);
  ScopeKind kind() const;
  const QImage& scope() const { return m_scope; }
  const ScopeLevels& levels() const { return m_levels; }

 public slots:
  void setPicture(const QImage& picture);

 signals:
  void drawn();

 protected:
  void showEvent(QShowEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  class View;
  void draw();
  QComboBox* m_kind;
  View* m_view;
  QLabel* m_words;
  QImage m_picture, m_scope;
  ScopeLevels m_levels;
  bool m_running = false, m_again = false;
};

}  // namespace pai::ui
