// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/messages_panel.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTime>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/inspector/controls.h"
#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

constexpr int kKept = 500;

QIcon iconOf(MessageKind kind) {
  switch (kind) {
    case MessageKind::kError: return icon(QStringLiteral("error"), colour::kAccent);
    case MessageKind::kWarning: return icon(QStringLiteral("warning"), colour::kAccent);
    case MessageKind::kInfo: break;
  }
  return icon(QStringLiteral("info"), colour::kDim);
}

/// Wraps a message within the room that the style's padding leaves.
class WrappedDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    QStyleOptionViewItem narrow = option;
    narrow.rect.setWidth(option.rect.width() - 4 * kGrid);
    const QSize size = QStyledItemDelegate::sizeHint(narrow, index);
    return {std::min(size.width(), option.rect.width()), size.height()};
  }
};

}  // namespace

MessagesPanel::MessagesPanel(QWidget* parent) : QWidget(parent), m_list(new QListWidget), m_stack(new QStackedWidget) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  auto* empty = emptyPage(tr("No messages."));
  // Whole messages, whatever width the panel has got.
  m_list->setItemDelegate(new WrappedDelegate(m_list));
  m_list->setWordWrap(true);
  m_list->setResizeMode(QListView::Adjust);
  m_list->setTextElideMode(Qt::ElideNone);
  m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_list->setAccessibleName(tr("Messages"));
  m_stack->addWidget(empty);
  m_stack->addWidget(m_list);
  layout->addWidget(m_stack, 1);
  auto* bar = new QHBoxLayout;
  bar->setContentsMargins(8, 4, 8, 4);
  auto* copy = new QToolButton;
  copy->setIcon(icon(QStringLiteral("copy")));
  copy->setToolTip(tr("Copy messages"));
  copy->setAccessibleName(copy->toolTip());
  auto* clear = new QToolButton;
  clear->setIcon(icon(QStringLiteral("trash")));
  clear->setToolTip(tr("Clear messages"));
  clear->setAccessibleName(clear->toolTip());
  bar->addStretch(1);
  bar->addWidget(copy);
  bar->addWidget(clear);
  layout->addLayout(bar);
  connect(copy, &QToolButton::clicked, this, [this] {
    QStringList lines;
    for (int i = 0; i < m_list->count(); ++i) lines << m_list->item(i)->text();
    QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
  });
  connect(clear, &QToolButton::clicked, this, [this] {
    m_list->clear();
    m_stack->setCurrentIndex(0);
  });
}

void MessagesPanel::add(MessageKind kind, const QString& text) {
  const QString line = QTime::currentTime().toString(QStringLiteral("hh:mm:ss")) + QStringLiteral("  ") + text;
  m_list->insertItem(0, new QListWidgetItem(iconOf(kind), line));
  while (m_list->count() > kKept) delete m_list->takeItem(m_list->count() - 1);
  m_stack->setCurrentIndex(1);
  emit added(kind, text);
}

int MessagesPanel::count() const { return m_list->count(); }

}  // namespace pai::ui
