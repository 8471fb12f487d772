// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/render_page.h"

#include <algorithm>
#include <array>

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QRandomGenerator>
#include <QRegularExpressionValidator>
#include <QSettings>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/document/delivery_naming.h"
#include "app/document/preferences.h"
#include "app/document/engine_settings.h"
#include "ui/inspector/controls.h"
#include "ui/panels/queue_panel.h"
#include "ui/theme/theme.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

constexpr int kMostVariants = 8;
constexpr std::array<QSize, 4> kSizes{{{0, 0}, {1920, 1080}, {1280, 720}, {960, 540}}};

}  // namespace

RenderPage::RenderPage(const InspectorContext& context) : ShotPage(context) {
  QVBoxLayout* layout = nullptr;
  setContent(scrollPage(layout));
  layout->addWidget(sectionTitle(tr("Engine")));
  m_engine = new ChoiceRow(tr("Engine"), {tr("Draft (instant, no weights)")});
  connect(m_engine, &ChoiceRow::edited, this, [this](int index) {
    if (index < 0 || static_cast<std::size_t>(index) >= m_engines.size()) return;
    const std::string engine = m_engines[static_cast<std::size_t>(index)];
    edit(tr("Change engine"), [engine](core::Shot& s) {
      if (s.render.engine == engine) return;
      s.render.engine = engine;
      s.render.steps = 0;  // another engine's numbers mean nothing to this one: its own
      s.render.guidance = -1.0;
    });
  });
  connect(&m_packForecast, &app::PackForecast::answered, this, [this] { follow(); });
  connect(&context.packs, &app::PackCatalog::changed, this, [this] {
    fillEngines();
    follow();
  });
  connect(&context.playback, &app::Playback::rangeChanged, this, [this] { follow(); });
  layout->addWidget(m_engine);
  m_size = new ChoiceRow(tr("Size"), {tr("As the plate"), tr("1920 × 1080"), tr("1280 × 720"), tr("960 × 540")});
  connect(m_size, &ChoiceRow::edited, this, [this](int index) {
    const QSize size = kSizes[static_cast<std::size_t>(index)];
    edit(tr("Change render size"), [size](core::Shot& s) {
      s.render.width = size.width();
      s.render.height = size.height();
    });
  });
  layout->addWidget(m_size);
  layout->addSpacing(8);
  layout->addWidget(sectionTitle(tr("Sampling")));
  m_steps = new NumberRow(tr("Steps"), {0, 100, 1, 0, {}}, 0);
  connect(m_steps, &NumberRow::edited, this, [this](double value) {
    edit(tr("Change steps"), [value](core::Shot& s) { s.render.steps = static_cast<int>(value); }, QStringLiteral("steps"));
  });
  m_guidance = new NumberRow(tr("Guidance"), {0, 20, 0.1, 1, {}}, 5.0);
  connect(m_guidance, &NumberRow::edited, this, [this](double value) {
    edit(tr("Change guidance"), [value](core::Shot& s) { s.render.guidance = value; }, QStringLiteral("guidance"));
  });
  for (NumberRow* row : {m_steps, m_guidance}) {
    connect(row, &NumberRow::editFinished, this, [this] { endMerge(); });
    layout->addWidget(row);
  }
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  m_seed = new QLineEdit;
  m_seed->setValidator(new QRegularExpressionValidator(QRegularExpression(QStringLiteral("\\d{1,19}")), m_seed));
  m_seed->setAccessibleName(tr("Seed"));
  connect(m_seed, &QLineEdit::editingFinished, this, [this] {
    const quint64 seed = m_seed->text().toULongLong();
    edit(tr("Change seed"), [seed](core::Shot& s) { s.render.seed = seed; });
  });
  m_dice = new QToolButton;
  m_dice->setIcon(icon(QStringLiteral("dice")));
  m_dice->setToolTip(tr("Another seed"));
  m_dice->setAccessibleName(m_dice->toolTip());
  connect(m_dice, &QToolButton::clicked, this, [this] {
    const quint64 seed = QRandomGenerator::global()->bounded(1, 1000000000);
    edit(tr("Change seed"), [seed](core::Shot& s) { s.render.seed = seed; });
  });
  m_lock = new QToolButton;
  m_lock->setCheckable(true);
  m_lock->setIcon(icon(QStringLiteral("unlock")));
  m_lock->setToolTip(tr("Keep this seed"));
  m_lock->setAccessibleName(m_lock->toolTip());
  connect(m_lock, &QToolButton::toggled, this, [this](bool on) {
    m_lock->setIcon(icon(on ? QStringLiteral("lock") : QStringLiteral("unlock")));
    m_dice->setEnabled(!on);
    m_seed->setReadOnly(on);
  });
  row->addWidget(rowLabel(tr("Seed"), m_seed));
  row->addWidget(m_seed, 1);
  row->addWidget(m_dice);
  row->addWidget(m_lock);
  layout->addLayout(row);
  m_variants = new QSpinBox;
  m_variants->setRange(1, kMostVariants);
  m_variants->setAccessibleName(tr("Variants"));
  m_variants->setToolTip(tr("Queues so many renders, each with the next seed"));
  connect(m_variants, &QSpinBox::valueChanged, this, [this] { follow(); });
  auto* times = new QHBoxLayout;
  times->setSpacing(8);
  times->addWidget(rowLabel(tr("Variants"), m_variants));
  times->addWidget(m_variants, 1);
  layout->addLayout(times);
  m_ignored = hint({});
  m_ignored->setObjectName(QStringLiteral("ignoredSettings"));
  layout->addWidget(m_ignored);
  layout->addSpacing(8);
  layout->addWidget(separatorLine());
  layout->addSpacing(4);
  layout->addWidget(sectionTitle(tr("Before you start")));
  m_forecast = hint({});
  layout->addWidget(m_forecast);
  layout->addSpacing(8);
  auto* start = new QPushButton(tr("Render"));
  start->setProperty("primary", true);
  start->setObjectName(QStringLiteral("renderButton"));
  start->setToolTip(toolTipOf(*context.actions.render));
  start->setMinimumHeight(32);
  connect(start, &QPushButton::clicked, context.actions.render, &QAction::trigger);
  const auto followAction = [this, start, render = context.actions.render] {
    start->setEnabled(render->isEnabled());
    if (!render->isEnabled()) m_forecast->setText(tr("There is no shot to render yet. A clip from the media becomes one."));
  };
  connect(context.actions.render, &QAction::enabledChanged, start, followAction);
  followAction();
  layout->addWidget(start);
  layout->addStretch(1);
}

