// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pai::app {

/// What the user sets for all projects, as QSettings keep it.
struct Preferences {
  static constexpr int kLeastCacheMegabytes = 64, kMostCacheMegabytes = 65536;
  static constexpr int kLeastRecoverySeconds = 10, kMostRecoverySeconds = 60;

  int frameCacheMegabytes = 1024;  // of frames kept for stepping and scrubbing, half of it for the shot's pictures
  bool proxies = true;            // made of long clips in the background
  QString proxyFolder;            // "" = the cache folder
  int recoverySeconds = 60;       // a copy of unsaved work is kept at least so often
  bool picturesAhead = true;      // the shot's pictures are made while nothing moves
  bool preciseTakes = false;      // takes are kept in 10 bits (ProRes 422 HQ), not as small H.264
  bool quickPictures = true;      // what moves and is not made yet is shown by a quick key
  bool operator==(const Preferences&) const = default;
};

/// The delivery preset that takes are kept in.
QString takePreset(const Preferences& preferences);

/// Values out of their bounds are brought inside.
Preferences loadPreferences();
void savePreferences(const Preferences& preferences);

}  // namespace pai::app
