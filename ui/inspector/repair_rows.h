// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "app/document/repair_edits.h"
#include "ui/inspector/inspector.h"

class QCheckBox;
class QLabel;
class QListWidget;
class QPushButton;

namespace pai::ui {

/// What is repaired in the shot's matte, by frame: choosing one shows its frame, its tick refuses or accepts it.
class RepairRows : public QWidget {
  Q_OBJECT
 public:
  explicit RepairRows(const InspectorContext& context, QWidget* parent = nullptr);
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  struct Entry {
    app::RepairPlace place;
    std::int64_t frame = 0;  // of the shot
    double pixels = 0.0;
    bool refused = false;
    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> entries() const;
  void follow();
  void list(const std::vector<Entry>& entries);
  void showFrameOf(int row);
  void toggleSelected();
  void updateButton();

  InspectorContext m_context;
  std::vector<Entry> m_entries;
  QCheckBox* m_enabled;
  QLabel* m_summary;
  QListWidget* m_list;
  QPushButton* m_toggle;
};

}  // namespace pai::ui
