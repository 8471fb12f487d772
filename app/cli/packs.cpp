// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/packs.h"

#include <filesystem>
#include <vector>

#include "core/base/hash.h"
#include "core/base/pack_files.h"
#include "core/base/pack_parts.h"
#include "core/base/safetensors.h"

namespace pai::cli {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorCode;
using core::Result;

namespace {

Error invalid(std::string detail, const std::string& file) {
  return Error{ErrorCode::kPackInvalid, std::move(detail), file, {}};
}

bool isBare(const Pack& pack) { return !pack.manifest.contains("files") && pack.manifest.contains("weights"); }

/// A path below a folder, as from there.
std::string inside(const std::string& path, const std::string& folder) { return fs::path(path).lexically_relative(folder).generic_string(); }

Result<nlohmann::json> checkBare(const Pack& pack) {
  Result<std::vector<core::PackPart>> parts = core::partsOfFolder(pack.folder);
  if (!parts) return std::move(parts).error();
  const Result<core::PackFiles> files = core::findPackFiles(pack.folder);
  if (!files) return files.error();
  const Result<core::PackRules> rules = core::rulesOfFiles(pack.folder);
  if (!rules) return rules.error();
  nlohmann::json list = nlohmann::json::array();
  std::int64_t tensors = 0;
  for (const core::PackPart& part : *parts) {
    list.push_back({{"file", inside(part.path, pack.folder)}, {"part", core::partName(part.mark)}, {"tensors", part.tensors}, {"size_bytes", part.sizeBytes}});
    if (part.mark) list.back()["layout"] = part.mark->diffusers ? "diffusers" : "original";
    tensors += part.tensors;
  }
  if (!files->tokenizer.empty()) list.push_back({{"file", inside(files->tokenizer, pack.folder)}, {"part", "tokenizer"}});
  const char* const conditioning[] = {"text", "in-context", "vace"};
  return nlohmann::json{{"name", pack.name}, {"folder", pack.folder}, {"files", list.size()}, {"tensors", tensors}, {"size_bytes", pack.sizeBytes},
                        {"sha256", pack.hash}, {"recognised", list}, {"conditioning", conditioning[static_cast<int>(rules->conditioning)]},
                        {"width", rules->width}, {"height", rules->height}, {"window", rules->window}};
}

/// Files to copy, below the pack's folder.
Result<std::vector<std::string>> filesToCopy(const Pack& pack) {
  std::vector<std::string> out;
  if (!isBare(pack)) {
    out.emplace_back("pack.json");
    for (const nlohmann::json& item : pack.manifest["files"]) out.push_back(item["file"].get<std::string>());
    return out;
  }
  const Result<core::PackFiles> files = core::findPackFiles(pack.folder);
  if (!files) return files.error();
  for (const std::vector<std::string>& paths : {files->weights, files->shards})
    for (const std::string& path : paths) out.push_back(inside(path, pack.folder));
  if (!files->tokenizer.empty()) out.push_back(inside(files->tokenizer, pack.folder));
  return out;
}

}  // namespace

Result<nlohmann::json> checkPack(const Pack& pack) {
  if (isBare(pack)) return checkBare(pack);
  Result<std::vector<nlohmann::json>> files = core::packFiles(pack);
  if (!files) return std::move(files).error();
  std::int64_t tensors = 0;
  for (const nlohmann::json& item : *files) {
    const std::string name = item["file"].get<std::string>();
    const std::string path = pack.folder + "/" + name;
    std::error_code code;
    const std::uint64_t size = fs::file_size(path, code);
    if (code) return invalid("a file of the pack is not there", path);
    if (size != item["size_bytes"].get<std::uint64_t>())
      return invalid(std::string("it has ") + std::to_string(size) + " bytes where pack.json says " + item["size_bytes"].dump(), path);
    if (name.ends_with(".safetensors")) {
      Result<core::SafetensorsHeader> header = core::readSafetensorsHeader(path);
      if (!header) return std::move(header).error();
      tensors += static_cast<std::int64_t>(header->tensors.size());
    }
    Result<std::string> hash = core::sha256File(path);
    if (!hash) return std::move(hash).error();
    if (*hash != item["sha256"].get<std::string>()) return invalid("its content is not what pack.json says", path);
  }
  return nlohmann::json{{"name", pack.name}, {"folder", pack.folder}, {"files", files->size()}, {"tensors", tensors},
                        {"size_bytes", pack.sizeBytes}, {"sha256", pack.hash}};
}

Result<Pack> addPack(const std::string& folder) {
  Result<Pack> pack = readPack(folder);
  if (!pack) return pack;
  if (Result<nlohmann::json> checked = checkPack(*pack); !checked) return std::move(checked).error();
  const Result<std::vector<std::string>> names = filesToCopy(*pack);
  if (!names) return names.error();
  const fs::path target = fs::path(core::packDataFolder()) / pack->name;
  std::error_code code;
  if (fs::exists(target, code))
    return Error{ErrorCode::kFileUnwritable, "a pack of that name is there already; remove it first", target.string(), {}};
  const fs::path aside = fs::path(core::packDataFolder()) / (std::string(".") + pack->name + ".part");
  fs::remove_all(aside, code);
  fs::create_directories(aside, code);
  for (const std::string& name : *names) {
    if (!code) fs::create_directories((aside / name).parent_path(), code);
    if (!code) fs::copy_file(fs::path(pack->folder) / name, aside / name, code);
  }
  if (!code) fs::rename(aside, target, code);
  if (code) {
    const int number = code.value();
    fs::remove_all(aside, code);
    Error error = core::errnoError(number, "copying failed", target.string());
    if (error.code == ErrorCode::kFileUnreadable) error.code = ErrorCode::kFileUnwritable;
    return error;
  }
  return readPack(target.string());
}

}  // namespace pai::cli
