// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QStringList>

#include "core/base/project.h"

namespace pai::app {

/// Presets that the user keeps by name, in the program's settings: prompts and deliveries. What cannot be read any more is as if
/// it were not there.
QStringList promptPresets();
std::optional<core::StructuredPrompt> promptPreset(const QString& name);
void keepPromptPreset(const QString& name, const core::StructuredPrompt& prompt);
void forgetPromptPreset(const QString& name);

QStringList deliveryOwnPresets();
std::optional<core::DeliverySettings> deliveryOwnPreset(const QString& name);
void keepDeliveryPreset(const QString& name, const core::DeliverySettings& delivery);
void forgetDeliveryPreset(const QString& name);

}  // namespace pai::app
