// SPDX-License-Identifier: GPL-3.0-or-later
// What is computed by rows, in batches or on smaller maps is what its pixels are one by one.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "core/draft/enlarged_row.h"
#include "core/draft/finish_kernels.h"
#include "core/draft/key_detail.h"
#include "core/draft/key_kernels.h"
#include "core/draft/key_lit.h"
#include "core/draft/light_kernels.h"
#include "tests/core/draft/key_scene.h"

namespace pai::core {
namespace {

cv::Mat randomPlane(cv::Size size, double low, double high, std::uint64_t seed) {
  cv::Mat out(size, CV_32F);
  cv::RNG random(seed);
  random.fill(out, cv::RNG::UNIFORM, low, high);
  return out;
}

double apart(const cv::Mat& a, const cv::Mat& b) { return cv::norm(a, b, cv::NORM_INF); }

TEST(DraftRows, bytesOfAnyWidthAreAveragedAsTheirPixelsAre) {
  std::vector<float> table(256);
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = std::pow(static_cast<float>(i) / 255.0f, 2.2f);
  for (const int divisor : {1, 2}) {
    for (int width = 1; width <= 41; ++width) {
      std::vector<std::vector<std::uint8_t>> bytes(static_cast<std::size_t>(divisor));
      std::vector<const std::uint8_t*> rows;
      unsigned state = 5;
      for (auto& row : bytes) {
        row.resize(static_cast<std::size_t>(3 * width * divisor));
        for (auto& b : row) b = static_cast<std::uint8_t>((state = state * 1664525U + 1013904223U) >> 24);
        rows.push_back(row.data());
      }
      std::vector<float> out(3 * static_cast<std::size_t>(width) + 1, -1.0f);
      float* const to[3] = {out.data(), out.data() + width, out.data() + 2 * width};
      averageRow3(rows.data(), divisor, width, table.data(), to);
      for (int x = 0; x < width; ++x) {
        for (int c = 0; c < 3; ++c) {
          float sum = 0.0f;
          for (int j = 0; j < divisor; ++j)
            for (int i = 0; i < divisor; ++i) sum += table[rows[static_cast<std::size_t>(j)][3 * (x * divisor + i) + c]];
          ASSERT_EQ(to[c][x], sum / static_cast<float>(divisor * divisor)) << divisor << ' ' << width << ' ' << x;
        }
      }
      EXPECT_EQ(out.back(), -1.0f) << width;
    }
  }
}

TEST(DraftRows, halvedPlanesAreThoseOfAPictureReadAtHalfTheSize) {
  for (const cv::Size size : {cv::Size(64, 36), cv::Size(67, 35), cv::Size(9, 5)}) {
    Picture picture(size.width, size.height, 3, SampleType::kU8);
    picture.colour.transfer = ColourTags::Transfer::kBt709;
    unsigned state = 9;
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < 3 * size.width; ++x) picture.row<std::uint8_t>(y)[x] = static_cast<std::uint8_t>((state = state * 1664525U + 1013904223U) >> 24);
    for (const int divisor : {1, 2}) {
      const Planes from = planesOf(picture, divisor), small = halved(from), read = planesOf(picture, 2 * divisor);
      ASSERT_EQ(small.size(), dividedSize(size, 2 * divisor));
      for (int c = 0; c < 3; ++c)
        for (int y = 0; y < small.size().height; ++y)
          for (int x = 0; x < small.size().width; ++x) {
            ASSERT_EQ(small.row(c, y)[x], read.row(c, y)[x]) << size << divisor;
            const float *top = from.row(c, 2 * y) + 2 * x, *low = from.row(c, 2 * y + 1) + 2 * x;
            ASSERT_NEAR(small.row(c, y)[x], (top[0] + top[1] + low[0] + low[1]) / 4, 1e-6f);
          }
    }
  }
}

TEST(DraftRows, aTableTellsOfValuesBeyondItWhereverTheyAre) {
  const std::vector<float> table{0.0f, 0.25f, 1.0f};
  for (int at = -1; at < 3 * 19; ++at) {
    std::vector<float> in(3 * 19, 0.75f), out(in.size());
    if (at >= 0) in[static_cast<std::size_t>(at)] = 1.01f;
    float* const to[3] = {out.data(), out.data() + 19, out.data() + 38};
    EXPECT_EQ(tableRow3(in.data(), 19, table.data(), 2, to), at < 0) << at;
  }
}

TEST(DraftRows, aSmallMapIsLaidAsResizingLaysIt) {
  const cv::Mat map = randomPlane({13, 7}, 0, 1, 1);
  for (const cv::Size size : {cv::Size(52, 28), cv::Size(50, 31), cv::Size(13, 7)}) {
    cv::Mat wide, rows(size, CV_32F);
    cv::resize(map, wide, size, 0, 0, cv::INTER_LINEAR);
    EnlargedRow<float> row(map, size);
    for (int y = 0; y < size.height; ++y) {
      row.start(y);
      row.read(rows.ptr<float>(y));
      EXPECT_EQ(row.at(size.width / 2), rows.at<float>(y, size.width / 2));
    }
    EXPECT_LT(apart(wide, rows), 1e-5) << size;
  }
}

TEST(DraftRows, planesAreAveragedAsByArea) {
  const cv::Mat whole = randomPlane({96, 60}, 0, 1, 2), part = whole(cv::Rect(7, 5, 63, 48));
  for (const cv::Mat& plane : {whole, part}) {
    for (const int step : {1, 3, 4}) {
      const cv::Size size(plane.cols / step, plane.rows / step);
      cv::Mat expected;
      cv::resize(plane, expected, size, 0, 0, cv::INTER_AREA);
      EXPECT_LT(apart(expected, averaged(plane, size)), 1e-5) << plane.size() << step;
    }
  }
}

TEST(DraftRows, pixelsAreMarkedAsTheyAreCounted) {
  const cv::Mat p = randomPlane({29, 1}, 0, 0.5, 3), a = randomPlane({29, 1}, 0, 0.15, 4), b = randomPlane({29, 1}, 0, 0.15, 5);
  const std::vector<float> limit(29, 0.15f);
  std::vector<float> sums(4 * 29, 0.0f), known(sums.size(), 0.0f);
  std::vector<unsigned char> marks(30, 9);
  const KeyRow row{p.ptr<float>(), a.ptr<float>(), b.ptr<float>()};
  const auto to = [](std::vector<float>& s) { return ScreenSums{&s[0], &s[29], &s[58], &s[87]}; };
  markScreenRow(row, limit.data(), 0.1f, 0.4f, 0.3f, 0.2f, to(sums), marks.data(), 29);
  addScreenRow(row, limit.data(), 0.1f, 0.4f, to(known), 29);
  EXPECT_EQ(sums, known);
  for (std::size_t x = 0; x < 29; ++x) {
    const float light = row.primary[x], d = light - std::max(row.a[x], row.b[x]);
    const bool alike = light >= 0.1f && d >= 0.4f * light, shaded = row.a[x] < 0.3f * light && row.b[x] < 0.2f * light;
    EXPECT_EQ(marks[x], !alike ? kForeign : d >= 0.15f ? kCounts : shaded ? kShaded : kForeign) << x;
    EXPECT_EQ(sums[87 + x], marks[x] == kCounts ? 1.0f : 0.0f) << x;
  }
  EXPECT_EQ(marks[29], 9);
}

/// Luma as coded, and what is left of it by chroma of half size.
cv::Mat lumaOf(const Planes& frame) {
  cv::Mat out(frame.size(), CV_32F);
  for (int y = 0; y < out.rows; ++y)
    for (int x = 0; x < out.cols; ++x)
      out.at<float>(y, x) = 0.2126f * std::sqrt(frame.row(0, y)[x]) + 0.7152f * std::sqrt(frame.row(1, y)[x]) + 0.0722f * std::sqrt(frame.row(2, y)[x]);
  return out;
}

TEST(DraftRows, alphaFollowsLumaAlongTheLineThatItsWindowShows) {
  const cv::Size size(71, 37);
  const Planes frame{randomPlane(size, 0, 1, 6), randomPlane(size, 0, 1, 7), randomPlane(size, 0, 1, 8)};
  const cv::Mat alpha = randomPlane(size, 0, 1, 9), luma = lumaOf(frame), kernel = (cv::Mat_<float>(1, 5) << 1, 4, 6, 4, 1) / 16.0f;
  cv::Mat smooth, meanAlpha, meanLuma, product, square, expected(size, CV_32F);
  cv::sepFilter2D(luma, smooth, CV_32F, kernel, kernel, {-1, -1}, 0.0, cv::BORDER_REPLICATE);
  const auto mean = [](const cv::Mat& m) {
    cv::Mat out;
    cv::blur(m, out, {5, 5}, {-1, -1}, cv::BORDER_REPLICATE);
    return out;
  };
  meanAlpha = mean(alpha), meanLuma = mean(smooth), product = mean(smooth.mul(alpha)), square = mean(smooth.mul(smooth));
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const float variance = square.at<float>(y, x) - meanLuma.at<float>(y, x) * meanLuma.at<float>(y, x);
      const float slope = (product.at<float>(y, x) - meanAlpha.at<float>(y, x) * meanLuma.at<float>(y, x)) / (std::max(variance, 0.0f) + 1e-4f);
      expected.at<float>(y, x) = std::clamp(alpha.at<float>(y, x) + slope * (luma.at<float>(y, x) - smooth.at<float>(y, x)), 0.0f, 1.0f);
    }
  }
  cv::Mat whole = alpha.clone();
  addLumaDetail(whole, frame);
  EXPECT_LT(apart(whole, expected), 2e-3);
  EXPECT_GT(apart(whole, alpha), 0.05);
  const int threads = cv::getNumThreads();
  cv::setNumThreads(1);
  cv::Mat alone = alpha.clone();
  addLumaDetail(alone, frame);
  cv::setNumThreads(threads);
  EXPECT_EQ(apart(whole, alone), 0.0);
}

