// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/references_page.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/document/colour_edits.h"
#include "app/document/engine_settings.h"
#include "app/document/reference_edits.h"
#include "ui/inspector/controls.h"
#include "ui/inspector/space_row.h"
#include "ui/theme/theme.h"

namespace pai::ui {

ReferencesPage::ReferencesPage(const InspectorContext& context) : ShotPage(context) {
  QVBoxLayout* layout = nullptr;
  setContent(scrollPage(layout));
  auto* head = new QHBoxLayout;
  m_count = new QLabel;
  m_count->setProperty("role", "dim");
  m_remove = new QToolButton;
  m_remove->setIcon(icon(QStringLiteral("trash")));
  m_remove->setToolTip(tr("Remove the selected reference"));
  m_remove->setAccessibleName(m_remove->toolTip());
  connect(m_remove, &QToolButton::clicked, this,
          [this] { app::removeReference(m_context.document, m_context.document.currentShotId(), m_selected); });
  head->addWidget(sectionTitle(tr("References")));
  head->addStretch(1);
  head->addWidget(m_count);
  head->addWidget(m_remove);
  layout->addLayout(head);
  m_empty = hint(tr("Drop pictures of the new place on the timeline's reference lane: at the beginning, the middle, the end, "
                    "or any frame between. The background follows them through the shot."));
  layout->addWidget(m_empty);
  m_list = new QListWidget;
  m_list->setIconSize(QSize(64, 36));
  m_list->setFixedHeight(136);
  m_list->setAccessibleName(tr("References of the shot"));
  connect(m_list, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
    if (!item) return;
    m_selected = item->data(Qt::UserRole).toString().toStdString();
    if (const core::Shot* shot = m_context.document.currentShot()) showReference(*shot);
    emit referenceSelected(m_selected);
  });
  connect(m_list, &QListWidget::itemActivated, this, [this] {
    const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
    if (!shot) return;
    for (const TimelineFlag& flag : shot->flags)
      if (flag.id == m_selected) m_context.playback.seek(shot->begin + flag.frame);
  });
  layout->addWidget(m_list);
  m_details = new QWidget;
  auto* details = new QVBoxLayout(m_details);
  details->setContentsMargins(0, 0, 0, 0);
  makePlace(details);
  layout->addWidget(m_details);
  layout->addSpacing(4);
  layout->addWidget(separatorLine());
  layout->addSpacing(4);
  makeLight(layout);
  layout->addStretch(1);
  connect(&context.catalog, &app::MediaCatalog::mediaChanged, this, [this] { follow(); });
}

void ReferencesPage::makePlace(QVBoxLayout* layout) {
  layout->addSpacing(8);
  layout->addWidget(sectionTitle(tr("Place in time")));
  m_anchor = new ChoiceRow(tr("Anchor"), {tr("Begin"), tr("Middle"), tr("End"), tr("Frame")});
  connect(m_anchor, &ChoiceRow::edited, this, [this](int index) {
    const core::Shot* shot = m_context.document.currentShot();
    if (!shot) return;
    const auto kind = static_cast<core::AnchorKind>(index);
    core::Anchor anchor{kind, {}};
    if (kind == core::AnchorKind::kFrame)
      anchor = app::frameAnchor(m_context.catalog.rangeOf(*shot), {m_frame->value()});
    setAnchor(anchor);
  });
  layout->addWidget(m_anchor);
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  m_frame = new QSpinBox;
  m_frame->setKeyboardTracking(false);
  m_frame->setAccessibleName(tr("Frame of the reference"));
  connect(m_frame, &QSpinBox::valueChanged, this, [this](int frame) {
    if (const core::Shot* shot = m_context.document.currentShot())
      setAnchor(app::frameAnchor(m_context.catalog.rangeOf(*shot), {frame}));
  });
  row->addWidget(rowLabel(tr("Frame"), m_frame));
  row->addWidget(m_frame, 1);
  layout->addLayout(row);
  addNumber(layout, tr("Strength"), &core::Reference::strength, 0, 1, 0.05, 2, {});
  layout->addSpacing(8);
  layout->addWidget(sectionTitle(tr("Framing")));
  m_fit = new ChoiceRow(tr("Fit"), {tr("Fill the frame"), tr("Fit inside"), tr("Stretch")});
  connect(m_fit, &ChoiceRow::edited, this, [this](int index) {
    app::editReference(m_context.document, m_context.document.currentShotId(), m_selected, tr("Change reference fit"),
                       [index](core::Reference& r) { r.fit = static_cast<core::Fit>(index); });
  });
  layout->addWidget(m_fit);
  addNumber(layout, tr("Move across"), &core::Reference::offsetX, -1, 1, 0.005, 3, {});
  addNumber(layout, tr("Move down"), &core::Reference::offsetY, -1, 1, 0.005, 3, {});
  addNumber(layout, tr("Scale"), &core::Reference::scale, 0.1, 4, 0.01, 2, {});
  addNumber(layout, tr("Rotate"), &core::Reference::rotationDegrees, -180, 180, 0.1, 1, tr("°"));
  layout->addSpacing(8);
  layout->addWidget(sectionTitle(tr("Colour")));
  m_space = new SpaceRow(tr("Colour space"), m_context.colours);
  connect(m_space, &SpaceRow::chosen, this, [this](const QString& space) {
    const core::Shot* shot = m_context.document.currentShot();
    if (const core::Reference* reference = shot ? app::findReference(*shot, m_selected) : nullptr)
      app::setColourSpace(m_context.document, {reference->media}, space);
  });
  layout->addWidget(m_space);
}

