// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/delivery_colour.h"

#include <algorithm>

#include "core/media/colour_transfer.h"

namespace pai::worker {

using core::Codec;
using core::Colour;
using core::Picture;
using core::Result;
using core::SampleType;
using Transfer = core::ColourTags::Transfer;

Result<DeliveryColour> DeliveryColour::make(const core::Job& job) {
  DeliveryColour out;
  out.m_space = job.colourSpace;
  for (const core::JobMedia& media : job.media)
    if (media.id == job.shot.plate && !Colour::plainTransfer(media.colourSpace)) out.m_plateSpace = media.colourSpace;
  const bool named = !out.m_plateSpace.empty() || (!out.m_space.empty() && !Colour::plainTransfer(out.m_space));
  Result<std::shared_ptr<const Colour>> colour =
      named || !job.ocioConfig.empty() ? Colour::inForce(job.ocioConfig) : Result<std::shared_ptr<const Colour>>(Colour::builtIn());
  if (!colour) return std::move(colour).error();
  out.m_colour = std::move(colour).value();
  const std::vector<std::string>& spaces = out.m_colour->inputSpaces();
  for (const std::string& space : {out.m_space, out.m_plateSpace})
    if (!space.empty() && !Colour::plainTransfer(space) && std::find(spaces.begin(), spaces.end(), space) == spaces.end())
      return out.m_colour->fromWorking(Picture(1, 1, 3, SampleType::kF32), space).error();
  return out;
}

std::string DeliveryColour::targetOf(Transfer now, const LayerPlan& plan) const {
  if (!m_space.empty()) return m_space;
  if (plan.codec == Codec::kExr) return "linear";
  if (!m_plateSpace.empty()) return m_plateSpace;
  if (now != Transfer::kLinear) return "";
  return plan.codec == Codec::kPng ? "srgb" : "rec709";
}

Result<Picture> DeliveryColour::of(const Picture& picture, const LayerPlan& plan) const {
  if (picture.empty() || plan.layer == "matte" || plan.layer == "shadow") return picture;
  const std::string target = targetOf(picture.colour.transfer, plan);
  const auto plain = Colour::plainTransfer(target);
  const Transfer now = picture.colour.transfer == Transfer::kUnknown ? Transfer::kBt709 : picture.colour.transfer;
  if (target.empty() || plain == now) return picture;
  const SampleType type = plan.codec == Codec::kExr ? SampleType::kF32 : SampleType::kU16;
  if (plain && m_space.empty()) return codedPicture(linearPicture(picture), *plain, type);  // the plate's primaries are kept
  Result<Picture> working = m_colour->toWorking(picture, "");
  if (!working) return std::move(working).error();
  Result<Picture> coded = m_colour->fromWorking(*working, target);
  if (!coded) return std::move(coded).error();
  return withType(*coded, type);
}

/// A space by its name; the plate's where it has none.
std::string DeliveryColour::nameOf(const std::string& space, const core::ColourTags& plate) const {
  if (!space.empty()) return space;
  if (!m_plateSpace.empty()) return m_plateSpace;
  switch (plate.transfer) {
    case Transfer::kSrgb: return "srgb";
    case Transfer::kPq: return "pq";
    case Transfer::kHlg: return "hlg";
    default: return "rec709";  // a linear plate's video too: it is coded for the screen
  }
}

Result<Picture> DeliveryColour::between(const Picture& picture, const std::string& from, const std::string& to,
                                        const core::ColourTags& plate) const {
  const std::string now = nameOf(from, plate), then = nameOf(to, plate);
  if (now == then) return picture;
  Result<Picture> working = m_colour->toWorking(picture, now);
  if (!working) return std::move(working).error();
  Result<Picture> coded = m_colour->fromWorking(*working, then);
  if (!coded) return std::move(coded).error();
  return withType(*coded, picture.type());
}

Result<Picture> DeliveryColour::again(const Picture& picture, const std::string& space, const core::ColourTags& plate,
                                      const LayerPlan& plan) const {
  if (space.empty() && m_plateSpace.empty()) return of(picture, plan);
  const std::string target = targetOf(plate.transfer, plan), now = nameOf(space, plate);
  const std::string wanted = target.empty() ? nameOf({}, plate) : target;
  if (wanted == now) return picture;
  const Picture wide = withType(picture, plan.codec == Codec::kExr ? SampleType::kF32 : SampleType::kU16);
  return between(wide, now, wanted, plate);
}

}  // namespace pai::worker
