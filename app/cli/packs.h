// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "core/base/result.h"
#include "core/render/packs.h"

namespace pai::cli {

using core::findPack;
using core::listPacks;
using core::Pack;
using core::packFolders;
using core::readPack;

/// Reads every file of a pack: there, of the stated size and hash, safetensors well-formed. Of a download without pack.json: every
/// header, and what each file was recognised as. Gives what was read.
core::Result<nlohmann::json> checkPack(const Pack& pack);
/// Copies a pack into the user's data folder after checking it. kFileUnwritable when one of that name is there.
core::Result<Pack> addPack(const std::string& folder);

}  // namespace pai::cli
