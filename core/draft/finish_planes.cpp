// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/finish_planes.h"

#include <array>
#include <cmath>
#include <mutex>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "core/draft/finish_kernels.h"
#include "core/media/colour_transfer.h"

namespace pai::core {

using Transfer = ColourTags::Transfer;

namespace {

constexpr int kCodedSteps = 4096;    // of tables from coded to linear
constexpr int kLinearSteps = 16384;  // of tables from linear to coded

}  // namespace

/// Tables of one transfer, made once.
struct TransferTables {
  std::array<float, 256> bytes;
  std::array<float, kCodedSteps + 1> coded;
  std::array<float, kLinearSteps + 1> linear;
  explicit TransferTables(Transfer t) {
    for (int i = 0; i < 256; ++i) bytes[static_cast<std::size_t>(i)] = linearOf(static_cast<float>(i) / 255.0f, t);
    for (int i = 0; i <= kCodedSteps; ++i) {
      coded[static_cast<std::size_t>(i)] = linearOf(static_cast<float>(i) / kCodedSteps, t);
    }
    for (int i = 0; i <= kLinearSteps; ++i) {
      linear[static_cast<std::size_t>(i)] = codedOf(static_cast<float>(i) / kLinearSteps, t);
    }
  }
};

namespace {

const TransferTables& tablesOf(Transfer t) {
  static std::mutex mutex;
  static std::array<std::unique_ptr<TransferTables>, 8> tables;
  const std::scoped_lock lock(mutex);
  auto& slot = tables.at(static_cast<std::size_t>(t));
  if (!slot) slot = std::make_unique<TransferTables>(t);
  return *slot;
}

float linearAt(const TransferTables& t, float coded) {
  const float x = std::clamp(coded, 0.0f, 1.0f) * kCodedSteps;
  const int i = std::min(static_cast<int>(x), kCodedSteps - 1);
  const float f = x - static_cast<float>(i);
  return t.coded[static_cast<std::size_t>(i)] * (1.0f - f) + t.coded[static_cast<std::size_t>(i) + 1] * f;
}

/// Reads one sample in linear light.
template <typename T>
struct SampleReader;
template <>
struct SampleReader<std::uint8_t> {
  const TransferTables& t;
  Transfer transfer;
  float operator()(std::uint8_t v) const { return t.bytes[v]; }
};
template <>
struct SampleReader<std::uint16_t> {
  const TransferTables& t;
  Transfer transfer;
  float operator()(std::uint16_t v) const { return linearAt(t, static_cast<float>(v) / 65535.0f); }
};
template <>
struct SampleReader<float> {
  const TransferTables& t;
  Transfer transfer;
  float operator()(float v) const {
    if (!std::isfinite(v)) return 0.0f;
    return transfer == Transfer::kLinear ? v : linearOf(v, transfer);
  }
};

template <typename T, int kDivisor>
void readRow(const Picture& p, int y, const SampleReader<T>& read, std::array<float*, 3> out, int width) {
  const int channels = p.channels();
  const bool grey = channels == 1;
  constexpr float kScale = 1.0f / (kDivisor * kDivisor);
  for (int x = 0; x < width; ++x) {
    float sum[3] = {0, 0, 0};
    for (int j = 0; j < kDivisor; ++j) {
      const T* in = p.row<T>(y * kDivisor + j) + static_cast<std::ptrdiff_t>(x) * kDivisor * channels;
      for (int i = 0; i < kDivisor; ++i, in += channels) {
        sum[0] += read(in[0]);
        if (!grey) {
          sum[1] += read(in[1]);
          sum[2] += read(in[2]);
        }
      }
    }
    if (grey) sum[1] = sum[2] = sum[0];
    for (std::size_t c = 0; c < 3; ++c) out[c][x] = sum[c] * kScale;
  }
}

template <typename T>
void readPlanes(const Picture& p, int divisor, Planes& out) {
  const Transfer transfer = transferOf(p);
  const SampleReader<T> read{tablesOf(transfer), transfer};
  const int width = out.r.cols;
  cv::parallel_for_({0, out.r.rows}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      const std::array<float*, 3> o{out.row(0, y), out.row(1, y), out.row(2, y)};
      if constexpr (sizeof(T) == 1) {
        if (p.channels() == 3) {
          const std::uint8_t* in[4] = {};
          for (int j = 0; j < divisor; ++j) in[j] = p.row<std::uint8_t>(y * divisor + j);
          averageRow3(in, divisor, width, read.t.bytes.data(), o.data());
          continue;
        }
      }
      if (divisor == 1) {
        readRow<T, 1>(p, y, read, o, width);
      } else {
        readRow<T, 2>(p, y, read, o, width);
      }
    }
  }, 8.0);
}

