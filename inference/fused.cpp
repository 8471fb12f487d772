// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/fused.h"

#include "inference/kernels.h"
#include "inference/transformer.h"
#include "inference/vae_stream.h"

namespace pai::inference {

namespace {

constexpr double kEpsilon = 1e-6;
/// Elements that are worth handing to another thread.
constexpr std::int64_t kGrain = 1 << 15;

/// Of a type, on a CPU, with nothing to differentiate.
bool plain(const Tensor& t, at::ScalarType type = at::kFloat) { return t.scalar_type() == type && t.device().is_cpu() && !t.requires_grad(); }
bool plainValues(const Tensor& t) { return plain(t) || plain(t, at::kBFloat16); }

std::int64_t rowGrain(std::int64_t width) { return std::max<std::int64_t>(1, kGrain / width); }

/// Calls `work` with a pointer to the values of a tensor that is plain, of its own type.
template <typename Work>
void onValues(const Tensor& t, Work&& work) {
  if (t.scalar_type() == at::kFloat) work(t.data_ptr<float>());
  else work(reinterpret_cast<HalfBits*>(t.data_ptr<c10::BFloat16>()));
}

template <typename Value>
const RowKernels<Value>& rowKernels(const Value*) { return kernels().of<Value>(); }

/// A row's share of a factor [B, 1, D] or [1, 1, D].
const float* rowOf(const Tensor& factor, std::int64_t sample) { return factor.data_ptr<float>() + (factor.size(0) > 1 ? sample * factor.size(2) : 0); }

}  // namespace

Tensor normModulated(const Tensor& x_BLD, const Tensor& scale_B1D, const Tensor& shift_B1D, at::ScalarType type) {
  const std::int64_t width = x_BLD.size(2), tokens = x_BLD.size(1);
  if (!plain(x_BLD) || !plain(scale_B1D) || !plain(shift_B1D) || (type != at::kFloat && type != at::kBFloat16)) {
    const std::int64_t shape[] = {width};
    // One pass where all samples share a modulation: it is then the norm's own affine part.
    if (scale_B1D.size(0) == 1 && !x_BLD.device().is_cpu()) return at::layer_norm(x_BLD, shape, (1 + scale_B1D).flatten(), shift_B1D.flatten(), kEpsilon).to(type);
    return (at::layer_norm(x_BLD, shape, {}, {}, kEpsilon) * (1 + scale_B1D) + shift_B1D).to(type);
  }
  const Tensor scale = scale_B1D.contiguous(), shift = shift_B1D.contiguous();
  Tensor out = at::empty(x_BLD.sizes(), x_BLD.options().dtype(type));
  for (std::int64_t b = 0; b < x_BLD.size(0); ++b) {
    const Tensor from = x_BLD[b].contiguous();
    const float *x = from.data_ptr<float>(), *a = rowOf(scale, b), *c = rowOf(shift, b);
    onValues(out, [&](auto* values) {
      auto* y = values + b * tokens * width;
      at::parallel_for(0, tokens, rowGrain(width), [&](std::int64_t begin, std::int64_t end) {
        rowKernels(y).normModulate(x + begin * width, y + begin * width, end - begin, width, a, c, static_cast<float>(kEpsilon));
      });
    });
  }
  return out;
}

Tensor rmsRotated(Tensor x_BLD, const Tensor& weight_D, const RopeTable& table, std::int64_t heads, double scale) {
  const std::int64_t samples = x_BLD.size(0), tokens = x_BLD.size(1), width = x_BLD.size(2), headWidth = width / heads;
  const bool turns = table.cos_LK2.defined();
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
  if (!plainValues(x) || !x.is_contiguous()) return at::gelu(x, "tanh");
  onValues(x, [&](auto* values) { at::parallel_for(0, x.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) { rowKernels(values).gelu(values + begin, end - begin); }); });
  return x;
}

Tensor addGated(const Tensor& x_BLD, const Tensor& y_BLD, const Tensor& gate_B1D) {
  const bool same = plain(x_BLD) && plainValues(y_BLD) && y_BLD.is_contiguous() && (!gate_B1D.defined() || plain(gate_B1D));
  if (!same) return gate_B1D.defined() ? at::addcmul(x_BLD, y_BLD, gate_B1D) : x_BLD + y_BLD;
  const std::int64_t width = x_BLD.size(2), tokens = x_BLD.size(1);
  const Tensor gate = gate_B1D.defined() ? gate_B1D.contiguous() : at::ones({1, 1, width}, x_BLD.options());
  Tensor out = at::empty(x_BLD.sizes(), x_BLD.options());
  for (std::int64_t b = 0; b < x_BLD.size(0); ++b) {
    const Tensor from = x_BLD[b].contiguous();
    const float *x = from.data_ptr<float>(), *g = rowOf(gate, b);
    float* to = out.data_ptr<float>() + b * tokens * width;
    onValues(y_BLD, [&](const auto* values) {
      const auto* y = values + b * tokens * width;
      at::parallel_for(0, tokens, rowGrain(width), [&](std::int64_t begin, std::int64_t end) {
        rowKernels(y).addGated(x + begin * width, y + begin * width, to + begin * width, end - begin, width, g);
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
