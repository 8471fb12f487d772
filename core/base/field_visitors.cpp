// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/field_visitors.h"

#include <algorithm>

namespace pai::core {
namespace {

using nlohmann::json;

/// Identities become parts of messages and of cache names: letters, digits, '-', '_', '.'.
bool validId(const std::string& id) {
  const auto allowed = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !id.empty() && id.size() <= 128 && id[0] != '.' && std::all_of(id.begin(), id.end(), allowed);
}

}  // namespace

void ReadLog::fail(const std::string& field, const std::string& why) {
  if (!error) error = Error{ErrorCode::kFieldInvalid, "field '" + field + "' " + why, fileName, {{"field", field}}};
}

void ReadLog::warn(const std::string& text) {
  constexpr std::size_t kMost = 100;
  if (warnings && warnings->size() < kMost) warnings->push_back(text);
}

void mergeUnknown(json& known, const json& extra) {
  if (!known.is_object() || !extra.is_object()) return;
  for (const auto& [name, value] : extra.items()) {
    const auto found = known.find(name);
    if (found == known.end()) {
      known[name] = value;
    } else {
      mergeUnknown(*found, value);
    }
  }
}

void FieldWriter::points(const char* name, std::vector<MattePoint>& value) {
  json items = json::array();
  for (const MattePoint& p : value) items.push_back({p.x, p.y});
  put(name, std::move(items));
}

FieldReader::FieldReader(const json& object, std::string path, ReadLog& log)
    : m_object(object), m_path(std::move(path)), m_log(log) {
  if (object.is_object()) return;
  const bool top = m_path.empty();
  m_log.fail(top ? "the document" : m_path.substr(0, m_path.size() - 1), "is not an object");
}

const json* FieldReader::find(const char* name) {
  if (m_log.error) return nullptr;
  m_seen.insert(name);
  const auto found = m_object.find(name);
  return found == m_object.end() ? nullptr : &*found;
}

const json* FieldReader::findList(const char* name) {
  const json* found = find(name);
  if (found && !found->is_array()) {
    fail(name, "is not a list");
    return nullptr;
  }
  return found;
}

void FieldReader::id(const char* name, Id& value) {
  text(name, value);
  if (!m_log.error && !validId(value))
    fail(name, "must be 1 to 128 letters, digits, '-', '_' or '.' and is missing or something else");
}

void FieldReader::text(const char* name, std::string& value) {
  const json* found = find(name);
  if (!found) return;
  if (!found->is_string()) return fail(name, "is not a text");
  value = found->get_ref<const std::string&>();
}

void FieldReader::flag(const char* name, bool& value) {
  const json* found = find(name);
  if (!found) return;
  if (!found->is_boolean()) return fail(name, "is neither true nor false");
  value = found->get<bool>();
}

bool FieldReader::finiteNumber(const char* name, const json& found, double& value, double low, double high) {
  if (!found.is_number()) {
    fail(name, "is not a number");
    return false;
  }
  const double given = found.get<double>();
  value = std::clamp(given, low, high);
  if (value != given) warnMoved(name);
  return true;
}

bool FieldReader::wholeNumber(const char* name, const json& found, std::int64_t& value, std::int64_t low,
                              std::int64_t high) {
  if (found.is_number_unsigned()) {
    const auto given = found.get<std::uint64_t>();
    const bool fits = given <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    value = std::clamp(fits ? static_cast<std::int64_t>(given) : std::numeric_limits<std::int64_t>::max(), low, high);
    if (!fits || static_cast<std::uint64_t>(value) != given) warnMoved(name);
    return true;
  }
  if (found.is_number_integer()) {
    const auto given = found.get<std::int64_t>();
    value = std::clamp(given, low, high);
    if (value != given) warnMoved(name);
    return true;
  }
  if (!found.is_number_float() || found.get<double>() != std::floor(found.get<double>())) {
    fail(name, "is not a whole number");
    return false;
  }
  const double given = found.get<double>();
  // Bounds of whole-number fields are far below 2^62, so that the conversion is exact.
  const double nearest = std::clamp(given, static_cast<double>(low), static_cast<double>(high));
  value = static_cast<std::int64_t>(nearest);
  if (nearest != given) warnMoved(name);
  return true;
}

void FieldReader::number(const char* name, double& value, double low, double high) {
  if (const json* found = find(name)) finiteNumber(name, *found, value, low, high);
}

void FieldReader::integer(const char* name, std::int64_t& value, std::int64_t low, std::int64_t high) {
  if (const json* found = find(name)) wholeNumber(name, *found, value, low, high);
}

void FieldReader::integer(const char* name, int& value, std::int64_t low, std::int64_t high) {
  std::int64_t wide = value;
  integer(name, wide, low, high);
  value = static_cast<int>(wide);
}

void FieldReader::seed(const char* name, std::uint64_t& value) {
  const json* found = find(name);
  if (!found) return;
  if (found->is_number_unsigned()) {
    value = found->get<std::uint64_t>();
    return;
  }
  fail(name, "is not a whole number from 0 to 18446744073709551615");
}

void FieldReader::range(const char* name, FrameRange& value) {
  const json* found = find(name);
  if (!found) return;
  if (!found->is_array() || found->size() != 2) return fail(name, "is not a list of two frames [begin, end)");
  FrameRange read;
  if (!wholeNumber(name, (*found)[0], read.begin.value, -kFrameLimit, kFrameLimit) ||
      !wholeNumber(name, (*found)[1], read.end.value, -kFrameLimit, kFrameLimit))
    return;
  if (read.end < read.begin) {
    read.end = read.begin;
    warnMoved(name);
  }
  value = read;
}

void FieldReader::range(const char* name, std::optional<FrameRange>& value) {
  if (!m_object.is_object() || !m_object.contains(name)) return;
  range(name, value.emplace());
}

void FieldReader::rate(const char* name, std::optional<FrameRate>& value) {
  std::string word;
  if (!find(name)) return;
  text(name, word);
  if (m_log.error) return;
  const auto parsed = FrameRate::parse(word);
  if (!parsed) return fail(name, "is not a frame rate such as \"24\" or \"24000/1001\"");
  value = *parsed;
}

void FieldReader::colour(const char* name, std::array<double, 3>& value) {
  const json* found = find(name);
  if (!found) return;
  if (!found->is_array() || found->size() != 3) return fail(name, "is not a list of three numbers");
  for (std::size_t i = 0; i < 3; ++i)
    if (!finiteNumber(name, (*found)[i], value[i], 0.0, 1000.0)) return;
}

void FieldReader::texts(const char* name, std::vector<std::string>& value) {
  const json* found = findList(name);
  if (!found) return;
  value.clear();
  for (const json& item : *found) {
    if (!item.is_string()) return fail(name, "is not a list of texts");
    value.push_back(item.get<std::string>());
  }
}

void FieldReader::points(const char* name, std::vector<MattePoint>& value) {
  constexpr double kFar = 100.0;  // frames from the picture; beyond it nothing can be meant
  const json* found = findList(name);
  if (!found) return;
  value.clear();
  for (const json& item : *found) {
    if (!item.is_array() || item.size() != 2) return fail(name, "is not a list of [x, y] pairs");
    MattePoint point;
    if (!finiteNumber(name, item[0], point.x, -kFar, kFar) || !finiteNumber(name, item[1], point.y, -kFar, kFar))
      return;
    value.push_back(point);
  }
}

void FieldReader::extra(json& unknown) {
  unknown = rest();
  m_taken = true;
}

json FieldReader::rest() const {
  json unknown = json::object();
  if (m_taken || !m_object.is_object()) return unknown;
  for (const auto& [name, value] : m_object.items())
    if (!m_seen.contains(name)) unknown[name] = value;
  mergeUnknown(unknown, m_nestedRest);
  return unknown;
}

}  // namespace pai::core
