// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_lit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

constexpr int kTerms = 10;
constexpr int kPasses = 6;
constexpr int kRounds = 2;             // of surface and profile in turn
constexpr double kShadow = 0.035;      // what lies this far below the surface counts half
constexpr double kSteepest = 0.12;     // slope of a line across the frame
constexpr double kSlopeStep = 0.01;
constexpr double kUpper = 0.82;        // of a line's cells, the one that is taken as lit
constexpr std::size_t kFewest = 12;    // cells that a line's level stands on

using Surface = std::array<double, kTerms>;

/// Powers of u and v in the terms.
constexpr std::array<std::array<std::size_t, 2>, kTerms> kPowers{{{0, 0}, {1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 2}, {3, 0}, {2, 1}, {1, 2}, {0, 3}}};
constexpr std::size_t kDegree = 3;

/// A place's powers, in either direction, from -1 to 1 over the cells.
using Powers = std::array<double, 2 * kDegree + 1>;
Powers powersAt(int at, int count) {
  const double u = 2.0 * at / std::max(1, count - 1) - 1.0;
  Powers out{1.0};
  for (std::size_t i = 1; i < out.size(); ++i) out[i] = out[i - 1] * u;
  return out;
}

/// A row of the surface as a cubic in u.
std::array<double, kDegree + 1> rowOf(const Surface& f, double v) {
  return {f[0] + v * (f[2] + v * (f[5] + v * f[9])), f[1] + v * (f[4] + v * f[8]), f[3] + v * f[7], f[6]};
}

/// The surface's value in every cell: along a row it is a cubic in u.
void fillWith(const Surface& f, cv::Mat& out) {
  for (int y = 0; y < out.rows; ++y) {
    const double v = 2.0 * y / std::max(1, out.rows - 1) - 1.0, step = 2.0 / std::max(1, out.cols - 1);
    const auto c = rowOf(f, v);
    float* row = out.ptr<float>(y);
    for (int x = 0; x < out.cols; ++x) {
      const double u = step * x - 1.0;
      row[x] = static_cast<float>(c[0] + u * (c[1] + u * (c[2] + u * c[3])));
    }
  }
}

/// Sums over weighted samples: of products of powers, and of their values times powers. By the power of v, then of u.
struct Moments {
  std::array<Powers, 2 * kDegree + 1> weights{};
  std::array<std::array<double, kDegree + 1>, kDegree + 1> values{};
};

/// The cubic surface that fits best.
Surface solved(const Moments& m) {
  cv::Mat left(kTerms, kTerms, CV_64F), right(kTerms, 1, CV_64F), out;
  for (int i = 0; i < kTerms; ++i) {
    const auto [ui, vi] = kPowers[static_cast<std::size_t>(i)];
    for (int j = 0; j < kTerms; ++j) {
      const auto [uj, vj] = kPowers[static_cast<std::size_t>(j)];
      left.at<double>(i, j) = m.weights[vi + vj][ui + uj] + (i == j ? 1e-3 : 0.0);
    }
    right.at<double>(i) = m.values[vi][ui];
  }
  cv::solve(left, right, out, cv::DECOMP_CHOLESKY);
  Surface fit{};
  for (int i = 0; i < kTerms; ++i) fit[static_cast<std::size_t>(i)] = out.at<double>(i);
  return fit;
}

/// A cubic surface on the upper side of `light` over `profile`.
Surface upperSurface(const cv::Mat& light, const cv::Mat& profile, const cv::Mat& weight) {
  const int step = std::max(1, std::min(light.cols, light.rows) / 24);
  std::vector<Powers> across;
  for (int x = step / 2; x < light.cols; x += step) across.push_back(powersAt(x, light.cols));
  Surface fit{};
  for (int pass = 0; pass < kPasses; ++pass) {
    Moments moments;
    for (int y = step / 2; y < light.rows; y += step) {
      const float *l = light.ptr<float>(y), *p = profile.ptr<float>(y), *w = weight.ptr<float>(y);
      const Powers down = powersAt(y, light.rows);
      const auto row = rowOf(fit, down[1]);
      Powers weights{};
      std::array<double, kDegree + 1> values{};
      int x = step / 2;
      for (const Powers& u : across) {
        if (w[x] > 0.0f) {
          const double value = l[x] - p[x], e = value - (row[0] + row[1] * u[1] + row[2] * u[2] + row[3] * u[3]);
          const double heavy = pass > 0 && e < 0.0 ? w[x] / (1.0 + (e / kShadow) * (e / kShadow)) : w[x];
          for (std::size_t i = 0; i < weights.size(); ++i) weights[i] += heavy * u[i];
          for (std::size_t i = 0; i < values.size(); ++i) values[i] += heavy * value * u[i];
        }
        x += step;
      }
      for (std::size_t v = 0; v < down.size(); ++v)
        for (std::size_t i = 0; i + v < down.size(); ++i) moments.weights[v][i] += weights[i] * down[v];
      for (std::size_t v = 0; v <= kDegree; ++v)
        for (std::size_t i = 0; i + v <= kDegree; ++i) moments.values[v][i] += values[i] * down[v];
    }
    fit = solved(moments);
  }
  return fit;
}

