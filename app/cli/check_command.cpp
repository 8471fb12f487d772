// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <memory>

#include "app/cli/program.h"
#include "core/base/json_reader.h"

namespace pai::cli {

namespace {

struct CheckCommand {
  std::string kind, file;
  bool json = false;
};

std::string shortText(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array() && value.size() > 8) return std::to_string(value.size()) + " entries";
  if (value.is_object()) return std::to_string(value.size()) + " entries";
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

core::Status check(const Program& program, const CheckCommand& c) {
  const auto reader = program.checks.find(c.kind);
  if (reader == program.checks.end())
    return core::Error{core::ErrorCode::kUsage, std::string("there is no kind named ") + c.kind, "", {}};
  core::Result<nlohmann::json> read = reader->second(c.file);
  if (!read) return std::move(read).error();
  if (c.json) {
    std::printf("%s\n", core::jsonText(*read, 1).c_str());
    return {};
  }
  std::printf("%s: fine\n", c.file.c_str());
  for (const auto& [name, value] : read->items()) std::printf("  %s: %s\n", name.c_str(), shortText(value).c_str());
  return {};
}

}  // namespace

void registerCheck(Program& program) {
  auto c = std::make_shared<CheckCommand>();
  CLI::App& app = program.command(program.app, "check", "Read a whole file as the editor would", [c, &program] { return check(program, *c); });
  app.add_option("KIND", c->kind, "project, prompt, safetensors, sentencepiece, image or video")
      ->required()
      ->check(CLI::IsMember({"project", "prompt", "safetensors", "sentencepiece", "image", "video"}));
  app.add_option("FILE", c->file, "the file to read")->required();
  app.add_flag("--json", c->json, "print what was read as JSON");
}

}  // namespace pai::cli
