// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace pai::core {

/// Lets large pictures of this process, OpenCV's too, lie in `PictureBlocks`. For good; early in main.
void poolPictures();

}  // namespace pai::core
