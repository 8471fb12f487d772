// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/named_presets.h"

#include <QSettings>

#include "core/base/project_json.h"

namespace pai::app {
namespace {

constexpr const char* kPrompts = "promptPresets";
constexpr const char* kDeliveries = "deliveryPresets";
constexpr qsizetype kMostPresetBytes = 1 << 20;

/// Settings divide keys at slashes: a name is kept whole.
QString keyOf(const char* group, const QString& name) {
  return QString::fromLatin1(group) + QLatin1Char('/') + QString::fromLatin1(name.toUtf8().toPercentEncoding());
}

QStringList namesIn(const char* group) {
  QSettings settings;
  settings.beginGroup(QString::fromLatin1(group));
  QStringList names;
  for (const QString& key : settings.childKeys()) names << QString::fromUtf8(QByteArray::fromPercentEncoding(key.toLatin1()));
  names.sort(Qt::CaseInsensitive);
  return names;
}

std::string textOf(const char* group, const QString& name) {
  const QString text = QSettings().value(keyOf(group, name)).toString();
  return text.size() > kMostPresetBytes ? std::string() : text.toStdString();
}

void keep(const char* group, const QString& name, const std::string& text) {
  QSettings().setValue(keyOf(group, name), QString::fromStdString(text));
}

}  // namespace

QStringList promptPresets() { return namesIn(kPrompts); }

std::optional<core::StructuredPrompt> promptPreset(const QString& name) {
  auto prompt = core::parsePrompt(textOf(kPrompts, name), name.toStdString());
  return prompt.ok() ? std::optional(std::move(*prompt)) : std::nullopt;
}

void keepPromptPreset(const QString& name, const core::StructuredPrompt& prompt) { keep(kPrompts, name, core::promptJson(prompt)); }

void forgetPromptPreset(const QString& name) { QSettings().remove(keyOf(kPrompts, name)); }

QStringList deliveryOwnPresets() { return namesIn(kDeliveries); }

std::optional<core::DeliverySettings> deliveryOwnPreset(const QString& name) {
  core::Shot carrier;
  carrier.id = "preset";
  nlohmann::json json = core::shotJson(carrier);
  json["delivery"] = nlohmann::json::parse(textOf(kDeliveries, name), nullptr, false);
  if (!json["delivery"].is_object()) return std::nullopt;
  auto shot = core::parseShot(json, name.toStdString());
  return shot.ok() ? std::optional(shot->delivery) : std::nullopt;
}

void keepDeliveryPreset(const QString& name, const core::DeliverySettings& delivery) {
  core::Shot carrier;
  carrier.id = "preset";
  carrier.delivery = delivery;
  keep(kDeliveries, name, core::shotJson(carrier)["delivery"].dump());
}

void forgetDeliveryPreset(const QString& name) { QSettings().remove(keyOf(kDeliveries, name)); }

}  // namespace pai::app
