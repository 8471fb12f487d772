// SPDX-License-Identifier: GPL-3.0-or-later
#include <malloc.h>

#include <cstdio>
#include <filesystem>

#include "core/base/file_system.h"
#include "core/base/hash.h"
#include "core/base/json_reader.h"
#include "inference/devices.h"
#include "inference/main/commands.h"
#include "inference/toy_trainer.h"

namespace pai::inference {

using core::Error;
using core::ErrorCode;

namespace {

constexpr std::int64_t kEulerSteps = 4;

nlohmann::json row(const std::string& name, const ToyErrors& errors) {
  return {{"name", name}, {"background", errors.background}, {"foreground", errors.foreground}};
}

nlohmann::json table(const InContextModel& model, std::int64_t clips) {
  nlohmann::json rows = nlohmann::json::array();
  for (std::int64_t n = 1; n <= 3; ++n) rows.push_back(row("pasted over crossfade, references: " + std::to_string(n), evaluatePasted(n, clips)));
  for (const std::int64_t steps : {std::int64_t{1}, kEulerSteps}) {
    const std::string how = steps == 1 ? "predicted from noise" : std::to_string(steps) + " Euler steps";
    for (std::int64_t n = 1; n <= 3; ++n) rows.push_back(row(how + ", references: " + std::to_string(n), evaluateToy(model, {n}, clips, steps)));
    rows.push_back(row(how + ", 3 positions swapped", evaluateToy(model, {3, ToyTask::Places::kSwapped}, clips, steps)));
    rows.push_back(row(how + ", 3 positions all 0", evaluateToy(model, {3, ToyTask::Places::kAllZero}, clips, steps)));
  }
  return rows;
}

/// Keeps the memory of activations between steps instead of giving it back to the system each time.
void keepMemory() {
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that it takes
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  ::mallopt(M_ARENA_MAX, 1);
}

void printProgress(const ToyProgress& p, bool json) {
  if (json) std::printf("%s\n", core::jsonText({{"step", p.step}, {"loss", p.loss}, {"gradient_norm", p.gradientNorm}, {"seconds", p.seconds}}, -1).c_str());
  else std::printf("step %5ld  loss %.4f  gradient %.3f  %.1f s\n", static_cast<long>(p.step), p.loss, p.gradientNorm, p.seconds);
  std::fflush(stdout);
}

void save(const std::string& out, const StateDict& weights, const ToyOptions& options) {
  const core::Status saved = saveWeights(out, weights.all(), {{"architecture", "pai-toy"}, {"heads", std::to_string(options.heads)}});
  if (!saved) throw Failure(saved.error());
}

/// Writes a folder that `pai render --engine` takes.
void savePack(const std::string& folder, const StateDict& weights, const ToyOptions& options) {
  std::filesystem::create_directories(folder);
  const std::string file = folder + "/toy.safetensors";
  save(file, weights, options);
  const auto hash = core::sha256File(file);
  if (!hash) throw Failure(hash.error());
  const nlohmann::json pack{{"name", "toy"}, {"conditioning", "in-context"}, {"autoencoder", "none"}, {"transformer", "toy.safetensors"},
                            {"heads", options.heads}, {"width", kToyColumns}, {"height", kToyRows}, {"multiple", 8}, {"window", kToyFrames}, {"overlap", 3},
                            {"screen", {0.1, 0.8, 0.1}}, {"solver", "euler"}, {"steps", kEulerSteps}, {"shift", 4.0}, {"guidance", 1.0},
                            {"licence", "GPL-3.0-or-later"},
                            {"files", {{{"file", "toy.safetensors"}, {"sha256", *hash}, {"size_bytes", std::filesystem::file_size(file)}}}}};
  const auto saved = core::atomicWriteFile(folder + "/pack.json", core::jsonText(pack, 2) + "\n");
  if (!saved) throw Failure(saved.error());
}

int train(const ToyOptions& options, const std::string& out, const std::string& pack, bool json) {
  keepMemory();
  StateDict weights = randomWeights(toyConfig(options), options.seed);
  std::int64_t parameters = 0;
  for (const auto& [name, value] : weights.all()) parameters += value.numel();
  if (!json) std::printf("%.2f M parameters, %ld steps of %ld clips, seed %lu, %d threads\n", static_cast<double>(parameters) * 1e-6,
                         static_cast<long>(options.steps), static_cast<long>(options.batch), static_cast<unsigned long>(options.seed), at::get_num_threads());
  double seconds = 0;
  trainToy(weights, options, [&](const ToyProgress& p) {
    seconds = p.seconds;
    printProgress(p, json);
    if (!out.empty() && p.step % 200 == 0) save(out, weights, options);
  });
  if (!out.empty()) save(out, weights, options);
  if (!pack.empty()) savePack(pack, weights, options);
  if (options.steps == 0) return 0;  // there is nothing to judge
  const nlohmann::json rows = table(InContextModel(weights, toyConfig(options)), options.heldOutClips);
  if (json) {
    std::printf("%s\n", core::jsonText({{"parameters", parameters}, {"steps", options.steps}, {"seed", options.seed}, {"seconds", seconds},
                                        {"held_out_clips", options.heldOutClips}, {"errors", rows}}, -1).c_str());
    return 0;
  }
  std::printf("%-40s %12s %12s   (mean squared error, %ld held-out clips)\n", "", "background", "foreground", static_cast<long>(options.heldOutClips));
  for (const auto& r : rows) std::printf("%-40s %12.4f %12.4f\n", r["name"].get<std::string>().c_str(), r["background"].get<double>(), r["foreground"].get<double>());
  return 0;
}

}  // namespace

core::Result<int> runTrain(const std::vector<std::string>& words) {
  Arguments arguments(words, {"--json"});
  ToyOptions options;
  options.steps = arguments.number("--steps", options.steps);
  const long seed = arguments.number("--seed", 1);
  options.batch = arguments.number("--batch", options.batch);
  if (arguments.places() != std::vector<std::string>{"toy"} || !arguments.unknown({"--steps", "--seed", "--batch", "--out", "--pack"}).empty() || options.steps < 0 || options.batch < 1 || options.batch > 1024 ||
      options.steps > 1'000'000 || seed < 0)
    return Error{ErrorCode::kUsage, "usage: pai-infer train toy [--steps N] [--seed N] [--batch N] [--out FILE.safetensors] [--pack FOLDER] [--json]", "", {}};
  options.seed = static_cast<std::uint64_t>(seed);
  const core::Result<Compute> compute = chooseCompute("cpu");
  if (!compute) return compute.error();
  options.products = compute->products;
  return guarded("train", [&] { return train(options, arguments.value("--out", ""), arguments.value("--pack", ""), arguments.flag("--json")); });
}

}  // namespace pai::inference
