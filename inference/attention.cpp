// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/attention.h"

#include <atomic>
#include <limits>
#include <new>

#include "inference/attention_kernels.h"
#include "inference/fused_gradients.h"

namespace pai::inference {

namespace {

constexpr std::int64_t kQueryChunk = 512;
/// Of the fused form: a block of scores stays in a core's own cache.
constexpr std::int64_t kFusedQueries = 128, kFusedKeys = 512;
/// Chunks between two polls: some milliseconds at thousands of tokens.
constexpr std::int64_t kPollEvery = 8;
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
      attentionKernels().softmaxWide(m_scores.data_ptr<float>(), rows, length, kFusedKeys, {m_most, m_sum}, gathered.data_ptr<float>(), width);
      gathered.addmm_(scores, v_SK.narrow(0, begin, length));
    }
    at::div_out(to_LK, gathered, at::from_blob(m_sum, {rows, 1}, gathered.options()));
  }

 private:
  Tensor m_scores, m_gathered;
  float m_most[kFusedQueries], m_sum[kFusedQueries];
};

/// Values from a line of the cache on: the tile units load rows that lie across two lines several times more slowly. Not initialised.
template <typename Value>
class Lines {
 public:
  explicit Lines(std::int64_t count) : m_values(static_cast<Value*>(::operator new(static_cast<std::size_t>(count) * sizeof(Value), kLine))), m_count(count) {}
  Value* data() const { return m_values.get(); }
  void fill(Value value) { std::fill_n(data(), m_count, value); }

 private:
  static constexpr std::align_val_t kLine{64};
  struct Free {
    void operator()(Value* values) const { ::operator delete(values, kLine); }
  };
  std::unique_ptr<Value, Free> m_values;
  std::int64_t m_count;
};

/// Keys and values of one head, packed for the products, block by block of kFusedKeys keys.
class PackedHead {
 public:
  PackedHead(std::int64_t keys, std::int64_t width)
      : m_keys(keys), m_width(width), m_block(kFusedKeys * toTiles(width, kTileDepth) / 2), m_values(2 * blocks() * m_block) {}

  static std::int64_t bytes(std::int64_t keys, std::int64_t width) { return toTiles(keys, kFusedKeys) * toTiles(width, kTileDepth) * 4; }
  std::int64_t blocks() const { return (m_keys + kFusedKeys - 1) / kFusedKeys; }
  /// Keys of a block.
  std::int64_t length(std::int64_t block) const { return std::min(kFusedKeys, m_keys - block * kFusedKeys); }
  const std::uint32_t* keysOf(std::int64_t block) const { return m_values.data() + 2 * block * m_block; }
  const std::uint32_t* valuesOf(std::int64_t block) const { return keysOf(block) + m_block; }

  /// One block from k and v [S, K].
  void pack(const Tensor& k_SK, const Tensor& v_SK, std::int64_t block) {
    const auto from = [&](const Tensor& t) { return reinterpret_cast<const HalfBits*>(t.data_ptr<c10::BFloat16>()) + block * kFusedKeys * t.stride(0); };
    std::uint32_t* to = m_values.data() + 2 * block * m_block;
    packColumns(from(k_SK), k_SK.stride(0), length(block), m_width, to);
    packRows(from(v_SK), v_SK.stride(0), length(block), m_width, to + m_block);
  }

 private:
  std::int64_t m_keys, m_width, m_block;
  Lines<std::uint32_t> m_values;
};

/// As FusedChunk for bfloat16: products of rounded factors with float32 sums, exponentials rounded. A strip of queries at a time, whose
/// scores stay in a core's nearest cache.
class HalfChunk {
 public:
  explicit HalfChunk(std::int64_t width)
      : m_width(width), m_padded(toTiles(width, kTileDepth)), m_queries(kFusedQueries * m_padded), m_scores(2 * kStrip * kScorePitch), m_shares(2 * kStrip * kScorePitch),
        m_gathered(kFusedQueries * m_padded) {}

