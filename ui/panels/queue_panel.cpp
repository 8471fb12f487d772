// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/queue_panel.h"

#include <algorithm>

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/document/error_text.h"
#include "ui/inspector/controls.h"
#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

constexpr int kRowHeight = 56;
constexpr QSize kQueueThumbnail(72, 40);

QString stateIcon(core::JobState state) {
  switch (state) {
    case core::JobState::kRunning: return QStringLiteral("render");
    case core::JobState::kPaused: return QStringLiteral("pause");
    case core::JobState::kSucceeded: return QStringLiteral("check");
    case core::JobState::kFailed: return QStringLiteral("error");
    case core::JobState::kCancelled: return QStringLiteral("close");
    case core::JobState::kQueued: break;
  }
  return QStringLiteral("queue");
}

/// A job in two lines with a bar of what is done.
class QueueDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {200, kRowHeight}; }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const QRect box = option.rect;
    if (option.state.testFlag(QStyle::State_Selected)) painter->fillRect(box, QColor::fromRgb(0xff4a3820));
    const auto state = static_cast<core::JobState>(index.data(QueueModel::kStateRole).toInt());
    const QImage picture = index.data(Qt::DecorationRole).value<QImage>();
    QRect text = box.adjusted(42, 8, -12, 0);
    if (picture.isNull()) {
      icon(stateIcon(state), state == core::JobState::kRunning ? colour::kAccent : colour::kDim)
          .paint(painter, QRect(box.left() + 12, box.top() + 12, 18, 18));
    } else {
      const QSize size = picture.size().scaled(kQueueThumbnail, Qt::KeepAspectRatio);
      painter->drawImage(QRect(QPoint(box.left() + 8, box.top() + (box.height() - size.height()) / 2), size), picture);
      text.setLeft(box.left() + 16 + kQueueThumbnail.width());
    }
    painter->setFont(option.font);
    painter->setPen(QColor::fromRgb(colour::kText));
    painter->drawText(QRect(text.left(), text.top(), text.width(), 18), Qt::AlignVCenter | Qt::AlignLeft,
                      painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle, text.width()));
    painter->setFont(smallFont());
    painter->setPen(QColor::fromRgb(colour::kDim));
    painter->drawText(QRect(text.left(), text.top() + 18, text.width(), 16), Qt::AlignVCenter | Qt::AlignLeft,
                      painter->fontMetrics().elidedText(index.data(QueueModel::kStatusRole).toString(), Qt::ElideRight, text.width()));
    const QRect bar(text.left(), box.bottom() - 9, text.width(), 3);
    const double fraction = index.data(QueueModel::kFractionRole).toDouble();
    if (state == core::JobState::kRunning || state == core::JobState::kPaused) {
      painter->fillRect(bar, QColor::fromRgb(colour::kLine));
      painter->fillRect(QRect(bar.topLeft(), QSize(static_cast<int>(bar.width() * fraction), 3)), QColor::fromRgb(colour::kAccent));
    }
    painter->fillRect(QRect(box.left(), box.bottom(), box.width(), 1), QColor::fromRgb(colour::kWindow));
  }
};

QToolButton* tool(const QString& iconName, const QString& tip) {
  auto* button = new QToolButton;
  button->setIcon(icon(iconName));
  button->setToolTip(tip);
  button->setAccessibleName(tip);
  return button;
}

}  // namespace