/// Lines of one slope: a cell lies on line y plus its column's.
class Lines {
 public:
  Lines(const cv::Size& size, double slope) : m_middle(size.width / 2), m_slope(slope) {
    m_offset = static_cast<int>(std::ceil(std::abs(slope) * size.width / 2)) + 1;
    m_count = size.height + 2 * m_offset;
  }
  std::size_t count() const { return static_cast<std::size_t>(m_count); }
  double at(int x) const { return m_offset - m_slope * (x - m_middle); }
  int nearest(int x) const { return static_cast<int>(at(x) + 0.5); }

 private:
  int m_middle, m_offset, m_count;
  double m_slope;
};

/// Sums from the left over every fourth cell that counts, rows moved by one each against the other; and their number. Each
/// column lies in a row, and there is one more than cells.
struct RunningSums {
  cv::Mat sum, count;  // CV_64F
};

RunningSums runningSums(const cv::Mat& rest, const cv::Mat& weight) {
  RunningSums out{cv::Mat::zeros(rest.cols + 1, rest.rows, CV_64F), cv::Mat::zeros(rest.cols + 1, rest.rows, CV_64F)};
  for (int x = 0; x < rest.cols; ++x) {
    auto *sum = out.sum.ptr<double>(x + 1), *count = out.count.ptr<double>(x + 1);
    std::copy_n(out.sum.ptr<double>(x), rest.rows, sum);
    std::copy_n(out.count.ptr<double>(x), rest.rows, count);
    for (int y = x & 3; y < rest.rows; y += 4) {
      if (weight.ptr<float>(y)[x] <= 0.0f) continue;
      // Deep shadows would steer it.
      sum[y] += std::max(rest.ptr<float>(y)[x], -0.2f);
      count[y] += 1.0;
    }
  }
  return out;
}

/// How much lines of one slope explain.
double orderAlong(double slope, const RunningSums& rest) {
  const cv::Size size(rest.sum.rows - 1, rest.sum.cols);
  const Lines lines(size, slope);
  std::vector<double> sum(lines.count(), 0.0), count(lines.count(), 0.0);
  for (int from = 0, end = 0; from < size.width; from = end) {
    const int line = lines.nearest(from);
    while (end < size.width && lines.nearest(end) == line) ++end;
    const double *s0 = rest.sum.ptr<double>(from), *s1 = rest.sum.ptr<double>(end), *n0 = rest.count.ptr<double>(from), *n1 = rest.count.ptr<double>(end);
    double *s = sum.data() + line, *n = count.data() + line;
    for (int y = 0; y < size.height; ++y) s[y] += s1[y] - s0[y];
    for (int y = 0; y < size.height; ++y) n[y] += n1[y] - n0[y];
  }
  double order = 0.0;
  for (std::size_t k = 0; k < sum.size(); ++k) order += count[k] > 0.0 ? sum[k] * sum[k] / count[k] : 0.0;
  return order;
}

/// The slope of the lines along which `rest` differs least.
double slopeOf(const cv::Mat& rest, const cv::Mat& weight) {
  constexpr int kSlopes = static_cast<int>(kSteepest / kSlopeStep);
  const RunningSums sums = runningSums(rest, weight);
  std::array<double, 2 * kSlopes + 1> order{};
  for (int i = -kSlopes; i <= kSlopes; ++i) order[static_cast<std::size_t>(i + kSlopes)] = orderAlong(i * kSlopeStep, sums);
  const auto best = std::max_element(order.begin(), order.end()) - order.begin();
  return static_cast<double>(best - kSlopes) * kSlopeStep;
}

