// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/shape_rows.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/document/shape_edits.h"
#include "ui/inspector/controls.h"
#include "ui/theme/theme.h"

namespace pai::ui {

ShapeRows::ShapeRows(const InspectorContext& context, QWidget* parent) : QWidget(parent), m_context(context) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(8);
  layout->addWidget(separatorLine());
  layout->addWidget(sectionTitle(tr("Outline")));
  layout->addWidget(hint(tr("Edit it in the viewer. What moves leaves a keyframe at the playhead.")));
  auto* row = new QHBoxLayout;
  row->setSpacing(2);
  m_keys = new QLabel;
  m_keys->setProperty("role", "dim");
  const auto tool = [](const QString& iconName, const QString& text) {
    auto* button = new QToolButton;
    button->setIcon(icon(iconName));
    button->setToolTip(text);
    button->setAccessibleName(text);
    return button;
  };
  m_previous = tool(QStringLiteral("step-back"), tr("Previous keyframe of the outline"));
  m_toggle = tool(QStringLiteral("keyframe"), tr("Set or remove a keyframe of the outline here"));
  m_toggle->setObjectName(QStringLiteral("shapeKey"));
  m_next = tool(QStringLiteral("step-forward"), tr("Next keyframe of the outline"));
  row->addWidget(m_keys, 1);
  for (QToolButton* button : {m_previous, m_toggle, m_next}) row->addWidget(button);
  layout->addLayout(row);
  m_smooth = new QCheckBox(tr("Smooth outline"));
  layout->addWidget(m_smooth);
  connect(m_previous, &QToolButton::clicked, this, [this] { jump(-1); });
  connect(m_next, &QToolButton::clicked, this, [this] { jump(1); });
  connect(m_toggle, &QToolButton::clicked, this, &ShapeRows::toggleKey);
  connect(m_smooth, &QCheckBox::clicked, this, [this](bool on) {
    const core::Id id = m_layer;
    m_context.document.editShot(m_context.document.currentShotId(), on ? tr("Smooth outline") : tr("Straight outline"), [&id, on](core::Shot& s) {
      for (core::MatteLayer& l : s.matte)
        if (l.id == id) l.closedSpline = on;
    });
  });
  connect(&context.playback, &app::Playback::frameChanged, this, [this] {
    if (isVisible()) update();
  });
}

void ShapeRows::showLayer(const core::MatteLayer* shown) {
  m_layer = shown ? shown->id : core::Id();
  setVisible(shown && shown->source == core::MatteSource::kShape);
  update();
}

const core::MatteLayer* ShapeRows::layer() const {
  const core::Shot* shot = m_context.document.currentShot();
  return shot ? app::findLayer(*shot, m_layer) : nullptr;
}

std::optional<core::FrameIndex> ShapeRows::sourceFrame() const {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot) return std::nullopt;
  return core::FrameIndex{shot->sourceBegin + m_context.playback.frame().value - shot->begin};
}

void ShapeRows::jump(int direction) {
  const core::MatteLayer* shown = layer();
  const auto now = sourceFrame();
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shown || !now || !shot) return;
  std::optional<core::FrameIndex> target;
  for (const core::MatteShapeKey& k : shown->shape) {
    if (direction > 0 && k.frame > *now && !target) target = k.frame;
    if (direction < 0 && k.frame < *now) target = k.frame;
  }
  if (target) m_context.playback.seek(shot->begin + target->value - shot->sourceBegin);
}

void ShapeRows::toggleKey() {
  const core::MatteLayer* shown = layer();
  const auto now = sourceFrame();
  if (!shown || !now) return;
  app::shapeKeyAt(*shown, *now) ? app::removeShapeKey(m_context.document, m_context.document.currentShotId(), m_layer, *now)
                                : app::addShapeKey(m_context.document, m_context.document.currentShotId(), m_layer, *now);
}

void ShapeRows::update() {
  const core::MatteLayer* shown = layer();
  const auto now = sourceFrame();
  if (!shown || !now || shown->source != core::MatteSource::kShape) return;
  const bool here = app::shapeKeyAt(*shown, *now) != nullptr;
  m_keys->setText(here ? tr("%n keyframes, one here", nullptr, static_cast<int>(shown->shape.size()))
                       : tr("%n keyframes", nullptr, static_cast<int>(shown->shape.size())));
  m_toggle->setIcon(icon(here ? QStringLiteral("keyframe-filled") : QStringLiteral("keyframe")));
  m_toggle->setEnabled(!here || shown->shape.size() > 1);
  m_previous->setEnabled(!shown->shape.empty() && shown->shape.front().frame < *now);
  m_next->setEnabled(!shown->shape.empty() && shown->shape.back().frame > *now);
  m_smooth->setChecked(shown->closedSpline);
}

}  // namespace pai::ui