void RenderPage::fillEngines() {
  const core::Shot* shot = m_context.document.currentShot();
  std::vector<std::string> engines{"draft"};
  QStringList words{tr("Draft (instant, no weights)")};
  for (const app::KnownPack& pack : m_context.packs.packs()) {
    engines.push_back(pack.name);
    words << (pack.trouble.empty() ? QString::fromStdString(pack.name) : tr("%1 (incomplete)").arg(QString::fromStdString(pack.name)));
  }
  if (shot && std::find(engines.begin(), engines.end(), shot->render.engine) == engines.end()) {
    engines.push_back(shot->render.engine);
    words << tr("%1 (not on this machine)").arg(QString::fromStdString(shot->render.engine));
  }
  if (engines == m_engines && words == m_engineWords) return;
  m_engines = std::move(engines);
  m_engineWords = words;
  const QSignalBlocker blocker(&m_engine->box());
  m_engine->box().clear();
  m_engine->box().addItems(words);
}

void RenderPage::showSampling(const core::Shot& shot) {
  const app::KnownPack* pack = m_context.packs.find(shot.render.engine);
  const QString steps = app::ignoredBecause(app::EngineSetting::kSteps, shot, pack);
  const QString guidance = app::ignoredBecause(app::EngineSetting::kGuidance, shot, pack);
  m_steps->setEnabled(steps.isEmpty());
  m_guidance->setEnabled(guidance.isEmpty());
  m_steps->setToolTip(steps);
  m_guidance->setToolTip(guidance);
  // What is not set is the pack's own.
  m_steps->setValue(shot.render.steps > 0 || !pack ? shot.render.steps : pack->rules.steps);
  m_guidance->setValue(shot.render.guidance >= 0 ? shot.render.guidance : pack && pack->rules.guidance >= 0 ? pack->rules.guidance : 5.0);
  QStringList reasons;
  if (pack && !pack->trouble.empty()) reasons << tr("Nothing can be rendered with this pack: %1").arg(QString::fromStdString(pack->trouble));
  for (const auto setting : {app::EngineSetting::kSteps, app::EngineSetting::kPrompt, app::EngineSetting::kReferences, app::EngineSetting::kReferenceStrength, app::EngineSetting::kLight})
    if (const QString reason = app::ignoredBecause(setting, shot, pack); !reason.isEmpty() && !reasons.contains(reason)) reasons << reason;
  m_ignored->setText(reasons.join(QLatin1Char('\n')));
  m_ignored->setVisible(!reasons.isEmpty());
}