/// The level of each line: of its cells, nearly the brightest; where too few count, that of the line before.
std::vector<float> levelsOf(const Lines& lines, const cv::Mat& rest, const cv::Mat& weight) {
  std::vector<int> column(static_cast<std::size_t>(rest.cols));
  for (int x = 0; x < rest.cols; ++x) column[static_cast<std::size_t>(x)] = lines.nearest(x);
  std::vector<std::size_t> end(lines.count() + 1, 0);
  for (int y = 0; y < rest.rows; ++y) {
    const float* w = weight.ptr<float>(y);
    for (int x = 0; x < rest.cols; ++x) end[static_cast<std::size_t>(y + column[static_cast<std::size_t>(x)]) + 1] += w[x] > 0.0f ? 1 : 0;
  }
  for (std::size_t i = 1; i < end.size(); ++i) end[i] += end[i - 1];
  std::vector<float> values(end.back());
  std::vector<std::size_t> next(end.begin(), end.end() - 1);
  for (int y = 0; y < rest.rows; ++y) {
    const float *w = weight.ptr<float>(y), *r = rest.ptr<float>(y);
    for (int x = 0; x < rest.cols; ++x) {
      if (w[x] > 0.0f) values[next[static_cast<std::size_t>(y + column[static_cast<std::size_t>(x)])]++] = r[x];
    }
  }
  std::vector<float> out(lines.count());
  float last = 0.0f;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t count = end[i + 1] - end[i];
    if (count >= kFewest) {
      const auto from = values.begin() + static_cast<std::ptrdiff_t>(end[i]);
      const auto at = from + static_cast<std::ptrdiff_t>(static_cast<double>(count - 1) * kUpper);
      std::nth_element(from, at, values.begin() + static_cast<std::ptrdiff_t>(end[i + 1]));
      last = *at;
    }
    out[i] = last;
  }
  return out;
}

/// Lays what lines of the best slope explain of `rest` over the cells.
void layProfile(const cv::Mat& rest, const cv::Mat& weight, cv::Mat& out) {
  const Lines lines(rest.size(), slopeOf(rest, weight));
  const std::vector<float> level = levelsOf(lines, rest, weight);
  std::vector<std::size_t> whole(static_cast<std::size_t>(rest.cols));
  std::vector<float> part(whole.size());
  for (std::size_t x = 0; x < whole.size(); ++x) {
    const double at = lines.at(static_cast<int>(x));
    whole[x] = static_cast<std::size_t>(at);
    part[x] = static_cast<float>(at - static_cast<double>(whole[x]));
  }
  for (int y = 0; y < rest.rows; ++y) {
    float* o = out.ptr<float>(y);
    for (std::size_t x = 0; x < whole.size(); ++x) {
      const std::size_t i = whole[x] + static_cast<std::size_t>(y);
      o[x] = level[i] * (1.0f - part[x]) + level[i + 1] * part[x];
    }
  }
}

}  // namespace

cv::Mat litSurface(const ScreenColour& screen, const cv::Mat& cells, const cv::Mat& weight) {
  const cv::Size size = cells.size();
  cv::Mat light(size, CV_32F), model = cv::Mat::zeros(size, CV_32F);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      light.at<float>(y, x) = std::log(std::max(cells.at<cv::Vec3f>(y, x)[screen.primary], 1e-5f));
    }
  }
  cv::Mat profile = cv::Mat::zeros(size, CV_32F), rest;
  for (int round = 0; round < kRounds; ++round) {
    fillWith(upperSurface(light, profile, weight), model);
    cv::subtract(light, model, rest);
    layProfile(rest, weight, profile);
  }
  cv::Mat out(size, CV_32FC3);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const float rise = model.at<float>(y, x) + profile.at<float>(y, x) - light.at<float>(y, x);
      const float up = rise > 0.0f ? std::min(std::exp(rise), 16.0f) : 1.0f;
      out.at<cv::Vec3f>(y, x) = cells.at<cv::Vec3f>(y, x) * up;
    }
  }
  return out;
}

}  // namespace pai::core
