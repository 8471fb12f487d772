// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/camera_page.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/document/core_words.h"
#include "ui/inspector/controls.h"
#include "ui/theme/theme.h"
#include "ui/timeline/camera_channels.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

QString methodText(const QString& word) {
  if (word == QStringLiteral("plate")) return CameraPage::tr("Solved from the plate");
  if (word == QStringLiteral("clip")) return CameraPage::tr("Solved from the camera clip");
  if (word == QStringLiteral("references")) return CameraPage::tr("Inferred from the references");
  if (word == QStringLiteral("hand")) return CameraPage::tr("Set by hand");
  return CameraPage::tr("Locked off");
}

}  // namespace

CameraPage::CameraPage(const InspectorContext& context) : ShotPage(context) {
  QVBoxLayout* layout = nullptr;
  setContent(scrollPage(layout));
  layout->addWidget(sectionTitle(tr("Camera")));
  m_source = new ChoiceRow(tr("Take it from"), {tr("Automatic"), tr("The plate"), tr("The references"), tr("Another clip"),
                                                tr("Locked off")});
  connect(m_source, &ChoiceRow::edited, this, [this](int index) {
    edit(tr("Change camera source"),
         [index](core::Shot& s) { s.camera.source = static_cast<core::CameraSettings::Source>(index); });
  });
  layout->addWidget(m_source);
  m_clip = new ChoiceRow(tr("Clip"), {});
  connect(m_clip, &ChoiceRow::edited, this, [this](int index) {
    const core::Id id = m_clip->box().itemData(index).toString().toStdString();
    edit(tr("Choose camera clip"), [&id](core::Shot& s) { s.camera.clip = id; });
  });
  auto* properties = new QToolButton;
  properties->setIcon(icon(QStringLiteral("info")));
  properties->setToolTip(tr("Properties of the camera clip"));
  properties->setAccessibleName(properties->toolTip());
  connect(properties, &QToolButton::clicked, this, [this] { emit propertiesRequested(m_clip->box().currentData().toString().toStdString()); });
  m_clip->layout()->addWidget(properties);
  layout->addWidget(m_clip);
  m_smoothing = new NumberRow(tr("Smoothing"), {0, 1, 0.01, 2, {}}, core::CameraSettings().smoothing);
  connect(m_smoothing, &NumberRow::edited, this, [this](double value) {
    edit(tr("Change camera smoothing"), [value](core::Shot& s) { s.camera.smoothing = value; }, QStringLiteral("smoothing"));
  });
  connect(m_smoothing, &NumberRow::editFinished, this, [this] { endMerge(); });
  layout->addWidget(m_smoothing);
  layout->addSpacing(8);
  layout->addWidget(sectionTitle(tr("Found")));
  m_found = hint({});
  m_found->setObjectName(QStringLiteral("foundCamera"));
  layout->addWidget(m_found);
  m_progress = new QProgressBar;
  m_progress->setRange(0, 1000);
  m_progress->setTextVisible(false);
  m_progress->hide();
  layout->addWidget(m_progress);
  auto* solve = new QPushButton(tr("Solve again"));
  connect(solve, &QPushButton::clicked, this, &CameraPage::solveRequested);
  auto* row = new QHBoxLayout;
  row->addWidget(solve);
  row->addStretch(1);
  layout->addLayout(row);
  layout->addSpacing(8);
  layout->addWidget(separatorLine());
  layout->addSpacing(4);
  layout->addWidget(sectionTitle(tr("Keyframes")));
  layout->addWidget(hint(tr("A keyframe always wins over what was solved. Double-click the camera lane, or press %1.")
                             .arg(context.actions.cameraKeyHere->shortcut().toString(QKeySequence::NativeText))));
  m_keys = new QTableWidget(0, 5);
  m_keys->setHorizontalHeaderLabels({tr("Frame"), tr("Pan"), tr("Tilt"), tr("Zoom"), tr("Roll")});
  m_keys->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  m_keys->verticalHeader()->hide();
  m_keys->setShowGrid(false);
  m_keys->setMinimumHeight(120);
  m_keys->setAccessibleName(tr("Camera keyframes"));
  connect(m_keys, &QTableWidget::cellChanged, this, [this](int line, int column) {
    bool number = false;
    const double value = m_keys->item(line, column)->text().toDouble(&number);
    if (!number) return follow();
    edit(tr("Edit camera keyframe"), [line, column, value](core::Shot& s) {
      if (line >= static_cast<int>(s.camera.keys.size())) return;
      core::CameraKey& key = s.camera.keys[static_cast<std::size_t>(line)];
      switch (column) {
        case 0: key.frame.value = std::max<std::int64_t>(0, static_cast<std::int64_t>(value)); break;
        case 1: key.pan = value; break;
        case 2: key.tilt = value; break;
        case 3: key.zoom = std::max(0.01, value); break;
        default: key.roll = value;
      }
    });
  });
  layout->addWidget(m_keys);
  auto* here = new QPushButton(tr("Set keyframe here"));
  connect(here, &QPushButton::clicked, this, &CameraPage::setKeyHere);
  auto* remove = new QPushButton(tr("Remove"));
  connect(remove, &QPushButton::clicked, this, [this] {
    const int line = m_keys->currentRow();
    edit(tr("Remove camera keyframe"), [line](core::Shot& s) {
      if (line >= 0 && line < static_cast<int>(s.camera.keys.size())) s.camera.keys.erase(s.camera.keys.begin() + line);
    });
  });
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(here);
  buttons->addWidget(remove);
  buttons->addStretch(1);
  layout->addLayout(buttons);
  layout->addStretch(1);
  connect(context.actions.cameraKeyHere, &QAction::triggered, this, &CameraPage::setKeyHere);
  connect(&context.model, &TimelineModel::changed, this, &CameraPage::showFound);
  showFound();
}

