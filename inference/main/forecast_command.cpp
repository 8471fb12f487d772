// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>

#include "core/base/json_reader.h"
#include "inference/devices.h"
#include "inference/forecast.h"
#include "inference/main/commands.h"

namespace pai::inference {

using core::Error;
using core::ErrorCode;

namespace {

void print(const Forecast& forecast, std::int64_t limit) {
  std::printf("on %s, products in %s%s\n", forecast.compute.device.str().c_str(), forecast.compute.products == at::kFloat ? "float32" : c10::toString(forecast.compute.products),
              forecast.compute.upload ? ", weights uploaded as they are used" : "");
  const auto line = [](const std::string& name, std::int64_t bytes) { std::printf("%-28s %8.3f GB\n", name.c_str(), static_cast<double>(bytes) * 1e-9); };
  line("program", forecast.programBytes);
  line("weights, converted", forecast.weightBytes);
  line("weights, used in their files", forecast.mappedBytes);
  for (const ForecastStage& stage : forecast.stages) {
    line(stage.name, stage.bytes());
    for (const auto& [name, bytes] : stage.parts) line("  " + name, bytes);
  }
  line("most at once", forecast.peakBytes());
  if (forecast.processes > 1) line("of all processes", forecast.allProcessesBytes());
  line("may be taken", limit);
  std::printf("%ld tokens at once, tiles of %ld\n", static_cast<long>(forecast.tokens), static_cast<long>(forecast.vaeTile));
}

}  // namespace

core::Result<int> runForecast(const std::vector<std::string>& words) {
  Arguments arguments(words, {"--json"});
  const std::string folder = arguments.value("--pack", "");
  ForecastSize size{arguments.number("--frames", 0), arguments.number("--height", 0), arguments.number("--width", 0), arguments.number("--references", 1), false, false};
  const long ranks = arguments.number("--ranks", 1);
  size.ranks = static_cast<int>(ranks);
  const bool bounded = size.frames >= 1 && size.frames <= 100000 && size.width >= 1 && size.width <= 16384 && size.height >= 1 && size.height <= 16384 &&
                       size.references >= 0 && size.references <= 16 && ranks >= 1 && ranks <= Ranks::kMost;
  if (folder.empty() || !bounded || !arguments.places().empty() || !arguments.unknown({"--pack", "--frames", "--width", "--height", "--references", "--ranks", "--memory-limit", "--device"}).empty())
    return Error{ErrorCode::kUsage, "usage: pai-infer forecast --pack DIR --frames N --width N --height N [--references N] [--ranks N] [--memory-limit BYTES] [--device D] [--json]", "", {}};
  const auto pack = openPack(folder);
  if (!pack) return pack.error();
  const auto compute = chooseCompute(arguments.value("--device", ""));
  if (!compute) return compute.error();
  return guarded(folder, [&] {
    const core::PackPictureSize picture = core::packPictureSize(pack->rules, static_cast<int>(size.width), static_cast<int>(size.height));
    size.frames = pack->rules.paddedFrames(size.frames);
    size.width = picture.paddedWidth, size.height = picture.paddedHeight;
    size.condition = pack->conditioning != Conditioning::kText;
    size.text = !pack->textEncoderPath.empty() && !pack->tokenizerPath.empty();
    const auto [used, forecast, limit] = planMemory(*pack, size, *compute, arguments.number("--memory-limit", 0));
    if (arguments.flag("--json")) {
      nlohmann::json json = forecast.json();
      json["limit_bytes"] = limit;
      std::printf("%s\n", core::jsonText(json, 1).c_str());
    } else {
      print(forecast, limit);
    }
    const core::Status fits = fitsMemory(forecast, limit);
    if (!fits) throw Failure(fits.error());
    return 0;
  });
}

}  // namespace pai::inference
