// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/background_draw.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "core/draft/background_layers.h"
#include "core/draft/background_span.h"

namespace pai::core {
namespace {

constexpr double kDrawnBands = 16.0;  // of rows that threads share
constexpr float kLeast = 1e-20F;   // weight of what is seen nowhere, so that something is shown
constexpr float kSeen = 0.01F;     // weight below which a pixel counts as invented
constexpr float kOther = kTrustOther + 1, kOtherShare = 0.02F;  // trust of what a reference's own picture does not show
constexpr float kOutside = 1e-3F;  // weight of what goes on beyond a frame: less than of what is seen, more than of what hides it
constexpr float kUnlike = 0.10F, kAlien = 0.22F;  // difference of the references that begins to, and that does, part them

/// What a reference's own picture does not show was carried to its layer by one map: not where the depth says. Negative: beyond
/// its frame, already weighed.
inline float trusted(float trust) { return trust > kOther ? trust : trust < 0 ? -trust : kOtherShare * trust; }

/// A coordinate beyond [0, size] as one inside: what the border cuts goes on hardly changed, where a mirror would double it.
inline float drawnOut(float at, float size) {
  constexpr float kInward = 0.25F;
  return at < 0 ? -kInward * at : at > size ? size - kInward * (at - size) : at;
}

/// A reference's pixels, and beyond its frame the border drawn out, which passes to what the layer holds there: a surface that the
/// frame cuts goes on as itself, where the layer would show what one map for all depths put there.
template <typename T>
class FramedPlane {
 public:
  FramedPlane(const LevelSampling& s, cv::Size delivered)
      : m_plane(*s.level, s.gain), m_left(s.offsetX), m_top(s.offsetY), m_right(static_cast<float>(delivered.width - 1) * s.scale + s.offsetX),
        m_bottom(static_cast<float>(delivered.height - 1) * s.scale + s.offsetY), m_perReach(1 / (kReach * (m_right - m_left))) {}

  Quad at(float u, float v) const {
    if (u >= m_left && u <= m_right && v >= m_top && v <= m_bottom) return fetch(m_plane, u, v);
    const float beyond = std::max(std::max(m_left - u, u - m_right), std::max(m_top - v, v - m_bottom)) * m_perReach;
    const float layer = std::clamp(2 * beyond - 1, 0.0F, 1.0F);
    Quad out{};
    if (layer < 1) out = fetch(m_plane, drawnOut(u - m_left, m_right - m_left) + m_left, drawnOut(v - m_top, m_bottom - m_top) + m_top);
    if (layer > 0) out += quadOf(layer) * (fetch(m_plane, u, v) - out);
    out[3] = -0.02F * (1 - 0.9F * layer);
    return out;
  }
  const Plane<T>& plane() const { return m_plane; }
  /// The corners between which `at` only samples: x, y of the first, x, y of the last.
  Quad plain() const {
    const auto before = [](float last) { return std::nextafter(last, 0.0F); };
    return Quad{std::max(m_left, 0.0F), std::max(m_top, 0.0F), std::min(m_right, before(m_plane.lastX)), std::min(m_bottom, before(m_plane.lastY))};
  }

