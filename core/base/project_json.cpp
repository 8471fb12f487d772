// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/project_json.h"

#include "core/base/json_reader.h"
#include "core/base/project_fields.h"

namespace pai::core {
namespace {

using nlohmann::json;

/// migrations[i] leads from version kFirstVersion + i to the next; kProjectVersion is kFirstVersion + their number.
constexpr int kFirstVersion = 1;
const std::vector<Migration>& projectMigrations() {
  static const std::vector<Migration> migrations;
  return migrations;
}

template <typename Items>
void refuseTwins(const Items& items, const std::string& path, ReadLog& log) {
  std::set<std::string_view> seen;
  for (const auto& item : items)
    if (!seen.insert(item.id).second) log.fail(path + ".id", "'" + item.id + "' is used twice");
}

void checkShot(const Shot& shot, const std::string& path, ReadLog& log) {
  refuseTwins(shot.references, path + "references", log);
  refuseTwins(shot.matte, path + "matte", log);
  refuseTwins(shot.markers, path + "markers", log);
}

void checkProject(const Project& project, ReadLog& log) {
  refuseTwins(project.media, "media", log);
  refuseTwins(project.shots, "shots", log);
  std::set<std::string_view> media;
  for (const Media& m : project.media) media.insert(m.id);
  for (std::size_t i = 0; i < project.shots.size(); ++i) {
    const Shot& shot = project.shots[i];
    checkShot(shot, "shots[" + std::to_string(i) + "].", log);
    if (!shot.plate.empty() && !media.contains(shot.plate))
      log.warn("shot '" + shot.name.substr(0, 80) + "' names a plate '" + shot.plate.substr(0, 80) +
               "' that the project does not hold");
    for (const Reference& r : shot.references)
      if (!media.contains(r.media))
        log.warn("reference '" + r.id + "' names a media '" + r.media.substr(0, 80) +
                 "' that the project does not hold");
  }
}

}  // namespace

json projectJson(const Project& project) {
  FieldWriter writer;
  Project copy = project;  // visitors serve reading too and take fields by reference
  visitFields(writer, copy);
  json out = writer.take();
  out["version"] = kProjectVersion;
  return out;
}

json shotJson(const Shot& shot) {
  FieldWriter writer;
  Shot copy = shot;
  visitFields(writer, copy);
  return writer.take();
}

Result<Shot> parseShot(const json& value, const std::string& fileName, std::vector<std::string>* warnings) {
  ReadLog log{fileName, std::nullopt, warnings};
  Shot shot;
  FieldReader reader(value, "", log);
  visitFields(reader, shot);
  if (!log.error) checkShot(shot, "", log);
  if (log.error) return *log.error;
  return shot;
}

Status migrateProject(json& project, int from, const std::vector<Migration>& migrations, const std::string& fileName) {
  const int newest = from + static_cast<int>(migrations.size());
  const auto found = project.find("version");
  if (found == project.end() || !found->is_number_integer())
    return Error{ErrorCode::kFieldInvalid,
                 "field 'version' is missing or not a whole number; this is not a project file",
                 fileName,
                 {{"field", std::string("version")}}};
  const bool tooLarge = found->is_number_unsigned()
                            ? found->get<std::uint64_t>() > static_cast<std::uint64_t>(newest)
                            : found->get<std::int64_t>() > newest;
  if (tooLarge)
    return Error{ErrorCode::kVersionTooNew,
                 "it has version " + found->dump() + ", this program reads up to " + std::to_string(newest),
                 fileName,
                 {{"version", found->dump()}}};
  const auto version = found->get<std::int64_t>();
  if (version < from)
    return Error{ErrorCode::kFieldInvalid,
                 "field 'version' is " + std::to_string(version) + ", there never was such a version",
                 fileName,
                 {{"field", std::string("version")}}};
  for (auto step = static_cast<std::size_t>(version - from); step < migrations.size(); ++step) {
    if (Status done = migrations[step](project); !done) {
      Error error = done.error();
      error.context = fileName;
      return error;
    }
    project["version"] = from + static_cast<int>(step) + 1;
  }
  return {};
}

Result<Project> parseProject(std::string_view text, const std::string& fileName, std::vector<std::string>* warnings) {
  auto read = readJson(text, fileName, {}, warnings);
  if (!read) return read.error();
  if (!read->is_object())
    return Error{ErrorCode::kFieldInvalid, "a project is one JSON object, this is something else", fileName, {}};
  if (Status migrated = migrateProject(*read, kFirstVersion, projectMigrations(), fileName); !migrated)
    return migrated.error();
  static_assert(kProjectVersion == kFirstVersion, "add the migration from the version before");
  for (const char* name : {"media", "shots"})
    if (!read->contains(name))
      return Error{ErrorCode::kFieldInvalid,
                   "field '" + std::string(name) + "' is missing; this is not a project file",
                   fileName,
                   {{"field", std::string(name)}}};
  read->erase("version");
  ReadLog log{fileName, std::nullopt, warnings};
  Project project;
  FieldReader reader(*read, "", log);
  visitFields(reader, project);
  if (!log.error) checkProject(project, log);
  if (log.error) return *log.error;
  return project;
}

}  // namespace pai::core
