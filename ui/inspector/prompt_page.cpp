// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/prompt_page.h"

#include <cmath>
#include <string>

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QInputDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSaveFile>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/document/core_words.h"
#include "app/document/error_text.h"
#include "app/document/named_presets.h"
#include "core/base/camera_angles.h"
#include "ui/inspector/controls.h"
#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

constexpr qint64 kPromptFileLimit = 1 << 20;
constexpr double kMovingPixels = 40.0;
constexpr int kAroundLines = 12;  // the frame of a text and its margins

bool saysStatic(const QString& text) {
  static const QStringList words{"static", "locked", "tripod", "still camera", "fixed", "固定", "静止"};
  return std::any_of(words.begin(), words.end(), [&text](const QString& w) { return text.contains(w, Qt::CaseInsensitive); });
}

bool saysMoving(const QString& text) {
  static const QStringList words{"pan", "tilt", "dolly", "push", "track", "handheld", "hand-held", "zoom", "摇", "推", "移"};
  return std::any_of(words.begin(), words.end(), [&text](const QString& w) { return text.contains(w, Qt::CaseInsensitive); });
}

QStringList cameraAngles() {
  QStringList names;
  for (const std::string_view name : core::kCameraAngles) names << PromptPage::tr(std::string(name).c_str());  // the translations hold these by hand
  return names;
}

}  // namespace

QStringList promptLint(const core::StructuredPrompt& prompt, const app::CameraSummary& camera) {
  QStringList found;
  double travel = 0.0;
  for (const app::CameraFacts& f : camera.frames) travel = std::max({travel, std::abs(f.pan), std::abs(f.tilt)});
  const QString motion = QString::fromStdString(prompt.cameraMotionAnalysis);
  if (!camera.frames.empty() && saysStatic(motion) && travel > kMovingPixels)
    found << PromptPage::tr("Camera motion says the camera stands still, but it moves %1 px.").arg(std::lround(travel));
  if (!camera.frames.empty() && !saysStatic(motion) && saysMoving(motion) && travel < 2.0)
    found << PromptPage::tr("Camera motion says the camera moves, but it stands still.");
  if (prompt.backgroundContent.empty() && !prompt.caption.empty())
    found << PromptPage::tr("Background content is empty: say what the new place is.");
  if (!prompt.foregroundContent.empty() && prompt.foregroundContent == prompt.backgroundContent)
    found << PromptPage::tr("Foreground and background content are the same words.");
  return found;
}

PromptPage::PromptPage(const InspectorContext& context) : ShotPage(context) {
  auto* content = new QWidget;
  auto* layout = new QVBoxLayout(content);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  auto* bar = new QHBoxLayout;
  bar->setContentsMargins(16, 12, 16, 0);
  m_fromCamera = new QPushButton(tr("From camera"));
  m_fromCamera->setToolTip(tr("Fills camera motion, angle and focal length with what the solve knows"));
  connect(m_fromCamera, &QPushButton::clicked, this, &PromptPage::fillFromCamera);
  m_asJson = new QPushButton(tr("JSON"));
  m_asJson->setCheckable(true);
  m_asJson->setToolTip(tr("Shows the prompt as JSON; changes go both ways"));
  connect(m_asJson, &QPushButton::toggled, this, [this](bool on) { m_stack->setCurrentIndex(on ? 1 : 0); });
  auto* more = new QToolButton;
  more->setIcon(icon(QStringLiteral("settings")));
  more->setToolTip(tr("Presets, import, export, copy"));
  more->setAccessibleName(more->toolTip());
  more->setPopupMode(QToolButton::InstantPopup);
  auto* menu = new QMenu(more);
  menu->addAction(tr("Import…"), this, &PromptPage::importPrompt);
  menu->addAction(tr("Export…"), this, &PromptPage::exportPrompt);
  menu->addAction(tr("Copy as JSON"), this, [this] {
    if (const core::Shot* shot = m_context.document.currentShot())
      QApplication::clipboard()->setText(QString::fromStdString(core::promptJson(shot->prompt)));
  });
  menu->addSeparator();
  menu->addAction(tr("Save as preset…"), this, [this] {
    const core::Shot* shot = m_context.document.currentShot();
    const QString name = shot ? QInputDialog::getText(this, tr("Save prompt as preset"), tr("Name")).trimmed() : QString();
    if (!name.isEmpty()) app::keepPromptPreset(name, shot->prompt);
  });
  auto* presets = menu->addMenu(tr("Use preset"));
  auto* removal = menu->addMenu(tr("Remove preset"));
  presets->setObjectName(QStringLiteral("promptPresets"));
  connect(menu, &QMenu::aboutToShow, this, [this, presets, removal] {
    presets->clear();
    removal->clear();
    fillPresets(*presets, *removal);
  });
  more->setMenu(menu);
  bar->addWidget(m_fromCamera);
  bar->addStretch(1);
  bar->addWidget(m_asJson);
  bar->addWidget(more);
  layout->addLayout(bar);
  m_lint = hint({});
  m_lint->setContentsMargins(16, 8, 16, 0);
  layout->addWidget(m_lint);
  m_stack = new QStackedWidget;
  m_stack->addWidget(makeForm());
  m_stack->addWidget(makeJson());
  layout->addWidget(m_stack, 1);
  setContent(content);
  connect(&context.model, &TimelineModel::changed, this, [this] {
    if (const core::Shot* shot = m_context.document.currentShot()) showLint(*shot);
  });
}

