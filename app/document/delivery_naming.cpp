// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/delivery_naming.h"

#include <algorithm>

#include <QCoreApplication>
#include <QDate>
#include <QRegularExpression>

namespace pai::app {

const QList<DeliveryPreset>& deliveryPresets() {
  static const QList<DeliveryPreset> presets{
      {"h264", QT_TRANSLATE_NOOP("DeliveryPresets", "Review, H.264 (.mp4)"), ".mp4", false, 0.15},
      {"hevc10", QT_TRANSLATE_NOOP("DeliveryPresets", "HEVC 10-bit (.mp4)"), ".mp4", false, 0.12},
      {"prores422hq", QT_TRANSLATE_NOOP("DeliveryPresets", "ProRes 422 HQ (.mov)"), ".mov", false, 4.5},
      {"prores4444", QT_TRANSLATE_NOOP("DeliveryPresets", "ProRes 4444 with alpha (.mov)"), ".mov", true, 7.0},
      {"ffv1", QT_TRANSLATE_NOOP("DeliveryPresets", "FFV1, lossless (.mkv)"), ".mkv", true, 12.0},
      {"png", QT_TRANSLATE_NOOP("DeliveryPresets", "PNG sequence"), ".%04d.png", true, 20.0},
      {"exr", QT_TRANSLATE_NOOP("DeliveryPresets", "OpenEXR sequence, linear"), ".%04d.exr", true, 40.0},
  };
  return presets;
}

const DeliveryPreset& deliveryPreset(const QString& id) {
  const auto& presets = deliveryPresets();
  const auto it = std::find_if(presets.begin(), presets.end(), [&id](const DeliveryPreset& p) { return id == QLatin1String(p.id); });
  return it == presets.end() ? presets.front() : *it;
}

QString presetTitle(const DeliveryPreset& preset) { return QCoreApplication::translate("DeliveryPresets", preset.title); }

QString deliveryName(const QString& pattern, const QString& project, const QString& shot, int version, const QString& layer,
                     QStringList* unknown) {
  static const QRegularExpression token(QStringLiteral("\\{(\\w+)\\}"));
  static const QRegularExpression unfit(QStringLiteral("[/\\\\:*?\"<>|%\\x00-\\x1f]+"));
  QString name;
  qsizetype from = 0;
  for (auto it = token.globalMatch(pattern); it.hasNext();) {
    const auto match = it.next();
    name += pattern.mid(from, match.capturedStart() - from);
    from = match.capturedEnd();
    const QString word = match.captured(1);
    if (word == QStringLiteral("project")) name += project;
    else if (word == QStringLiteral("shot")) name += shot;
    else if (word == QStringLiteral("version")) name += QStringLiteral("%1").arg(version, 3, 10, QLatin1Char('0'));
    else if (word == QStringLiteral("layer")) name += layer;
    else if (word == QStringLiteral("date")) name += QDate::currentDate().toString(Qt::ISODate);
    else {
      name += match.captured(0);
      if (unknown) *unknown << match.captured(0);
    }
  }
  name += pattern.mid(from);
  return name.replace(unfit, QStringLiteral("_")).trimmed();
}

}  // namespace pai::app
