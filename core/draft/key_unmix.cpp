// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_unmix.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include <opencv2/imgproc.hpp>

#include "core/media/row_kernels.h"

namespace pai::core {
namespace {

constexpr int kColours = 8;            // groups that a subject's colours are sorted into
constexpr int kRounds = 8;             // of the sorting
constexpr std::size_t kSamples = 6000;
constexpr int kSteps = 10;             // alpha is looked for in tenths
constexpr int kLanes = 8;              // pixels that are unmixed at once
constexpr float kNoise = 0.01f;        // of the plate at half brightness
const cv::Vec3f kChannelNoise(1.0f, 0.6f, 8.0f);  // blue is the one that coding keeps worst
constexpr float kBelieved = 8.0f;      // how much the alpha that the screen difference gave speaks for itself
constexpr double kFewest = 8.0;        // samples that a group stands on
constexpr float kSpread = 2e-5f;       // least variance of a group
constexpr float kShade = 0.15f;        // how far a group's brightness varies beyond what its samples say
constexpr float kLitByScreen = 0.03f;  // of the screen's light that falls on an edge
constexpr float kWholeLog = 2.3025851f;  // logarithm of how much likelier a pixel is bare screen or solid than any one mixture
constexpr int kPlace = 2;              // cells on a side of a place where groups' colours are counted
constexpr float kReach = 4.0f;         // in cells: how far a group's colour is expected around where it is seen
constexpr float kColourNoise = 0.1f;   // of that noise, as far as a pixel's colour is judged and not its alpha
constexpr float kAbsent = 0.004f;      // of the commonest group nearby; rarer ones are not looked at
constexpr float kAnywhere = 1e-4f;     // samples a cell, that a colour is expected to have far from where it is seen
constexpr float kNobody = 1.2e-4f;     // samples a cell, where no subject is near
constexpr float kHopeless = 70.0f;     // squared deviations beyond which a mixture is not looked at
constexpr float kWellExplained = 12.0f;  // squared deviations of three channels
constexpr float kSoftFrom = 0.03f, kSoftTo = 0.995f;

/// A group of similar colours, in the axes of its own variance.
struct Group {
  cv::Vec3f mean;
  cv::Matx33f axes;     // rows
  cv::Vec3f variance;   // along them
  cv::Vec3f noise;      // of the plate along them, over that of the mean
  cv::Vec3f turnedMean;
  cv::Mat presence;     // CV_32F, a place of kPlace x kPlace cells
};

/// Colours of the solid subject, and the cells they were seen in.
struct Samples {
  std::array<std::vector<float>, 3> colour, root;
  std::vector<int> cell;
  std::size_t size() const { return cell.size(); }
};

Samples samplesOf(const Planes& frame, const cv::Mat& solid, int cell, int cellsWide) {
  const int count = cv::countNonZero(solid);
  const int step = std::max(1, static_cast<int>(static_cast<std::size_t>(count) / kSamples));
  Samples out;
  const auto room = static_cast<std::size_t>(count / step) + 1;
  for (std::size_t c = 0; c < 3; ++c) out.colour[c].reserve(room), out.root[c].reserve(room);
  out.cell.reserve(room);
  int at = 0;
  for (int y = 0; y < solid.rows; ++y) {
    const auto* s = solid.ptr<std::uint8_t>(y);
    const float* rows[3] = {frame.row(0, y), frame.row(1, y), frame.row(2, y)};
    for (int x = 0; x < solid.cols; ++x) {
      if (!s[x] || at++ % step != 0) continue;
      for (std::size_t c = 0; c < 3; ++c) {
        out.colour[c].push_back(rows[c][x]);
        out.root[c].push_back(std::sqrt(std::max(rows[c][x], 0.0f)));
      }
      out.cell.push_back((y / cell) * cellsWide + x / cell);
    }
  }
  return out;
}

/// Labels of equally many samples each, by brightness; of two that are equally bright the first is the darker.
std::vector<int> byBrightness(const Samples& samples) {
  const std::size_t count = samples.size();
  std::vector<std::pair<float, std::uint32_t>> order(count);
  for (std::size_t i = 0; i < count; ++i) order[i] = {samples.root[0][i] + samples.root[1][i] + samples.root[2][i], static_cast<std::uint32_t>(i)};
  // Only where each label begins matters.
  const auto begin = [count](std::size_t label) { return static_cast<std::ptrdiff_t>((label * count + kColours - 1) / kColours); };
  for (std::size_t half = kColours / 2; half > 0; half /= 2) {
    for (std::size_t l = half; l < kColours; l += 2 * half) {
      std::nth_element(order.begin() + begin(l - half), order.begin() + begin(l), order.begin() + begin(l + half));
    }
  }
  std::vector<int> label(count);
  for (std::size_t l = 0; l < kColours; ++l) {
    for (std::ptrdiff_t i = begin(l); i < begin(l + 1); ++i) label[order[static_cast<std::size_t>(i)].second] = static_cast<int>(l);
  }
  return label;
}

using Centres = std::array<cv::Vec3f, kColours>;

/// The nearest centre of each sample, the first of equally near ones.
PAI_INLINE void nearestBody(const float* PAI_RESTRICT r, const float* PAI_RESTRICT g, const float* PAI_RESTRICT b, int count,
                            const Centres& centres, int* PAI_RESTRICT label) {
  for (int i = 0; i < count; ++i) {
    float least = 1e30f;
    int best = 0;
    for (int k = 0; k < kColours; ++k) {
      const float* c = centres[static_cast<std::size_t>(k)].val;
      const float dr = r[i] - c[0], dg = g[i] - c[1], db = b[i] - c[2], d = dr * dr + dg * dg + db * db;
      best = d < least ? k : best;
      least = d < least ? d : least;
    }
    label[i] = best;
  }
}
PAI_TARGET_AVX2 PAI_NOINLINE void nearestAvx2(const float* r, const float* g, const float* b, int n, const Centres& c, int* l) {
  nearestBody(r, g, b, n, c, l);
}
PAI_NOINLINE void nearestPlain(const float* r, const float* g, const float* b, int n, const Centres& c, int* l) {
  nearestBody(r, g, b, n, c, l);
}

/// Sorts samples into groups by colour, starting from groups of equal brightness.
std::vector<int> sorted(const Samples& samples) {
  std::vector<int> label = byBrightness(samples);
  const float *r = samples.root[0].data(), *g = samples.root[1].data(), *b = samples.root[2].data();
  const auto nearest = cpuHasAvx2() ? nearestAvx2 : nearestPlain;
  for (int round = 0; round < kRounds; ++round) {
    Centres centre{};
    std::array<float, kColours> count{};
    for (std::size_t i = 0; i < label.size(); ++i) {
      const auto l = static_cast<std::size_t>(label[i]);
      centre[l] += cv::Vec3f(r[i], g[i], b[i]);
      count[l] += 1.0f;
    }
    for (std::size_t k = 0; k < kColours; ++k) {
      centre[k] = count[k] > 0.0f ? centre[k] / count[k] : cv::Vec3f::all(1e3f);
    }
    nearest(r, g, b, static_cast<int>(label.size()), centre, label.data());
  }
  return label;
}

/// The group of a mean and of sums of squares and products about it.
Group groupOf(const cv::Vec3d& mean, cv::Matx33d cov, const cv::Vec3f& screen) {
  Group g;
  const cv::Vec3d shade = mean * static_cast<double>(kShade), lit = cv::Vec3d(screen) * static_cast<double>(kLitByScreen);
  cov += cv::Matx33d::eye() * static_cast<double>(kSpread) + shade * shade.t() + lit * lit.t();
  cv::Vec3d values;
  cv::Matx33d vectors;
  cv::eigen(cov, values, vectors);
  g.mean = cv::Vec3f(mean);
  g.axes = cv::Matx33f(vectors);
  for (int i = 0; i < 3; ++i) g.variance[i] = static_cast<float>(std::max(values[i], 1e-7));
  for (int i = 0; i < 3; ++i) {
    for (int c = 0; c < 3; ++c) g.noise[i] += g.axes(i, c) * g.axes(i, c) * kChannelNoise[c];
  }
  g.turnedMean = g.axes * g.mean;
  return g;
}

std::vector<Group> groupsOf(const Planes& frame, const CoarseField& screen, const cv::Mat& solid) {
  const Samples samples = samplesOf(frame, solid, screen.cell, screen.value.cols);
  std::vector<Group> out;
  if (samples.size() < 64) return out;
  const std::vector<int> label = sorted(samples);
  const auto colourOf = [&samples](std::size_t i) { return cv::Vec3d(samples.colour[0][i], samples.colour[1][i], samples.colour[2][i]); };
  std::array<cv::Vec3d, kColours> mean{};
  std::array<cv::Matx33d, kColours> cov{};
  std::array<double, kColours> count{};
  for (std::size_t i = 0; i < label.size(); ++i) {
    const auto l = static_cast<std::size_t>(label[i]);
    mean[l] += colourOf(i);
    count[l] += 1.0;
  }
  for (std::size_t k = 0; k < kColours; ++k) mean[k] /= std::max(count[k], 1.0);
  for (std::size_t i = 0; i < label.size(); ++i) {
    const auto l = static_cast<std::size_t>(label[i]);
    const cv::Vec3d d = colourOf(i) - mean[l];
    for (int a = 0; a < 3; ++a)
      for (int b = a; b < 3; ++b) cov[l](a, b) += d[a] * d[b];
  }
  const cv::Scalar average = cv::mean(screen.value);
  const cv::Vec3f colour(static_cast<float>(average[0]), static_cast<float>(average[1]), static_cast<float>(average[2]));
  std::array<cv::Mat, kColours> presence;
  const cv::Size places((screen.value.cols + kPlace - 1) / kPlace, (screen.value.rows + kPlace - 1) / kPlace);
  for (std::size_t k = 0; k < kColours; ++k)
    if (count[k] >= kFewest) presence[k] = cv::Mat::zeros(places, CV_32F);
  for (std::size_t i = 0; i < label.size(); ++i) {
    cv::Mat& p = presence[static_cast<std::size_t>(label[i])];
    const int cell = samples.cell[i], cols = screen.value.cols;
    if (!p.empty()) p.ptr<float>(cell / cols / kPlace)[cell % cols / kPlace] += 1.0f / (kPlace * kPlace);
  }
  for (std::size_t k = 0; k < kColours; ++k) {
    if (presence[k].empty()) continue;
    for (int a = 0; a < 3; ++a)
      for (int b = a; b < 3; ++b) cov[k](a, b) = cov[k](b, a) = cov[k](a, b) / count[k];
    Group g = groupOf(mean[k], cov[k], colour);
    cv::GaussianBlur(presence[k], g.presence, {0, 0}, kReach / kPlace);
    out.push_back(std::move(g));
  }
  return out;
}

/// Pixels that are unmixed at once.
struct Batch {
  int count = 0, x[kLanes];
  alignas(32) float colour[3][kLanes], screen[3][kLanes], first[kLanes], noise[kLanes];
  alignas(32) float presence[kColours][kLanes];  // of each group over that of the commonest; 0: not looked at
  alignas(32) float share[kColours][kLanes], mean[kLanes], fit[kLanes];
  alignas(32) float alpha[kLanes], trust[kLanes], own[3][kLanes];  // what is found
};

/// e to the power x for x <= 1, to five digits; 0 where it is next to nothing.
PAI_INLINE float exponential(float x) {
  const float y = (x < -80.0f ? -80.0f : x) * 1.44269504f, whole = static_cast<float>(static_cast<int>(y) - (y < 0.0f ? 1 : 0));
  const float f = y - whole;
  const float part = 1.0f + f * (0.69315308f + f * (0.24015361f + f * (0.05582632f + f * (0.00898934f + f * 0.00187758f))));
  const float power = std::bit_cast<float>((static_cast<std::int32_t>(whole) + 127) << 23);
  return x < -80.0f ? 0.0f : part * power;
}

/// How much of each pixel a group may be: over all steps of alpha, its share and the first moment of its alpha, and the least
/// squared deviation.
PAI_INLINE void weighBody(const Group& group, const float* PAI_RESTRICT presence, float* PAI_RESTRICT share, Batch& batch) {
  constexpr float kScale = 100.0f;  // so that products of three variances are numbers of usual size
  alignas(32) float turned[3][kLanes], range[3][kLanes], noise[3][kLanes], sum[kLanes], moment[kLanes], least[kLanes];
  for (int j = 0; j < 3; ++j) {
    const float a = group.axes(j, 0) * kScale, b = group.axes(j, 1) * kScale, c = group.axes(j, 2) * kScale;
    const float mean = group.turnedMean[j] * kScale, plate = group.noise[j] * kScale * kScale;
    for (int i = 0; i < kLanes; ++i) {
      const float r = batch.screen[0][i], g = batch.screen[1][i], w = batch.screen[2][i];
      turned[j][i] = a * (batch.colour[0][i] - r) + b * (batch.colour[1][i] - g) + c * (batch.colour[2][i] - w);
      range[j][i] = mean - (a * r + b * g + c * w);
      noise[j][i] = plate * batch.noise[i];
    }
  }
  for (int i = 0; i < kLanes; ++i) sum[i] = 0.0f, moment[i] = 0.0f, least[i] = kHopeless;
  for (int step = 0; step <= kSteps; ++step) {
    const float a = static_cast<float>(step) * (1.0f / kSteps), a2 = a * a * kScale * kScale;
    // Ends are likelier than any one mixture.
    const float whole = step == 0 || step == kSteps ? kWholeLog : 0.0f;
    const float v0 = a2 * group.variance[0], v1 = a2 * group.variance[1], v2 = a2 * group.variance[2];
    for (int i = 0; i < kLanes; ++i) {
      const float p = v0 + noise[0][i], q = v1 + noise[1][i], r = v2 + noise[2][i];
      const float d = turned[0][i] - a * range[0][i], e = turned[1][i] - a * range[1][i], f = turned[2][i] - a * range[2][i];
      const float qr = q * r, pr = p * r, pq = p * q, part = 1.0f / (p * qr);
      const float deviation = (d * d * qr + e * e * pr + f * f * pq) * part, off = a - batch.first[i];
      const float w = exponential(whole - kBelieved * (off < 0.0f ? -off : off) - 0.5f * deviation) * std::sqrt(part);
      const float weight = deviation < kHopeless ? w : 0.0f;
      sum[i] += weight;
      moment[i] += weight * a;
      least[i] = deviation < least[i] ? deviation : least[i];
    }
  }
  for (int i = 0; i < kLanes; ++i) {
    share[i] = sum[i] * presence[i];
    batch.mean[i] += moment[i] * presence[i];
    const float fit = least[i] < batch.fit[i] ? least[i] : batch.fit[i];
    batch.fit[i] = presence[i] > 0.0f ? fit : batch.fit[i];
  }
}

/// Adds the likeliest colour of a group in each pixel, by `weight`.
PAI_INLINE void colourBody(const Group& group, const float* PAI_RESTRICT weight, Batch& batch) {
  alignas(32) float moved[3][kLanes];
  for (int j = 0; j < 3; ++j) {
    const float a = group.axes(j, 0), b = group.axes(j, 1), c = group.axes(j, 2), mean = group.turnedMean[j];
    const float variance = group.variance[j], plate = group.noise[j] * kColourNoise;
    for (int i = 0; i < kLanes; ++i) {
      const float alpha = batch.alpha[i], rest = 1.0f - alpha;
      const float along = a * (batch.colour[0][i] - batch.screen[0][i] * rest) + b * (batch.colour[1][i] - batch.screen[1][i] * rest) +
                          c * (batch.colour[2][i] - batch.screen[2][i] * rest) - mean * alpha;
      moved[j][i] = alpha * variance / (alpha * alpha * variance + batch.noise[i] * plate) * along;
    }
  }
  for (int c = 0; c < 3; ++c) {
    const float a = group.axes(0, c), b = group.axes(1, c), d = group.axes(2, c), mean = group.mean[c];
    for (int i = 0; i < kLanes; ++i) {
      const float v = mean + a * moved[0][i] + b * moved[1][i] + d * moved[2][i];
      batch.own[c][i] += (v > 0.0f ? v : 0.0f) * weight[i];
    }
  }
}

PAI_INLINE float most(const float* PAI_RESTRICT v) {
  float out = v[0];
  for (int i = 1; i < kLanes; ++i) out = v[i] > out ? v[i] : out;
  return out;
}

PAI_INLINE void unmixBody(const std::vector<Group>& groups, Batch& batch) {
  alignas(32) float sum[kLanes] = {}, weight[kLanes];
  for (int i = 0; i < kLanes; ++i) batch.mean[i] = 0.0f, batch.fit[i] = kHopeless;
  for (std::size_t k = 0; k < groups.size(); ++k) {
    for (int i = 0; i < kLanes; ++i) batch.share[k][i] = 0.0f;
    if (most(batch.presence[k]) <= 0.0f) continue;
    weighBody(groups[k], batch.presence[k], batch.share[k], batch);
    for (int i = 0; i < kLanes; ++i) sum[i] += batch.share[k][i];
  }
  for (int i = 0; i < kLanes; ++i) {
    const float fit = batch.fit[i], poor = exponential((kWellExplained - fit) * (1.0f / kWellExplained));
    batch.alpha[i] = batch.mean[i] / (sum[i] > 1e-30f ? sum[i] : 1e-30f);
    batch.trust[i] = sum[i] > 1e-30f ? (fit < kWellExplained ? 1.0f : poor) : 0.0f;
    batch.own[0][i] = batch.own[1][i] = batch.own[2][i] = 0.0f;
  }
  for (std::size_t k = 0; k < groups.size(); ++k) {
    for (int i = 0; i < kLanes; ++i) weight[i] = batch.share[k][i] > 0.02f * sum[i] ? batch.share[k][i] / (sum[i] > 1e-30f ? sum[i] : 1e-30f) : 0.0f;
    if (most(weight) > 0.0f) colourBody(groups[k], weight, batch);
  }
}
PAI_TARGET_AVX2 PAI_NOINLINE void unmixAvx2(const std::vector<Group>& g, Batch& b) { unmixBody(g, b); }
PAI_NOINLINE void unmixPlain(const std::vector<Group>& g, Batch& b) { unmixBody(g, b); }

/// Puts a pixel into a batch; false where no subject is near.
bool put(Batch& batch, const std::vector<Group>& groups, int x, const cv::Vec3f& c, const cv::Vec3f& screen, float first, int cx, int cy) {
  const auto i = static_cast<std::size_t>(batch.count);
  float common = 0.0f;
  std::array<float, kColours> presence;
  for (std::size_t k = 0; k < groups.size(); ++k) {
    presence[k] = groups[k].presence.ptr<float>(cy / kPlace)[cx / kPlace] + kAnywhere;
    common = std::max(common, presence[k]);
  }
  if (common < kNobody) return false;
  for (std::size_t k = 0; k < groups.size(); ++k) batch.presence[k][i] = presence[k] < kAbsent * common ? 0.0f : presence[k] / common;
  batch.x[i] = x;
  for (int j = 0; j < 3; ++j) batch.colour[j][i] = c[j], batch.screen[j][i] = screen[j];
  batch.first[i] = first;
  batch.noise[i] = kNoise * kNoise * (0.1f + 1.3333f * (c[0] + c[1] + c[2]));
  ++batch.count;
  return true;
}

/// Unmixes a batch and empties it. Lanes without a pixel repeat the first.
void solve(Batch& batch, const std::vector<Group>& groups) {
  for (auto i = static_cast<std::size_t>(batch.count); i < kLanes; ++i) {
    for (int j = 0; j < 3; ++j) batch.colour[j][i] = batch.colour[j][0], batch.screen[j][i] = batch.screen[j][0];
    batch.first[i] = batch.first[0], batch.noise[i] = batch.noise[0];
    for (std::size_t k = 0; k < groups.size(); ++k) batch.presence[k][i] = batch.presence[k][0];
  }
  cpuHasAvx2() ? unmixAvx2(groups, batch) : unmixPlain(groups, batch);
}

bool noneOfEight(const std::uint8_t* marks) {
  std::uint64_t all = 0;
  std::memcpy(&all, marks, sizeof all);
  return all == 0;
}

/// Unmixes one part of the frame.
void unmixIsland(const Planes& frame, const CoarseField& screen, const std::vector<Group>& groups, const cv::Rect& at,
                 bool coarseChroma, cv::Mat& whole, MixedColours& out) {
  cv::Mat alpha = whole(at);
  cv::Mat soft;
  cv::inRange(alpha, kSoftFrom, kSoftTo, soft);
  cv::dilate(soft, soft, cv::Mat::ones(3, 3, CV_8U));
  cv::Mat change = cv::Mat::zeros(alpha.size(), CV_32F);
  cv::parallel_for_({0, alpha.rows}, [&](const cv::Range& rows) {
    Batch batch;
    CoarseRow behind(screen);
    for (int row = rows.start; row < rows.end; ++row) {
      const int y = at.y + row;
      const auto* s = soft.ptr<std::uint8_t>(row);
      const float *r = frame.row(0, y), *g = frame.row(1, y), *b = frame.row(2, y);
      behind.start(y);
      const float* a = alpha.ptr<float>(row);
      float* d = change.ptr<float>(row);
      std::vector<MixedColour>& found = out[static_cast<std::size_t>(y)];
      const auto finish = [&] {
        solve(batch, groups);
        for (int i = 0; i < batch.count; ++i) {
          if (batch.trust[i] <= 0.0f) continue;
          const int column = batch.x[i] - at.x;
          d[column] = (batch.alpha[i] - a[column]) * batch.trust[i];
          found.push_back({batch.x[i], {batch.own[0][i], batch.own[1][i], batch.own[2][i]}, batch.trust[i]});
        }
        batch.count = 0;
      };
      for (int column = 0; column < alpha.cols; ++column) {
        while (column + 8 <= alpha.cols && noneOfEight(s + column)) column += 8;
        if (column == alpha.cols) break;
        if (!s[column]) continue;
        const int x = at.x + column;
        put(batch, groups, x, {r[x], g[x], b[x]}, behind.at(x), a[column], x / screen.cell, y / screen.cell);
        if (batch.count == kLanes) finish();
      }
      if (batch.count > 0) finish();
    }
  }, 16.0);
  // Coarse chroma cannot speak of detail.
  if (coarseChroma) cv::GaussianBlur(change, change, {5, 5}, 1.0, 0.0, cv::BORDER_REPLICATE | cv::BORDER_ISOLATED);
  cv::parallel_for_({0, alpha.rows}, [&](const cv::Range& rows) {
    for (int row = rows.start; row < rows.end; ++row) {
      const auto* s = soft.ptr<std::uint8_t>(row);
      const float* d = change.ptr<float>(row);
      float* a = alpha.ptr<float>(row);
      for (int x = 0; x < alpha.cols; ++x) {
        const float v = a[x] + (s[x] ? d[x] : 0.0f);
        a[x] = v < 0.0f ? 0.0f : v > 1.0f ? 1.0f : v;
      }
    }
  }, 8.0);
}

}  // namespace

MixedColours unmixSoftPixels(const Planes& frame, const CoarseField& screen, const cv::Mat& solid,
                             const std::vector<cv::Rect>& islands, bool coarseChroma, cv::Mat& alpha) {
  MixedColours out(static_cast<std::size_t>(alpha.rows));
  const std::vector<Group> groups = groupsOf(frame, screen, solid);
  if (groups.empty()) return out;
  for (const cv::Rect& at : islands) unmixIsland(frame, screen, groups, at, coarseChroma, alpha, out);
  if (islands.size() > 1) {
    for (auto& row : out) std::sort(row.begin(), row.end(), [](const MixedColour& a, const MixedColour& b) { return a.x < b.x; });
  }
  return out;
}

}  // namespace pai::core
