// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "app/document/colour_spaces.h"
#include "app/document/media_catalog.h"
#include "app/document/take_ledger.h"
#include "core/base/job.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace pai::ui {

class SpaceRow;

/// Delivery of a shot, as its chosen take was rendered or as it is now: preset, range, layers, audio, colour space,
/// name and folder; says where it goes and whether it fits before starting.
class ExportDialog : public QDialog {
  Q_OBJECT
 public:
  ExportDialog(const app::Document& document, const app::MediaCatalog& catalog, app::ColourSpaces& colours, const app::TakeLedger& ledger,
               const core::Shot& shot, core::FrameRange marked, QWidget* parent = nullptr);
  /// The delivery settings as chosen, to be kept with the shot.
  core::DeliverySettings delivery() const;
  /// What to render.
  core::Job job() const;

 private:
  void makeRows(app::ColourSpaces& colours);
  void showSummary();
  QWidget* makeOwnPresets();
  void listOwnPresets(const QString& current);
  void useOwnPreset(const QString& name);
  QString outputPath() const;
  /// A file that the delivery would write and that is there already; "" when there is none.
  QString fileInTheWay() const;
  void describeTake(const app::TakeLedger& ledger, const core::Take* take);
  core::FrameRange range() const;

  const app::Document& m_document;
  const app::MediaCatalog& m_catalog;
  const core::Shot m_shot;
  core::FrameRange m_whole, m_marked;
  int m_version = 1;
  QComboBox *m_preset, *m_range, *m_own;
  QPushButton* m_forget;
  QLineEdit *m_naming, *m_folder;
  QCheckBox *m_layers[4], *m_audio;
  QLabel *m_path, *m_space, *m_take;
  SpaceRow* m_colour;
  QPushButton* m_start;
};

}  // namespace pai::ui
