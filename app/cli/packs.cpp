// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/packs.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>

#include "app/cli/job_run.h"
#include "core/base/file_system.h"
#include "core/base/hash.h"
#include "core/base/json_reader.h"
#include "core/base/safetensors.h"
#include "core/render/job_directory.h"
#include "core/render/process.h"

namespace pai::cli {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorCode;
using core::Result;

namespace {

constexpr std::size_t kMaxFiles = 1000;

Error invalid(std::string detail, const std::string& file) {
  return Error{ErrorCode::kPackInvalid, std::move(detail), file, {}};
}

std::string dataFolder() {
  if (const char* xdg = std::getenv("XDG_DATA_HOME"); xdg && *xdg) return std::string(xdg) + "/pai-studio/packs";
  const char* home = std::getenv("HOME");
  return std::string(home && *home ? home : "/tmp") + "/.local/share/pai-studio/packs";
}

/// The files of a manifest, each a plain name with size and hash.
Result<std::vector<nlohmann::json>> filesOf(const Pack& pack) {
  const auto list = pack.manifest.find("files");
  if (list == pack.manifest.end() || !list->is_array() || list->size() > kMaxFiles)
    return invalid("pack.json has no list \"files\"", pack.folder);
  std::vector<nlohmann::json> files;
  for (const nlohmann::json& item : *list) {
    const bool fine = item.is_object() && item.contains("file") && item["file"].is_string() && item.contains("sha256") &&
                      item["sha256"].is_string() && item.contains("size_bytes") && item["size_bytes"].is_number_unsigned();
    if (!fine) return invalid("an entry of \"files\" lacks file, sha256 or size_bytes", pack.folder);
    if (!core::isBaseName(item["file"].get<std::string>()))
      return Error{ErrorCode::kPathForbidden, "only plain file names are allowed in a pack", item["file"].get<std::string>(), {}};
    files.push_back(item);
  }
  return files;
}

}  // namespace

std::vector<std::string> packFolders() {
  std::vector<std::string> folders;
  if (const char* path = std::getenv("PAI_PACK_PATH")) {
    std::stringstream parts(path);
    for (std::string part; std::getline(parts, part, ':');)
      if (!part.empty()) folders.push_back(part);
  }
  folders.push_back(dataFolder());
  folders.push_back(fs::path(core::programBeside("..")).lexically_normal().string() + "/share/pai-studio/packs");
  return folders;
}

Result<Pack> readPack(const std::string& folder) {
  const std::string file = folder + "/pack.json";
  Result<std::string> text = core::readWholeFile(file, 4 << 20);
  if (!text) return text.error().code == ErrorCode::kFileMissing ? invalid("there is no pack.json in it", folder) : std::move(text).error();
  Result<nlohmann::json> manifest = core::readJson(*text, file);
  if (!manifest) return std::move(manifest).error();
  Pack pack;
  pack.folder = absolutePath(folder);
  pack.hash = core::sha256Of(*text);
  pack.manifest = std::move(manifest).value();
  if (!pack.manifest.is_object() || !pack.manifest.contains("name") || !pack.manifest["name"].is_string())
    return invalid("pack.json has no \"name\"", file);
  pack.name = pack.manifest["name"].get<std::string>();
  if (!core::isBaseName(pack.name)) return invalid("its name is no plain name", file);
  Result<std::vector<nlohmann::json>> files = filesOf(pack);
  if (!files) return std::move(files).error();
  for (const nlohmann::json& item : *files) pack.sizeBytes += item["size_bytes"].get<std::uint64_t>();
  return pack;
}

std::vector<Pack> listPacks() {
  std::vector<Pack> packs;
  std::set<std::string> names;
  for (const std::string& folder : packFolders()) {
    std::error_code code;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, code)) {
      if (!entry.is_directory(code)) continue;
      Result<Pack> pack = readPack(entry.path().string());
      if (pack && names.insert(pack->name).second) packs.push_back(std::move(pack).value());
    }
  }
  std::sort(packs.begin(), packs.end(), [](const Pack& a, const Pack& b) { return a.name < b.name; });
  return packs;
}

Result<Pack> findPack(const std::string& nameOrFolder) {
  std::error_code code;
  if (nameOrFolder.find('/') != std::string::npos || fs::exists(nameOrFolder + "/pack.json", code)) return readPack(nameOrFolder);
  for (Pack& pack : listPacks())
    if (pack.name == nameOrFolder) return std::move(pack);
  return Error{ErrorCode::kPackInvalid, "there is no pack of that name; pai pack list shows those found", nameOrFolder, {}};
}

Result<nlohmann::json> checkPack(const Pack& pack) {
  Result<std::vector<nlohmann::json>> files = filesOf(pack);
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
  const fs::path target = fs::path(dataFolder()) / pack->name;
  std::error_code code;
  if (fs::exists(target, code))
    return Error{ErrorCode::kFileUnwritable, "a pack of that name is there already; remove it first", target.string(), {}};
  const fs::path aside = fs::path(dataFolder()) / (std::string(".") + pack->name + ".part");
  fs::remove_all(aside, code);
  fs::create_directories(aside, code);
  const auto copy = [&](const std::string& name) {
    if (!code) fs::copy_file(fs::path(pack->folder) / name, aside / name, code);
  };
  copy("pack.json");
  for (const nlohmann::json& item : pack->manifest["files"]) copy(item["file"].get<std::string>());
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
