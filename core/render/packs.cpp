// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/packs.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>

#include "core/base/file_system.h"
#include "core/base/hash.h"
#include "core/base/json_reader.h"
#include "core/base/pack_files.h"
#include "core/render/job_directory.h"
#include "core/render/process.h"

namespace pai::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxFiles = 1000;

Error invalidPack(std::string detail, const std::string& file) {
  return Error{ErrorCode::kPackInvalid, std::move(detail), file, {}};
}

std::string absolutePath(const std::string& path) {
  std::error_code code;
  const fs::path absolute = fs::absolute(path, code);
  return code ? path : absolute.lexically_normal().string();
}

/// A public download without pack.json, by the name of its folder.
Result<Pack> readBarePack(const std::string& folder) {
  const Result<PackRules> rules = rulesOfFiles(folder);
  if (!rules) return rules.error();
  Result<std::string> hash = hashOfFiles(folder);
  if (!hash) return std::move(hash).error();
  const Result<PackFiles> files = findPackFiles(folder);
  if (!files) return files.error();
  Pack pack;
  pack.folder = absolutePath(folder);
  pack.hash = std::move(hash).value();
  pack.name = rules->name;
  pack.manifest = {{"name", pack.name}, {"weights", nlohmann::json::array()}};
  std::vector<std::string> weights = files->shards;
  for (const std::string& path : files->weights) {
    pack.manifest["weights"].push_back(fs::path(path).filename().string());
    if (!path.ends_with(".json")) weights.push_back(path);
  }
  for (const std::string& path : weights) {
    std::error_code code;
    if (const auto size = fs::file_size(path, code); !code) pack.sizeBytes += size;
  }
  return pack;
}

}  // namespace

std::string packDataFolder() {
  if (const char* xdg = std::getenv("XDG_DATA_HOME"); xdg && *xdg) return std::string(xdg) + "/pai-studio/packs";
  const char* home = std::getenv("HOME");
  return std::string(home && *home ? home : "/tmp") + "/.local/share/pai-studio/packs";
}

Result<std::vector<nlohmann::json>> packFiles(const Pack& pack) {
  const auto list = pack.manifest.find("files");
  if (list == pack.manifest.end() || !list->is_array() || list->size() > kMaxFiles)
    return invalidPack("pack.json has no list \"files\"", pack.folder);
  std::vector<nlohmann::json> files;
  for (const nlohmann::json& item : *list) {
    const bool fine = item.is_object() && item.contains("file") && item["file"].is_string() && item.contains("sha256") &&
                      item["sha256"].is_string() && item.contains("size_bytes") && item["size_bytes"].is_number_unsigned();
    if (!fine) return invalidPack("an entry of \"files\" lacks file, sha256 or size_bytes", pack.folder);
    if (!isBaseName(item["file"].get<std::string>()))
      return Error{ErrorCode::kPathForbidden, "only plain file names are allowed in a pack", item["file"].get<std::string>(), {}};
    files.push_back(item);
  }
  return files;
}

std::vector<std::string> packFolders() {
  std::vector<std::string> folders;
  if (const char* path = std::getenv("PAI_PACK_PATH")) {
    std::stringstream parts(path);
    for (std::string part; std::getline(parts, part, ':');)
      if (!part.empty()) folders.push_back(part);
  }
  folders.push_back(packDataFolder());
  folders.push_back(fs::path(programBeside("..")).lexically_normal().string() + "/share/pai-studio/packs");
  return folders;
}

Result<Pack> readPack(const std::string& folder) {
  const std::string file = folder + "/pack.json";
  Result<std::string> text = readWholeFile(file, 4 << 20);
  if (!text && text.error().code == ErrorCode::kFileMissing) return readBarePack(folder);
  if (!text) return std::move(text).error();
  Result<nlohmann::json> manifest = readJson(*text, file);
  if (!manifest) return std::move(manifest).error();
  Pack pack;
  pack.folder = absolutePath(folder);
  pack.hash = sha256Of(*text);
  pack.manifest = std::move(manifest).value();
  if (!pack.manifest.is_object() || !pack.manifest.contains("name") || !pack.manifest["name"].is_string())
    return invalidPack("pack.json has no \"name\"", file);
  pack.name = pack.manifest["name"].get<std::string>();
  if (!isBaseName(pack.name)) return invalidPack("its name is no plain name", file);
  Result<std::vector<nlohmann::json>> files = packFiles(pack);
  if (!files) return std::move(files).error();
  for (const nlohmann::json& item : *files) pack.sizeBytes += item["size_bytes"].get<std::uint64_t>();
  return pack;
}

std::vector<Pack> listPacks() {
  std::vector<Pack> packs;
  std::set<std::string> names;
  const auto take = [&](const std::string& folder) {
    Result<Pack> pack = readPack(folder);
    if (!pack) return false;
    if (names.insert(pack->name).second) packs.push_back(std::move(pack).value());
    return true;
  };
  for (const std::string& folder : packFolders()) {
    if (take(folder)) continue;  // the path named a pack itself
    std::error_code code;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, code))
      if (entry.is_directory(code)) take(entry.path().string());
  }
  std::sort(packs.begin(), packs.end(), [](const Pack& a, const Pack& b) { return a.name < b.name; });
  return packs;
}

Result<Pack> findPack(const std::string& nameOrFolder) {
  std::error_code code;
  if (nameOrFolder.find('/') != std::string::npos || fs::is_directory(nameOrFolder, code)) return readPack(nameOrFolder);
  for (Pack& pack : listPacks())
    if (pack.name == nameOrFolder) return std::move(pack);
  return Error{ErrorCode::kPackInvalid, "there is no pack of that name; pai pack list shows those found", nameOrFolder, {}};
}

}  // namespace pai::core
