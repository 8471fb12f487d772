// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTranslator>

namespace pai::ui {

/// Every translatable text comes out a third longer and in brackets: what has no brackets is hard-coded, what does not fit is
/// clipped in other languages too.
class PseudoTranslator : public QTranslator {
 public:
  bool isEmpty() const override { return false; }
  QString translate(const char* context, const char* source, const char*, int) const override {
    // Qt's own dialogs are translated by Qt's catalogues.
    if (!context || QByteArray(context).startsWith('Q')) return {};
    const QString text = QString::fromUtf8(source);
    return QStringLiteral("⟦") + text + QString(text.size() / 3, QLatin1Char('~')) + QStringLiteral("⟧");
  }
};

}  // namespace pai::ui
