// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_markers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "core/draft/key_islands.h"

namespace pai::core {

namespace {

constexpr float kSubject = 0.06f;      // least alpha of a part
constexpr float kFaint = 0.4f;         // a part apart from the subject that is nowhere stronger is the screen's own seam or fold
constexpr float kMarkerLikeness = 0.06f;   // distance of square roots of light within a marker's paint, however it is lit
constexpr float kSurelyOther = 0.12f;        // distance from which a part is surely none: small markers mix with the screen
constexpr std::size_t kLeastMarkers = 3;     // parts of one colour, in all the frames looked at, that make markers
constexpr float kPaintDarkest = 0.6f, kPaintBrightest = 1.4f;  // square root of the light on a marker over that on most

cv::Vec3f rootAt(const Planes& frame, int x, int y) {
  const auto root = [&](int c) { return std::sqrt(std::max(frame.row(c, y)[x], 0.0f)); };
  return {root(0), root(1), root(2)};
}

/// Whether a colour (square roots) is the paint's in stronger or weaker light: markers on the floor get another than those on
/// the wall.
bool isPaint(const cv::Vec3f& root, const cv::Vec3f& paint, float within = kMarkerLikeness) {
  const float lit = std::clamp(root.dot(paint) / std::max(paint.dot(paint), 1e-6f), kPaintDarkest, kPaintBrightest);
  return cv::norm(root - paint * lit) <= within;
}

/// The cell of a smaller picture that holds a pixel.
int cellOf(int pixel, int pixels, int cells) { return std::min(static_cast<int>(static_cast<std::int64_t>(pixel) * cells / pixels), cells - 1); }

/// Empties a matte where a smaller picture is marked.
void clear(const cv::Mat& gone, cv::Mat& alpha) {
  for (int y = 0; y < alpha.rows; ++y) {
    const auto* g = gone.ptr<std::uint8_t>(cellOf(y, alpha.rows, gone.rows));
    float* a = alpha.ptr<float>(y);
    const auto startOf = [&](int cell) {
      return cell < gone.cols ? static_cast<int>((static_cast<std::int64_t>(cell) * alpha.cols + gone.cols - 1) / gone.cols) : alpha.cols;
    };
    for (int cell = 0; cell < gone.cols;) {
      const int from = cell;
      while (cell < gone.cols && (g[cell] != 0) == (g[from] != 0)) ++cell;
      if (g[from]) std::fill(a + startOf(from), a + startOf(cell), 0.0f);
    }
  }
}

/// Middle colour (square roots) of the paint that markers are made of; false where too little of it is seen. `markers` may be smaller
/// than the frame.
bool paintOf(const Planes& frame, const cv::Mat& alpha, const cv::Mat& markers, const std::vector<cv::Rect>& boxes, cv::Vec3f& paint) {
  std::array<std::vector<float>, 3> values;
  for (const cv::Rect& box : boxes) {
    for (int y = box.y; y < box.y + box.height; ++y) {
      const auto* m = markers.ptr<std::uint8_t>(cellOf(y, alpha.rows, markers.rows));
      const float* a = alpha.ptr<float>(y);
      for (int x = box.x; x < box.x + box.width; ++x) {
        if (a[x] < 0.5f || !m[cellOf(x, alpha.cols, markers.cols)]) continue;
        const cv::Vec3f c = rootAt(frame, x, y);
        for (std::size_t i = 0; i < 3; ++i) values[i].push_back(c[static_cast<int>(i)]);
      }
    }
  }
  if (values[0].size() < 40) return false;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto middle = values[i].begin() + static_cast<std::ptrdiff_t>(values[i].size() / 2);
    std::nth_element(values[i].begin(), middle, values[i].end());
    paint[static_cast<int>(i)] = *middle;
  }
  return true;
}

/// Marks parts that stick out of the subject, are as thin as a marker's bars and have the paint's colour.
cv::Mat touching(const cv::Mat& alpha, const Planes& frame, const cv::Vec3f& paint, double reachPx) {
  const int bar = std::max(1, static_cast<int>(std::lround(reachPx / 9.0)));
  cv::Mat solid = alpha > 0.5f, body;
  cv::morphologyEx(solid, body, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * bar + 1, 2 * bar + 1}));
  cv::Mat painted = solid & ~body;
  for (int y = 0; y < alpha.rows; ++y) {
    auto* p = painted.ptr<std::uint8_t>(y);
    for (int x = 0; x < alpha.cols; ++x) {
      if (p[x] && !isPaint(rootAt(frame, x, y), paint)) p[x] = 0;
    }
  }
  if (cv::countNonZero(painted) == 0) return painted;
  cv::Mat labels, stats, centres, beside;
  cv::dilate(body, beside, cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * bar + 1, 2 * bar + 1}));
  const int count = cv::connectedComponentsWithStats(painted, labels, stats, centres, 8, CV_32S);
  cv::Mat out = cv::Mat::zeros(alpha.size(), CV_8U);
  for (int i = 1; i < count; ++i) {
    const int w = stats.at<int>(i, cv::CC_STAT_WIDTH), h = stats.at<int>(i, cv::CC_STAT_HEIGHT);
    const int area = stats.at<int>(i, cv::CC_STAT_AREA);
    if (w > reachPx || h > reachPx || 3 * area < bar * bar) continue;
    const cv::Rect box(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP), w, h);
    const cv::Mat part = labels(box) == i;
    // A cross seen flat on the floor is small; a small spot on the subject's own edge is the subject's.
    if (area < bar * bar && cv::countNonZero(part & beside(box)) > 0) continue;
    out(box).setTo(255, part);
  }
  // The paint's own soft edge goes with it, the subject's stays.
  cv::Mat grown;
  cv::dilate(out, grown, cv::getStructuringElement(cv::MORPH_ELLIPSE, {7, 7}));
  out = grown & ~body;
  if (cv::countNonZero(out) == 0) return out;
  // What is left of a marker stands alone beside what was taken.
  const int left = cv::connectedComponentsWithStats((alpha > kSubject) & ~out, labels, stats, centres, 8, CV_32S);
  cv::dilate(out, grown, cv::getStructuringElement(cv::MORPH_ELLIPSE, {5, 5}));
  for (int i = 1; i < left; ++i) {
    const int w = stats.at<int>(i, cv::CC_STAT_WIDTH), h = stats.at<int>(i, cv::CC_STAT_HEIGHT);
    if (w > reachPx || h > reachPx) continue;
    const cv::Rect box(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP), w, h);
    const cv::Mat part = labels(box) == i;
    if (cv::countNonZero(part & grown(box)) > 0) out(box).setTo(255, part);
  }
  return out;
}

