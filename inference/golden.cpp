// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/golden.h"

#include <cmath>

#include "core/base/file_system.h"
#include "core/base/json_reader.h"
#include "inference/rope.h"
#include "inference/sequence.h"
#include "inference/solvers.h"
#include "inference/taehv.h"
#include "inference/transformer.h"
#include "inference/umt5.h"
#include "inference/vace.h"
#include "inference/vae_stream.h"

namespace pai::inference {

using core::ErrorCode;
using nlohmann::json;

namespace {

constexpr std::uint64_t kManifestLimit = 16u << 20;
constexpr std::size_t kMostGoldenFiles = 64;

/// Sizes that weights do not tell come from the manifest.
TransformerConfig transformerConfig(const GoldenFile& file) {
  TransformerConfig c = detectTransformer(file.tensors);
  c.heads = file.config().at("num_heads").get<std::int64_t>();
  c.textLength = file.config().at("text_len").get<std::int64_t>();
  if (c.heads < 1 || c.textLength < 1 || c.textLength > 65536) fail(ErrorCode::kFieldInvalid, "heads or text length out of range", file.name);
  if (file.config().contains("vace_layers")) c.vaceLayers = file.config().at("vace_layers").get<std::vector<std::int64_t>>();
  return c;
}

Observer into(Computed& out, std::string prefix) {
  return [&out, prefix = std::move(prefix)](const std::string& name, const Tensor& value) { out[prefix + name] = value; };
}

void transformerUnits(const StateDict& w, const TransformerConfig& c, Computed& out) {
  if (w.has("unit.in")) {
    out["unit.rmsnorm"] = rmsNorm(w.at("unit.in"), w.at("blocks.0.self_attn.norm_q.weight"));
    out["unit.layernorm_plain"] = layerNorm(w.at("unit.in"));
    out["unit.layernorm_affine"] = layerNorm(w.at("unit.in"), w.at("blocks.0.norm3.weight"), w.at("blocks.0.norm3.bias"));
  }
  if (!w.has("unit.time_t")) return;
  const Tensor times = w.at("unit.time_t").to(at::kCPU, at::kDouble);
  std::vector<double> list(times.data_ptr<double>(), times.data_ptr<double>() + times.numel());
  out["unit.time_sin"] = timeSinusoid(list, c.frequencyWidth);
}

Computed computeTransformer(const GoldenFile& file) {
  const StateDict& w = file.tensors;
  const TransformerConfig config = transformerConfig(file);
  const Transformer model(w, config);
  Computed out;
  for (const auto& [name, c] : file.entry.at("cases").items()) {
    TransformerInput input;
    for (const auto& sample : c.at("samples")) {
      const auto s = sample.get<std::string>();
      input.latent_CTHW.push_back(w.at("in.x" + s));
      input.text_SI.push_back(w.at("in.ctx" + s));
      if (w.has("in.vctx" + s)) input.vace_CTHW.push_back(w.at("in.vctx" + s));
    }
    input.times = c.at("t").get<std::vector<double>>();
    input.sequenceLength = c.at("seq_len").get<std::int64_t>();
    if (input.sequenceLength < 0 || input.sequenceLength > 1 << 20) fail(ErrorCode::kFieldInvalid, "seq_len out of range", file.name);
    if (c.contains("vace_context_scale")) input.vaceScale = c.at("vace_context_scale").get<double>();
    const std::vector<Tensor> result = model.forward(input, {}, into(out, name + "."));
    for (std::size_t i = 0; i < result.size(); ++i) out[name + ".out" + (result.size() > 1 ? std::to_string(i) : "")] = result[i];
  }
  transformerUnits(w, config, out);
  return out;
}

Computed computeInContext(const GoldenFile& file) {
  const StateDict& w = file.tensors;
  const InContextModel model(w, transformerConfig(file));
  SequenceSample sample;
  sample.target_CTHW = w.at("target");
  sample.condition_CTHW = w.maybe("condition");
  sample.text_SI = w.maybe("text");
  sample.time = file.config().at("time").get<double>();
  const auto places = file.config().at("reference_positions").get<std::vector<double>>();
  for (std::size_t i = 0; i < places.size(); ++i) sample.references.push_back({w.at(std::string("reference").append(std::to_string(i))), places[i]});
  Computed out;
  out["velocity"] = model.velocity({sample}, {}, into(out, ""))[0];
  return out;
}

Tensor floats(const std::vector<double>& values) { return at::tensor(values).to(at::kFloat); }

Computed computeRope(const GoldenFile& file, at::Device device) {
  const StateDict& w = file.tensors;
  const auto table = [&](const std::vector<Position>& positions, std::int64_t k) { return ropeTable(positions, k).to(device); };
  const auto& config = file.config();
  const auto grid = config.at("grid").get<std::vector<std::int64_t>>(), clone = config.at("clone_grid").get<std::vector<std::int64_t>>();
  if (grid.size() != 3 || clone.size() != 3) fail(ErrorCode::kFieldInvalid, "a grid has three sizes", file.name);
  const auto longest = config.at("max_seq_len").get<std::int64_t>();
  if (longest < 1 || longest > 65536) fail(ErrorCode::kFieldInvalid, "max_seq_len out of range", file.name);
  Computed out;
  for (const auto& width : config.at("head_dims")) {
    const auto k = width.get<std::int64_t>();
    const std::string d = std::string("d").append(std::to_string(k)).append(".");
    std::vector<Position> diagonal;
    for (std::int64_t i = 0; i < longest; ++i) diagonal.push_back({double(i), double(i), double(i), true});
    const RopeTable all = ropeTable(diagonal, k);
    out[d + "freqs_cos"] = all.cos_LK2;
    out[d + "freqs_sin"] = all.sin_LK2;
    out[d + "theta"] = floats(ropeSteps(k));
    const auto bands = ropeBands(k);
    out[d + "band_sizes"] = at::tensor(std::vector<std::int64_t>(bands.begin(), bands.end()));
    std::vector<Position> positions = gridPositions(grid[0], grid[1], grid[2]);
    out[d + "q_rot"] = rotate(w.at(d + "q"), table(positions, k));
    positions.resize(static_cast<std::size_t>(w.at(d + "q_padded").size(1)), Position{0, 0, 0, false});
    out[d + "q_padded_rot"] = rotate(w.at(d + "q_padded"), table(positions, k));
    for (const auto& p : config.at("clone_positions"))
      out[d + "clone_p" + p.dump()] = rotate(w.at(d + "clone_q"), table(gridPositions(clone[0], clone[1], clone[2], p.get<double>()), k));
  }
  return out;
}

Computed computeTextEncoder(const GoldenFile& file) {
  const StateDict& w = file.tensors;
  const TextEncoder encoder(w);
  Computed out;
  out["out"] = encoder.encode(w.at("in.ids"), w.at("in.mask"), {}, into(out, ""));
  for (std::int64_t b = 0; b < w.at("in.mask").size(0); ++b)
    out[std::string("out_trimmed").append(std::to_string(b))] = out["out"][b].narrow(0, 0, (w.at("in.mask")[b] != 0).sum().item<std::int64_t>());
  if (w.has("buckets.rel_pos")) {
    std::vector<std::int64_t> index;
    const Tensor places = w.at("buckets.rel_pos").cpu().contiguous();
    for (std::int64_t i = 0; i < places.numel(); ++i) index.push_back(TextEncoder::bucket(places.data_ptr<std::int64_t>()[i]));
    out["buckets.index"] = at::tensor(index);
  }
  if (w.has("unit.in")) out["unit.t5layernorm"] = rmsNorm(w.at("unit.in"), w.at("blocks.0.norm1.weight"));
  return out;
}

VideoVae vaeOf(const GoldenFile& file) {
  const StateDict& w = file.tensors;
  return VideoVae(w, w.maybe("mean"), w.maybe("std"), VideoVae::typeFor({w.at("conv2.weight").device(), w.products(), false}));
}

Computed computeVae(const GoldenFile& file) {
  const StateDict& w = file.tensors;
  const VideoVae vae = vaeOf(file);
  Computed out;
  for (const std::string name : {"video", "image"}) {
    if (!w.has("in." + name)) continue;
    const Observer observer = into(out, name + ".");
    out[name + ".mu"] = vae.encode(w.at("in." + name), {}, observer);
    out[name + ".decoded"] = vae.decode(out[name + ".mu"], {}, observer);
    out[name + ".decoded_clamped"] = out[name + ".decoded"].clamp(-1, 1);
  }
  if (w.has("in.latent")) out["latent.decoded"] = vae.decode(w.at("in.latent"));
  if (w.has("unit.in")) out["unit.rms_norm"] = channelNorm(w.at("unit.in"), w.at("encoder.downsamples.0.residual.0.gamma"));
  return out;
}

Computed computeVaceInputs(const GoldenSet& set, const GoldenFile& file) {
  const StateDict& w = file.tensors;
  const VideoVae vae = vaeOf(set.file("vae"));
  std::vector<Tensor> references;
  for (std::int64_t i = 0; w.has(std::string("in.ref").append(std::to_string(i))); ++i) references.push_back(w.at(std::string("in.ref").append(std::to_string(i))));
  Computed out;
  for (const std::string name : {"noref", "ref"}) {
    const std::vector<Tensor> used = name == "ref" ? references : std::vector<Tensor>{};
    const auto steps = static_cast<std::int64_t>(used.size());
    out[name + ".frames_latent"] = vaceFrames(vae, w.at("in.video"), w.at("in.mask"), used);
    out[name + ".mask_latent"] = vaceMask(w.at("in.mask"), steps);
    out[name + ".vace_context"] = at::cat({out[name + ".frames_latent"], out[name + ".mask_latent"]}, 0);
    out[name + ".decode_latent"] = vaceDecode(vae, out[name + ".frames_latent"].narrow(0, 0, vae.latentChannels()), steps);
  }
  for (const auto& [name, tensor] : w.all()) {
    const std::string prefix = "mask_time_index.";
    if (!name.starts_with(prefix) || name.size() > prefix.size() + 6) continue;
    out[name] = at::tensor(maskFrames(std::stoll(name.substr(prefix.size()))));
  }
  return out;
}

/// The made-up weights of a full-width preview model: a hash of key and index (weight_formula of the manifest).
Tensor formulaWeight(const std::string& key, at::IntArrayRef shape) {
  std::uint32_t seed = 2166136261u;
  for (const char c : key) seed = (seed ^ static_cast<unsigned char>(c)) * 16777619u;
  Tensor out = at::empty(shape);
  const std::int64_t count = out.numel();
  const double scale = shape.size() == 1 ? 0.2 : std::sqrt(3.0 / static_cast<double>(count / shape[0]));
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint32_t x = static_cast<std::uint32_t>(i) * 0x9E3779B1u + seed;
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    x ^= x >> 16;
    out.data_ptr<float>()[i] = static_cast<float>((2.0 * x / 4294967296.0 - 1.0) * scale);
  }
  return out;
}

/// Widths of the full model in place of those stored, layer by layer.
StateDict fullPreviewWeights(const GoldenFile& file) {
  const auto& config = file.config();
  std::map<std::int64_t, std::int64_t> encoder, decoder;
  const auto smallEncoder = config.at("small_widths").at("encoder").get<std::int64_t>();
  const auto fullEncoder = config.at("full_widths").at("encoder").get<std::int64_t>();
  const auto smallDecoder = config.at("small_widths").at("decoder").get<std::vector<std::int64_t>>();
  const auto fullDecoder = config.at("full_widths").at("decoder").get<std::vector<std::int64_t>>();
  if (smallDecoder.size() != 4 || fullDecoder.size() != 4) fail(ErrorCode::kFieldInvalid, "a preview decoder has four widths", file.name);
  for (const std::int64_t width : {fullEncoder, fullDecoder[0], fullDecoder[1], fullDecoder[2], fullDecoder[3]})
    if (width < 1 || width > 4096) fail(ErrorCode::kFieldInvalid, "a width is out of range", file.name);
  StateDict out;
  for (const auto& [name, tensor] : file.tensors.all()) {
    const bool enc = name.starts_with("encoder."), dec = name.starts_with("decoder.");
    if ((!enc && !dec) || file.tensors.has("in." + name)) continue;
    const std::int64_t layer = std::stoll(name.substr(8));
    // Output and input stage of each decoder layer: convolutions 8, 14 and 20 lead from one width to the next.
    const std::size_t stage = layer < 8 ? 0 : layer < 14 ? 1 : layer < 20 ? 2 : 3;
    const std::size_t stageIn = layer == 8 || layer == 14 || layer == 20 ? stage - 1 : stage;
    const std::int64_t last = enc ? file.tensors.count("encoder.") - 1 : file.tensors.count("decoder.") - 1;
    std::vector<std::int64_t> shape = tensor.sizes().vec();
    const bool keepsOut = layer == last, keepsIn = enc ? layer == 0 : layer == 1;
    const std::int64_t outSmall = enc ? smallEncoder : smallDecoder[stage], outFull = enc ? fullEncoder : fullDecoder[stage];
    const std::int64_t inSmall = enc ? smallEncoder : smallDecoder[stageIn], inFull = enc ? fullEncoder : fullDecoder[stageIn];
    if (!keepsOut) shape[0] = shape[0] / outSmall * outFull;
    if (shape.size() > 1 && !keepsIn) shape[1] = shape[1] / inSmall * inFull;
    out.put(name, formulaWeight(name, shape));
  }
  return out;
}

/// "[..., :6, :6]" of a tensor's description: the crop taken of the input.
Tensor croppedAsStated(const GoldenFile& file, const std::string& output, const Tensor& input) {
  const auto meaning = file.entry.at("tensors").at(output).at("meaning").get<std::string>();
  const auto at = meaning.find("..., :");
  if (at == std::string::npos) return input;
  const std::int64_t rows = std::stoll(meaning.substr(at + 6));
  const auto second = meaning.find(", :", at + 6);
  const std::int64_t columns = second == std::string::npos ? rows : std::stoll(meaning.substr(second + 3));
  return input.narrow(3, 0, rows).narrow(4, 0, columns);
}

Computed computePreview(const GoldenFile& file, at::Device device) {
  const StateDict& w = file.tensors;
  const PreviewVae small(w);
  Computed out;
  const auto decode = [&](const PreviewVae& model, const std::string& name, const Tensor& latent, const Observer& observer) {
    out[name + ".decoder_raw"] = model.decodeRaw(latent, observer);
    out[name + ".decoded"] = out[name + ".decoded_sequential"] = model.decode(latent);
  };
  decode(small, "small", w.at("in.latent"), into(out, "small."));
  if (w.has("in.latent_batch")) decode(small, "small_batch", w.at("in.latent_batch"), {});
  out["small.encoded"] = out["small.encoded_sequential"] = small.encode(w.at("in.video"));
  if (w.has("in.video4")) out["small4.encoded"] = out["small4.encoded_sequential"] = small.encode(w.at("in.video4"));
  const StateDict fullWeights = fullPreviewWeights(file);
  const PreviewVae full(fullWeights.to(device, at::kFloat));
  decode(full, "full", croppedAsStated(file, "full.decoded", w.at("in.latent")), {});
  out["full.encoded"] = full.encode(croppedAsStated(file, "full.encoded", w.at("in.video")));
  for (const auto& [name, tensor] : w.all())
    if (name.starts_with("formula.")) out[name] = fullWeights.at(name.substr(8)).flatten().narrow(0, 0, tensor.numel());
  return out;
}

/// "unipc.steps10.shift3" with an optional "extra." before and "_order3" after the solver's name.
struct SolverCase {
  SolverKind kind;
  int order, steps;
  double shift;
};
std::optional<SolverCase> solverCase(std::string name) {
  if (name.starts_with("extra.")) name = name.substr(6);
  const auto steps = name.find(".steps"), shift = name.find(".shift");
  if (steps == std::string::npos || shift == std::string::npos || shift < steps) return std::nullopt;
  std::string solver = name.substr(0, steps);
  int order = 2;
  if (const auto at = solver.find("_order"); at != std::string::npos) {
    order = std::stoi(solver.substr(at + 6));
    solver = solver.substr(0, at);
  }
  const auto kind = solverFromName(solver);
  if (!kind) return std::nullopt;
  return SolverCase{*kind, order, std::stoi(name.substr(steps + 6)), std::stod(name.substr(shift + 6))};
}

void timesInto(const Schedule& schedule, SolverKind kind, const std::string& name, Computed& out) {
  const Tensor times = at::tensor(schedule.times);
  out[name + ".timesteps"] = times.to(kind == SolverKind::kEuler ? at::kFloat : at::kLong);
  out[name + ".sigmas"] = floats(schedule.sigmas);
}

Computed computeSolvers(const GoldenFile& file) {
  Computed out;
  for (const auto& [tensor, value] : file.tensors.all()) {
    if (!tensor.ends_with(".timesteps")) continue;
    const std::string name = tensor.substr(0, tensor.size() - 10);
    const auto c = solverCase(name);
    if (!c) continue;
    Solver solver(c->kind, makeSchedule(c->kind, c->steps, c->shift), c->order);
    timesInto(solver.schedule(), c->kind, name, out);
    Tensor x = file.tensors.at("x_init");
    std::vector<Tensor> trajectory{x}, clean, corrected;
    while (solver.step() < solver.steps()) {
      const Tensor velocity = at::sin(x * 3) + x * 0.5 * std::cos(solver.time() / 1000.0);
      clean.push_back(solver.predictClean(x, velocity));
      x = solver.advance(x, velocity);
      trajectory.push_back(x);
      if (c->kind == SolverKind::kUniPc) corrected.push_back(solver.corrected());
    }
    out[name + ".traj"] = at::stack(trajectory, 0);
    out[name + ".x0"] = at::stack(clean, 0);
    if (!corrected.empty()) out[name + ".corrected"] = at::stack(corrected, 0);
  }
  return out;
}

Computed computePipeline(const GoldenSet& set, const GoldenFile& file) {
  const GoldenFile& weights = set.file("dit_t2v");
  const Transformer model(weights.tensors, transformerConfig(weights));
  const VideoVae vae = vaeOf(set.file("vae"));
  const auto steps = file.config().at("steps").get<int>();
  const auto shift = file.config().at("shift").get<double>(), guidance = file.config().at("guidance").get<double>();
  Computed out;
  for (const SolverKind kind : {SolverKind::kUniPc, SolverKind::kDpmPlusPlus, SolverKind::kEuler}) {
    const std::string name(solverName(kind));
    if (!file.tensors.has(name + ".latents")) continue;
    Solver solver(kind, makeSchedule(kind, steps, shift));
    timesInto(solver.schedule(), kind, name, out);
    Tensor x = file.tensors.at("noise");
    std::vector<Tensor> latents{x}, guidedAll;
    while (solver.step() < solver.steps()) {
      const auto velocity = [&](const char* text) {
        TransformerInput input;
        input.latent_CTHW = {x};
        input.times = {solver.time()};
        input.text_SI = {weights.tensors.at(text)};
        return model.forward(input)[0];
      };
      const Tensor with = velocity("in.ctxA"), without = velocity("in.ctxB");
      guidedAll.push_back(without + guidance * (with - without));
      x = solver.advance(x, guidedAll.back());
      latents.push_back(x);
    }
    out[name + ".latents"] = at::stack(latents, 0);
    out[name + ".guided"] = at::stack(guidedAll, 0);
    out[name + ".video"] = vae.decode(x.unsqueeze(0))[0].clamp(-1, 1);
  }
  return out;
}

}  // namespace

