// SPDX-License-Identifier: GPL-3.0-or-later
// The published schemas agree with the field lists that the program reads and writes by.
#include <cstdlib>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "core/base/json_reader.h"
#include "core/base/project_fields.h"
#include "core/base/project_json.h"
#include "tests/core/base/full_project.h"

namespace pai::core {
namespace {

using nlohmann::json;

const std::string kSchemas = std::string(PAI_SOURCE_DIR) + "/assets/schemas/";

json schemaFile(const std::string& name) {
  json value;
  std::ifstream(kSchemas + name) >> value;
  return value;
}

/// Describes fields as JSON Schema (draft 2020-12): a third visitor of the same lists.
class SchemaWriter {
 public:
  json take() {
    json out{{"type", "object"}, {"properties", m_properties}};
    if (!m_required.empty()) out["required"] = m_required;
    return out;
  }
  void id(const char* name, Id&) {
    m_properties[name] = {{"type", "string"}, {"pattern", "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$"}};
    m_required.push_back(name);
  }
  void text(const char* name, std::string&) { m_properties[name] = {{"type", "string"}}; }
  void flag(const char* name, bool&) { m_properties[name] = {{"type", "boolean"}}; }
  void number(const char* name, double&, double low, double high) {
    m_properties[name] = {{"type", "number"}, {"minimum", low}, {"maximum", high}};
  }
  template <typename I>
  void integer(const char* name, I&, std::int64_t low, std::int64_t high) {
    m_properties[name] = whole(low, high);
  }
  void seed(const char* name, std::uint64_t&) {
    m_properties[name] = {{"type", "integer"}, {"minimum", 0}, {"maximum", UINT64_MAX}};
  }
  void frame(const char* name, FrameIndex&) { m_properties[name] = whole(-kFrameLimit, kFrameLimit); }
  void range(const char* name, FrameRange&) { m_properties[name] = listOf(whole(-kFrameLimit, kFrameLimit), 2); }
  void rate(const char* name, std::optional<FrameRate>&) {
    m_properties[name] = {{"type", "string"}, {"pattern", "^[0-9]+([.][0-9]{1,6}|/[0-9]+)?$"}};
  }
  void colour(const char* name, std::array<double, 3>&) {
    m_properties[name] = listOf({{"type", "number"}, {"minimum", 0.0}, {"maximum", 1000.0}}, 3);
  }
  void texts(const char* name, std::vector<std::string>&) {
    m_properties[name] = {{"type", "array"}, {"items", {{"type", "string"}}}};
  }
  void points(const char* name, std::vector<MattePoint>&) {
    m_properties[name] = {{"type", "array"},
                          {"items", listOf({{"type", "number"}, {"minimum", -100.0}, {"maximum", 100.0}}, 2)}};
  }
  template <typename E, std::size_t kCount>
  void choice(const char* name, E&, const Choice<E> (&names)[kCount]) {
    json words = json::array();
    for (const auto& c : names) words.push_back(c.name);
    m_properties[name] = {{"enum", words}};
  }
  template <typename T>
  void group(const char* name, T& value) {
    SchemaWriter nested;
    visitFields(nested, value);
    m_properties[name] = nested.take();
  }
  template <typename T>
  void list(const char* name, std::vector<T>&) {
    T item;
    SchemaWriter nested;
    visitFields(nested, item);
    m_properties[name] = {{"type", "array"}, {"items", nested.take()}};
  }
  void extra(json&) {}

