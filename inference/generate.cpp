// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/generate.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "core/base/file_system.h"
#include "core/base/job.h"
#include "core/base/json_reader.h"
#include "inference/device_memory.h"
#include "inference/devices.h"
#include "inference/event_lines.h"
#include "inference/forecast.h"
#include "inference/generate_inputs.h"
#include "inference/memory.h"
#include "inference/noise.h"
#include "inference/rejoin.h"

namespace pai::inference {

using core::ErrorCode;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::uint64_t kJobLimit = 16u << 20;
constexpr double kSeenSeam = 2.0;  // motion across a join over motion within

template <typename T>
T valueOf(core::Result<T> result) {
  if (!result) throw Failure(result.error());
  return std::move(result).value();
}
void check(const core::Status& status) {
  if (!status) throw Failure(status.error());
}

void writeText(const std::string& path, const nlohmann::json& json) {
  const auto written = core::atomicWriteFile(path, core::jsonText(json, 1) + "\n");
  if (!written) throw Failure(written.error());
}

std::string stepName(int step) {
  char text[32];
  std::snprintf(text, sizeof text, "step_%04d.ppm", step);
  return text;
}

/// The conditioned velocity of a pack in one window of a shot.
WindowVelocity velocityOf(const InContextModel& model, const Pack& pack, const GenerateInputs& in, const Ranks* ranks, const Poll& poll) {
  return [&model, &pack, &in, ranks, poll](const ShotWindow& window, const Tensor& latent, double time, bool guided) {
    const Tensor text = guided ? in.text_SI : in.negative_SI;
    const auto own = [&](const Tensor& t) { return t.defined() ? t.narrow(1, window.begin, window.end - window.begin) : t; };
    if (pack.conditioning == Conditioning::kInContext) {
      SequenceSample sample{latent, time, own(in.condition_CTHW), {}, text, static_cast<double>(window.begin)};
      for (const std::size_t i : window.references) sample.references.push_back(in.references[i]);
      return model.velocity({sample}, poll, {}, ranks)[0];
    }
    TransformerInput input;
    input.ranks = ranks;
    input.latent_CTHW = {latent};
    input.times = {time};
    if (text.defined()) input.text_SI = {text};
    if (in.vace_CTHW.defined()) input.vace_CTHW = {own(in.vace_CTHW)};
    return model.transformer().forward(input, poll)[0];
  };
}

/// The same over all windows of the shot, blended.
VelocityFn blended(const WindowVelocity& velocity, const std::vector<ShotWindow>& windows) {
  return [&velocity, &windows](const Tensor& latent, double time, bool guided) {
    return blendWindows(windows, [&](const ShotWindow& window) { return velocity(window, latent.narrow(1, window.begin, window.end - window.begin), time, guided); });
  };
}

std::vector<double> placesOf(const GenerateInputs& in) {
  std::vector<double> places;
  for (const SequenceReference& reference : in.references) places.push_back(reference.position);
  return places;
}

/// Windows of a shot; reference steps of VACE belong to every frame, so that such a shot is one window.
std::vector<ShotWindow> windowsOf(const Pack& pack, const GenerateInputs& in) {
  const core::PackRules& rules = pack.rules;
  const auto steps = [&](std::int64_t frames) { return frames > 0 && in.vaceReferences == 0 ? rules.latentSteps(rules.paddedFrames(frames)) : 0; };
  return planWindows(rules.latentSteps(in.frames) + in.vaceReferences, steps(rules.window), rules.overlap / rules.timeStride(), placesOf(in));
}

SamplerPlan planOf(const core::Job& job, const Pack& pack, const GenerateInputs& in) {
  SamplerPlan plan;
  plan.solver = pack.solver;
  plan.steps = job.steps > 0 ? job.steps : pack.steps;
  plan.shift = pack.shift;
  plan.guidance = job.guidance >= 0.0 ? job.guidance : pack.guidance;
  if (!in.negative_SI.defined()) plan.guidance = 1.0;
  plan.identity = "pack " + pack.transformerPath + "; window " + std::to_string(pack.rules.window) + "+" + std::to_string(pack.rules.overlap) + "; inputs " + in.hash + "; seed " + std::to_string(job.seed);
  return plan;
}

/// Where a run tells what it does; only rank 0 writes.
struct Told {
  std::string directory;
  bool writes = true;
  EventLines& events;
};

void sample(Sampler& sampler, const VelocityFn& velocity, const LatentPreview& preview, const GenerateInputs& in, int steps, const std::string& print, const Told& told) {
  const auto begin = Clock::now();
  const int first = sampler.step();
  while (!sampler.finished()) {
    sampler.advance(velocity);
    if (!told.writes) continue;
    check(sampler.save(told.directory + "/checkpoint/generate.safetensors", print));
    const std::string name = stepName(sampler.step());
    check(writePpm(told.directory + "/preview/" + name, preview.strip(sampler.predictedClean().narrow(1, in.vaceReferences, sampler.latent().size(1) - in.vaceReferences))));
    const double spent = std::chrono::duration<double>(Clock::now() - begin).count();
    told.events.append(core::StepFinished{sampler.step(), steps, spent / (sampler.step() - first) * (steps - sampler.step())});
    told.events.append(core::PreviewReady{sampler.step(), name});
  }
}

/// Makes seen joins again and tells what was done in latents/windows.json.
void join(const std::vector<ShotWindow>& windows, const GenerateInputs& in, const SamplerPlan& plan, const Tensor& noise, const WindowVelocity& velocity,
          Tensor& latent, const Told& told) {
  const std::vector<Rejoin> again = remakeJoins(windows, placesOf(in), kSeenSeam, plan, noise, velocity, latent);
  if (!told.writes) return;
  const std::vector<double> seams = seamRatios(windows, latent);
  for (std::size_t i = 0; i < seams.size(); ++i)
    if (seams[i] > kSeenSeam) told.events.append(core::Warning{"the motion across window join " + std::to_string(i + 1) + " is " + std::to_string(seams[i]).substr(0, 4) + " times that within"});
  nlohmann::json json = windowsJson(windows, seams);
  for (const Rejoin& r : again) json["remade"].push_back({{"join", r.join}, {"seam_before", r.before}, {"seam_after", r.after}, {"kept", r.kept}});
  writeText(told.directory + "/latents/windows.json", json);
}

/// Where models are and when the pack's files were last changed, so that models that are kept are not those of older ones.
std::string identityOf(const Pack& pack, const Compute& compute) {
  std::string out = compute.device.str() + " " + c10::toString(compute.products) + (compute.upload ? " upload\n" : "\n");
  std::vector<std::string> paths{pack.folder + "/pack.json", pack.transformerPath, pack.vaePath};
  for (const Pack::Adapter& adapter : pack.adapters) paths.push_back(adapter.path + ":" + std::to_string(adapter.strength));
  for (const std::string& path : paths) {
    struct stat info {};
    const bool there = ::stat(path.substr(0, path.rfind(':')).c_str(), &info) == 0;
    out += path + ":" + (there ? std::to_string(info.st_mtim.tv_sec) + "." + std::to_string(info.st_mtim.tv_nsec) + ":" + std::to_string(info.st_size) : "") + "\n";
  }
  return out;
}

}  // namespace

