// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/media/image_codecs.h"

namespace pai::core {

/// Walks the attributes of an OpenEXR file's headers before the library reads them: it allocates what an attribute states as
/// its size, and reads on elsewhere where the size is not that of the type. kFormatBroken when one is not as long as it says.
Status checkExrAttributes(const ImageSource& source);

}  // namespace pai::core