QString durationText(double seconds) {
  const auto whole = static_cast<qint64>(seconds + 0.5);
  if (whole < 60) return QueuePanel::tr("%1 s").arg(whole);
  if (whole < 3600) return QueuePanel::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
  return QueuePanel::tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

double jobFraction(const core::QueueEntry& e) {
  switch (e.stage) {
    case core::JobStage::kPrepare:
    case core::JobStage::kGenerate: return e.steps > 0 ? static_cast<double>(e.step) / static_cast<double>(e.steps) : 0.0;
    case core::JobStage::kFinish: return e.total > 0 ? static_cast<double>(e.done) / static_cast<double>(e.total) : 0.0;
  }
  return 0.0;
}

QString jobStatusText(const core::QueueEntry& e) {
  const QString left = e.etaSeconds > 0.5 ? QueuePanel::tr(", %1 left").arg(durationText(e.etaSeconds)) : QString();
  switch (e.state) {
    case core::JobState::kQueued: return e.resumable ? QueuePanel::tr("Waiting, will go on where it stopped") : QueuePanel::tr("Waiting");
    case core::JobState::kPaused: return QueuePanel::tr("Paused");
    case core::JobState::kSucceeded: return QueuePanel::tr("Done in %1: %2").arg(durationText(e.endedAt - e.startedAt), QFileInfo(QString::fromStdString(e.output)).fileName());
    case core::JobState::kCancelled: return QueuePanel::tr("Cancelled");
    case core::JobState::kFailed: return e.error ? app::errorText(*e.error) : QueuePanel::tr("Failed");
    case core::JobState::kRunning: break;
  }
  switch (e.stage) {
    case core::JobStage::kPrepare: return QueuePanel::tr("Preparing %1 %").arg(static_cast<int>(jobFraction(e) * 100)) + left;
    case core::JobStage::kGenerate: return QueuePanel::tr("Sampling, step %1 of %2").arg(e.step).arg(e.steps) + left;
    case core::JobStage::kFinish: return QueuePanel::tr("Finishing, frame %1 of %2").arg(e.done).arg(e.total) + left;
  }
  return {};
}

QString jobRowText(const core::QueueEntry& e) {
  if (e.state != core::JobState::kFailed || !e.error) return jobStatusText(e);
  core::Error what = *e.error;
  what.context.clear();
  return app::errorText(what);
}

QueueModel::QueueModel(app::RenderQueue& queue, const app::JobPreviews& previews, QObject* parent)
    : QAbstractListModel(parent), m_queue(queue), m_previews(previews) {
  connect(&previews, &app::JobPreviews::changed, this, [this](qint64 job) {
    for (std::size_t i = 0; i < m_entries.size(); ++i)
      if (m_entries[i].id == job) emit dataChanged(index(static_cast<int>(i)), index(static_cast<int>(i)), {Qt::DecorationRole});
  });
  connect(&queue, &app::RenderQueue::changed, this, &QueueModel::refresh);
  refresh();
}

void QueueModel::refresh() {
  const auto& now = m_queue.jobs().entries();
  const bool sameRows = now.size() == m_entries.size() &&
                        std::equal(now.begin(), now.end(), m_entries.begin(), [](const auto& a, const auto& b) { return a.id == b.id; });
  if (sameRows) {
    m_entries = now;
    if (!m_entries.empty()) emit dataChanged(index(0), index(static_cast<int>(m_entries.size()) - 1));
    return;
  }
  beginResetModel();
  m_entries = now;
  endResetModel();
}

int QueueModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_entries.size()); }

QVariant QueueModel::data(const QModelIndex& at, int role) const {
  if (!at.isValid() || at.row() >= rowCount()) return {};
  const core::QueueEntry& e = m_entries[static_cast<std::size_t>(at.row())];
  switch (role) {
    case Qt::DisplayRole: return QString::fromStdString(e.title);
    case Qt::ToolTipRole: return e.state == core::JobState::kSucceeded ? jobStatusText(e) + QLatin1Char('\n') + QString::fromStdString(e.output) : jobStatusText(e);
    case kStatusRole: return jobRowText(e);
    case Qt::AccessibleTextRole: return QString::fromStdString(e.title) + QStringLiteral(": ") + jobStatusText(e);
    case Qt::DecorationRole: {
      const app::JobPreview* preview = m_previews.of(e.id);
      if (!preview) return {};
      // Of a strip, the picture in the middle of the shot.
      const int wide = preview->strip.width() / preview->cells;
      return preview->strip.copy(preview->cells / 2 * wide, 0, wide, preview->strip.height());
    }
    case kIdRole: return QVariant::fromValue<qint64>(e.id);
    case kFractionRole: return jobFraction(e);
    case kStateRole: return static_cast<int>(e.state);
    default: return {};
  }
}