 private:
  static json whole(std::int64_t low, std::int64_t high) {
    return {{"type", "integer"}, {"minimum", low}, {"maximum", high}};
  }
  static json listOf(json item, int count) {
    return {{"type", "array"}, {"items", std::move(item)}, {"minItems", count}, {"maxItems", count}};
  }
  json m_properties = json::object();
  std::vector<std::string> m_required;
};

json projectSchema() {
  Project project;
  SchemaWriter writer;
  visitFields(writer, project);
  json schema = writer.take();
  schema["properties"]["version"] = {{"const", kProjectVersion}};
  schema["required"] = {"version", "media", "shots"};
  return schema;
}

/// Leaves out what explains and does not constrain.
void stripWords(json& value) {
  if (value.is_array())
    for (json& item : value) stripWords(item);
  if (!value.is_object()) return;
  if (!value.contains("properties") || value["type"] == "object")
    for (const char* word : {"description", "title", "$schema", "$id"})
      if (value.contains(word) && value[word].is_string()) value.erase(word);
  for (auto& [name, item] : value.items()) stripWords(item);
}

/// Names that a value uses and its schema does not know.
void unknownNames(const json& value, const json& schema, const std::string& at, std::vector<std::string>& out) {
  if (value.is_array() && schema.contains("items"))
    for (const json& item : value) unknownNames(item, schema["items"], at + "[]", out);
  if (!value.is_object()) return;
  for (const auto& [name, item] : value.items()) {
    if (!schema.contains("properties") || !schema["properties"].contains(name))
      out.push_back(at + "." + name);
    else
      unknownNames(item, schema["properties"][name], at + "." + name, out);
  }
}

TEST(Schema, projectSchemaIsThatOfTheFieldLists) {
  json generated = projectSchema();
  if (const char* path = std::getenv("PAI_WRITE_PROJECT_SCHEMA")) std::ofstream(path) << generated.dump(1) << "\n";
  json published = schemaFile("project.schema.json");
  EXPECT_EQ(published["$schema"], "https://json-schema.org/draft/2020-12/schema");
  stripWords(published);
  EXPECT_EQ(published, generated) << json::diff(published, generated).dump(1);
}

TEST(Schema, aFullProjectUsesEveryNameOfTheSchemaAndNoOther) {
  const json project = projectJson(fullProject());
  std::vector<std::string> unknown;
  unknownNames(project, schemaFile("project.schema.json"), "", unknown);
  EXPECT_TRUE(unknown.empty()) << unknown.front();
  // And the other way round: every property occurs.
  const std::function<void(const json&, const json&, const std::string&)> everyName =
      [&](const json& schema, const json& value, const std::string& at) {
        if (schema.contains("items") && value.is_array() && !value.empty())
          everyName(schema["items"], value[0], at + "[]");
        if (!schema.contains("properties")) return;
        for (const auto& [name, item] : schema["properties"].items()) {
          ASSERT_TRUE(value.contains(name)) << at << "." << name;
          everyName(item, value[name], at + "." + name);
        }
      };
  everyName(schemaFile("project.schema.json"), project, "");
}

TEST(Schema, promptHasExactlyTheEightFields) {
  const json schema = schemaFile("prompt.schema.json");
  std::set<std::string> names, required;
  for (const auto& [name, item] : schema["properties"].items()) {
    names.insert(name);
    EXPECT_EQ(item["type"], "string") << name;
    EXPECT_EQ(item["maxLength"], kPromptFieldLimit) << name;
  }
  for (const json& name : schema["required"]) required.insert(name.get<std::string>());
  const std::set<std::string> fields(kPromptFields.begin(), kPromptFields.end());
  EXPECT_EQ(names, fields);
  EXPECT_EQ(required, fields);
}

TEST(Schema, manifestNamesWhatTheReaderTakes) {
  const json schema = schemaFile("manifest.schema.json");
  const json& shot = schema["properties"]["shots"]["items"];
  std::set<std::string> names;
  for (const auto& [name, item] : shot["properties"].items()) names.insert(name);
  EXPECT_EQ(names, (std::set<std::string>{"name", "plate", "range", "references", "matte", "camera_from",
                                          "plate_colour_space", "prompt", "engine", "seed", "preset", "relight", "notes", "settings"}));
  EXPECT_EQ(shot["additionalProperties"], false);
  EXPECT_EQ(schema["additionalProperties"], false);
}

}  // namespace
}  // namespace pai::core
