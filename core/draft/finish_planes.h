// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

#include <opencv2/core.hpp>

#include "core/media/picture.h"

namespace pai::core {

/// A picture in linear light as three CV_32F planes; values above 1 are kept.
struct Planes {
  cv::Mat r, g, b;

  bool empty() const { return r.empty(); }
  cv::Size size() const { return r.size(); }
  static Planes make(cv::Size size);
  Planes clone() const { return {r.clone(), g.clone(), b.clone()}; }
  const float* row(int channel, int y) const { return (channel == 0 ? r : channel == 1 ? g : b).ptr<float>(y); }
  float* row(int channel, int y) { return (channel == 0 ? r : channel == 1 ? g : b).ptr<float>(y); }
};

/// Transfer of a picture's samples: its tag; kF32 without a tag is linear, everything else BT.709.
ColourTags::Transfer transferOf(const Picture& picture);

/// Linear planes of a picture (grey: three equal ones; alpha is left out), `divisor` times smaller by averaging light.
Planes planesOf(const Picture& picture, int divisor = 1);
/// Planes of half the size (rounded down), means of two by two pixels: of `planesOf` a picture by 1 or 2, what it gives by 2 or 4.
Planes halved(const Planes& planes);
/// Alpha of a picture as CV_32F coverage, `divisor` times smaller; empty when it has none.
cv::Mat alphaOf(const Picture& picture, int divisor = 1);
/// Size of a picture made `divisor` times smaller.
cv::Size dividedSize(cv::Size size, int divisor);
/// The smallest part of a matte that holds all of the subject; empty without one.
cv::Rect coveredPart(const cv::Mat& alpha);

/// A plane (CV_32F) made smaller by averaging, as cv::INTER_AREA does.
cv::Mat averaged(const cv::Mat& plane, cv::Size size);

/// The planes in `transfer` and sample type. Eight bits are dithered with a fixed pattern moved by `frame`, so that slow
/// gradients do not band and equal input gives equal output.
Picture pictureOf(const Planes& planes, SampleType type, const ColourTags& tags, std::int64_t frame);
/// One plane of 0..1 coverage as a grey picture, no transfer.
Picture greyPicture(const cv::Mat& plane, SampleType type);
struct TransferTables;

/// Rows of RGB triples in a transfer to linear light.
class LinearRows {
 public:
  explicit LinearRows(ColourTags::Transfer transfer);
  void read(const float* rgb, int count, float* const out[3]) const;
  /// Of code values.
  void read(const std::uint8_t* rgb, int count, float* const out[3]) const;

 private:
  ColourTags::Transfer m_transfer;
  const TransferTables& m_tables;
};

/// Rows in linear light to eight-bit RGB in a transfer, as pictureOf makes them.
class ByteRows {
 public:
  ByteRows(ColourTags::Transfer transfer, std::int64_t frame);
  void write(const float* const in[3], int y, int count, std::uint8_t* out) const;

 private:
  static constexpr int kSide = 64;
  const TransferTables& m_tables;
  std::array<float, std::size_t{kSide} * kSide> m_offset;
};

/// An empty eight-bit RGB picture with the tags that pictureOf gives, and the transfer its samples have.
Picture bytePicture(cv::Size size, const ColourTags& tags);
/// Linear planes of a CV_32FC3 RGB picture in `transfer`.
Planes planesOfCoded(const cv::Mat& rgb, ColourTags::Transfer transfer);

}  // namespace pai::core
