// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/controls.h"

#include <algorithm>
#include <cmath>

#include <QDoubleSpinBox>
#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QSlider>
#include <QVBoxLayout>
#include <QWheelEvent>

#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

constexpr int kSliderSteps = 1000;
constexpr int kFieldWidth = 76;

/// Wheel events scroll the page, not the value under the cursor.
class CalmSlider : public QSlider {
 public:
  CalmSlider() : QSlider(Qt::Horizontal) { setFocusPolicy(Qt::StrongFocus); }

 protected:
  void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

}  // namespace

NumberRow::NumberRow(const QString& label, const NumberRange& range, double preset, QWidget* parent)
    : QWidget(parent), m_range(range), m_preset(preset) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(8);
  m_slider = new CalmSlider;
  m_slider->setRange(0, kSliderSteps);
  // A key moves it by a step of the value, not by a part of one.
  m_slider->setSingleStep(std::max(1, static_cast<int>(std::ceil(range.step / (range.most - range.least) * kSliderSteps))));
  m_slider->setPageStep(10 * m_slider->singleStep());
  m_slider->setAccessibleName(label);
  m_field = new QDoubleSpinBox;
  m_field->setRange(range.least, range.most);
  m_field->setSingleStep(range.step);
  m_field->setDecimals(range.decimals);
  m_field->setSuffix(range.suffix);
  m_field->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  m_field->setFixedWidth(kFieldWidth);
  m_field->setKeyboardTracking(false);
  m_field->setAccessibleName(label);
  m_label = rowLabel(label, m_field);
  m_label->installEventFilter(this);
  m_label->setToolTip(tr("%1: double-click for %2").arg(label).arg(preset));
  layout->addWidget(m_label);
  layout->addWidget(m_slider, 1);
  layout->addWidget(m_field);
  connect(m_slider, &QSlider::valueChanged, this, [this](int position) {
    const double raw = m_range.least + (m_range.most - m_range.least) * position / kSliderSteps;
    const double value = std::round(raw / m_range.step) * m_range.step;
    const QSignalBlocker blocker(m_field);
    m_field->setValue(value);
    emit edited(m_field->value());
    if (!m_slider->isSliderDown()) emit editFinished();
  });
  connect(m_slider, &QSlider::sliderReleased, this, &NumberRow::editFinished);
  connect(m_field, &QDoubleSpinBox::valueChanged, this, [this](double value) {
    setValue(value);
    emit edited(value);
    emit editFinished();
  });
  setValue(preset);
}

void NumberRow::setValue(double value) {
  const QSignalBlocker slider(m_slider), field(m_field);
  m_field->setValue(value);
  if (!m_slider->isSliderDown())
    m_slider->setValue(static_cast<int>(std::lround((value - m_range.least) / (m_range.most - m_range.least) * kSliderSteps)));
}

double NumberRow::value() const { return m_field->value(); }

bool NumberRow::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_label && event->type() == QEvent::MouseButtonDblClick) {
    m_field->setValue(m_preset);
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

ChoiceRow::ChoiceRow(const QString& label, const QStringList& choices, QWidget* parent) : QWidget(parent) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(8);
  m_box = new QComboBox;
  m_box->addItems(choices);
  m_box->setAccessibleName(label);
  m_box->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  layout->addWidget(rowLabel(label, m_box));
  layout->addWidget(m_box, 1);
  connect(m_box, &QComboBox::activated, this, &ChoiceRow::edited);
}

void ChoiceRow::setIndex(int index) { m_box->setCurrentIndex(index); }

QLabel* sectionTitle(const QString& text) {
  auto* label = new QLabel(text);
  label->setProperty("role", "section");
  return label;
}

QLabel* hint(const QString& text) {
  auto* label = new QLabel(text);
  label->setProperty("role", "dim");
  label->setWordWrap(true);
  return label;
}

QWidget* scrolling(QWidget* content) {
  auto* area = new QScrollArea;
  area->setWidgetResizable(true);
  area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  area->setFrameShape(QFrame::NoFrame);
  area->setFocusPolicy(Qt::NoFocus);  // it follows what has the keys
  area->setWidget(content);
  return area;
}

QWidget* emptyPage(const QString& words) {
  auto* page = new QWidget;
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(16, 12, 16, 12);
  QLabel* label = hint(words);
  label->setAlignment(Qt::AlignCenter);
  layout->addWidget(label);
  return scrolling(page);
}

QWidget* separatorLine() {
  auto* line = new QFrame;
  line->setProperty("role", "line");
  line->setFixedHeight(1);
  return line;
}

QLabel* rowLabel(const QString& text, QWidget* buddy) {
  auto* label = new QLabel(text);
  label->setProperty("role", "dim");
  label->setFixedWidth(kLabelWidth);
  label->setWordWrap(true);  // words of some languages are longer
  if (buddy) label->setBuddy(buddy);
  return label;
}

QHBoxLayout* labelledRow(const QString& label, QWidget* field) {
  auto* layout = new QHBoxLayout;
  layout->setSpacing(8);
  layout->addWidget(rowLabel(label, field));
  layout->addWidget(field, 1);
  if (!label.isEmpty()) field->setAccessibleName(label);
  return layout;
}

QWidget* scrollPage(QVBoxLayout*& layout) {
  auto* page = new QWidget;
  layout = new QVBoxLayout(page);
  layout->setContentsMargins(16, 16, 16, 16);
  layout->setSpacing(8);
  return scrolling(page);
}

}  // namespace pai::ui
