// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/repair_rows.h"

#include <algorithm>
#include <cmath>

#include <QCheckBox>
#include <QKeyEvent>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/inspector/controls.h"

namespace pai::ui {

RepairRows::RepairRows(const InspectorContext& context, QWidget* parent) : QWidget(parent), m_context(context) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(4);
  layout->addWidget(sectionTitle(tr("Repairs")));
  m_enabled = new QCheckBox(tr("Repair holes and drop-outs"));
  m_enabled->setObjectName(QStringLiteral("repairsEnabled"));
  m_enabled->setToolTip(tr("What one frame's matte lacks and the frames on both sides agree about is filled from them."));
  layout->addWidget(m_enabled);
  m_summary = hint({});
  layout->addWidget(m_summary);
  m_list = new QListWidget;
  m_list->setObjectName(QStringLiteral("repairs"));
  m_list->setFixedHeight(96);
  m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_list->setAccessibleName(tr("Repairs of the matte; a tick is a repair in use"));
  layout->addWidget(m_list);
  m_toggle = new QPushButton(tr("Refuse"));
  m_toggle->setObjectName(QStringLiteral("refuseRepair"));
  layout->addWidget(m_toggle, 0, Qt::AlignLeft);
  m_list->installEventFilter(this);
  // A click leaves the keys to the window: the space bar plays.
  m_enabled->setFocusPolicy(Qt::TabFocus);
  m_toggle->setFocusPolicy(Qt::TabFocus);
  connect(m_enabled, &QCheckBox::clicked, this, [this](bool on) { app::setRepairs(m_context.document, m_context.document.currentShotId(), on); });
  connect(m_list, &QListWidget::currentRowChanged, this, &RepairRows::showFrameOf);
  connect(m_list, &QListWidget::itemSelectionChanged, this, &RepairRows::updateButton);
  connect(m_list, &QListWidget::itemChanged, this, [this](QListWidgetItem* item) {
    const auto row = static_cast<std::size_t>(m_list->row(item));
    if (row >= m_entries.size()) return;
    const auto change = item->checkState() == Qt::Checked ? app::acceptRepairs : app::refuseRepairs;
    change(m_context.document, m_context.document.currentShotId(), {m_entries[row].place});
  });
  connect(m_toggle, &QPushButton::clicked, this, &RepairRows::toggleSelected);
  connect(&context.model, &TimelineModel::changed, this, &RepairRows::follow);
  follow();
}

/// Whoever has gone to a row by keys means the row by the next key, not the playhead.
bool RepairRows::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool ours = key->key() == Qt::Key_Space || key->key() == Qt::Key_Home || key->key() == Qt::Key_End ||
                      key->key() == Qt::Key_Up || key->key() == Qt::Key_Down;
    if (ours && key->modifiers() == Qt::NoModifier) event->accept();
  }
  return QWidget::eventFilter(watched, event);
}

std::vector<RepairRows::Entry> RepairRows::entries() const {
  std::vector<Entry> out;
  const core::Shot* shot = m_context.document.currentShot();
  const TimelineShot* shown = shot ? m_context.model.shot(shot->id) : nullptr;
  if (!shown || !shot->repairs.enabled) return out;
  const app::MediaFacts* plate = m_context.catalog.facts(shot->plate);
  const double pixels = plate ? static_cast<double>(plate->size.width()) * plate->size.height() : 0.0;
  for (const auto& [frame, facts] : m_context.model.matteFacts()) {
    const core::FrameIndex source{shown->sourceBegin + frame};
    for (const core::RepairFacts& r : facts.repairs)
      out.push_back({{source, r.box}, frame, std::round(r.area * pixels), core::isRefused(shot->repairs, source, r.box)});
  }
  return out;
}

void RepairRows::follow() {
  const core::Shot* shot = m_context.document.currentShot();
  if (!shot) return;
  const bool on = shot->repairs.enabled;
  m_enabled->setChecked(on);
  m_list->setVisible(on);
  m_toggle->setVisible(on);
  std::vector<Entry> now = entries();
  if (now != m_entries) list(now);
  const auto refused = std::count_if(m_entries.begin(), m_entries.end(), [](const Entry& e) { return e.refused; });
  if (!on) m_summary->setText(tr("Off: the matte is used as it is."));
  else if (m_entries.empty()) m_summary->setText(tr("Nothing to repair was found in the frames looked at so far."));
  else m_summary->setText(tr("%1 found, %2 refused. Outlined in the matte view.").arg(m_entries.size()).arg(refused));
  updateButton();
}

void RepairRows::list(const std::vector<Entry>& now) {
  // Rows that stay keep their selection while more are found.
  const auto differ = std::mismatch(now.begin(), now.end(), m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) { return a.place == b.place; });
  const auto kept = static_cast<int>(differ.first - now.begin());
  m_entries = now;
  const QSignalBlocker blocker(m_list);
  while (m_list->count() > kept) delete m_list->takeItem(m_list->count() - 1);
  while (m_list->count() < static_cast<int>(now.size())) {
    auto* item = new QListWidgetItem(m_list);
    item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
  }
  for (int i = 0; i < m_list->count(); ++i) {
    const Entry& e = now[static_cast<std::size_t>(i)];
    QListWidgetItem* item = m_list->item(i);
    const QString where = tr("Frame %1: %2 px from frames %3 and %4").arg(e.frame).arg(locale().toString(e.pixels, 'f', 0)).arg(e.frame - 1).arg(e.frame + 1);
    item->setText(e.refused ? tr("%1, refused").arg(where) : where);
    item->setCheckState(e.refused ? Qt::Unchecked : Qt::Checked);
  }
}

void RepairRows::showFrameOf(int row) {
  const TimelineShot* shown = m_context.model.shot(m_context.document.currentShotId());
  if (!shown || row < 0 || static_cast<std::size_t>(row) >= m_entries.size()) return;
  m_context.playback.pause();
  m_context.playback.seek(shown->begin + m_entries[static_cast<std::size_t>(row)].frame);
}

void RepairRows::updateButton() {
  bool any = false, allRefused = true;
  for (int i = 0; i < m_list->count(); ++i) {
    if (!m_list->item(i)->isSelected()) continue;
    any = true;
    allRefused = allRefused && m_entries[static_cast<std::size_t>(i)].refused;
  }
  m_toggle->setEnabled(any);
  m_toggle->setText(any && allRefused ? tr("Accept again") : tr("Refuse"));
}

void RepairRows::toggleSelected() {
  std::vector<app::RepairPlace> places;
  bool allRefused = true;
  for (int i = 0; i < m_list->count(); ++i) {
    if (!m_list->item(i)->isSelected()) continue;
    places.push_back(m_entries[static_cast<std::size_t>(i)].place);
    allRefused = allRefused && m_entries[static_cast<std::size_t>(i)].refused;
  }
  const auto change = allRefused ? app::acceptRepairs : app::refuseRepairs;
  change(m_context.document, m_context.document.currentShotId(), places);
}

}  // namespace pai::ui
