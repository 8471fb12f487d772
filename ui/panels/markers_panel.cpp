// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/markers_panel.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QStackedWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/inspector/controls.h"
#include "ui/theme/marker_look.h"
#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

enum Column { kPlaceColumn, kNameColumn, kNoteColumn };
constexpr int kShotRole = Qt::UserRole, kMarkerRole = Qt::UserRole + 1;

MarkerName markerOf(const QTreeWidgetItem& item) {
  return {item.data(kPlaceColumn, kShotRole).toString().toStdString(), item.data(kPlaceColumn, kMarkerRole).toString().toStdString()};
}

}  // namespace

MarkersPanel::MarkersPanel(app::Document& document, const TimelineModel& model, QWidget* parent)
    : QWidget(parent), m_document(document), m_model(model), m_list(new QTreeWidget), m_stack(new QStackedWidget) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  auto* empty = emptyPage(tr("No markers. M sets one at the playhead; pressed again there, it opens the marker."));
  m_list->setHeaderLabels({tr("Time"), tr("Name"), tr("Note")});
  m_list->setRootIsDecorated(false);
  m_list->setUniformRowHeights(true);
  m_list->setAllColumnsShowFocus(true);
  m_list->setTextElideMode(Qt::ElideRight);
  m_list->header()->setSectionResizeMode(kPlaceColumn, QHeaderView::ResizeToContents);
  m_list->header()->setMinimumSectionSize(32);
  m_list->header()->resizeSection(kNameColumn, 110);
  m_list->header()->setStretchLastSection(false);
  m_list->header()->setSectionResizeMode(kNoteColumn, QHeaderView::Stretch);
  m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_list->setAccessibleName(tr("Markers"));
  m_list->installEventFilter(this);
  m_stack->addWidget(empty);
  m_stack->addWidget(m_list);
  layout->addWidget(m_stack);
  connect(m_list, &QTreeWidget::itemClicked, this, [this](QTreeWidgetItem* item) { emit chosen(markerOf(*item)); });
  connect(m_list, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item) { emit editRequested(markerOf(*item)); });
  connect(&model, &TimelineModel::markersChanged, this, &MarkersPanel::rebuild);
  rebuild();
}

int MarkersPanel::count() const { return m_list->topLevelItemCount(); }

std::optional<MarkerName> MarkersPanel::selected() const {
  const QTreeWidgetItem* item = m_list->currentItem();
  return item ? std::optional(markerOf(*item)) : std::nullopt;
}

void MarkersPanel::select(const MarkerName& marker) {
  for (int i = 0; i < m_list->topLevelItemCount(); ++i)
    if (markerOf(*m_list->topLevelItem(i)) == marker) m_list->setCurrentItem(m_list->topLevelItem(i));
}

bool MarkersPanel::eventFilter(QObject* watched, QEvent* event) {
  const bool key = event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride;
  if (watched != m_list || !key || static_cast<QKeyEvent*>(event)->key() != Qt::Key_Delete || static_cast<QKeyEvent*>(event)->modifiers() != Qt::NoModifier || !selected())
    return QWidget::eventFilter(watched, event);
  if (event->type() == QEvent::KeyPress) emit removeRequested(*selected());
  event->accept();  // not the timeline's Delete
  return true;
}

void MarkersPanel::rebuild() {
  const auto before = selected();
  m_list->clear();
  for (const TimelineShot& shot : m_model.shots()) {
    for (const TimelineMarker& marker : shot.markers) {
      auto* item = new QTreeWidgetItem(m_list);
      item->setIcon(kPlaceColumn, iconOf(marker.marker.colour));
      item->setText(kPlaceColumn, marker.inRange ? m_model.timecode(shot.begin + marker.frame) : tr("outside"));
      item->setText(kNameColumn, nameOf(marker.marker));
      const QString note = QString::fromStdString(marker.marker.note);
      item->setText(kNoteColumn, QString(note).replace(QLatin1Char('\n'), QLatin1Char(' ')));
      QStringList whole{nameOf(marker.marker), marker.inRange ? shot.name : tr("Outside %1 as it is trimmed; kept").arg(shot.name)};
      if (!note.isEmpty()) whole.insert(1, note);
      for (int column = 0; column < m_list->columnCount(); ++column) {
        item->setToolTip(column, whole.join(QLatin1Char('\n')));
        if (!marker.inRange) item->setForeground(column, QColor::fromRgb(colour::kFaint));
      }
      item->setFont(kPlaceColumn, digitsFont(11));
      item->setData(kPlaceColumn, Qt::AccessibleTextRole, tr("%1 marker at %2").arg(nameOf(marker.marker.colour), item->text(kPlaceColumn)));
      item->setData(kPlaceColumn, kShotRole, QString::fromStdString(shot.id));
      item->setData(kPlaceColumn, kMarkerRole, QString::fromStdString(marker.marker.id));
      if (before == MarkerName{shot.id, marker.marker.id}) m_list->setCurrentItem(item);
    }
  }
  m_stack->setCurrentIndex(count() == 0 ? 0 : 1);
}

}  // namespace pai::ui