 private:
  static constexpr float kReach = 0.06F;  // of the frame's width
  Plane<T> m_plane;
  float m_left, m_top, m_right, m_bottom, m_perReach;
};

/// Cells the frame is looked at by: as many as the depths have, in a preview of two pixels, or few enough.
cv::Size gridSize(const DepthDrawing& d, cv::Size out) {
  constexpr float kFew = 0.375F;  // of the depths'
  const auto cells = [&](int pixels, int depths) {
    const int wanted = out.width < d.delivered.width ? std::max(pixels / 2, static_cast<int>(kFew * static_cast<float>(depths))) : depths;
    return std::max(1, std::min({depths, pixels, wanted}));
  };
  const cv::Size depths = d.pair->first.depth.size();
  return {cells(out.width, depths.width), cells(out.height, depths.height)};
}

inline Quad fourOf(float a, float b, float c, float d) { return Quad{a, b, c, d}; }

/// The samples of two planes, where they are bytes.
template <typename A, typename B>
void putPlanes([[maybe_unused]] const Plane<A>& a, [[maybe_unused]] const Plane<B>& b, [[maybe_unused]] DepthSpan& out) {
  if constexpr (sizeof(A) == 1 && sizeof(B) == 1) {
    out.base[0] = a.base, out.base[1] = b.base;
    out.step[0] = a.step, out.step[1] = b.step;
    out.gain[0] = a.gain, out.gain[1] = b.gain;
  }
}

/// Values of the grid for rows of output pixels.
class GridRow {
 public:
  GridRow(const DepthDrawing& d, const DepthGrid& grid, const cv::Mat& share, cv::Size size)
      : m_d(d), m_grid(grid), m_share(share),
        m_scaleX(static_cast<float>(grid.depth.cols) / static_cast<float>(size.width)),
        m_scaleY(static_cast<float>(grid.depth.rows) / static_cast<float>(size.height)),
        m_cells(static_cast<std::size_t>(grid.depth.cols) + 1), m_columns(static_cast<std::size_t>(size.width)) {
    for (int x = 0; x < size.width; ++x) {
      const float fx = (static_cast<float>(x) + 0.5F) * m_scaleX;
      const float gx = std::clamp(fx - 0.5F, 0.0F, static_cast<float>(grid.depth.cols - 1));
      const int i = static_cast<int>(gx);
      m_columns[static_cast<std::size_t>(x)] = {i, std::min(static_cast<int>(fx), grid.depth.cols - 1), gx - static_cast<float>(i)};
    }
  }

  void start(int y) {
    const float gy = std::clamp((static_cast<float>(y) + 0.5F) * m_scaleY - 0.5F, 0.0F, static_cast<float>(m_grid.depth.rows - 1));
    m_y0 = static_cast<int>(gy);
    m_y1 = std::min(m_y0 + 1, m_grid.depth.rows - 1);
    m_ky = gy - static_cast<float>(m_y0);
    const int own = std::min(static_cast<int>((static_cast<float>(y) + 0.5F) * m_scaleY), m_grid.depth.rows - 1);
    m_edges = m_grid.edge.ptr(own);
    m_lost = m_grid.lost.ptr(own);
    m_own = own;
    const int cols = m_grid.depth.cols;
    if (m_y0 == m_lineAt[1]) std::swap(m_lines[0], m_lines[1]), std::swap(m_lineAt[0], m_lineAt[1]);
    read(0, m_y0);
    read(1, m_y1);
    const Quad k = quadOf(m_ky);
    for (std::size_t x = 0; x < static_cast<std::size_t>(cols); ++x) {
      const DepthCell &a = m_lines[0][x], &b = m_lines[1][x];
      m_cells[x] = {a.where + k * (b.where - a.where), a.weights + k * (b.weights - a.weights)};
    }
    m_cells[static_cast<std::size_t>(cols)] = m_cells[static_cast<std::size_t>(cols) - 1];
  }

  /// The row for `drawSpan`.
  void put(DepthSpan& span) const {
    span.cells = m_cells.data();
    span.columns = m_columns.data();
    span.edges = m_edges;
    span.lost = m_lost;
  }
  /// Whose invented picture shows a pixel's far surface: 0 none, 1 the first's, 2 the second's.
  uchar lost(int x) const { return m_lost[m_columns[static_cast<std::size_t>(x)].own]; }
  bool edge(int x) const { return m_edges[m_columns[static_cast<std::size_t>(x)].own] != 0; }
  DepthCell at(int x) const {
    const DepthColumn& c = m_columns[static_cast<std::size_t>(x)];
    const DepthCell &a = m_cells[static_cast<std::size_t>(c.left)], &b = m_cells[static_cast<std::size_t>(c.left) + 1];
    const Quad k = quadOf(c.k);
    return {a.where + k * (b.where - a.where), a.weights + k * (b.weights - a.weights)};
  }
  /// Both depths go on to the border of their cells: between the two there is no surface.
  float nearAt(int x) const { return std::max(depthAt(m_grid.near, x), m_grid.near.ptr<float>(m_own)[m_columns[static_cast<std::size_t>(x)].own]); }
  float farAt(int x) const { return std::min(depthAt(m_grid.far, x), m_grid.far.ptr<float>(m_own)[m_columns[static_cast<std::size_t>(x)].own]); }

