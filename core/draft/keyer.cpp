// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/keyer.h"

#include <cmath>

#include <opencv2/imgproc.hpp>

#include "core/draft/despill.h"
#include "core/draft/key_dense.h"
#include "core/draft/key_detail.h"
#include "core/draft/key_islands.h"
#include "core/draft/key_lit.h"
#include "core/draft/key_kernels.h"
#include "core/draft/key_markers.h"
#include "core/draft/key_shape.h"
#include "core/draft/key_veil.h"

namespace pai::core {
namespace {

constexpr int kSamples = 7;
constexpr double kMarkerReach = 96.0;  // size of the largest marker, pixels at 1920 of width
constexpr int kSampleWidth = 320;
constexpr float kSmear = 0.05f;         // and that coding smears into it from the screen where chroma is coarse
constexpr float kPaintDiffers = 0.015f, kSurelyShadow = 0.09f;  // of a screen's light
constexpr float kScreenNoise = 0.03f;   // alpha that noise leaves on a clear screen
constexpr float kMixedAtMost = 0.5f;    // alpha of a small key's pixel that says nothing of the solid subject
constexpr int kLitAround = 5;           // pixels of a small key whose subject is lit alike
constexpr float kLitFew = 0.3f;         // how much of them is too little to say how
constexpr float kLitAtMost = 0.6f;      // of the screen's difference, that its light gives a subject
constexpr float kSubjectNoise = 0.01f;  // and that it takes from a solid subject

/// Planes at most kSampleWidth wide.
Planes sampled(const Planes& full) {
  if (full.r.cols <= kSampleWidth) return full;
  const cv::Size size(kSampleWidth, std::max(1, full.r.rows * kSampleWidth / full.r.cols));
  Planes out;
  cv::resize(full.r, out.r, size, 0, 0, cv::INTER_AREA);
  cv::resize(full.g, out.g, size, 0, 0, cv::INTER_AREA);
  cv::resize(full.b, out.b, size, 0, 0, cv::INTER_AREA);
  return out;
}

int cellOf(cv::Size size) { return std::max(4, size.width / 200); }

/// One value a cell, laid bilinearly over a frame.
cv::Mat expanded(const cv::Mat& cells, int cell, cv::Size size) {
  cv::Mat wide;
  cv::resize(cells, wide, {cells.cols * cell, cells.rows * cell}, 0, 0, cv::INTER_LINEAR);
  return wide(cv::Rect({0, 0}, size));
}

cv::Mat differenceOf(const ScreenColour& screen, const cv::Mat& colours) {
  cv::Mat out(colours.size(), CV_32F);
  for (int y = 0; y < out.rows; ++y) {
    for (int x = 0; x < out.cols; ++x) {
      const cv::Vec3f& c = colours.at<cv::Vec3f>(y, x);
      out.at<float>(y, x) = screen.difference(c[0], c[1], c[2]);
    }
  }
  return out;
}

cv::Rect cellsUnder(const cv::Rect& at, int cell) {
  return {at.x / cell, at.y / cell, (at.width + cell - 1) / cell, (at.height + cell - 1) / cell};
}

/// A part of a frame against the screen.
struct Difference {
  cv::Mat difference;
  cv::Mat solid;   // 0..1, how far everything around is subject without any of the screen's colour
  cv::Mat weight;  // of each pixel in the subject's colour
};

Difference differenceIn(const ScreenColour& colour, const Planes& frame, const cv::Mat& screen, int cell, const cv::Rect& at) {
  Difference out;
  const cv::Mat bare = expanded(screen(cellsUnder(at, cell)), cell, at.size());
  out.difference.create(at.size(), CV_32F);
  cv::Mat sure(at.size(), CV_8U), inner;
  const int a = (colour.primary + 1) % 3, b = (colour.primary + 2) % 3;
  cv::parallel_for_({0, at.height}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      float* d = out.difference.ptr<float>(y);
      const auto row = [&](int channel) { return frame.row(channel, at.y + y) + at.x; };
      screenDifferenceRow({row(colour.primary), row(a), row(b)}, d, at.width);
      const float* s = bare.ptr<float>(y);
      auto* w = sure.ptr<std::uint8_t>(y);
      for (int x = 0; x < at.width; ++x) w[x] = d[x] < 0.03f * s[x] ? 1 : 0;
    }
  }, 8.0);
  const int reach = std::max(1, static_cast<int>(std::lround(frame.r.cols / 640.0)));
  const cv::Size around(2 * reach + 1, 2 * reach + 1);
  cv::erode(sure, inner, cv::Mat::ones(around, CV_8U));
  cv::boxFilter(inner, out.solid, CV_32F, around, {-1, -1}, true, cv::BORDER_REPLICATE);
  cv::addWeighted(out.solid, 1.0, sure, 0.02, 0.0, out.weight, CV_32F);
  return out;
}

