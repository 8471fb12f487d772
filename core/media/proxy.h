// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"
#include "core/base/stop.h"
#include "core/media/clip_reader.h"
#include "core/media/proxy_folder.h"

namespace pai::core {

/// Box that proxies fit in.
inline constexpr int kProxyWidth = 960, kProxyHeight = 540;

/// Whether a clip of this kind is worth a proxy: larger than one, longer than a few frames, and not of whole pictures only.
bool proxyHelps(const ClipInfo& info);

/// The proxy of a clip in a folder ("": `proxyFolder`), made when it is not there: hashes the clip, takes away what a killed run left, and
/// afterwards the proxies used longest ago beyond `kProxyBytes` in all. Long; errors of `makeProxy`.
Result<std::string> proxyOf(const std::string& clip, const StopToken& stop, const ProgressFn& progress,
                            const std::string& folder = {});
inline constexpr std::int64_t kProxyBytes = 20LL << 30;

/// Makes a proxy: the clip scaled to fit 960x540, same frames, rate and colour, ProRes 422, so that any frame is read alone.
/// Atomic; makes the folder. Long; polls `stop` (kCancelled). Errors of readers and writers.
Status makeProxy(const std::string& clip, const std::string& proxy, const StopToken& stop, const ProgressFn& progress);

}  // namespace pai::core
