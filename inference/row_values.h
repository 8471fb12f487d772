// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/kernels.h"
#include "inference/tensor.h"

namespace pai::inference {

// How the operations on rows of tokens hand tensors to the kernels.

/// Calls `work` with a pointer to the values of a tensor of float32 or bfloat16, of its own type.
template <typename Work>
void onValues(const Tensor& t, Work&& work) {
  if (t.scalar_type() == at::kFloat) work(t.data_ptr<float>());
  else work(reinterpret_cast<HalfBits*>(t.data_ptr<c10::BFloat16>()));
}

/// Where the row of a run begins in a factor [B, R, D] or [1, R, D].
inline std::int64_t rowOf(const Tensor& factor, std::int64_t sample, std::int64_t run) { return ((factor.size(0) > 1 ? sample : 0) * factor.size(1) + run) * factor.size(2); }

/// Calls `work(run, begin, tokens)` for runs of these lengths; none: one of all tokens.
template <typename Work>
void eachRun(const std::vector<std::int64_t>& runs, std::int64_t tokens, Work&& work) {
  if (runs.empty()) return work(0, 0, tokens);
  std::int64_t begin = 0;
  for (std::size_t r = 0; r < runs.size(); begin += runs[r++]) work(static_cast<std::int64_t>(r), begin, runs[r]);
}

}  // namespace pai::inference
