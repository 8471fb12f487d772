// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTabWidget>

#include "app/document/colour_spaces.h"
#include "app/document/media_catalog.h"
#include "app/document/pack_catalog.h"
#include "app/document/playback.h"
#include "ui/timeline/timeline_model.h"

namespace pai::ui {

class MattePage;
class ReferencesPage;
class CameraPage;
class PromptPage;
class RenderPage;
class Actions;

/// What every page of the inspector works on.
struct InspectorContext {
  app::Document& document;
  app::MediaCatalog& catalog;
  app::ColourSpaces& colours;
  app::Playback& playback;
  TimelineModel& model;
  Actions& actions;
  app::PackCatalog& packs;
};

/// The properties of the current shot, in five pages.
class Inspector : public QTabWidget {
  Q_OBJECT
 public:
  static constexpr int kPages = 5;

  /// Without its pages.
  explicit Inspector(const InspectorContext& context, QWidget* parent = nullptr);
  /// Builds and adds the next one; whoever makes the inspector adds all.
  void addPage();
  MattePage& matte() { return *m_matte; }
  ReferencesPage& references() { return *m_references; }
  CameraPage& camera() { return *m_camera; }
  PromptPage& prompt() { return *m_prompt; }
  RenderPage& render() { return *m_render; }

 private:
  InspectorContext m_context;
  MattePage* m_matte = nullptr;
  ReferencesPage* m_references = nullptr;
  CameraPage* m_camera = nullptr;
  PromptPage* m_prompt = nullptr;
  RenderPage* m_render = nullptr;
};

}  // namespace pai::ui
