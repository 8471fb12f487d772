// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/colour_spaces.h"

#include <QCoreApplication>
#include <QHash>

#include "app/document/colour_edits.h"
#include "app/document/error_text.h"

namespace pai::app {

QString colourSpaceName(const QString& space) {
  if (space.isEmpty()) return QCoreApplication::translate("ColourSpaces", "As tagged");
  if (space == QStringLiteral("linear")) return QCoreApplication::translate("ColourSpaces", "Linear");
  // Makers' names are the same in every language.
  static const QHash<QString, QString> names{
      {QStringLiteral("srgb"), QStringLiteral("sRGB")}, {QStringLiteral("rec709"), QStringLiteral("Rec.709")},
      {QStringLiteral("pq"), QStringLiteral("PQ (ST 2084)")}, {QStringLiteral("hlg"), QStringLiteral("HLG")},
      {QStringLiteral("arri logc3"), QStringLiteral("ARRI LogC3")}, {QStringLiteral("canon log2"), QStringLiteral("Canon Log 2")},
      {QStringLiteral("canon log3"), QStringLiteral("Canon Log 3")}, {QStringLiteral("panasonic vlog"), QStringLiteral("Panasonic V-Log")},
      {QStringLiteral("red log3g10"), QStringLiteral("RED Log3G10")}, {QStringLiteral("sony slog3"), QStringLiteral("Sony S-Log3")},
      {QStringLiteral("sony slog3.cine"), QStringLiteral("Sony S-Log3.Cine")}};
  return names.value(space, space);
}

ColourSpaces::ColourSpaces(Document& document, FrameSource& source, QObject* parent)
    : QObject(parent), m_document(document), m_source(source) {
  const auto follow = [this] {
    if (m_wanted && configPath(m_document) != m_config) readAgain();
  };
  connect(&document, &Document::projectReset, this, follow);
  connect(&document, &Document::structureChanged, this, follow);
  connect(&document, &Document::fileChanged, this, follow);
  connect(&source, &FrameSource::coloursRead, this, [this](quint64 ticket, const ColourChoices& choices) {
    answerExamined(ticket, choices, {});
    if (ticket != m_ticket) return;
    m_ticket = 0;
    m_choices = choices;
    m_trouble.clear();
    if (!choices.views.contains(viewerTransform())) setViewerTransform({});  // the configuration has it no longer
    emit changed();
  });
  connect(&source, &FrameSource::failed, this, [this](quint64 ticket, const core::Error& error) {
    answerExamined(ticket, {}, errorText(error));
    if (ticket != m_ticket) return;
    m_ticket = 0;
    m_choices = {};
    m_trouble = errorText(error);
    emit changed();
  });
}

QString ColourSpaces::viewerTransform() const { return viewerTransformFor(configPath(m_document)); }

void ColourSpaces::setViewerTransform(const QString& transform) {
  if (transform == viewerTransform()) return;
  keepViewerTransform(configPath(m_document), transform);
  emit viewerTransformChanged();
}

void ColourSpaces::want() {
  if (!m_wanted) readAgain();
}

void ColourSpaces::readAgain() {
  m_wanted = true;
  m_config = configPath(m_document);
  m_ticket = m_source.requestColours(m_config);
}

void ColourSpaces::examine(const QString& config, QObject* owner, std::function<void(const ColourChoices&, const QString&)> then) {
  m_examined[m_source.requestColours(config)] = {owner, std::move(then)};
}

void ColourSpaces::answerExamined(quint64 ticket, const ColourChoices& choices, const QString& trouble) {
  const auto it = m_examined.find(ticket);
  if (it == m_examined.end()) return;
  const Examined examined = std::move(it->second);
  m_examined.erase(it);
  if (examined.owner) examined.then(choices, trouble);
}

}  // namespace pai::app