TEST(DraftRows, aRowIsLitAsItsPixelsAre) {
  LightTerms terms{{0.8f, 1.1f, 1.0f}, {1.0f, 0.9f, 1.1f}, {0.02f, 0.0f, 0.01f}, {0.3f, 0.5f, 0.1f}, {0.7f, 0.2f, 0.1f}, 0.2f, 1.1f, 0.85f, 0.98f, 0.9f, 0.25f, 1.8f};
  const int count = 45;
  std::vector<cv::Mat> in;
  for (std::uint64_t i = 0; i < 8; ++i) in.push_back(randomPlane({count, 1}, 0, i < 3 ? 1.05 : 1.0, 20 + i));
  for (int x = 0; x < count; x += 5) in[3].at<float>(x) = 0.0f;
  for (const bool glow : {false, true}) {
    for (const bool lit : {false, true}) {
      cv::Mat whole[3], alone[3];
      for (int c = 0; c < 3; ++c) whole[c] = in[static_cast<std::size_t>(c)].clone(), alone[c] = whole[c].clone();
      const auto rowOf = [&](cv::Mat* light, int x) {
        const auto at = [&](std::size_t i) { return in[i].ptr<float>() + x; };
        return LightRow{{light[0].ptr<float>() + x, light[1].ptr<float>() + x, light[2].ptr<float>() + x}, at(3), glow ? at(4) : nullptr,
                        lit ? at(5) : nullptr, lit ? at(6) : nullptr, at(7), 1.2f};
      };
      lightRow(terms, rowOf(whole, 0), count);
      for (int x = 0; x < count; ++x) lightRow(terms, rowOf(alone, x), 1);
      for (int c = 0; c < 3; ++c) {
        EXPECT_EQ(apart(whole[c], alone[c]), 0.0) << glow << lit << c;
        EXPECT_EQ(whole[c].at<float>(5), in[static_cast<std::size_t>(c)].at<float>(5)) << "no subject there";
        EXPECT_NE(whole[c].at<float>(6), in[static_cast<std::size_t>(c)].at<float>(6));
      }
    }
  }
}