  void run(const Tensor& q_LK, const PackedHead& head, float scale, const Tensor& to_LK) {
    const std::int64_t rows = q_LK.size(0), filled = toTiles(rows, kTileSide);
    m_queries.fill(0);
    m_gathered.fill(0.0f);
    std::fill_n(m_most, filled, -std::numeric_limits<float>::infinity());
    std::fill_n(m_sum, filled, 0.0f);
    const auto* from = reinterpret_cast<const HalfBits*>(q_LK.data_ptr<c10::BFloat16>());
    for (std::int64_t r = 0; r < rows; ++r) std::copy_n(from + r * q_LK.stride(0), m_width, m_queries.data() + r * m_padded);
    const std::int64_t strips = (filled + kStrip - 1) / kStrip, all = strips * head.blocks();
    const auto partOf = [&](std::int64_t i) { return Part{i / strips, i % strips * kStrip, std::min(kStrip, filled - i % strips * kStrip), i % 2}; };
    const AttentionKernels& use = attentionKernels();
    // While a strip's softmax is made, so are the next one's scores and what the last one gathers, unless it is the same strip.
    const bool apart = strips > 1;
    use.tileProduct({scoresOf(partOf(0), head), false});
    for (std::int64_t i = 0; i < all; ++i) {
      const Part part = partOf(i);
      const std::int64_t keys = head.length(part.block);
      TileWork beside[2];
      int count = 0;
      if (i + 1 < all) beside[count++] = {scoresOf(partOf(i + 1), head), false};
      if (i > 0 && apart) beside[count++] = {gatherOf(partOf(i - 1), head), true};
      use.softmaxHalf({scoresAt(part), part.rows, keys, toTiles(keys, kTileDepth), kScorePitch, scale, sharesAt(part), kScorePitch, {m_most + part.row, m_sum + part.row}, gatheredAt(part), m_padded}, beside,
                      count);
      if (!apart || i + 1 == all) use.tileProduct({gatherOf(part, head), true});
    }
    auto* to = to_LK.data_ptr<c10::BFloat16>();
    for (std::int64_t r = 0; r < rows; ++r) {
      const float *gathered = m_gathered.data() + r * m_padded, share = 1.0f / m_sum[r];
      for (std::int64_t k = 0; k < m_width; ++k) to[r * to_LK.stride(0) + k] = gathered[k] * share;
    }
  }

 private:
  static constexpr std::int64_t kStrip = 32;
  /// No multiple of a page, so that rows of a tile do not fall upon each other in the cache.
  static constexpr std::int64_t kScorePitch = kFusedKeys + 32;

  /// A strip of queries over a block of keys; its scores and shares are in one of two places, so that its neighbours' can be
  /// worked on beside it.
  struct Part {
    std::int64_t block, row, rows, place;
  };

  float* scoresAt(const Part& part) { return m_scores.data() + part.place * kStrip * kScorePitch; }
  HalfBits* sharesAt(const Part& part) { return m_shares.data() + part.place * kStrip * kScorePitch; }
  float* gatheredAt(const Part& part) { return m_gathered.data() + part.row * m_padded; }
  TileFactors gatherOf(const Part& part, const PackedHead& head) {
    return {sharesAt(part), kScorePitch, head.valuesOf(part.block), gatheredAt(part), m_padded, part.rows, toTiles(head.length(part.block), kTileDepth), toTiles(m_width, kTileSide)};
  }
  TileFactors scoresOf(const Part& part, const PackedHead& head) {
    return {m_queries.data() + part.row * m_padded, m_padded, head.keysOf(part.block), scoresAt(part), kScorePitch, part.rows, m_padded, toTiles(head.length(part.block), kTileSide)};
  }

  std::int64_t m_width, m_padded;
  Lines<HalfBits> m_queries;
  Lines<float> m_scores;
  Lines<HalfBits> m_shares;
  Lines<float> m_gathered;
  float m_most[kFusedQueries], m_sum[kFusedQueries];
};

/// Whether a fused form applies: on a CPU, nothing to be differentiated, values of a head side by side.
bool canFuse(at::ScalarType type, const Tensor& q, const Tensor& k, const Tensor& v) {
  for (const Tensor* t : {&q, &k, &v})
    if (t->scalar_type() != type || !t->device().is_cpu() || (t->requires_grad() && at::GradMode::is_enabled()) || t->stride(-1) != 1) return false;
  return true;
}

/// Hands the numbers from 0 to `count` to the threads, one at a time to whichever is free; each has a worker of its own, made by
/// `makeWorker`. The calling thread works too, and alone polls between.
template <typename MakeWorker>
void shared(std::int64_t count, const Poll& poll, const MakeWorker& makeWorker) {
  std::atomic<std::int64_t> next = 0;
  at::parallel_for(0, std::min<std::int64_t>(count, at::get_num_threads()), 1, [&](std::int64_t, std::int64_t) {
    const c10::InferenceMode inference;
    auto work = makeWorker();
    std::int64_t done = 0;
    try {
      for (std::int64_t i; (i = next.fetch_add(1)) < count; work(i))
        if (poll && at::get_thread_num() == 0 && done++ % kPollEvery == 0) poll();
    } catch (...) {
      next = count;
      throw;
    }
  });
}

