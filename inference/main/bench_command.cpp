// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>

#include "core/base/json_reader.h"
#include "inference/devices.h"
#include "inference/main/bench_dit.h"
#include "inference/main/bench_model.h"
#include "inference/main/bench_models.h"
#include "inference/main/commands.h"

namespace pai::inference {

using core::Error;
using core::ErrorCode;

namespace {

core::Result<int> benchLoadCommand(Arguments& arguments) {
  const std::string folder = arguments.value("--pack", "");
  if (!arguments.unknown({"--pack"}).empty() || folder.empty()) return Error{ErrorCode::kUsage, "usage: pai-infer bench load --pack DIR [--json]", "", {}};
  return guarded(folder, [&] {
    const c10::InferenceMode inference;
    const nlohmann::json out = benchLoad(folder);
    if (arguments.flag("--json")) std::printf("%s\n", core::jsonText(out, 1).c_str());
    else
      std::printf("load: %.3f s, then %.3f s to touch every page; %.2f GB of weights, %.3f GB of own memory\n", out["seconds"].get<double>(), out["seconds_touching_every_page"].get<double>(),
                  out["weight_bytes"].get<double>() * 1e-9, out["own_memory_bytes"].get<double>() * 1e-9);
    return 0;
  });
}

core::Result<int> benchVaeCommand(Arguments& arguments) {
  const std::int64_t width = arguments.number("--width", 240), height = arguments.number("--height", 136), tile = arguments.number("--tile", 0);
  const std::string name = arguments.value("--dtype", halfUnits() ? "bf16" : "fp32");
  const at::ScalarType type = name == "bf16" ? at::kBFloat16 : at::kFloat;
  if (!arguments.unknown({"--width", "--height", "--tile", "--dtype"}).empty() || (name != "bf16" && name != "fp32") || (name == "bf16" && !halfUnits()) || width < 16 || height < 16 || width > 4096 || height > 4096 || width % 8 != 0 || height % 8 != 0 || tile < 0)
    return Error{ErrorCode::kUsage, "usage: pai-infer bench vae [--width N] [--height N] [--tile CELLS] [--dtype fp32|bf16] [--json], sizes of a multiple of 8, bf16 on a processor with units for it", "", {}};
  return guarded("bench", [&] {
    const c10::InferenceMode inference;
    nlohmann::json out = benchVae(width, height, tile, type);
    out.update({{"bench", "vae"}, {"dtype", c10::toString(type)}, {"machine", fingerprint(at::kCPU, type)}});
    if (arguments.flag("--json")) std::printf("%s\n", core::jsonText(out, 1).c_str());
    else
      std::printf("vae: %.3f s a frame, %.1f GFLOP/s, %.2f times a plain convolution in float32 (%.1f), %.2f times one in bfloat16 (%.1f), %.2f by processor time (%.3f s a frame); %.2f GB (forecast %.2f); off float32 by %.1e of the result\n",
                  out["seconds_per_frame"].get<double>(), out["gflops"].get<double>(), out["ratio_to_plain_conv3d"].get<double>(), out["plain_conv3d_gflops"].get<double>(),
                  out["ratio_to_plain_conv3d_bf16"].get<double>(), out["plain_conv3d_bf16_gflops"].get<double>(), out["processor_time_ratio_to_plain_conv3d_bf16"].get<double>(), out["processor_seconds_per_frame"].get<double>(), out["own_memory_bytes"].get<double>() * 1e-9, out["forecast_bytes"].get<double>() * 1e-9,
                  out["error"].get<double>());
    return 0;
  });
}

void printDit(const nlohmann::json& j) {
  const auto number = [&](const char* key) { return j[key].get<double>(); };
  std::printf("%s, %ld tokens of width %ld, %ld heads: median of %ld rounds, %s and %s kernels\n%s\n", j["bench"].get<std::string>().c_str(), j["tokens"].get<long>(), j["width"].get<long>(), j["heads"].get<long>(),
              j["repeats"].get<long>(), j["kernels"].get<std::string>().c_str(), j["attention_kernels"].get<std::string>().c_str(), j["dtype"].get<std::string>().c_str());
  std::printf("  this engine                    %8.3f s  %8.1f GFLOP/s\n", number("seconds"), number("gflops"));
  std::printf("  plain float32 operations       %8.3f s\n", number("plain_seconds"));
  std::printf("  a linear layer in bfloat16                 %8.1f GFLOP/s\n", number("linear_bf16_gflops"));
  std::printf("  a linear layer in float32                  %8.1f GFLOP/s\n", number("linear_fp32_gflops"));
  std::printf("  rate, of the bfloat16 layer's  %8.0f %%\n", 100 * number("share_of_linear_bf16"));
  std::printf("  rate, of the float32 layer's   %8.0f %%\n", 100 * number("share_of_linear_fp32"));
  std::printf("  times as fast as plain         %8.2f\n", number("times_plain_fp32"));
  std::printf("  attention's own memory         %8.1f MB, %.1f MB at twice the tokens\n", number("attention_bytes") * 1e-6, number("attention_bytes_twice_the_tokens") * 1e-6);
  std::printf("  error of the arithmetic        %8.1e of the result\n", number("error_of_arithmetic"));
  if (j.contains("error_of_plain_bf16")) std::printf("  of plain operations in bfloat16 %7.1e of the result\n", number("error_of_plain_bf16"));
  if (j.contains("error_of_bf16_storage")) std::printf("  error of storing in bfloat16   %8.1e of the result\n", number("error_of_bf16_storage"));
}

core::Result<int> benchDitCommand(Arguments& arguments, const std::string& name) {
  BlockSize size;
  size.tokens = arguments.number("--tokens", size.tokens), size.width = arguments.number("--width", size.width), size.heads = arguments.number("--heads", size.heads),
  size.ffnWidth = arguments.number("--ffn", size.ffnWidth);
  const long repeats = arguments.number("--repeats", 3);
  const std::string type = arguments.value("--dtype", halfUnits() ? "bf16" : "fp32");
  if (!arguments.unknown({"--tokens", "--width", "--heads", "--ffn", "--repeats", "--dtype"}).empty() || (type != "bf16" && type != "fp32"))
    return Error{ErrorCode::kUsage, "usage: pai-infer bench dit|attention [--tokens N] [--width N] [--heads N] [--ffn N] [--dtype bf16|fp32] [--repeats N] [--json]", "", {}};
  const at::ScalarType products = type == "bf16" ? at::kBFloat16 : at::kFloat;
  if (size.tokens < 1 || size.tokens > 200000 || size.width < 2 || size.width > 16384 || size.heads < 1 || size.width % size.heads != 0 || (size.width / size.heads) % 2 != 0 || size.ffnWidth < 1 ||
      size.ffnWidth > 65536 || repeats < 1 || repeats > 1000)
    return Error{ErrorCode::kUsage, "sizes are out of range, or the width does not divide into heads of even width", "", {}};
  return guarded("bench", [&] {
    const c10::InferenceMode inference;
    nlohmann::json out = name == "dit" ? benchDit(size, products, static_cast<int>(repeats)) : benchAttention(size, products, static_cast<int>(repeats));
    out.update({{"bench", name}, {"dtype", products == at::kFloat ? "bfloat16 stored, float32 computed" : "bfloat16 stored and computed"}, {"machine", fingerprint(at::kCPU, products)}});
    if (arguments.flag("--json")) std::printf("%s\n", core::jsonText(out, 1).c_str());
    else printDit(out);
    return 0;
  });
}

core::Result<int> benchModelCommand(Arguments& arguments) {
  ModelSize size;
  size.shape = arguments.value("--shape", size.shape);
  size.width = arguments.number("--width", size.width), size.height = arguments.number("--height", size.height), size.frames = arguments.number("--frames", size.frames);
  size.layers = arguments.number("--layers", 0);
  const long repeats = arguments.number("--repeats", 3), steps = arguments.number("--steps", 0);
  const std::string type = arguments.value("--dtype", "bf16");
  const bool known = arguments.unknown({"--shape", "--width", "--height", "--frames", "--layers", "--repeats", "--steps", "--dtype", "--device"}).empty() && (type == "bf16" || type == "fp32");
  const bool bounded = size.width >= 16 && size.height >= 16 && size.width <= 4096 && size.height <= 4096 && size.width % 16 == 0 && size.height % 16 == 0 && size.frames >= 1 && size.frames <= 1001 &&
                       size.frames % 4 == 1 && size.layers >= 0 && repeats >= 1 && repeats <= 100 && steps >= 0 && steps <= 1000;
  if (!known || !bounded || !size.shape.starts_with("wan2.1-t2v-"))
    return Error{ErrorCode::kUsage, "usage: pai-infer bench model [--shape wan2.1-t2v-1.3b|wan2.1-t2v-14b] [--width N] [--height N] [--frames 4n+1] [--layers N] [--steps N] [--dtype bf16|fp32] [--device D] [--repeats N] [--json]", "", {}};
  size.steps = static_cast<int>(steps);
  const auto device = chooseDevice(arguments.value("--device", ""));
  if (!device) return device.error();
  return guarded(device->str(), [&] {
    const c10::InferenceMode inference;
    nlohmann::json out = benchModel(size, {*device, type == "bf16" ? at::kBFloat16 : at::kFloat, false}, static_cast<int>(repeats));
    out.update({{"bench", "model"}, {"machine", fingerprint(*device, type == "bf16" ? at::kBFloat16 : at::kFloat)}});
    if (arguments.flag("--json")) std::printf("%s\n", core::jsonText(out, 1).c_str());
    else std::fputs(modelRows(out).c_str(), stdout);
    return 0;
  });
}

}  // namespace

core::Result<int> runBench(const std::vector<std::string>& words) {
  Arguments arguments(words, {"--json"});
  const std::string name = arguments.places().size() == 1 ? arguments.places()[0] : "";
  if (name == "vae") return benchVaeCommand(arguments);
  if (name == "model") return benchModelCommand(arguments);
  if (name == "load") return benchLoadCommand(arguments);
  if (name == "dit" || name == "attention") return benchDitCommand(arguments, name);
  return Error{ErrorCode::kUsage, "usage: pai-infer bench dit|attention|vae|model|load [--json]", "", {}};
}

}  // namespace pai::inference
