// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "app/document/pack_forecast.h"
#include "ui/inspector/shot_page.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace pai::ui {

class ChoiceRow;
class NumberRow;

/// Engine and its settings; what an engine ignores is greyed and says why.
class RenderPage : public ShotPage {
  Q_OBJECT
 public:
  explicit RenderPage(const InspectorContext& context);
  /// Renders to queue at once, each with the next seed.
  int variants() const;
  /// Forecasts again: what the user prefers has changed.
  void refreshForecast() { follow(); }

 protected:
  void showShot(const core::Shot& shot) override;

 private:
  void fillEngines();
  void showSampling(const core::Shot& shot);
  void showForecast(const core::Shot& shot);
  /// What a pack's render takes at once: as its engine forecasts it, or what is known without it.
  QStringList loadOf(const app::KnownPack& pack, std::int64_t frames, QSize size, std::int64_t references);
  app::PackForecast m_packForecast;
  QStringList m_engineWords;
  std::vector<std::string> m_engines;  // as listed: "draft", then packs by name
  ChoiceRow *m_engine, *m_size;
  NumberRow *m_steps, *m_guidance;
  QLineEdit* m_seed;
  QSpinBox* m_variants;
  QToolButton *m_dice, *m_lock;
  QLabel *m_ignored, *m_forecast;
};

}  // namespace pai::ui
