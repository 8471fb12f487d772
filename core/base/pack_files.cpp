// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/pack_files.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/base/hash.h"
#include "core/base/safetensors.h"

namespace pai::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostWeightFiles = 256;
constexpr std::int64_t kSmallWidth = 1536, kPublishedFrames = 81, kSharedFrames = 20;

/// Headers of all weights, shards one by one.
template <typename Take>
Status eachHeader(const PackFiles& files, Take take) {
  std::vector<std::string> all;
  for (const std::string& file : files.weights)
    if (!file.ends_with(".index.json")) all.push_back(file);
  all.insert(all.end(), files.shards.begin(), files.shards.end());
  for (const std::string& file : all) {
    const Result<SafetensorsHeader> header = readSafetensorsHeader(file);
    if (!header) return header.error();
    take(file, *header);
  }
  return {};
}

bool isTokenizer(const std::string& name) { return name == "spiece.model" || name == "sentencepiece.model" || name == "tokenizer.model"; }

}  // namespace

Result<PackFiles> findPackFiles(const std::string& folder) {
  PackFiles out;
  std::vector<std::string> files, indexes;
  std::error_code code;
  if (!fs::is_directory(folder, code)) return Error{ErrorCode::kFileMissing, "no such folder", folder, {}};
  for (const char* inside : {"", "transformer", "vae", "text_encoder", "tokenizer", "google/umt5-xxl"}) {
    const std::string where = *inside ? folder + "/" + inside : folder;
    for (const fs::directory_entry& entry : fs::directory_iterator(where, code)) {
      const std::string name = entry.path().filename().string(), path = entry.path().string();
      if (name.ends_with(".safetensors.index.json")) indexes.push_back(path);
      if (name.ends_with(".safetensors")) files.push_back(path);
      if (isTokenizer(name) && out.tokenizer.empty()) out.tokenizer = path;
      if (files.size() + indexes.size() > kMostWeightFiles) return Error{ErrorCode::kLimitExceeded, "a folder of too many weights", folder, {}};
    }
  }
  std::set<std::string> shards;
  for (const std::string& index : indexes) {
    const Result<SafetensorsIndex> read = readSafetensorsIndex(index);
    if (!read) return read.error();
    for (const std::string& shard : read->files()) shards.insert(index.substr(0, index.rfind('/') + 1) + shard);
  }
  out.weights = indexes;
  for (const std::string& file : files)
    if (!shards.contains(file)) out.weights.push_back(file);
  std::sort(out.weights.begin(), out.weights.end());
  out.shards.assign(shards.begin(), shards.end());
  return out;
}

Result<PackRules> rulesOfFiles(const std::string& folder) {
  const Result<PackFiles> files = findPackFiles(folder);
  if (!files) return files.error();
  PackRules rules;
  rules.name = fs::path(folder).lexically_normal().filename().string();
  bool transformer = false;
  std::int64_t width = 0;
  const Status read = eachHeader(*files, [&](const std::string&, const SafetensorsHeader& header) {
    for (const TensorEntry& entry : header.tensors) {
      const std::string& name = entry.name;
      if (name.ends_with("blocks.0.self_attn.q.weight") || name.ends_with("blocks.0.attn1.to_q.weight")) transformer = true;
      if (name.ends_with("vace_patch_embedding.weight")) rules.conditioning = PackConditioning::kVace;
      else if (name.ends_with("patch_embedding.weight") && !entry.shape.empty()) width = entry.shape[0];
      if (name.ends_with("role_embedding.reference")) rules.conditioning = PackConditioning::kInContext;
    }
  });
  if (!read) return read.error();
  if (!transformer) return Error{ErrorCode::kPackInvalid, "there is neither a pack.json nor a known transformer as safetensors in it", folder, {}};
  rules.width = width <= kSmallWidth ? 832 : 1280;
  rules.height = width <= kSmallWidth ? 480 : 720;
  rules.window = kPublishedFrames;
  rules.overlap = kSharedFrames;
  return rules;
}

Result<std::string> hashOfFiles(const std::string& folder) {
  const Result<PackFiles> files = findPackFiles(folder);
  if (!files) return files.error();
  std::string text;
  const Status read = eachHeader(*files, [&](const std::string& file, const SafetensorsHeader& header) {
    text += file.substr(folder.size()) + ":" + std::to_string(header.fileSize) + "\n";
    for (const TensorEntry& entry : header.tensors) {
      text += entry.name + ":" + std::string(tensorTypeName(entry.type));
      for (const std::int64_t side : entry.shape) text += ":" + std::to_string(side);
      text += "\n";
    }
  });
  if (!read) return read.error();
  return sha256Of(text);
}

}  // namespace pai::core
