// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_screen.h"

#include <array>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "core/draft/key_kernels.h"
#include "core/draft/key_lit.h"

namespace pai::core {
namespace {

constexpr int kBins = 48;
constexpr float kMinimumLight = 0.012f;  // darker pixels have no colour to speak of
constexpr double kMinimumCoverage = 0.01;
// Of the lit screen's light: what any shadow leaves, and the least that a shadow leaves.
constexpr float kPlainShadow = 0.72f, kDeepestShadow = 0.12f;
constexpr float kShadowTint = 1.2f;  // how much redder or bluer a shadow is than the lit screen
constexpr int kClearOfSubject = 2;       // pixels that chroma smears an edge's colour over
constexpr float kBesideSubject = 0.02f;  // weight of pixels that close
constexpr int kBlockCells = 48;  // cells of a row that are summed together, so that their columns stay in the cache
constexpr float kWholeCell = 0.75f;  // of its pixels that a cell in shadow shows as screen

/// Counts of saturated pixels by the two chromaticities that are not the primary's.
struct ChromaHistogram {
  std::array<double, kBins * kBins> count{};
  double total = 0.0;
};

/// How saturated towards `primary` a colour must be to be a candidate for a screen: blue skies and denim are less.
float candidateSaturation(int primary) { return primary == 2 ? 0.45f : 0.35f; }

ChromaHistogram histogramOf(const std::vector<Planes>& samples, int primary) {
  ChromaHistogram h;
  const int a = (primary + 1) % 3, b = (primary + 2) % 3;
  for (const Planes& s : samples) {
    for (int y = 0; y < s.r.rows; ++y) {
      const float *p = s.row(primary, y), *pa = s.row(a, y), *pb = s.row(b, y);
      for (int x = 0; x < s.r.cols; ++x) {
        if (p[x] < kMinimumLight || p[x] - std::max(pa[x], pb[x]) < candidateSaturation(primary) * p[x]) continue;
        const auto bin = [&](float v) { return std::clamp(static_cast<int>(v / p[x] * kBins), 0, kBins - 1); };
        h.count[static_cast<std::size_t>(bin(pa[x]) * kBins + bin(pb[x]))] += 1.0;
        h.total += 1.0;
      }
    }
  }
  return h;
}

/// Mean colour of the brighter half of the pixels near the histogram's peak.
struct Peak {
  cv::Vec3f colour{};
  double count = 0.0;
};

Peak peakOf(const std::vector<Planes>& samples, int primary) {
  const ChromaHistogram h = histogramOf(samples, primary);
  cv::Mat grid(kBins, kBins, CV_64F, const_cast<double*>(h.count.data())), smooth;
  cv::GaussianBlur(grid, smooth, {0, 0}, 1.5);
  cv::Point at;
  cv::minMaxLoc(smooth, nullptr, nullptr, nullptr, &at);
  const int a = (primary + 1) % 3, b = (primary + 2) % 3;
  std::vector<std::pair<float, cv::Vec3f>> near;
  for (const Planes& s : samples) {
    for (int y = 0; y < s.r.rows; ++y) {
      const float *p = s.row(primary, y), *pa = s.row(a, y), *pb = s.row(b, y);
      for (int x = 0; x < s.r.cols; ++x) {
        if (p[x] < kMinimumLight || p[x] - std::max(pa[x], pb[x]) < candidateSaturation(primary) * p[x]) continue;
        // Below zero (a colour beyond the working primaries) counts as zero, as in the histogram.
        const float da = std::max(pa[x], 0.0f) / p[x] * kBins - static_cast<float>(at.y) - 0.5f;
        const float db = std::max(pb[x], 0.0f) / p[x] * kBins - static_cast<float>(at.x) - 0.5f;
        if (da * da + db * db > 36.0f) continue;
        cv::Vec3f c;
        c[primary] = p[x];
        c[a] = pa[x];
        c[b] = pb[x];
        near.emplace_back(p[x], c);
      }
    }
  }
  Peak out;
  out.count = static_cast<double>(near.size());
  if (near.empty()) return out;
  const auto middle = near.begin() + static_cast<std::ptrdiff_t>(near.size() / 2);
  std::nth_element(near.begin(), middle, near.end(), [](const auto& l, const auto& r) { return l.first < r.first; });
  cv::Vec3d sum{};
  for (auto it = middle; it != near.end(); ++it) sum += cv::Vec3d(it->second);
  out.colour = cv::Vec3f(sum / static_cast<double>(near.end() - middle));
  return out;
}

void describe(ScreenColour& s) {
  const cv::Vec3f& c = s.colour;
  s.primary = c[1] >= c[0] && c[1] >= c[2] ? 1 : c[2] >= c[0] ? 2 : 0;
  s.saturation = s.difference(c[0], c[1], c[2]) / std::max(c[s.primary], 1e-6f);
}

/// Sums of the pixels of a cell that look like the screen under any brightness.
struct CellSums {
  cv::Mat sum, weight;
};

/// A pixel counts as screen when its saturation is near the screen's and, where `field` is given, its screen difference is
/// not much below the field's (which leaves out pixels mixed with thin dark hair). `marked` (CV_8U), if given, gets what each
/// pixel is; without it every other row of a cell is looked at and stands for two.
CellSums screenSums(const ScreenColour& s, const Planes& frame, int cell, const CoarseField* field, cv::Mat* marked) {
  const cv::Size cells((frame.r.cols + cell - 1) / cell, (frame.r.rows + cell - 1) / cell);
  CellSums out{cv::Mat(cells, CV_32FC3), cv::Mat(cells, CV_32F)};
  const float needed = s.saturation * 0.72f, darkest = std::max(kMinimumLight * 0.5f, s.colour[s.primary] * 0.06f);
  const int a = (s.primary + 1) % 3, b = (s.primary + 2) % 3, block = kBlockCells * cell, step = marked ? 1 : 2;
  const auto tint = [&](int channel) { return s.colour[channel] / s.colour[s.primary] * kShadowTint + 0.02f; };
  const float tintA = tint(a), tintB = tint(b);
  cv::parallel_for_({0, cells.height}, [&](const cv::Range& range) {
    std::vector<float> columns(5 * static_cast<std::size_t>(block));
    float* at[5];
    for (std::ptrdiff_t i = 0; i < 5; ++i) at[i] = columns.data() + i * block;
    const ScreenSums sums{at[0], at[1], at[2], at[3]};
    for (int cy = range.start; cy < range.end; ++cy) {
      const int y0 = cy * cell, y1 = std::min(y0 + cell, frame.r.rows);
      const int rows = (y1 - y0 + step - 1) / step;
      const float all = static_cast<float>(y1 - y0) / static_cast<float>(rows);
      for (int x0 = 0; x0 < frame.r.cols; x0 += block) {
        const int count = std::min(block, frame.r.cols - x0);
        std::fill(columns.begin(), columns.end(), 0.0f);
        if (field) {
          const auto* f = field->value.ptr<cv::Vec3f>(cy) + x0 / cell;
          for (int x = 0; x < count; x += cell, ++f) {
            std::fill(at[4] + x, at[4] + std::min(x + cell, count), 0.88f * s.difference((*f)[0], (*f)[1], (*f)[2]));
          }
        }
        for (int y = y0; y < y1; y += step) {
          const KeyRow row{frame.row(s.primary, y) + x0, frame.row(a, y) + x0, frame.row(b, y) + x0};
          if (marked) {
            markScreenRow(row, at[4], darkest, needed, tintA, tintB, sums, marked->ptr<std::uint8_t>(y) + x0, count);
          } else {
            addScreenRow(row, at[4], darkest, needed, sums, count);
          }
        }
        auto* sum = out.sum.ptr<cv::Vec3f>(cy) + x0 / cell;
        auto* weight = out.weight.ptr<float>(cy) + x0 / cell;
        for (int from = 0; from < count; from += cell, ++sum, ++weight) {
          float total[4] = {};
          for (int x = from; x < std::min(from + cell, count); ++x)
            for (int i = 0; i < 4; ++i) total[i] += at[i][x];
          (*sum)[s.primary] = total[0] * all, (*sum)[a] = total[1] * all, (*sum)[b] = total[2] * all;
          *weight = total[3] * all;
        }
      }
    }
  }, 8.0);
  return out;
}

/// Whether a cell and those around it show nothing but screen.
bool amongScreen(const cv::Mat& weight, int x, int y, float whole) {
  if (x == 0 || y == 0 || x + 1 == weight.cols || y + 1 == weight.rows) return false;
  for (int j = -1; j <= 1; ++j) {
    const float* w = weight.ptr<float>(y + j) + x;
    if (w[-1] < whole || w[0] < whole || w[1] < whole) return false;
  }
  return true;
}

/// Sums without the pixels beside foreign ones: chroma smears an edge's colour over them. They count a little, where there is
/// nothing else. `marked` is what made `all`.
CellSums clearSums(const Planes& frame, const CellSums& all, const cv::Mat& marked, int cell) {
  constexpr int kSide = 2 * kClearOfSubject + 1;
  cv::Mat clear;
  cv::erode(marked, clear, cv::Mat::ones(kSide, kSide, CV_8U));
  CellSums out{all.sum * kBesideSubject, all.weight * kBesideSubject};
  cv::parallel_for_({0, out.sum.rows}, [&](const cv::Range& range) {
    for (int cy = range.start; cy < range.end; ++cy) {
      auto* sum = out.sum.ptr<cv::Vec3f>(cy);
      auto* weight = out.weight.ptr<float>(cy);
      for (int cx = 0; cx < out.sum.cols; ++cx) {
        if (amongScreen(all.weight, cx, cy, static_cast<float>(cell * cell))) {
          sum[cx] = all.sum.at<cv::Vec3f>(cy, cx);
          weight[cx] = all.weight.at<float>(cy, cx);
          continue;
        }
        for (int y = cy * cell; y < std::min((cy + 1) * cell, frame.r.rows); ++y) {
          const float *r = frame.row(0, y), *g = frame.row(1, y), *b = frame.row(2, y);
          const auto *apart = clear.ptr<std::uint8_t>(y), *is = marked.ptr<std::uint8_t>(y);
          for (int x = cx * cell; x < std::min((cx + 1) * cell, frame.r.cols); ++x) {
            if (apart[x] == kForeign || is[x] != kCounts) continue;
            sum[cx] += cv::Vec3f(r[x], g[x], b[x]);
            weight[cx] += 1.0f;
          }
        }
      }
    }
  }, 8.0);
  return out;
}

/// Takes cells out of the sums that are much darker than the screen's light around them without being its colour in shadow:
/// dense hair and cloth that the screen lights or shines through.
void dropFalseShadows(const ScreenColour& s, int cell, CellSums& sums) {
  const cv::Mat lit = litSurface(s, pushPull(sums.sum, sums.weight), sums.weight);
  const int p = s.primary, a = (p + 1) % 3, b = (p + 2) % 3;
  const float ratioA = s.colour[a] / s.colour[p], ratioB = s.colour[b] / s.colour[p];
  for (int y = 0; y < lit.rows; ++y) {
    for (int x = 0; x < lit.cols; ++x) {
      float& weight = sums.weight.at<float>(y, x);
      if (weight <= 0.0f) continue;
      cv::Vec3f& sum = sums.sum.at<cv::Vec3f>(y, x);
      const float light = sum[p] / weight / std::max(lit.at<cv::Vec3f>(y, x)[p], 1e-5f);
      if (light > kPlainShadow) continue;
      const bool whole = weight > kWholeCell * static_cast<float>(cell * cell);
      const bool alike = sum[a] < (ratioA * kShadowTint + 0.02f) * sum[p] && sum[b] < (ratioB * kShadowTint + 0.02f) * sum[p];
      if (light > kDeepestShadow && whole && alike) continue;
      weight = 0.0f;
      sum = {};
    }
  }
}

}  // namespace

Result<ScreenColour> findScreen(const KeySettings& settings, const std::vector<Planes>& samples) {
  ScreenColour out;
  double pixels = 0.0;
  for (const Planes& s : samples) pixels += static_cast<double>(s.r.total());
  if (settings.screen == KeySettings::Screen::kColour) {
    for (int c = 0; c < 3; ++c) out.colour[c] = static_cast<float>(settings.colour[static_cast<std::size_t>(c)]);
    describe(out);
    if (out.saturation < 0.1f) {
      return Error{ErrorCode::kNoScreen, "the screen colour given is grey; a keyer needs a saturated one", "", {}};
    }
    const Peak seen = peakOf(samples, out.primary);
    out.coverage = pixels > 0.0 ? seen.count / pixels : 0.0;
    return out;
  }
  Peak best;
  for (const int primary : {1, 2}) {
    if (settings.screen == KeySettings::Screen::kGreen && primary != 1) continue;
    if (settings.screen == KeySettings::Screen::kBlue && primary != 2) continue;
    const Peak p = peakOf(samples, primary);
    if (p.count > best.count) best = p;
  }
  out.coverage = pixels > 0.0 ? best.count / pixels : 0.0;
  if (out.coverage < kMinimumCoverage) {
    return Error{ErrorCode::kNoScreen,
                 "no evenly coloured green or blue screen covers a hundredth of the frame; pick the screen's colour, or add a "
                 "matte clip to the matte stack",
                 "", {}};
  }
  out.colour = best.colour;
  describe(out);
  return out;
}

cv::Vec3f CoarseField::at(int x, int y) const {
  const float fx = (static_cast<float>(x) + 0.5f) / static_cast<float>(cell) - 0.5f;
  const float fy = (static_cast<float>(y) + 0.5f) / static_cast<float>(cell) - 0.5f;
  const int x0 = std::clamp(static_cast<int>(std::floor(fx)), 0, value.cols - 1);
  const int y0 = std::clamp(static_cast<int>(std::floor(fy)), 0, value.rows - 1);
  const int x1 = std::min(x0 + 1, value.cols - 1), y1 = std::min(y0 + 1, value.rows - 1);
  const float u = std::clamp(fx - static_cast<float>(x0), 0.0f, 1.0f), v = std::clamp(fy - static_cast<float>(y0), 0.0f, 1.0f);
  const cv::Vec3f top = value.at<cv::Vec3f>(y0, x0) * (1 - u) + value.at<cv::Vec3f>(y0, x1) * u;
  const cv::Vec3f bottom = value.at<cv::Vec3f>(y1, x0) * (1 - u) + value.at<cv::Vec3f>(y1, x1) * u;
  return top * (1 - v) + bottom * v;
}

namespace {

/// Sums of pairs of cells either way; a border cell without a partner counts alone.
template <typename T>
cv::Mat pairSums(const cv::Mat& cells) {
  cv::Mat out((cells.rows + 1) / 2, (cells.cols + 1) / 2, cells.type());
  for (int y = 0; y < out.rows; ++y) {
    const T *top = cells.ptr<T>(2 * y), *bottom = 2 * y + 1 < cells.rows ? cells.ptr<T>(2 * y + 1) : nullptr;
    T* o = out.ptr<T>(y);
    for (int x = 0; x < out.cols; ++x) {
      const int end = std::min(2 * x + 2, cells.cols);
      T sum{};
      for (int i = 2 * x; i < end; ++i) sum += bottom ? top[i] + bottom[i] : top[i];
      o[x] = sum;
    }
  }
  return out;
}

}  // namespace

cv::Mat pushPull(const cv::Mat& sum, const cv::Mat& weight) {
  std::vector<cv::Mat> sums{sum}, weights{weight};
  while (sums.back().cols > 1 || sums.back().rows > 1) {
    sums.push_back(pairSums<cv::Vec3f>(sums.back()));
    weights.push_back(pairSums<float>(weights.back()));
  }
  cv::Mat coarse(1, 1, CV_32FC3, cv::Scalar::all(0));
  const float w0 = weights.back().at<float>(0, 0);
  if (w0 > 0.0f) coarse.at<cv::Vec3f>(0, 0) = sums.back().at<cv::Vec3f>(0, 0) / w0;
  for (std::size_t level = sums.size() - 1; level-- > 0;) {
    const cv::Size size = sums[level].size();
    cv::Mat wide(size, CV_32FC3);
    EnlargedRow<cv::Vec3f> around(coarse, 0.5f, 0.5f, size.width);
    for (int y = 0; y < size.height; ++y) {
      auto* v = wide.ptr<cv::Vec3f>(y);
      const auto* s = sums[level].ptr<cv::Vec3f>(y);
      const float* w = weights[level].ptr<float>(y);
      around.start(y);
      for (int x = 0; x < size.width; ++x) {
        // A cell is trusted as it holds about half a cell's worth of pixels; below, the surroundings speak too.
        constexpr float kLean = 4.0f;
        v[x] = (s[x] + around.at(x) * kLean) * (1.0f / (w[x] + kLean));
      }
    }
    coarse = wide;
  }
  return coarse;
}

void addAverages(const Planes& frame, const cv::Mat& weight, int cell, cv::Mat& sums, cv::Mat& weights) {
  cv::parallel_for_({0, sums.rows}, [&](const cv::Range& range) {
    for (int cy = range.start; cy < range.end; ++cy) {
      auto* sum = sums.ptr<cv::Vec3f>(cy);
      auto* total = weights.ptr<float>(cy);
      for (int y = cy * cell; y < std::min((cy + 1) * cell, frame.r.rows); ++y) {
        const float *r = frame.row(0, y), *g = frame.row(1, y), *b = frame.row(2, y), *w = weight.ptr<float>(y);
        for (int x = 0; x < frame.r.cols; ++x) {
          if (w[x] <= 0.0f) continue;
          sum[x / cell] += cv::Vec3f(r[x], g[x], b[x]) * w[x];
          total[x / cell] += w[x];
        }
      }
    }
  }, 8.0);
}

CoarseField spreadAverage(const Planes& frame, const cv::Mat& weight, int cell) {
  const cv::Size cells((frame.r.cols + cell - 1) / cell, (frame.r.rows + cell - 1) / cell);
  cv::Mat sums = cv::Mat::zeros(cells, CV_32FC3), weights = cv::Mat::zeros(cells, CV_32F);
  addAverages(frame, weight, cell, sums, weights);
  return {cell, pushPull(sums, weights)};
}

ScreenField screenField(const ScreenColour& screen, const Planes& frame, int cell) {
  CellSums first = screenSums(screen, frame, cell, nullptr, nullptr);
  if (cv::countNonZero(first.weight > 0.0f) > 0) dropFalseShadows(screen, cell, first);
  CoarseField field{cell, {}};
  if (cv::countNonZero(first.weight > 0.0f) == 0) {
    field.value = cv::Mat(first.weight.size(), CV_32FC3, cv::Scalar(screen.colour[0], screen.colour[1], screen.colour[2]));
    return {field, first.weight};
  }
  field.value = pushPull(first.sum, first.weight);
  cv::Mat wide;
  cv::blur(field.value, wide, {5, 5}, {-1, -1}, cv::BORDER_REPLICATE);
  field.value = wide;
  cv::Mat marked(frame.size(), CV_8U);
  const CellSums second = screenSums(screen, frame, cell, &field, &marked);
  const CellSums clear = clearSums(frame, second, marked, cell);
  field.value = pushPull(clear.sum, clear.weight);
  ScreenField out;
  out.screen = field;
  out.seen = second.weight / static_cast<double>(cell * cell);
  return out;
}

}  // namespace pai::core
