// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/fused_gradients.h"

#include <torch/csrc/autograd/custom_function.h>

#include "inference/gradient_kernels.h"
#include "inference/row_values.h"

namespace pai::inference {

namespace {

using Context = torch::autograd::AutogradContext;
using Variables = torch::autograd::variable_list;

constexpr double kNormEpsilon = 1e-6;

template <typename Value>
const GradientKernels<Value>& backOf(const Value*) { return gradientKernels().of<Value>(); }

/// Calls `work` for each sample; samples are the parallel work, since rows of one are summed.
template <typename Work>
void eachSample(std::int64_t samples, Work&& work) {
  at::parallel_for(0, samples, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t b = begin; b < end; ++b) work(b);
  });
}

/// Sums of each sample as the gradient of a factor that may be common to all.
Tensor shareOf(const Tensor& sums_BRD, const Tensor& factor) { return factor.size(0) == 1 && sums_BRD.size(0) > 1 ? sums_BRD.sum(0, true) : sums_BRD; }

struct NormModulatedFunction : torch::autograd::Function<NormModulatedFunction> {
  static Tensor forward(Context* context, const Tensor& x_BLD, const Tensor& scale_BRD, const Tensor& shift_BRD, at::ScalarType type, const Runs& runs) {
    context->save_for_backward({x_BLD, scale_BRD});
    context->saved_data["runs"] = runs;
    return normModulated(x_BLD, scale_BRD, shift_BRD, type, runs);
  }
  static Variables backward(Context* context, const Variables& gradients) {
    const Variables saved = context->get_saved_variables();
    const Runs runs = context->saved_data["runs"].toIntVector();
    const Tensor x_BLD = saved[0].contiguous(), scale = saved[1].contiguous(), g_BLD = gradients[0].contiguous();
    const std::int64_t samples = x_BLD.size(0), tokens = x_BLD.size(1), width = x_BLD.size(2);
    const Tensor dx_BLD = at::empty_like(x_BLD), dScale = at::zeros({samples, scale.size(1), width}), dShift = at::zeros_like(dScale);
    onValues(g_BLD, [&](const auto* g) {
      eachSample(samples, [&](std::int64_t b) {
        eachRun(runs, tokens, [&](std::int64_t run, std::int64_t begin, std::int64_t count) {
          const std::int64_t first = (b * tokens + begin) * width, row = (b * scale.size(1) + run) * width;
          backOf(g).normModulate(x_BLD.data_ptr<float>() + first, g + first, dx_BLD.data_ptr<float>() + first, count, width, scale.data_ptr<float>() + rowOf(scale, b, run), dScale.data_ptr<float>() + row,
                                 dShift.data_ptr<float>() + row, static_cast<float>(kNormEpsilon));
        });
      });
    });
    return {dx_BLD, shareOf(dScale, scale), shareOf(dShift, scale), {}, {}};
  }
};

