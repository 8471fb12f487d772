// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace pai::core {

/// A model pack: a folder with pack.json and the files it names, or a public download without one.
struct Pack {
  std::string name;
  std::string folder;  // absolute
  std::string hash;    // of pack.json, which holds the hashes of its files; of a download, of its headers
  nlohmann::json manifest;
  std::uint64_t sizeBytes = 0;
};

/// Where packs are added: $XDG_DATA_HOME/pai-studio/packs, else ~/.local/share/pai-studio/packs.
std::string packDataFolder();
/// Folders that are looked through: $PAI_PACK_PATH (separated by ':'), the user's data folder, and assets/packs beside the
/// program's installation.
std::vector<std::string> packFolders();
/// Packs found, by name.
std::vector<Pack> listPacks();
/// A pack by its name or its folder. kPackInvalid, kFileMissing.
Result<Pack> findPack(const std::string& nameOrFolder);
/// Reads a folder's pack.json, or the headers of a download. kPackInvalid.
Result<Pack> readPack(const std::string& folder);
/// The files of a pack's manifest: each a plain name with size and hash. kPackInvalid, kPathForbidden.
Result<std::vector<nlohmann::json>> packFiles(const Pack& pack);

}  // namespace pai::core
