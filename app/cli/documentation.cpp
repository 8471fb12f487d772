// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/documentation.h"

#include <algorithm>
#include <vector>

namespace pai::cli {
namespace {

std::string groff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += std::string("\\&") + c;
    else out += c;
  }
  return out;
}

std::vector<const CLI::App*> commandsOf(const CLI::App& app) {
  std::vector<const CLI::App*> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App* a) { return !a->get_group().empty(); })) commands.push_back(command);
  return commands;
}

std::vector<const CLI::Option*> optionsOf(const CLI::App& app) {
  std::vector<const CLI::Option*> options;
  for (const CLI::Option* option : app.get_options())
    if (!option->get_group().empty()) options.push_back(option);
  return options;
}

std::string optionNames(const CLI::Option& option) {
  if (option.nonpositional()) {
    std::string names = option.get_name(false, true);
    if (option.get_items_expected_max() > 0 && !option.get_type_name().empty()) names += std::string(" ") + option.get_type_name();
    return names;
  }
  return option.get_name(true);
}

void describeApp(const CLI::App& app, const std::string& path, std::string& out) {
  std::string usage = path;
  for (const CLI::Option* option : optionsOf(app))
    if (!option->nonpositional()) usage += (option->get_required() ? " " : " [") + option->get_name(true) + (option->get_required() ? "" : "]");
  out += std::string(".SS ") + groff(usage) + "\n" + groff(app.get_description()) + "\n";
  for (const CLI::Option* option : optionsOf(app)) {
    if (option->check_lname("help")) continue;
    out += std::string(".TP\n.B ") + groff(optionNames(*option)) + "\n" + groff(option->get_description()) + "\n";
  }
  if (!app.get_footer().empty()) out += std::string(".PP\n.nf\n") + groff(app.get_footer()) + "\n.fi\n";
  for (const CLI::App* command : commandsOf(app)) describeApp(*command, path + " " + command->get_name(), out);
}

/// One case of the completion: the words that may follow a path of commands.
void completeApp(const CLI::App& app, const std::string& path, std::string& cases) {
  std::string words;
  for (const CLI::App* command : commandsOf(app)) words += command->get_name() + " ";
  for (const CLI::Option* option : optionsOf(app))
    for (const std::string& name : option->get_lnames()) words += std::string("--") + name + " ";
  if (path == "pai check") words += "project prompt safetensors sentencepiece image video ";
  if (path == "pai bench") words += "draft decode seek startup dit vae attention ";
  cases += std::string("    \"") + path + "\") words=\"" + words + "\";;\n";
  for (const CLI::App* command : commandsOf(app)) completeApp(*command, path + " " + command->get_name(), cases);
}

}  // namespace

std::string manPage(const CLI::App& app) {
  std::string out = ".\\\" Made by `pai documentation man`; do not edit.\n.TH PAI 1 \"\" \"PAI-Studio " PAI_VERSION "\"\n.SH NAME\npai \\- " +
                    groff(app.get_description()) + "\n.SH SYNOPSIS\n.B pai\n.I COMMAND\n[options]\n.SH COMMANDS\n";
  for (const CLI::App* command : commandsOf(app)) describeApp(*command, std::string("pai ") + command->get_name(), out);
  out += ".SH EXIT STATUS\n"
         ".TP\n0\ndone\n.TP\n2\nwrong usage\n.TP\n3\ninput rejected\n.TP\n4\njob failed\n.TP\n5\ncancelled\n.TP\n6\nnot enough memory, disk or device\n"
         ".PP\nOn 2 to 6 the last line of standard error says what, which file, and what to do.\n"
         ".SH ENVIRONMENT\n.TP\n.B PAI_CACHE_DIR\nfolder for jobs and proxies\n.TP\n.B PAI_PACK_PATH\nfolders with model packs, separated by colons\n"
         ".TP\n.B PAI_THREADS\nthreads to work with\n.TP\n.B PAI_DTYPE\nwhat the diffusion engine multiplies in: bf16 where the processor or device has units for it, else fp32\n.TP\n.B PAI_LOG\nhow much is told: error, warn, info, debug\n.TP\n.B OCIO\nOpenColorIO configuration\n"
         ".SH SEE ALSO\n.BR pai\\-studio (1)\n";
  return out;
}

std::string bashCompletion(const CLI::App& app) {
  std::string cases;
  completeApp(app, "pai", cases);
  return "# Made by `pai documentation bash`; do not edit.\n"
         "_pai() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} path=pai words i\n"
         "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
         "    case \"$path ${COMP_WORDS[i]}\" in\n" +
         [&] {
           std::string paths;
           std::vector<std::pair<const CLI::App*, std::string>> open{{&app, "pai"}};
           while (!open.empty()) {
             auto [at, path] = open.back();
             open.pop_back();
             for (const CLI::App* command : commandsOf(*at)) {
               const std::string below = path + " " + command->get_name();
               paths += (paths.empty() ? "      \"" : "|\"") + below + "\"";
               open.emplace_back(command, below);
             }
           }
           return paths;
         }() +
         ") path=\"$path ${COMP_WORDS[i]}\";;\n"
         "    esac\n"
         "  done\n"
         "  case \"$path\" in\n" + cases +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "  [[ $word == -* ]] || COMPREPLY+=($(compgen -f -- \"$word\"))\n"
         "}\n"
         "complete -o filenames -F _pai pai\n";
}

}  // namespace pai::cli