QWidget* PromptPage::makeForm() {
  QVBoxLayout* layout = nullptr;
  QWidget* page = scrollPage(layout);
  layout->setSpacing(4);
  makeText(layout, 0, tr("Foreground content"), tr("Who or what is in front: clothes, hair, things held"));
  makeText(layout, 1, tr("Background content"), tr("The new place: what, where, time of day, light"));
  makeText(layout, 2, tr("Foreground motion"), tr("What the subject does, in order"));
  makeText(layout, 3, tr("Background motion"), tr("What moves behind: leaves, traffic, water, nothing"));
  makeText(layout, 4, tr("Camera motion"), tr("How the camera moves; “From camera” fills it"));
  makeChoice(layout, 5, tr("Camera angle"), cameraAngles());
  makeChoice(layout, 6, tr("Focal length"), {tr("ultra wide, 14 mm"), tr("wide, 24 mm"), tr("wide, 35 mm"), tr("normal, 50 mm"), tr("portrait, 85 mm"), tr("telephoto, 135 mm")});
  makeText(layout, 7, tr("Caption"), tr("The whole shot in one or two sentences"));
  layout->addStretch(1);
  return page;
}

void PromptPage::makeText(QVBoxLayout* layout, std::size_t field, const QString& label, const QString& guidance) {
  auto* head = new QHBoxLayout;
  auto* name = new QLabel(label);
  name->setProperty("role", "dim");
  m_counters[field] = new QLabel;
  m_counters[field]->setProperty("role", "small");
  head->addWidget(name);
  head->addStretch(1);
  head->addWidget(m_counters[field]);
  layout->addLayout(head);
  auto* text = new QPlainTextEdit;
  text->setPlaceholderText(guidance);
  text->setTabChangesFocus(true);
  text->ensurePolished();
  text->setFixedHeight((field == 7 ? 3 : 2) * text->fontMetrics().lineSpacing() + kAroundLines);  // a line shows whole or not at all
  text->setAccessibleName(label);
  name->setBuddy(text);
  m_texts[field] = text;
  connect(text, &QPlainTextEdit::textChanged, this, [this, field, label, text] { editField(field, label, text->toPlainText()); });
  layout->addWidget(text);
  layout->addSpacing(4);
}

void PromptPage::makeChoice(QVBoxLayout* layout, std::size_t field, const QString& label, const QStringList& choices) {
  auto* name = new QLabel(label);
  name->setProperty("role", "dim");
  layout->addWidget(name);
  auto* box = new QComboBox;
  box->setEditable(true);
  box->addItems(choices);
  box->setCurrentIndex(-1);
  box->setAccessibleName(label);
  name->setBuddy(box);
  m_choices[field] = box;
  connect(box->lineEdit(), &QLineEdit::editingFinished, box, [box] { box->lineEdit()->setCursorPosition(0); });
  connect(box, &QComboBox::currentTextChanged, this, [this, field, label](const QString& text) { editField(field, label, text); });
  layout->addWidget(box);
  layout->addSpacing(4);
}

QWidget* PromptPage::makeJson() {
  auto* page = new QWidget;
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(16, 12, 16, 16);
  m_json = new QPlainTextEdit;
  m_json->setFont(digitsFont(12));
  m_json->setAccessibleName(tr("Prompt as JSON"));
  connect(m_json, &QPlainTextEdit::textChanged, this, &PromptPage::readJson);
  m_jsonTrouble = hint({});
  layout->addWidget(m_json, 1);
  layout->addWidget(m_jsonTrouble);
  return page;
}

void PromptPage::editField(std::size_t field, const QString& label, const QString& text) {
  const std::string value = text.toStdString();
  edit(tr("Prompt: %1").arg(label), [field, &value](core::Shot& s) { core::promptField(s.prompt, field) = value; },
       QStringLiteral("prompt/") + label);
}

