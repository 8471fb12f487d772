// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/frame_filter.h"

#include "inference/attention_kernels.h"
#include "inference/filter_kernels.h"

namespace pai::inference {

namespace {

constexpr auto kSideBySide = at::MemoryFormat::ChannelsLast;

HalfBits* bitsOf(const Tensor& t) { return reinterpret_cast<HalfBits*>(t.data_ptr<c10::BFloat16>()); }

/// Weights [O, taps, I] as tiles.
Tensor packed(const Tensor& weights) {
  const Tensor rows = weights.to(at::kBFloat16).contiguous();
  const std::int64_t outputs = rows.size(0), depth = rows.size(1) * rows.size(2);
  Tensor out = at::empty({outputs * depth / 2}, at::kInt);
  packColumns(bitsOf(rows), depth, outputs, depth, reinterpret_cast<std::uint32_t*>(out.data_ptr<std::int32_t>()));
  return out;
}

/// Three taps along an axis as the two that a doubled picture has of each pixel at `place`.
Tensor halved(const Tensor& kernel, std::int64_t axis, int place) {
  const std::int64_t lone = place == 0 ? 0 : 2, joined = place == 0 ? 1 : 0;
  const Tensor one = kernel.narrow(axis, lone, 1), two = kernel.narrow(axis, joined, 1) + kernel.narrow(axis, joined + 1, 1);
  return place == 0 ? at::cat({one, two}, axis) : at::cat({two, one}, axis);
}

}  // namespace

void BorderedFrame::fill(const Tensor& x_BCHW, const Tensor& gamma_C) {
  if (!holds(x_BCHW)) {
    m_shape = {x_BCHW.size(0), x_BCHW.size(1), x_BCHW.size(2), x_BCHW.size(3)};
    m_values = at::zeros({batch(), (rows() + 2) * pitch() + 1 + kFilterBlock, channels()}, x_BCHW.options().dtype(at::kBFloat16).memory_format(at::MemoryFormat::Contiguous));
  }
  const Tensor x = x_BCHW.contiguous(kSideBySide), gamma = gamma_C.defined() ? gamma_C.contiguous() : gamma_C;
  const std::int64_t row = columns() * channels(), step = pitch() * channels(), picture = m_values.stride(0);
  at::parallel_for(0, batch() * rows(), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) {
      const HalfBits* from = bitsOf(x) + y * row;
      HalfBits* to = bitsOf(m_values) + y / rows() * picture + (y % rows() + 1) * step + channels();
      if (gamma.defined()) kernels().half.channelNorm(from, to, columns(), channels(), gamma.data_ptr<float>(), true);
      else std::copy_n(from, row, to);
    }
  });
}

bool FrameFilter::fits(std::int64_t inputs, std::int64_t outputs) { return filterKernels() && inputs % kTileDepth == 0 && outputs % kTileSide == 0; }

bool FrameFilter::takes(const std::vector<Tensor>& kernels) {
  const Tensor& w = kernels[0];
  return w.device().is_cpu() && w.scalar_type() == at::kBFloat16 && w.size(2) == 3 && w.size(3) == 3 && fits(w.size(1), w.size(0));
}

FrameFilter::FrameFilter(const std::vector<Tensor>& kernels, const Tensor& bias_O, bool doubling, const FilterKernels& use)
    : m_use(&use), m_bias_O(bias_O.to(at::kFloat).contiguous()), m_inputs(kernels[0].size(1)), m_outputs(kernels[0].size(0)), m_frames(static_cast<std::int64_t>(kernels.size())) {
  const Tensor joined = at::stack(kernels, 1).permute({0, 1, 3, 4, 2}), all = doubling ? joined.to(at::kFloat) : joined;  // [O, frames, 3, 3, I]
  for (int place = 0; place < (doubling ? 4 : 1); ++place)
    m_packed.push_back(packed((doubling ? halved(halved(all, 2, place / 2), 3, place % 2) : all).flatten(1, 3)));
}

Tensor FrameFilter::apply(const std::vector<const BorderedFrame*>& frames, const Tensor& beside, Tensor out) const {
  const BorderedFrame& last = *frames.back();
  const std::int64_t scale = m_packed.size() > 1 ? 2 : 1;
  const std::vector<std::int64_t> shape{last.batch(), m_outputs, last.rows() * scale, last.columns() * scale};
  if (!out.defined()) out = at::empty(shape, last.m_values.options(), kSideBySide);
  requireShape(out, shape, "what a filter writes into");
  const Tensor added = beside.defined() ? beside.contiguous(kSideBySide) : beside;
  for (std::int64_t picture = 0; picture < last.batch(); ++picture)
    for (std::int64_t place = 0; place < scale * scale; ++place) apply(frames, picture, place, added, out);
  return out;
}

void FrameFilter::apply(const std::vector<const BorderedFrame*>& frames, std::int64_t picture, std::int64_t place, const Tensor& beside, const Tensor& out) const {
  const BorderedFrame& last = *frames.back();
  const Tensor& weights = m_packed[static_cast<std::size_t>(place)];
  const std::int64_t scale = m_packed.size() > 1 ? 2 : 1, side = scale == 2 ? 2 : 3, pitch = last.pitch(), tiles = m_inputs / kTileDepth;
  std::vector<FilterTap> taps;
  for (std::int64_t t = 0; t < m_frames; ++t)
    if (const BorderedFrame* frame = frames[static_cast<std::size_t>(t)])
      for (std::int64_t y = 0; y < side; ++y)
        for (std::int64_t x = 0; x < side; ++x)
          taps.push_back({bitsOf(frame->m_values) + picture * frame->m_values.stride(0) + ((y + place / 2) * pitch + x + place % 2) * m_inputs, ((t * side + y) * side + x) * tiles});
  const std::int64_t columns = last.columns() * scale, start = picture * out.stride(0) + (place / 2 * columns + place % 2) * m_outputs;
  const Filter filter{.taps = taps.data(),
                      .count = static_cast<std::int64_t>(taps.size()),
                      .depth = m_inputs,
                      .weights = reinterpret_cast<const std::uint32_t*>(weights.data_ptr<std::int32_t>()),
                      .columnTiles = m_frames * side * side * tiles,
                      .bias = m_bias_O.data_ptr<float>(),
                      .outputs = m_outputs,
                      .positions = last.rows() * pitch,
                      .pitch = pitch,
                      .width = last.columns(),
                      .to = bitsOf(out) + start,
                      .rowStep = scale * columns * m_outputs,
                      .pixelStep = scale * m_outputs,
                      .beside = beside.defined() ? bitsOf(beside) + start : nullptr};
  at::parallel_for(0, (filter.positions + kFilterBlock - 1) / kFilterBlock, 8, [&](std::int64_t begin, std::int64_t end) { m_use->blocks(filter, begin, end); });
}

}  // namespace pai::inference
