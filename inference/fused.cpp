// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/fused.h"

#include "inference/fused_gradients.h"
#include "inference/row_values.h"
#include "inference/transformer.h"
#include "inference/vae_stream.h"

namespace pai::inference {

namespace {

constexpr double kEpsilon = 1e-6;
/// Elements that are worth handing to another thread.
constexpr std::int64_t kGrain = 1 << 15;

/// Of a type, on a CPU, with nothing to differentiate.
bool plain(const Tensor& t, at::ScalarType type = at::kFloat) { return t.scalar_type() == type && t.device().is_cpu() && !(t.requires_grad() && at::GradMode::is_enabled()); }
bool plainValues(const Tensor& t) { return plain(t) || plain(t, at::kBFloat16); }

std::int64_t rowGrain(std::int64_t width) { return std::max<std::int64_t>(1, kGrain / width); }

template <typename Value>
const RowKernels<Value>& rowKernels(const Value*) { return kernels().of<Value>(); }

/// The runs of x and what `change(tokens, row)` makes of each, put together.
template <typename Change>
Tensor byRun(const Tensor& x_BLD, const Runs& runs, Change&& change) {
  std::vector<Tensor> parts;
  eachRun(runs, x_BLD.size(1), [&](std::int64_t run, std::int64_t begin, std::int64_t tokens) { parts.push_back(change(begin, tokens, run)); });
  return parts.size() == 1 ? parts[0] : at::cat(parts, 1);
}

}  // namespace

Tensor normModulated(const Tensor& x_BLD, const Tensor& scale_BRD, const Tensor& shift_BRD, at::ScalarType type, const Runs& runs) {
  const std::int64_t width = x_BLD.size(2), tokens = x_BLD.size(1);
  const bool known = type == at::kFloat || type == at::kBFloat16;
  if (known && x_BLD.scalar_type() == at::kFloat && isDifferentiated({x_BLD, scale_BRD, shift_BRD})) return differentiableNormModulated(x_BLD, scale_BRD, shift_BRD, type, runs);
  if (!plain(x_BLD) || !plain(scale_BRD) || !plain(shift_BRD) || !known)
    return byRun(x_BLD, runs, [&](std::int64_t begin, std::int64_t count, std::int64_t run) {
      const std::int64_t shape[] = {width};
      const Tensor x = x_BLD.narrow(1, begin, count), scale = scale_BRD.narrow(1, run, 1), shift = shift_BRD.narrow(1, run, 1);
      // One pass where all samples share a modulation: it is then the norm's own affine part.
      if (scale.size(0) == 1 && !x.device().is_cpu()) return at::layer_norm(x, shape, (1 + scale).flatten(), shift.flatten(), kEpsilon).to(type);
      return (at::layer_norm(x, shape, {}, {}, kEpsilon) * (1 + scale) + shift).to(type);
    });
  const Tensor scale = scale_BRD.contiguous(), shift = shift_BRD.contiguous();
  Tensor out = at::empty(x_BLD.sizes(), x_BLD.options().dtype(type));
  for (std::int64_t b = 0; b < x_BLD.size(0); ++b) {
    const Tensor from = x_BLD[b].contiguous();
    eachRun(runs, tokens, [&](std::int64_t run, std::int64_t first, std::int64_t count) {
      const float *x = from.data_ptr<float>() + first * width, *a = scale.data_ptr<float>() + rowOf(scale, b, run), *c = shift.data_ptr<float>() + rowOf(shift, b, run);
      onValues(out, [&](auto* values) {
        auto* y = values + (b * tokens + first) * width;
        at::parallel_for(0, count, rowGrain(width), [&](std::int64_t begin, std::int64_t end) {
          rowKernels(y).normModulate(x + begin * width, y + begin * width, end - begin, width, a, c, static_cast<float>(kEpsilon));
        });
      });
    });
  }
  return out;
}

Tensor rmsRotated(Tensor x_BLD, const Tensor& weight_D, const RopeTable& table, std::int64_t heads, double scale) {
  const std::int64_t samples = x_BLD.size(0), tokens = x_BLD.size(1), width = x_BLD.size(2), headWidth = width / heads;
  const bool turns = table.cos_LK2.defined();
  if (isDifferentiated({x_BLD, weight_D}) && (!turns || table.cos_LK2.size(-2) == tokens)) return differentiableRmsRotated(x_BLD, weight_D, table, heads, scale);
  const bool same = plainValues(x_BLD) && x_BLD.is_contiguous() && (!weight_D.defined() || plain(weight_D)) && (!turns || (plain(table.cos_LK2) && table.cos_LK2.size(-2) == tokens));
  if (!same) {
    // In float32 throughout, so that half precision is rounded once.
    const Tensor wide = rmsNorm(x_BLD.to(at::promote_types(x_BLD.scalar_type(), at::kFloat)), weight_D).unflatten(-1, {heads, headWidth}), turned = turns ? rotate(wide, table) : wide;
    return (scale == 1.0 ? turned : turned * scale).to(x_BLD.scalar_type());
  }
  const Tensor cosines = turns ? table.cos_LK2.contiguous() : Tensor(), sines = turns ? table.sin_LK2.contiguous() : Tensor(), weight = weight_D.defined() ? weight_D.contiguous() : weight_D;
  const float* w = weight.defined() ? weight.data_ptr<float>() : nullptr;
  for (std::int64_t b = 0; b < samples; ++b) {
    const std::int64_t at = turns && cosines.dim() == 3 && cosines.size(0) > 1 ? b * tokens * headWidth / 2 : 0;
    const float *c = turns ? cosines.data_ptr<float>() + at : nullptr, *s = turns ? sines.data_ptr<float>() + at : nullptr;
    onValues(x_BLD, [&](auto* values) {
      auto* x = values + b * tokens * width;
      at::parallel_for(0, tokens, rowGrain(width), [&](std::int64_t begin, std::int64_t end) {
        const std::int64_t row = turns ? begin * headWidth / 2 : 0;
        rowKernels(x).rmsRotate(x + begin * width, end - begin, width, headWidth, w, turns ? c + row : nullptr, turns ? s + row : nullptr, static_cast<float>(kEpsilon), static_cast<float>(scale));
      });
    });
  }
  return x_BLD.unflatten(-1, {heads, headWidth});
}

Tensor geluTanh(Tensor x) {
  if (isDifferentiated({x})) return differentiableGeluTanh(x);
  if (!plainValues(x) || !x.is_contiguous()) return at::gelu(x, "tanh");
  onValues(x, [&](auto* values) { at::parallel_for(0, x.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) { rowKernels(values).gelu(values + begin, end - begin); }); });
  return x;
}

