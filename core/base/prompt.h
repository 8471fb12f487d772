// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pai::core {

/// The structured prompt: exactly eight string fields in this order (paper, structured annotation).
struct StructuredPrompt {
  std::string foregroundContent;
  std::string backgroundContent;
  std::string foregroundMotion;
  std::string backgroundMotion;
  std::string cameraMotionAnalysis;
  std::string cameraAngle;
  std::string focalLength;
  std::string caption;
  bool operator==(const StructuredPrompt&) const = default;
};

/// JSON names of the eight fields, in order.
inline constexpr std::array<std::string_view, 8> kPromptFields{
    "foreground_content", "background_content", "foreground_motion", "background_motion",
    "camera_motion_analysis", "camera_angle", "focal_length", "caption"};

/// Field by position in kPromptFields; i < 8.
std::string& promptField(StructuredPrompt& prompt, std::size_t i);
const std::string& promptField(const StructuredPrompt& prompt, std::size_t i);

/// Bounds of a prompt file and of one field. A field longer than a model's token limit is cut by the encoder, not here.
inline constexpr std::size_t kPromptSizeLimit = std::size_t{8} << 20;
inline constexpr std::size_t kPromptFieldLimit = std::size_t{1} << 20;

/// Reads a prompt file's text: an object with the eight string fields; further fields are ignored. Of a field given twice the
/// last counts; that, and a prompt without any text, is said in `warnings`. Errors: kJsonInvalid, kFieldInvalid naming every field
/// that is missing or no text, kLimitExceeded.
Result<StructuredPrompt> parsePrompt(std::string_view json, const std::string& fileName,
                                     std::vector<std::string>* warnings = nullptr);
/// The JSON text, fields in order, indented by two.
std::string promptJson(const StructuredPrompt& prompt);
/// The text a text encoder is given: each non-empty field as "name: value", in order, joined by newlines.
std::string promptText(const StructuredPrompt& prompt);

}  // namespace pai::core