int RenderPage::variants() const { return m_variants->value(); }

void RenderPage::showShot(const core::Shot& shot) {
  fillEngines();
  m_engine->setIndex(static_cast<int>(std::find(m_engines.begin(), m_engines.end(), shot.render.engine) - m_engines.begin()));
  int index = 0;
  for (std::size_t i = 0; i < kSizes.size(); ++i)
    if (kSizes[i] == QSize(shot.render.width, shot.render.height)) index = static_cast<int>(i);
  m_size->setIndex(index);
  showSampling(shot);
  if (!m_seed->hasFocus()) m_seed->setText(QString::number(shot.render.seed));
  showForecast(shot);
}

void RenderPage::showForecast(const core::Shot& shot) {
  const core::FrameRange range = m_context.catalog.rangeOf(shot);
  const app::MediaFacts* facts = m_context.catalog.facts(shot.plate);
  const TimelineShot* shown = m_context.model.shot(shot.id);
  if (!facts || range.empty() || !shown) {
    m_forecast->setText(tr("The plate is not ready."));
    return;
  }
  const QSize size = shot.render.width > 0 ? QSize(shot.render.width, shot.render.height) : facts->size;
  QStringList lines;
  const std::int64_t frames = shown->rendered.length();
  lines << tr("%1 frames, %2 × %3, %4 fps").arg(frames).arg(size.width()).arg(size.height())
               .arg(facts->rate.framesPerSecond(), 0, 'g', 5);
  std::size_t inRange = 0;
  for (const core::Reference& r : shot.references) inRange += core::resolveAnchor(r.anchor, range).has_value() ? 1 : 0;
  lines << (shot.references.empty() ? tr("No reference yet: the background will be grey.") : tr("%1 of %2 references inside the shot").arg(inRange).arg(shot.references.size()));
  if (const app::KnownPack* pack = m_context.packs.find(shot.render.engine))
    lines << loadOf(*pack, frames, size, static_cast<std::int64_t>(inRange));
  const double megapixels = size.width() * size.height() * 1e-6 * static_cast<double>(frames) * variants();
  const double seconds = QSettings().value(QStringLiteral("render/secondsPerMegapixel/") + QString::fromStdString(shot.render.engine)).toDouble();
  if (seconds > 0) lines << tr("About %1, as fast as the last render").arg(durationText(seconds * megapixels));
  else lines << tr("How long it takes is known after the first render.");
  const auto bytes = static_cast<qint64>(megapixels * 1e6 * app::deliveryPreset(app::takePreset(app::loadPreferences())).bitsPerPixel / 8.0);
  lines << tr("About %1 on disk").arg(QLocale().formattedDataSize(bytes));
  m_forecast->setText(lines.join(QLatin1Char('\n')));
}

QStringList RenderPage::loadOf(const app::KnownPack& pack, std::int64_t frames, QSize size, std::int64_t references) {
  const auto tokens = [](qint64 count) { return QLocale().toString(static_cast<qlonglong>(count)); };
  const auto bytes = [](qint64 count) { return QLocale().formattedDataSize(count); };
  const auto answer = m_packForecast.ask({pack.folder, frames, size.width(), size.height(), references});
  if (answer && answer->peakBytes > 0) {
    QStringList lines{tr("%1 tokens at once").arg(tokens(answer->tokens))};
    lines << (answer->fits ? tr("About %1 of memory at most; %2 are allowed").arg(bytes(answer->peakBytes), bytes(answer->limitBytes))
                           : tr("Needs about %1 of memory, only %2 are allowed: %3").arg(bytes(answer->peakBytes), bytes(answer->limitBytes), answer->trouble));
    return lines;
  }
  QStringList lines;
  const auto load = app::packLoad(pack.rules, frames, size, references);
  if (!load) lines << tr("Tokens: not known for a pack that works on pixels.");
  else if (load->windows == 1) lines << tr("%1 tokens at once").arg(tokens(load->tokens));
  else lines << tr("%1 tokens at once, in %2 windows").arg(tokens(load->tokens)).arg(load->windows);
  if (!answer) lines << tr("Memory: being forecast…");
  else lines << tr("Memory: at least %1 for the pack's weights; more is not known (%2)").arg(bytes(static_cast<qint64>(pack.sizeBytes)), answer->trouble);
  return lines;
}

}  // namespace pai::ui
