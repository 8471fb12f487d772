// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/inspector.h"

#include <QTabBar>

#include "ui/inspector/camera_page.h"
#include "ui/inspector/matte_page.h"
#include "ui/inspector/prompt_page.h"
#include "ui/inspector/references_page.h"
#include "ui/inspector/render_page.h"

namespace pai::ui {

Inspector::Inspector(const InspectorContext& context, QWidget* parent)
    : QTabWidget(parent), m_context(context) {
  setDocumentMode(true);
  setUsesScrollButtons(false);
  setElideMode(Qt::ElideRight);  // long words never widen the window
  setAccessibleName(tr("Inspector"));
  tabBar()->setAccessibleName(tr("Pages of the inspector"));
  const auto follow = [this, &document = context.document] { setEnabled(document.currentShot() != nullptr); };
  connect(&context.document, &app::Document::currentShotChanged, this, follow);
  connect(&context.document, &app::Document::projectReset, this, follow);
  connect(&context.document, &app::Document::structureChanged, this, follow);
  follow();
}

void Inspector::addPage() {
  switch (count()) {
    case 0: addTab(m_matte = new MattePage(m_context), tr("Matte")); break;
    case 1: addTab(m_references = new ReferencesPage(m_context), tr("References")); break;
    case 2: addTab(m_camera = new CameraPage(m_context), tr("Camera")); break;
    case 3: addTab(m_prompt = new PromptPage(m_context), tr("Prompt")); break;
    default: addTab(m_render = new RenderPage(m_context), tr("Render")); break;
  }
}

}  // namespace pai::ui
