// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/engine_settings.h"

#include <algorithm>

#include <QCoreApplication>

namespace pai::app {
namespace {

struct EngineSettings {
  Q_DECLARE_TR_FUNCTIONS(EngineSettings)
};

QString ignoredByDraft(EngineSetting setting) {
  switch (setting) {
    case EngineSetting::kSteps:
    case EngineSetting::kGuidance: return EngineSettings::tr("The draft has no sampling: steps and guidance are for model packs.");
    case EngineSetting::kPrompt: return EngineSettings::tr("The draft makes its pictures from the references; the prompt is for model packs.");
    default: return {};
  }
}

}  // namespace

QString ignoredBecause(EngineSetting setting, const core::Shot& shot, const KnownPack* pack) {
  if (shot.render.engine == "draft") return ignoredByDraft(setting);
  if (!pack) return {};
  const bool text = pack->rules.conditioning == core::PackConditioning::kText;
  const bool inContext = pack->rules.conditioning == core::PackConditioning::kInContext;
  switch (setting) {
    case EngineSetting::kReferences:
      return text ? EngineSettings::tr("This pack makes its pictures from the prompt alone; references are not shown to it.") : QString();
    case EngineSetting::kReferenceStrength:
      if (text) return EngineSettings::tr("This pack makes its pictures from the prompt alone; references are not shown to it.");
      return inContext ? EngineSettings::tr("This pack sees each reference whole: strength is for the draft and for VACE packs.") : QString();
    case EngineSetting::kLight:
      return text || inContext ? EngineSettings::tr("This pack lights the subject itself: these settings are for the draft and for VACE packs.") : QString();
    default: return {};
  }
}

std::optional<PackLoad> packLoad(const core::PackRules& rules, std::int64_t frames, QSize shotSize, std::int64_t references) {
  if (rules.pixels || shotSize.isEmpty()) return std::nullopt;
  constexpr std::int64_t kTokenSide = 16;  // 8 pixels a latent cell, 2 by 2 cells a token, as the Wan layout has it
  const core::PackPictureSize size = core::packPictureSize(rules, shotSize.width(), shotSize.height());
  const std::int64_t cells = (size.paddedWidth / kTokenSide) * (size.paddedHeight / kTokenSide);
  const std::int64_t padded = rules.paddedFrames(frames);
  const std::int64_t window = rules.window > 0 ? std::min(rules.window, padded) : padded;
  PackLoad load;
  load.tokens = rules.latentSteps(window) * cells;
  if (rules.conditioning == core::PackConditioning::kInContext) load.tokens = 2 * load.tokens + references * cells;
  if (window < padded) {
    const std::int64_t stride = std::max<std::int64_t>(1, window - rules.overlap);
    load.windows = 1 + (padded - window + stride - 1) / stride;
  }
  return load;
}

}  // namespace pai::app
