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

}  // namespace pai::core
