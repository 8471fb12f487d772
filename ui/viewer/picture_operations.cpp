// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewer/picture_operations.h"

#include <array>
#include <cmath>
#include <vector>

#include <QColorSpace>
#include <QPainter>
#include <QPixmap>

#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

constexpr int kGain = 4;

bool isFloat(QImage::Format format) {
  return format == QImage::Format_RGBX32FPx4 || format == QImage::Format_RGBA32FPx4 ||
         format == QImage::Format_RGBA32FPx4_Premultiplied;
}

double encoded(double linear) {
  if (linear <= 0.0) return 0.0;
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1.0 / 2.4) - 0.055;
}

/// Stops in linear light and gamma on the screen, for 8-bit video values.
std::array<quint8, 256> tableOf(const ViewLight& light) {
  std::array<quint8, 256> table{};
  const double factor = std::exp2(light.exposure);
  for (int i = 0; i < 256; ++i) {
    const double v = i / 255.0;
    const double linear = v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    const double screen = std::pow(std::clamp(encoded(linear * factor), 0.0, 1.0), 1.0 / light.gamma);
    table[static_cast<std::size_t>(i)] = static_cast<quint8>(std::lround(screen * 255.0));
  }
  return table;
}

void lightUp(QImage& image, const ViewLight& light) {
  const std::array<quint8, 256> table = tableOf(light);
  for (int y = 0; y < image.height(); ++y) {
    auto* row = reinterpret_cast<QRgb*>(image.scanLine(y));
    for (int x = 0; x < image.width(); ++x) {
      const QRgb p = row[x];
      row[x] = qRgba(table[static_cast<std::size_t>(qRed(p))], table[static_cast<std::size_t>(qGreen(p))],
                     table[static_cast<std::size_t>(qBlue(p))], qAlpha(p));
    }
  }
}

QImage fromFloat(const QImage& picture, const ViewLight& light) {
  const QImage source = picture.convertToFormat(QImage::Format_RGBA32FPx4);
  QImage out(source.size(), picture.hasAlphaChannel() ? QImage::Format_ARGB32 : QImage::Format_RGB32);
  // A table instead of a power for each sample: a full picture must not hold up the GUI thread.
  static const std::vector<quint8> curve = [] {
    std::vector<quint8> table(65536);
    for (std::size_t i = 0; i < table.size(); ++i)
      table[i] = static_cast<quint8>(std::lround(std::min(1.0, encoded(static_cast<double>(i) / 65535.0)) * 255.0));
    return table;
  }();
  const std::array<quint8, 256> screen = tableOf({0.0, light.gamma});
  const float factor = static_cast<float>(std::exp2(light.exposure) * 65535.0);
  const auto byte = [factor, &screen](float v) {
    return static_cast<int>(screen[curve[static_cast<std::size_t>(std::clamp(v * factor, 0.0f, 65535.0f))]]);
  };
  for (int y = 0; y < source.height(); ++y) {
    const auto* in = reinterpret_cast<const float*>(source.constScanLine(y));
    auto* row = reinterpret_cast<QRgb*>(out.scanLine(y));
    for (int x = 0; x < source.width(); ++x, in += 4)
      row[x] = qRgba(byte(in[0]), byte(in[1]), byte(in[2]), static_cast<int>(std::clamp(in[3], 0.0f, 1.0f) * 255.0f));
  }
  return out;
}

int greyOf(QRgb p, Channels channel) {
  switch (channel) {
    case Channels::kRed: return qRed(p);
    case Channels::kGreen: return qGreen(p);
    case Channels::kBlue: return qBlue(p);
    case Channels::kAlpha: return qAlpha(p);
    case Channels::kLuma:
    case Channels::kColour: break;
  }
  return (54 * qRed(p) + 183 * qGreen(p) + 19 * qBlue(p) + 128) / 256;
}

}  // namespace

QImage displayable(const QImage& picture, const ViewLight& light) {
  if (picture.isNull()) return picture;
  if (isFloat(picture.format())) return fromFloat(picture, light);
  QImage shown = picture.format() == QImage::Format_RGB32 || picture.format() == QImage::Format_ARGB32
                     ? picture
                     : picture.convertToFormat(picture.hasAlphaChannel() ? QImage::Format_ARGB32 : QImage::Format_RGB32);
  if (light.exposure != 0.0 || light.gamma != 1.0) lightUp(shown, light);
  return shown;
}

QImage channelOf(const QImage& picture, Channels channel) {
  QImage out(picture.size(), QImage::Format_Grayscale8);
  const QImage in = picture.convertToFormat(QImage::Format_ARGB32);
  for (int y = 0; y < out.height(); ++y) {
    const auto* p = reinterpret_cast<const QRgb*>(in.constScanLine(y));
    uchar* row = out.scanLine(y);
    for (int x = 0; x < out.width(); ++x) row[x] = static_cast<uchar>(greyOf(p[x], channel));
  }
  return out;
}

QImage differenceOf(const QImage& a, const QImage& b) {
  const QImage first = a.convertToFormat(QImage::Format_RGB32);
  const QImage second = (b.size() == a.size() ? b : b.scaled(a.size())).convertToFormat(QImage::Format_RGB32);
  QImage out(first.size(), QImage::Format_RGB32);
  const auto apart = [](int p, int q) { return std::min(255, std::abs(p - q) * kGain); };
  for (int y = 0; y < out.height(); ++y) {
    const auto* p = reinterpret_cast<const QRgb*>(first.constScanLine(y));
    const auto* q = reinterpret_cast<const QRgb*>(second.constScanLine(y));
    auto* row = reinterpret_cast<QRgb*>(out.scanLine(y));
    for (int x = 0; x < out.width(); ++x)
      row[x] = qRgb(apart(qRed(p[x]), qRed(q[x])), apart(qGreen(p[x]), qGreen(q[x])), apart(qBlue(p[x]), qBlue(q[x])));
  }
  return out;
}

QBrush checkerBrush() {
  QImage tile(16, 16, QImage::Format_RGB32);
  tile.fill(QColor::fromRgb(0xff5e5e5e));
  QPainter painter(&tile);
  painter.fillRect(0, 0, 8, 8, QColor::fromRgb(0xff767676));
  painter.fillRect(8, 8, 8, 8, QColor::fromRgb(0xff767676));
  painter.end();
  return QBrush(tile);
}

}  // namespace pai::ui
