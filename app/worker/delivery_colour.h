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
  /// The same of a picture that was delivered once, in `space` ("" = the plate's, whose clip is tagged `plate`).
  core::Result<core::Picture> again(const core::Picture& picture, const std::string& space, const core::ColourTags& plate,
                                    const LayerPlan& plan) const;
  /// A picture that was delivered in one space, as if it had been in another; itself where they are the same.
  core::Result<core::Picture> between(const core::Picture& picture, const std::string& from, const std::string& to,
                                      const core::ColourTags& plate) const;

 private:
  /// The space that a layer is delivered in, of pictures in `now`; "" where they stay as they are.
  std::string targetOf(core::ColourTags::Transfer now, const LayerPlan& plan) const;
  std::string nameOf(const std::string& space, const core::ColourTags& plate) const;
  std::shared_ptr<const core::Colour> m_colour;
  std::string m_space, m_plateSpace;
};

}  // namespace pai::worker
