// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <cstdlib>

#include "core/base/json_reader.h"
#include "core/base/manifest.h"
#include "core/base/project_file.h"
#include "core/base/project_json.h"

using namespace pai::core;

/// A project that opens is written and opens again as the same; its media paths resolve.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> warnings;
  const auto project = parseProject(text, "fuzz", &warnings);
  if (!project) {
    if (describe(project.error()).size() > 600) std::abort();
    return 0;
  }
  for (const Media& media : project->media) resolveMediaPath(media.path, "/project");
  for (const Shot& shot : project->shots)
    for (const Reference& reference : shot.references) resolveAnchor(reference.anchor, shot.range);
  warnings.clear();
  const auto again = parseProject(projectText(*project), "fuzz", &warnings);
  if (!again || !(*again == *project)) std::abort();
  return 0;
}
