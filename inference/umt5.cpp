// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/umt5.h"

#include <cmath>
#include <cstdlib>
#include <limits>

#include "inference/linear.h"
#include "inference/transformer.h"

namespace pai::inference {

using core::ErrorCode;

namespace {
constexpr double kLargestDistance = 128.0;
constexpr std::int32_t kEndId = 1;
}  // namespace

TextEncoder::TextEncoder(const StateDict& weights)
    : m_embedding_VD(weights.at("token_embedding.weight")), m_norm_D(weights.at("norm.weight")),
      m_sharedPosition(weights.maybe("pos_embedding.embedding.weight")), m_products(weights.products()) {
  const std::int64_t layers = weights.count("blocks.");
  if (layers == 0) fail(ErrorCode::kPackInvalid, "the text encoder has no blocks");
  for (std::int64_t i = 0; i < layers; ++i) {
    const std::string p = "blocks." + std::to_string(i) + ".";
    const auto at = [&](const char* name) { return weights.at(p + name + ".weight"); };
    m_layers.push_back({at("norm1"), at("norm2"), at("attn.q"), at("attn.k"), at("attn.v"), at("attn.o"), at("ffn.gate.0"), at("ffn.fc1"), at("ffn.fc2"),
                        m_sharedPosition.defined() ? m_sharedPosition : at("pos_embedding.embedding")});
  }
}

std::int64_t TextEncoder::bucket(std::int64_t keyMinusQuery, std::int64_t buckets) {
  const std::int64_t half = buckets / 2, exact = half / 2;
  const std::int64_t base = keyMinusQuery > 0 ? half : 0, distance = std::abs(keyMinusQuery);
  if (distance < exact) return base + distance;
  // In float, as published: the edges of the logarithmic part depend on it.
  const float place = std::log(static_cast<float>(distance) / static_cast<float>(exact)) /
                      static_cast<float>(std::log(kLargestDistance / static_cast<double>(exact))) * static_cast<float>(half - exact);
  return base + std::min(exact + static_cast<std::int64_t>(place), half - 1);
}

Tensor TextEncoder::positionBias(std::int64_t block, std::int64_t length) const {
  const Tensor& position = m_layers[static_cast<std::size_t>(block)].position;  // [buckets, N]
  std::vector<std::int64_t> index;
  index.reserve(static_cast<std::size_t>(length * length));
  for (std::int64_t q = 0; q < length; ++q)
    for (std::int64_t k = 0; k < length; ++k) index.push_back(bucket(k - q, position.size(0)));
  const Tensor at_LL = at::tensor(index).to(position.device());
  return position.index_select(0, at_LL).reshape({length, length, -1}).permute({2, 0, 1}).unsqueeze(0);
}

Tensor TextEncoder::attend(const Layer& layer, const Tensor& x_BLD, const Tensor& bias_BNLL) const {
  const std::int64_t heads = layer.position.size(1);
  const auto linear = [&](const Tensor& x, const Tensor& w) { return product(x, w, {}, m_products).to(x.scalar_type()); };
  const auto split = [&](const Tensor& w) { return linear(x_BLD, w).unflatten(-1, {heads, -1}).transpose(1, 2); };  // [B, N, L, K]
  const Tensor scores = at::matmul(split(layer.q), split(layer.k).transpose(2, 3)) + bias_BNLL;
  const Tensor mixed = at::matmul(at::softmax(scores.to(at::kFloat), -1).to(x_BLD.scalar_type()), split(layer.v));
  return linear(mixed.transpose(1, 2).flatten(2), layer.o);
}

Tensor TextEncoder::encode(const Tensor& ids_BL, const Tensor& mask_BL, const Poll& poll, const Observer& observer) const {
  requireShape(ids_BL, {-1, -1}, "text ids");
  requireShape(mask_BL, ids_BL.sizes(), "text mask");
  const std::int64_t length = ids_BL.size(1);
  if (ids_BL.numel() > 0 && (ids_BL.min().item<std::int64_t>() < 0 || ids_BL.max().item<std::int64_t>() >= vocabulary()))
    fail(ErrorCode::kFieldInvalid, "a text id is outside the encoder's vocabulary of " + std::to_string(vocabulary()));
  Tensor x_BLD = at::embedding(m_embedding_VD, ids_BL.to(m_embedding_VD.device())).to(m_norm_D.device(), m_norm_D.scalar_type());
  const Tensor hidden_B11L = (mask_BL == 0).unsqueeze(1).unsqueeze(1).to(m_norm_D.device());
  for (std::size_t i = 0; i < m_layers.size(); ++i) {
    if (poll) poll();
    const Layer& layer = m_layers[i];
    const std::string name = "block" + std::to_string(i);
    const Tensor bias = positionBias(static_cast<std::int64_t>(i), length);
    observe(observer, name + ".pos_bias", bias);
    const Tensor masked = bias.expand({ids_BL.size(0), -1, -1, -1}).masked_fill(hidden_B11L, std::numeric_limits<float>::lowest());
    const Tensor norm1 = rmsNorm(x_BLD, layer.norm1_D);
    observe(observer, name + ".norm1", norm1);
    const Tensor attended = attend(layer, norm1, masked);
    observe(observer, name + ".attn", attended);
    x_BLD = x_BLD + attended;
    const Tensor norm2 = rmsNorm(x_BLD, layer.norm2_D);
    observe(observer, name + ".norm2", norm2);
    const auto linear = [&](const Tensor& x, const Tensor& w) { return product(x, w, {}, m_products).to(x.scalar_type()); };
    const Tensor ffn = linear(linear(norm2, layer.fc1) * at::gelu(linear(norm2, layer.gate), "tanh"), layer.fc2);
    observe(observer, name + ".ffn", ffn);
    x_BLD = x_BLD + ffn;
    observe(observer, name, x_BLD);
  }
  return rmsNorm(x_BLD, m_norm_D);
}

Tensor TextEncoder::encodeText(std::vector<std::int32_t> ids, std::size_t limit) const {
  if (limit == 0) fail(ErrorCode::kInternal, "a text encoder needs room for the end mark");
  if (ids.size() >= limit) ids.resize(limit - 1);
  ids.push_back(kEndId);
  const Tensor ids_BL = at::tensor(ids).to(at::kLong).unsqueeze(0);
  return encode(ids_BL, at::ones_like(ids_BL))[0];
}

}  // namespace pai::inference