TEST(DraftRows, aLitScreenIsFoundUnderAShadow) {
  // Light that falls off to the sides and a floor that begins in the middle, slightly slanted; a third lies in shadow.
  const cv::Size size(120, 68);
  ScreenColour screen;
  cv::Mat cells(size, CV_32FC3), weight(size, CV_32F, cv::Scalar(16.0)), full(size, CV_32F);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double u = 2.0 * x / (size.width - 1) - 1.0, line = y - 0.05 * (x - size.width / 2);
      full.at<float>(y, x) = static_cast<float>(0.4 * std::exp(-0.3 * u * u + (line > 40 ? 0.2 : 0.0)));
      const bool shadow = x > 70 && x < 100 && y > 20 && y < 60;
      cells.at<cv::Vec3f>(y, x) = cv::Vec3f(0.2f, 1.0f, 0.25f) * (full.at<float>(y, x) * (shadow ? 0.6f : 1.0f));
    }
  }
  const cv::Mat lit = litSurface(screen, cells, weight);
  double worst = 0.0;
  for (int y = 2; y < size.height - 2; ++y)
    for (int x = 2; x < size.width - 2; ++x) {
      // Beside the floor's edge a line holds both.
      if (std::abs(y - 0.05 * (x - size.width / 2) - 40.0) > 2.0) worst = std::max(worst, std::abs(lit.at<cv::Vec3f>(y, x)[1] / full.at<float>(y, x) - 1.0));
    }
  EXPECT_LT(worst, 0.1);
}

