// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/frame_source.h"

namespace pai::app {

QString ViewSetup::spaceOf(const QString& path) const {
  const auto it = spaces.find(path);
  return it == spaces.end() ? QString() : it->second;
}

bool ViewSetup::transforms(const QString& path) const {
  if (!config.isEmpty() || !transform.isEmpty()) return true;
  const QString space = spaceOf(path);
  // Whole-number pictures coded for a screen are shown as they are.
  const bool coded = space == QStringLiteral("srgb") || space == QStringLiteral("rec709");
  return coded ? path.endsWith(QStringLiteral(".exr"), Qt::CaseInsensitive) : !space.isEmpty();
}

void FrameSource::setView(const ViewSetup& view) {
  ViewSetup lit = view;
  lit.exposure = m_view.exposure;
  lit.gamma = m_view.gamma;
  const bool colours = lit != m_view;
  m_view = view;
  if (colours) emit coloursChanged();
}

}  // namespace pai::app