GoldenSet::GoldenSet(const std::string& folder, const Compute& compute) : m_device(compute.device) {
  const std::string path = folder + "/manifest.json";
  auto text = core::readWholeFile(path, kManifestLimit);
  if (!text) throw Failure(text.error());
  auto manifest = core::readJson(*text, path);
  if (!manifest) throw Failure(manifest.error());
  if (!manifest->is_object() || !manifest->contains("files") || !(*manifest)["files"].is_array() || (*manifest)["files"].size() > kMostGoldenFiles)
    fail(ErrorCode::kFieldInvalid, "the manifest lists no files, or too many", path);
  for (const json& entry : (*manifest)["files"]) {
    if (!entry.is_object() || !entry.contains("file") || !entry["file"].is_string() || !entry.contains("tensors") || !entry["tensors"].is_object() || !entry.contains("config"))
      fail(ErrorCode::kFieldInvalid, "an entry lacks file, config or tensors", path);
    const auto name = entry["file"].get<std::string>();
    if (name.find('/') != std::string::npos || !name.ends_with(".safetensors")) fail(ErrorCode::kPathForbidden, "a file must lie in the folder itself", name);
    auto tensors = loadWeights(folder + "/" + name);
    if (!tensors) throw Failure(tensors.error());
    m_files.push_back({name.substr(0, name.size() - 12), entry, tensors->forCompute(compute)});
  }
}