struct GenerateEngine::Models {
  Models(const Pack& pack, const Compute& compute)
      : identity(identityOf(pack, compute)), weights(valueOf(loadTransformerWeights(pack)).forCompute(compute)), model(weights, packTransformerConfig(pack, weights)),
        autoencoder(pack, model.transformer().config().outChannels, compute) {}
  std::string identity;
  StateDict weights;
  InContextModel model;
  Autoencoder autoencoder;
};

GenerateEngine::GenerateEngine() = default;
GenerateEngine::~GenerateEngine() = default;

std::shared_ptr<const GenerateEngine::Models> GenerateEngine::models(const Pack& pack, const Compute& compute) {
  if (m_models && m_models->identity != identityOf(pack, compute)) m_models.reset();
  if (!m_models) m_models = std::make_shared<const Models>(pack, compute);
  return m_models;
}

/// What a run was asked for.
struct GenerateEngine::Call {
  std::string directory;
  bool resume = false;
  Poll poll;
  std::int64_t memoryLimit = 0;
  RankPlace place;
};

void GenerateEngine::generate(const Call& call, EventLines& events) {
  const c10::InferenceMode inference;
  const std::string& directory = call.directory;
  const Poll& poll = call.poll;
  const Told told{directory, call.place.rank == 0, events};
  const core::Job job = valueOf(core::parseJob(valueOf(core::readWholeFile(directory + "/job.json", kJobLimit)), directory + "/job.json"));
  const Compute chosen = valueOf(chooseCompute(job.device, call.place.rank));
  events.append(core::StageStarted{core::JobStage::kGenerate});
  const Pack pack = valueOf(openPack(job.engine));
  const std::string prepared = directory + "/input/generate.safetensors";
  ForecastSize size = preparedSize(prepared, pack);
  size.ranks = call.place.count;
  const auto [compute, forecast, limit] = planMemory(pack, size, chosen, call.memoryLimit);
  if (compute.upload) {
    events.append(core::Warning{"the model does not fit the memory of " + compute.device.str() + ": its weights are sent there as they are used, which is slower"});
  }
  if (told.writes) writeText(directory + "/latents/memory.json", {{"limit_bytes", limit}, {"forecast", forecast.json()}});
  check(fitsMemory(forecast, limit));
  if (compute.device.is_cpu()) limitOwnMemory(limit, forecast.mappedBytes + static_cast<std::int64_t>(std::filesystem::file_size(prepared)));
  const PeakMemory peak;
  startDevicePeak(compute.device);
  RankPlace place = call.place;
  place.ownCuda = eachHasCuda(job.device, place.count);
  const std::shared_ptr<Ranks> ranks = place.count > 1 ? Ranks::join(place, poll) : nullptr;
  const auto loaded = models(pack, compute);
  Autoencoder autoencoder = loaded->autoencoder;
  autoencoder.setTile(forecast.vaeTile);
  const GenerateInputs in = readGenerateInputs(prepared, job, pack, autoencoder, compute, poll);
  for (const std::string& text : in.warnings) events.append(core::Warning{text});
  const SamplerPlan plan = planOf(job, pack, in);
  const std::vector<ShotWindow> windows = windowsOf(pack, in);
  std::string print = fingerprint(compute.device, compute.products);
  if (ranks) print += "; ranks " + std::to_string(ranks->count());
  const std::string checkpoint = directory + "/checkpoint/generate.safetensors";
  const std::int64_t stride = autoencoder.spaceStride();
  const Tensor noise = shotNoise(job.seed, -in.vaceReferences, autoencoder.channels(), windows.back().end, in.height / stride, in.width / stride).to(compute.device);
  Sampler sampler(plan, noise);
  if (call.resume && ::access(checkpoint.c_str(), F_OK) == 0 && !valueOf(sampler.restore(checkpoint, print)))
    events.append(core::Warning{"resumed on another machine or setting: the result may differ in its last digits"});
  const WindowVelocity velocity = velocityOf(loaded->model, pack, in, ranks.get(), poll);
  sample(sampler, blended(velocity, windows), autoencoder.preview(), in, plan.steps, print, told);
  Tensor latent = sampler.latent();
  join(windows, in, plan, noise, velocity, latent, told);
  if (!told.writes) return;
  check(saveWeights(directory + "/latents/final.safetensors", {{"latent", latent}}));
  const Tensor own = latent.narrow(1, in.vaceReferences, latent.size(1) - in.vaceReferences);
  check(saveWeights(directory + "/latents/video.safetensors", {{"video", autoencoder.decode(own, poll)}}));
  writeText(directory + "/latents/memory.json", {{"limit_bytes", limit}, {"forecast", forecast.json()}, {"measured_peak_bytes", compute.device.is_cpu() ? peak.bytes() : devicePeakBytes(compute.device)}});
}

