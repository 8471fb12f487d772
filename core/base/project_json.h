// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/project.h"
#include "core/base/result.h"

namespace pai::core {

/// JSON of a project (assets/schemas/project.schema.json), with the unknown fields it was read with.
nlohmann::json projectJson(const Project& project);

/// Reads a project's text of this or an earlier version. Unknown fields are kept in `extra`. A number outside its range is moved
/// to the nearest allowed value with a warning; a wrong type is an error that names the field. Errors: kJsonInvalid,
/// kFieldInvalid, kVersionTooNew, kLimitExceeded.
Result<Project> parseProject(std::string_view json, const std::string& fileName, std::vector<std::string>* warnings = nullptr);

/// JSON of one shot, and back; the job format holds a shot by value.
nlohmann::json shotJson(const Shot& shot);
Result<Shot> parseShot(const nlohmann::json& json, const std::string& fileName, std::vector<std::string>* warnings = nullptr);

/// Rewrites a project's JSON from one version to the next.
using Migration = std::function<Status(nlohmann::json& project)>;

/// Brings `project` to version `from + migrations.size()`; migrations[i] leads from version from + i. Sets "version".
/// Errors: kFieldInvalid (no version, too old), kVersionTooNew.
Status migrateProject(nlohmann::json& project, int from, const std::vector<Migration>& migrations, const std::string& fileName);

}  // namespace pai::core