TEST(DraftRows, aPixelIsUnmixedTheSameWhateverLiesBesideIt) {
  const KeyScene scene = keyScene({});
  const Planes frame = planesOf(scene.plate);
  auto keyer = Keyer::build({}, stillPlate(scene.plate), {});
  ASSERT_TRUE(keyer.ok());
  const RawKey raw = keyer->rawKey(frame, false);
  EXPECT_TRUE(std::all_of(raw.mixed.begin(), raw.mixed.end(), [](const auto& row) { return row.empty(); }));
  const cv::Mat solid = raw.alpha >= 1.0f;
  cv::Mat whole = raw.alpha.clone(), parts = raw.alpha.clone();
  const int cell = raw.field.screen.cell, middle = frame.size().width / 2 / cell * cell + 1;
  const cv::Rect left(0, 0, middle, frame.size().height), right(middle, 0, frame.size().width - middle, frame.size().height);
  const MixedColours all = unmixSoftPixels(frame, raw.field.screen, solid, {cv::Rect({0, 0}, frame.size())}, false, whole);
  const MixedColours split = unmixSoftPixels(frame, raw.field.screen, solid, {left, right}, false, parts);
  std::size_t same = 0, seen = 0;
  for (std::size_t y = 0; y < all.size(); ++y) {
    for (const MixedColour& m : all[y]) {
      seen += std::abs(m.x - middle) > 2;
      const auto other = std::find_if(split[y].begin(), split[y].end(), [&](const MixedColour& o) { return o.x == m.x; });
      same += std::abs(m.x - middle) > 2 && other != split[y].end() && other->colour == m.colour && other->trust == m.trust;
    }
  }
  EXPECT_GT(seen, 500U);
  EXPECT_EQ(same, seen);
  EXPECT_EQ(apart(whole(left).colRange(0, middle - 3), parts(left).colRange(0, middle - 3)), 0.0);
}

}  // namespace
}  // namespace pai::core
