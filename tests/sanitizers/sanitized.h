// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace pai {

/// Whether a sanitizer watches: it slows everything several times over and keeps freed memory for a while.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace pai
