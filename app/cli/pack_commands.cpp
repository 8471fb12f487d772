// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <memory>

#include "app/cli/infer.h"
#include "app/cli/packs.h"
#include "app/cli/program.h"
#include "app/cli/when.h"
#include "core/base/json_reader.h"

namespace pai::cli {

using core::Result;
using core::Status;

namespace {

struct PackCommand {
  std::string pack;
  bool json = false;
};

nlohmann::json packJson(const Pack& pack) {
  return {{"name", pack.name}, {"folder", pack.folder}, {"size_bytes", pack.sizeBytes}, {"sha256", pack.hash}};
}

Status list(bool json) {
  nlohmann::json all = nlohmann::json::array();
  for (const Pack& pack : listPacks()) all.push_back(packJson(pack));
  if (json) {
    std::printf("%s\n", core::jsonText(all, 1).c_str());
    return {};
  }
  std::printf("draft  (built in)\n");
  for (const nlohmann::json& pack : all)
    std::printf("%s  %s, %.1f MB\n", pack["name"].get<std::string>().c_str(), pack["folder"].get<std::string>().c_str(),
                pack["size_bytes"].get<double>() / 1e6);
  if (!all.empty()) return {};
  std::fprintf(stderr, "no model pack was found in:\n");
  for (const std::string& folder : packFolders()) std::fprintf(stderr, "  %s\n", folder.c_str());
  return {};
}

Status info(const PackCommand& c) {
  Result<Pack> pack = findPack(c.pack);
  if (!pack) return std::move(pack).error();
  nlohmann::json json = packJson(*pack);
  json["manifest"] = pack->manifest;
  std::printf("%s\n", core::jsonText(json, 1).c_str());
  return {};
}

/// A download without pack.json: what its files are, and how it will be used.
void printRecognised(const nlohmann::json& j) {
  for (const nlohmann::json& part : j["recognised"]) {
    const std::string rest = part.contains("tensors") ? ", " + part["tensors"].dump() + " tensors" : "";
    std::printf("  %-15s %s%s\n", part["part"].get<std::string>().c_str(), part["file"].get<std::string>().c_str(), rest.c_str());
  }
  const auto text = [&](const char* key) { return j[key].is_string() ? j[key].get<std::string>() : j[key].dump(); };
  std::printf("  no pack.json: conditioned by %s, at most %sx%s, %s frames at once\n", text("conditioning").c_str(), text("width").c_str(), text("height").c_str(), text("window").c_str());
  for (const char* part : {"text encoder", "tokenizer"})
    if (std::none_of(j["recognised"].begin(), j["recognised"].end(), [part](const nlohmann::json& p) { return p["part"] == part; }))
      std::printf("  there is no %s: the prompt will not be used\n", part);
}

Status check(const PackCommand& c) {
  Result<Pack> pack = findPack(c.pack);
  if (!pack) return std::move(pack).error();
  Result<nlohmann::json> checked = checkPack(*pack);
  if (!checked) return std::move(checked).error();
  if (c.json) {
    std::printf("%s\n", core::jsonText(*checked, 1).c_str());
    return {};
  }
  const nlohmann::json& j = *checked;
  std::printf("%s: fine, %s files, %s tensors\n", pack->name.c_str(), j["files"].dump().c_str(), j["tensors"].dump().c_str());
  if (j.contains("recognised")) printRecognised(j);
  return {};
}

Status add(const PackCommand& c) {
  Result<Pack> pack = addPack(c.pack);
  if (!pack) return std::move(pack).error();
  std::printf("%s  %s\n", pack->name.c_str(), pack->folder.c_str());
  return {};
}

struct ForecastCommand {
  std::string pack, size;
  std::int64_t frames = 81, references = 1;
  bool json = false;
};

Status forecast(const ForecastCommand& c) {
  Result<Pack> pack = findPack(c.pack);
  if (!pack) return std::move(pack).error();
  Result<std::pair<int, int>> size = parseSize(c.size);
  if (!size) return std::move(size).error();
  std::vector<std::string> arguments{"forecast", "--pack", pack->folder, "--frames", std::to_string(c.frames), "--width", std::to_string(size->first),
                                     "--height", std::to_string(size->second), "--references", std::to_string(c.references)};
  if (c.json) arguments.emplace_back("--json");
  return becomeInfer(arguments);
}

}  // namespace

void registerPack(Program& program) {
  CLI::App& group = *program.app.add_subcommand("pack", "Model packs: folders with pack.json and weights");
  group.require_subcommand(1);
  auto listing = std::make_shared<bool>(false);
  program.command(group, "list", "Packs found in PAI_PACK_PATH and the data folder", [listing] { return list(*listing); })
      .add_flag("--json", *listing, "as JSON");
  const auto one = [&](const char* name, const char* help, Status (*body)(const PackCommand&)) -> CLI::App& {
    auto c = std::make_shared<PackCommand>();
    CLI::App& app = program.command(group, name, help, [c, body] { return body(*c); });
    app.add_option("PACK", c->pack, "name of a pack, or its folder")->required();
    app.add_flag("--json", c->json, "as JSON");
    return app;
  };
  one("info", "What a pack says of itself", info);
  one("check", "Read every file of a pack against pack.json; of a download without one, say what its files are", check);
  one("add", "Check a pack's folder and copy it to the data folder", add);
  auto f = std::make_shared<ForecastCommand>();
  CLI::App& app = program.command(group, "forecast", "Memory that a render with a pack will take, before it is begun; exit 6 where it does not fit", [f] { return forecast(*f); });
  app.add_option("PACK", f->pack, "name of a pack, or its folder")->required();
  app.add_option("--frames", f->frames, "frames of the shot")->check(CLI::Range(1, 100000));
  app.add_option("--size", f->size, "size of the shot")->required()->type_name("WxH");
  app.add_option("--references", f->references, "references on the timeline")->check(CLI::Range(0, 16));
  app.add_flag("--json", f->json, "as JSON");
}

}  // namespace pai::cli
