// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QByteArray>
#include <QImage>
#include <QStringList>

#include <nlohmann/json.hpp>

#include "app/document/camera_facts.h"
#include "app/document/light_facts.h"
#include "core/base/error.h"
#include "core/draft/draft_engine.h"
#include "core/media/clip_reader.h"
#include "core/media/sound_reader.h"
#include "core/render/wire.h"

namespace pai::app {

/// A picture a worker sent, with the name it gave it.
struct NamedImage {
  QString name;
  QImage image;
};

// A worker is not trusted: whatever does not fit together gives nothing.
/// Pictures of a message, mapped and not copied; each keeps its memory until it is gone.
std::optional<std::vector<NamedImage>> imagesIn(const core::WireMessage& message);
std::optional<core::ClipInfo> clipInfoIn(const nlohmann::json& json);
std::optional<CameraSummary> cameraIn(const nlohmann::json& json);
/// nullopt where it is none; a worker that tells of no light gives none.
std::optional<std::vector<LightFacts>> lightIn(const nlohmann::json& json);
std::optional<core::MatteReportFrame> matteReportIn(const nlohmann::json& json);
/// Samples of a message that answers a request for so many.
std::optional<QByteArray> soundIn(const core::WireMessage& message, std::int64_t wanted);
std::optional<core::SoundPeaks> peaksIn(const core::WireMessage& message);
QStringList textsIn(const nlohmann::json& body, const char* name);
core::Error errorIn(const nlohmann::json& body);
std::int64_t numberIn(const nlohmann::json& body, const char* name);

}  // namespace pai::app
