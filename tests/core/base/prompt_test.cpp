// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/prompt.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pai::core {
namespace {

StructuredPrompt sample() {
  StructuredPrompt prompt;
  for (std::size_t i = 0; i < kPromptFields.size(); ++i) promptField(prompt, i) = "words " + std::to_string(i);
  return prompt;
}

TEST(Prompt, writtenTextReadsBackWithTheFieldsInThePapersOrder) {
  const std::string text = promptJson(sample());
  const auto back = parsePrompt(text, "p.json");
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, sample());
  std::size_t at = 0;
  for (const auto field : kPromptFields) {
    const std::size_t found = text.find("\"" + std::string(field) + "\"");
    ASSERT_NE(found, std::string::npos) << field;
    EXPECT_GT(found, at) << field;
    at = found;
  }
}

TEST(Prompt, everyMissingOrWrongFieldIsNamed) {
  for (const auto field : kPromptFields) {
    auto json = nlohmann::json::parse(promptJson(sample()));
    json.erase(std::string(field));
    const auto missing = parsePrompt(json.dump(), "p");
    ASSERT_FALSE(missing.ok());
    EXPECT_NE(missing.error().detail.find(field), std::string::npos);
    for (const auto& wrong :
         {nlohmann::json(1), nlohmann::json(nullptr), nlohmann::json::array(), nlohmann::json(true)}) {
      json[std::string(field)] = wrong;
      EXPECT_NE(parsePrompt(json.dump(), "p").error().detail.find(field), std::string::npos);
    }
  }
}

TEST(Prompt, emptyPromptOpensWithAWarning) {
  std::vector<std::string> warnings;
  ASSERT_TRUE(parsePrompt(promptJson({}), "p", &warnings).ok());
  EXPECT_EQ(warnings.size(), 1u);
}

TEST(Prompt, textNamesEachFieldThatSaysSomething) {
  StructuredPrompt prompt;
  prompt.backgroundContent = "a harbour";
  prompt.caption = "dusk";
  EXPECT_EQ(promptText(prompt), "background_content: a harbour\ncaption: dusk");
  EXPECT_EQ(promptText({}), "");
}

}  // namespace
}  // namespace pai::core