 private:
  float depthAt(const cv::Mat& map, int x) const {
    const DepthColumn& c = m_columns[static_cast<std::size_t>(x)];
    const int right = std::min(c.left + 1, map.cols - 1);
    const float *p = map.ptr<float>(m_y0), *q = map.ptr<float>(m_y1);
    const float top = p[c.left] + c.k * (p[right] - p[c.left]), low = q[c.left] + c.k * (q[right] - q[c.left]);
    return top + m_ky * (low - top);
  }

  /// Cells of a row of the grid, not made again for the next rows of pixels.
  void read(std::size_t line, int y) {
    if (m_lineAt[line] == y) return;
    m_lineAt[line] = y;
    m_lines[line].resize(static_cast<std::size_t>(m_grid.depth.cols));
    for (int x = 0; x < m_grid.depth.cols; ++x) m_lines[line][static_cast<std::size_t>(x)] = cellAt(y, x);
  }
  DepthCell cellAt(int y, int x) const {
    const auto a = m_grid.toFirst.ptr<cv::Vec2f>(y)[x], b = m_grid.toSecond.ptr<cv::Vec2f>(y)[x];
    const float s = m_share.ptr<float>(y)[x], wa = m_grid.seenFirst.ptr<float>(y)[x] * (1 - s) * (1 - s) + kLeast,
                wb = m_grid.seenSecond.ptr<float>(y)[x] * s * s + kLeast;
    const LevelSampling &f = m_d.first, &g = m_d.second;
    return {fourOf(a[0] * f.scale + f.offsetX, a[1] * f.scale + f.offsetY, b[0] * g.scale + g.offsetX, b[1] * g.scale + g.offsetY),
            fourOf(wb / (wa + wb), wa, wb, 0)};
  }

  const DepthDrawing& m_d;
  const DepthGrid& m_grid;
  const cv::Mat& m_share;
  float m_scaleX, m_scaleY, m_ky = 0;
  int m_y0 = 0, m_y1 = 0, m_own = 0;
  std::vector<DepthCell> m_cells;
  std::array<std::vector<DepthCell>, 2> m_lines;
  std::array<int, 2> m_lineAt{-1, -1};
  std::vector<DepthColumn> m_columns;
  const uchar* m_edges = nullptr;
  const uchar* m_lost = nullptr;
};

/// A reference as the slow way at borders needs it.
struct Side {
  const DepthPicture* picture;
  Projection project;      // output pixel -> reference frame pixel
  float toDepthX, toDepthY;  // reference frame pixel -> depth pixel

  float depthAt(const cv::Mat& map, float x, float y) const {
    const float u = std::clamp((x + 0.5F) * toDepthX - 0.5F, 0.0F, static_cast<float>(map.cols) - 1.001F);
    const float v = std::clamp((y + 0.5F) * toDepthY - 0.5F, 0.0F, static_cast<float>(map.rows) - 1.001F);
    const int x0 = static_cast<int>(u), y0 = static_cast<int>(v);
    const float kx = u - static_cast<float>(x0), ky = v - static_cast<float>(y0);
    const float *p = map.ptr<float>(y0) + x0, *q = map.ptr<float>(y0 + 1) + x0;
    const float top = p[0] + kx * (p[1] - p[0]), low = q[0] + kx * (q[1] - q[0]);
    return top + ky * (low - top);
  }
};

template <typename A, typename B>
class PairRows {
 public:
  PairRows(const DepthDrawing& d, const DepthGrid& grid, const cv::Mat& share, cv::Size size)
      : m_d(d), m_grid(grid), m_share(share), m_size(size), m_a(d.first, d.delivered), m_b(d.second, d.delivered) {
    const cv::Matx33d own = scaledCamera(d.pair->views.camera, static_cast<double>(size.width) / d.delivered.width,
                                         static_cast<double>(size.height) / d.delivered.height);
    const auto side = [&](const DepthPicture& p, const TwoViews& v) {
      return Side{&p, Projection(v, own, d.pair->views.camera), static_cast<float>(p.depth.cols) / static_cast<float>(d.delivered.width),
                  static_cast<float>(p.depth.rows) / static_cast<float>(d.delivered.height)};
    };
    m_hidden = static_cast<float>(kHiddenPixels / (d.pair->views.camera(0, 0) * d.pair->first.depth.cols / d.delivered.width));
    m_first = side(d.pair->first, d.frame.reversed());
    m_second = side(d.pair->second, d.frame.to(d.pair->views));
  }

