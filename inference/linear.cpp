// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/linear.h"

#include "inference/attention_kernels.h"
#include "inference/devices.h"
#include "inference/kernels.h"
#include "inference/processor.h"

namespace pai::inference {

namespace {

/// Values that a thread takes at once.
constexpr std::int64_t kWidenGrain = 1 << 16;

Tensor linearOf(const Tensor& x, const Tensor& weight_OI, const Tensor& bias_O) {
  return bias_O.defined() ? at::linear(x, weight_OI, bias_O) : at::linear(x, weight_OI);
}

/// Whether a weight is widened part by part: stored in bfloat16 beside float32 on a CPU, nothing to be differentiated.
bool goesBySlabs(const Tensor& x, const Tensor& weight_OI) {
  return x.scalar_type() == at::kFloat && weight_OI.scalar_type() == at::kBFloat16 && x.device().is_cpu() && weight_OI.device().is_cpu() && weight_OI.dim() == 2 && weight_OI.is_contiguous() &&
         weight_OI.size(1) <= kSlabValues && !at::GradMode::is_enabled();
}

/// x times the weight, whose rows are widened some at a time into memory that is kept: fresh pages for a whole weight would cost more
/// than half of a product with few rows.
Tensor slabProduct(const Tensor& x, const Tensor& weight_OI, const Tensor& bias_O) {
  thread_local const std::unique_ptr<float[]> slab(new float[kSlabValues]);
  const std::int64_t outputs = weight_OI.size(0), inputs = weight_OI.size(1), most = kSlabValues / inputs;
  const Tensor rows = x.reshape({-1, inputs});
  Tensor out = at::empty({rows.size(0), outputs}, rows.options());
  const auto* bits = reinterpret_cast<const std::uint16_t*>(weight_OI.data_ptr<c10::BFloat16>());
  float* const wide = slab.get();
  for (std::int64_t first = 0; first < outputs; first += most) {
    const std::int64_t count = std::min(most, outputs - first);
    at::parallel_for(0, count * inputs, kWidenGrain, [&](std::int64_t from, std::int64_t to) { kernels().widen(bits + first * inputs + from, wide + from, to - from); });
    Tensor part = out.narrow(1, first, count);
    const Tensor weight_IO = at::from_blob(wide, {count, inputs}, rows.options()).transpose(0, 1);
    if (bias_O.defined()) at::addmm_out(part, bias_O.narrow(0, first, count), rows, weight_IO);
    else at::mm_out(part, rows, weight_IO);
  }
  std::vector<std::int64_t> shape = x.sizes().vec();
  shape.back() = outputs;
  return out.view(shape);
}

/// Rows and columns of a result that a thread makes by itself, and how much of what is summed over it takes at once: those rows' inputs
/// stay in its own cache while columns of the weight come by, some at a time.
constexpr std::int64_t kPartRows = 256, kPartColumns = 1536, kPartDepth = 1536, kColumnsAtOnce = 48, kDepthAtOnce = 128;

HalfBits* halfBits(const Tensor& t) { return reinterpret_cast<HalfBits*>(t.data_ptr<c10::BFloat16>()); }

/// Whether widenedProduct takes them and is the best there is.
bool goesWidened(const Tensor& x, const Tensor& weight_OI) {
  return processorHalfUnits() == HalfUnits::kWidened && x.scalar_type() == at::kBFloat16 && weight_OI.scalar_type() == at::kBFloat16 && weight_OI.dim() == 2 && weight_OI.size(1) % kTileDepth == 0 &&
         weight_OI.size(0) % kTileSide == 0 && !at::GradMode::is_enabled();
}

/// A part of a product: some rows by some columns of the weight.
struct WidenedPart {
  const HalfBits *x, *weight;
  std::int64_t rows, columns, inputs;
  const float* bias;
  HalfBits* to;
  std::int64_t toStride;
};

/// Makes parts; one thread.
class WidenedProduct {
 public:
  /// Of parts of so many rows, columns and inputs at most.
  WidenedProduct(std::int64_t rows, std::int64_t columns, std::int64_t inputs)
      : m_height(toTiles(rows, kTileSide)), m_pitch(columns + kTileSide), m_rows(m_height * toTiles(std::min(inputs, kPartDepth), kDepthAtOnce)), m_packed(kColumnsAtOnce * kDepthAtOnce / 2),
        m_sums(m_height * m_pitch) {}

