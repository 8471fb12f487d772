// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QWidget>

#include "app/document/document.h"
#include "ui/timeline/timeline_model.h"

class QStackedWidget;
class QTreeWidget;
class QTreeWidgetItem;

namespace pai::ui {

/// A marker by its shot and its own identity.
struct MarkerName {
  core::Id shot, marker;
  bool operator==(const MarkerName&) const = default;
};

/// All markers of the timeline in order: a click goes to one, Return or a double click edits it, Delete removes it. One outside
/// its trimmed shot is dimmed.
class MarkersPanel : public QWidget {
  Q_OBJECT
 public:
  MarkersPanel(app::Document& document, const TimelineModel& model, QWidget* parent = nullptr);
  std::optional<MarkerName> selected() const;
  void select(const MarkerName& marker);
  int count() const;

 signals:
  void chosen(const pai::ui::MarkerName& marker);
  void editRequested(const pai::ui::MarkerName& marker);
  void removeRequested(const pai::ui::MarkerName& marker);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void rebuild();
  app::Document& m_document;
  const TimelineModel& m_model;
  QTreeWidget* m_list;
  QStackedWidget* m_stack;
};

}  // namespace pai::ui