QueuePanel::QueuePanel(app::RenderQueue& queue, const app::JobPreviews& previews, QWidget* parent) : QWidget(parent), m_queue(queue) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  m_view = new QListView;
  m_view->setModel(new QueueModel(queue, previews, this));
  m_view->setItemDelegate(new QueueDelegate(m_view));
  m_view->setAccessibleName(tr("Render queue"));
  m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* empty = emptyPage(tr("Nothing to render. “Render” puts the current shot here; jobs survive a restart."));
  m_stack = new QStackedWidget;
  m_stack->addWidget(empty);
  m_stack->addWidget(m_view);
  layout->addWidget(m_stack, 1);
  auto* bar = new QHBoxLayout;
  bar->setContentsMargins(8, 4, 8, 4);
  bar->setSpacing(2);
  m_pause = tool(QStringLiteral("pause"), tr("Pause or go on"));
  m_cancel = tool(QStringLiteral("close"), tr("Cancel"));
  m_retry = tool(QStringLiteral("retry"), tr("Try again"));
  m_up = tool(QStringLiteral("up"), tr("Earlier"));
  m_down = tool(QStringLiteral("down"), tr("Later"));
  m_reveal = tool(QStringLiteral("reveal"), tr("Show the file in its folder"));
  m_remove = tool(QStringLiteral("trash"), tr("Remove from the list"));
  for (QToolButton* button : {m_pause, m_cancel, m_retry, m_up, m_down}) bar->addWidget(button);
  bar->addStretch(1);
  bar->addWidget(m_reveal);
  bar->addWidget(m_remove);
  layout->addLayout(bar);
  connect(m_pause, &QToolButton::clicked, this, [this] {
    const core::QueueEntry* e = current();
    if (e) e->state == core::JobState::kPaused ? m_queue.resume(e->id) : m_queue.pause(e->id);
  });
  connect(m_cancel, &QToolButton::clicked, this, [this] { m_queue.cancel(currentId()); });
  connect(m_retry, &QToolButton::clicked, this, [this] { m_queue.retry(currentId()); });
  connect(m_up, &QToolButton::clicked, this, [this] { m_queue.move(currentId(), m_view->currentIndex().row() - 1); });
  connect(m_down, &QToolButton::clicked, this, [this] { m_queue.move(currentId(), m_view->currentIndex().row() + 1); });
  connect(m_remove, &QToolButton::clicked, this, [this] { m_queue.remove(currentId()); });
  connect(m_reveal, &QToolButton::clicked, this, [this] {
    if (const core::QueueEntry* e = current()) emit revealRequested(QString::fromStdString(e->output));
  });
  connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &QueuePanel::updateButtons);
  connect(m_view->model(), &QAbstractItemModel::modelReset, this, [this] {
    m_view->setCurrentIndex(m_view->model()->index(m_view->model()->rowCount() - 1, 0));
    updateButtons();
  });
  connect(m_view->model(), &QAbstractItemModel::dataChanged, this, &QueuePanel::updateButtons);
  updateButtons();
}

qint64 QueuePanel::currentId() const { return m_view->currentIndex().data(QueueModel::kIdRole).toLongLong(); }
const core::QueueEntry* QueuePanel::current() const { return m_queue.jobs().find(currentId()); }

void QueuePanel::updateButtons() {
  m_stack->setCurrentIndex(m_view->model()->rowCount() == 0 ? 0 : 1);
  const core::QueueEntry* e = current();
  const bool running = e && e->state == core::JobState::kRunning;
  const bool paused = e && e->state == core::JobState::kPaused;
  const bool queued = e && e->state == core::JobState::kQueued;
  m_pause->setEnabled(running || paused);
  m_pause->setIcon(icon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
  m_cancel->setEnabled(running || paused || queued);
  m_retry->setEnabled(e && (e->state == core::JobState::kFailed || e->state == core::JobState::kCancelled));
  m_remove->setEnabled(e && (queued || core::isTerminal(e->state)));
  m_reveal->setEnabled(e && e->state == core::JobState::kSucceeded);
  m_up->setEnabled(e && m_view->currentIndex().row() > 0);
  m_down->setEnabled(e && m_view->currentIndex().row() + 1 < m_view->model()->rowCount());
}

}  // namespace pai::ui