/// The screen difference that the subject would have if it were solid, at each pixel of a small key: what its alpha, in which mixed
/// pixels are known from lit ones, says of those around. Where it says nothing, that of the subject's colour.
cv::Mat solidDifference(const ScreenColour& colour, const RawKey& small, const Planes& few, const cv::Mat& screen) {
  const cv::Size size = few.size();
  cv::Mat own = differenceOf(colour, small.subject.value);
  cv::min(own, 0.0, own);
  const cv::Mat bare = expanded(screen, small.field.screen.cell, size), fallback = expanded(own, small.field.screen.cell, size);
  const int a = (colour.primary + 1) % 3, b = (colour.primary + 2) % 3;
  cv::Mat sums(size, CV_32F), weights(size, CV_32F), out(size, CV_32F);
  std::vector<float> difference(static_cast<std::size_t>(size.width));
  for (int y = 0; y < size.height; ++y) {
    screenDifferenceRow({few.row(colour.primary, y), few.row(a, y), few.row(b, y)}, difference.data(), size.width);
    const float *alpha = small.alpha.ptr<float>(y), *s = bare.ptr<float>(y);
    float *sum = sums.ptr<float>(y), *weight = weights.ptr<float>(y);
    for (int x = 0; x < size.width; ++x) {
      const float share = std::max(0.0f, alpha[x] - kMixedAtMost), d = difference[static_cast<std::size_t>(x)];
      weight[x] = share;
      sum[x] = share > 0.0f ? share * (s[x] - (s[x] - d) / alpha[x]) : 0.0f;
    }
  }
  for (cv::Mat* m : {&sums, &weights}) cv::boxFilter(*m, *m, CV_32F, {kLitAround, kLitAround}, {-1, -1}, false, cv::BORDER_REPLICATE);
  for (int y = 0; y < size.height; ++y) {
    const float *sum = sums.ptr<float>(y), *weight = weights.ptr<float>(y), *s = bare.ptr<float>(y), *f = fallback.ptr<float>(y);
    float* o = out.ptr<float>(y);
    for (int x = 0; x < size.width; ++x) {
      const float found = (sum[x] + kLitFew * f[x]) / (weight[x] + kLitFew);
      o[x] = std::clamp(found, std::min(f[x], 0.0f), std::max(0.0f, kLitAtMost * s[x]));
    }
  }
  return out;
}

}  // namespace

Result<Keyer> Keyer::build(const KeySettings& settings, const PlateAccess& plate, const StopToken& stop) {
  std::vector<Planes> samples;
  const std::int64_t count = std::min<std::int64_t>(kSamples, plate.frames);
  for (std::int64_t i = 0; i < count; ++i) {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "keying was stopped", "", {}};
    const std::int64_t frame = count == 1 ? 0 : i * (plate.frames - 1) / (count - 1);
    auto picture = plate.picture({frame});
    if (!picture) return picture.error();
    samples.push_back(sampled(planesOf(**picture)));
  }
  auto screen = findScreen(settings, samples);
  if (!screen) return screen.error();
  Keyer out;
  out.m_settings = settings;
  out.m_screen = *screen;
  std::vector<MarkerView> views;
  views.reserve(samples.size());
  for (const Planes& sample : samples) views.push_back({sample, out.rawKey(sample).alpha});
  if (!samples.empty()) out.m_paint = findMarkerPaint(views, kMarkerReach * samples[0].r.cols / 1920.0);
  return out;
}

