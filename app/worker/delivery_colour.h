// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "app/worker/delivery.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/media/colour.h"

namespace pai::worker {

/// Brings the engine's pictures into the space they are delivered in: the job's; else EXR is linear, a plate in a space of its
/// own comes back in it, a linear plate is coded for the screen (PNG: sRGB, video: Rec.709), and all others stay as they are.
class DeliveryColour {
 public:
  /// Errors: kFieldInvalid (unknown space), those of the configuration.
  static core::Result<DeliveryColour> make(const core::Job& job);
  /// The picture of a layer, itself where nothing is to be done. Mattes and shadows are no colours and stay as they are.
  core::Result<core::Picture> of(const core::Picture& picture, const LayerPlan& plan) const;

 private:
  std::string targetOf(const core::Picture& picture, const LayerPlan& plan) const;
  std::shared_ptr<const core::Colour> m_colour;
  std::string m_space, m_plateSpace;
};

}  // namespace pai::worker
