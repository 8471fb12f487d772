// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <exception>

#include "core/base/error.h"
#include "inference/devices.h"
#include "inference/main/commands.h"

namespace {

constexpr const char* kUsage =
    "usage: pai-infer verify DIR [--dtype bf16] hold the engine to a folder of golden values\n"
    "       pai-infer --job DIR [--resume]     the generate stage of a render; --ranks N: by N processes together\n"
    "       pai-infer --serve                  the same for directories on standard input, models kept loaded\n"
    "       pai-infer forecast --pack DIR      the memory that a render will take\n"
    "       pai-infer bench dit|vae|attention|model|load  time a part of a model, or a pack's loading\n"
    "       pai-infer train toy                train a small model on synthetic shots\n"
    "       pai-infer random-weights NAME      write random weights of a published shape\n"
    "       pai-infer devices [--json]         what computes here, and what is slow and why\n";

pai::core::Result<int> run(const std::vector<std::string>& words, char** argv) {
  using namespace pai;
  if (words.empty() || words[0] == "--help" || words[0] == "-h") {
    std::fputs(kUsage, words.empty() ? stderr : stdout);
    return words.empty() ? 2 : 0;
  }
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  if (words[0] == "--version") return std::puts("pai-infer " PAI_VERSION), 0;
  inference::startAnewIfBetter(argv);
  inference::setUpThreads();
  if (words[0] == "--job" || words[0] == "--serve") return inference::runJob(words);
  if (words[0] == "verify") return inference::runVerify(rest);
  if (words[0] == "bench") return inference::runBench(rest);
  if (words[0] == "train") return inference::runTrain(rest);
  if (words[0] == "random-weights") return inference::runRandomWeights(rest);
  if (words[0] == "forecast") return inference::runForecast(rest);
  if (words[0] == "devices") return inference::runDevices(rest);
  return core::Error{core::ErrorCode::kUsage, "no command " + core::inQuotes(words[0]) + "; pai-infer --help lists them", "", {}};
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto code = run({argv + 1, argv + argc}, argv);
    if (code) return *code;
    std::fprintf(stderr, "%s\n", pai::core::describe(code.error()).c_str());
    return pai::core::exitCodeOf(code.error().code);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pai-infer: %s\n", error.what());
    return 4;
  }
}