core::Status GenerateEngine::run(const std::string& directory, bool resume, const Poll& poll, std::int64_t memoryLimit, const RankPlace& place) {
  const Call call{directory, resume, poll, memoryLimit, place};
  if (place.rank != 0) {
    EventLines silent;
    const auto helped = guarded(directory, [&] { return generate(call, silent), true; });
    return helped ? core::Status() : core::Status(helped.error());
  }
  core::Error error;
  const auto opened = guarded(directory, [&] {
    for (const char* name : {"preview", "checkpoint", "latents"}) {
      const std::string path = directory + "/" + name;
      if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) throw Failure(core::errnoError(errno, "cannot make", path));
      struct stat info {};
      if (::lstat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) fail(ErrorCode::kJobBroken, "is no folder", path);
    }
    EventLines events(directory);
    const auto done = guarded(directory, [&] { return generate(call, events), true; });
    if (done) return true;
    error = done.error();
    if (error.context.empty()) error.context = directory;
    events.append(core::Failed{error.code, error.detail, error.context, error.arguments});
    return false;
  });
  if (!opened) return opened.error();
  return *opened ? core::Status() : core::Status(error);
}

core::Status runGenerate(const std::string& directory, bool resume, const Poll& poll, std::int64_t memoryLimit, const RankPlace& place) {
  return GenerateEngine().run(directory, resume, poll, memoryLimit, place);
}

}  // namespace pai::inference
