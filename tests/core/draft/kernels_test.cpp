// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/draft/background_depth.h"
#include "core/draft/background_kernels.h"
#include "core/draft/background_span.h"
#include "core/draft/finish_kernels.h"
#include "core/draft/finish_planes.h"
#include "core/draft/key_kernels.h"

namespace pai::core {
namespace {

/// The same values in every run.
std::vector<float> noise(std::size_t count, float low, float high) {
  std::vector<float> out(count);
  std::uint32_t state = 7;
  for (float& v : out) {
    state = state * 1664525U + 1013904223U;
    v = low + (high - low) * static_cast<float>(state >> 8) / 16777216.0f;
  }
  return out;
}

std::vector<float> squares(int steps) {
  std::vector<float> out(static_cast<std::size_t>(steps) + 1);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::pow(static_cast<float>(i) / static_cast<float>(steps), 2.0f);
  return out;
}

TEST(DraftKernels, rowsOfAnyWidthPassATableAsTheirPixelsDo) {
  const std::vector<float> table = squares(256);
  for (int width = 1; width <= 41; ++width) {
    const auto count = static_cast<std::size_t>(width);
    std::vector<float> in = noise(3 * count, -0.1f, 1.0f), out(3 * count + 1, -1.0f);
    in.back() = 1.0f;
    float* const rows[3] = {out.data(), out.data() + width, out.data() + 2 * width};
    tableRow3(in.data(), width, table.data(), 256, rows);
    for (std::size_t x = 0; x < count; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        const float v = std::max(in[3 * x + c], 0.0f);
        ASSERT_NEAR(rows[c][x], v * v, 1e-5f) << width << ' ' << x << ' ' << c;
      }
    }
    EXPECT_EQ(out.back(), -1.0f) << width;
  }
}

TEST(DraftKernels, rowsOfAnyWidthBecomeBytesAndNothingBehindThem) {
  const std::vector<float> table = squares(1000), offset = noise(64, 0.02f, 0.98f);
  for (int width = 1; width <= 150; ++width) {
    const auto count = static_cast<std::size_t>(width);
    const std::vector<float> in = noise(3 * count, -0.2f, 1.2f);
    const float* const rows[3] = {in.data(), in.data() + width, in.data() + 2 * width};
    std::vector<std::uint8_t> out(3 * count + 8, 77);
    byteRow3(rows, width, table.data(), 1000, offset.data(), 64, out.data());
    for (std::size_t x = 0; x < count; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        const float v = std::min(std::max(rows[c][x], 0.0f), 1.0f);
        const int expected = static_cast<int>(table[static_cast<std::size_t>(v * 1000.0f + 0.5f)] * 255.0f + offset[x & 63]);
        ASSERT_EQ(out[3 * x + c], expected) << width << ' ' << x << ' ' << c;
      }
    }
    for (std::size_t i = 3 * count; i < out.size(); ++i) ASSERT_EQ(out[i], 77) << width;
  }
}

TEST(DraftKernels, theLargestValueIsFoundWhereverItIs) {
  for (int at = 0; at < 27; ++at) {
    std::vector<float> values(27, -1.0f);
    EXPECT_EQ(largestOf(values.data(), 27), 0.0f);
    values[static_cast<std::size_t>(at)] = 0.25f;
    EXPECT_EQ(largestOf(values.data(), 27), 0.25f) << at;
  }
}

TEST(DraftKernels, aMattesPartHoldsItsOutermostPixels) {
  cv::Mat alpha = cv::Mat::zeros(40, 50, CV_32F);
  EXPECT_TRUE(coveredPart(alpha).empty());
  alpha.at<float>(11, 30) = 0.01f;
  EXPECT_EQ(coveredPart(alpha), cv::Rect(30, 11, 1, 1));
  alpha.at<float>(20, 7) = 1.0f;
  alpha.at<float>(32, 48) = 0.5f;
  alpha.at<float>(33, 49) = 0.5f;
  alpha.at<float>(25, 20) = 0.5f;
  EXPECT_EQ(coveredPart(alpha), cv::Rect(7, 11, 43, 23));
}

TEST(DraftKernels, onlyPixelsOfTheScreenAreAdded) {
  const std::size_t count = 29;
  const std::vector<float> p = noise(count, 0.0f, 0.5f), a = noise(2 * count, 0.0f, 0.15f), limit(count, 0.15f);
  const float* b = a.data() + count;
  std::vector<float> sums(4 * count, 1.0f);
  addScreenRow({p.data(), a.data(), b}, limit.data(), 0.1f, 0.4f, {&sums[0], &sums[count], &sums[2 * count], &sums[3 * count]}, static_cast<int>(count));
  int seen = 0;
  for (std::size_t x = 0; x < count; ++x) {
    const float d = p[x] - std::max(a[x], b[x]);
    const bool screen = p[x] >= 0.1f && d >= 0.4f * p[x] && d >= 0.15f;
    seen += screen;
    EXPECT_EQ(sums[3 * count + x], screen ? 2.0f : 1.0f) << x;
    EXPECT_EQ(sums[x], screen ? 1.0f + p[x] : 1.0f) << x;
    EXPECT_EQ(sums[2 * count + x], screen ? 1.0f + b[x] : 1.0f) << x;
  }
  EXPECT_GT(seen, 0);
  EXPECT_LT(seen, static_cast<int>(count));
}