  void draw(const cv::Range& rows, cv::Mat& out, cv::Mat* invented) const {
    GridRow grid(m_d, m_grid, m_share, m_size);
    DepthSpan span;
    const bool quick = !invented && makeSpan(span);
    for (int y = rows.start; y < rows.end; ++y) {
      grid.start(y);
      auto* row = out.ptr<float>(y);
      uchar* mark = invented ? invented->ptr<uchar>(y) : nullptr;
      if (quick) grid.put(span);
      for (int x = 0; x < m_size.width; ++x) {
        if (quick) x = drawSpan(span, x, m_size.width, row);
        if (x == m_size.width) break;
        bool seen = true;
        const uchar lost = grid.lost(x);
        const Quad p = grid.edge(x) ? border(x, y, lost, grid.farAt(x), grid.nearAt(x), seen)
                       : lost     ? behind(lost, x, y, grid.farAt(x))
                                  : inside(grid.at(x), seen);
        for (std::ptrdiff_t c = 0; c < 3; ++c) row[3 * static_cast<std::ptrdiff_t>(x) + c] = p[c];
        if (mark) mark[x] = !seen || lost != 0;
      }
    }
  }

 private:
  static constexpr float kTrusted = 250, kNothing = 0.004F;

  /// What `drawSpan` needs of both references; false where it does not draw such samples.
  bool makeSpan([[maybe_unused]] DepthSpan& out) const {
    if constexpr (sizeof(A) == 1 && sizeof(B) == 1) {
      const Plane<A>& a = m_a.plane();
      const Plane<B>& b = m_b.plane();
      const Quad plainA = m_a.plain(), plainB = m_b.plain();
      putPlanes(a, b, out);
      out.low = fourOf(plainA[0], plainA[1], plainB[0], plainB[1]);
      out.high = fourOf(plainA[2], plainA[3], plainB[2], plainB[3]);
      out.trusted = kTrusted, out.nothing = kNothing;
      out.other = kOther, out.otherShare = kOtherShare;
      return drawsSpans();
    }
    return false;
  }

  /// A pixel away from borders: the share of the second is the cell's where both references are fully trusted.
  Quad inside(const DepthCell& c, bool& seen) const {
    const float share = c.weights[0];
    seen = c.weights[1] + c.weights[2] > kSeen;
    Quad p{}, q{};
    if (share < 1 - kNothing) {
      p = m_a.at(c.where[0], c.where[1]);
      if (share < kNothing && p[3] > kTrusted) return p;
    }
    q = m_b.at(c.where[2], c.where[3]);
    if (share > 1 - kNothing) {
      if (q[3] > kTrusted) return q;
      p = m_a.at(c.where[0], c.where[1]);
    }
    if (p[3] > kTrusted && q[3] > kTrusted) return p + quadOf(share) * (q - p);
    return mixed(p, c.weights[1], q, c.weights[2], seen);
  }

  static Quad mixed(const Quad& p, float wa, const Quad& q, float wb, bool& seen) {
    const float pa = wa * trusted(p[3]), pb = wb * trusted(q[3]), share = pb / std::max(1e-30F, pa + pb);
    seen = (share < 0.5F ? p[3] : q[3]) >= kSeenTrust && wa + wb > kSeen;
    return p + quadOf(share) * (q - p);
  }

  Quad fromFirst(float x, float y) const {
    return m_a.at(x * m_d.first.scale + m_d.first.offsetX, y * m_d.first.scale + m_d.first.offsetY);
  }
  Quad fromSecond(float x, float y) const {
    return m_b.at(x * m_d.second.scale + m_d.second.offsetX, y * m_d.second.scale + m_d.second.offsetY);
  }

  Quad blend(float ax, float ay, float wa, float bx, float by, float wb, bool& seen) const {
    seen = wa + wb > kSeen;
    if (wb < kNothing * wa) {
      const Quad p = fromFirst(ax, ay);
      if (p[3] > kTrusted) return p;
    }
    if (wa < kNothing * wb) {
      const Quad q = fromSecond(bx, by);
      if (q[3] > kTrusted) return q;
    }
    return mixed(fromFirst(ax, ay), wa + kLeast, fromSecond(bx, by), wb + kLeast, seen);
  }

