// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QObject>
#include <QPointer>

#include "app/document/document.h"

namespace pai::ui {

class PropertiesDialog;
class Studio;

/// What is done with media and shots: import, make shots, place references, split, remove.
class ShotCommands : public QObject {
  Q_OBJECT
 public:
  explicit ShotCommands(Studio& studio);

  /// Imports files; the first clip of an empty project becomes its first shot.
  void import(const QStringList& files);
  /// Makes a shot of each clip, once it is known how long it is.
  void makeShots(const std::vector<core::Id>& media);
  /// Shows all that is known of a media.
  void showProperties(const core::Id& media);

 private:
  void activate(const core::Id& media);
  void placeAtPlayhead(const core::Id& media);
  void onMedia(const core::Id& media);
  /// The media that the user means: chosen in the bin, or the clip of the matte page's layer, while these have the keys, else the selected reference's, else the current shot's plate.
  core::Id mediaMeant() const;
  void splitShot();
  /// Trims the shot under the playhead to begin, or end, there.
  void trimToPlayhead(bool begin);
  void moveCurrent(int places);
  /// The marked part of the current shot, or the frame at the playhead.
  void toggleReviewed();
  void removeShot();
  void jumpToReference(int direction);

  Studio& m_studio;
  QPointer<PropertiesDialog> m_properties;
  std::vector<core::Id> m_waiting;  // clips that become shots when they are probed
};

}  // namespace pai::ui
