// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/sequence.h"

#include <cstring>

namespace pai::inference {

using core::ErrorCode;

namespace {

constexpr std::size_t kMostReferences = 16;

/// Order of two pictures by their bytes; any fixed order will do.
int compareContent(const Tensor& a, const Tensor& b) {
  const Tensor x = a.detach().cpu().to(at::kFloat).contiguous(), y = b.detach().cpu().to(at::kFloat).contiguous();
  if (x.numel() != y.numel()) return x.numel() < y.numel() ? -1 : 1;
  return std::memcmp(x.data_ptr(), y.data_ptr(), x.nbytes());
}

void append(std::vector<Position>& to, const std::vector<Position>& more) { to.insert(to.end(), more.begin(), more.end()); }

}  // namespace

double latentPosition(std::int64_t frame, bool continuous) {
  if (frame <= 0) return 0.0;
  return continuous ? (static_cast<double>(frame) + 1.5) / 4.0 : static_cast<double>((frame + 3) / 4);
}

std::vector<SequenceReference> canonicalOrder(std::vector<SequenceReference> references) {
  std::stable_sort(references.begin(), references.end(), [](const SequenceReference& a, const SequenceReference& b) {
    return a.position != b.position ? a.position < b.position : compareContent(a.latent_CTHW, b.latent_CTHW) < 0;
  });
  return references;
}

InContextModel::InContextModel(const StateDict& weights, TransformerConfig config)
    : m_transformer(weights, std::move(config)), m_conditionRole_D(weights.maybe("role_embedding.condition")),
      m_referenceRole_D(weights.maybe("role_embedding.reference")) {
  for (const Tensor& role : {m_conditionRole_D, m_referenceRole_D})
    if (role.defined()) requireShape(role, {m_transformer.config().width}, "a role embedding");
}

Sequence InContextModel::sequence(const SequenceSample& sample) const {
  if (sample.references.size() > kMostReferences) fail(ErrorCode::kLimitExceeded, "more than 16 references");
  const auto& patch = m_transformer.config().patch;
  const auto grid = [&](const Tensor& latent, double firstT) {
    return gridPositions(latent.size(1) / patch[0], latent.size(2) / patch[1], latent.size(3) / patch[2], firstT);
  };
  const auto withRole = [](const Tensor& tokens, const Tensor& role) { return role.defined() ? tokens + role : tokens; };
  Sequence out;
  std::vector<Tensor> parts;
  if (sample.text_SI.defined() && !m_transformer.config().crossAttention) {
    parts.push_back(m_transformer.embedText(sample.text_SI).narrow(0, 0, sample.text_SI.size(0)));
    out.textTokens = sample.text_SI.size(0);
    out.positions.resize(static_cast<std::size_t>(out.textTokens), Position{0, 0, 0, false});
  }
  if (sample.condition_CTHW.defined()) {
    requireShape(sample.condition_CTHW, sample.target_CTHW.sizes(), "the condition");
    parts.push_back(withRole(m_transformer.embedPatches(sample.condition_CTHW), m_conditionRole_D));
    out.conditionTokens = parts.back().size(0);
    append(out.positions, grid(sample.condition_CTHW, sample.firstPosition));
  }
  for (const SequenceReference& reference : canonicalOrder(sample.references)) {
    requireShape(reference.latent_CTHW, {-1, patch[0], -1, -1}, "a reference");
    parts.push_back(withRole(m_transformer.embedPatches(reference.latent_CTHW), m_referenceRole_D));
    out.referenceTokens += parts.back().size(0);
    append(out.positions, grid(reference.latent_CTHW, reference.position));
  }
  parts.push_back(m_transformer.embedPatches(sample.target_CTHW));
  out.targetTokens = parts.back().size(0);
  append(out.positions, grid(sample.target_CTHW, sample.firstPosition));
  out.tokens_LD = at::cat(parts, 0);
  return out;
}

std::vector<Tensor> InContextModel::velocity(const std::vector<SequenceSample>& samples, const Poll& poll, const Observer& observer, const Ranks* ranks) const {
  if (samples.empty()) fail(ErrorCode::kInternal, "no samples");
  const TransformerConfig& config = m_transformer.config();
  std::vector<Tensor> tokens, cosines, sines, texts;
  std::vector<double> times;
  Sequence first;
  for (const SequenceSample& sample : samples) {
    Sequence sequence = this->sequence(sample);
    const RopeTable table = ropeTable(sequence.positions, config.headWidth()).to(sample.target_CTHW.device());
    tokens.push_back(sequence.tokens_LD);
    cosines.push_back(table.cos_LK2);
    sines.push_back(table.sin_LK2);
    times.push_back(sample.time);
    if (config.crossAttention && sample.text_SI.defined()) texts.push_back(m_transformer.embedText(sample.text_SI));
    if (tokens.size() == 1) first = std::move(sequence);
    else if (sequence.cleanTokens() != first.cleanTokens() || sequence.targetTokens != first.targetTokens)
      fail(ErrorCode::kSizeMismatch, "the samples of a batch differ in their numbers of tokens");
  }
  first.tokens_LD.reset();
  Tensor x_BLD = tokens.size() == 1 ? tokens[0].unsqueeze(0) : at::stack(tokens, 0);
  tokens.clear();
  observe(observer, "tokens", x_BLD);
  const auto [e_BD, e0_B6D] = m_transformer.embedTimes(times, x_BLD.device());
  BlockContext context;
  if (first.cleanTokens() > 0) {
    const Tensor clean_B6D = m_transformer.embedTimes(std::vector<double>(times.size(), 0.0), x_BLD.device()).second;
    context.modulation.push_back({clean_B6D, first.cleanTokens()});
  }
  context.modulation.push_back({e0_B6D, first.targetTokens});
  context.rope = {at::stack(cosines, 0), at::stack(sines, 0)};
  observe(observer, "rope_cos", context.rope.cos_LK2);
  observe(observer, "rope_sin", context.rope.sin_LK2);
  if (!texts.empty()) context.text_BSD = at::stack(texts, 0);
  context.poll = poll;
  context.observer = observer;
  if (!observer) context.wanted = first.targetTokens;  // an observer sees every token of every block
  cosines.clear(), sines.clear();
  const std::int64_t all = x_BLD.size(1), targets = first.targetTokens;
  if (ranks) {
    context = ownContext(std::move(context), *ranks, all);
    x_BLD = ranks->own(x_BLD, 1);
  }
  const Tensor x_BTD = m_transformer.runBlocks(std::move(x_BLD), context);
  // A share may hold any of the tokens; without ranks the target's are at the end.
  const Tensor values_BLP = ranks ? ranks->gather(m_transformer.head(x_BTD, e_BD), all, poll).narrow(1, all - targets, targets)
                                  : m_transformer.head(x_BTD.narrow(1, x_BTD.size(1) - targets, targets), e_BD);
  observe(observer, "head", values_BLP);
  std::vector<Tensor> out;
  for (std::size_t b = 0; b < samples.size(); ++b) {
    const Tensor& target = samples[b].target_CTHW;
    out.push_back(m_transformer.unpatchify(values_BLP[static_cast<std::int64_t>(b)], target.size(1) / config.patch[0],
                                           target.size(2) / config.patch[1], target.size(3) / config.patch[2]).to(at::kFloat));
  }
  return out;
}

}  // namespace pai::inference
