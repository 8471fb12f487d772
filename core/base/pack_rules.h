// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"

namespace pai::core {

/// How references and plate reach a pack's transformer.
enum class PackConditioning { kText, kInContext, kVace };

/// What pack.json says to those that prepare a job's pictures and take its frames. A pack is untrusted input: all is bounded.
struct PackRules {
  std::string name;
  PackConditioning conditioning = PackConditioning::kText;
  bool pixels = false;              // "autoencoder": "none": the transformer works on pixels
  int width = 0, height = 0;        // the largest size it works at; 0: the shot's
  int multiple = 16;                // width and height are padded to it
  bool continuousPositions = false; // references keep their own place between latent steps
  int steps = 0;                    // denoising steps when none are asked for; 0: not stated
  double guidance = -1.0;           // below 0: not stated
  std::int64_t window = 0;          // frames made at once; 0: the whole shot
  std::int64_t overlap = 0;         // frames that neighbouring windows share
  std::array<double, 3> screen{0.0, 0.694, 0.251};  // colour around the subject in the condition video, coded RGB

  int timeStride() const { return pixels ? 1 : 4; }
  int spaceStride() const { return pixels ? 1 : 8; }
  /// Frames after padding: 4 n + 1 for an autoencoder of four frames a step.
  std::int64_t paddedFrames(std::int64_t frames) const;
  /// Latent steps of a number of padded frames.
  std::int64_t latentSteps(std::int64_t paddedFrames) const { return 1 + (paddedFrames - 1) / timeStride(); }

  /// Whether references are held by latent steps of several frames, their slots, so that two of them may meet in one.
  bool hasSlots() const { return timeStride() > 1 && conditioning != PackConditioning::kText && !continuousPositions; }
  /// The latent step that frame n of a render lies in: 0 for frame 0, else ceil(n / stride).
  std::int64_t slotOf(std::int64_t frame) const { return (frame + timeStride() - 1) / timeStride(); }
  /// Its frames: frame 0 alone, then `timeStride` each.
  FrameRange framesOfSlot(std::int64_t slot) const;
  /// The frame in its middle, the earlier of two: where a reference stands best.
  std::int64_t middleOfSlot(std::int64_t slot) const;
};

/// Size of the pictures given to a pack: `fit` is the shot scaled down (never up) into the pack's size, `padded` is that to the
/// next multiple.
struct PackPictureSize {
  int fitWidth = 0, fitHeight = 0, paddedWidth = 0, paddedHeight = 0;
};
PackPictureSize packPictureSize(const PackRules& rules, int shotWidth, int shotHeight);

/// Rules of a pack.json's text. Errors: kJsonInvalid, kPackInvalid.
Result<PackRules> parsePackRules(const std::string& text, const std::string& fileName);
/// The same of a folder; without pack.json, of a bare download (pack_files.h). Errors: kPackInvalid, those of reading.
Result<PackRules> readPackRules(const std::string& folder);

}  // namespace pai::core