struct RmsRotatedFunction : torch::autograd::Function<RmsRotatedFunction> {
  static Tensor forward(Context* context, const Tensor& x_BLD, const Tensor& weight_D, const Tensor& cosines, const Tensor& sines, std::int64_t heads, double scale) {
    context->save_for_backward({x_BLD, weight_D, cosines, sines});
    context->saved_data["heads"] = heads;
    context->saved_data["scale"] = scale;
    return rmsRotated(x_BLD.clone(at::MemoryFormat::Contiguous), weight_D, {cosines, sines}, heads, scale).flatten(2);
  }
  static Variables backward(Context* context, const Variables& gradients) {
    const Variables saved = context->get_saved_variables();
    const std::int64_t heads = context->saved_data["heads"].toInt();
    const auto scale = static_cast<float>(context->saved_data["scale"].toDouble());
    const auto whole = [](const Tensor& t) { return t.defined() ? t.contiguous() : t; };
    const Tensor x_BLD = whole(saved[0]), weight = whole(saved[1]), cosines = whole(saved[2]), sines = whole(saved[3]), g_BLD = gradients[0].contiguous();
    const std::int64_t samples = x_BLD.size(0), tokens = x_BLD.size(1), width = x_BLD.size(2);
    const Tensor dx_BLD = at::empty_like(x_BLD), dWeight_BD = weight.defined() ? at::zeros({samples, width}) : Tensor();
    onValues(x_BLD, [&](const auto* x) {
      using Value = std::remove_const_t<std::remove_pointer_t<decltype(x)>>;
      eachSample(samples, [&](std::int64_t b) {
        std::vector<float> room(static_cast<std::size_t>(width));
        const std::int64_t at = cosines.defined() && cosines.dim() == 3 && cosines.size(0) > 1 ? b * tokens * (width / heads) / 2 : 0, first = b * tokens * width;
        const float *w = weight.defined() ? weight.data_ptr<float>() : nullptr, *c = cosines.defined() ? cosines.data_ptr<float>() + at : nullptr, *s = cosines.defined() ? sines.data_ptr<float>() + at : nullptr;
        float* const dw = w ? dWeight_BD.data_ptr<float>() + b * width : nullptr;
        backOf(x).rmsRotate(x + first, static_cast<const Value*>(g_BLD.data_ptr()) + first, static_cast<Value*>(dx_BLD.data_ptr()) + first, tokens, width, width / heads, w, dw, c, s,
                            static_cast<float>(kNormEpsilon), scale, room.data());
      });
    });
    return {dx_BLD, weight.defined() ? dWeight_BD.sum(0) : Tensor(), {}, {}, {}, {}};
  }
};

struct AddGatedFunction : torch::autograd::Function<AddGatedFunction> {
  static Tensor forward(Context* context, const Tensor& x_BLD, const Tensor& y_BLD, const Tensor& gate_BRD, const Runs& runs) {
    context->save_for_backward({y_BLD, gate_BRD});
    context->saved_data["runs"] = runs;
    return addGated(x_BLD, y_BLD, gate_BRD, runs);
  }
  static Variables backward(Context* context, const Variables& gradients) {
    const Variables saved = context->get_saved_variables();
    const Runs runs = context->saved_data["runs"].toIntVector();
    const Tensor y_BLD = saved[0].contiguous(), gate = saved[1].contiguous(), g_BLD = gradients[0].contiguous();
    const std::int64_t samples = y_BLD.size(0), tokens = y_BLD.size(1), width = y_BLD.size(2);
    const Tensor dy_BLD = at::empty_like(y_BLD), dGate = at::zeros({samples, gate.size(1), width});
    onValues(y_BLD, [&](const auto* y) {
      using Value = std::remove_const_t<std::remove_pointer_t<decltype(y)>>;
      eachSample(samples, [&](std::int64_t b) {
        eachRun(runs, tokens, [&](std::int64_t run, std::int64_t begin, std::int64_t count) {
          const std::int64_t first = (b * tokens + begin) * width;
          backOf(y).addGated(y + first, g_BLD.data_ptr<float>() + first, static_cast<Value*>(dy_BLD.data_ptr()) + first, count, width, gate.data_ptr<float>() + rowOf(gate, b, run),
                             dGate.data_ptr<float>() + (b * gate.size(1) + run) * width);
        });
      });
    });
    return {gradients[0], dy_BLD, shareOf(dGate, gate), {}};
  }
};

struct GeluFunction : torch::autograd::Function<GeluFunction> {
  static Tensor forward(Context* context, const Tensor& x) {
    context->save_for_backward({x});
    return geluTanh(x.clone(at::MemoryFormat::Contiguous));
  }
  static Variables backward(Context* context, const Variables& gradients) {
    const Tensor x = context->get_saved_variables()[0].contiguous(), g = gradients[0].contiguous(), dx = at::empty_like(x);
    onValues(x, [&](const auto* values) {
      using Value = std::remove_const_t<std::remove_pointer_t<decltype(values)>>;
      at::parallel_for(0, x.numel(), 1 << 15, [&](std::int64_t begin, std::int64_t end) {
        backOf(values).gelu(values + begin, static_cast<const Value*>(g.data_ptr()) + begin, static_cast<Value*>(dx.data_ptr()) + begin, end - begin);
      });
    });
    return {dx};
  }
};

