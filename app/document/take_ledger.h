// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <vector>

#include <QObject>
#include <QString>
#include <QThreadPool>

#include "app/document/document.h"
#include "core/base/takes.h"

namespace pai::app {

/// Takes of the document: the append-only ledger beside its file. Undo never removes a take; choosing one for delivery and
/// noting something are acts on the document's undo stack, and each way leaves a record of its own. GUI thread only; files
/// are written in the background, in order.
class TakeLedger : public QObject {
  Q_OBJECT
 public:
  TakeLedger(Document& document, QString cacheFolder, QObject* parent = nullptr);
  ~TakeLedger() override;

  const std::vector<core::Take>& takes() const { return m_takes; }
  std::vector<const core::Take*> takesOf(const core::Id& shot) const;
  const core::Take* find(const core::Id& id) const;
  /// Adds a take; it gets its id and number.
  void append(core::Take take);
  void choose(const core::Id& shot, const core::Id& take);
  void note(const core::Id& take, const QString& text);
  core::Id chosen(const core::Id& shot) const;
  /// The take's name, e.g. "v003".
  static QString nameOf(const core::Take& take);
  QString nextName(const core::Id& shot) const;
  /// What changed in the shot since a take was rendered, in words; empty when it is up to date.
  QStringList changesSince(const core::Take& take) const;

 signals:
  void changed();
  void failed(const pai::core::Error& error);

 private:
  friend class TakeChoiceCommand;
  friend class TakeNoteCommand;
  void putChoice(const core::Id& shot, const core::Id& take);
  void putNote(const core::Id& take, const std::string& text);
  void reload();
  void followFile();
  QString ledgerProject() const;
  /// Runs in order on the one thread that writes ledgers; an error comes back as `failed`.
  void write(std::function<core::Status()> work);

  Document& m_document;
  QString m_cacheFolder, m_project;  // the project path the ledger goes by
  std::vector<core::Take> m_takes;
  QThreadPool m_writer;
};

}  // namespace pai::app
