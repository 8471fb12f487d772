// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <memory>

#include "app/cli/bench_startup.h"
#include "app/cli/infer.h"
#include "app/cli/program.h"
#include "core/base/json_reader.h"

namespace pai::cli {

namespace {

struct BenchCommand {
  std::string name, clip;
  bool json = false;
};

core::Status bench(const Program& program, const BenchCommand& c) {
  if (c.name == "dit" || c.name == "vae" || c.name == "attention") {
    std::vector<std::string> arguments{"bench", c.name};
    if (c.json) arguments.emplace_back("--json");
    return becomeInfer(arguments);
  }
  const auto found = program.benches.find(c.name);
  if (found == program.benches.end()) return core::Error{core::ErrorCode::kUsage, std::string("there is no bench named ") + c.name, "", {}};
  core::Result<nlohmann::json> figures = found->second(c.clip);
  if (!figures) return std::move(figures).error();
  if (c.json) {
    std::printf("%s\n", core::jsonText(*figures, 1).c_str());
    return {};
  }
  for (const auto& [name, value] : figures->items())
    std::printf("%-36s %s\n", name.c_str(), value.is_string() ? value.get<std::string>().c_str() : value.dump().c_str());
  return {};
}

}  // namespace

void registerBench(Program& program) {
  program.benches["startup"] = benchStartup;
  auto c = std::make_shared<BenchCommand>();
  CLI::App& app = program.command(program.app, "bench", "Measure this machine", [c, &program] { return bench(program, *c); });
  app.add_option("NAME", c->name, "draft, decode, seek, startup, dit, vae or attention")
      ->required()
      ->check(CLI::IsMember({"draft", "decode", "seek", "startup", "dit", "vae", "attention"}));
  app.add_option("CLIP", c->clip, "clip to measure with; without it one is made or found");
  app.add_flag("--json", c->json, "as JSON");
}

}  // namespace pai::cli