struct AttentionFunction : torch::autograd::Function<AttentionFunction> {
  /// [B, L, N, K] as matrices [B N, L, K], and back.
  static Tensor matrices(const Tensor& t_BLNK) { return t_BLNK.transpose(1, 2).reshape({-1, t_BLNK.size(1), t_BLNK.size(3)}); }
  static Tensor tokens(const Tensor& t, std::int64_t samples) { return t.view({samples, -1, t.size(1), t.size(2)}).transpose(1, 2).contiguous(); }

  template <typename Work>
  static void eachRows(const Tensor& scores, Work&& work) {
    const std::int64_t keys = scores.size(2);
    at::parallel_for(0, scores.size(0) * scores.size(1), std::max<std::int64_t>(1, (1 << 15) / keys), [&](std::int64_t begin, std::int64_t end) { work(begin * keys, end - begin); });
  }

  static Tensor forward(Context* context, const Tensor& q_BLNK, const Tensor& k_BSNK, const Tensor& v_BSNK) {
    const Tensor q = matrices(q_BLNK), k = matrices(k_BSNK), v = matrices(v_BSNK), scores = at::bmm(q, k.transpose(1, 2));
    onValues(scores, [&](auto* values) {
      eachRows(scores, [&](std::int64_t first, std::int64_t rows) {
        std::vector<float> room(static_cast<std::size_t>(scores.size(2)));
        backOf(values).softmax(values + first, rows, scores.size(2), room.data());
      });
    });
    context->save_for_backward({q, k, v, scores});
    context->saved_data["samples"] = q_BLNK.size(0);
    return tokens(at::bmm(scores, v), q_BLNK.size(0));
  }
  static Variables backward(Context* context, const Variables& gradients) {
    const Variables saved = context->get_saved_variables();
    const Tensor &q = saved[0], &k = saved[1], &v = saved[2], &shares = saved[3], g = matrices(gradients[0]);
    const std::int64_t samples = context->saved_data["samples"].toInt();
    const Tensor dv = at::bmm(shares.transpose(1, 2), g), ds = at::bmm(g, v.transpose(1, 2));
    onValues(ds, [&](auto* values) {
      using Value = std::remove_pointer_t<decltype(values)>;
      eachRows(ds, [&](std::int64_t first, std::int64_t rows) { backOf(values).softmaxBack(static_cast<const Value*>(shares.data_ptr()) + first, values + first, rows, ds.size(2)); });
    });
    return {tokens(at::bmm(ds, k), samples), tokens(at::bmm(ds.transpose(1, 2), q), samples), tokens(dv, samples)};
  }
};

}  // namespace

bool isDifferentiated(std::initializer_list<Tensor> values) {
  if (!at::GradMode::is_enabled()) return false;
  bool asked = false;
  for (const Tensor& t : values) {
    if (!t.defined()) continue;
    if (!t.device().is_cpu() || (t.scalar_type() != at::kFloat && t.scalar_type() != at::kBFloat16)) return false;
    asked = asked || t.requires_grad();
  }
  return asked;
}

Tensor differentiableNormModulated(const Tensor& x_BLD, const Tensor& scale_BRD, const Tensor& shift_BRD, at::ScalarType type, const Runs& runs) {
  return NormModulatedFunction::apply(x_BLD, scale_BRD, shift_BRD, type, runs);
}

Tensor differentiableRmsRotated(const Tensor& x_BLD, const Tensor& weight_D, const RopeTable& table, std::int64_t heads, double scale) {
  return RmsRotatedFunction::apply(x_BLD, weight_D, table.cos_LK2, table.sin_LK2, heads, scale).unflatten(-1, {heads, -1});
}

Tensor differentiableAddGated(const Tensor& x_BLD, const Tensor& y_BLD, const Tensor& gate_BRD, const Runs& runs) { return AddGatedFunction::apply(x_BLD, y_BLD, gate_BRD, runs); }

Tensor differentiableGeluTanh(const Tensor& x) { return GeluFunction::apply(x); }

Tensor differentiableAttention(const Tensor& q_BLNK, const Tensor& k_BSNK, const Tensor& v_BSNK, double scale) {
  return AttentionFunction::apply(scale == 1.0 ? q_BLNK : q_BLNK * scale, k_BSNK, v_BSNK);
}

}  // namespace pai::inference