bool Keyer::sameScreen(const KeySettings& s) const {
  return s.screen == m_settings.screen && (s.screen != KeySettings::Screen::kColour || s.colour == m_settings.colour);
}

RawKey Keyer::rawKey(const Planes& frame, bool fine) const {
  const cv::Size size = frame.size();
  const int cell = cellOf(size);
  RawKey out;
  out.fine = fine;
  out.field = screenField(m_screen, frame, cell);
  out.islands = islandsOf(out.field, size);
  cv::Mat screen = differenceOf(m_screen, out.field.screen.value);
  cv::Mat sums = cv::Mat::zeros(screen.size(), CV_32FC3), weights = cv::Mat::zeros(screen.size(), CV_32F);
  cv::Mat solid = cv::Mat::zeros(size, CV_8U);
  std::vector<Difference> parts;
  for (const cv::Rect& at : out.islands) {
    parts.push_back(differenceIn(m_screen, frame, screen, cell, at));
    cv::Mat(parts.back().solid > 0.999f).copyTo(solid(at));
    cv::Mat s = sums(cellsUnder(at, cell)), w = weights(cellsUnder(at, cell));
    addAverages(viewOf(frame, at), parts.back().weight, cell, s, w);
  }
  out.subject = {cell, pushPull(sums, weights)};
  liftVeil(m_screen, out.subject, out.field);
  screen = differenceOf(m_screen, out.field.screen.value);
  cv::Mat subject = differenceOf(m_screen, out.subject.value);
  cv::min(subject, 0.0, subject);
  out.alpha = cv::Mat::zeros(size, CV_32F);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const cv::Rect& at = out.islands[i];
    cv::Mat alpha = out.alpha(at);
    const cv::Mat bare = expanded(screen(cellsUnder(at, cell)), cell, at.size());
    const cv::Mat low = expanded(subject(cellsUnder(at, cell)), cell, at.size());
    cv::parallel_for_({0, alpha.rows}, [&](const cv::Range& rows) {
      for (int y = rows.start; y < rows.end; ++y) {
        alphaRow(parts[i].difference.ptr<float>(y), bare.ptr<float>(y), low.ptr<float>(y), parts[i].solid.ptr<float>(y),
                 alpha.ptr<float>(y), alpha.cols);
      }
    }, 8.0);
  }
  if (!fine) return out;
  const bool coarse = m_coarseWidth == size.width;
  out.mixed = unmixSoftPixels(frame, out.field.screen, solid, out.islands, coarse, out.alpha);
  for (const cv::Rect& at : out.islands) {
    cv::Mat alpha = out.alpha(at);
    if (coarse) addLumaDetail(alpha, viewOf(frame, at));
  }
  return out;
}

std::pair<float, float> Keyer::levels(bool coarse) const {
  return {static_cast<float>(std::clamp(m_settings.clipBlack, 0.0, 0.99)) + kScreenNoise,
          static_cast<float>(std::clamp(m_settings.clipWhite, 0.01, 1.0)) - kSubjectNoise - (coarse ? kSmear : 0.0f)};
}