TEST(DraftKernels, aRowOfDepthsIsSeenWhereItsPixelsAre) {
  Projection project;
  project.turn = {0.99f, 0.02f, -3.0f, -0.01f, 1.01f, 2.0f, 1e-4f, -2e-4f, 1.0f};
  project.shift = {12.0f, -4.0f, 0.3f};
  const std::vector<float> depth = noise(37, 0.0f, 1.0f), there = noise(37, 0.0f, 1.5f);
  DepthRow row{&project, 9.0f, depth.data(), 37, 0.5f, 0.25f, 15.0f, 7.0f, 16};
  std::vector<float> places(74), scales(37), open(37);
  std::vector<int> index(37);
  sightRow(row, places.data(), scales.data(), index.data());
  opennessRow(row, scales.data(), there.data(), 0.1f, open.data());
  for (std::size_t x = 0; x < 37; ++x) {
    const cv::Vec3f q = project(static_cast<float>(x), 9.0f, depth[x]);
    const float u = q[0] / q[2], v = q[1] / q[2];
    EXPECT_NEAR(places[2 * x], u, 1e-4f);
    EXPECT_NEAR(places[2 * x + 1], v, 1e-4f);
    const int column = static_cast<int>(std::clamp((places[2 * x] + 0.5f) * 0.5f, 0.0f, 15.0f));
    const int line = static_cast<int>(std::clamp((places[2 * x + 1] + 0.5f) * 0.25f, 0.0f, 7.0f));
    EXPECT_EQ(index[x], line * 16 + column) << x;
    EXPECT_NEAR(open[x], openness((there[x] - depth[x] * scales[x]) / 0.1f), 1e-5f) << x;
  }
}

TEST(DraftKernels, alphaMovesToThatOfTheFrameBeforeWhereThePlateDidNotChange) {
  std::vector<float> now[3], before[3], alpha(37), last(37);
  for (int x = 0; x < 37; ++x) {
    for (int c = 0; c < 3; ++c) {
      now[c].push_back(0.1f + 0.02f * static_cast<float>((x * (c + 3)) % 11));
      before[c].push_back(now[c].back() + (x % 3 == 0 ? 0.0f : 0.004f * static_cast<float>(x % 5 - 2)));
    }
    alpha[static_cast<std::size_t>(x)] = 0.03f * static_cast<float>(x % 20);
    last[static_cast<std::size_t>(x)] = 0.9f - 0.02f * static_cast<float>(x);
  }
  std::vector<float> out = alpha;
  steadyRow({{now[0].data(), now[1].data(), now[2].data()}, {before[0].data(), before[1].data(), before[2].data()}}, last.data(), 0.4f, out.data(), 37);
  for (std::size_t x = 0; x < 37; ++x) {
    float change = 0.0f, light = 0.0f;
    for (int c = 0; c < 3; ++c) change += std::abs(now[c][x] - before[c][x]), light += now[c][x];
    const float still = std::max(0.0f, 1.0f - change / (0.02f + 0.06f * light));
    EXPECT_NEAR(out[x], alpha[x] + (last[x] - alpha[x]) * 0.4f * still, 1e-5f) << x;
  }
}

TEST(DraftKernels, openerPlacesCountBetweenTheSidesOfAFrame) {
  const std::vector<float> places{-0.1f, 5, 0, 5, 3, -9, 10, 99, 10.1f, 5, 4, 4, 5, 5, 6, 6, 7, 7};
  const std::vector<float> open{1, 0.5f, 0.7f, 0.2f, 1, 0.4f, 0.1f, 0.9f, 0.3f};
  std::vector<float> most{0.1f, 0.1f, 0.1f, 0.6f, 0.1f, 0.4f, 0.2f, 0.1f, 0.1f};
  openerRow(places.data(), 10, open.data(), most.data(), 9);
  EXPECT_EQ(most, (std::vector<float>{0.1f, 0.5f, 0.7f, 0.6f, 0.1f, 0.4f, 0.2f, 0.9f, 0.3f}));
}

/// Two levels of 20 x 12, and a row of 24 pixels between them.
struct SpanScene {
  cv::Mat levels[2];
  std::vector<DepthCell> cells;
  std::vector<DepthColumn> columns;
  std::vector<std::uint8_t> edges = std::vector<std::uint8_t>(25, 0), lost = edges;
  DepthSpan span;

