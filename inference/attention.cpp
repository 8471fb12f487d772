// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/attention.h"

namespace pai::inference {

namespace {

constexpr std::int64_t kQueryChunk = 512;
/// Scores of all heads at once are kept below this many elements; above, heads and chunks are taken one by one.
constexpr std::int64_t kSmallScores = 1 << 22;

Tensor headAttention(const Tensor& q_LK, const Tensor& k_SK, const Tensor& v_SK, const Poll& poll) {
  std::vector<Tensor> parts;
  const Tensor k_KS = k_SK.transpose(0, 1);
  for (std::int64_t begin = 0; begin < q_LK.size(0); begin += kQueryChunk) {
    if (poll) poll();
    const std::int64_t length = std::min(kQueryChunk, q_LK.size(0) - begin);
    const Tensor scores_LS = at::softmax(at::mm(q_LK.narrow(0, begin, length), k_KS), -1);
    parts.push_back(at::mm(scores_LS, v_SK));
  }
  return at::cat(parts, 0);
}

/// One sample: q [L, N, K], k and v [S, N, K]. Heads are views: nothing is copied but the result.
Tensor sampleAttention(const Tensor& q, const Tensor& k, const Tensor& v, const Poll& poll) {
  const auto q_NLK = q.unbind(1), k_NSK = k.unbind(1), v_NSK = v.unbind(1);
  std::vector<Tensor> parts;
  for (std::size_t n = 0; n < q_NLK.size(); ++n) parts.push_back(headAttention(q_NLK[n], k_NSK[n], v_NSK[n], poll));
  return at::stack(parts, 1);
}

}  // namespace

Tensor attention(const Tensor& q_BLNK, const Tensor& k_BSNK, const Tensor& v_BSNK, double scale,
                 const std::vector<std::int64_t>& keyLengths, const Poll& poll) {
  const std::int64_t samples = q_BLNK.size(0), heads = q_BLNK.size(2), queries = q_BLNK.size(1), keys = k_BSNK.size(1);
  if (!keyLengths.empty() && static_cast<std::int64_t>(keyLengths.size()) != samples)
    fail(core::ErrorCode::kInternal, "attention needs one key length for each sample");
  const Tensor q = scale == 1.0 ? q_BLNK : q_BLNK * scale;
  if (keyLengths.empty() && samples * heads * queries * keys <= kSmallScores) {
    if (poll) poll();
    const Tensor scores = at::softmax(at::matmul(q.permute({0, 2, 1, 3}), k_BSNK.permute({0, 2, 3, 1})), -1);
    return at::matmul(scores, v_BSNK.transpose(1, 2)).transpose(1, 2);
  }
  std::vector<Tensor> parts;
  for (std::int64_t b = 0; b < samples; ++b) {
    const std::int64_t length = keyLengths.empty() ? keys : keyLengths[static_cast<std::size_t>(b)];
    parts.push_back(sampleAttention(q[b], k_BSNK[b].narrow(0, 0, length), v_BSNK[b].narrow(0, 0, length), poll));
  }
  return samples == 1 ? parts[0].unsqueeze(0) : at::stack(parts, 0);
}

}  // namespace pai::inference
