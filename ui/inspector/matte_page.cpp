// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/matte_page.h"

#include <cmath>

#include <QCheckBox>
#include <QColorDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/document/colour_edits.h"
#include "ui/inspector/controls.h"
#include "ui/inspector/repair_rows.h"
#include "ui/inspector/shape_rows.h"
#include "ui/inspector/space_row.h"
#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

QString iconOf(core::MatteSource source) {
  switch (source) {
    case core::MatteSource::kKey: return QStringLiteral("key");
    case core::MatteSource::kShape: return QStringLiteral("shape");
    default: return QStringLiteral("matte");
  }
}

QToolButton* small(const QString& iconName, const QString& tip) {
  auto* button = new QToolButton;
  button->setIcon(icon(iconName));
  button->setToolTip(tip);
  button->setAccessibleName(tip);
  return button;
}

double linearOf(double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); }

}  // namespace

MattePage::MattePage(const InspectorContext& context) : ShotPage(context) {
  QVBoxLayout* layout = nullptr;
  setContent(scrollPage(layout));
  m_space = new SpaceRow(tr("Plate colour"), context.colours);
  connect(m_space, &SpaceRow::chosen, this, [this](const QString& space) {
    if (const core::Shot* shot = m_context.document.currentShot()) app::setColourSpace(m_context.document, {shot->plate}, space);
  });
  layout->addWidget(m_space);
  layout->addSpacing(8);
  layout->addWidget(sectionTitle(tr("Matte stack")));
  layout->addWidget(makeStack());
  layout->addWidget(makeExternal());
  m_operation = new ChoiceRow(tr("Combine"), {tr("Add"), tr("Subtract"), tr("Intersect")});
  connect(m_operation, &ChoiceRow::edited, this, [this](int index) {
    editLayer(tr("Change how a matte combines"),
              [index](core::MatteLayer& l) { l.operation = static_cast<core::MatteOperation>(index); });
  });
  layout->addWidget(m_operation);
  m_feather = new NumberRow(tr("Feather"), {0.0, 100.0, 0.5, 1, tr(" px")}, 0.0);
  connect(m_feather, &NumberRow::edited, this, [this](double value) {
    editLayer(tr("Change feather"), [value](core::MatteLayer& l) { l.feather = value; }, QStringLiteral("feather"));
  });
  connect(m_feather, &NumberRow::editFinished, this, [this] { endMerge(); });
  layout->addWidget(m_feather);
  m_invert = new QCheckBox(tr("Invert"));
  connect(m_invert, &QCheckBox::clicked, this, [this](bool on) {
    editLayer(tr("Invert matte"), [on](core::MatteLayer& l) { l.invert = on; });
  });
  layout->addWidget(m_invert);
  layout->addSpacing(8);
  m_shape = new ShapeRows(context);
  layout->addWidget(m_shape);
  m_key = new QWidget;
  auto* keyLayout = new QVBoxLayout(m_key);
  keyLayout->setContentsMargins(0, 0, 0, 0);
  makeKey(keyLayout);
  layout->addWidget(m_key);
  layout->addWidget(separatorLine());
  layout->addSpacing(4);
  layout->addWidget(new RepairRows(context));
  layout->addStretch(1);
}

QWidget* MattePage::makeStack() {
  auto* box = new QWidget;
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(4);
  m_stack = new QListWidget;
  m_stack->setFixedHeight(96);
  m_stack->setAccessibleName(tr("Matte stack, top layer first"));
  connect(m_stack, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
    if (!item) return;
    m_layer = item->data(Qt::UserRole).toString().toStdString();
    if (const core::MatteLayer* selected = layer()) showLayer(*selected);
    emit layerSelected(m_layer);
  });
  connect(m_stack, &QListWidget::itemChanged, this, [this](QListWidgetItem* item) {
    const core::Id id = item->data(Qt::UserRole).toString().toStdString();
    const bool on = item->checkState() == Qt::Checked;
    edit(on ? tr("Turn matte layer on") : tr("Turn matte layer off"), [&id, on](core::Shot& s) {
      for (core::MatteLayer& l : s.matte)
        if (l.id == id) l.enabled = on;
    });
  });
  auto* bar = new QHBoxLayout;
  bar->setSpacing(2);
  m_addMatte = new QPushButton(tr("Add"));
  auto* menu = new QMenu(m_addMatte);
  menu->addAction(icon(QStringLiteral("key")), tr("Key"), this, [this] {
    core::MatteLayer layer;
    layer.id = core::newId(m_context.document.project(), "matte");
    layer.name = tr("Key").toStdString();
    edit(tr("Add key"), [&layer](core::Shot& s) { s.matte.push_back(layer); });
  });
  menu->addAction(icon(QStringLiteral("shape")), tr("Garbage polygon: cut away inside"), this,
                  [this] { emit drawRequested(core::MatteOperation::kSubtract); });
  menu->addAction(icon(QStringLiteral("shape")), tr("Keep polygon: cut away outside"), this,
                  [this] { emit drawRequested(core::MatteOperation::kIntersect); });
  menu->addAction(icon(QStringLiteral("matte")), tr("Matte clip from the media bin…"), this, &MattePage::addExternal);
  m_addMatte->setMenu(menu);
  auto* up = small(QStringLiteral("up"), tr("Move layer up"));
  auto* down = small(QStringLiteral("down"), tr("Move layer down"));
  auto* remove = small(QStringLiteral("trash"), tr("Remove layer"));
  connect(up, &QToolButton::clicked, this, [this] { moveLayer(1); });
  connect(down, &QToolButton::clicked, this, [this] { moveLayer(-1); });
  connect(remove, &QToolButton::clicked, this, &MattePage::removeLayer);
  bar->addWidget(m_addMatte);
  bar->addStretch(1);
  for (QToolButton* button : {up, down, remove}) bar->addWidget(button);
  layout->addWidget(m_stack);
  layout->addLayout(bar);
  return box;
}