enum class Part : char { kSubject, kMarker, kSeam };

/// The connected parts of a raw matte, on a smaller picture.
struct Parts {
  cv::Mat labels;  // CV_32S
  std::vector<Part> kinds;
  std::vector<cv::Rect> boxes;  // of the small picture
  int step = 1;                 // pixels of the frame for one of it
  double reach = 0;             // of the small picture

  /// Where the parts of a kind are (CV_8U).
  cv::Mat maskOf(Part kind) const {
    cv::Mat out = cv::Mat::zeros(labels.size(), CV_8U);
    for (std::size_t i = 1; i < kinds.size(); ++i) {
      if (kinds[i] != kind) continue;
      const cv::Rect& box = boxes[i];
      for (int y = box.y; y < box.y + box.height; ++y) {
        const int* l = labels.ptr<int>(y) + box.x;
        auto* o = out.ptr<std::uint8_t>(y) + box.x;
        for (int x = 0; x < box.width; ++x) o[x] = l[x] == static_cast<int>(i) ? 255 : o[x];
      }
    }
    return out;
  }
};

Parts partsOf(const cv::Mat& alpha, double reachPx) {
  Parts out;
  out.step = std::max(1, static_cast<int>(reachPx / 24.0));
  out.reach = reachPx / out.step;
  cv::Mat small = alpha, stats, centres;
  if (out.step > 1) small = averaged(alpha, {std::max(1, alpha.cols / out.step), std::max(1, alpha.rows / out.step)});
  const int count = cv::connectedComponentsWithStats(small > kSubject, out.labels, stats, centres, 8, CV_32S);
  std::vector<float> strongest(static_cast<std::size_t>(count), 0.0f);
  for (int y = 0; y < small.rows; ++y) {
    const int* l = out.labels.ptr<int>(y);
    const float* a = small.ptr<float>(y);
    for (int x = 0; x < small.cols; ++x) {
      if (l[x] == 0) continue;
      float& most = strongest[static_cast<std::size_t>(l[x])];
      most = std::max(most, a[x]);
    }
  }
  int largest = 0;
  for (int i = 1; i < count; ++i) largest = std::max(largest, stats.at<int>(i, cv::CC_STAT_AREA));
  out.kinds.assign(static_cast<std::size_t>(count), Part::kSubject);
  out.boxes.resize(static_cast<std::size_t>(count));
  for (int i = 1; i < count; ++i) {
    const int w = stats.at<int>(i, cv::CC_STAT_WIDTH), h = stats.at<int>(i, cv::CC_STAT_HEIGHT);
    const int area = stats.at<int>(i, cv::CC_STAT_AREA);
    const auto n = static_cast<std::size_t>(i);
    out.boxes[n] = {stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP), w, h};
    if (area * 8 > largest) continue;
    if (strongest[n] < kFaint) out.kinds[n] = Part::kSeam;
    // A cross seen flat on the floor is wide and thin; a loose lock of hair is longer still.
    const bool compact = area >= 0.06 * w * h && std::max(w, h) <= 7 * std::min(w, h) + 2;
    if (w <= out.reach && h <= out.reach && compact) out.kinds[n] = Part::kMarker;
  }
  return out;
}