void CameraPage::setSolveProgress(double fraction) {
  m_progress->setVisible(fraction < 1.0);
  m_progress->setValue(static_cast<int>(fraction * 1000));
}

void CameraPage::setKeyHere() {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot) return;
  const std::int64_t local = std::clamp<std::int64_t>(m_context.playback.frame().value - shot->begin, 0, shot->length - 1);
  const core::CameraKey key = keyOnCurves(m_context.model, *shot, local);
  edit(tr("Set camera keyframe"), [&key](core::Shot& s) {
    std::erase_if(s.camera.keys, [&key](const core::CameraKey& k) { return k.frame == key.frame; });
    s.camera.keys.push_back(key);
    std::sort(s.camera.keys.begin(), s.camera.keys.end(), [](const auto& a, const auto& b) { return a.frame < b.frame; });
  });
}

void CameraPage::showShot(const core::Shot& shot) {
  m_source->setIndex(static_cast<int>(shot.camera.source));
  m_smoothing->setValue(shot.camera.smoothing);
  QComboBox& clips = m_clip->box();
  const QSignalBlocker blocker(&clips);
  clips.clear();
  for (const core::Media& media : m_context.document.project().media) {
    if (media.kind == core::MediaKind::kImage) continue;
    clips.addItem(QString::fromStdString(media.name), QString::fromStdString(media.id));
    if (media.id == shot.camera.clip) clips.setCurrentIndex(clips.count() - 1);
  }
  m_clip->setVisible(shot.camera.source == core::CameraSettings::Source::kClip);
  showKeys(shot);
  showFound();
}

void CameraPage::showKeys(const core::Shot& shot) {
  const QSignalBlocker blocker(m_keys);
  const int current = m_keys->currentRow();
  m_keys->setRowCount(static_cast<int>(shot.camera.keys.size()));
  int line = 0;
  for (const core::CameraKey& key : shot.camera.keys) {
    int column = 0;
    for (double value : {static_cast<double>(key.frame.value), key.pan, key.tilt, key.zoom, key.roll})
      m_keys->setItem(line, column++, new QTableWidgetItem(QString::number(value, 'g', 5)));
    ++line;
  }
  m_keys->setCurrentCell(std::min(current, m_keys->rowCount() - 1), 0);
}

void CameraPage::showFound() {
  const app::CameraSummary& camera = m_context.model.camera();
  if (camera.frames.empty()) {
    m_found->setText(tr("Not solved yet. It is solved in the background when the shot has references."));
    return;
  }
  QStringList lines{methodText(camera.method)};
  if (!camera.motionSentence.isEmpty()) lines << app::cameraText(camera.motionSentence);
  if (!camera.angle.isEmpty()) lines << tr("Angle: %1").arg(app::cameraText(camera.angle));
  if (!camera.focalLength.isEmpty()) lines << tr("Focal length: %1").arg(app::cameraText(camera.focalLength));
  for (const QString& warning : camera.warnings) lines << app::noteText(warning);
  m_found->setText(lines.join(QLatin1Char('\n')));
}

}  // namespace pai::ui
