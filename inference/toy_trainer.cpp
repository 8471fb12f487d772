// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/toy_trainer.h"

#include <chrono>
#include <cmath>
#include <future>

#include <c10/core/GradMode.h>

#include "inference/noise.h"

namespace pai::inference {

namespace {

constexpr std::uint64_t kHeldOutSeeds = std::uint64_t{1} << 40;  // training clips never come from these
constexpr double kShift = 4.0;                                   // of the times of training and of the Euler steps, towards noise

double shifted(double u) { return kShift * u / (1 + (kShift - 1) * u); }

Tensor toyNoise(std::uint64_t seed) { return shotNoise(seed, 0, 3, kToyFrames, kToyRows, kToyColumns); }

Tensor randomNormal(ToyRandom& random, at::IntArrayRef shape, double spread) {
  Tensor out = at::empty(shape);
  float* const values = out.data_ptr<float>();
  for (std::int64_t i = 0; i < out.numel(); ++i) values[i] = static_cast<float>(spread * random.normal());
  return out;
}

/// Makes linear layers under their published names.
struct Maker {
  StateDict& weights;
  ToyRandom& random;
  void linear(const std::string& name, std::int64_t in, std::int64_t out, double gain = 1.0) {
    weights.put(name + ".weight", randomNormal(random, {out, in}, gain / std::sqrt(static_cast<double>(in))));
    weights.put(name + ".bias", at::zeros({out}));
  }
};

void makeBlock(Maker& make, const std::string& prefix, const TransformerConfig& config) {
  const std::int64_t width = config.width;
  const double branch = 1.0 / std::sqrt(2.0 * static_cast<double>(config.layers));
  for (const char* name : {"q", "k", "v"}) make.linear(prefix + ".self_attn." + name, width, width);
  make.linear(prefix + ".self_attn.o", width, width, branch);
  // Equal biases of queries and keys: before anything is learned, a token looks at what lies where it lies, whatever its role.
  const Tensor bias = randomNormal(make.random, {width}, 1.0);
  make.weights.put(prefix + ".self_attn.q.bias", bias);
  make.weights.put(prefix + ".self_attn.k.bias", bias.clone());
  for (const char* name : {"norm_q", "norm_k"}) make.weights.put(prefix + ".self_attn." + name + ".weight", at::ones({width}));
  make.linear(prefix + ".ffn.0", width, config.ffnWidth);
  make.linear(prefix + ".ffn.2", config.ffnWidth, width, branch);
  Tensor modulation = randomNormal(make.random, {1, 6, width}, 0.02);
  for (const std::int64_t gate : {2, 5}) modulation.select(1, gate).add_(1.0);
  make.weights.put(prefix + ".modulation", modulation);
}

struct Masked {
  double squares = 0, values = 0;
  void add(const Tensor& difference_CTHW, const Tensor& mask_THW) {
    squares += at::sum(difference_CTHW.square() * mask_THW).item<double>();
    values += 3 * at::sum(mask_THW).item<double>();
  }
  void add(const Masked& more) {
    squares += more.squares;
    values += more.values;
  }
  double mean() const { return values > 0 ? squares / values : 0; }
};

struct Errors {
  Masked background, foreground;
  void add(const Tensor& picture, const ToyClip& clip) {
    const Tensor difference = picture - clip.target_CTHW;
    background.add(difference, (clip.matte_THW <= 0).to(at::kFloat));
    foreground.add(difference, (clip.matte_THW >= 1).to(at::kFloat));
  }
  void add(const Errors& more) {
    background.add(more.background);
    foreground.add(more.foreground);
  }
  ToyErrors means() const { return {background.mean(), foreground.mean()}; }
};

/// A held-out clip and its references, in their true places.
std::pair<ToyClip, std::vector<SequenceReference>> heldOut(std::int64_t index, std::int64_t references) {
  const std::uint64_t seed = kHeldOutSeeds + static_cast<std::uint64_t>(index);
  ToyClip clip = makeToyClip(seed);
  ToyRandom random(~seed);
  std::vector<SequenceReference> list = toyReferences(clip, pickFrames(random, references));
  return {std::move(clip), std::move(list)};
}

void misplace(std::vector<SequenceReference>& references, ToyTask::Places places) {
  if (places == ToyTask::Places::kTrue || references.empty()) return;
  const double first = references.front().position;
  for (std::size_t i = 0; i < references.size(); ++i) {
    const double next = i + 1 < references.size() ? references[i + 1].position : first;
    references[i].position = places == ToyTask::Places::kAllZero ? 0.0 : next;
  }
}

}  // namespace

TransformerConfig toyConfig(const ToyOptions& options) {
  TransformerConfig config;
  config.patch = {1, 4, 4};
  config.inChannels = config.outChannels = 3;
  config.width = options.width;
  config.ffnWidth = options.ffnWidth;
  config.heads = options.heads;
  config.layers = options.layers;
  config.crossAttention = false;
  return config;
}

StateDict randomWeights(const TransformerConfig& config, std::uint64_t seed) {
  StateDict weights;
  ToyRandom random(seed ^ 0x70'61'69u);
  Maker make{weights, random};
  const std::int64_t width = config.width, values = config.inChannels * config.patchValues();
  const auto& p = config.patch;
  weights.put("patch_embedding.weight", randomNormal(random, {width, config.inChannels, p[0], p[1], p[2]}, 1.0 / std::sqrt(static_cast<double>(values))));
  weights.put("patch_embedding.bias", at::zeros({width}));
  make.linear("time_embedding.0", config.frequencyWidth, width);
  make.linear("time_embedding.2", width, width);
  make.linear("time_projection.1", width, 6 * width, 0.1);
  for (std::int64_t i = 0; i < config.layers; ++i) makeBlock(make, "blocks." + std::to_string(i), config);
  make.linear("head.head", width, config.outChannels * config.patchValues(), 0.1);
  weights.put("head.modulation", randomNormal(random, {1, 2, width}, 0.02));
  for (const char* role : {"condition", "reference"}) weights.put(std::string("role_embedding.") + role, at::zeros({width}));
  return weights;
}

double toyGradients(const InContextModel& model, const ToyOptions& options, std::int64_t step, std::int64_t first, std::int64_t last) {
  ToyRandom random(options.seed * 0x1000003u + static_cast<std::uint64_t>(step));
  const std::int64_t references = 1 + random.below(3);
  std::vector<SequenceSample> samples;
  std::vector<Tensor> velocities;
  for (std::int64_t b = 0; b < last; ++b) {
    const std::uint64_t seed = (random.next() >> 25) & (kHeldOutSeeds - 1);
    const std::vector<std::int64_t> frames = pickFrames(random, references);
    const double time = shifted((static_cast<double>(b) + random.uniform(0, 1)) / static_cast<double>(options.batch));
    if (b < first) continue;
    const ToyClip clip = makeToyClip(seed);
    const Tensor noise = toyNoise(seed);
    SequenceSample sample;
    sample.target_CTHW = noise * time + clip.target_CTHW * (1 - time);
    sample.time = 1000 * time;
    sample.condition_CTHW = clip.condition_CTHW;
    sample.references = toyReferences(clip, frames);
    samples.push_back(std::move(sample));
    velocities.push_back(noise - clip.target_CTHW);
  }
  const double share = static_cast<double>(last - first) / static_cast<double>(options.batch);
  const Tensor loss = share * at::mse_loss(at::stack(model.velocity(samples), 0), at::stack(velocities, 0));
  loss.backward();
  return loss.item<double>();
}

double toyGradients(const InContextModel& model, const ToyOptions& options, std::int64_t step) {
  return toyGradients(model, options, step, 0, options.batch);
}

namespace {

/// Weights for each part of a batch, in shared storage.
class Shards {
 public:
  Shards(const StateDict& weights, const ToyOptions& options) : m_options(options), m_weights(weights) {
    const std::int64_t count = std::clamp<std::int64_t>(options.shards, 1, options.batch);
    for (std::int64_t i = 0; i < count; ++i) m_leaves.push_back(sharedLeaves(weights));
  }
  /// Loss of the step's batch; its gradients are added to the weights' own, in a fixed order.
  double gradients(std::int64_t step) {
    const auto count = static_cast<std::int64_t>(m_leaves.size());
    std::vector<std::future<double>> losses;
    for (std::int64_t i = 0; i < count; ++i)
      losses.push_back(std::async(std::launch::async, [this, i, count, step] {
        at::init_num_threads();
        const StateDict used = m_leaves[static_cast<std::size_t>(i)].forCompute({at::kCPU, m_options.products});  // rounded anew at each step
        return toyGradients(InContextModel(used, toyConfig(m_options)), m_options, step, m_options.batch * i / count, m_options.batch * (i + 1) / count);
      }));
    double loss = 0;
    for (auto& one : losses) loss += one.get();
    for (const StateDict& leaves : m_leaves) addGradients(m_weights, leaves);
    return loss;
  }

