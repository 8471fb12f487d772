// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/prompt.h"

#include "core/base/json_reader.h"

namespace pai::core {
namespace {

constexpr std::array<std::string StructuredPrompt::*, 8> kMembers{
    &StructuredPrompt::foregroundContent,    &StructuredPrompt::backgroundContent,
    &StructuredPrompt::foregroundMotion,     &StructuredPrompt::backgroundMotion,
    &StructuredPrompt::cameraMotionAnalysis, &StructuredPrompt::cameraAngle,
    &StructuredPrompt::focalLength,          &StructuredPrompt::caption};

}  // namespace

std::string& promptField(StructuredPrompt& prompt, std::size_t i) { return prompt.*kMembers.at(i); }
const std::string& promptField(const StructuredPrompt& prompt, std::size_t i) { return prompt.*kMembers.at(i); }

Result<StructuredPrompt> parsePrompt(std::string_view json, const std::string& fileName,
                                     std::vector<std::string>* warnings) {
  JsonLimits limits;
  limits.sizeBytes = kPromptSizeLimit;
  limits.stringBytes = kPromptFieldLimit;
  auto read = readJson(json, fileName, limits, warnings);
  if (!read) return read.error();
  if (!read->is_object())
    return Error{ErrorCode::kFieldInvalid,
                 "a prompt is one object with eight text fields, this is something else",
                 fileName,
                 {}};
  StructuredPrompt prompt;
  std::string missing, wrong;
  bool empty = true;
  for (std::size_t i = 0; i < kPromptFields.size(); ++i) {
    const auto field = read->find(kPromptFields[i]);
    if (field == read->end()) {
      missing += (missing.empty() ? "" : ", ") + std::string(kPromptFields[i]);
    } else if (!field->is_string()) {
      wrong += (wrong.empty() ? "" : ", ") + std::string(kPromptFields[i]);
    } else {
      promptField(prompt, i) = field->get<std::string>();
      empty = empty && promptField(prompt, i).empty();
    }
  }
  if (!missing.empty()) return Error{ErrorCode::kFieldInvalid, "missing: " + missing, fileName, {{"field", missing}}};
  if (!wrong.empty()) return Error{ErrorCode::kFieldInvalid, "not a text: " + wrong, fileName, {{"field", wrong}}};
  if (empty && warnings) warnings->push_back("all eight fields are empty; the model is told nothing about the scene");
  return prompt;
}

std::string promptJson(const StructuredPrompt& prompt) {
  nlohmann::ordered_json out;
  for (std::size_t i = 0; i < kPromptFields.size(); ++i) out[std::string(kPromptFields[i])] = promptField(prompt, i);
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string promptText(const StructuredPrompt& prompt) {
  std::string out;
  for (std::size_t i = 0; i < kPromptFields.size(); ++i) {
    const std::string& value = promptField(prompt, i);
    if (value.empty()) continue;
    if (!out.empty()) out += '\n';
    out += std::string(kPromptFields[i]) + ": " + value;
  }
  return out;
}

}  // namespace pai::core
