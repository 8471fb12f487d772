// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/check_text.h"

#include <algorithm>
#include <cmath>

#include "app/cli/program.h"
#include "core/base/json_reader.h"
#include "core/base/project_file.h"
#include "core/base/prompt.h"
#include "core/base/safetensors.h"
#include "core/base/tensor_values.h"
#include "core/base/tokenizer.h"

namespace pai::cli {
namespace {

using nlohmann::json;

constexpr std::int64_t kShownValues = 64;  // elements of a tensor that are printed
constexpr std::size_t kShownTensors = 100'000;
constexpr std::size_t kShownPieces = 8;
constexpr std::size_t kModelCharacters =
    2048;  // of prompt text that surely fits into 512 tokens, the limit of the text encoders

/// A name as a line can show it: shortened, so that a name of a million characters stops nothing.
std::string shown(const std::string& name) {
  constexpr std::size_t kMost = 200;
  if (name.size() <= kMost) return name;
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return name.substr(0, end) + "...";
}

json mediaJson(const core::Media& media, const std::string& folder) {
  const core::MediaPath place = core::resolveMediaPath(media.path, folder);
  const char* const kind = media.kind == core::MediaKind::kClip    ? "clip"
                           : media.kind == core::MediaKind::kImage ? "image"
                                                                   : "sequence";
  const char* const where = place.place == core::MediaPlace::kInside    ? "inside"
                            : place.place == core::MediaPlace::kOutside ? "outside"
                                                                        : "forbidden";
  return {{"id", media.id}, {"name", shown(media.name)}, {"path", shown(media.path)}, {"kind", kind}, {"place", where}};
}

/// Shortest of the numbers that read back as the element; NaN and infinities as text, since JSON has none.
json valueJson(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

json tensorJson(const core::TensorEntry& tensor, const std::string& path) {
  json out{{"name", shown(tensor.name)},
           {"dtype", core::tensorTypeName(tensor.type)},
           {"shape", tensor.shape},
           {"bytes", tensor.sizeBytes}};
  if (const auto values = core::readTensorValues(path, tensor, kShownValues)) {
    json items = json::array();
    for (const double v : *values) items.push_back(valueJson(v));
    out["values"] = std::move(items);
  }
  return out;
}

}  // namespace

core::Result<json> checkProject(const std::string& path) {
  const auto loaded = core::loadProject(path);
  if (!loaded) return loaded.error();
  json media = json::array(), shots = json::array();
  for (const core::Media& m : loaded->project.media) media.push_back(mediaJson(m, loaded->folder));
  for (const core::Shot& s : loaded->project.shots)
    shots.push_back({{"id", s.id},
                     {"name", shown(s.name)},
                     {"plate", shown(s.plate)},
                     {"range", {s.range.begin.value, s.range.end.value}},
                     {"references", s.references.size()},
                     {"matte_layers", s.matte.size()}});
  return json{{"kind", "project"},         {"version", core::kProjectVersion}, {"name", shown(loaded->project.name)},
              {"media", std::move(media)}, {"shots", std::move(shots)},        {"warnings", loaded->warnings}};
}

core::Result<json> checkPrompt(const std::string& path) {
  const auto text = core::readWholeFile(path, core::kPromptSizeLimit);
  if (!text) return text.error();
  std::vector<std::string> warnings;
  const auto prompt = core::parsePrompt(*text, path, &warnings);
  if (!prompt) return prompt.error();
  const std::size_t characters = core::promptText(*prompt).size();
  if (characters > kModelCharacters)
    warnings.push_back("the prompt has " + std::to_string(characters) +
                       " bytes; text encoders read 512 tokens and cut the rest, shorten the long fields");
  json fields = json::object();
  for (std::size_t i = 0; i < core::kPromptFields.size(); ++i)
    fields[std::string(core::kPromptFields[i])] = core::promptField(*prompt, i);
  return json{{"kind", "prompt"}, {"fields", std::move(fields)}, {"warnings", warnings}};
}

core::Result<json> checkSafetensors(const std::string& path) {
  if (path.ends_with(".index.json")) {
    const auto index = core::readSafetensorsIndex(path);
    if (!index) return index.error();
    return json{{"kind", "safetensors_index"},
                {"tensors", index->fileOf.size()},
                {"files", index->files()},
                {"warnings", json::array()}};
  }
  const auto header = core::readSafetensorsHeader(path);
  if (!header) return header.error();
  json tensors = json::array(), warnings = json::array();
  for (const core::TensorEntry& tensor : header->tensors) {
    if (tensors.size() == kShownTensors) break;
    tensors.push_back(tensorJson(tensor, path));
  }
  if (header->tensors.empty()) warnings.push_back("the file holds no tensors");
  return json{{"kind", "safetensors"},
              {"tensors", std::move(tensors)},
              {"metadata", header->metadata},
              {"bytes", header->fileSize},
              {"warnings", std::move(warnings)}};
}

core::Result<json> checkSentencepiece(const std::string& path) {
  const auto tokenizer = core::Tokenizer::load(path);
  if (!tokenizer) return tokenizer.error();
  json first = json::array();
  for (std::int32_t id = 0; id < std::min<std::int32_t>(kShownPieces, tokenizer->size()); ++id)
    first.push_back(tokenizer->piece(id));
  json out{{"kind", "sentencepiece"},
           {"vocab_size", tokenizer->size()},
           {"pieces_first", std::move(first)},
           {"unknown_id", tokenizer->unknownId()},
           {"warnings", json::array()}};
  if (const auto id = tokenizer->endId()) out["end_id"] = *id;
  if (const auto id = tokenizer->padId()) out["pad_id"] = *id;
  return out;
}

void registerCheckText(Program& program) {
  program.checks["project"] = checkProject;
  program.checks["prompt"] = checkPrompt;
  program.checks["safetensors"] = checkSafetensors;
  program.checks["sentencepiece"] = checkSentencepiece;
}

}  // namespace pai::cli
