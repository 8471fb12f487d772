// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/splice_dialog.h"

#include <algorithm>

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include "ui/inspector/controls.h"

namespace pai::ui {
namespace {

constexpr int kUsualFeatherFrames = 3;
constexpr double kUsualFeatherPixels = 24.0;

}  // namespace

std::vector<const core::Take*> SpliceDialog::basesFor(const app::TakeLedger& ledger, const core::Take& insert) {
  std::vector<const core::Take*> bases = ledger.takesOf(insert.shot.id);
  std::erase_if(bases, [&insert](const core::Take* take) {
    return take->id == insert.id || take->range.intersected(insert.range).empty() || take->shot.range.begin != insert.shot.range.begin;
  });
  return bases;
}

SpliceDialog::SpliceDialog(const app::Document& document, const app::TakeLedger& ledger, const core::Take& insert, core::FrameRange marked,
                           QWidget* parent)
    : QDialog(parent), m_insert(insert), m_marked(marked) {
  for (const core::Take* take : basesFor(ledger, insert)) m_bases.push_back(*take);
  setWindowTitle(tr("Splice %1 into another take").arg(app::TakeLedger::nameOf(insert)));
  setMinimumWidth(440);
  makeRows(document.shot(insert.shot.id));
  followBase();
}

void SpliceDialog::makeRows(const core::Shot* shot) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(24, 20, 24, 20);
  layout->setSpacing(8);
  m_base = new QComboBox;
  // The newest take that covers more than the insert is the likely one.
  for (const core::Take& take : m_bases) {
    m_base->addItem(tr("%1, frames %2 to %3").arg(app::TakeLedger::nameOf(take)).arg(take.range.begin.value).arg(take.range.end.value - 1));
    if (take.chosen || take.range.length() > m_insert.range.length()) m_base->setCurrentIndex(m_base->count() - 1);
  }
  layout->addLayout(labelledRow(tr("Into"), m_base));
  m_from = new QSpinBox;
  m_to = new QSpinBox;
  layout->addLayout(labelledRow(tr("First frame"), m_from));
  layout->addLayout(labelledRow(tr("Last frame"), m_to));
  m_featherFrames = new QSpinBox;
  m_featherFrames->setRange(0, 200);
  m_featherFrames->setValue(kUsualFeatherFrames);
  m_featherFrames->setSuffix(tr(" frames"));
  m_featherFrames->setToolTip(tr("Frames of the range over which one take becomes the other, at each end"));
  layout->addLayout(labelledRow(tr("Dissolve"), m_featherFrames));
  m_region = new QComboBox;
  m_region->addItem(tr("The whole frame"));
  for (const core::MatteLayer& layer : shot ? shot->matte : std::vector<core::MatteLayer>()) {
    if (layer.source != core::MatteSource::kShape || layer.shape.empty()) continue;
    m_region->addItem(QString::fromStdString(layer.name));
    m_regions.push_back(layer);
  }
  if (!m_regions.empty() && !m_regions.back().enabled) m_region->setCurrentIndex(m_region->count() - 1);
  layout->addLayout(labelledRow(tr("Region"), m_region));
  m_featherPixels = new QDoubleSpinBox;
  m_featherPixels->setRange(0, 500);
  m_featherPixels->setDecimals(0);
  m_featherPixels->setValue(kUsualFeatherPixels);
  m_featherPixels->setSuffix(tr(" px"));
  layout->addLayout(labelledRow(tr("Feather"), m_featherPixels));
  m_words = hint({});
  layout->addWidget(m_words);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
  m_start = buttons->addButton(tr("Splice"), QDialogButtonBox::AcceptRole);
  m_start->setDefault(true);
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(m_base, &QComboBox::currentIndexChanged, this, &SpliceDialog::followBase);
  connect(m_region, &QComboBox::currentIndexChanged, this, &SpliceDialog::describe);
  for (QSpinBox* box : {m_from, m_to, m_featherFrames}) connect(box, &QSpinBox::valueChanged, this, &SpliceDialog::describe);
  connect(m_featherPixels, &QDoubleSpinBox::valueChanged, this, &SpliceDialog::describe);
}

const core::Take& SpliceDialog::base() const { return m_bases.at(static_cast<std::size_t>(m_base->currentIndex())); }

core::FrameRange SpliceDialog::common() const {
  return m_base->currentIndex() < 0 ? core::FrameRange{} : base().range.intersected(m_insert.range);
}

void SpliceDialog::followBase() {
  const core::FrameRange both = common();
  core::FrameRange wanted = m_marked.intersected(both);
  if (wanted.empty()) wanted = both;
  for (QSpinBox* box : {m_from, m_to}) box->setRange(static_cast<int>(both.begin.value), static_cast<int>(std::max(both.begin.value, both.end.value - 1)));
  m_from->setValue(static_cast<int>(wanted.begin.value));
  m_to->setValue(static_cast<int>(wanted.end.value - 1));
  describe();
}

void SpliceDialog::describe() {
  const bool fits = m_base->currentIndex() >= 0 && m_from->value() <= m_to->value() && !common().empty();
  m_start->setEnabled(fits);
  m_featherPixels->setEnabled(m_region->currentIndex() > 0);
  if (!fits) return m_words->setText(tr("The last frame lies before the first."));
  const QString where = m_region->currentIndex() > 0 ? tr("Outside these frames, and outside the region and its feather, every pixel stays as it is in %1.")
                                                     : tr("Outside these frames every pixel stays as it is in %1.");
  const auto small = [](const core::Take& take) { return take.output.ends_with(".mp4"); };
  const QString kept = small(base()) || small(m_insert)
                           ? tr("The result is a new take, stored without further loss. It is made of the takes' files, which are kept in 8 bits; Preferences can keep new takes in 10.")
                           : tr("The result is a new take, stored without loss.");
  m_words->setText(where.arg(app::TakeLedger::nameOf(base())) + QLatin1Char('\n') + kept);
}

core::Splice SpliceDialog::splice() const {
  core::Splice splice;
  splice.base = {base().id, base().output, base().range.begin, base().shot.delivery.colourSpace};
  splice.insert = core::SpliceTake{m_insert.id, m_insert.output, m_insert.range.begin, m_insert.shot.delivery.colourSpace};
  splice.range = {{m_from->value()}, {m_to->value() + 1}};
  splice.featherFrames = m_featherFrames->value();
  if (m_region->currentIndex() > 0) {
    splice.region = m_regions.at(static_cast<std::size_t>(m_region->currentIndex() - 1));
    splice.featherPixels = m_featherPixels->value();
  }
  return splice;
}

}  // namespace pai::ui
