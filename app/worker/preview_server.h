// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

#include "core/base/result.h"

namespace pai::worker {

struct PreviewServerOptions {
  int socket = -1;             // one end of core::wirePair
  std::size_t cacheBytes = 0;  // of frames, decoded and as pictures
  bool proxies = false;        // make them in the background
};

/// Answers a PreviewClient until it closes the connection: clips and stills, drafts and their solve, proxies. Requests of one
/// kind are answered in order; kinds do not wait for each other.
core::Status servePreview(const PreviewServerOptions& options);

}  // namespace pai::worker
