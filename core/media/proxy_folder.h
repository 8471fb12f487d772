// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"

namespace pai::core {

/// Folder for what can be made again: PAI_CACHE_DIR, else XDG_CACHE_HOME/pai-studio, else ~/.cache/pai-studio.
std::string cacheFolder();

/// Folder of proxies where none is chosen: beneath `cacheFolder`.
std::string proxyFolder();

/// Where the proxy of a clip with this content hash (SHA-256 in hexadecimal) lies, whether it exists or not; "" for what is
/// not a hash. `folder` "" is `proxyFolder`.
std::string proxyPathFor(const std::string& sha256, const std::string& folder = {});

/// Removes the files of one ending that were used longest ago (by their times) until the others take no more than `bytes`; never
/// `keep`.
void keepFolderWithin(const std::string& folder, const std::string& ending, std::int64_t bytes, const std::string& keep);

/// Bytes of the proxies in a folder. Takes them away.
std::int64_t proxyBytes(const std::string& folder);
Status removeProxies(const std::string& folder);

}  // namespace pai::core
