// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/space_row.h"

#include "app/document/colour_edits.h"

namespace pai::ui {
namespace {

/// Spaces that mean the same with every configuration.
const QStringList& plainSpaces() {
  static const QStringList spaces{QStringLiteral("srgb"), QStringLiteral("rec709"), QStringLiteral("linear"), QStringLiteral("pq"), QStringLiteral("hlg")};
  return spaces;
}

}  // namespace

SpaceRow::SpaceRow(const QString& label, app::ColourSpaces& colours, QString unnamed)
    : ChoiceRow(label, {}), m_colours(colours), m_unnamed(std::move(unnamed)) {
  box().setObjectName(kNamesOfSpaces);
  box().setToolTip(m_unnamed.isEmpty() ? tr("What its code values mean: the input transform") : tr("What the code values of the files mean"));
  connect(&colours, &app::ColourSpaces::changed, this, &SpaceRow::fill);
  connect(this, &ChoiceRow::edited, this, [this](int index) {
    m_space = box().itemData(index).toString();
    emit chosen(*m_space);
  });
  fill();
}

void SpaceRow::setSpace(const std::optional<QString>& space) {
  m_colours.want();
  if (m_space == space) return;
  m_space = space;
  fill();
}

void SpaceRow::fill() {
  const QSignalBlocker blocker(box());
  box().clear();
  QStringList spaces{QString()};
  spaces += plainSpaces();
  for (const QString& each : m_colours.choices().spaces)
    if (!spaces.contains(each)) spaces << each;
  for (const QString& each : spaces) {
    box().addItem(each.isEmpty() && !m_unnamed.isEmpty() ? m_unnamed : app::colourSpaceName(each), each);
    if (each == plainSpaces().back()) box().insertSeparator(box().count());
  }
  if (m_space && !spaces.contains(*m_space)) {
    const bool unread = m_colours.choices().spaces.isEmpty();
    box().addItem(unread ? *m_space : tr("%1 (not in the configuration)").arg(*m_space), *m_space);
  }
  box().setCurrentIndex(m_space ? box().findData(*m_space) : -1);
}

void fillViewerTransforms(QComboBox& box, const app::Document& document, const app::ColourSpaces& colours) {
  const QSignalBlocker blocker(box);
  box.setObjectName(kNamesOfSpaces);
  box.clear();
  const QString now = colours.viewerTransform();
  const bool configured = !app::configPath(document).isEmpty();
  box.addItem(configured ? SpaceRow::tr("The configuration's first") : SpaceRow::tr("As coded (linear: sRGB)"), QString());
  for (const QString& view : colours.choices().views) box.addItem(view, view);
  if (box.findData(now) < 0) box.addItem(now, now);
  box.setCurrentIndex(box.findData(now));
}

}  // namespace pai::ui
