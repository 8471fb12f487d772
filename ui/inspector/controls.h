// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QComboBox>
#include <QWidget>

class QDoubleSpinBox;
class QHBoxLayout;
class QLabel;
class QSlider;
class QVBoxLayout;

namespace pai::ui {

/// How a number is shown and bounded.
struct NumberRange {
  double least = 0.0, most = 1.0, step = 0.01;
  int decimals = 2;
  QString suffix;
};

/// A labelled number: slider and field in one row. A drag of the slider is one edit; double-click on the label resets.
class NumberRow : public QWidget {
  Q_OBJECT
 public:
  NumberRow(const QString& label, const NumberRange& range, double preset, QWidget* parent = nullptr);
  /// Shows a value without announcing it.
  void setValue(double value);
  double value() const;

 signals:
  /// The user set a value.
  void edited(double value);
  /// A drag or a typed entry is complete.
  void editFinished();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  NumberRange m_range;
  double m_preset;
  QLabel* m_label;
  QSlider* m_slider;
  QDoubleSpinBox* m_field;
};

/// A labelled choice.
class ChoiceRow : public QWidget {
  Q_OBJECT
 public:
  ChoiceRow(const QString& label, const QStringList& choices, QWidget* parent = nullptr);
  QComboBox& box() { return *m_box; }
  void setIndex(int index);

 signals:
  void edited(int index);

 private:
  QComboBox* m_box;
};

/// Bold words above a group of rows.
QLabel* sectionTitle(const QString& text);
/// Grey words that explain; wrapped.
QLabel* hint(const QString& text);
/// What a panel that has nothing to show says instead, in its middle; it scrolls where there is no room.
QWidget* emptyPage(const QString& words);
/// A page's content that scrolls up and down where there is no room.
QWidget* scrolling(QWidget* content);
/// A hair line between groups.
QWidget* separatorLine();
/// A label in the first column of rows, so that all line up.
QLabel* rowLabel(const QString& text, QWidget* buddy = nullptr);
/// A field behind its label, which names it to screen readers too.
QHBoxLayout* labelledRow(const QString& label, QWidget* field);
/// A page that scrolls, with the inspector's margins; rows go into `layout`.
QWidget* scrollPage(QVBoxLayout*& layout);

inline constexpr int kLabelWidth = 104;

}  // namespace pai::ui