template <typename T>
cv::Mat readAlpha(const Picture& p, int divisor, float scale) {
  const cv::Size size = dividedSize({p.width(), p.height()}, divisor);
  cv::Mat out(size, CV_32F);
  const float weight = scale / static_cast<float>(divisor * divisor);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      float sum = 0.0f;
      for (int j = 0; j < divisor; ++j) {
        for (int i = 0; i < divisor; ++i) {
          sum += static_cast<float>(p.row<T>(y * divisor + j)[(x * divisor + i) * p.channels() + p.channels() - 1]);
        }
      }
      out.at<float>(y, x) = std::clamp(sum * weight, 0.0f, 1.0f);
    }
  }
  return out;
}

/// A fixed 16 x 16 arrangement of the thresholds 0..255 (interleaved gradient noise, Jimenez 2014), moved a frame.
float ditherAt(int x, int y, std::int64_t frame) {
  const float fx = static_cast<float>(x) + 5.588238f * static_cast<float>(frame & 63);
  const float fy = static_cast<float>(y) + 5.588238f * static_cast<float>(frame & 63);
  const float v = 52.9829189f * std::fmod(0.06711056f * fx + 0.00583715f * fy, 1.0f);
  return v - std::floor(v);
}

Transfer writtenTransfer(const ColourTags& tags, SampleType type) {
  if (tags.transfer != Transfer::kUnknown) return tags.transfer;
  return type == SampleType::kF32 ? Transfer::kLinear : Transfer::kBt709;
}

}  // namespace

Planes Planes::make(cv::Size size) {
  return {cv::Mat(size, CV_32F), cv::Mat(size, CV_32F), cv::Mat(size, CV_32F)};
}

Transfer transferOf(const Picture& p) {
  if (p.colour.transfer != Transfer::kUnknown) return p.colour.transfer;
  return p.type() == SampleType::kF32 ? Transfer::kLinear : Transfer::kBt709;
}

cv::Size dividedSize(cv::Size size, int divisor) {
  return {std::max(1, size.width / divisor), std::max(1, size.height / divisor)};
}

cv::Rect coveredPart(const cv::Mat& alpha) {
  const auto empty = [&alpha](int y, int from, int end) { return largestOf(alpha.ptr<float>(y) + from, end - from) <= 0.0f; };
  int top = 0, bottom = alpha.rows - 1;
  while (top <= bottom && empty(top, 0, alpha.cols)) ++top;
  if (top > bottom) return {};
  while (empty(bottom, 0, alpha.cols)) --bottom;
  int left = alpha.cols, right = -1;
  for (int y = top; y <= bottom; ++y) {
    const float* a = alpha.ptr<float>(y);
    // Only what lies beyond what is known already can be news.
    if (!empty(y, 0, left)) {
      for (left = 0; !(a[left] > 0.0f);) ++left;
    }
    if (!empty(y, right + 1, alpha.cols)) {
      for (right = alpha.cols - 1; !(a[right] > 0.0f);) --right;
    }
  }
  return {left, top, right - left + 1, bottom - top + 1};
}

