// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/edit_commands.h"

namespace pai::app {

ShotCommand::ShotCommand(Document& document, const QString& text, core::Shot before, core::Shot after, QString mergeKey)
    : QUndoCommand(text), m_document(document), m_before(std::move(before)), m_after(std::move(after)),
      m_mergeKey(std::move(mergeKey)) {}

bool ShotCommand::mergeWith(const QUndoCommand* other) {
  const auto* next = static_cast<const ShotCommand*>(other);
  if (next->m_mergeKey != m_mergeKey || next->m_before.id != m_before.id) return false;
  m_after = next->m_after;
  setObsolete(m_after == m_before);
  return true;
}

ProjectCommand::ProjectCommand(Document& document, const QString& text, core::Project before, core::Project after)
    : QUndoCommand(text), m_document(document), m_before(std::move(before)), m_after(std::move(after)) {}

}  // namespace pai::app
