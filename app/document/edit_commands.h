// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUndoCommand>

#include "app/document/document.h"

namespace pai::app {

/// One act on one shot; acts of the same drag merge, an act that ends where it began disappears.
class ShotCommand : public QUndoCommand {
 public:
  ShotCommand(Document& document, const QString& text, core::Shot before, core::Shot after, QString mergeKey);
  int id() const override { return m_mergeKey.isEmpty() ? -1 : 1; }
  bool mergeWith(const QUndoCommand* other) override;
  void undo() override { m_document.putShot(m_before); }
  void redo() override { m_document.putShot(m_after); }

 private:
  Document& m_document;
  core::Shot m_before, m_after;
  QString m_mergeKey;
};

/// One act on media and the list of shots.
class ProjectCommand : public QUndoCommand {
 public:
  ProjectCommand(Document& document, const QString& text, core::Project before, core::Project after);
  void undo() override { m_document.putStructure(m_before); }
  void redo() override { m_document.putStructure(m_after); }

 private:
  Document& m_document;
  core::Project m_before, m_after;
};

}  // namespace pai::app
