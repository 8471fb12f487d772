// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "app/document/colour_spaces.h"
#include "app/document/document.h"

namespace pai::ui {

class ChoiceRow;
class NumberRow;
class ViewerController;

/// How the viewer shows pictures: the project's viewer transform, and exposure, gamma and channels for viewing only. Opens
/// from a button of the viewer.
class DisplayPanel : public QWidget {
  Q_OBJECT
 public:
  DisplayPanel(app::Document& document, app::ColourSpaces& colours, ViewerController& controller, QWidget* parent = nullptr);
  /// Whether something for viewing only is set.
  bool isAltered() const;

 public slots:
  void reset();

 signals:
  void altered(bool altered);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void fillViews();
  void apply();

  app::Document& m_document;
  app::ColourSpaces& m_colours;
  ViewerController& m_controller;
  ChoiceRow *m_view, *m_channels;
  NumberRow *m_exposure, *m_gamma;
};

}  // namespace pai::ui