void PromptPage::fillFromCamera() {
  const app::CameraSummary& camera = m_context.model.camera();
  edit(tr("Fill prompt from camera"), [&camera](core::Shot& s) {
    if (!camera.motionSentence.isEmpty()) s.prompt.cameraMotionAnalysis = camera.motionSentence.toStdString();
    if (!camera.angle.isEmpty()) s.prompt.cameraAngle = camera.angle.toStdString();
    if (!camera.focalLength.isEmpty()) s.prompt.focalLength = camera.focalLength.toStdString();
  });
}

void PromptPage::readJson() {
  const auto prompt = core::parsePrompt(m_json->toPlainText().toStdString(), "prompt");
  m_jsonTrouble->setText(prompt.ok() ? QString() : app::errorText(prompt.error()));
  if (!prompt.ok()) return;
  edit(tr("Edit prompt as JSON"), [&prompt](core::Shot& s) { s.prompt = *prompt; }, QStringLiteral("prompt-json"));
}

void PromptPage::showShot(const core::Shot& shot) {
  for (std::size_t i = 0; i < core::kPromptFields.size(); ++i) {
    const QString value = QString::fromStdString(core::promptField(shot.prompt, i));
    if (m_texts[i]) {
      const QSignalBlocker blocker(m_texts[i]);
      if (m_texts[i]->toPlainText() != value) m_texts[i]->setPlainText(value);
      // What the camera wrote stays in the words that models were taught; here is what it means.
      if (const QString meaning = app::cameraText(value); meaning != value || !m_texts[i]->toolTip().isEmpty()) m_texts[i]->setToolTip(meaning == value ? QString() : meaning);
      m_counters[i]->setText(value.isEmpty() ? QString() : tr("%n word(s)", nullptr, static_cast<int>(value.split(QLatin1Char(' '), Qt::SkipEmptyParts).size())));
    } else if (m_choices[i]) {
      const QSignalBlocker blocker(m_choices[i]);
      if (m_choices[i]->currentText() != value) {
        m_choices[i]->setEditText(value);
        m_choices[i]->lineEdit()->setCursorPosition(0);  // what does not fit is read from its beginning
      }
      m_choices[i]->setToolTip(app::cameraText(value));
    }
  }
  const QSignalBlocker blocker(m_json);
  const auto typed = core::parsePrompt(m_json->toPlainText().toStdString(), "prompt");
  if (!typed.ok() ? !m_json->hasFocus() : *typed != shot.prompt)
    m_json->setPlainText(QString::fromStdString(core::promptJson(shot.prompt)));
  showLint(shot);
}

void PromptPage::showLint(const core::Shot& shot) {
  const QStringList found = promptLint(shot.prompt, m_context.model.camera());
  m_lint->setText(found.isEmpty() ? QString() : QStringLiteral("▲ ") + found.join(QStringLiteral("\n▲ ")));
  m_lint->setVisible(!found.isEmpty());
  m_fromCamera->setEnabled(!m_context.model.camera().motionSentence.isEmpty());
}

void PromptPage::fillPresets(QMenu& presets, QMenu& removal) {
  const QStringList names = app::promptPresets();
  presets.setEnabled(!names.isEmpty());
  removal.setEnabled(!names.isEmpty());
  for (const QString& name : names) {
    presets.addAction(name, this, [this, name] {
      const auto prompt = app::promptPreset(name);
      if (prompt) edit(tr("Use prompt preset “%1”").arg(name), [&prompt](core::Shot& s) { s.prompt = *prompt; });
    });
    removal.addAction(name, this, [name] { app::forgetPromptPreset(name); });
  }
}

void PromptPage::importPrompt() {
  const QString path = QFileDialog::getOpenFileName(this, tr("Import prompt"), {}, tr("Prompts (*.json)"));
  if (path.isEmpty()) return;
  QFile file(path);
  const QByteArray text = file.size() <= kPromptFileLimit && file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
  const auto prompt = core::parsePrompt(text.toStdString(), path.toStdString());
  if (!prompt.ok()) {
    m_lint->setText(app::errorText(prompt.error()));
    m_lint->show();
    return;
  }
  edit(tr("Import prompt"), [&prompt](core::Shot& s) { s.prompt = *prompt; });
}

void PromptPage::exportPrompt() {
  const core::Shot* shot = m_context.document.currentShot();
  const QString path = shot ? QFileDialog::getSaveFileName(this, tr("Export prompt"), {}, tr("Prompts (*.json)")) : QString();
  if (path.isEmpty()) return;
  QSaveFile file(path);
  const bool written = file.open(QIODevice::WriteOnly) && file.write(QByteArray::fromStdString(core::promptJson(shot->prompt))) >= 0 && file.commit();
  if (written) return;
  m_lint->setText(tr("%1 could not be written: %2").arg(path, file.errorString()));
  m_lint->show();
}

}  // namespace pai::ui
