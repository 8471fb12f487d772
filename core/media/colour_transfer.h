// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/media/picture.h"

namespace pai::core {

/// Scene-linear value of a coded one, and back; 0..1 nominal, mirrored below zero, PQ in units of 100 cd/m2 (1.0 = 100).
/// kUnknown counts as BT.709. BT.709 is the inverse camera curve (BT.709 1.2), HLG is scene light (BT.2100 table 5, 1.0 = 1/1).
float linearOf(float coded, ColourTags::Transfer transfer);
float codedOf(float linear, ColourTags::Transfer transfer);

/// The picture in linear light as kF32; itself when it is linear (kF32 pictures of unknown transfer are).
Picture linearPicture(const Picture& picture);
/// A linear kF32 picture in a transfer and sample type; values are clamped for kU8 and kU16.
Picture codedPicture(const Picture& linear, ColourTags::Transfer transfer, SampleType type);
/// A linear kF32 picture with Rec.709 primaries as one with those of BT.2020 (ITU-R BT.2087).
Picture wideOf(const Picture& linear);
/// The same picture in another sample type, no change of transfer.
Picture withType(const Picture& picture, SampleType type);

}  // namespace pai::core
