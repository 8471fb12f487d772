// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/proxy_folder.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

namespace pai::core {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// Files that this program named: a content hash and ".mov".
std::vector<fs::path> proxiesIn(const std::string& folder) {
  std::vector<fs::path> proxies;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure))
    if (entry.is_regular_file(failure) && entry.path().extension() == ".mov" && !proxyPathFor(entry.path().stem().string()).empty())
      proxies.push_back(entry.path());
  return proxies;
}

}  // namespace

std::string cacheFolder() {
  if (std::string own = environment("PAI_CACHE_DIR"); !own.empty()) return own;
  if (const std::string xdg = environment("XDG_CACHE_HOME"); !xdg.empty() && xdg[0] == '/') return xdg + "/pai-studio";
  const std::string home = environment("HOME");
  return (home.empty() ? std::filesystem::temp_directory_path().string() : home + "/.cache") + "/pai-studio";
}

std::string proxyFolder() { return cacheFolder() + "/proxies"; }

std::string proxyPathFor(const std::string& sha256, const std::string& folder) {
  const bool hexadecimal = sha256.size() == 64 && sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
  return hexadecimal ? (folder.empty() ? proxyFolder() : folder) + "/" + sha256 + ".mov" : "";
}

void keepFolderWithin(const std::string& folder, const std::string& ending, std::int64_t bytes, const std::string& keep) {
  std::error_code failure;
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  std::int64_t all = 0;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    if (!entry.is_regular_file(failure) || entry.path().extension() != ending) continue;
    all += static_cast<std::int64_t>(entry.file_size(failure));
    files.emplace_back(entry.last_write_time(failure), entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& [used, path] : files) {
    if (all <= bytes) return;
    if (path == keep) continue;
    all -= static_cast<std::int64_t>(fs::file_size(path, failure));
    fs::remove(path, failure);
  }
}

std::int64_t proxyBytes(const std::string& folder) {
  std::int64_t bytes = 0;
  for (const fs::path& path : proxiesIn(folder)) {
    std::error_code failure;
    if (const auto size = fs::file_size(path, failure); !failure) bytes += static_cast<std::int64_t>(size);
  }
  return bytes;
}

Status removeProxies(const std::string& folder) {
  for (const fs::path& path : proxiesIn(folder)) {
    std::error_code failure;
    fs::remove(path, failure);
    if (failure) return Error{ErrorCode::kFileUnwritable, "it cannot be removed (" + failure.message() + ")", path.string(), {}};
  }
  return {};
}

}  // namespace pai::core