/// Middle colour (square roots) of each part that may be a marker, where it is solid; nothing for the others and where none is.
std::vector<std::optional<cv::Vec3f>> coloursOf(const Parts& parts, const MarkerView& v) {
  std::vector<std::optional<cv::Vec3f>> out(parts.kinds.size());
  const cv::Rect whole({0, 0}, v.alpha.size());
  for (std::size_t i = 1; i < out.size(); ++i) {
    if (parts.kinds[i] != Part::kMarker) continue;
    const cv::Rect& small = parts.boxes[i];
    const cv::Rect box = cv::Rect(small.x * parts.step, small.y * parts.step, small.width * parts.step, small.height * parts.step) & whole;
    std::array<std::vector<float>, 3> values;
    for (int y = box.y; y < box.y + box.height; ++y) {
      const float* a = v.alpha.ptr<float>(y);
      const int* l = parts.labels.ptr<int>(std::min(y / parts.step, parts.labels.rows - 1));
      for (int x = box.x; x < box.x + box.width; ++x) {
        if (a[x] < 0.5f || l[std::min(x / parts.step, parts.labels.cols - 1)] != static_cast<int>(i)) continue;
        const cv::Vec3f c = rootAt(v.frame, x, y);
        for (std::size_t k = 0; k < 3; ++k) values[k].push_back(c[static_cast<int>(k)]);
      }
    }
    if (values[0].empty()) continue;
    cv::Vec3f middle;
    for (std::size_t k = 0; k < 3; ++k) {
      const auto at = values[k].begin() + static_cast<std::ptrdiff_t>(values[k].size() / 2);
      std::nth_element(values[k].begin(), at, values[k].end());
      middle[static_cast<int>(k)] = *at;
    }
    out[i] = middle;
  }
  return out;
}

/// What lies within some pixels of the subject's parts.
cv::Mat besideSubject(const Parts& parts, double pixels) {
  cv::Mat out;
  const int r = std::max(1, static_cast<int>(std::lround(pixels)));
  cv::dilate(parts.maskOf(Part::kSubject), out, cv::Mat::ones(2 * r + 1, 2 * r + 1, CV_8U));
  return out;
}

