// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/layer_path.h"

namespace pai::core {

std::string layerPath(const std::string& output, const std::string& layer) {
  const std::size_t slash = output.rfind('/'), name = slash == std::string::npos ? 0 : slash + 1;
  std::size_t at = output.find('%', name);
  if (at == std::string::npos) {
    at = output.rfind('.');
    if (at == std::string::npos || at <= name) at = output.size();
  } else if (at > name && (output[at - 1] == '.' || output[at - 1] == '_' || output[at - 1] == '-')) {
    --at;
  }
  return output.substr(0, at) + "." + layer + output.substr(at);
}

std::string cameraPath(const std::string& output) {
  const std::string path = layerPath(output, "camera");
  if (const std::size_t percent = path.find('%'); percent != std::string::npos)
    return path.substr(0, path.find_last_not_of("._-", percent - 1) + 1) + ".json";
  return path.substr(0, path.rfind('.')) + ".json";  // the layer's own dot at least
}

}  // namespace pai::core
