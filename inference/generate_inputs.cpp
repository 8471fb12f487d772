// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/generate_inputs.h"

#include <sys/stat.h>

#include <array>
#include <cmath>

#include "core/base/hash.h"
#include "core/base/prompt.h"
#include "inference/text_features.h"
#include "inference/vace.h"

namespace pai::inference {

using core::ErrorCode;

namespace {

constexpr std::int64_t kMostReferences = 16;

/// Pictures as floats in [-1, 1].
Tensor pictures(const Tensor& t) { return t.scalar_type() == at::kByte ? t.to(at::kFloat) / 127.5 - 1.0 : t.to(at::kFloat); }
/// A mask as floats in [0, 1].
Tensor maskOf(const Tensor& t) { return t.scalar_type() == at::kByte ? t.to(at::kFloat) / 255.0 : t.to(at::kFloat); }

std::int64_t number(const Tensor& t, const char* name) {
  requireShape(t, {1}, name);
  const double value = t.to(at::kDouble).item<double>();
  if (!(std::abs(value) <= 1e7)) fail(ErrorCode::kSizeMismatch, std::string(name) + " is out of range");
  return static_cast<std::int64_t>(value);
}

/// Frames, height and width of what was prepared, checked against what the pack takes.
std::array<std::int64_t, 3> sizeOf(const StateDict& t, const core::PackRules& rules, const std::string& path) {
  std::array<std::int64_t, 3> size{};
  if (const Tensor video = t.maybe("condition"); video.defined()) {
    requireShape(video, {3, -1, -1, -1}, "condition");
    size = {video.size(1), video.size(2), video.size(3)};
  } else {
    const Tensor told = t.at("size");
    requireShape(told, {3}, "size");
    size = {told[0].item<std::int64_t>(), told[1].item<std::int64_t>(), told[2].item<std::int64_t>()};
  }
  const auto [frames, height, width] = size;
  const std::int64_t stride = rules.timeStride(), multiple = rules.pixels ? 1 : 16;
  const bool bounded = frames >= 1 && frames <= 100000 && height >= multiple && width >= multiple && height <= 16384 && width <= 16384;
  if (bounded && (frames - 1) % stride == 0 && height % multiple == 0 && width % multiple == 0) return size;
  fail(ErrorCode::kSizeMismatch, rules.pixels ? "the prepared size is out of bounds" : "the prepared size is not 4n + 1 frames of a multiple of 16 pixels", path);
}

StateDict preparedTensors(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) fail(ErrorCode::kJobBroken, "the prepare stage left no tensors", path);
  auto loaded = loadWeights(path);
  if (!loaded) throw Failure(loaded.error());
  return std::move(*loaded);
}

bool readsText(const Pack& pack) { return !pack.textEncoderPath.empty() && !pack.tokenizerPath.empty(); }

/// The job's prompt, and the text that guidance leads away from, where the pack can read them.
void encodeTexts(GenerateInputs& in, const core::Job& job, const Pack& pack, const Compute& compute) {
  const std::string prompt = core::promptText(job.shot.prompt);
  if (in.text_SI.defined()) return;
  if (!readsText(pack)) {
    if (!prompt.empty()) in.warnings.emplace_back("the pack has no text encoder with its tokenizer: the prompt is not used");
    return;
  }
  const std::vector<Tensor> features = textFeatures(pack, {prompt, pack.negative}, compute);
  in.text_SI = features[0];
  in.negative_SI = features[1];
  in.hash += "; text " + core::sha256Of(prompt + "\n" + pack.negative);
}

}  // namespace

double relativeLatentPosition(std::int64_t frame, bool continuous, std::int64_t timeStride) {
  if (timeStride == 1) return static_cast<double>(frame);
  if (frame >= 0) return latentPosition(frame, continuous);
  const double place = static_cast<double>(frame) / static_cast<double>(timeStride);
  return continuous ? place : std::floor(place);
}

ForecastSize preparedSize(const std::string& path, const Pack& pack) {
  const StateDict t = preparedTensors(path);
  const auto [frames, height, width] = sizeOf(t, pack.rules, path);
  ForecastSize size{frames, height, width, 0, t.has("condition"), t.has("text") || readsText(pack)};
  while (size.references < kMostReferences && t.has("reference." + std::to_string(size.references))) ++size.references;
  return size;
}

GenerateInputs readGenerateInputs(const std::string& path, const core::Job& job, const Pack& pack, const Autoencoder& autoencoder, const Compute& compute, const Poll& poll) {
  const StateDict t = preparedTensors(path);
  GenerateInputs in;
  const auto hash = core::sha256File(path);
  if (!hash) throw Failure(hash.error());
  in.hash = *hash;
  in.text_SI = t.maybe("text");
  in.negative_SI = t.maybe("negative");
  const auto [frames, height, width] = sizeOf(t, pack.rules, path);
  in.frames = frames, in.height = height, in.width = width;
  encodeTexts(in, job, pack, compute);
  for (Tensor* text : {&in.text_SI, &in.negative_SI})
    if (text->defined()) *text = text->to(compute.device);
  const Tensor video = t.maybe("condition");
  const std::int64_t first = t.has("first_frame") ? number(t.at("first_frame"), "first_frame") : 0;
  std::vector<Tensor> shown;
  for (std::int64_t n = 0; n < kMostReferences && t.has("reference." + std::to_string(n)); ++n) {
    const std::string name = "reference." + std::to_string(n);
    requireShape(t.at(name), {3, 1, -1, -1}, name.c_str());
    shown.push_back(pictures(t.at(name)));
    if (pack.conditioning != Conditioning::kInContext) continue;
    const std::int64_t frame = number(t.at(name + ".frame"), "a reference's frame") - first;
    in.references.push_back({autoencoder.encode(shown.back(), poll), relativeLatentPosition(frame, pack.continuousPositions, autoencoder.timeStride())});
  }
  if (pack.conditioning == Conditioning::kInContext && video.defined()) in.condition_CTHW = autoencoder.encode(pictures(video), poll);
  if (pack.conditioning != Conditioning::kVace || !video.defined()) return in;
  const Tensor mask = maskOf(t.at("mask"));
  in.vaceReferences = static_cast<std::int64_t>(shown.size());
  in.vace_CTHW = at::cat({vaceFrames(autoencoder.vae(), pictures(video), mask, shown, poll, autoencoder.tile()), vaceMask(mask, in.vaceReferences).to(compute.device)}, 0);
  return in;
}

}  // namespace pai::inference
