// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/attention.h"

#include <limits>

#include "inference/kernels.h"

namespace pai::inference {

namespace {

constexpr std::int64_t kQueryChunk = 512;
/// Of the fused form: a block of scores stays in a core's own cache.
constexpr std::int64_t kFusedQueries = 128, kFusedKeys = 512;
/// Chunks for each thread between two polls: some tens of milliseconds at thousands of tokens.
constexpr std::int64_t kFusedRound = 8;
/// Scores of all heads at once are kept below this many elements; above, heads and chunks are taken one by one.
constexpr std::int64_t kSmallScores = 1 << 22;

Tensor headAttention(const Tensor& q_LK, const Tensor& k_SK, const Tensor& v_SK, const Poll& poll) {
  std::vector<Tensor> parts;
  const Tensor k_KS = k_SK.transpose(0, 1);
  for (std::int64_t begin = 0; begin < q_LK.size(0); begin += kQueryChunk) {
    if (poll) settle(q_LK.device()), poll();
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

/// A chunk of queries of one head over all keys, block by block, with the largest score and the sum carried on (online softmax,
/// arXiv 1805.02867). One thread; its buffers are its own.
class FusedChunk {
 public:
  FusedChunk(std::int64_t width, const at::TensorOptions& options)
      : m_scores(at::empty({kFusedQueries, kFusedKeys}, options)), m_gathered(at::empty({kFusedQueries, width}, options)) {}

  void run(const Tensor& q_LK, const Tensor& k_SK, const Tensor& v_SK, float scale, Tensor to_LK) {
    const std::int64_t rows = q_LK.size(0), keys = k_SK.size(0), width = q_LK.size(1);
    Tensor gathered = m_gathered.narrow(0, 0, rows).zero_();
    std::fill_n(m_most, rows, -std::numeric_limits<float>::infinity());
    std::fill_n(m_sum, rows, 0.0f);
    for (std::int64_t begin = 0; begin < keys; begin += kFusedKeys) {
      const std::int64_t length = std::min(kFusedKeys, keys - begin);
      Tensor scores = m_scores.narrow(0, 0, rows).narrow(1, 0, length);
      at::addmm_out(scores, scores, q_LK, k_SK.narrow(0, begin, length).transpose(0, 1), 0.0, scale);
      kernels().softmaxBlock(m_scores.data_ptr<float>(), rows, length, kFusedKeys, m_most, m_sum, gathered.data_ptr<float>(), width);
      gathered.addmm_(scores, v_SK.narrow(0, begin, length));
    }
    at::div_out(to_LK, gathered, at::from_blob(m_sum, {rows, 1}, gathered.options()));
  }

 private:
  Tensor m_scores, m_gathered;
  float m_most[kFusedQueries], m_sum[kFusedQueries];
};

bool isHalf(const Tensor& t) { return t.scalar_type() == at::kBFloat16 || t.scalar_type() == at::kHalf; }

/// Whether the fused form applies: float32 on a CPU, nothing to be differentiated, values of a head side by side.
bool canFuse(const Tensor& q, const Tensor& k, const Tensor& v) {
  for (const Tensor* t : {&q, &k, &v})
    if (t->scalar_type() != at::kFloat || !t->device().is_cpu() || t->requires_grad() || t->stride(-1) != 1) return false;
  return true;
}

/// Chunks of all samples and heads, shared among the threads; each chunk's result does not depend on which thread makes it. The
/// calling thread works too, and alone polls.
Tensor fusedAttention(const Tensor& q, const Tensor& k, const Tensor& v, double scale, const std::vector<std::int64_t>& keyLengths, const Poll& poll) {
  const std::int64_t heads = q.size(2), queries = q.size(1), chunks = (queries + kFusedQueries - 1) / kFusedQueries, all = q.size(0) * heads * chunks;
  Tensor out = at::empty(q.sizes(), q.options());
  const std::int64_t round = std::max<std::int64_t>(1, at::get_num_threads()) * kFusedRound;
  for (std::int64_t first = 0; first < all; first += round) {
    if (poll) poll();
    at::parallel_for(first, std::min(all, first + round), 1, [&](std::int64_t from, std::int64_t to) {
      const c10::InferenceMode inference;
      FusedChunk chunk(q.size(3), q.options());
      for (std::int64_t i = from; i < to; ++i) {
        const std::int64_t b = i / (heads * chunks), n = i / chunks % heads, begin = i % chunks * kFusedQueries, length = std::min(kFusedQueries, queries - begin);
        const std::int64_t keys = keyLengths.empty() ? k.size(1) : keyLengths[static_cast<std::size_t>(b)];
        const auto head = [&](const Tensor& t) { return t.select(0, b).select(1, n); };
        chunk.run(head(q).narrow(0, begin, length), head(k).narrow(0, 0, keys), head(v).narrow(0, 0, keys), static_cast<float>(scale), head(out).narrow(0, begin, length));
      }
    });
  }
  return out;
}

/// Half precision: on a device by LibTorch's fused form, a sample at a time where their keys differ in number; else in float32, whose
/// result is rounded, so that scores are as exact as the fused form has them.
Tensor halfAttention(const Tensor& q, const Tensor& k, const Tensor& v, double scale, const std::vector<std::int64_t>& keyLengths, const Poll& poll) {
  if (poll) poll();
  if (!q.device().is_cpu()) {
    std::vector<Tensor> parts;
    for (std::int64_t b = 0; b < (keyLengths.empty() ? 1 : q.size(0)); ++b) {
      const auto keys = [&](const Tensor& t) { return keyLengths.empty() ? t : t.narrow(0, b, 1).narrow(1, 0, keyLengths[static_cast<std::size_t>(b)]); };
      parts.push_back(libraryAttention(keyLengths.empty() ? q : q.narrow(0, b, 1), keys(k), keys(v), scale));
    }
    if (parts[0].defined()) return parts.size() == 1 ? parts[0] : at::cat(parts, 0);
  }
  return attention(q.to(at::kFloat), k.to(at::kFloat), v.to(at::kFloat), scale, keyLengths, poll).to(q.scalar_type());
}

}  // namespace

Tensor attention(const Tensor& q_BLNK, const Tensor& k_BSNK, const Tensor& v_BSNK, double scale,
                 const std::vector<std::int64_t>& keyLengths, const Poll& poll) {
  const std::int64_t samples = q_BLNK.size(0), heads = q_BLNK.size(2), queries = q_BLNK.size(1), keys = k_BSNK.size(1);
  if (!keyLengths.empty() && static_cast<std::int64_t>(keyLengths.size()) != samples)
    fail(core::ErrorCode::kInternal, "attention needs one key length for each sample");
  if (isHalf(q_BLNK)) return halfAttention(q_BLNK, k_BSNK, v_BSNK, scale, keyLengths, poll);
  if (canFuse(q_BLNK, k_BSNK, v_BSNK)) return fusedAttention(q_BLNK, k_BSNK, v_BSNK, scale, keyLengths, poll);
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
