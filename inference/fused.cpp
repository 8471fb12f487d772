// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/fused.h"

#include "inference/kernels.h"
#include "inference/transformer.h"

namespace pai::inference {

namespace {

constexpr double kEpsilon = 1e-6;
/// Elements that are worth handing to another thread.
constexpr std::int64_t kGrain = 1 << 15;

bool plain(const Tensor& t) { return t.scalar_type() == at::kFloat && t.device().is_cpu() && !t.requires_grad(); }

std::int64_t rowGrain(std::int64_t width) { return std::max<std::int64_t>(1, kGrain / width); }

}  // namespace

Tensor normModulated(const Tensor& x_BLD, const Tensor& scale_B1D, const Tensor& shift_B1D) {
  const std::int64_t width = x_BLD.size(2), tokens = x_BLD.size(1);
  if (!plain(x_BLD) || !plain(scale_B1D) || !plain(shift_B1D)) {
    const std::int64_t shape[] = {width};
    // One pass where all samples share a modulation: it is then the norm's own affine part.
    if (scale_B1D.size(0) == 1 && !x_BLD.device().is_cpu()) return at::layer_norm(x_BLD, shape, (1 + scale_B1D).flatten(), shift_B1D.flatten(), kEpsilon);
    return at::layer_norm(x_BLD, shape, {}, {}, kEpsilon) * (1 + scale_B1D) + shift_B1D;
  }
  const Tensor scale = scale_B1D.contiguous(), shift = shift_B1D.contiguous();
  Tensor out = at::empty(x_BLD.sizes(), x_BLD.options());
  for (std::int64_t b = 0; b < x_BLD.size(0); ++b) {
    const Tensor from = x_BLD[b].contiguous();
    const float *x = from.data_ptr<float>(), *a = scale.data_ptr<float>() + (scale.size(0) > 1 ? b * width : 0), *c = shift.data_ptr<float>() + (shift.size(0) > 1 ? b * width : 0);
    float* y = out.data_ptr<float>() + b * tokens * width;
    at::parallel_for(0, tokens, rowGrain(width), [&](std::int64_t begin, std::int64_t end) {
      kernels().normModulate(x + begin * width, y + begin * width, end - begin, width, a, c, static_cast<float>(kEpsilon));
    });
  }
  return out;
}

Tensor rmsRotated(Tensor x_BLD, const Tensor& weight_D, const RopeTable& table, std::int64_t heads, double scale) {
  const std::int64_t samples = x_BLD.size(0), tokens = x_BLD.size(1), width = x_BLD.size(2), headWidth = width / heads;
  const bool same = plain(x_BLD) && x_BLD.is_contiguous() && (!weight_D.defined() || plain(weight_D)) && plain(table.cos_LK2) && table.cos_LK2.size(-2) == tokens;
  if (!same) {
    // In float32 throughout, so that half precision is rounded once.
    const Tensor wide = x_BLD.to(at::promote_types(x_BLD.scalar_type(), at::kFloat)), turned = rotate(rmsNorm(wide, weight_D).unflatten(-1, {heads, headWidth}), table);
    return (scale == 1.0 ? turned : turned * scale).to(x_BLD.scalar_type());
  }
  const Tensor cosines = table.cos_LK2.contiguous(), sines = table.sin_LK2.contiguous(), weight = weight_D.defined() ? weight_D.contiguous() : weight_D;
  const float* w = weight.defined() ? weight.data_ptr<float>() : nullptr;
  for (std::int64_t b = 0; b < samples; ++b) {
    const std::int64_t at = cosines.dim() == 3 && cosines.size(0) > 1 ? b * tokens * headWidth / 2 : 0;
    const float *c = cosines.data_ptr<float>() + at, *s = sines.data_ptr<float>() + at;
    float* x = x_BLD.data_ptr<float>() + b * tokens * width;
    at::parallel_for(0, tokens, rowGrain(width), [&](std::int64_t begin, std::int64_t end) {
      kernels().rmsRotate(x + begin * width, end - begin, width, headWidth, w, c + begin * headWidth / 2, s + begin * headWidth / 2, static_cast<float>(kEpsilon), static_cast<float>(scale));
    });
  }
  return x_BLD.unflatten(-1, {heads, headWidth});
}

Tensor geluTanh(Tensor x) {
  if (!plain(x) || !x.is_contiguous()) return at::gelu(x, "tanh");
  float* values = x.data_ptr<float>();
  at::parallel_for(0, x.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) { kernels().gelu(values + begin, end - begin); });
  return x;
}

}  // namespace pai::inference
