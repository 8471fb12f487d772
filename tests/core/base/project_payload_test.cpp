// SPDX-License-Identifier: GPL-3.0-or-later
// Hostile strings and numbers of the corpus in every place of a project where a string or a number stands.
#include <gtest/gtest.h>

#include "core/base/file_system.h"
#include "core/base/json_reader.h"
#include "core/base/project_file.h"
#include "core/base/project_json.h"
#include "tests/core/base/full_project.h"

namespace pai::core {
namespace {

using nlohmann::json;

json corpusList(const std::string& name) {
  const auto text = readWholeFile(std::string(PAI_TEST_DATA) + "/corpus/project_json/" + name, 1 << 20);
  return text ? *readJson(*text, name) : json();
}

/// Pointers to every value of a kind.
void collect(const json& value, const std::string& at, bool strings, std::vector<json::json_pointer>& out) {
  if (value.is_structured())
    for (const auto& [key, item] : value.items()) collect(item, at + "/" + key, strings, out);
  else if (strings ? value.is_string() : value.is_number())
    out.emplace_back(at);
}

TEST(ProjectPayload, everyStringInEveryFieldOpensOrIsNamed) {
  const json payload = corpusList("payload_strings.json");
  ASSERT_GT(payload.size(), 20u);
  const json project = projectJson(fullProject());
  std::vector<json::json_pointer> places;
  collect(project, "", true, places);
  ASSERT_GT(places.size(), 30u);
  std::size_t opened = 0;
  for (const json& item : payload)
    for (const auto& place : places) {
      json changed = project;
      changed[place] = item;
      const auto read = parseProject(jsonText(changed), "p");
      if (!read) {
        EXPECT_EQ(read.error().code, ErrorCode::kFieldInvalid) << place << " " << item;
        continue;
      }
      ++opened;
      EXPECT_EQ(projectJson(*read), changed) << place << " " << item;
      for (const Media& media : read->media) resolveMediaPath(media.path, "/project");
    }
  EXPECT_GT(opened, payload.size() * 10);
}

TEST(ProjectPayload, everyNumberInEveryFieldOpensInRangeOrIsNamed) {
  const json payload = corpusList("payload_numbers.json");
  ASSERT_GT(payload.size(), 10u);
  const json project = projectJson(fullProject());
  std::vector<json::json_pointer> places;
  collect(project, "", false, places);
  ASSERT_GT(places.size(), 40u);
  for (const json& item : payload)
    for (const auto& place : places) {
      json changed = project;
      changed[place] = "@@";
      std::string text = jsonText(changed);
      text.replace(text.find("\"@@\""), 4, item.get<std::string>());
      const auto read = parseProject(text, "p");
      if (!read) {
        EXPECT_FALSE(read.error().detail.empty());
        continue;
      }
      // What opened is in range, so it reads back as it is without a further warning.
      std::vector<std::string> warnings;
      const auto again = parseProject(jsonText(projectJson(*read)), "p", &warnings);
      ASSERT_TRUE(again.ok()) << place << " " << item;
      EXPECT_EQ(*again, *read) << place << " " << item;
      EXPECT_TRUE(warnings.empty()) << place << " " << item;
    }
}

}  // namespace
}  // namespace pai::core