  void run(const WidenedPart& part) {
    for (std::int64_t from = 0; from < part.inputs; from += kPartDepth) {
      const std::int64_t depth = std::min(kPartDepth, part.inputs - from);
      takeRows(part, from, depth);
      for (std::int64_t column = 0; column < part.columns; column += kColumnsAtOnce) add(part, from, depth, column, std::min(kColumnsAtOnce, part.columns - column));
    }
    for (std::int64_t r = 0; r < part.rows; ++r) kernels().sumNarrowed(m_sums.data() + r * m_pitch, part.bias, part.to + r * part.toStride, part.columns);
  }

 private:
  /// What is summed over at once, row after row; whole tiles of rows, the last of whatever was there.
  void takeRows(const WidenedPart& part, std::int64_t from, std::int64_t depth) {
    for (std::int64_t d = 0; d < depth; d += kDepthAtOnce)
      for (std::int64_t r = 0; r < part.rows; ++r) std::copy_n(part.x + r * part.inputs + from + d, std::min(kDepthAtOnce, depth - d), m_rows.data() + d * m_height + r * kDepthAtOnce);
  }

  void add(const WidenedPart& part, std::int64_t from, std::int64_t depth, std::int64_t column, std::int64_t columns) {
    for (std::int64_t d = 0; d < depth; d += kDepthAtOnce) {
      const std::int64_t some = std::min(kDepthAtOnce, depth - d);
      packColumns(part.weight + column * part.inputs + from + d, part.inputs, columns, some, m_packed.data());
      attentionKernelsOf("widened")->tileProduct(
          {{m_rows.data() + d * m_height, kDepthAtOnce, m_packed.data(), m_sums.data() + column, m_pitch, toTiles(part.rows, kTileSide), some, columns}, from + d > 0});
    }
  }

  std::int64_t m_height, m_pitch;  // a row of sums is no multiple of a page, so that rows do not fall upon each other in the cache
  std::vector<HalfBits> m_rows;
  std::vector<std::uint32_t> m_packed;
  std::vector<float> m_sums;
};

}  // namespace

Tensor widenedProduct(const Tensor& x, const Tensor& weight_OI, const Tensor& bias_O) {
  const std::int64_t outputs = weight_OI.size(0), inputs = weight_OI.size(1);
  const Tensor rows = x.reshape({-1, inputs}).contiguous(), weight = weight_OI.contiguous(), bias = bias_O.defined() ? bias_O.to(at::kFloat).contiguous() : at::zeros({outputs});
  const std::int64_t count = rows.size(0), rowParts = (count + kPartRows - 1) / kPartRows;
  // Two parts for each thread, if there are so many.
  const std::int64_t wanted = std::max<std::int64_t>(1, 2 * at::get_num_threads() / std::max<std::int64_t>(1, rowParts)), columns = std::min(kPartColumns, toTiles((outputs + wanted - 1) / wanted, kColumnsAtOnce));
  const std::int64_t columnParts = (outputs + columns - 1) / columns;
  std::vector<std::int64_t> shape = x.sizes().vec();
  shape.back() = outputs;
  const Tensor out = at::empty(shape, rows.options());
  at::parallel_for(0, rowParts * columnParts, 1, [&](std::int64_t begin, std::int64_t end) {
    WidenedProduct maker(std::min(kPartRows, count), std::min(columns, outputs), inputs);
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t row = i / columnParts * kPartRows, column = i % columnParts * columns;
      maker.run({halfBits(rows) + row * inputs, halfBits(weight) + column * inputs, std::min(kPartRows, count - row), std::min(columns, outputs - column), inputs,
                 bias.data_ptr<float>() + column, halfBits(out) + row * outputs + column, outputs});
    }
  });
  return out;
}

Tensor product(const Tensor& x, const Tensor& weight_OI, const Tensor& bias_O, at::ScalarType products) {
  if (products == at::kFloat) {
    if (goesBySlabs(x, weight_OI)) return slabProduct(x, weight_OI, bias_O);
    return linearOf(x, usedBeside(x, weight_OI, x.scalar_type()), bias_O);
  }
  const Tensor rounded = x.to(products), weight = usedBeside(x, weight_OI, products), bias = bias_O.defined() ? bias_O.to(products) : bias_O;
  if (x.device().is_cpu() && goesWidened(rounded, weight)) return widenedProduct(rounded, weight, bias);
  if (!x.device().is_cpu() || halfUnits()) return linearOf(rounded, weight, bias);
  return product(rounded.to(at::kFloat), weight, bias.defined() ? bias.to(at::kFloat) : bias).to(products);
}

Linear::Linear(const StateDict& weights, const std::string& prefix, bool exact)
    : weight_OI(weights.at(prefix + ".weight")), bias_O(weights.maybe(prefix + ".bias")), products(exact ? at::kFloat : weights.products()) {}

}  // namespace pai::inference
