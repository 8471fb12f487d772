// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/forecast.h"

#include <array>
#include <cstdio>

#include "core/base/safetensors.h"
#include "inference/attention.h"
#include "inference/device_memory.h"
#include "inference/linear.h"
#include "inference/memory.h"
#include "inference/transformer.h"
#include "inference/vae.h"
#include "inference/vae_stream.h"
#include "inference/windows.h"

namespace pai::inference {

using core::ErrorCode;

namespace {

constexpr std::int64_t kFloat = 4;
/// LibTorch after its first product: measured, 1.13 with OpenBLAS and two threads.
constexpr std::int64_t kProgram = 110'000'000;

struct FileBytes {
  std::int64_t mapped = 0, converted = 0;
  bool halves = false;  // some are widened while they are used
  bool wholes = false;  // and some of those not by slabs (linear.h)
};

std::vector<std::string> filesOf(const std::string& path) {
  if (!path.ends_with(".index.json")) return {path};
  const auto index = core::readSafetensorsIndex(path);
  if (!index) throw Failure(index.error());
  std::vector<std::string> out;
  for (const std::string& file : index->files()) out.push_back(path.substr(0, path.rfind('/') + 1) + file);
  return out;
}

/// What of a file stays mapped and what is made anew. `keepHalf`: as StateDict::forCompute; else all that is no float32 is converted.
FileBytes bytesOf(const std::string& path, bool keepHalf) {
  FileBytes out;
  for (const std::string& file : filesOf(path)) {
    const auto header = core::readSafetensorsHeader(file);
    if (!header) throw Failure(header.error());
    for (const core::TensorEntry& entry : header->tensors) {
      const bool half = entry.type == core::TensorType::kBF16 || entry.type == core::TensorType::kF16;
      const bool stays = entry.type == core::TensorType::kF32 || (keepHalf && half && staysAsStored(entry.shape, at::kBFloat16));
      const bool byte = entry.type == core::TensorType::kF8E4M3 || entry.type == core::TensorType::kF8E5M2;
      out.halves = out.halves || (stays && half) || byte;
      out.wholes = out.wholes || (stays && entry.type == core::TensorType::kF16);
      if (stays) out.mapped += static_cast<std::int64_t>(entry.sizeBytes);
      else out.converted += entry.elements() * (byte && keepHalf ? 2 : kFloat);
    }
  }
  return out;
}

/// What of a file lies on a device while a model computes there.
std::int64_t deviceBytesOf(const std::string& path, const Compute& compute) {
  StateDict all;
  ShapeList shapes;
  for (const std::string& file : filesOf(path)) {
    const auto header = core::readSafetensorsHeader(file);
    if (!header) throw Failure(header.error());
    for (const core::TensorEntry& entry : header->tensors) {
      const at::ScalarType type = entry.type == core::TensorType::kF32 ? at::kFloat : at::kBFloat16;  // what is stored in a byte becomes one of the latter
      all.put(entry.name, at::zeros(std::vector<std::int64_t>(entry.shape.size(), 1), type).expand(entry.shape));
      shapes[entry.name] = entry.shape;
    }
  }
  std::int64_t bytes = 0;
  const StateDict original = withOriginalKeys(all, recognise(shapes));
  for (const auto& [name, tensor] : original.all())
    if (const auto type = computeType(name, tensor, compute)) bytes += tensor.numel() * static_cast<std::int64_t>(c10::elementSize(*type));
  return bytes;
}

/// Tensors of these shapes without memory behind them, under their original keys.
StateDict hollow(const ShapeList& shapes) {
  StateDict all;
  for (const auto& [name, shape] : shapes) all.put(name, at::zeros(std::vector<std::int64_t>(shape.size(), 1)).expand(shape));
  return withOriginalKeys(all, recognise(shapes));
}

StateDict shapesOf(const std::string& path) {
  const auto shapes = readShapes(path);
  if (!shapes) throw Failure(shapes.error());
  return hollow(*shapes);
}

std::int64_t largestMatrix(const StateDict& w) {
  std::int64_t most = 0;
  for (const auto& [name, tensor] : w.all())
    if (tensor.dim() == 2 && tensor.size(0) < 100'000) most = std::max(most, tensor.numel());
  return most;
}

/// The transformer over one window. A unit is one float32 tensor of all tokens that a process holds; how many are alive is counted in
/// Block::forward. Of several processes each has, while it exchanges queries, keys and values, those of its tokens, the same padded and
/// laid out to be sent, what came and that in order: twelve units beside the tokens and their norm.
/// Scores of attention are a few hundred kilobytes a thread.
ForecastStage sampleStage(const TransformerConfig& c, std::int64_t allTokens, int ranks, bool halves, bool crossAttends, bool vace) {
  const std::int64_t tokens = (allTokens + ranks - 1) / ranks;
  const std::int64_t unit = tokens * c.width * kFloat;
  const std::int64_t widened = halves ? kSlabValues * kFloat : 0, group = std::min(tokens, kFeedForwardGroup) * (c.ffnWidth + c.width) * kFloat;
  const std::int64_t attention = (ranks > 1 ? 14 : 7) * unit, cross = crossAttends ? 7 * unit : 0, feedForward = 4 * unit + group;
  ForecastStage stage{"sample", {}};
  const std::int64_t block = std::max({attention, cross, feedForward});
  stage.parts.emplace_back("activations", block == feedForward ? 4 * unit : ranks > 1 && block == attention ? 5 * unit : block);
  if (ranks > 1) stage.parts.emplace_back("exchange", block == attention ? 9 * unit : 0);
  stage.parts.emplace_back("feed_forward", block == feedForward ? group : 0);
  stage.parts.emplace_back("widened_weights", widened);
  stage.parts.emplace_back("positions", 3 * allTokens * c.headWidth() * kFloat + allTokens * static_cast<std::int64_t>(sizeof(Position)));
  if (vace) stage.parts.emplace_back("vace_hints", (static_cast<std::int64_t>(c.vaceLayers.size()) + 1) * unit);
  return stage;
}

/// The same where products are half: tokens' streams are float32. What came in lives as long as the block; what follows attention is
/// the tokens' new stream beside it. Of several processes each holds the exchange's twelve tensors in half precision.
ForecastStage halfSampleStage(const TransformerConfig& c, std::int64_t allTokens, int ranks, bool halves, bool crossAttends, bool vace) {
  const std::int64_t tokens = (allTokens + ranks - 1) / ranks, unit = tokens * c.width * kFloat, narrow = unit / 2;
  const std::int64_t packed = std::max(std::min(kPackedBytes, 2 * allTokens * c.width * 2 / ranks), 2 * allTokens * c.headWidth() * 2);
  const std::int64_t group = std::min(tokens, kHalfFeedForwardGroup) * (c.ffnWidth + 2 * c.width) * 2;
  const std::int64_t attention = std::max(unit + (ranks > 1 ? 14 : 5) * narrow + packed, 2 * unit + 4 * narrow), cross = crossAttends ? std::max(3 * unit + 3 * narrow + packed, 4 * unit + narrow) : 0;
  const std::int64_t feedForward = 2 * unit + 2 * narrow + group, block = std::max({attention, cross, feedForward, 3 * unit + narrow});
  ForecastStage stage{"sample", {{"activations", block == feedForward ? block - group : block}, {"feed_forward", block == feedForward ? group : 0}}};
  stage.parts.emplace_back("widened_weights", halves ? kSlabValues * kFloat : 0);  // of the layers that are float32 all the same
  stage.parts.emplace_back("positions", 3 * allTokens * c.headWidth() * kFloat + allTokens * static_cast<std::int64_t>(sizeof(Position)));
  if (vace) stage.parts.emplace_back("vace_hints", (static_cast<std::int64_t>(c.vaceLayers.size()) + 1) * unit);
  return stage;
}

/// The transformer's share on a device, where tokens' streams are float32 and products half: counted at the norm of the keys, which is in
/// float32 and by LibTorch's operations one after the other, and at the feed-forward layers.
ForecastStage deviceSampleStage(const TransformerConfig& c, std::int64_t allTokens, int ranks, const Compute& compute, bool vace) {
  const std::int64_t tokens = (allTokens + ranks - 1) / ranks, unit = tokens * c.width * kFloat, narrow = tokens * c.width * static_cast<std::int64_t>(c10::elementSize(compute.products));
  const std::int64_t group = std::min(tokens, kDeviceFeedForwardGroup) * (2 * c.ffnWidth + c.width) * static_cast<std::int64_t>(c10::elementSize(compute.products));
  const std::int64_t attention = 5 * unit + (ranks > 1 ? 9 : 2) * narrow, feedForward = 2 * unit + 2 * narrow + group, most = std::max(attention, feedForward);
  ForecastStage stage{"sample", {{"activations", most == attention ? attention : feedForward - group}, {"feed_forward", most == attention ? 0 : group}}};
  if (compute.upload) stage.parts.emplace_back("uploaded_weights", 2 * c.width * c.ffnWidth * static_cast<std::int64_t>(c10::elementSize(compute.products)));
  stage.parts.emplace_back("positions", 3 * allTokens * c.headWidth() * kFloat);
  if (vace) stage.parts.emplace_back("vace_hints", (static_cast<std::int64_t>(c.vaceLayers.size()) + 1) * unit);
  return stage;
}

/// The encoder of text. While it attends, its bias by position, that with the hidden keys, and the scores twice (sum and product, or
/// softmax) are there beside the features; in the feed-forward layers the first two and four of the wide middle.
ForecastStage textStage(const Pack& pack, const FileBytes& file, const Compute& compute) {
  const StateDict w = shapesOf(pack.textEncoderPath);
  const Tensor position = w.at(w.has("pos_embedding.embedding.weight") ? "pos_embedding.embedding.weight" : "blocks.0.pos_embedding.embedding.weight");
  const std::int64_t length = pack.textLength, features = length * w.at("norm.weight").size(0) * kFloat, middle = length * w.at("blocks.0.ffn.fc1.weight").size(0) * kFloat;
  const std::int64_t scores = position.size(1) * length * length * kFloat, attention = 4 * scores + 6 * features, feedForward = 2 * scores + 4 * middle + 4 * features;
  // Beside float32 a weight in bfloat16 is widened by slabs and another one whole; LibTorch lays out anew what is multiplied in bfloat16.
  const bool cpu = compute.device.is_cpu(), wide = compute.products == at::kFloat;
  const std::int64_t largest = largestMatrix(w), laidOut = cpu && !wide ? 2 * largest : 0;
  const std::int64_t widened = !cpu || (wide && file.wholes) ? largest * kFloat : wide && file.halves ? kSlabValues * kFloat : 0;
  return {"text", {{"widened_weights", widened}, {"activations", std::max(attention, feedForward + laidOut)}}};
}

std::int64_t windowTokens(const Pack& pack, const TransformerConfig& c, const ForecastSize& size) {
  const std::int64_t stride = pack.rules.spaceStride(), vaceReferences = pack.conditioning == Conditioning::kVace ? size.references : 0;
  const std::int64_t window = pack.rules.window > 0 && vaceReferences == 0 ? pack.rules.latentSteps(pack.rules.paddedFrames(pack.rules.window)) : 0;
  const auto windows = planWindows(pack.rules.latentSteps(size.frames) + vaceReferences, window, pack.rules.overlap / pack.rules.timeStride(), {});
  const std::int64_t picture = (size.height / stride / c.patch[1]) * (size.width / stride / c.patch[2]), steps = (windows[0].end - windows[0].begin) / c.patch[0];
  const bool inContext = pack.conditioning == Conditioning::kInContext;
  return picture * (steps * (inContext && size.condition ? 2 : 1) + (inContext ? size.references : 0)) + (inContext && size.text && !c.crossAttention ? pack.textLength : 0);
}

bool encodes(const Pack& pack, const ForecastSize& size) { return pack.conditioning != Conditioning::kText && (size.condition || size.references > 0); }

/// The autoencoder's two stages with tiles of a size.
std::array<ForecastStage, 2> vaeStages(const Pack& pack, const ShapeList& vae, const ForecastSize& size, std::int64_t tile, const Compute& compute) {
  const bool cpu = compute.device.is_cpu();
  const at::ScalarType type = VideoVae::typeFor(compute);
  const std::int64_t rows = size.height / 8, columns = size.width / 8, steps = pack.rules.latentSteps(size.frames);
  const std::int64_t video = cpu ? 3 * size.frames * size.height * size.width * kFloat : 0;  // it never lies on a device as a whole
  const auto width = vae.find("decoder.conv1.weight");
  const std::int64_t features = tile > 0 && width != vae.end() ? width->second[0] * steps * rows * columns * static_cast<std::int64_t>(c10::elementSize(type)) : 0;
  const bool vace = pack.conditioning == Conditioning::kVace;
  ForecastStage encode{"encode", {}}, decode{"decode", {{"video", video}, {"features", features}, {"tile", vaePassBytes(vae, true, rows, columns, tile, type)}}};
  if (encodes(pack, size)) encode.parts = {{"video", size.condition ? video * (vace ? 3 : 1) : 0}, {"features", features}, {"tile", vaePassBytes(vae, false, rows, columns, tile, type)}};
  return {encode, decode};
}

std::string gigabytes(std::int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f GB", static_cast<double>(bytes) * 1e-9);
  return text;
}

}  // namespace

std::int64_t ForecastStage::bytes() const {
  std::int64_t sum = 0;
  for (const auto& part : parts) sum += part.second;
  return sum;
}

std::int64_t Forecast::peakBytes() const {
  std::int64_t most = 0;
  for (const ForecastStage& stage : stages) most = std::max(most, stage.bytes());
  return programBytes + weightBytes + most;
}

std::int64_t Forecast::allProcessesBytes() const {
  std::int64_t most = 0;
  for (const ForecastStage& stage : stages)
    if (stage.name != "decode") most = std::max(most, stage.bytes());
  return peakBytes() + (processes - 1) * (programBytes + weightBytes + most);
}

nlohmann::json Forecast::json() const {
  nlohmann::json list = nlohmann::json::array();
  for (const ForecastStage& stage : stages) {
    nlohmann::json parts = nlohmann::json::object();
    for (const auto& [name, bytes] : stage.parts) parts[name] = bytes;
    list.push_back({{"stage", stage.name}, {"bytes", stage.bytes()}, {"parts", parts}});
  }
  return {{"device", compute.device.str()}, {"processes", processes}, {"all_processes_bytes", allProcessesBytes()}, {"dtype", compute.products == at::kFloat ? "float32" : c10::toString(compute.products)}, {"uploads_weights", compute.upload}, {"peak_bytes", peakBytes()}, {"program_bytes", programBytes}, {"weight_bytes", weightBytes},
          {"mapped_bytes", mappedBytes}, {"tokens", tokens}, {"vae_tile", vaeTile}, {"stages", list}};
}

ForecastStage sampleForecast(const TransformerConfig& config, std::int64_t tokens, int ranks, const Compute& compute, bool halves, bool crossAttends, bool vace) {
  if (!compute.device.is_cpu()) return deviceSampleStage(config, tokens, ranks, compute, vace);
  return compute.products == at::kFloat ? sampleStage(config, tokens, ranks, halves, crossAttends, vace) : halfSampleStage(config, tokens, ranks, halves, crossAttends, vace);
}

Forecast forecastOf(const Pack& pack, const ForecastSize& size, std::int64_t limitBytes, const Compute& compute) {
  Forecast out;
  const bool cpu = compute.device.is_cpu();
  out.compute = compute;
  out.processes = size.ranks;
  const StateDict shapes = shapesOf(pack.transformerPath);
  const TransformerConfig config = packTransformerConfig(pack, shapes);
  out.tokens = windowTokens(pack, config, size);
  const FileBytes transformer = bytesOf(pack.transformerPath, true);
  out.programBytes = cpu ? kProgram : 0;
  out.weightBytes = cpu ? transformer.converted : deviceBytesOf(pack.transformerPath, compute);
  out.mappedBytes = transformer.mapped;
  if (cpu)
    for (const Pack::Adapter& adapter : pack.adapters) out.weightBytes += bytesOf(adapter.path, false).mapped;
  const bool vaceBranch = pack.conditioning == Conditioning::kVace && size.condition;
  out.stages.push_back(sampleForecast(config, out.tokens, size.ranks, compute, transformer.halves, config.crossAttention && size.text, vaceBranch));
  if (size.text && !pack.textEncoderPath.empty()) {
    const FileBytes encoder = bytesOf(pack.textEncoderPath, true);
    out.stages.push_back(textStage(pack, encoder, compute));
    out.mappedBytes += encoder.mapped;
    if (cpu) out.stages.back().parts.emplace_back("converted_weights", encoder.converted);
  }
  if (pack.rules.pixels) return out;
  const FileBytes vae = bytesOf(pack.vaePath, false);
  ShapeList list;
  const StateDict vaeTensors = shapesOf(pack.vaePath);
  double all = 0.0, used = 0.0;  // values, and those of the sides that work
  for (const auto& [name, tensor] : vaeTensors.all()) {
    list[name] = tensor.sizes().vec();
    all += static_cast<double>(tensor.numel());
    used += encodes(pack, size) || vaeSideOf(name) == VaeSide::kDecoder ? static_cast<double>(tensor.numel()) : 0.0;
  }
  const bool halfVae = VideoVae::typeFor(compute) != at::kFloat;  // its kernels are copied then
  const std::int64_t copied = halfVae ? (vae.mapped + vae.converted) / 2 : vae.converted;
  out.weightBytes += cpu ? static_cast<std::int64_t>(static_cast<double>(copied) * used / std::max(1.0, all)) : vae.converted + vae.mapped;
  out.mappedBytes += vae.mapped;
  const std::int64_t before = out.peakBytes();
  std::array<ForecastStage, 2> best;
  for (const std::int64_t tile : {0, 64, 48, 32, 24, 16, 8}) {
    best = vaeStages(pack, list, size, tile, compute);
    out.vaeTile = tile;
    const std::int64_t most = std::max(best[0].bytes(), best[1].bytes()) + out.programBytes + out.weightBytes;
    if (limitBytes <= 0 || most <= std::max(before, limitBytes)) break;
  }
  out.stages.insert(out.stages.end(), best.begin(), best.end());
  return out;
}

MemoryPlan planMemory(const Pack& pack, const ForecastSize& size, Compute compute, std::int64_t askedBytes) {
  MemoryPlan out{compute, {}, compute.device.is_cpu() ? memoryLimitBytes(askedBytes) : deviceLimitBytes(compute.device)};
  out.forecast = forecastOf(pack, size, out.limitBytes, out.compute);
  if (compute.device.is_cpu() || fitsMemory(out.forecast, out.limitBytes)) return out;
  out.compute.upload = true;
  out.forecast = forecastOf(pack, size, out.limitBytes, out.compute);
  return out;
}

core::Status fitsMemory(const Forecast& forecast, std::int64_t limitBytes) {
  if (limitBytes <= 0 || forecast.peakBytes() <= limitBytes) return {};
  std::string parts = "program " + gigabytes(forecast.programBytes) + ", weights " + gigabytes(forecast.weightBytes);
  for (const ForecastStage& stage : forecast.stages) parts += ", " + stage.name + " " + gigabytes(stage.bytes());
  return core::Error{ErrorCode::kOutOfMemory,
                     "the render needs " + gigabytes(forecast.peakBytes()) + " and may take " + gigabytes(limitBytes) + " (" + parts + "; " +
                         std::to_string(forecast.tokens) + " tokens at once); render a smaller size or fewer frames, or give the pack a \"window\"",
                     "",
                     {{"needed_bytes", forecast.peakBytes()}, {"limit_bytes", limitBytes}}};
}

}  // namespace pai::inference
