// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/inspector/shot_page.h"

class QCheckBox;
class QLabel;
class QListWidget;
class QSpinBox;
class QToolButton;
class QVBoxLayout;

namespace pai::ui {

class ChoiceRow;
class NumberRow;
class SpaceRow;

/// The shot's references, the selected one's place and framing, and the light they give.
class ReferencesPage : public ShotPage {
  Q_OBJECT
 public:
  explicit ReferencesPage(const InspectorContext& context);

 public slots:
  void selectReference(const pai::core::Id& reference);

 signals:
  void referenceSelected(const pai::core::Id& reference);

 protected:
  void showShot(const core::Shot& shot) override;

 private:
  void makePlace(QVBoxLayout* layout);
  void makeLight(QVBoxLayout* layout);
  void addNumber(QVBoxLayout* layout, const QString& label, double core::Reference::*member, double least, double most,
                 double step, int decimals, const QString& suffix);
  void addLight(QVBoxLayout* layout, const QString& label, double core::LightSettings::*member, double least, double most,
                const QString& suffix, const QString& tip = {});
  void showReference(const core::Shot& shot);
  /// Rows are filled in place, so that selection and scroll position stay while a reference is edited.
  void showRows(const std::vector<TimelineFlag>& flags);
  void setAnchor(const core::Anchor& anchor);

  core::Id m_selected;
  QListWidget* m_list;
  QLabel *m_empty, *m_count;
  QWidget* m_details;
  ChoiceRow *m_anchor, *m_fit;
  SpaceRow* m_space;
  QSpinBox* m_frame;
  QCheckBox* m_relight;
  QToolButton* m_remove;
  std::vector<std::pair<NumberRow*, double core::Reference::*>> m_numbers;
  std::vector<std::pair<NumberRow*, double core::LightSettings::*>> m_lights;
};

}  // namespace pai::ui
