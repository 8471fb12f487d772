// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

/// Draws one SVG of the family in the colour of its state, sharp at every size and scale.
class FamilyIcon : public QIconEngine {
 public:
  FamilyIcon(QString name, QRgb tint) : m_name(std::move(name)), m_tint(tint) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
    const qreal scale = painter->device()->devicePixelRatioF();
    painter->drawPixmap(rect, scaledPixmap(rect.size() * scale, mode, state, 1.0));
  }

  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    return scaledPixmap(size, mode, state, 1.0);
  }

  QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal) override {
    const QRgb tint = tintOf(mode, state);
    const QString key = QStringLiteral("icon/%1/%2/%3").arg(m_name).arg(size.width()).arg(tint, 0, 16);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) return pixmap;
    QFile file(QStringLiteral(":/icons/%1.svg").arg(m_name));
    if (!file.open(QIODevice::ReadOnly)) return {};
    QSvgRenderer renderer(file.readAll().replace("currentColor", QColor::fromRgb(tint).name().toLatin1()));
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    renderer.render(&painter, QRectF(QPointF(), QSizeF(size)));
    painter.end();
    pixmap = QPixmap::fromImage(image);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
  }

  QIconEngine* clone() const override { return new FamilyIcon(m_name, m_tint); }

 private:
  QRgb tintOf(QIcon::Mode mode, QIcon::State state) const {
    if (mode == QIcon::Disabled) return 0xff5c5c5c;
    if (m_tint != 0) return m_tint;
    return state == QIcon::On ? colour::kAccent : 0xffc6c6c6;
  }

  QString m_name;
  QRgb m_tint;
};

}  // namespace

QIcon icon(const QString& name) { return QIcon(new FamilyIcon(name, 0)); }
QIcon icon(const QString& name, QRgb tint) { return QIcon(new FamilyIcon(name, tint)); }

}  // namespace pai::ui
