// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "inference/filter_kernels.h"
#include "inference/tensor.h"

namespace pai::inference {

/// Pictures [B, C, H, W] in bfloat16 with a border of zeros, as FrameFilter reads them. Made once and filled again and again: neither are
/// its pages cleared anew nor its border.
class BorderedFrame {
 public:
  bool holds(const Tensor& like_BCHW) const { return m_values.defined() && m_shape == std::array{like_BCHW.size(0), like_BCHW.size(1), like_BCHW.size(2), like_BCHW.size(3)}; }
  /// Fills it with pictures of any shape, normed by gamma and through SiLU (fused.h) where there is one.
  void fill(const Tensor& x_BCHW, const Tensor& gamma_C = {});

 private:
  friend class FrameFilter;
  std::int64_t batch() const { return m_shape[0]; }
  std::int64_t channels() const { return m_shape[1]; }
  std::int64_t rows() const { return m_shape[2]; }
  std::int64_t columns() const { return m_shape[3]; }
  std::int64_t pitch() const { return columns() + 1; }  // a row's border at its right is the next one's at its left
  Tensor m_values;                                      // [B, positions, C]
  std::array<std::int64_t, 4> m_shape{};
};

/// A 3 x 3 convolution of bfloat16 pictures over one or several frames, on a processor that has kernels for it (filter_kernels.h): sums are float32 over all taps
/// and rounded once.
class FrameFilter {
 public:
  /// Whether kernels [O, I, 3, 3], one a frame, can be used here: on a CPU, in bfloat16, and of channels that `fits` says.
  static bool takes(const std::vector<Tensor>& kernels);
  static bool fits(std::int64_t inputs, std::int64_t outputs);
  /// `doubling`: of the picture with each pixel as a square of four, which four kernels of 2 x 2 over the picture itself give. Keeps no
  /// kernel: what it holds is its own copy, of as many bytes (16/9 of them where it doubles).
  FrameFilter(const std::vector<Tensor>& kernels, const Tensor& bias_O, bool doubling, const FilterKernels& use = *filterKernels());

  /// Frames that it looks at.
  std::size_t frames() const { return static_cast<std::size_t>(m_frames); }
  /// [B, O, H, W], or [B, O, 2H, 2W] by a doubling one, of the frames before and this one (null: zeros), plus `beside` of that shape. Into
  /// `out` where that is given: bfloat16 of that shape, channels side by side; it may be `beside`.
  Tensor apply(const std::vector<const BorderedFrame*>& frames, const Tensor& beside = {}, Tensor out = {}) const;

 private:
  void apply(const std::vector<const BorderedFrame*>& frames, std::int64_t picture, std::int64_t place, const Tensor& beside, const Tensor& out) const;
  const FilterKernels* m_use;
  std::vector<Tensor> m_packed;  // one, or one for each place in the square
  Tensor m_bias_O;
  std::int64_t m_inputs, m_outputs, m_frames;
};

}  // namespace pai::inference