  /// What is invented behind one reference's surfaces.
  Quad behind(uchar side, int x, int y, float depth) const {
    const Spot at = look(side == 1 ? m_first : m_second, static_cast<float>(x), static_cast<float>(y), depth);
    const LevelSampling& s = side == 1 ? m_d.behindFirst : m_d.behindSecond;
    const float u = at.x * s.scale + s.offsetX, v = at.y * s.scale + s.offsetY;
    if (side == 1) return s.level ? fetch(Plane<A>(*s.level, s.gain), u, v) : fromFirst(at.x, at.y);
    return s.level ? fetch(Plane<B>(*s.level, s.gain), u, v) : fromSecond(at.x, at.y);
  }

  /// A pixel where something near borders on something far: how much of the near one covers it is read off the references.
  Quad border(int x, int y, uchar lost, float far, float nearest, bool& seen) const {
    const float near = std::max(nearest, far + 1e-6F);
    const auto fx = static_cast<float>(x), fy = static_cast<float>(y);
    const Spot na = look(m_first, fx, fy, near), nb = look(m_second, fx, fy, near);
    const Spot fa = look(m_first, fx, fy, far), fb = look(m_second, fx, fy, far);
    const float openNearA = open(m_first, na, near) * shows(na), openNearB = open(m_second, nb, near) * shows(nb);
    if (lost && std::max(openNearA, openNearB) < kHiddenOpenness) return behind(lost, x, y, far);  // a third surface hides both
    const float coverA = covered(m_first, na, fa, near, far, na), coverB = covered(m_second, nb, fb, near, far, nb);
    const float s = m_d.share;
    const float wa = (1 - s) * (1 - s) * openNearA, wb = s * s * openNearB;
    const float cover = (coverA * wa + coverB * wb) / std::max(1e-12F, wa + wb);
    bool seenNear = true, seenFar = true;
    Quad out{};
    if (cover > 0.004F) out = blend(na.x, na.y, wa * coverA, nb.x, nb.y, wb * coverB, seenNear);
    if (cover >= 0.996F) return seen = seenNear, out;
    Quad back{};
    if (lost) {
      back = behind(lost, x, y, far);
    } else {
      const float openA = open(m_first, fa, far) * shows(fa), openB = open(m_second, fb, far) * shows(fb);
      back = blend(fa.x, fa.y, (1 - s) * (1 - s) * openA, fb.x, fb.y, s * s * openB, seenFar);
    }
    seen = cover > 0.5F ? seenNear : seenFar;
    return cover > 0.004F ? back + quadOf(cover) * (out - back) : back;
  }

  struct Spot {
    float x, y, scale;  // where, and what an inverse depth of the frame becomes there
  };
  static Spot look(const Side& s, float x, float y, float depth) {
    const cv::Vec3f q = s.project(x, y, depth);
    const float k = 1 / std::max(0.02F, q[2]);
    return {q[0] * k, q[1] * k, k};
  }
  /// A reference says nothing of what lies outside its frame.
  float shows(const Spot& at) const {
    const bool inside = at.x >= 0 && at.y >= 0 && at.x <= static_cast<float>(m_d.delivered.width - 1) &&
                        at.y <= static_cast<float>(m_d.delivered.height - 1);
    return inside ? 1 : kOutside;
  }
  static float covered(const Side& s, const Spot& near, const Spot& far, float nearDepth, float farDepth, const Spot& at) {
    const float n = nearDepth * near.scale, f = farDepth * far.scale;
    return std::clamp(((s.depthAt(s.picture->depth, at.x, at.y) - f) / std::max(1e-9F, n - f) - 0.5F) * 2 + 0.5F, 0.0F, 1.0F);
  }
  float open(const Side& s, const Spot& far, float depth) const {
    return openness((s.depthAt(s.picture->nearest, far.x, far.y) - depth * far.scale) / m_hidden);
  }

