// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <cstdlib>

#include "core/base/job.h"
#include "core/base/json_reader.h"
#include "core/base/manifest.h"

using namespace pai::core;

/// Jobs and events that are read are written and read again as the same; manifests leave a project that opens.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto job = parseJob(text, "fuzz")) {
    const auto again = parseJob(jsonText(jobJson(*job)), "fuzz");
    if (!again || !(*again == *job)) std::abort();
  }
  if (const auto event = parseEventLine(text, "fuzz"); event && *event) {
    const std::string line = eventLine(**event);
    const auto again = parseEventLine(line, "fuzz");
    if (!again || !*again || eventLine(**again) != line) std::abort();
  }
  Project project;
  static_cast<void>(applyManifest(project, text, "fuzz", "/nowhere", "/nowhere"));
  return 0;
}
