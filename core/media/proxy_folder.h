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

/// Bytes of the proxies in a folder. Takes them away.
std::int64_t proxyBytes(const std::string& folder);
Status removeProxies(const std::string& folder);

}  // namespace pai::core
