// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/inspector/shot_page.h"

class QLabel;
class QProgressBar;
class QTableWidget;

namespace pai::ui {

class ChoiceRow;
class NumberRow;

/// Where the camera comes from, what was found, and hand keyframes.
class CameraPage : public ShotPage {
  Q_OBJECT
 public:
  explicit CameraPage(const InspectorContext& context);
  /// Shows how far the solve is; 1 hides it.
  void setSolveProgress(double fraction);

 signals:
  void solveRequested();
  /// All that is known of a media is to be shown.
  void propertiesRequested(const pai::core::Id& media);

 protected:
  void showShot(const core::Shot& shot) override;

 private:
  void showFound();
  void showKeys(const core::Shot& shot);
  void setKeyHere();

  ChoiceRow *m_source, *m_clip;
  NumberRow* m_smoothing;
  QLabel* m_found;
  QProgressBar* m_progress;
  QTableWidget* m_keys;
};

}  // namespace pai::ui
