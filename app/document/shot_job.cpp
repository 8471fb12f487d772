// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/shot_job.h"

#include <set>

#include "app/document/colour_edits.h"

namespace pai::app {

core::Job jobOfShot(const Document& document, const core::Shot& shot, const core::FrameRange& range) {
  core::Job job;
  job.name = shot.name;
  job.shot = shot;
  job.shot.markers.clear();  // notes of editing: no part of a render, nor of what records it
  if (!range.empty()) {
    job.shot.range = range;
    // References out of range are kept in the project, and left out of what is rendered.
    std::erase_if(job.shot.references,
                  [&range](const core::Reference& r) { return !core::resolveAnchor(r.anchor, range); });
  }
  std::set<core::Id> used{shot.plate, shot.camera.clip};
  for (const core::Reference& reference : job.shot.references) used.insert(reference.media);
  for (const core::MatteLayer& layer : shot.matte) used.insert(layer.media);
  for (const core::Media& media : document.project().media) {
    if (!used.contains(media.id)) continue;
    job.media.push_back({media.id, document.mediaPath(media).toStdString(), media.sha256, media.colourSpace});
  }
  job.engine = shot.render.engine;
  job.seed = shot.render.seed;
  job.width = shot.render.width;
  job.height = shot.render.height;
  job.steps = shot.render.steps;
  job.guidance = shot.render.guidance;
  job.preset = shot.delivery.preset;
  job.colourSpace = shot.delivery.colourSpace;
  job.ocioConfig = configPath(document).toStdString();
  job.layers = shot.delivery.layers;
  job.audio = shot.delivery.audio;
  return job;
}

}  // namespace pai::app