QWidget* MattePage::makeExternal() {
  m_clipName = new QLabel;
  m_clipName->setTextFormat(Qt::PlainText);
  m_clipName->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* properties = small(QStringLiteral("info"), tr("Properties of the matte clip"));
  properties->setObjectName(QStringLiteral("matteClipProperties"));
  connect(properties, &QToolButton::clicked, this, [this] { emit propertiesRequested(clipShown()); });
  m_external = new QWidget;
  auto* row = labelledRow(tr("Matte clip"), m_clipName);
  row->setContentsMargins(0, 0, 0, 0);
  row->addWidget(properties);
  m_external->setLayout(row);
  return m_external;
}

void MattePage::makeKey(QVBoxLayout* layout) {
  layout->addWidget(separatorLine());
  layout->addSpacing(4);
  layout->addWidget(sectionTitle(tr("Key")));
  m_screen = new ChoiceRow(tr("Screen"), {tr("Automatic"), tr("Green"), tr("Blue"), tr("Colour")});
  connect(m_screen, &ChoiceRow::edited, this, [this](int index) {
    editLayer(tr("Change screen colour"),
              [index](core::MatteLayer& l) { l.key.screen = static_cast<core::KeySettings::Screen>(index); });
  });
  layout->addWidget(m_screen);
  m_colour = new QPushButton(tr("Choose colour…"));
  connect(m_colour, &QPushButton::clicked, this, [this] {
    const QColor picked = QColorDialog::getColor(Qt::green, this, tr("Screen colour"));
    if (!picked.isValid()) return;
    editLayer(tr("Choose screen colour"), [&picked](core::MatteLayer& l) {
      l.key.screen = core::KeySettings::Screen::kColour;
      l.key.colour = {linearOf(picked.redF()), linearOf(picked.greenF()), linearOf(picked.blueF())};
    });
  });
  layout->addWidget(m_colour);
  using Key = core::KeySettings;
  makeNumber(layout, tr("Clip black"), &Key::clipBlack, 0, 1, 0.01, 2, {});
  makeNumber(layout, tr("Clip white"), &Key::clipWhite, 0, 1, 0.01, 2, {});
  makeNumber(layout, tr("Gamma"), &Key::gamma, 0.1, 4, 0.05, 2, {});
  makeNumber(layout, tr("Despill"), &Key::despill, 0, 1, 0.01, 2, {});
  layout->addSpacing(8);
  layout->addWidget(sectionTitle(tr("Edge")));
  makeNumber(layout, tr("Grow or shrink"), &Key::grow, -20, 20, 0.5, 1, tr(" px"));
  makeNumber(layout, tr("Refine"), &Key::edgeRefine, 0, 1, 0.01, 2, {});
  makeNumber(layout, tr("Hold in time"), &Key::temporal, 0, 1, 0.01, 2, {});
  layout->addSpacing(8);
  layout->addWidget(sectionTitle(tr("Clean")));
  makeNumber(layout, tr("Fill holes"), &Key::fillHoles, 0, 100, 1, 0, tr(" px"));
  makeNumber(layout, tr("Remove specks"), &Key::despot, 0, 100, 1, 0, tr(" px"));
  m_markers = new QCheckBox(tr("Remove markers and seams"));
  connect(m_markers, &QCheckBox::clicked, this, [this](bool on) {
    editLayer(tr("Remove markers and seams"), [on](core::MatteLayer& l) { l.key.removeMarkers = on; });
  });
  layout->addWidget(m_markers);
}

void MattePage::makeNumber(QVBoxLayout* layout, const QString& label, double core::KeySettings::*member, double least,
                           double most, double step, int decimals, const QString& suffix) {
  auto* row = new NumberRow(label, {least, most, step, decimals, suffix}, core::KeySettings().*member);
  connect(row, &NumberRow::edited, this, [this, label, member](double value) {
    editLayer(tr("Key: %1").arg(label), [member, value](core::MatteLayer& l) { l.key.*member = value; },
              QStringLiteral("key/") + label);
  });
  connect(row, &NumberRow::editFinished, this, [this] { endMerge(); });
  layout->addWidget(row);
  m_numbers.push_back({row, member});
}