cv::Mat averaged(const cv::Mat& plane, cv::Size size) {
  cv::Mat out;
  if (plane.cols % size.width != 0 || plane.rows % size.height != 0) {
    cv::resize(plane, out, size, 0, 0, cv::INTER_AREA);
    return out;
  }
  const int wide = plane.cols / size.width, high = plane.rows / size.height;
  const float share = 1.0f / static_cast<float>(wide * high);
  out.create(size, CV_32F);
  cv::parallel_for_({0, size.height}, [&](const cv::Range& rows) {
    std::vector<float> column(static_cast<std::size_t>(plane.cols));
    for (int y = rows.start; y < rows.end; ++y) {
      std::copy_n(plane.ptr<float>(y * high), plane.cols, column.data());
      for (int j = 1; j < high; ++j) addRow(plane.ptr<float>(y * high + j), column.data(), plane.cols);
      const float* c = column.data();
      float* o = out.ptr<float>(y);
      for (int x = 0; x < size.width; ++x, c += wide) {
        float sum = c[0];
        for (int i = 1; i < wide; ++i) sum += c[i];
        o[x] = sum * share;
      }
    }
  }, 8.0);
  return out;
}

Planes halved(const Planes& planes) {
  if (planes.size().width < 2 || planes.size().height < 2) return planes.clone();
  Planes out = Planes::make(dividedSize(planes.size(), 2));
  cv::parallel_for_({0, out.r.rows}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      for (int c = 0; c < 3; ++c) halveRow(planes.row(c, 2 * y), planes.row(c, 2 * y + 1), out.row(c, y), out.r.cols);
    }
  }, 8.0);
  return out;
}

Planes planesOf(const Picture& p, int divisor) {
  if (p.width() < divisor || p.height() < divisor) divisor = 1;
  if (divisor > 2) return halved(planesOf(p, divisor / 2));
  Planes out = Planes::make(dividedSize({p.width(), p.height()}, divisor));
  switch (p.type()) {
    case SampleType::kU8: readPlanes<std::uint8_t>(p, divisor, out); break;
    case SampleType::kU16: readPlanes<std::uint16_t>(p, divisor, out); break;
    case SampleType::kF32: readPlanes<float>(p, divisor, out); break;
  }
  return out;
}

cv::Mat alphaOf(const Picture& p, int divisor) {
  if (p.empty() || (p.channels() != 4 && p.channels() != 1)) return {};
  if (p.width() < divisor || p.height() < divisor) divisor = 1;
  switch (p.type()) {
    case SampleType::kU8: return readAlpha<std::uint8_t>(p, divisor, 1.0f / 255.0f);
    case SampleType::kU16: return readAlpha<std::uint16_t>(p, divisor, 1.0f / 65535.0f);
    case SampleType::kF32: break;
  }
  return readAlpha<float>(p, divisor, 1.0f);
}

LinearRows::LinearRows(Transfer transfer)
    : m_transfer(transfer == Transfer::kUnknown ? Transfer::kBt709 : transfer), m_tables(tablesOf(m_transfer)) {}

void LinearRows::read(const float* in, int count, float* const out[3]) const {
  if (m_transfer != Transfer::kLinear && tableRow3(in, count, m_tables.coded.data(), kCodedSteps, out)) return;
  // Beyond the tables' range a picture is scene-linear or has highlights.
  for (int x = 0; x < count; ++x, in += 3) {
    for (int c = 0; c < 3; ++c) {
      out[c][x] = m_transfer == Transfer::kLinear || in[c] > 1.0f ? linearOf(in[c], m_transfer) : linearAt(m_tables, in[c]);
    }
  }
}

void LinearRows::read(const std::uint8_t* in, int count, float* const out[3]) const { averageRow3(&in, 1, count, m_tables.bytes.data(), out); }

