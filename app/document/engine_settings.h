// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include <QSize>
#include <QString>

#include "app/document/pack_catalog.h"
#include "core/base/project.h"

namespace pai::app {

/// Settings that not every engine honours.
enum class EngineSetting { kSteps, kGuidance, kPrompt, kReferences, kReferenceStrength, kLight };

/// Why the engine of a shot ignores a setting; empty when it honours it. `pack` is the shot's, nullptr for the draft or one that
/// is not on this machine.
QString ignoredBecause(EngineSetting setting, const core::Shot& shot, const KnownPack* pack);

/// What a pack has to hold at once for a render.
struct PackLoad {
  std::int64_t tokens = 0;   // of one window: target, and condition and references where they are in the sequence
  std::int64_t windows = 1;
};
/// nullopt for packs that work on pixels: their patches are known to the program that runs them alone.
std::optional<PackLoad> packLoad(const core::PackRules& rules, std::int64_t frames, QSize shotSize, std::int64_t references);

}  // namespace pai::app