/// The part of a tensor [B, L, N, K] that is a sample's head, [L, K].
Tensor headOf(const Tensor& t, std::int64_t sample, std::int64_t head) { return t.select(0, sample).select(1, head); }

/// Chunks of all samples and heads, shared among the threads; each chunk's result does not depend on which thread makes it.
Tensor fusedAttention(const Tensor& q, const Tensor& k, const Tensor& v, double scale, const std::vector<std::int64_t>& keyLengths, const Poll& poll) {
  const std::int64_t heads = q.size(2), queries = q.size(1), chunks = (queries + kFusedQueries - 1) / kFusedQueries;
  Tensor out = at::empty(q.sizes(), q.options());
  shared(q.size(0) * heads * chunks, poll, [&] {
    return [&, chunk = FusedChunk(q.size(3), q.options())](std::int64_t i) mutable {
      const std::int64_t b = i / (heads * chunks), n = i / chunks % heads, begin = i % chunks * kFusedQueries, length = std::min(kFusedQueries, queries - begin);
      const std::int64_t keys = keyLengths.empty() ? k.size(1) : keyLengths[static_cast<std::size_t>(b)];
      chunk.run(headOf(q, b, n).narrow(0, begin, length), headOf(k, b, n).narrow(0, 0, keys), headOf(v, b, n).narrow(0, 0, keys), static_cast<float>(scale), headOf(out, b, n).narrow(0, begin, length));
    };
  });
  return out;
}

/// The same for bfloat16: some heads are packed, then their chunks are worked on.
Tensor fusedHalfAttention(const Tensor& q, const Tensor& k, const Tensor& v, double scale, const std::vector<std::int64_t>& keyLengths, const Poll& poll) {
  const std::int64_t heads = q.size(2), queries = q.size(1), width = q.size(3), chunks = (queries + kFusedQueries - 1) / kFusedQueries;
  const std::int64_t group = std::clamp<std::int64_t>(kPackedBytes / std::max<std::int64_t>(1, PackedHead::bytes(k.size(1), width)), 1, heads);
  Tensor out = at::empty(q.sizes(), q.options());
  for (std::int64_t b = 0; b < q.size(0); ++b)
    for (std::int64_t first = 0; first < heads; first += group) {
      const std::int64_t count = std::min(group, heads - first);
      std::vector<PackedHead> packed;
      for (std::int64_t n = 0; n < count; ++n) packed.emplace_back(keyLengths.empty() ? k.size(1) : keyLengths[static_cast<std::size_t>(b)], width);
      const std::int64_t blocks = packed[0].blocks();
      shared(count * blocks, {}, [&] {
        return [&](std::int64_t i) { packed[static_cast<std::size_t>(i / blocks)].pack(headOf(k, b, first + i / blocks), headOf(v, b, first + i / blocks), i % blocks); };
      });
      shared(count * chunks, poll, [&] {
        return [&, chunk = HalfChunk(width)](std::int64_t i) mutable {
          const std::int64_t n = first + i / chunks, begin = i % chunks * kFusedQueries, length = std::min(kFusedQueries, queries - begin);
          chunk.run(headOf(q, b, n).narrow(0, begin, length), packed[static_cast<std::size_t>(i / chunks)], static_cast<float>(scale), headOf(out, b, n).narrow(0, begin, length));
        };
      });
    }
  return out;
}

bool isHalf(const Tensor& t) { return t.scalar_type() == at::kBFloat16 || t.scalar_type() == at::kHalf; }

/// Half precision on a device: by LibTorch's fused form, a sample at a time where their keys differ in number. Where it has none, and
/// what no fused form takes: in float32, whose result is rounded, so that scores are as exact as the fused form has them.
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
  if (keyLengths.empty() && isDifferentiated({q_BLNK, k_BSNK, v_BSNK})) return differentiableAttention(q_BLNK, k_BSNK, v_BSNK, scale);
  if (canFuse(at::kBFloat16, q_BLNK, k_BSNK, v_BSNK)) return fusedHalfAttention(q_BLNK, k_BSNK, v_BSNK, scale, keyLengths, poll);
  if (isHalf(q_BLNK)) return halfAttention(q_BLNK, k_BSNK, v_BSNK, scale, keyLengths, poll);
  if (canFuse(at::kFloat, q_BLNK, k_BSNK, v_BSNK)) return fusedAttention(q_BLNK, k_BSNK, v_BSNK, scale, keyLengths, poll);
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
