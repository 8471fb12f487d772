// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace pai::cli {

/// The man page (groff, section 1) of a command tree.
std::string manPage(const CLI::App& app);
/// Completion of a command tree for bash.
std::string bashCompletion(const CLI::App& app);

}  // namespace pai::cli