Tensor addGated(const Tensor& x_BLD, const Tensor& y_BLD, const Tensor& gate_BRD, const Runs& runs) {
  if (gate_BRD.defined() && x_BLD.scalar_type() == at::kFloat && isDifferentiated({x_BLD, y_BLD, gate_BRD})) return differentiableAddGated(x_BLD, y_BLD, gate_BRD, runs);
  const bool same = plain(x_BLD) && plainValues(y_BLD) && y_BLD.is_contiguous() && (!gate_BRD.defined() || plain(gate_BRD));
  if (!same && !gate_BRD.defined()) return x_BLD + y_BLD;
  if (!same)
    return byRun(x_BLD, runs, [&](std::int64_t begin, std::int64_t count, std::int64_t run) {
      return at::addcmul(x_BLD.narrow(1, begin, count), y_BLD.narrow(1, begin, count), gate_BRD.narrow(1, run, 1));
    });
  const std::int64_t width = x_BLD.size(2), tokens = x_BLD.size(1);
  const Tensor gate = gate_BRD.defined() ? gate_BRD.contiguous() : at::ones({1, 1, width}, x_BLD.options());
  Tensor out = at::empty(x_BLD.sizes(), x_BLD.options());
  for (std::int64_t b = 0; b < x_BLD.size(0); ++b) {
    const Tensor from = x_BLD[b].contiguous();
    eachRun(gate_BRD.defined() ? runs : Runs(), tokens, [&](std::int64_t run, std::int64_t first, std::int64_t count) {
      const float *x = from.data_ptr<float>() + first * width, *g = gate.data_ptr<float>() + rowOf(gate, b, run);
      float* to = out.data_ptr<float>() + (b * tokens + first) * width;
      onValues(y_BLD, [&](const auto* values) {
        const auto* y = values + (b * tokens + first) * width;
        at::parallel_for(0, count, rowGrain(width), [&](std::int64_t begin, std::int64_t end) {
          rowKernels(y).addGated(x + begin * width, y + begin * width, to + begin * width, end - begin, width, g);
        });
      });
    });
  }
  return out;
}

Tensor channelNormed(const Tensor& x_BCHW, const Tensor& gamma_C, bool silu) {
  if (!plainValues(x_BCHW) || !plain(gamma_C)) {
    const Tensor y = channelNorm(x_BCHW, gamma_C);
    return silu ? at::silu(y) : y;
  }
  const Tensor x = x_BCHW.contiguous(at::MemoryFormat::ChannelsLast), gamma = gamma_C.contiguous();
  Tensor out = at::empty(x.sizes(), x.options(), at::MemoryFormat::ChannelsLast);
  const std::int64_t width = x.size(1), pixels = x.numel() / std::max<std::int64_t>(1, width);
  onValues(x, [&](const auto* from) {
    auto* to = static_cast<std::remove_const_t<std::remove_pointer_t<decltype(from)>>*>(out.data_ptr());
    at::parallel_for(0, pixels, rowGrain(width), [&](std::int64_t begin, std::int64_t end) {
      rowKernels(from).channelNorm(from + begin * width, to + begin * width, end - begin, width, gamma.data_ptr<float>(), silu);
    });
  });
  return out;
}

}  // namespace pai::inference