cv::Mat Keyer::shapedAlpha(const RawKey& raw, const Planes& frame, double scale, const KeyHistory* previous) const {
  const KeySettings& s = m_settings;
  const double pixel = frame.r.cols / 1920.0;
  const bool coarse = m_coarseWidth == frame.r.cols;
  const bool stable = previous && s.temporal > 0.0 && previous->rawAlpha.size() == raw.alpha.size();
  // A matte that luma gave its detail needs little more.
  const double refine = coarse ? 0.3 * s.edgeRefine : s.edgeRefine;
  const auto [black, white] = levels(coarse);
  cv::Mat alpha = raw.alpha.clone();
  for (const cv::Rect& at : raw.islands) {
    cv::Mat part = alpha(at);
    const Planes view = viewOf(frame, at);
    if (stable) stabilise(part, view, {viewOf(previous->frame, at), previous->rawAlpha(at)});
    if (raw.fine) refineEdges(part, guideOf(view), std::max(1.0, 6.0 * pixel), refine);
    cv::parallel_for_({0, part.rows}, [&part, low = black, high = white](const cv::Range& rows) {
      for (int y = rows.start; y < rows.end; ++y) levelsRow(part.ptr<float>(y), low, high, part.cols);
    }, 8.0);
  }
  if (s.removeMarkers) removeMarkers(alpha, frame, m_paint, kMarkerReach * pixel);
  for (const cv::Rect& at : raw.islands) {
    cv::Mat part = alpha(at);
    fillDarkDepths(part, viewOf(frame, at), viewOf(raw.field.screen, at), pixel);
  }
  if (std::abs(s.gamma - 1.0) > 1e-6) cv::pow(alpha, 1.0 / std::clamp(s.gamma, 0.05, 20.0), alpha);
  despot(alpha, s.despot * scale);
  fillHoles(alpha, s.fillHoles * scale);
  growMatte(alpha, s.grow * scale);
  return alpha;
}

cv::Mat Keyer::quickAlpha(const RawKey& small, const cv::Mat& shaped, const Planes& few, const Planes& frame, double scale) const {
  const cv::Size size = frame.size();
  const float stepX = static_cast<float>(shaped.cols) / static_cast<float>(size.width);
  const float stepY = static_cast<float>(shaped.rows) / static_cast<float>(size.height);
  const float perCell = 1.0f / static_cast<float>(small.field.screen.cell);
  cv::Mat least, most, screen = differenceOf(m_screen, small.field.screen.value);
  const cv::Mat subject = solidDifference(m_screen, small, few, screen);
  cv::erode(shaped, least, cv::Mat::ones(3, 3, CV_8U));
  cv::dilate(shaped, most, cv::Mat::ones(3, 3, CV_8U));
  const cv::Rect2f reached = coveredPart(most);
  const cv::Rect part = cv::Rect(cv::Point(static_cast<int>((reached.x - 1) / stepX), static_cast<int>((reached.y - 1) / stepY)),
                                 cv::Point(static_cast<int>((reached.x + reached.width + 1) / stepX), static_cast<int>((reached.y + reached.height + 1) / stepY))) &
                        cv::Rect({0, 0}, size);
  cv::Mat out = cv::Mat::zeros(size, CV_32F);
  if (reached.empty()) return out;
  const auto [black, white] = levels(m_coarseWidth == size.width);
  const int a = (m_screen.primary + 1) % 3, b = (m_screen.primary + 2) % 3, width = part.width;
  const std::vector<float> nowhere(static_cast<std::size_t>(width), 0.0f);
  const auto laid = [&](const cv::Mat& map, float cell) { return EnlargedRow<float>(map, stepX * cell, stepY * cell, size.width); };
  cv::Mat alpha = out(part);
  cv::parallel_for_({0, part.height}, [&, low = black, high = white](const cv::Range& rows) {
    EnlargedRow<float> bare = laid(screen, perCell), solid = laid(subject, 1.0f);
    std::vector<float> lines(static_cast<std::size_t>(width) * 3);
    float *d = lines.data(), *s = d + width, *u = s + width;
    for (int y = rows.start; y < rows.end; ++y) {
      const int row = part.y + y;
      bare.start(row);
      solid.start(row);
      for (int x = 0; x < width; ++x) s[x] = bare.at(part.x + x), u[x] = solid.at(part.x + x);
      const auto from = [&](int channel) { return frame.row(channel, row) + part.x; };
      screenDifferenceRow({from(m_screen.primary), from(a), from(b)}, d, width);
      alphaRow(d, s, u, nowhere.data(), alpha.ptr<float>(y), width);
      levelsRow(alpha.ptr<float>(y), low, high, width);
    }
  }, 4.0);
  if (std::abs(m_settings.gamma - 1.0) > 1e-6) cv::pow(out, 1.0 / std::clamp(m_settings.gamma, 0.05, 20.0), out);
  growMatte(out, m_settings.grow * scale);
  alpha = out(part);
  cv::parallel_for_({0, part.height}, [&](const cv::Range& rows) {
    EnlargedRow<float> from = laid(least, 1.0f), to = laid(most, 1.0f);
    for (int y = rows.start; y < rows.end; ++y) {
      from.start(part.y + y);
      to.start(part.y + y);
      float* o = alpha.ptr<float>(y);
      for (int x = 0; x < width; ++x) o[x] = std::min(std::max(o[x], from.at(part.x + x)), to.at(part.x + x));
    }
  }, 4.0);
  return out;
}