ByteRows::ByteRows(Transfer transfer, std::int64_t frame) : m_tables(tablesOf(transfer)) {
  // The offset leaves exact code values where they are and spreads the rest.
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) m_offset[static_cast<std::size_t>(y * kSide + x)] = 0.5f + (ditherAt(x, y, frame) - 0.5f) * 0.96f;
  }
}

void ByteRows::write(const float* const in[3], int y, int count, std::uint8_t* out) const {
  byteRow3(in, count, m_tables.linear.data(), kLinearSteps, m_offset.data() + (y & (kSide - 1)) * kSide, kSide, out);
}

Picture bytePicture(cv::Size size, const ColourTags& tags) {
  Picture out(size.width, size.height, 3, SampleType::kU8);
  out.colour = tags;
  out.colour.matrix = ColourTags::Matrix::kRgb;
  out.colour.fullRange = true;
  return out;
}

Picture pictureOf(const Planes& planes, SampleType type, const ColourTags& tags, std::int64_t frame) {
  const Transfer transfer = writtenTransfer(tags, type);
  if (type == SampleType::kU8) {
    Picture out = bytePicture(planes.size(), tags);
    const ByteRows bytes(transfer, frame);
    cv::parallel_for_({0, out.height()}, [&](const cv::Range& rows) {
      for (int y = rows.start; y < rows.end; ++y) {
        const float* in[3] = {planes.row(0, y), planes.row(1, y), planes.row(2, y)};
        bytes.write(in, y, out.width(), out.row<std::uint8_t>(y));
      }
    }, 8.0);
    return out;
  }
  Picture out(planes.r.cols, planes.r.rows, 3, type);
  out.colour = tags;
  out.colour.matrix = ColourTags::Matrix::kRgb;
  out.colour.fullRange = true;
  cv::parallel_for_({0, out.height()}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      for (int c = 0; c < 3; ++c) {
        const float* in = planes.row(c, y);
        if (type == SampleType::kF32) {
          auto* o = out.row<float>(y) + c;
          for (int x = 0; x < out.width(); ++x) o[x * 3] = transfer == Transfer::kLinear ? in[x] : codedOf(in[x], transfer);
        } else {
          auto* o = out.row<std::uint16_t>(y) + c;
          for (int x = 0; x < out.width(); ++x) {
            o[x * 3] = static_cast<std::uint16_t>(std::clamp(codedOf(in[x], transfer), 0.0f, 1.0f) * 65535.0f + 0.5f);
          }
        }
      }
    }
  }, 8.0);
  return out;
}

Picture greyPicture(const cv::Mat& plane, SampleType type) {
  Picture out(plane.cols, plane.rows, 1, type);
  out.colour.transfer = Transfer::kLinear;
  out.colour.fullRange = true;
  for (int y = 0; y < plane.rows; ++y) {
    const float* in = plane.ptr<float>(y);
    for (int x = 0; x < plane.cols; ++x) {
      const float v = std::clamp(in[x], 0.0f, 1.0f);
      switch (type) {
        case SampleType::kU8: out.row<std::uint8_t>(y)[x] = static_cast<std::uint8_t>(v * 255.0f + 0.5f); break;
        case SampleType::kU16: out.row<std::uint16_t>(y)[x] = static_cast<std::uint16_t>(v * 65535.0f + 0.5f); break;
        case SampleType::kF32: out.row<float>(y)[x] = v; break;
      }
    }
  }
  return out;
}

Planes planesOfCoded(const cv::Mat& rgb, Transfer transfer) {
  Planes out = Planes::make(rgb.size());
  const LinearRows linear(transfer);
  cv::parallel_for_({0, rgb.rows}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      float* const o[3] = {out.row(0, y), out.row(1, y), out.row(2, y)};
      linear.read(rgb.ptr<float>(y), rgb.cols, o);
    }
  }, 8.0);
  return out;
}

}  // namespace pai::core
