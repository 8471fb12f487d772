// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/transformer.h"

#include <cmath>
#include <utility>

#include "inference/attention.h"
#include "inference/fused.h"

namespace pai::inference {

using core::ErrorCode;

TransformerConfig detectTransformer(const StateDict& weights) {
  TransformerConfig c;
  const Tensor& patch = weights.at("patch_embedding.weight");
  requireShape(patch, {-1, -1, -1, -1, -1}, "patch_embedding.weight");
  c.width = patch.size(0);
  c.inChannels = patch.size(1);
  c.patch = {patch.size(2), patch.size(3), patch.size(4)};
  c.layers = weights.count("blocks.");
  c.ffnWidth = weights.at("blocks.0.ffn.0.weight").size(0);
  c.frequencyWidth = weights.at("time_embedding.0.weight").size(1);
  c.outChannels = weights.at("head.head.weight").size(0) / c.patchValues();
  c.heads = std::max<std::int64_t>(1, c.width / 128);
  c.crossAttention = weights.has("blocks.0.cross_attn.q.weight");
  if (const Tensor text = weights.maybe("text_embedding.0.weight"); text.defined()) c.textWidth = text.size(1);
  if (const Tensor vace = weights.maybe("vace_patch_embedding.weight"); vace.defined()) {
    c.vaceInChannels = vace.size(1);
    const std::int64_t hints = std::max<std::int64_t>(1, weights.count("vace_blocks."));
    for (std::int64_t n = 0; n < hints; ++n) c.vaceLayers.push_back(n * std::max<std::int64_t>(1, c.layers / hints));
  }
  return c;
}

Attention::Attention(const StateDict& weights, const std::string& prefix)
    : q(weights, prefix + ".q"), k(weights, prefix + ".k"), v(weights, prefix + ".v"), o(weights, prefix + ".o"),
      normQ_D(weights.maybe(prefix + ".norm_q.weight")), normK_D(weights.maybe(prefix + ".norm_k.weight")) {}

Tensor rmsNorm(const Tensor& x, const Tensor& weight_D, double eps) {
  if (!weight_D.defined()) return x;
  const Tensor wide = x.to(at::kFloat);
  const Tensor scale = at::rsqrt(at::mean(wide * wide, {-1}, true) + eps);
  return (wide * scale * weight_D).to(x.scalar_type());
}

Tensor layerNorm(const Tensor& x, const Tensor& weight_D, const Tensor& bias_D) {
  const std::int64_t width[] = {x.size(-1)};
  return weight_D.defined() ? at::layer_norm(x, width, weight_D, bias_D, 1e-6) : at::layer_norm(x, width, {}, {}, 1e-6);
}

Tensor timeSinusoid(const std::vector<double>& times, std::int64_t width) {
  const std::int64_t half = width / 2;
  Tensor out = at::empty({static_cast<std::int64_t>(times.size()), 2 * half});
  auto* to = out.data_ptr<float>();
  for (const double time : times) {
    for (std::int64_t j = 0; j < half; ++j) {
      const double angle = time * std::pow(10000.0, -static_cast<double>(j) / static_cast<double>(half));
      to[j] = static_cast<float>(std::cos(angle));
      to[half + j] = static_cast<float>(std::sin(angle));
    }
    to += 2 * half;
  }
  return out;
}

namespace {

/// The six factors of a block for each run of tokens, [B, R, 6, D], and the runs' lengths.
struct Factors {
  Tensor e_BR6D;
  Runs runs;
  Factors(const Modulation& modulation, const Tensor& base_16D) {
    std::vector<Tensor> rows;
    for (const ModulatedRun& run : modulation) {
      rows.push_back(base_16D + run.e_B6D);
      if (modulation.size() > 1) runs.push_back(run.tokens);
    }
    e_BR6D = rows.size() == 1 ? rows[0].unsqueeze(1) : at::stack(rows, 1);
  }
  /// Layer norm, scaled and shifted by two of the factors, of the type that is asked for.
  Tensor modulated(const Tensor& x_BLD, std::int64_t scale, std::int64_t shift, at::ScalarType type) const {
    return normModulated(x_BLD, e_BR6D.select(2, scale), e_BR6D.select(2, shift), type, runs);
  }
  /// y times one of the factors, added to x.
  Tensor gated(const Tensor& x_BLD, const Tensor& y_BLD, std::int64_t gate) const { return addGated(x_BLD, y_BLD, e_BR6D.select(2, gate), runs); }
};

/// The type in which a layer takes x.
at::ScalarType typeOf(const Linear& layer, const Tensor& x) { return layer.products == at::kFloat ? x.scalar_type() : layer.products; }

/// Two linear layers with GELU between. Beyond training, tokens are taken in groups, so that the wide middle stays small.
Tensor feedForward(const Linear& in, const Linear& out, const Tensor& x_BLD, const Poll& poll) {
  const auto part = [&](const Linear& a, const Linear& b, const Tensor& x) { return b(geluTanh(a(x))); };
  const std::int64_t group = !x_BLD.device().is_cpu() ? kDeviceFeedForwardGroup : in.products == at::kFloat ? kFeedForwardGroup : kHalfFeedForwardGroup;
  if (at::GradMode::is_enabled() || x_BLD.size(1) <= group) return part(in, out, x_BLD);
  const at::ScalarType type = typeOf(in, x_BLD);
  Linear usedIn = in, usedOut = out;
  if (!x_BLD.device().is_cpu() || in.products != at::kFloat) {  // once for all groups
    usedIn.weight_OI = usedBeside(x_BLD, in.weight_OI, type);
    usedOut.weight_OI = usedBeside(x_BLD, out.weight_OI, type);
  }
  Tensor y_BLD = at::empty(x_BLD.sizes(), x_BLD.options().dtype(type));
  for (std::int64_t begin = 0; begin < x_BLD.size(1); begin += group) {
    if (poll) poll();
    const std::int64_t length = std::min(group, x_BLD.size(1) - begin);
    y_BLD.narrow(1, begin, length).copy_(part(usedIn, usedOut, x_BLD.narrow(1, begin, length)));
  }
  return y_BLD;
}

}  // namespace

BlockContext ownContext(BlockContext c, const Ranks& ranks, std::int64_t tokens) {
  const std::int64_t share = ranks.share(tokens), begin = ranks.rank() * share;
  Modulation own;
  std::int64_t from = 0, held = 0;
  for (const ModulatedRun& run : c.modulation) {
    const std::int64_t length = std::min(begin + share, from + run.tokens) - std::max(begin, from);
    if (length > 0) own.push_back({run.e_B6D, length});
    held += std::max<std::int64_t>(0, length);
    from += run.tokens;
  }
  if (own.empty()) own.push_back({c.modulation.back().e_B6D, 0});
  own.back().tokens += share - held;  // padding
  c.modulation = std::move(own);
  c.rope = {ranks.own(c.rope.cos_LK2, -2), ranks.own(c.rope.sin_LK2, -2)};
  c.wanted = 0;
  c.ranks = &ranks;
  c.allTokens = tokens;
  return c;
}

Block::Block(const StateDict& weights, const std::string& prefix, std::int64_t heads)
    : m_heads(heads), m_modulation_16D(weights.at(prefix + ".modulation")), m_self(weights, prefix + ".self_attn"),
      m_hasCross(weights.has(prefix + ".cross_attn.q.weight")), m_ffnIn(weights, prefix + ".ffn.0"), m_ffnOut(weights, prefix + ".ffn.2") {
  const std::int64_t width = m_self.q.weight_OI.size(1);
  if (heads < 1 || width % heads != 0 || (width / heads) % 2 != 0)
    fail(ErrorCode::kPackInvalid, "a width of " + std::to_string(width) + " does not divide into " + std::to_string(heads) + " heads");
  requireShape(m_modulation_16D, {1, 6, width}, (prefix + ".modulation").c_str());
  if (!m_hasCross) return;
  m_cross = Attention(weights, prefix + ".cross_attn");
  m_norm3Weight_D = weights.maybe(prefix + ".norm3.weight");
  m_norm3Bias_D = weights.maybe(prefix + ".norm3.bias");
}

Tensor Block::selfAttention(const Tensor& x_BLD, const BlockContext& c, const std::string& name) const {
  const std::int64_t headWidth = x_BLD.size(2) / m_heads;
  const std::int64_t skipped = c.wanted > 0 ? x_BLD.size(1) - c.wanted : 0;
  Tensor q_BLD = m_self.q(skipped > 0 ? x_BLD.narrow(1, skipped, c.wanted) : x_BLD), k_BLD = m_self.k(x_BLD);
  if (c.observer) {
    observe(c.observer, name + ".self_attn.norm_q", rmsNorm(q_BLD, m_self.normQ_D));
    observe(c.observer, name + ".self_attn.norm_k", rmsNorm(k_BLD, m_self.normK_D));
  }
  const RopeTable queryRope = skipped > 0 ? c.rope.rows(skipped, c.wanted) : c.rope;
  const Tensor q_BLNK = rmsRotated(std::move(q_BLD), m_self.normQ_D, queryRope, m_heads, 1.0 / std::sqrt(static_cast<double>(headWidth)));
  const Tensor k_BLNK = rmsRotated(std::move(k_BLD), m_self.normK_D, c.rope, m_heads, 1.0), v_BLNK = m_self.v(x_BLD).unflatten(-1, {m_heads, headWidth});
  observe(c.observer, name + ".self_attn.v", v_BLNK.flatten(2));
  const Tensor y = c.ranks ? rankAttention({q_BLNK, k_BLNK, v_BLNK}, c) : attention(q_BLNK, k_BLNK, v_BLNK, 1.0, c.keyLengths, c.poll);
  const Tensor out = m_self.o(y.flatten(2));
  observe(c.observer, name + ".self_attn", out);
  return out;
}

Tensor Block::rankAttention(const std::vector<Tensor>& qkv_BLNK, const BlockContext& c) const {
  const std::vector<Tensor> all = c.ranks->toHeads(qkv_BLNK, c.allTokens, c.poll);
  return c.ranks->toTokens(attention(all[0], all[1], all[2], 1.0, c.keyLengths, c.poll), m_heads, c.poll);
}

Tensor Block::crossAttention(const Tensor& x_BLD, const BlockContext& c, const std::string& name) const {
  const std::int64_t headWidth = x_BLD.size(2) / m_heads;
  const Tensor q_BLNK = rmsRotated(m_cross.q(x_BLD), m_cross.normQ_D, {}, m_heads, 1.0), k_BSNK = rmsRotated(m_cross.k(c.text_BSD), m_cross.normK_D, {}, m_heads, 1.0);
  const Tensor y = attention(q_BLNK, k_BSNK, m_cross.v(c.text_BSD).unflatten(-1, {m_heads, headWidth}), 1.0 / std::sqrt(static_cast<double>(headWidth)), {}, c.poll);
  const Tensor out = m_cross.o(y.flatten(2));
  observe(c.observer, name + ".cross_attn", out);
  return out;
}

Tensor Block::forward(const Tensor& x_BLD, const BlockContext& c, const std::string& name) const {
  const std::int64_t skipped = c.wanted > 0 ? x_BLD.size(1) - c.wanted : 0;
  const Factors all(c.modulation, m_modulation_16D), wanted = skipped > 0 ? Factors({c.modulation.back()}, m_modulation_16D) : all;
  if (c.observer) observe(c.observer, name + ".norm1", layerNorm(x_BLD));
  Tensor norm1 = all.modulated(x_BLD, 1, 0, typeOf(m_self.q, x_BLD));
  Tensor x = wanted.gated(skipped > 0 ? x_BLD.narrow(1, skipped, c.wanted) : x_BLD, selfAttention(norm1, c, name), 2);
  norm1.reset();
  if (m_hasCross && c.text_BSD.defined()) {
    const Tensor norm3 = layerNorm(x, m_norm3Weight_D, m_norm3Bias_D);
    observe(c.observer, name + ".norm3", norm3);
    x = addGated(x, crossAttention(norm3, c, name));
  }
  if (c.poll) settle(x.device()), c.poll();
  const Tensor ffn = feedForward(m_ffnIn, m_ffnOut, wanted.modulated(x, 4, 3, typeOf(m_ffnIn, x)), c.poll);
  observe(c.observer, name + ".ffn", ffn);
  return wanted.gated(x, ffn, 5);
}

Transformer::Transformer(const StateDict& weights, TransformerConfig config)
    : m_config(std::move(config)), m_patchWeight(weights.at("patch_embedding.weight")), m_patchBias(weights.at("patch_embedding.bias")),
      m_timeIn(weights, "time_embedding.0", true), m_timeOut(weights, "time_embedding.2", true),
      m_timeProjection(weights, "time_projection.1", true), m_head(weights, "head.head", true), m_headModulation_12D(weights.at("head.modulation")) {
  if (weights.has("text_embedding.0.weight")) {
    m_textIn = Linear(weights, "text_embedding.0", true);
    m_textOut = Linear(weights, "text_embedding.2", true);
  }
  for (std::int64_t i = 0; i < m_config.layers; ++i) m_blocks.emplace_back(weights, "blocks." + std::to_string(i), m_config.heads);
  if (m_config.vaceLayers.empty()) return;
  m_vacePatchWeight = weights.at("vace_patch_embedding.weight");
  m_vacePatchBias = weights.at("vace_patch_embedding.bias");
  for (std::size_t n = 0; n < m_config.vaceLayers.size(); ++n) {
    const std::string prefix = "vace_blocks." + std::to_string(n);
    std::optional<Linear> before;
    if (n == 0) before = Linear(weights, prefix + ".before_proj");
    m_vaceBlocks.push_back({Block(weights, prefix, m_config.heads), before, Linear(weights, prefix + ".after_proj")});
  }
}

Tensor Transformer::patchTokens(const Tensor& latent_CTHW, const Tensor& weight, const Tensor& bias) const {
  requireShape(latent_CTHW, {weight.size(1), -1, -1, -1}, "latent");
  const auto& p = m_config.patch;
  for (std::int64_t axis = 0; axis < 3; ++axis)
    if (latent_CTHW.size(axis + 1) % p[static_cast<std::size_t>(axis)] != 0)
      fail(ErrorCode::kSizeMismatch, "a latent of " + shapeText(latent_CTHW.sizes()) + " does not divide into patches");
  // A patch convolution without overlap is a linear layer over the values of each patch.
  const std::int64_t c = latent_CTHW.size(0), t = latent_CTHW.size(1) / p[0], h = latent_CTHW.size(2) / p[1], w = latent_CTHW.size(3) / p[2];
  const Tensor values = latent_CTHW.reshape({c, t, p[0], h, p[1], w, p[2]}).permute({1, 3, 5, 0, 2, 4, 6}).reshape({t * h * w, -1});
  return product(values.to(bias.device(), bias.scalar_type()), weight.flatten(1), bias);
}

Tensor Transformer::embedPatches(const Tensor& latent_CTHW) const { return patchTokens(latent_CTHW, m_patchWeight, m_patchBias); }

Tensor Transformer::embedText(const Tensor& text_SI) const {
  requireShape(text_SI, {-1, m_config.textWidth}, "text features");
  if (text_SI.size(0) > m_config.textLength) fail(ErrorCode::kLimitExceeded, "the text has more tokens than the model takes");
  const Tensor padded = at::constant_pad_nd(text_SI, {0, 0, 0, m_config.textLength - text_SI.size(0)});
  return m_textOut(at::gelu(m_textIn(padded.to(m_patchBias.device(), m_patchBias.scalar_type())), "tanh"));
}

std::pair<Tensor, Tensor> Transformer::embedTimes(const std::vector<double>& times, at::Device device) const {
  const Tensor sinusoid = timeSinusoid(times, m_config.frequencyWidth).to(device, m_patchBias.scalar_type());
  const Tensor e_BD = m_timeOut(at::silu(m_timeIn(sinusoid)));
  return {e_BD, m_timeProjection(at::silu(e_BD)).unflatten(1, {6, m_config.width})};
}

Tensor Transformer::runBlocks(Tensor x_BLD, const BlockContext& context, const std::vector<Tensor>& hints_BLD, double hintScale) const {
  BlockContext inner = context;
  inner.wanted = 0;
  for (std::size_t i = 0; i < m_blocks.size(); ++i) {
    const std::string name = "block" + std::to_string(i);
    x_BLD = m_blocks[i].forward(x_BLD, i + 1 < m_blocks.size() ? inner : context, name);
    for (std::size_t n = 0; n < hints_BLD.size(); ++n)
      if (m_config.vaceLayers[n] == static_cast<std::int64_t>(i)) x_BLD = x_BLD + hints_BLD[n] * hintScale;
    observe(context.observer, name, x_BLD);
  }
  return x_BLD;
}

Tensor Transformer::head(const Tensor& x_BLD, const Tensor& e_BD) const {
  const Tensor e_B2D = m_headModulation_12D + e_BD.unsqueeze(1);
  return m_head(layerNorm(x_BLD) * (1 + e_B2D.narrow(1, 1, 1)) + e_B2D.narrow(1, 0, 1));
}

Tensor Transformer::unpatchify(const Tensor& values_LP, std::int64_t steps, std::int64_t rows, std::int64_t columns) const {
  const auto& p = m_config.patch;
  return values_LP.reshape({steps, rows, columns, p[0], p[1], p[2], m_config.outChannels})
      .permute({6, 0, 3, 1, 4, 2, 5})
      .reshape({m_config.outChannels, steps * p[0], rows * p[1], columns * p[2]});
}

std::vector<Tensor> Transformer::vaceHints(const TransformerInput& input, const Tensor& x_BLD, const BlockContext& context,
                                           std::int64_t length) const {
  std::vector<Tensor> rows, hints;
  for (const Tensor& vace : input.vace_CTHW) {
    const Tensor tokens_LD = patchTokens(vace, m_vacePatchWeight, m_vacePatchBias);
    rows.push_back(at::constant_pad_nd(tokens_LD, {0, 0, 0, length - tokens_LD.size(0)}));
  }
  Tensor c_BLD = at::stack(rows, 0);
  if (context.ranks) c_BLD = context.ranks->own(c_BLD, 1);
  for (std::size_t n = 0; n < m_vaceBlocks.size(); ++n) {
    const VaceBlock& vace = m_vaceBlocks[n];
    const std::string name = "vace_block" + std::to_string(n);
    if (vace.before) c_BLD = (*vace.before)(c_BLD) + x_BLD;
    c_BLD = vace.block.forward(c_BLD, context, name);
    observe(context.observer, name + ".c", c_BLD);
    hints.push_back(vace.after(c_BLD));
    observe(context.observer, name + ".hint", hints.back());
  }
  return hints;
}

std::vector<Tensor> Transformer::forward(const TransformerInput& input, const Poll& poll, const Observer& observer) const {
  if (input.latent_CTHW.empty() || input.times.size() != input.latent_CTHW.size())
    fail(ErrorCode::kSizeMismatch, "each sample needs a latent and a time");
  std::vector<Tensor> tokens, texts;
  BlockContext context;
  std::int64_t length = input.sequenceLength;
  for (const Tensor& latent : input.latent_CTHW) {
    tokens.push_back(embedPatches(latent));
    context.keyLengths.push_back(tokens.back().size(0));
    length = std::max(length, tokens.back().size(0));
  }
  std::vector<Tensor> cosines, sines;
  for (std::size_t b = 0; b < input.latent_CTHW.size(); ++b) {
    const Tensor& latent = input.latent_CTHW[b];
    std::vector<Position> positions = gridPositions(latent.size(1) / m_config.patch[0], latent.size(2) / m_config.patch[1], latent.size(3) / m_config.patch[2]);
    positions.resize(static_cast<std::size_t>(length), Position{0, 0, 0, false});
    const RopeTable table = ropeTable(positions, m_config.headWidth()).to(latent.device());
    cosines.push_back(table.cos_LK2);
    sines.push_back(table.sin_LK2);
    tokens[b] = at::constant_pad_nd(tokens[b], {0, 0, 0, length - tokens[b].size(0)});
    if (b < input.text_SI.size()) texts.push_back(embedText(input.text_SI[b]));
  }
  context.rope = {at::stack(cosines, 0), at::stack(sines, 0)};
  if (std::all_of(context.keyLengths.begin(), context.keyLengths.end(), [&](std::int64_t n) { return n == length; })) context.keyLengths.clear();
  cosines.clear(), sines.clear();
  Tensor x_BLD = tokens.size() == 1 ? tokens[0].unsqueeze(0) : at::stack(tokens, 0);
  tokens.clear();
  observe(observer, "tokens", x_BLD);
  if (!texts.empty()) context.text_BSD = at::stack(texts, 0);
  if (!texts.empty()) observe(observer, "context_emb", context.text_BSD);
  const auto [e_BD, e0_B6D] = embedTimes(input.times, x_BLD.device());
  observe(observer, "e", e_BD);
  observe(observer, "e0", e0_B6D);
  context.modulation = {{e0_B6D, length}};
  context.poll = poll;
  context.observer = observer;
  if (input.ranks) {
    context = ownContext(std::move(context), *input.ranks, length);
    x_BLD = input.ranks->own(x_BLD, 1);
  }
  std::vector<Tensor> hints;
  if (!input.vace_CTHW.empty() && !m_vaceBlocks.empty()) hints = vaceHints(input, x_BLD, context, length);
  Tensor head_BLP = head(runBlocks(std::move(x_BLD), context, hints, input.vaceScale), e_BD);
  if (input.ranks) head_BLP = input.ranks->gather(head_BLP, length, poll);
  observe(observer, "head", head_BLP);
  std::vector<Tensor> out;
  for (std::size_t b = 0; b < input.latent_CTHW.size(); ++b) {
    const Tensor& latent = input.latent_CTHW[b];
    const std::int64_t t = latent.size(1) / m_config.patch[0], h = latent.size(2) / m_config.patch[1], w = latent.size(3) / m_config.patch[2];
    out.push_back(unpatchify(head_BLP[static_cast<std::int64_t>(b)].narrow(0, 0, t * h * w), t, h, w).to(at::kFloat));
  }
  return out;
}

}  // namespace pai::inference
