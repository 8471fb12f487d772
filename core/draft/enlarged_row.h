// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <opencv2/core.hpp>

namespace pai::core {

/// A small map laid bilinearly over a larger picture, as cv::resize lays it, one row of the picture at a time. Holds no copy of
/// the map. One thread.
template <typename T>
class EnlargedRow {
 public:
  /// `stepX`, `stepY`: of the map's cells a pixel.
  EnlargedRow(const cv::Mat& map, float stepX, float stepY, int width)
      : m_map(map), m_stepY(stepY), m_cells(static_cast<std::size_t>(map.cols) + 1) {
    m_columns.reserve(static_cast<std::size_t>(width));
    for (int x = 0; x < width; ++x) {
      const float at = std::max(0.0f, (static_cast<float>(x) + 0.5f) * stepX - 0.5f);
      const int left = std::min(static_cast<int>(at), map.cols - 1);
      m_columns.push_back({static_cast<std::size_t>(left), at - static_cast<float>(left)});
    }
  }
  EnlargedRow(const cv::Mat& map, cv::Size size)
      : EnlargedRow(map, static_cast<float>(map.cols) / static_cast<float>(size.width),
                    static_cast<float>(map.rows) / static_cast<float>(size.height), size.width) {}

  void start(int y) {
    const float at = std::max(0.0f, (static_cast<float>(y) + 0.5f) * m_stepY - 0.5f);
    const int y0 = std::min(static_cast<int>(at), m_map.rows - 1), y1 = std::min(y0 + 1, m_map.rows - 1);
    const T *top = m_map.ptr<T>(y0), *bottom = m_map.ptr<T>(y1);
    const float down = at - static_cast<float>(y0);
    for (std::size_t x = 0; x + 1 < m_cells.size(); ++x) m_cells[x] = top[x] + (bottom[x] - top[x]) * down;
    m_cells.back() = m_cells[m_cells.size() - 2];
  }
  /// The row's value at one of its pixels.
  T at(int x) const {
    const Column& c = m_columns[static_cast<std::size_t>(x)];
    return m_cells[c.left] + (m_cells[c.left + 1] - m_cells[c.left]) * c.part;
  }
  /// At all of them.
  void read(T* out) const {
    for (const Column& c : m_columns) *out++ = m_cells[c.left] + (m_cells[c.left + 1] - m_cells[c.left]) * c.part;
  }

 private:
  struct Column {
    std::size_t left;
    float part;
  };
  const cv::Mat& m_map;
  float m_stepY;
  std::vector<Column> m_columns;
  std::vector<T> m_cells;  // of the row; the last twice
};

}  // namespace pai::core
