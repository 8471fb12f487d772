// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QString>

#include "app/document/media_catalog.h"

namespace pai::ui {

/// One thing that is told of a media. `known`: false where the value says that it is not known.
struct MediaProperty {
  QString name, value;
  bool known = true;
};
struct MediaPropertyGroup {
  QString title;
  std::vector<MediaProperty> rows;
};

/// What is known of a media, as the worker read it, and what the project makes of it; empty for one that the project has not.
std::vector<MediaPropertyGroup> propertiesOf(const app::Document& document, const app::MediaCatalog& catalog, const core::Id& media);
/// The same as lines, "name: value", with a blank line between groups.
QString propertiesText(const std::vector<MediaPropertyGroup>& groups);

}  // namespace pai::ui
