// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Visitors over the field lists of project_fields.h: one list of names, types and ranges serves reading, writing and
// the schema.

#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/project.h"

namespace pai::core {

/// Largest frame number that is kept; leaves room for arithmetic.
inline constexpr std::int64_t kFrameLimit = std::int64_t{1} << 40;

/// A name of an enumeration's value in a file.
template <typename E>
struct Choice {
  E value;
  std::string_view name;
};

/// What a reading visitor reports to: the first error and the warnings.
struct ReadLog {
  std::string fileName;
  std::optional<Error> error;
  std::vector<std::string>* warnings = nullptr;

  void fail(const std::string& field, const std::string& why);
  void warn(const std::string& text);
};

/// Puts the members of `extra` that `known` lacks into it, in nested objects too.
void mergeUnknown(nlohmann::json& known, const nlohmann::json& extra);

/// Writes fields into a JSON object.
class FieldWriter {
 public:
  nlohmann::json take() { return std::move(m_out); }

  void id(const char* name, Id& value) { put(name, value); }
  void text(const char* name, std::string& value) { put(name, value); }
  void flag(const char* name, bool& value) { put(name, value); }
  void number(const char* name, double& value, double, double) { put(name, value); }
  template <typename I>
  void integer(const char* name, I& value, std::int64_t, std::int64_t) {
    put(name, value);
  }
  void seed(const char* name, std::uint64_t& value) { put(name, value); }
  void frame(const char* name, FrameIndex& value) { put(name, value.value); }
  void range(const char* name, FrameRange& value) { put(name, {value.begin.value, value.end.value}); }
  void range(const char* name, std::optional<FrameRange>& value) {
    if (value) range(name, *value);
  }
  void rate(const char* name, std::optional<FrameRate>& value) {
    if (value) put(name, value->text());
  }
  void colour(const char* name, std::array<double, 3>& value) { put(name, value); }
  void texts(const char* name, std::vector<std::string>& value) { put(name, value); }
  void points(const char* name, std::vector<MattePoint>& value);
  template <typename E, std::size_t kCount>
  void choice(const char* name, E& value, const Choice<E> (&names)[kCount]) {
    for (const auto& c : names)
      if (c.value == value) put(name, c.name);
  }
  template <typename T>
  void group(const char* name, T& value) {
    put(name, objectOf(value));
  }
  template <typename T>
  void list(const char* name, std::vector<T>& values) {
    nlohmann::json items = nlohmann::json::array();
    for (T& value : values) items.push_back(objectOf(value));
    put(name, std::move(items));
  }
  void extra(nlohmann::json& unknown) { mergeUnknown(m_out, unknown); }

 private:
  template <typename T>
  static nlohmann::json objectOf(T& value) {
    FieldWriter nested;
    visitFields(nested, value);
    return nested.take();
  }
  void put(const char* name, nlohmann::json value) { m_out[name] = std::move(value); }
  nlohmann::json m_out = nlohmann::json::object();
};

/// Reads fields of a JSON object; absent ones keep their default. What is not visited ends in `extra`.
class FieldReader {
 public:
  FieldReader(const nlohmann::json& object, std::string path, ReadLog& log);

  void id(const char* name, Id& value);
  void text(const char* name, std::string& value);
  void flag(const char* name, bool& value);
  void number(const char* name, double& value, double low, double high);
  void integer(const char* name, std::int64_t& value, std::int64_t low, std::int64_t high);
  void integer(const char* name, int& value, std::int64_t low, std::int64_t high);
  void seed(const char* name, std::uint64_t& value);
  void frame(const char* name, FrameIndex& value) { integer(name, value.value, -kFrameLimit, kFrameLimit); }
  void range(const char* name, FrameRange& value);
  void range(const char* name, std::optional<FrameRange>& value);
  void rate(const char* name, std::optional<FrameRate>& value);
  void colour(const char* name, std::array<double, 3>& value);
  void texts(const char* name, std::vector<std::string>& value);
  void points(const char* name, std::vector<MattePoint>& value);
  template <typename E, std::size_t kCount>
  void choice(const char* name, E& value, const Choice<E> (&names)[kCount]) {
    std::string word, allowed;
    if (!find(name)) return;
    text(name, word);
    for (const auto& c : names) {
      if (c.name == word) {
        value = c.value;
        return;
      }
      allowed += (allowed.empty() ? "" : ", ") + std::string(c.name);
    }
    fail(name, "is none of " + allowed);
  }
  template <typename T>
  void group(const char* name, T& value) {
    const nlohmann::json* found = find(name);
    if (!found) return;
    FieldReader nested(*found, m_path + name + ".", m_log);
    visitFields(nested, value);
    nlohmann::json rest = nested.rest();
    if (!rest.empty()) m_nestedRest[name] = std::move(rest);
  }
  template <typename T>
  void list(const char* name, std::vector<T>& values) {
    const nlohmann::json* found = findList(name);
    if (!found) return;
    values.clear();
    for (std::size_t i = 0; i < found->size() && !m_log.error; ++i) {
      FieldReader nested((*found)[i], m_path + name + "[" + std::to_string(i) + "].", m_log);
      visitFields(nested, values.emplace_back());
    }
  }
  void extra(nlohmann::json& unknown);

  /// Counts a member as known though it is read elsewhere.
  void skip(const char* name) { m_seen.insert(name); }
  bool has(const char* name) { return find(name) != nullptr; }

  /// The members that no call asked for and `extra` has not taken.
  nlohmann::json rest() const;

 private:
  const nlohmann::json* find(const char* name);
  const nlohmann::json* findList(const char* name);
  bool wholeNumber(const char* name, const nlohmann::json& found, std::int64_t& value, std::int64_t low,
                   std::int64_t high);
  bool finiteNumber(const char* name, const nlohmann::json& found, double& value, double low, double high);
  void fail(const char* name, const std::string& why) { m_log.fail(m_path + name, why); }
  void warnMoved(const char* name) {
    m_log.warn(m_path + name + ": outside its range, moved to the nearest allowed value");
  }

  const nlohmann::json& m_object;
  std::string m_path;
  ReadLog& m_log;
  std::set<std::string, std::less<>> m_seen;
  nlohmann::json m_nestedRest = nlohmann::json::object();
  bool m_taken = false;
};

}  // namespace pai::core