void ReferencesPage::makeLight(QVBoxLayout* layout) {
  layout->addWidget(sectionTitle(tr("Light on the subject")));
  m_relight = new QCheckBox(tr("Relight from the references"));
  m_relight->setObjectName(QStringLiteral("relight"));
  connect(m_relight, &QCheckBox::clicked, this, [this](bool on) {
    edit(on ? tr("Turn relighting on") : tr("Turn relighting off"), [on](core::Shot& s) { s.light.relight = on; });
  });
  layout->addWidget(m_relight);
  using Light = core::LightSettings;
  addLight(layout, tr("Strength"), &Light::strength, 0, 1, {},
           tr("How far the subject's light is brought to the scene's. The screen's glow on skin and clothes goes with it."));
  addLight(layout, tr("Direction"), &Light::gradient, 0, 1, {},
           tr("The scene's main light on the side that faces it. Up to the middle only on a subject that shows a studio's light."));
  addLight(layout, tr("Match blacks"), &Light::blacks, 0, 1, {});
  addLight(layout, tr("Own shadows"), &Light::shadow, 0, 1, {});
  addLight(layout, tr("Contact shadow"), &Light::contactShadow, 0, 1, {});
  addLight(layout, tr("Cast shadow"), &Light::castShadow, 0, 1, {},
           tr("The shadow that the scene's main light throws of the subject on the ground. Up to the middle only where the scene shows such "
              "shadows."));
  addLight(layout, tr("Shadow turn"), &Light::castShadowTurn, -180, 180, tr("°"),
           tr("Clockwise from where the scene's own shadows fall."));
  addLight(layout, tr("Shadow length"), &Light::castShadowLength, 0.1, 4, {}, tr("Over the length that the scene's light suggests."));
  addLight(layout, tr("Light wrap"), &Light::lightWrap, 0, 1, {});
  addLight(layout, tr("Grain"), &Light::grain, 0, 2, {});
  addLight(layout, tr("Defocus"), &Light::defocus, 0, 40, tr(" px"));
}

void ReferencesPage::addNumber(QVBoxLayout* layout, const QString& label, double core::Reference::*member, double least,
                               double most, double step, int decimals, const QString& suffix) {
  auto* row = new NumberRow(label, {least, most, step, decimals, suffix}, core::Reference().*member);
  connect(row, &NumberRow::edited, this, [this, label, member](double value) {
    app::editReference(m_context.document, m_context.document.currentShotId(), m_selected, tr("Reference: %1").arg(label),
                       [member, value](core::Reference& r) { r.*member = value; }, QStringLiteral("reference/") + label);
  });
  connect(row, &NumberRow::editFinished, this, [this] { endMerge(); });
  layout->addWidget(row);
  m_numbers.emplace_back(row, member);
}

