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

Surface termsAt(const cv::Size& size, int x, int y) {
  const double u = 2.0 * x / std::max(1, size.width - 1) - 1.0, v = 2.0 * y / std::max(1, size.height - 1) - 1.0;
  return {1, u, v, u * u, u * v, v * v, u * u * u, u * u * v, u * v * v, v * v * v};
}

double valueAt(const Surface& fit, const Surface& terms) {
  double sum = 0.0;
  for (int i = 0; i < kTerms; ++i) sum += fit[static_cast<std::size_t>(i)] * terms[static_cast<std::size_t>(i)];
  return sum;
}

/// The surface's value in every cell: along a row it is a cubic in u.
void fillWith(const Surface& f, cv::Mat& out) {
  for (int y = 0; y < out.rows; ++y) {
    const double v = 2.0 * y / std::max(1, out.rows - 1) - 1.0, step = 2.0 / std::max(1, out.cols - 1);
    const double c0 = f[0] + v * (f[2] + v * (f[5] + v * f[9])), c1 = f[1] + v * (f[4] + v * f[8]), c2 = f[3] + v * f[7], c3 = f[6];
    float* row = out.ptr<float>(y);
    for (int x = 0; x < out.cols; ++x) {
      const double u = step * x - 1.0;
      row[x] = static_cast<float>(c0 + u * (c1 + u * (c2 + u * c3)));
    }
  }
}

/// A cubic surface on the upper side of `light`.
Surface upperSurface(const cv::Mat& light, const cv::Mat& weight) {
  const int step = std::max(1, std::min(light.cols, light.rows) / 24);
  struct Sample {
    Surface terms;
    double value, weight;
  };
  std::vector<Sample> samples;
  for (int y = step / 2; y < light.rows; y += step) {
    for (int x = step / 2; x < light.cols; x += step) {
      const float w = weight.at<float>(y, x);
      if (w > 0.0f) samples.push_back({termsAt(light.size(), x, y), light.at<float>(y, x), w});
    }
  }
  Surface fit{};
  for (int pass = 0; pass < kPasses; ++pass) {
    std::array<Surface, kTerms> sums{};
    Surface values{};
    for (const Sample& s : samples) {
      const double e = s.value - valueAt(fit, s.terms);
      const double w = pass > 0 && e < 0.0 ? s.weight / (1.0 + (e / kShadow) * (e / kShadow)) : s.weight;
      for (std::size_t i = 0; i < kTerms; ++i) {
        const double wt = w * s.terms[i];
        values[i] += wt * s.value;
        for (std::size_t j = 0; j < kTerms; ++j) sums[i][j] += wt * s.terms[j];
      }
    }
    for (std::size_t i = 0; i < kTerms; ++i) sums[i][i] += 1e-3;
    const cv::Mat left(kTerms, kTerms, CV_64F, sums.data()), right(kTerms, 1, CV_64F, values.data());
    cv::Mat solved;
    cv::solve(left, right, solved, cv::DECOMP_CHOLESKY);
    for (int i = 0; i < kTerms; ++i) fit[static_cast<std::size_t>(i)] = solved.at<double>(i);
  }
  return fit;
}

/// Levels of light across lines of one slope.
struct Profile {
  double slope = 0.0;
  int offset = 0;
  std::vector<float> level;
  double lineOf(int x, int y, int width) const {
    const int middle = width / 2;
    return y - slope * (x - middle) + offset;
  }
  float at(int x, int y, int width) const {
    const double line = std::clamp(lineOf(x, y, width), 0.0, static_cast<double>(level.size() - 1));
    const auto i = std::min(static_cast<std::size_t>(line), level.size() - 2);
    const auto t = static_cast<float>(line - static_cast<double>(i));
    return level[i] * (1.0f - t) + level[i + 1] * t;
  }
};

Profile emptyProfile(const cv::Size& size, double slope) {
  const int offset = static_cast<int>(std::ceil(std::abs(slope) * size.width / 2)) + 1;
  return {slope, offset, std::vector<float>(static_cast<std::size_t>(size.height + 2 * offset), 0.0f)};
}

/// How much of `rest` lines of one slope explain.
double orderAlong(double slope, const cv::Mat& rest, const cv::Mat& weight) {
  const Profile p = emptyProfile(rest.size(), slope);
  std::vector<double> sum(p.level.size(), 0.0), count(p.level.size(), 0.0);
  for (int y = 0; y < rest.rows; ++y) {
    const float *w = weight.ptr<float>(y), *r = rest.ptr<float>(y);
    for (int x = y & 3; x < rest.cols; x += 4) {
      if (w[x] <= 0.0f) continue;
      const auto line = static_cast<std::size_t>(p.lineOf(x, y, rest.cols) + 0.5);
      // Deep shadows would steer it.
      sum[line] += std::max(r[x], -0.2f);
      count[line] += 1.0;
    }
  }
  double order = 0.0;
  for (std::size_t k = 0; k < sum.size(); ++k) order += count[k] > 0.0 ? sum[k] * sum[k] / count[k] : 0.0;
  return order;
}

/// The slope of the lines along which `rest` differs least.
double slopeOf(const cv::Mat& rest, const cv::Mat& weight) {
  constexpr int kSlopes = static_cast<int>(kSteepest / kSlopeStep);
  std::array<double, 2 * kSlopes + 1> order{};
  cv::parallel_for_({-kSlopes, kSlopes + 1}, [&](const cv::Range& some) {
    for (int i = some.start; i < some.end; ++i) order[static_cast<std::size_t>(i + kSlopes)] = orderAlong(i * kSlopeStep, rest, weight);
  });
  const auto best = std::max_element(order.begin(), order.end()) - order.begin();
  return static_cast<double>(best - kSlopes) * kSlopeStep;
}

Profile profileOf(const cv::Mat& rest, const cv::Mat& weight) {
  Profile out = emptyProfile(rest.size(), slopeOf(rest, weight));
  std::vector<std::vector<float>> lines(out.level.size());
  for (int y = 0; y < rest.rows; ++y) {
    for (int x = 0; x < rest.cols; ++x) {
      if (weight.at<float>(y, x) <= 0.0f) continue;
      lines[static_cast<std::size_t>(out.lineOf(x, y, rest.cols) + 0.5)].push_back(rest.at<float>(y, x));
    }
  }
  float last = 0.0f;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::vector<float>& v = lines[i];
    if (v.size() >= kFewest) {
      const auto at = v.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(v.size() - 1) * kUpper);
      std::nth_element(v.begin(), at, v.end());
      last = *at;
    }
    out.level[i] = last;
  }
  return out;
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
  cv::Mat profile = cv::Mat::zeros(size, CV_32F);
  for (int round = 0; round < kRounds; ++round) {
    const Surface fit = upperSurface(light - profile, weight);
    fillWith(fit, model);
    const Profile lines = profileOf(light - model, weight);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) profile.at<float>(y, x) = lines.at(x, y, size.width);
    }
  }
  cv::Mat out(size, CV_32FC3);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const float up = std::exp(model.at<float>(y, x) + profile.at<float>(y, x) - light.at<float>(y, x));
      out.at<cv::Vec3f>(y, x) = cells.at<cv::Vec3f>(y, x) * std::clamp(up, 1.0f, 16.0f);
    }
  }
  return out;
}

}  // namespace pai::core
