// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/shot_page.h"

#include <QVBoxLayout>

namespace pai::ui {

ShotPage::ShotPage(const InspectorContext& context, QWidget* parent) : QWidget(parent), m_context(context) {
  app::Document* document = &context.document;
  connect(document, &app::Document::projectReset, this, &ShotPage::follow);
  connect(document, &app::Document::structureChanged, this, &ShotPage::follow);
  connect(document, &app::Document::currentShotChanged, this, &ShotPage::follow);
  connect(&context.catalog, &app::MediaCatalog::mediaChanged, this, &ShotPage::follow);
  connect(document, &app::Document::shotChanged, this, [this, document](const core::Id& id) {
    if (id == document->currentShotId()) follow();
  });
}

void ShotPage::follow() {
  if (const core::Shot* shot = m_context.document.currentShot()) showShot(*shot);
}

void ShotPage::edit(const QString& text, const std::function<void(core::Shot&)>& change, const QString& mergeKey) {
  m_context.document.editShot(m_context.document.currentShotId(), text, change, mergeKey);
}

void ShotPage::endMerge() { m_context.document.endMerge(); }

void ShotPage::setContent(QWidget* content) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(content);
}

}  // namespace pai::ui
