// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "ui/inspector/shot_page.h"

class QComboBox;
class QLabel;
class QMenu;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;
class QVBoxLayout;

namespace pai::ui {

/// Things in a prompt that contradict what the shot shows; one sentence each.
QStringList promptLint(const core::StructuredPrompt& prompt, const app::CameraSummary& camera);

/// The structured prompt: a form of its eight fields, or its JSON, in sync both ways.
class PromptPage : public ShotPage {
  Q_OBJECT
 public:
  explicit PromptPage(const InspectorContext& context);

 protected:
  void showShot(const core::Shot& shot) override;

 private:
  QWidget* makeForm();
  QWidget* makeJson();
  void makeText(QVBoxLayout* layout, std::size_t field, const QString& label, const QString& guidance);
  void makeChoice(QVBoxLayout* layout, std::size_t field, const QString& label, const QStringList& choices);
  void editField(std::size_t field, const QString& label, const QString& text);
  void fillFromCamera();
  void readJson();
  void showLint(const core::Shot& shot);
  void exportPrompt();
  void importPrompt();
  /// Lists the user's own presets in the menu, to be used or removed.
  void fillPresets(QMenu& presets, QMenu& removal);

  QStackedWidget* m_stack;
  std::array<QPlainTextEdit*, 8> m_texts{};
  std::array<QComboBox*, 8> m_choices{};
  std::array<QLabel*, 8> m_counters{};
  QPlainTextEdit* m_json;
  QLabel *m_jsonTrouble, *m_lint;
  QPushButton *m_asJson, *m_fromCamera;
};

}  // namespace pai::ui
