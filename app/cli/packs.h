// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace pai::cli {

/// A model pack: a folder with pack.json and the files it names.
struct Pack {
  std::string name;
  std::string folder;  // absolute
  std::string hash;    // of pack.json, which holds the hashes of its files
  nlohmann::json manifest;
  std::uint64_t sizeBytes = 0;
};

/// Folders that are looked through: $PAI_PACK_PATH (separated by ':'), the user's data folder, and assets/packs beside the
/// program's installation.
std::vector<std::string> packFolders();
/// Packs found, by name.
std::vector<Pack> listPacks();
/// A pack by its name or its folder. kPackInvalid, kFileMissing.
core::Result<Pack> findPack(const std::string& nameOrFolder);
/// Reads a folder's pack.json. kPackInvalid.
core::Result<Pack> readPack(const std::string& folder);
/// Reads every file of a pack: there, of the stated size and hash, safetensors well-formed. Gives what was read.
core::Result<nlohmann::json> checkPack(const Pack& pack);
/// Copies a pack into the user's data folder after checking it. kJobExists never; kFileUnwritable when one of that name is there.
core::Result<Pack> addPack(const std::string& folder);

}  // namespace pai::cli