 private:
  const ToyOptions& m_options;
  const StateDict& m_weights;
  std::vector<StateDict> m_leaves;
};

/// One thread for each operation while it lives: the parts of a batch are the parallel work.
class OneThread {
 public:
  OneThread() { at::set_num_threads(1); }
  ~OneThread() { at::set_num_threads(m_before); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int m_before = at::get_num_threads();
};

}  // namespace

void trainToy(StateDict& weights, const ToyOptions& options, const std::function<void(const ToyProgress&)>& report, const Poll& poll) {
  const auto start = std::chrono::steady_clock::now();
  const OneThread one;
  OptimiserSettings settings;
  settings.rate = options.rate;
  settings.matrixRate = options.matrixRate;
  settings.products = options.products;
  Optimiser optimiser(weights, settings);
  Shards shards(weights, options);
  double loss = 0;
  std::int64_t since = 0;
  for (std::int64_t step = 0; step < options.steps; ++step) {
    if (poll) poll();
    loss += shards.gradients(step);
    const double norm = optimiser.step(warmupCosine(step, options.steps, options.warmup));
    ++since;
    if ((step + 1) % 50 != 0 && step + 1 != options.steps) continue;
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    if (report) report({step + 1, loss / static_cast<double>(since), norm, spent.count()});
    loss = 0;
    since = 0;
  }
}

namespace {

/// Held-out clips `first` to `last` - 1 as one batch.
Errors evaluateClips(const InContextModel& model, ToyTask task, std::int64_t first, std::int64_t last, std::int64_t solverSteps) {
  const c10::AutoGradMode off(false);
  std::vector<ToyClip> clips;
  std::vector<SequenceSample> samples;
  for (std::int64_t i = first; i < last; ++i) {
    auto [clip, references] = heldOut(i, task.references);
    misplace(references, task.places);
    SequenceSample sample;
    sample.condition_CTHW = clip.condition_CTHW;
    sample.references = std::move(references);
    sample.target_CTHW = toyNoise(kHeldOutSeeds + static_cast<std::uint64_t>(i));
    samples.push_back(std::move(sample));
    clips.push_back(std::move(clip));
  }
  const auto at = [&](std::int64_t k) { return shifted(1.0 - static_cast<double>(k) / static_cast<double>(solverSteps)); };
  for (std::int64_t n = 0; n < solverSteps; ++n) {
    for (SequenceSample& sample : samples) sample.time = 1000 * at(n);
    const std::vector<Tensor> velocities = model.velocity(samples);
    for (std::size_t b = 0; b < samples.size(); ++b) samples[b].target_CTHW = samples[b].target_CTHW + velocities[b] * (at(n + 1) - at(n));
  }
  Errors errors;
  for (std::size_t b = 0; b < samples.size(); ++b) errors.add(samples[b].target_CTHW, clips[b]);
  return errors;
}

}  // namespace

ToyErrors evaluateToy(const InContextModel& model, ToyTask task, std::int64_t clips, std::int64_t solverSteps) {
  constexpr std::int64_t kBatch = 8;
  const OneThread one;
  std::vector<std::future<Errors>> parts;
  Errors errors;
  const auto gather = [&] {
    for (auto& part : parts) errors.add(part.get());
    parts.clear();
  };
  for (std::int64_t first = 0; first < clips; first += kBatch) {
    parts.push_back(std::async(std::launch::async, [&, first] {
      at::init_num_threads();
      return evaluateClips(model, task, first, std::min(clips, first + kBatch), solverSteps);
    }));
    if (parts.size() == 2) gather();
  }
  gather();
  return errors.means();
}

ToyErrors evaluatePasted(std::int64_t references, std::int64_t clips) {
  Errors errors;
  for (std::int64_t i = 0; i < clips; ++i) {
    const auto [clip, list] = heldOut(i, references);
    const Tensor matte = clip.matte_THW;
    errors.add(crossfade(list) * (1 - matte) + clip.pasted_CTHW * matte, clip);
  }
  return errors.means();
}

}  // namespace pai::inference
