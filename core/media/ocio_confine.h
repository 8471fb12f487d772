// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <OpenColorIO/OpenColorIO.h>

#include "core/base/result.h"

namespace pai::core {

/// Reads a configuration and proves, before any of its files is opened, that all of them lie beneath its folder.
/// kPathForbidden otherwise; throws OCIO's exception for a configuration that cannot be parsed.
Result<OCIO_NAMESPACE::ConstConfigRcPtr> confinedConfig(const std::string& path);

}  // namespace pai::core
