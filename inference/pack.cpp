// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/pack.h"

#include <filesystem>

#include "core/base/file_system.h"
#include "core/base/json_reader.h"
#include "core/base/pack_files.h"
#include "inference/lora.h"

namespace pai::inference {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

namespace {

constexpr std::uint64_t kPackJsonLimit = 1 << 20;
constexpr std::size_t kMostLoras = 256;

std::string insideFolder(const Pack& pack, const json& name) {
  if (!name.is_string()) fail(ErrorCode::kPackInvalid, "a file name is no text", pack.folder + "/pack.json");
  const auto text = name.get<std::string>();
  if (text.empty() || text.find('/') != std::string::npos || text == "." || text == "..") fail(ErrorCode::kPathForbidden, "a pack's files lie in its own folder", text);
  return pack.folder + "/" + text;
}

double numberIn(const json& j, const char* key, double otherwise, double low, double high) {
  if (!j.contains(key)) return otherwise;
  if (!j[key].is_number()) fail(ErrorCode::kPackInvalid, std::string(key) + " is no number");
  const double value = j[key].get<double>();
  if (!(value >= low && value <= high)) fail(ErrorCode::kPackInvalid, std::string(key) + " is out of range");
  return value;
}

void readRules(Pack& pack, const json& j) {
  pack.heads = static_cast<std::int64_t>(numberIn(j, "heads", 0, 0, 1024));
  pack.textLength = static_cast<std::int64_t>(numberIn(j, "text_length", 512, 1, 65536));
  pack.steps = static_cast<int>(numberIn(j, "steps", pack.steps, 1, 1000));
  pack.shift = numberIn(j, "shift", pack.shift, 1e-3, 1000);
  pack.guidance = numberIn(j, "guidance", pack.guidance, 0, 100);
  pack.conditioning = pack.rules.conditioning;
  pack.negative = j.value("negative", "");
  const std::string positions = j.value("positions", "slot");
  if (positions != "slot" && positions != "continuous") fail(ErrorCode::kPackInvalid, "positions is neither slot nor continuous");
  pack.continuousPositions = positions == "continuous";
  const auto solver = solverFromName(j.value("solver", "unipc"));
  if (!solver) fail(ErrorCode::kPackInvalid, "solver is none of unipc, dpmpp, euler");
  pack.solver = *solver;
  if (!j.contains("lora")) return;
  if (!j["lora"].is_array() || j["lora"].size() > kMostLoras) fail(ErrorCode::kPackInvalid, "lora is no list");
  for (const json& item : j["lora"]) pack.adapters.push_back({insideFolder(pack, item.at("file")), numberIn(item, "strength", 1.0, -10, 10)});
}

void readPackJson(Pack& pack) {
  const std::string path = pack.folder + "/pack.json";
  const auto text = core::readWholeFile(path, kPackJsonLimit);
  if (!text) throw Failure(text.error());
  const auto j = core::readJson(*text, path);
  if (!j) throw Failure(j.error());
  if (!j->is_object()) fail(ErrorCode::kPackInvalid, "pack.json is no object", path);
  auto rules = core::parsePackRules(*text, path);
  if (!rules) throw Failure(rules.error());
  pack.rules = std::move(*rules);
  if (!pack.rules.name.empty()) pack.name = pack.rules.name;
  for (const auto& [key, to] : {std::pair{"transformer", &pack.transformerPath}, {"vae", &pack.vaePath}, {"text_encoder", &pack.textEncoderPath}, {"tokenizer", &pack.tokenizerPath}})
    if (j->contains(key)) *to = insideFolder(pack, (*j)[key]);
  readRules(pack, *j);
}

/// Finds what a bare download holds, by the names and shapes of its tensors.
void recogniseFolder(Pack& pack) {
  auto rules = core::readPackRules(pack.folder);
  if (!rules) throw Failure(rules.error());
  pack.rules = std::move(*rules);
  pack.conditioning = pack.rules.conditioning;
  const auto files = core::findPackFiles(pack.folder);
  if (!files) throw Failure(files.error());
  pack.tokenizerPath = files->tokenizer;
  for (const std::string& path : files->weights) {
    const auto shapes = readShapes(path);
    if (!shapes) throw Failure(shapes.error());
    const Recognition r = recognise(*shapes);
    if (r.kind == WeightsKind::kTransformer) pack.transformerPath = path;
    if (r.kind == WeightsKind::kTransformer && !r.variant.empty()) pack.name = r.variant;
    if (r.kind == WeightsKind::kVideoVae) pack.vaePath = path;
    if (r.kind == WeightsKind::kTextEncoder) pack.textEncoderPath = path;
  }
}

StateDict loadKind(const std::string& path, WeightsKind kind) {
  if (path.empty()) fail(ErrorCode::kPackInvalid, "the pack lacks a file it needs");
  const auto shapes = readShapes(path);
  if (!shapes) throw Failure(shapes.error());
  const Recognition r = recognise(*shapes);
  if (r.kind != kind) fail(ErrorCode::kPackInvalid, "these weights are of another kind", path);
  const auto weights = loadWeights(path);
  if (!weights) throw Failure(weights.error());
  return withOriginalKeys(*weights, r);
}

}  // namespace

core::Result<Pack> openPack(const std::string& folder) {
  return guarded(folder, [&] {
    Pack pack;
    pack.folder = folder;
    pack.name = std::filesystem::path(folder).filename().string();
    if (!std::filesystem::is_directory(folder)) fail(ErrorCode::kFileMissing, "no such folder", folder);
    if (std::filesystem::exists(folder + "/pack.json")) readPackJson(pack);
    else recogniseFolder(pack);
    if (pack.transformerPath.empty() || (pack.vaePath.empty() && !pack.rules.pixels)) fail(ErrorCode::kPackInvalid, "the folder holds no transformer and autoencoder as safetensors", folder);
    return pack;
  });
}

core::Result<StateDict> loadTransformerWeights(const Pack& pack) {
  return guarded(pack.transformerPath, [&] {
    StateDict weights = loadKind(pack.transformerPath, WeightsKind::kTransformer);
    for (const Pack::Adapter& adapter : pack.adapters) {
      const auto loaded = loadWeights(adapter.path);
      if (!loaded) throw Failure(loaded.error());
      mergeLora(weights, *loaded, adapter.strength);
    }
    return weights;
  });
}

core::Result<StateDict> loadTextEncoderWeights(const Pack& pack) {
  return guarded(pack.textEncoderPath, [&] { return loadKind(pack.textEncoderPath, WeightsKind::kTextEncoder); });
}

core::Result<StateDict> loadVaeWeights(const Pack& pack) {
  return guarded(pack.vaePath, [&] { return loadKind(pack.vaePath, WeightsKind::kVideoVae); });
}

TransformerConfig packTransformerConfig(const Pack& pack, const StateDict& weights) {
  TransformerConfig config = detectTransformer(weights);
  if (pack.heads > 0) config.heads = pack.heads;
  config.textLength = pack.textLength;
  return config;
}

}  // namespace pai::inference
