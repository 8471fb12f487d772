// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/pack_parts.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "core/base/pack_files.h"
#include "core/base/safetensors.h"

namespace pai::core {

namespace {

/// A name that a kind and layout always has.
struct Mark {
  std::string_view name;
  WeightsPart part;
  bool diffusers;
};
constexpr std::array kMarks{Mark{"blocks.0.self_attn.q.weight", WeightsPart::kTransformer, false},
                            Mark{"blocks.0.attn1.to_q.weight", WeightsPart::kTransformer, true},
                            Mark{"decoder.upsamples.0.residual.2.weight", WeightsPart::kAutoencoder, false},
                            Mark{"decoder.up_blocks.0.resnets.0.conv1.weight", WeightsPart::kAutoencoder, true},
                            Mark{"token_embedding.weight", WeightsPart::kTextEncoder, false},
                            Mark{"encoder.block.0.layer.0.SelfAttention.q.weight", WeightsPart::kTextEncoder, true},
                            Mark{"decoder.3.conv.0.weight", WeightsPart::kPreviewDecoder, false}};

Error invalid(std::string detail, const std::string& file) { return Error{ErrorCode::kPackInvalid, std::move(detail), file, {}}; }

/// Adds a file's tensors to a part and its names to `names`. With an index, each has to be where that says.
Status addFile(const std::string& file, const SafetensorsIndex* index, PackPart& part, std::set<std::string>& names) {
  const Result<SafetensorsHeader> header = readSafetensorsHeader(file);
  if (!header) return header.error();
  const std::string name = file.substr(file.rfind('/') + 1);
  for (const TensorEntry& entry : header->tensors) {
    if (index) {
      const auto at = index->fileOf.find(entry.name);
      if (at == index->fileOf.end() || at->second != name) return invalid("tensor " + inQuotes(entry.name) + " is not where the index says", file);
    }
    names.insert(entry.name);
  }
  part.tensors += static_cast<std::int64_t>(header->tensors.size());
  part.sizeBytes += header->fileSize;
  return {};
}

Result<PackPart> readPart(const std::string& path) {
  PackPart part;
  part.path = path;
  std::set<std::string> names;
  if (path.ends_with(".index.json")) {
    const Result<SafetensorsIndex> index = readSafetensorsIndex(path);
    if (!index) return index.error();
    for (const std::string& shard : index->files())
      if (Status s = addFile(path.substr(0, path.rfind('/') + 1) + shard, &*index, part, names); !s) return s.error();
    if (names.size() != index->fileOf.size()) return invalid("the index names tensors that no shard holds", path);
  } else if (Status s = addFile(path, nullptr, part, names); !s) {
    return s.error();
  }
  part.mark = weightsMark([&](const std::string& name) { return names.contains(name); });
  return part;
}

/// What a download has in a form that is never read: it can hold code.
std::string otherWeights(const std::string& folder) {
  std::error_code code;
  for (const std::filesystem::directory_entry& entry : std::filesystem::directory_iterator(folder, code))
    if (const std::string ending = entry.path().extension().string(); ending == ".pth" || ending == ".pt" || ending == ".ckpt" || ending == ".bin")
      return "; " + inQuotes(entry.path().filename().string()) + " is a PyTorch file, which can hold code and is not read: put its safetensors there instead";
  return "";
}

}  // namespace

std::optional<WeightsMark> weightsMark(const std::function<bool(const std::string&)>& has) {
  for (const std::string prefix : {"", "model.diffusion_model.", "diffusion_model.", "model.", "transformer."})
    for (const Mark& mark : kMarks)
      if (has(prefix + std::string(mark.name))) return WeightsMark{mark.part, mark.diffusers, prefix};
  return std::nullopt;
}

std::string partName(const std::optional<WeightsMark>& mark) {
  if (!mark) return "unknown";
  switch (mark->part) {
    case WeightsPart::kTransformer: return "transformer";
    case WeightsPart::kAutoencoder: return "autoencoder";
    case WeightsPart::kTextEncoder: return "text encoder";
    case WeightsPart::kPreviewDecoder: return "preview decoder";
  }
  return "unknown";
}

Result<std::vector<PackPart>> partsOfFolder(const std::string& folder) {
  const Result<PackFiles> files = findPackFiles(folder);
  if (!files) return files.error();
  std::vector<PackPart> out;
  for (const std::string& path : files->weights) {
    Result<PackPart> part = readPart(path);
    if (!part) return std::move(part).error();
    out.push_back(std::move(*part));
  }
  const auto holds = [&](WeightsPart part) { return std::any_of(out.begin(), out.end(), [part](const PackPart& p) { return p.mark && p.mark->part == part; }); };
  for (const auto& [part, word] : {std::pair{WeightsPart::kTransformer, "transformer"}, std::pair{WeightsPart::kAutoencoder, "autoencoder"}})
    if (!holds(part)) return invalid(std::string("there is no known ") + word + " as safetensors in it" + otherWeights(folder), folder);
  return out;
}

}  // namespace pai::core