  explicit SpanScene(int trust) {
    std::uint32_t state = 3;
    for (cv::Mat& m : levels) {
      m.create(12, 20, CV_8UC4);
      for (int i = 0; i < 12 * 20; ++i) {
        state = state * 1664525U + 1013904223U;
        const auto byte = [&](int shift) { return static_cast<std::uint8_t>(state >> shift); };
        m.at<cv::Vec4b>(i / 20, i % 20) = {byte(24), byte(16), byte(8), static_cast<std::uint8_t>(trust)};
      }
    }
    for (int x = 0; x < 25; ++x) {
      const auto t = static_cast<float>(x);
      cells.push_back({Quad{1.3f + 0.7f * t, 2.2f + 0.1f * t, 17.9f - 0.65f * t, 8.4f - 0.2f * t}, Quad{0.2f + 0.02f * t, 0.8f, 0.3f, 0.0f}});
    }
    for (int x = 0; x < 24; ++x) columns.push_back({x, x, 0.25f});
    span.cells = cells.data();
    span.columns = columns.data();
    span.edges = edges.data();
    span.lost = lost.data();
    span.high = Quad{18.9f, 10.9f, 18.9f, 10.9f};
    for (int i = 0; i < 2; ++i) {
      span.base[i] = levels[i].ptr();
      span.step[i] = levels[i].step;
      span.gain[i] = Quad{1 / 255.0f, 1 / 250.0f, 1 / 240.0f, 1.0f};
    }
    span.trusted = 250, span.nothing = 0.004f, span.other = 41, span.otherShare = 0.02f;
  }

  Quad expected(int x, bool mixed) const {
    const DepthCell &l = cells[static_cast<std::size_t>(x)], &r = cells[static_cast<std::size_t>(x) + 1];
    const Quad at = l.where + quadOf(0.25f) * (r.where - l.where), weights = l.weights + quadOf(0.25f) * (r.weights - l.weights);
    const Quad p = fetch(Plane<std::uint8_t>(levels[0], span.gain[0]), at[0], at[1]);
    const Quad q = fetch(Plane<std::uint8_t>(levels[1], span.gain[1]), at[2], at[3]);
    const float share = mixed ? weights[2] * q[3] / (weights[1] * p[3] + weights[2] * q[3]) : weights[0];
    return p + quadOf(share) * (q - p);
  }
};

TEST(DraftKernels, aSpanBetweenReferencesIsSampledAsItsPixelsAre) {
  if (!drawsSpans()) GTEST_SKIP() << "needs AVX2";
  for (const bool mixed : {false, true}) {
    SpanScene scene(mixed ? 200 : 255);
    std::vector<float> row(3 * 24, -1.0f);
    ASSERT_EQ(drawSpan(scene.span, 0, 24, row.data()), 24);
    for (int x = 0; x < 24; ++x) {
      const Quad expected = scene.expected(x, mixed);
      for (int c = 0; c < 3; ++c) ASSERT_NEAR(row[static_cast<std::size_t>(3 * x + c)], expected[c], 2e-6f) << mixed << ' ' << x;
    }
  }
}

TEST(DraftKernels, aSpanStopsAtBordersAndOutsideTheReferences) {
  if (!drawsSpans()) GTEST_SKIP() << "needs AVX2";
  SpanScene scene(255);
  std::vector<float> row(3 * 24, -1.0f);
  scene.edges[7] = 1;
  EXPECT_EQ(drawSpan(scene.span, 0, 24, row.data()), 7);
  EXPECT_EQ(row[21], -1.0f);
  scene.lost[15] = 255;
  EXPECT_EQ(drawSpan(scene.span, 8, 24, row.data()), 15);
  scene.cells[20].where[3] = 30.0f;
  EXPECT_EQ(drawSpan(scene.span, 16, 24, row.data()), 19);
}