bool touches(const Parts& parts, std::size_t i, const cv::Mat& mask) {
  return cv::countNonZero((parts.labels(parts.boxes[i]) == static_cast<int>(i)) & mask(parts.boxes[i])) > 0;
}

}  // namespace

std::optional<MarkerPaint> findMarkerPaint(const std::vector<MarkerView>& views, double reachPx) {
  std::vector<cv::Vec3f> colours;
  for (const MarkerView& v : views) {
    const Parts parts = partsOf(v.alpha, reachPx);
    const cv::Mat beside = besideSubject(parts, parts.reach);
    const auto found = coloursOf(parts, v);
    for (std::size_t i = 1; i < found.size(); ++i)
      if (found[i] && !touches(parts, i, beside)) colours.push_back(*found[i]);
  }
  std::size_t most = 0;
  std::optional<MarkerPaint> out;
  for (const cv::Vec3f& paint : colours) {
    const auto alike = static_cast<std::size_t>(std::count_if(colours.begin(), colours.end(), [&](const cv::Vec3f& c) { return isPaint(c, paint); }));
    if (alike >= kLeastMarkers && alike > most) most = alike, out = MarkerPaint{paint};
  }
  return out;
}

void removeMarkers(cv::Mat& alpha, const Planes& frame, const std::optional<MarkerPaint>& shotPaint, double reachPx) {
  Parts parts = partsOf(alpha, reachPx);
  const int step = parts.step;
  const cv::Rect whole({0, 0}, alpha.size());
  if (std::find(parts.kinds.begin(), parts.kinds.end(), Part::kMarker) != parts.kinds.end()) {
    const cv::Mat beside = besideSubject(parts, parts.reach);
    const auto colours = coloursOf(parts, {frame, alpha});
    for (std::size_t i = 1; i < parts.kinds.size(); ++i)
      if (colours[i] && touches(parts, i, beside) && !(shotPaint && isPaint(*colours[i], shotPaint->root, kSurelyOther))) parts.kinds[i] = Part::kSubject;
  }
  std::vector<cv::Rect> markerBoxes;  // of the frame
  cv::Rect subjectBox;                // of the small picture
  for (std::size_t i = 1; i < parts.kinds.size(); ++i) {
    const cv::Rect& box = parts.boxes[i];
    if (parts.kinds[i] == Part::kSubject) subjectBox |= box;
    if (parts.kinds[i] == Part::kMarker) markerBoxes.push_back(cv::Rect(box.x * step, box.y * step, box.width * step, box.height * step) & whole);
  }
  const cv::Mat subject = parts.maskOf(Part::kSubject), seams = parts.maskOf(Part::kSeam);
  cv::Mat markers = parts.maskOf(Part::kMarker), near;
  // What is fainter than any part belongs to the subject close to it only. A marker's soft border goes with it.
  const int close = std::max(1, static_cast<int>(std::lround(parts.reach / 8.0)));
  cv::dilate(subject, near, cv::Mat::ones(2 * close + 1, 2 * close + 1, CV_8U));
  cv::dilate(markers, markers, cv::Mat::ones(3, 3, CV_8U), {-1, -1}, 2);
  cv::Mat gone = ~near | seams | (markers & ~subject);
  cv::Vec3f paint;
  const bool known = !markerBoxes.empty() && paintOf(frame, alpha, gone, markerBoxes, paint);
  clear(gone, alpha);
  if (!known || subjectBox.empty()) return;
  const int margin = close + 4;
  const cv::Rect around = cv::Rect((subjectBox.x - margin) * step, (subjectBox.y - margin) * step, (subjectBox.width + 2 * margin) * step,
                                   (subjectBox.height + 2 * margin) * step) & whole;
  cv::Mat part = alpha(around);
  part.setTo(0.0f, touching(part, viewOf(frame, around), paint, reachPx));
}

}  // namespace pai::core