void Keyer::stabilise(cv::Mat& alpha, const Planes& frame, const KeyHistory& previous) const {
  const float share = 0.5f * static_cast<float>(std::clamp(m_settings.temporal, 0.0, 1.0));
  cv::parallel_for_({0, alpha.rows}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      const RowPair pair{{frame.row(0, y), frame.row(1, y), frame.row(2, y)},
                         {previous.frame.row(0, y), previous.frame.row(1, y), previous.frame.row(2, y)}};
      steadyRow(pair, previous.rawAlpha.ptr<float>(y), share, alpha.ptr<float>(y), alpha.cols);
    }
  }, 8.0);
}

Planes Keyer::foreground(const RawKey& raw, const Planes& frame, const cv::Mat& alpha) const {
  Planes out = Planes::make(frame.size());
  unmixForeground(m_screen, raw.field.screen, raw.subject, raw.mixed, alpha,
                  static_cast<float>(std::clamp(m_settings.despill, 0.0, 1.0)), frame, out);
  return out;
}

cv::Mat Keyer::shadow(const RawKey& raw, cv::Size size) const {
  const cv::Mat& screen = raw.field.screen.value;
  const int cell = raw.field.screen.cell;
  if (cv::countNonZero(raw.field.seen > 0.0f) == 0) return cv::Mat(size, CV_32F, cv::Scalar(1.0));
  const cv::Mat lit = litSurface(m_screen, screen, raw.field.seen * static_cast<double>(cell * cell));
  cv::Mat cells(screen.size(), CV_32F);
  for (int y = 0; y < cells.rows; ++y) {
    for (int x = 0; x < cells.cols; ++x) {
      const float full = lit.at<cv::Vec3f>(y, x)[m_screen.primary];
      const float lost = 1.0f - std::clamp(screen.at<cv::Vec3f>(y, x)[m_screen.primary] / std::max(full, 1e-5f), 0.0f, 1.0f);
      // Paint differs by a little from place to place; that is no shadow.
      const float sure = std::clamp((lost - kPaintDiffers) / (kSurelyShadow - kPaintDiffers), 0.0f, 1.0f);
      cells.at<float>(y, x) = 1.0f - lost * sure * sure * (3.0f - 2.0f * sure);
    }
  }
  return expanded(cells, cell, size);
}

KeyedFrame Keyer::key(const Planes& frame, double scale, const KeyHistory* previous, bool wantShadow) const {
  const RawKey raw = rawKey(frame);
  KeyedFrame out;
  out.alpha = shapedAlpha(raw, frame, scale, previous);
  out.foreground = foreground(raw, frame, out.alpha);
  if (wantShadow) out.shadow = shadow(raw, frame.size());
  return out;
}

}  // namespace pai::core