TEST(DraftKernels, aSpanOfTwoLayersIsSampledAsItsPixelsAreAndStopsOutsideThem) {
  if (!drawsSpans()) GTEST_SKIP() << "needs AVX2";
  SpanScene scene(255);
  for (int i = 0; i < 20; ++i) scene.levels[1].at<cv::Vec4b>(5, i)[3] = 90;  // trusted less in one row
  std::array<std::vector<float>, 4> where;
  LayersSpan span;
  for (int x = 0; x < 24; ++x)
    for (std::size_t i = 0; i < 4; ++i) where[i].push_back(scene.cells[static_cast<std::size_t>(x)].where[i]);
  for (std::size_t i = 0; i < 4; ++i) span.where[i] = where[i].data();
  for (int i = 0; i < 2; ++i) span.base[i] = scene.span.base[i], span.step[i] = scene.span.step[i], span.gain[i] = scene.span.gain[i];
  span.high = scene.span.high;
  span.weight[0] = 0.49f, span.weight[1] = 0.09f, span.even = 0.09f / 0.58f;
  std::vector<float> row(3 * 24, -1.0f);
  ASSERT_EQ(layersSpan(span, 0, 24, row.data()), 24);
  int less = 0;
  for (std::size_t x = 0; x < 24; ++x) {
    const Quad p = fetch(Plane<std::uint8_t>(scene.levels[0], span.gain[0]), where[0][x], where[1][x]);
    const Quad q = fetch(Plane<std::uint8_t>(scene.levels[1], span.gain[1]), where[2][x], where[3][x]);
    const float a = 0.49f * p[3], b = 0.09f * q[3], share = p[3] == q[3] ? span.even : b / (a + b);
    less += p[3] != q[3];
    for (std::size_t c = 0; c < 3; ++c) ASSERT_EQ(row[3 * x + c], p[c] + share * (q[c] - p[c])) << x;
  }
  EXPECT_GT(less, 2);
  where[2][17] = 19.0f;  // the last pixel has none to its right
  EXPECT_EQ(layersSpan(span, 3, 24, row.data()), 17);
  where[1][5] = -0.1f;
  EXPECT_EQ(layersSpan(span, 3, 24, row.data()), 5);
}

TEST(DraftKernels, aLayersRowIsPlacedByItsMapAndMesh) {
  const std::array<float, 9> map{1.1f, 0.02f, -3, -0.03f, 0.95f, 4, 1e-4f, -2e-4f, 1.05f};
  std::vector<cv::Vec2f> cells;
  for (int i = 0; i < 5; ++i) cells.emplace_back(0.3f * static_cast<float>(i * i), 2.0f - 0.5f * static_cast<float>(i));
  cells.push_back(cells.back());
  const std::vector<int> starts{0, 12, 20, 29, 37, 41};
  LayerRow row{map.data(), 7, 41};
  row.scale = 0.5f, row.offsetX = 3, row.offsetY = -2;
  for (const bool bent : {false, true}) {
    if (bent) row.cells = cells.data(), row.starts = starts.data(), row.columns = 5, row.meshX = 5 / 41.0f;
    std::vector<float> u(41), v(41);
    placeRow(row, u.data(), v.data());
    for (int x = 0; x < 41; ++x) {
      const auto fx = static_cast<float>(x);
      const float z = map[6] * fx + map[7] * 7 + map[8];
      cv::Vec2f at((map[0] * fx + map[1] * 7 + map[2]) / z, (map[3] * fx + map[4] * 7 + map[5]) / z);
      if (bent) {
        const float g = std::clamp((fx + 0.5f) * row.meshX - 0.5f, 0.0f, 4.0f);
        const auto i = static_cast<std::size_t>(g);
        at += cells[i] + (cells[i + 1] - cells[i]) * (g - static_cast<float>(i));
      }
      EXPECT_NEAR(u[static_cast<std::size_t>(x)], at[0] * 0.5f + 3, 1e-4f) << bent << ' ' << x;
      EXPECT_NEAR(v[static_cast<std::size_t>(x)], at[1] * 0.5f - 2, 1e-4f) << bent << ' ' << x;
    }
  }
}

TEST(DraftKernels, referencesAreComparedWherePixelsOfBothAre) {
  if (!drawsSpans()) GTEST_SKIP() << "needs AVX2";
  SpanScene scene(255);
  std::vector<float> first, second, apart(24), trust(24);
  for (const DepthCell& c : scene.cells) {
    first.insert(first.end(), {c.where[0] * 2, c.where[1] * 2});
    second.insert(second.end(), {c.where[2] - 1, c.where[3] - 1});
  }
  first[2 * 20] = -1.0f;
  const DepthPlaces places{first.data(), second.data(), Quad{0.5f, 0.5f, 1, 1}, Quad{0, 0, 1, 1}};
  ASSERT_EQ(apartSpan(scene.span, places, 0, 24, apart.data(), trust.data()), 20);
  for (std::size_t x = 0; x < 20; ++x) {
    const Quad at = scene.cells[x].where;
    const Quad d = fetch(Plane<std::uint8_t>(scene.levels[0], scene.span.gain[0]), at[0], at[1]) -
                   fetch(Plane<std::uint8_t>(scene.levels[1], scene.span.gain[1]), at[2], at[3]);
    EXPECT_NEAR(apart[x], std::max({std::abs(d[0]), std::abs(d[1]), std::abs(d[2])}), 0.02f) << x;
    EXPECT_NEAR(trust[x], 255.0f, 1e-3f);
  }
}

}  // namespace
}  // namespace pai::core
