// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewer/display_panel.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/inspector/controls.h"
#include "ui/inspector/space_row.h"
#include "ui/viewer/viewer_controller.h"

namespace pai::ui {

DisplayPanel::DisplayPanel(app::Document& document, app::ColourSpaces& colours, ViewerController& controller, QWidget* parent)
    : QWidget(parent), m_document(document), m_colours(colours), m_controller(controller) {
  setFixedWidth(340);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 12, 12, 12);
  layout->setSpacing(8);
  layout->addWidget(sectionTitle(tr("Display")));
  m_view = new ChoiceRow(tr("Shown through"), {});
  layout->addWidget(m_view);
  layout->addWidget(separatorLine());
  layout->addWidget(hint(tr("For viewing only; no render has them:")));
  m_exposure = new NumberRow(tr("Exposure"), {-8.0, 8.0, 0.25, 2, tr(" stops")}, 0.0);
  m_gamma = new NumberRow(tr("Gamma"), {0.2, 4.0, 0.05, 2, {}}, 1.0);
  m_channels = new ChoiceRow(tr("Channels"), {tr("Colour"), tr("Red"), tr("Green"), tr("Blue"), tr("Alpha"), tr("Luma")});
  m_exposure->setValue(0.0);
  m_gamma->setValue(1.0);
  layout->addWidget(m_exposure);
  layout->addWidget(m_gamma);
  layout->addWidget(m_channels);
  auto* none = new QPushButton(tr("Reset"));
  layout->addWidget(none, 0, Qt::AlignRight);
  connect(m_view, &ChoiceRow::edited, this, [this](int index) { m_colours.setViewerTransform(m_view->box().itemData(index).toString()); });
  connect(m_exposure, &NumberRow::edited, this, &DisplayPanel::apply);
  connect(m_gamma, &NumberRow::edited, this, &DisplayPanel::apply);
  connect(m_channels, &ChoiceRow::edited, this, &DisplayPanel::apply);
  connect(none, &QPushButton::clicked, this, &DisplayPanel::reset);
  connect(&document, &app::Document::structureChanged, this, &DisplayPanel::fillViews);
  connect(&document, &app::Document::projectReset, this, &DisplayPanel::fillViews);
  connect(&colours, &app::ColourSpaces::changed, this, &DisplayPanel::fillViews);
  connect(&colours, &app::ColourSpaces::viewerTransformChanged, this, &DisplayPanel::fillViews);
  fillViews();
}

bool DisplayPanel::isAltered() const {
  return m_exposure->value() != 0.0 || m_gamma->value() != 1.0 || m_channels->box().currentIndex() != 0;
}

void DisplayPanel::showEvent(QShowEvent*) { m_colours.want(); }

void DisplayPanel::reset() {
  m_exposure->setValue(0.0);
  m_gamma->setValue(1.0);
  m_channels->setIndex(0);
  apply();
}

void DisplayPanel::apply() {
  m_controller.setExposure(m_exposure->value(), m_gamma->value());
  m_controller.setChannels(static_cast<Channels>(m_channels->box().currentIndex()));
  emit altered(isAltered());
}

void DisplayPanel::fillViews() { fillViewerTransforms(m_view->box(), m_document, m_colours); }

}  // namespace pai::ui
