// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QDialog>

#include "app/document/document.h"
#include "app/document/take_ledger.h"
#include "core/render/splice.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace pai::ui {

/// Asks where a take is seen inside another one: frames, region, feather. Says what stays as it was.
class SpliceDialog : public QDialog {
  Q_OBJECT
 public:
  /// `insert` is the take that is put in; `marked` the shot's frames between in and out, or empty.
  SpliceDialog(const app::Document& document, const app::TakeLedger& ledger, const core::Take& insert, core::FrameRange marked,
               QWidget* parent = nullptr);
  core::Splice splice() const;
  /// The take it goes into.
  const core::Take& base() const;
  /// Takes of a shot that another one can go into: with frames in common.
  static std::vector<const core::Take*> basesFor(const app::TakeLedger& ledger, const core::Take& insert);

 private:
  void makeRows(const core::Shot* shot);
  /// Frames that both takes have.
  core::FrameRange common() const;
  void followBase();
  void describe();

  // Copies: the ledger may grow while the dialog is open.
  const core::Take m_insert;
  const core::FrameRange m_marked;
  std::vector<core::Take> m_bases;
  std::vector<core::MatteLayer> m_regions;
  QComboBox *m_base, *m_region;
  QSpinBox *m_from, *m_to, *m_featherFrames;
  QDoubleSpinBox* m_featherPixels;
  QLabel* m_words;
  QPushButton* m_start;
};

}  // namespace pai::ui