  const DepthDrawing& m_d;
  const DepthGrid& m_grid;
  const cv::Mat& m_share;
  cv::Size m_size;
  FramedPlane<A> m_a;
  FramedPlane<B> m_b;
  Side m_first{}, m_second{};
  float m_hidden = 1;  // parallax that hides
};

/// The share of the second reference by cell: where both show it and differ, one is shown, and passes to the other quickly.
template <typename A, typename B>
cv::Mat sharesOf(const DepthDrawing& d, const DepthGrid& grid) {
  const Plane<A> a(*d.first.level, d.first.gain);
  const Plane<B> b(*d.second.level, d.second.gain);
  const float quick = std::clamp((d.share - 0.5F) * 6 + 0.5F, 0.0F, 1.0F);
  DepthSpan span;
  DepthPlaces places;
  places.scale = fourOf(d.first.scale, d.first.scale, d.second.scale, d.second.scale);
  places.offset = fourOf(d.first.offsetX, d.first.offsetY, d.second.offsetX, d.second.offsetY);
  const bool spans = sizeof(A) == 1 && sizeof(B) == 1 && drawsSpans();
  if (spans) {
    putPlanes(a, b, span);
    const auto before = [](float last) { return std::nextafter(last, 0.0F); };
    span.high = fourOf(before(a.lastX), before(a.lastY), before(b.lastX), before(b.lastY));
  }
  cv::Mat out(grid.depth.size(), CV_32F);
  cv::parallel_for_({0, out.rows}, [&](const cv::Range& rows) {
    std::vector<float> apart(static_cast<std::size_t>(out.cols)), trust(apart.size());
    for (int y = rows.start; y < rows.end; ++y) {
      const auto *first = grid.toFirst.ptr<cv::Vec2f>(y), *second = grid.toSecond.ptr<cv::Vec2f>(y);
      DepthPlaces row = places;
      row.first = first->val, row.second = second->val;
      for (int x = 0; x < out.cols; ++x) {
        if (spans) x = apartSpan(span, row, x, out.cols, apart.data(), trust.data());
        if (x == out.cols) break;
        const Quad one = fetch(a, first[x][0] * d.first.scale + d.first.offsetX, first[x][1] * d.first.scale + d.first.offsetY),
                   two = fetch(b, second[x][0] * d.second.scale + d.second.offsetX, second[x][1] * d.second.scale + d.second.offsetY);
        const Quad between = one - two;
        apart[static_cast<std::size_t>(x)] = std::max({std::abs(between[0]), std::abs(between[1]), std::abs(between[2])});
        trust[static_cast<std::size_t>(x)] = std::min(one[3], two[3]);
      }
      const float *seenFirst = grid.seenFirst.ptr<float>(y), *seenSecond = grid.seenSecond.ptr<float>(y);
      float* share = out.ptr<float>(y);
      for (std::size_t x = 0; x < apart.size(); ++x) {
        // What hides one view differs, too, and what lies beyond its frame.
        const float framed = std::clamp((trust[x] - kTrustOther - 5) / 100, 0.0F, 1.0F), both = seenFirst[x] * seenSecond[x] * framed;
        const float part = both * std::clamp((apart[x] - kUnlike) / (kAlien - kUnlike), 0.0F, 1.0F);
        share[x] = d.share + part * (quick - d.share);
      }
    }
  }, kDrawnBands);
  return out;
}

template <typename A, typename B>
void drawWith(const DepthDrawing& d, const DepthGrid& grid, cv::Mat& out, cv::Mat* invented) {
  const cv::Mat share = sharesOf<A, B>(d, grid);
  const PairRows<A, B> rows(d, grid, share, out.size());
  cv::parallel_for_({0, out.rows}, [&](const cv::Range& some) { rows.draw(some, out, invented); }, kDrawnBands);
}

}  // namespace

void drawDepth(const DepthDrawing& d, cv::Mat& out, cv::Mat* invented) {
  const DepthGrid grid = gridOf(*d.pair, d.frame, d.delivered, gridSize(d, out.size()));
  const bool deepA = d.first.level->depth() == CV_16U, deepB = d.second.level->depth() == CV_16U;
  if (deepA && deepB) drawWith<std::uint16_t, std::uint16_t>(d, grid, out, invented);
  else if (deepA) drawWith<std::uint16_t, std::uint8_t>(d, grid, out, invented);
  else if (deepB) drawWith<std::uint8_t, std::uint16_t>(d, grid, out, invented);
  else drawWith<std::uint8_t, std::uint8_t>(d, grid, out, invented);
}

}  // namespace pai::core