const GoldenFile& GoldenSet::file(const std::string& name) const {
  for (const GoldenFile& f : m_files)
    if (f.name == name) return f;
  fail(ErrorCode::kPackInvalid, "the golden set has no " + name + ".safetensors, which another file needs");
}

bool throughProducts(const GoldenFile& file, const std::string& output, const Compute& compute) {
  const auto any = [](std::initializer_list<const char*> parts, auto holds) { return std::any_of(parts.begin(), parts.end(), holds); };
  if (file.is("WanVAE") || file.is("VACE input")) return VideoVae::typeFor(compute) != at::kFloat && !output.starts_with("unit.");
  if (!any({"in-context sequence", "sampling loop", "WanModel", "T5Encoder"}, [&](const char* part) { return file.is(part); })) return false;
  const std::string name = output.substr(output.rfind('.') + 1);
  return !output.starts_with("unit.") && !output.starts_with("buckets.") && !output.ends_with("block0.norm1") &&
         !any({"tokens", "context_emb", "e", "e0", "rope_cos", "rope_sin", "pos_bias", "timesteps", "sigmas"}, [&](const char* exact) { return name == exact; });
}

Computed computeGolden(const GoldenSet& set, const GoldenFile& file) {
  if (file.is("in-context sequence")) return computeInContext(file);
  if (file.is("rotary position")) return computeRope(file, set.device());
  if (file.is("sampling loop")) return computePipeline(set, file);
  if (file.is("VACE input")) return computeVaceInputs(set, file);
  if (file.is("WanModel") || file.is("VaceWanModel")) return computeTransformer(file);
  if (file.is("WanVAE")) return computeVae(file);
  if (file.is("T5Encoder")) return computeTextEncoder(file);
  if (file.is("TAEHV")) return computePreview(file, set.device());
  if (file.is("flow matching solvers")) return computeSolvers(file);
  fail(ErrorCode::kFormatUnsupported, "module " + core::inQuotes(file.entry.value("module", std::string())) + " is not known", file.name);
}

}  // namespace pai::inference
