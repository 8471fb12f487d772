// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include <opencv2/core.hpp>

#include "core/base/project.h"
#include "core/base/result.h"
#include "core/base/stop.h"
#include "core/draft/background.h"
#include "core/draft/finish_planes.h"
#include "core/draft/key_markers.h"
#include "core/draft/key_screen.h"
#include "core/draft/key_unmix.h"

namespace pai::core {

/// A keyed frame.
struct KeyedFrame {
  cv::Mat alpha;       // CV_32F, 1 = subject
  Planes foreground;   // straight, unmixed from the screen and despilled, linear
  cv::Mat shadow;      // CV_32F, how much of the screen's light arrives: 1 none lost, 0 black; empty unless asked for
};

/// Alpha of a frame before shaping.
struct RawKey {
  cv::Mat alpha;        // CV_32F
  ScreenField field;    // the screen around and behind the subject
  CoarseField subject;  // colour of the solid subject nearby
  MixedColours mixed;   // the subject's colour in soft pixels
  std::vector<cv::Rect> islands;  // alpha is 0 outside
  bool fine = true;     // soft pixels were unmixed; shaping refines them
};

/// The frame before, for temporal stability: its planes and its alpha before shaping.
struct KeyHistory {
  Planes frame;
  cv::Mat rawAlpha;
};

/// Pulls a key from a plate in front of a screen, in linear light, against the screen as each frame shows it around the
/// subject. Immutable once built; `key` may be called from several threads.
class Keyer {
 public:
  /// Looks at a few frames of the plate (`picture` only). Errors: kNoScreen, the accessors', kCancelled.
  static Result<Keyer> build(const KeySettings& settings, const PlateAccess& plate, const StopToken& stop);

  /// The same screen with other settings; asks for no frame. Nothing when the screen has to be found again.
  bool sameScreen(const KeySettings& settings) const;
  void setSettings(const KeySettings& settings) { m_settings = settings; }
  const KeySettings& settings() const { return m_settings; }
  const ScreenColour& screen() const { return m_screen; }
  /// Says that frames of `width` pixels come from coarse chroma samples; smaller ones do not show it. 0: none do.
  void setCoarseChroma(int width) { m_coarseWidth = width; }

  /// Keys a frame. `scale` is the frame's width over the shot's (0.5 at half size); `previous` may hold the frame before.
  KeyedFrame key(const Planes& frame, double scale, const KeyHistory* previous, bool wantShadow) const;
  /// Alpha before the settings' shaping, and what it was made from. Depends on the screen alone. Not `fine`: the same but for its
  /// soft pixels, which the screen difference alone decides, and without the subject's colour in them; less work.
  RawKey rawKey(const Planes& frame, bool fine = true) const;
  /// Alpha after stability, levels, refinement, despot, holes and growth. Scratch pictures only; nothing is found again.
  cv::Mat shapedAlpha(const RawKey& raw, const Planes& frame, double scale, const KeyHistory* previous) const;
  /// Alpha of a frame from its screen differences and from how the screen lights the subject around, as the alpha of `small` (the key
  /// of `few`, the same frame made smaller) has it; within what the matte `shaped` from it lets it be. For pictures that move: the edge
  /// is the frame's own, everything else the small matte's.
  cv::Mat quickAlpha(const RawKey& small, const cv::Mat& shaped, const Planes& few, const Planes& frame, double scale) const;
  /// Straight colour of the subject under `alpha` (any matte of the frame's size).
  Planes foreground(const RawKey& raw, const Planes& frame, const cv::Mat& alpha) const;
  /// How much of the screen's light arrives at each pixel, from the screen around it.
  cv::Mat shadow(const RawKey& raw, cv::Size size) const;
  /// Keys a full-size picture.
  KeyedFrame key(const Picture& picture) const { return key(planesOf(picture), 1.0, nullptr, true); }

 private:
  void stabilise(cv::Mat& alpha, const Planes& frame, const KeyHistory& previous) const;
  /// Alpha that counts as none and as all.
  std::pair<float, float> levels(bool coarse) const;

  KeySettings m_settings;
  ScreenColour m_screen;
  std::optional<MarkerPaint> m_paint;  // of the screen's markers, where it has any
  int m_coarseWidth = 0;
};

}  // namespace pai::core