void ReferencesPage::addLight(QVBoxLayout* layout, const QString& label, double core::LightSettings::*member, double least,
                              double most, const QString& suffix, const QString& tip) {
  auto* row = new NumberRow(label, {least, most, most > 10 ? 0.5 : 0.01, most > 10 ? 1 : 2, suffix},
                            core::LightSettings().*member);
  connect(row, &NumberRow::edited, this, [this, label, member](double value) {
    edit(tr("Light: %1").arg(label), [member, value](core::Shot& s) { s.light.*member = value; },
         QStringLiteral("light/") + label);
  });
  connect(row, &NumberRow::editFinished, this, [this] { endMerge(); });
  row->setToolTip(tip);
  layout->addWidget(row);
  m_lights.emplace_back(row, member);
}

void ReferencesPage::setAnchor(const core::Anchor& anchor) {
  app::moveReference(m_context.document, m_context.document.currentShotId(), m_selected, anchor);
}

void ReferencesPage::selectReference(const core::Id& reference) {
  m_selected = reference;
  follow();
}

void ReferencesPage::showShot(const core::Shot& shot) {
  const TimelineShot* shown = m_context.model.shot(shot.id);
  if (!shown) return;
  showRows(shown->flags);
  m_empty->setVisible(shown->flags.empty());
  m_list->setVisible(!shown->flags.empty());
  m_count->setText(tr("%1 of %2").arg(shot.references.size()).arg(app::kMaxReferences));
  m_relight->setChecked(shot.light.relight);
  for (const auto& [row, member] : m_lights) row->setValue(shot.light.*member);
  const app::KnownPack* pack = m_context.packs.find(shot.render.engine);
  const QString light = app::ignoredBecause(app::EngineSetting::kLight, shot, pack);
  m_relight->setEnabled(light.isEmpty());
  m_relight->setToolTip(light);
  for (const auto& [row, member] : m_lights) {
    row->setEnabled(light.isEmpty());
    row->setToolTip(light);
  }
  showReference(shot);
}

void ReferencesPage::showRows(const std::vector<TimelineFlag>& flags) {
  const QSignalBlocker blocker(m_list);
  while (m_list->count() > static_cast<int>(flags.size())) delete m_list->takeItem(m_list->count() - 1);
  while (m_list->count() < static_cast<int>(flags.size())) m_list->addItem(QString());
  int current = -1;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    const TimelineFlag& flag = flags[i];
    QListWidgetItem* item = m_list->item(static_cast<int>(i));
    const QString place = !flag.inRange                               ? tr("outside the range")
                          : flag.anchor == core::AnchorKind::kFrame ? flag.caption
                                                                      : tr("%1, frame %2").arg(flag.caption).arg(flag.frame);
    item->setText(flag.name + QLatin1Char('\n') + place);
    const QImage thumbnail = m_context.catalog.thumbnail(flag.media);
    item->setIcon(thumbnail.isNull() ? icon(QStringLiteral("image")) : QIcon(QPixmap::fromImage(thumbnail)));
    item->setData(Qt::UserRole, QString::fromStdString(flag.id));
    if (flag.id == m_selected) current = static_cast<int>(i);
  }
  if (current < 0) m_list->clearSelection();
  if (current != m_list->currentRow()) m_list->setCurrentRow(current);
}

void ReferencesPage::showReference(const core::Shot& shot) {
  const core::Reference* reference = app::findReference(shot, m_selected);
  m_details->setVisible(reference != nullptr);
  m_remove->setEnabled(reference != nullptr);
  if (!reference) return;
  const core::FrameRange range = m_context.catalog.rangeOf(shot);
  const auto at = core::resolveAnchor(reference->anchor, range);
  m_anchor->setIndex(static_cast<int>(reference->anchor.kind));
  {
    const QSignalBlocker blocker(m_frame);
    m_frame->setRange(0, static_cast<int>(app::endFrame(range)));
    m_frame->setValue(at ? static_cast<int>(at->value) : 0);
  }
  m_fit->setIndex(static_cast<int>(reference->fit));
  const core::Media* media = m_context.document.project().findMedia(reference->media);
  m_space->setSpace(media ? QString::fromStdString(media->colourSpace) : QString());
  for (const auto& [row, member] : m_numbers) row->setValue(reference->*member);
}

}  // namespace pai::ui
