// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/weights.h"

namespace pai::inference {

/// The umT5 encoder of Wan 2.1 (original key names): a relative position bias per block, gated GELU, no biases, no scaling.
class TextEncoder {
 public:
  /// Throws Failure(kPackInvalid).
  explicit TextEncoder(const StateDict& weights);

  /// Ids [B, L] (I64) and mask [B, L] (non-zero: a token) to features [B, L, D]. Ids outside the vocabulary throw kFieldInvalid.
  Tensor encode(const Tensor& ids_BL, const Tensor& mask_BL, const Poll& poll = {}, const Observer& observer = {}) const;
  /// Features of one text, padding cut: [L, D]. At most `limit` ids are taken; the last becomes the end mark (id 1).
  Tensor encodeText(std::vector<std::int32_t> ids, std::size_t limit) const;

  std::int64_t vocabulary() const { return m_embedding_VD.size(0); }
  std::int64_t width() const { return m_embedding_VD.size(1); }

  /// Bucket of a key's position minus a query's (bidirectional, `buckets` in all, largest distance 128).
  static std::int64_t bucket(std::int64_t keyMinusQuery, std::int64_t buckets = 32);
  /// Position bias of a block, [1, N, L, L] (query, key).
  Tensor positionBias(std::int64_t block, std::int64_t length) const;

 private:
  struct Layer {
    Tensor norm1_D, norm2_D, q, k, v, o, gate, fc1, fc2, position;
  };
  Tensor attend(const Layer& layer, const Tensor& x_BLD, const Tensor& bias_BNLL) const;
  Tensor m_embedding_VD, m_norm_D, m_sharedPosition;
  std::vector<Layer> m_layers;
  at::ScalarType m_products;
};

}  // namespace pai::inference
