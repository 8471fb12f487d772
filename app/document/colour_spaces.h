// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>

#include <QObject>
#include <QPointer>

#include "app/document/document.h"
#include "app/document/frame_source.h"

namespace pai::app {

/// What can be chosen as input transform and viewer transform: the names of the project's configuration, or of none. Read by
/// the worker when something first asks, and again with every other configuration. GUI thread only.
class ColourSpaces : public QObject {
  Q_OBJECT
 public:
  ColourSpaces(Document& document, FrameSource& source, QObject* parent = nullptr);

  /// Empty until `changed`.
  const ColourChoices& choices() const { return m_choices; }
  /// Why the configuration can't be used; empty while it can.
  const QString& trouble() const { return m_trouble; }
  /// What the user sees pictures through with this configuration; "" = its first, or as coded without one.
  QString viewerTransform() const;
  void setViewerTransform(const QString& transform);
  /// Makes sure that the names are known or under way.
  void want();
  /// Reads the configuration again, e.g. because its file was mended.
  void readAgain();
  /// Reads another configuration, which need not be the project's: its names, or why it can't be used. Nothing when `owner` is
  /// gone.
  void examine(const QString& config, QObject* owner, std::function<void(const ColourChoices&, const QString& trouble)> then);

 signals:
  void changed();
  void viewerTransformChanged();

 private:
  Document& m_document;
  FrameSource& m_source;
  struct Examined {
    QPointer<QObject> owner;
    std::function<void(const ColourChoices&, const QString&)> then;
  };
  void answerExamined(quint64 ticket, const ColourChoices& choices, const QString& trouble);

  std::map<quint64, Examined> m_examined;  // by ticket
  bool m_wanted = false;
  QString m_config;
  FrameSource::Ticket m_ticket = 0;
  ColourChoices m_choices;
  QString m_trouble;
};

/// What a space is called on the screen; "" is "As tagged".
QString colourSpaceName(const QString& space);

}  // namespace pai::app
