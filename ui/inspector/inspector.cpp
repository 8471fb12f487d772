// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/inspector.h"

#include "ui/inspector/camera_page.h"
#include "ui/inspector/matte_page.h"
#include "ui/inspector/prompt_page.h"
#include "ui/inspector/references_page.h"
#include "ui/inspector/render_page.h"

namespace pai::ui {

Inspector::Inspector(const InspectorContext& context, QWidget* parent)
    : QTabWidget(parent), m_matte(new MattePage(context)), m_references(new ReferencesPage(context)),
      m_camera(new CameraPage(context)), m_prompt(new PromptPage(context)), m_render(new RenderPage(context)) {
  setDocumentMode(true);
  setUsesScrollButtons(false);
  setAccessibleName(tr("Inspector"));
  addTab(m_matte, tr("Matte"));
  addTab(m_references, tr("References"));
  addTab(m_camera, tr("Camera"));
  addTab(m_prompt, tr("Prompt"));
  addTab(m_render, tr("Render"));
  const auto follow = [this, &document = context.document] { setEnabled(document.currentShot() != nullptr); };
  connect(&context.document, &app::Document::currentShotChanged, this, follow);
  connect(&context.document, &app::Document::projectReset, this, follow);
  connect(&context.document, &app::Document::structureChanged, this, follow);
  follow();
}

}  // namespace pai::ui
