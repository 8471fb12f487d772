// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <exception>
#include <new>

#include "app/cli/documentation.h"
#include "app/cli/job_run.h"
#include "app/cli/program.h"

namespace {

using pai::core::Error;
using pai::core::ErrorCode;
using pai::core::Status;

/// Commands that packaging uses; not shown in help.
void registerDocumentation(pai::cli::Program& program) {
  CLI::App& group = *program.app.add_subcommand("documentation", "Print the man page or the shell completion")->group("");
  group.require_subcommand(1);
  program.command(group, "man", "man page", [&program] {
    std::fputs(pai::cli::manPage(program.app).c_str(), stdout);
    return Status{};
  });
  program.command(group, "bash", "completion for bash", [&program] {
    std::fputs(pai::cli::bashCompletion(program.app).c_str(), stdout);
    return Status{};
  });
}

void registerAll(pai::cli::Program& program) {
  program.app.require_subcommand(1);
  program.app.set_version_flag("--version", std::string("pai ") + PAI_VERSION);
  program.app.footer("Exit codes: 0 done, 2 wrong usage, 3 input rejected, 4 job failed, 5 cancelled, 6 not enough memory, disk or device.");
  pai::cli::registerRender(program);
  pai::cli::registerTools(program);
  pai::cli::registerCheckText(program);
  pai::cli::registerCheckMedia(program);
  pai::cli::registerCheck(program);
  pai::cli::registerMediaBench(program);
  pai::cli::registerDraftBench(program);
  pai::cli::registerBench(program);
  pai::cli::registerPack(program);
  pai::cli::registerProject(program);
  pai::cli::registerDevices(program);
  registerDocumentation(program);
}

/// The word that stands where a command should, when it is none; "" else.
std::string wrongCommand(const CLI::App& root, int argc, char** argv) {
  const CLI::App* at = &root;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (at->get_require_subcommand_min() == 0 || word.empty() || word.front() == '-') return "";
    const CLI::App* next = nullptr;
    for (const CLI::App* command : at->get_subcommands([](const CLI::App*) { return true; }))
      if (command->get_name() == word) next = command;
    if (!next) return word;
    at = next;
  }
  return "";
}

Status run(pai::cli::Program& program) {
  try {
    return program.chosen ? program.chosen() : Status(Error{ErrorCode::kUsage, "no command was given", "pai", {}});
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kOutOfMemory, "", "pai", {}};
  } catch (const std::exception& e) {
    return Error{ErrorCode::kInternal, e.what(), "pai", {}};
  }
}

}  // namespace

int main(int argc, char** argv) {
  pai::cli::blockInterrupts();
  pai::cli::Program program;
  registerAll(program);
  try {
    program.app.parse(argc, argv);
  } catch (const CLI::Success& e) {
    return program.app.exit(e);
  } catch (const CLI::ParseError& e) {
    const std::string word = wrongCommand(program.app, argc, argv);
    const std::string what = word.empty() ? e.what() : "there is no command \"" + word.substr(0, 100) + "\"";
    std::fprintf(stderr, "%s\n", pai::core::describe(Error{ErrorCode::kUsage, what, "pai", {}}).c_str());
    return 2;
  }
  const Status status = run(program);
  if (status) return 0;
  std::fprintf(stderr, "%s\n", pai::core::describe(status.error()).c_str());
  return pai::core::exitCodeOf(status.error().code);
}
