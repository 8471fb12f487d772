// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/preferences.h"

#include <algorithm>

#include <QSettings>

namespace pai::app {

Preferences loadPreferences() {
  const QSettings settings;
  Preferences p;
  p.frameCacheMegabytes = std::clamp(settings.value(QStringLiteral("frameCacheMegabytes"), p.frameCacheMegabytes).toInt(),
                                     Preferences::kLeastCacheMegabytes, Preferences::kMostCacheMegabytes);
  p.proxies = settings.value(QStringLiteral("proxies"), p.proxies).toBool();
  p.proxyFolder = settings.value(QStringLiteral("proxyFolder")).toString();
  p.recoverySeconds = std::clamp(settings.value(QStringLiteral("recoverySeconds"), p.recoverySeconds).toInt(),
                                 Preferences::kLeastRecoverySeconds, Preferences::kMostRecoverySeconds);
  p.picturesAhead = settings.value(QStringLiteral("picturesAhead"), p.picturesAhead).toBool();
  p.preciseTakes = settings.value(QStringLiteral("preciseTakes"), p.preciseTakes).toBool();
  p.quickPictures = settings.value(QStringLiteral("quickPictures"), p.quickPictures).toBool();
  return p;
}

QString takePreset(const Preferences& p) { return p.preciseTakes ? QStringLiteral("prores422hq") : QStringLiteral("h264"); }

void savePreferences(const Preferences& p) {
  QSettings settings;
  settings.setValue(QStringLiteral("frameCacheMegabytes"), p.frameCacheMegabytes);
  settings.setValue(QStringLiteral("proxies"), p.proxies);
  settings.setValue(QStringLiteral("proxyFolder"), p.proxyFolder);
  settings.setValue(QStringLiteral("recoverySeconds"), p.recoverySeconds);
  settings.setValue(QStringLiteral("picturesAhead"), p.picturesAhead);
  settings.setValue(QStringLiteral("preciseTakes"), p.preciseTakes);
  settings.setValue(QStringLiteral("quickPictures"), p.quickPictures);
}

}  // namespace pai::app
