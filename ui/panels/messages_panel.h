// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QListWidget;
class QStackedWidget;

namespace pai::ui {

enum class MessageKind { kInfo, kWarning, kError };

/// What the program had to say, newest first; a message stays until it is cleared.
class MessagesPanel : public QWidget {
  Q_OBJECT
 public:
  explicit MessagesPanel(QWidget* parent = nullptr);
  void add(MessageKind kind, const QString& text);
  int count() const;

 signals:
  void added(pai::ui::MessageKind kind, const QString& text);

 private:
  QListWidget* m_list;
  QStackedWidget* m_stack;
};

}  // namespace pai::ui
