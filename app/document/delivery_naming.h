// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace pai::app {

/// A delivery preset: name for the project file, words for the user, file ending (a pattern for sequences), alpha.
struct DeliveryPreset {
  const char* id;
  const char* title;  // QT_TRANSLATE_NOOP("DeliveryPresets")
  const char* ending;
  bool alpha;
  double bitsPerPixel;  // typical, for the space check
};
const QList<DeliveryPreset>& deliveryPresets();
/// The preset of an id; the first of all where there is none of it.
const DeliveryPreset& deliveryPreset(const QString& id);
QString presetTitle(const DeliveryPreset& preset);

/// Replaces {project}, {shot}, {version}, {layer}, {date} and leaves no character that a file name can't have.
/// An unknown token stays as it is and is named in `unknown`.
QString deliveryName(const QString& pattern, const QString& project, const QString& shot, int version, const QString& layer,
                     QStringList* unknown = nullptr);

}  // namespace pai::app
