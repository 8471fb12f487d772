// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/scope_math.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <QPainter>
#include <QPainterPath>

namespace pai::ui {
namespace {

constexpr int kMostSamples = 400000;
constexpr double kRed = 0.2126, kGreen = 0.7152, kBlue = 0.0722;
constexpr double kFullCb = 2 * (1 - kBlue), kFullCr = 2 * (1 - kRed);

/// Visits pixels of a picture evenly, at most kMostSamples: visit(x, y, QRgb).
template <typename Visit>
void sample(const QImage& source, Visit visit) {
  const bool fits = source.format() == QImage::Format_RGB32 || source.format() == QImage::Format_ARGB32;
  const QImage picture = fits ? source : source.convertToFormat(QImage::Format_ARGB32);
  const double area = static_cast<double>(picture.width()) * picture.height();
  const int step = std::max(1, static_cast<int>(std::ceil(std::sqrt(area / kMostSamples))));
  for (int y = 0; y < picture.height(); y += step) {
    const auto* row = reinterpret_cast<const QRgb*>(picture.constScanLine(y));
    for (int x = 0; x < picture.width(); x += step)
      if (qAlpha(row[x]) > 0) visit(x, y, row[x]);
  }
}

double lumaOf(QRgb p) { return (kRed * qRed(p) + kGreen * qGreen(p) + kBlue * qBlue(p)) / 255.0; }

/// Counts of hits as brightness of a colour: dense places saturate, single hits still show.
QImage light(const std::vector<std::array<float, 3>>& hits, int width, int height, float gain) {
  QImage out(width, height, QImage::Format_RGB32);
  const auto byte = [gain](float n) { return static_cast<int>(255.0f * (1.0f - std::exp(-gain * n))); };
  for (int y = 0; y < height; ++y) {
    auto* row = reinterpret_cast<QRgb*>(out.scanLine(y));
    for (int x = 0; x < width; ++x) {
      const auto& h = hits[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
      row[x] = qRgb(byte(h[0]), byte(h[1]), byte(h[2]));
    }
  }
  return out;
}

QImage waveform(const QImage& picture, QSize size, bool parade) {
  const int width = size.width(), height = size.height();
  std::vector<std::array<float, 3>> hits(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  const auto at = [&](int x, double value) -> std::array<float, 3>& {
    const int y = height - 1 - std::clamp(static_cast<int>(value * (height - 1) + 0.5), 0, height - 1);
    return hits[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(std::clamp(x, 0, width - 1))];
  };
  const int third = width / 3;
  std::int64_t samples = 0;
  sample(picture, [&](int x, int, QRgb p) {
    ++samples;
    if (!parade) {
      auto& h = at(x * width / picture.width(), lumaOf(p));
      for (float& channel : h) channel += 1.0f;
      return;
    }
    const std::array<int, 3> values{qRed(p), qGreen(p), qBlue(p)};
    for (std::size_t c = 0; c < 3; ++c) {
      auto& h = at(static_cast<int>(c) * third + x * (third - 2) / picture.width(), values[c] / 255.0);
      h[c] += 1.0f;
      h[(c + 1) % 3] += 0.25f;
      h[(c + 2) % 3] += 0.25f;
    }
  });
  const float gain = 60.0f * static_cast<float>(width) / static_cast<float>(std::max<std::int64_t>(1, samples));
  return light(hits, width, height, parade ? gain / 2.0f : gain);
}

QImage vectorscope(const QImage& picture, QSize size) {
  const int side = std::min(size.width(), size.height());
  std::vector<std::array<float, 3>> hits(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  std::int64_t samples = 0;
  sample(picture, [&](int, int, QRgb p) {
    ++samples;
    const QPointF v = vectorOf(qRed(p) / 255.0, qGreen(p) / 255.0, qBlue(p) / 255.0);
    const int x = std::clamp(static_cast<int>((v.x() + 1) / 2 * (side - 1) + 0.5), 0, side - 1);
    const int y = std::clamp(static_cast<int>((1 - v.y()) / 2 * (side - 1) + 0.5), 0, side - 1);
    auto& h = hits[static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + static_cast<std::size_t>(x)];
    // The colour itself, lifted so that dark ones show.
    h[0] += 0.3f + static_cast<float>(qRed(p)) / 255.0f;
    h[1] += 0.3f + static_cast<float>(qGreen(p)) / 255.0f;
    h[2] += 0.3f + static_cast<float>(qBlue(p)) / 255.0f;
  });
  const QImage drawn = light(hits, side, side, 4000.0f / static_cast<float>(std::max<std::int64_t>(1, samples)));
  QImage out(size, QImage::Format_RGB32);
  out.fill(Qt::black);
  QPainter painter(&out);
  painter.drawImage((size.width() - side) / 2, (size.height() - side) / 2, drawn);
  return out;
}

QImage histogram(const QImage& picture, QSize size) {
  std::array<std::array<double, 256>, 3> counts{};
  sample(picture, [&](int, int, QRgb p) {
    counts[0][static_cast<std::size_t>(qRed(p))] += 1;
    counts[1][static_cast<std::size_t>(qGreen(p))] += 1;
    counts[2][static_cast<std::size_t>(qBlue(p))] += 1;
  });
  double most = 1.0;
  for (const auto& channel : counts)  // the ends may hold a flood of clipped pixels
    for (std::size_t i = 1; i < 255; ++i) most = std::max(most, channel[i]);
  QImage out(size, QImage::Format_RGB32);
  out.fill(Qt::black);
  QPainter painter(&out);
  painter.setCompositionMode(QPainter::CompositionMode_Plus);
  constexpr std::array<QRgb, 3> kTints{0xffb04040, 0xff3d9a3d, 0xff4a62c8};
  for (std::size_t c = 0; c < 3; ++c) {
    QPainterPath path(QPointF(0, size.height()));
    for (std::size_t i = 0; i < 256; ++i) {
      const double share = std::min(1.0, counts[c][i] / most);
      path.lineTo(static_cast<double>(i) / 255.0 * size.width(), size.height() * (1.0 - 0.96 * std::sqrt(share)));
    }
    path.lineTo(size.width(), size.height());
    painter.fillPath(path, QColor::fromRgb(kTints[c]));
  }
  return out;
}

}  // namespace

QPointF vectorOf(double r, double g, double b) {
  const double luma = kRed * r + kGreen * g + kBlue * b;
  return {2 * (b - luma) / kFullCb, 2 * (r - luma) / kFullCr};
}

ScopeLevels levelsOf(const QImage& picture) {
  ScopeLevels levels;
  std::array<std::int64_t, 256> counts{};
  std::int64_t all = 0;
  sample(picture, [&](int, int, QRgb p) {
    const double luma = lumaOf(p);
    ++counts[static_cast<std::size_t>(std::clamp(std::lround(luma * 255.0), 0L, 255L))];
    levels.mean += luma;
    levels.rgb[0] += qRed(p) / 255.0;
    levels.rgb[1] += qGreen(p) / 255.0;
    levels.rgb[2] += qBlue(p) / 255.0;
    ++all;
  });
  if (all == 0) return {};
  levels.mean /= static_cast<double>(all);
  for (double& channel : levels.rgb) channel /= static_cast<double>(all);
  std::int64_t below = 0;
  levels.high = 1.0;
  bool lowFound = false;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    below += counts[i];
    if (!lowFound && below * 100 >= all) levels.low = static_cast<double>(i) / 255.0, lowFound = true;
    if (below * 100 >= all * 99) {
      levels.high = static_cast<double>(i) / 255.0;
      break;
    }
  }
  return levels;
}

QImage drawScope(const QImage& picture, ScopeKind kind, QSize size) {
  if (picture.isNull() || size.width() < 8 || size.height() < 8) return {};
  switch (kind) {
    case ScopeKind::kWaveform: return waveform(picture, size, false);
    case ScopeKind::kParade: return waveform(picture, size, true);
    case ScopeKind::kVectorscope: return vectorscope(picture, size);
    case ScopeKind::kHistogram: break;
  }
  return histogram(picture, size);
}

}  // namespace pai::ui