core::Id MattePage::clipShown() const {
  const core::MatteLayer* shown = layer();
  return shown && shown->source == core::MatteSource::kExternal ? shown->media : core::Id();
}

const core::MatteLayer* MattePage::layer() const {
  const core::Shot* shot = m_context.document.currentShot();
  if (!shot) return nullptr;
  for (const core::MatteLayer& l : shot->matte)
    if (l.id == m_layer) return &l;
  return nullptr;
}

void MattePage::showShot(const core::Shot& shot) {
  const core::Media* plate = m_context.document.project().findMedia(shot.plate);
  m_space->setSpace(plate ? QString::fromStdString(plate->colourSpace) : QString());
  const QSignalBlocker blocker(m_stack);
  m_stack->clear();
  // Layers combine bottom to top: the top one is listed first.
  for (auto it = shot.matte.rbegin(); it != shot.matte.rend(); ++it) {
    auto* item = new QListWidgetItem(icon(iconOf(it->source)), QString::fromStdString(it->name.empty() ? it->id : it->name));
    item->setData(Qt::UserRole, QString::fromStdString(it->id));
    item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
    item->setCheckState(it->enabled ? Qt::Checked : Qt::Unchecked);
    m_stack->addItem(item);
    if (it->id == m_layer) m_stack->setCurrentItem(item);
  }
  if (!m_stack->currentItem() && m_stack->count() > 0) {
    m_stack->setCurrentRow(m_stack->count() - 1);
    m_layer = shot.matte.front().id;
  }
  if (const core::MatteLayer* selected = layer()) showLayer(*selected);
  m_key->setVisible(layer() && layer()->source == core::MatteSource::kKey);
  if (!layer()) {
    m_shape->showLayer(nullptr);
    m_external->hide();
  }
  emit layerSelected(m_layer);
}

void MattePage::selectLayer(const core::Id& id) {
  m_layer = id;
  follow();
}

void MattePage::showLayer(const core::MatteLayer& shown) {
  m_operation->setIndex(static_cast<int>(shown.operation));
  m_feather->setValue(shown.feather);
  m_invert->setChecked(shown.invert);
  m_screen->setIndex(static_cast<int>(shown.key.screen));
  m_colour->setVisible(shown.key.screen == core::KeySettings::Screen::kColour);
  m_markers->setChecked(shown.key.removeMarkers);
  for (const Number& number : m_numbers) number.row->setValue(shown.key.*number.member);
  m_key->setVisible(shown.source == core::MatteSource::kKey);
  const core::Media* clip = m_context.document.project().findMedia(clipShown());
  m_external->setVisible(clip);
  if (clip) m_clipName->setText(QString::fromStdString(clip->name));
  m_shape->showLayer(&shown);
}

void MattePage::editLayer(const QString& text, const std::function<void(core::MatteLayer&)>& change, const QString& mergeKey) {
  const core::Id id = m_layer;
  edit(text, [&id, &change](core::Shot& s) {
    for (core::MatteLayer& l : s.matte)
      if (l.id == id) change(l);
  }, mergeKey);
}

void MattePage::addExternal() {
  QMenu choices(this);
  for (const core::Media& media : m_context.document.project().media) {
    if (media.kind == core::MediaKind::kImage) continue;
    QAction* choice = choices.addAction(QString::fromStdString(media.name));
    choice->setData(QString::fromStdString(media.id));
  }
  if (choices.isEmpty()) choices.addAction(tr("Import a matte clip first"))->setEnabled(false);
  const QAction* chosen = choices.exec(m_addMatte->mapToGlobal(QPoint(0, m_addMatte->height())));
  if (!chosen) return;
  core::MatteLayer added;
  added.id = core::newId(m_context.document.project(), "matte");
  added.name = chosen->text().toStdString();
  added.source = core::MatteSource::kExternal;
  added.media = chosen->data().toString().toStdString();
  edit(tr("Add matte clip"), [&added](core::Shot& s) { s.matte.push_back(added); });
}

void MattePage::removeLayer() {
  const core::Id id = m_layer;
  edit(tr("Remove matte layer"),
       [&id](core::Shot& s) { std::erase_if(s.matte, [&id](const core::MatteLayer& l) { return l.id == id; }); });
}

void MattePage::moveLayer(int direction) {
  const core::Id id = m_layer;
  edit(tr("Reorder matte layers"), [&id, direction](core::Shot& s) {
    for (std::size_t i = 0; i < s.matte.size(); ++i) {
      const std::size_t other = i + static_cast<std::size_t>(direction);
      if (s.matte[i].id != id || other >= s.matte.size()) continue;
      std::swap(s.matte[i], s.matte[other]);
      return;
    }
  });
}

}  // namespace pai::ui
