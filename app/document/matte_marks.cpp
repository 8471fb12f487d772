// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/matte_marks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace pai::app {
namespace {

using Measures = std::array<double, kMatteMeasures>;

/// What an eye accepts: holes of the subject's area, change of alpha in the edge, spill of the edge, pixels of soft edge, change
/// of coverage from one frame to the next.
constexpr Measures kLimits{0.004, 0.25, 0.05, 24.0, 0.25};
constexpr double kTimesUsual = 2.0;
constexpr std::size_t kOneIn = 8, kLeastFirst = 3;

Measures measuresOf(const MatteFacts& now, const MatteFacts* before) {
  const double larger = before ? std::max(now.coverage, before->coverage) : 0.0;
  const double jump = larger > 1e-4 ? std::abs(now.coverage - before->coverage) / larger : 0.0;
  return {now.holes, now.chatter, now.spill, now.edgeWidth, jump};
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

MatteMarks marksOf(const std::map<std::int64_t, MatteFacts>& facts) {
  MatteMarks marks;
  if (facts.empty()) return marks;
  std::vector<std::pair<std::int64_t, Measures>> frames;
  std::array<std::vector<double>, kMatteMeasures> columns;
  const MatteFacts* before = nullptr;
  std::int64_t last = 0;
  for (const auto& [frame, f] : facts) {
    frames.emplace_back(frame, measuresOf(f, before && frame == last + 1 ? before : nullptr));
    for (std::size_t m = 0; m < columns.size(); ++m) columns[m].push_back(frames.back().second[m]);
    before = &f;
    last = frame;
  }
  Measures usual{};
  for (std::size_t m = 0; m < columns.size(); ++m) {
    usual[m] = median(std::move(columns[m]));
    if (usual[m] > kLimits[m]) marks.throughout[static_cast<MatteMeasure>(m)] = usual[m];
  }
  std::vector<std::pair<double, std::int64_t>> ranked;
  for (const auto& [frame, measures] : frames) {
    MatteMark mark;
    for (std::size_t m = 0; m < measures.size(); ++m) {
      const double severity = measures[m] / std::max(kLimits[m], kTimesUsual * usual[m]);
      if (severity > mark.severity) mark = {static_cast<MatteMeasure>(m), measures[m], usual[m], severity, false};
    }
    if (mark.severity <= 1.0) continue;
    marks.frames[frame] = mark;
    ranked.emplace_back(-mark.severity, frame);
  }
  std::sort(ranked.begin(), ranked.end());
  const std::size_t most = std::max(kLeastFirst, facts.size() / kOneIn);
  for (std::size_t i = 0; i < std::min(most, ranked.size()); ++i) marks.frames[ranked[i].second].first = true;
  return marks;
}

}  // namespace pai::app
