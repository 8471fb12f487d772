// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/sysinfo.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <thread>

#include "app/cli/infer.h"
#include "app/cli/job_run.h"
#include "app/cli/program.h"
#include "core/base/json_reader.h"

namespace pai::cli {

using core::Result;
using core::Status;

namespace {

constexpr int kInferTimeoutMs = 60000;

std::string cpuName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

nlohmann::json instructionSets() {
  nlohmann::json sets = nlohmann::json::array();
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) sets.push_back("sse4.2");
  if (__builtin_cpu_supports("avx2")) sets.push_back("avx2");
  if (__builtin_cpu_supports("fma")) sets.push_back("fma");
  if (__builtin_cpu_supports("avx512f")) sets.push_back("avx512f");
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("flags")) continue;
    for (const char* more : {"avx512_bf16", "amx_bf16", "sha_ni"})
      if ((line + " ").find(std::string(" ") + more + " ") != std::string::npos) sets.push_back(more);
    break;
  }
#endif
  return sets;
}

nlohmann::json machineJson() {
  struct sysinfo info {};
  ::sysinfo(&info);
  const auto unit = static_cast<std::uint64_t>(info.mem_unit);
  nlohmann::json json{{"cpu", cpuName()}, {"threads", std::thread::hardware_concurrency()}, {"instruction_sets", instructionSets()},
                      {"memory_bytes", info.totalram * unit}, {"memory_free_bytes", info.freeram * unit + info.bufferram * unit},
                      {"cache_folder", cacheFolder()}, {"draft", "ready"}};
  if (const char* threads = std::getenv("PAI_THREADS")) json["pai_threads"] = threads;
  return json;
}

Status devices(bool json) {
  nlohmann::json all = machineJson();
  Result<std::string> text = askInfer({"devices", "--json"}, kInferTimeoutMs);
  Result<nlohmann::json> infer = text ? core::readJson(*text, "pai-infer") : Result<nlohmann::json>(text.error());
  if (infer) all["inference"] = *infer;
  else all["inference_missing"] = core::describe(infer.error());
  if (json) {
    std::printf("%s\n", core::jsonText(all, 1).c_str());
    return {};
  }
  std::printf("processor   %s, %s threads\n", all["cpu"].get<std::string>().c_str(), all["threads"].dump().c_str());
  std::string sets;
  for (const auto& set : all["instruction_sets"]) sets += std::string(" ") + set.get<std::string>();
  std::printf("            %s\n", sets.c_str());
  std::printf("memory      %.1f GB\n", all["memory_bytes"].get<double>() / 1e9);
  std::printf("draft       ready\n");
  if (!infer) {
    std::printf("inference   not available: %s\n", all["inference_missing"].get<std::string>().c_str());
    return {};
  }
  for (const auto& [name, value] : infer->items())
    std::printf("%-11s %s\n", name.c_str(), value.is_string() ? value.get<std::string>().c_str() : value.dump().c_str());
  return {};
}

struct VerifyCommand {
  std::string folder, type, device;
  bool json = false;
};

Status verify(const VerifyCommand& c) {
  std::vector<std::string> arguments{"verify", absolutePath(c.folder)};
  if (!c.type.empty()) arguments.insert(arguments.end(), {"--dtype", c.type});
  if (!c.device.empty()) arguments.insert(arguments.end(), {"--device", c.device});
  if (c.json) arguments.emplace_back("--json");
  return becomeInfer(arguments);
}

}  // namespace

void registerDevices(Program& program) {
  auto json = std::make_shared<bool>(false);
  program.command(program.app, "devices", "Say what this machine can compute with, and what is slow and why", [json] { return devices(*json); })
      .add_flag("--json", *json, "as JSON");
  auto v = std::make_shared<VerifyCommand>();
  CLI::App& app = program.command(program.app, "verify", "Hold the inference engine to a folder of golden values", [v] { return verify(*v); });
  app.add_option("DIR", v->folder, "folder with manifest.json")->required();
  app.add_option("--dtype", v->type, "fp32 (as the values are given) or bf16, held to that type's own rounding")->check(CLI::IsMember({"fp32", "bf16"}));
  app.add_option("--device", v->device, "cpu or cuda:N");
  app.add_flag("--json", v->json, "as JSON");
}

}  // namespace pai::cli
