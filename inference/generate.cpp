// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/generate.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>

#include "core/base/file_system.h"
#include "core/base/hash.h"
#include "core/base/job.h"
#include "inference/devices.h"
#include "inference/noise.h"
#include "inference/pack.h"
#include "inference/preview.h"
#include "inference/sampler.h"
#include "inference/sequence.h"
#include "inference/vace.h"

namespace pai::inference {

using core::ErrorCode;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::uint64_t kJobLimit = 16u << 20, kEventsLimit = 1u << 30;

template <typename T>
T valueOf(core::Result<T> result) {
  if (!result) throw Failure(result.error());
  return std::move(result).value();
}
void check(const core::Status& status) {
  if (!status) throw Failure(status.error());
}

/// Appends whole lines to events.jsonl; `seq` goes on from what is there.
class EventLines {
 public:
  explicit EventLines(const std::string& directory) : m_path(directory + "/events.jsonl") {
    m_fd = ::open(m_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (m_fd < 0) throw Failure(core::errnoError(errno, "cannot open", m_path));
    const std::string text = valueOf(core::readWholeFile(m_path, kEventsLimit));
    const auto end = text.rfind('\n');
    if (end == std::string::npos) return;
    const auto begin = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
    const std::string last = text.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? 0 : begin + 1));
    const auto json = nlohmann::json::parse(last, nullptr, false);
    if (json.is_object() && json.contains("seq") && json["seq"].is_number_integer()) m_next = json["seq"].get<std::int64_t>() + 1;
  }
  ~EventLines() { ::close(m_fd); }
  EventLines(const EventLines&) = delete;
  EventLines& operator=(const EventLines&) = delete;

  void append(decltype(core::JobEvent::body) body) {
    const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    const std::string line = core::eventLine({m_next++, now, std::move(body)}) + "\n";
    if (::write(m_fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) throw Failure(core::errnoError(errno, "cannot append", m_path));
  }

 private:
  std::string m_path;
  int m_fd = -1;
  std::int64_t m_next = 0;
};

/// What the stage works on, encoded.
struct Inputs {
  std::int64_t frames = 0, height = 0, width = 0;
  Tensor condition_CTHW, vace_CTHW;  // latents, may be undefined
  std::vector<SequenceReference> references;
  std::int64_t vaceReferences = 0;
  Tensor text_SI, negative_SI;
  std::string hash;
};

Inputs readInputs(const std::string& path, const Pack& pack, const VideoVae& vae, const Poll& poll) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) fail(ErrorCode::kJobBroken, "the prepare stage left no tensors", path);
  const StateDict t = valueOf(loadWeights(path));
  Inputs in;
  in.hash = valueOf(core::sha256File(path));
  in.text_SI = t.maybe("text");
  in.negative_SI = t.maybe("negative");
  const Tensor video = t.maybe("condition");
  if (video.defined()) {
    requireShape(video, {3, -1, -1, -1}, "condition");
    in.frames = video.size(1), in.height = video.size(2), in.width = video.size(3);
  } else {
    const Tensor size = t.at("size");
    requireShape(size, {3}, "size");
    in.frames = size[0].item<std::int64_t>(), in.height = size[1].item<std::int64_t>(), in.width = size[2].item<std::int64_t>();
  }
  if (in.frames < 1 || in.frames > 100000 || in.frames % 4 != 1 || in.height < 16 || in.width < 16 || in.height > 16384 || in.width > 16384 || in.height % 16 != 0 || in.width % 16 != 0)
    fail(ErrorCode::kSizeMismatch, "the prepared size is not 4n + 1 frames of a multiple of 16 pixels", path);
  std::vector<Tensor> pictures;
  for (std::int64_t n = 0; n < 16 && t.has("reference." + std::to_string(n)); ++n) {
    const std::string name = "reference." + std::to_string(n);
    pictures.push_back(t.at(name));
    if (pack.conditioning != Conditioning::kInContext) continue;
    const auto frame = static_cast<std::int64_t>(t.at(name + ".frame").to(at::kDouble).item<double>());
    in.references.push_back({vae.encode(t.at(name).unsqueeze(0), poll)[0], latentPosition(frame, pack.continuousPositions)});
  }
  if (pack.conditioning == Conditioning::kInContext && video.defined()) in.condition_CTHW = vae.encode(video.unsqueeze(0), poll)[0];
  if (pack.conditioning != Conditioning::kVace || !video.defined()) return in;
  const Tensor mask = t.at("mask");
  in.vaceReferences = static_cast<std::int64_t>(pictures.size());
  in.vace_CTHW = at::cat({vaceFrames(vae, video, mask, pictures, poll), vaceMask(mask, in.vaceReferences)}, 0);
  return in;
}

/// The conditioned velocity of a pack.
VelocityFn velocityOf(const InContextModel& model, const Pack& pack, const Inputs& in, const Poll& poll) {
  return [&model, &pack, &in, poll](const Tensor& latent, double time, bool guided) {
    const Tensor text = guided ? in.text_SI : in.negative_SI;
    if (pack.conditioning == Conditioning::kInContext) {
      SequenceSample sample{latent, time, in.condition_CTHW, in.references, text, 0.0};
      return model.velocity({sample}, poll)[0];
    }
    TransformerInput input;
    input.latent_CTHW = {latent};
    input.times = {time};
    if (text.defined()) input.text_SI = {text};
    if (in.vace_CTHW.defined()) input.vace_CTHW = {in.vace_CTHW};
    return model.transformer().forward(input, poll)[0];
  };
}

std::string stepName(int step) {
  char text[32];
  std::snprintf(text, sizeof text, "step_%04d.ppm", step);
  return text;
}

SamplerPlan planOf(const core::Job& job, const Pack& pack, const Inputs& in) {
  SamplerPlan plan;
  plan.solver = pack.solver;
  plan.steps = job.steps > 0 ? job.steps : pack.steps;
  plan.shift = pack.shift;
  plan.guidance = job.guidance >= 0.0 ? job.guidance : pack.guidance;
  if (!in.negative_SI.defined()) plan.guidance = 1.0;
  plan.identity = "pack " + pack.transformerPath + "; inputs " + in.hash + "; seed " + std::to_string(job.seed);
  return plan;
}

void sample(Sampler& sampler, const VelocityFn& velocity, const LatentPreview& preview, const Inputs& in, const std::string& directory, int steps,
            const std::string& print, EventLines& events) {
  const auto begin = Clock::now();
  const int first = sampler.step();
  while (!sampler.finished()) {
    sampler.advance(velocity);
    check(sampler.save(directory + "/checkpoint/generate.safetensors", print));
    const std::string name = stepName(sampler.step());
    check(writePpm(directory + "/preview/" + name, preview.strip(sampler.predictedClean().narrow(1, in.vaceReferences, sampler.latent().size(1) - in.vaceReferences))));
    const double spent = std::chrono::duration<double>(Clock::now() - begin).count();
    events.append(core::StepFinished{sampler.step(), steps, spent / (sampler.step() - first) * (steps - sampler.step())});
    events.append(core::PreviewReady{sampler.step(), name});
  }
}

void generate(const std::string& directory, bool resume, const Poll& poll, EventLines& events) {
  const c10::InferenceMode inference;
  const core::Job job = valueOf(core::parseJob(valueOf(core::readWholeFile(directory + "/job.json", kJobLimit)), directory + "/job.json"));
  const at::Device device = valueOf(chooseDevice(job.device));
  if (!device.is_cpu()) fail(ErrorCode::kDeviceMissing, "the generate stage runs on the cpu in this build", job.device);
  events.append(core::StageStarted{core::JobStage::kGenerate});
  const Pack pack = valueOf(openPack(job.engine));
  const StateDict weights = valueOf(loadTransformerWeights(pack)).to(device, at::kFloat);
  const InContextModel model(weights, packTransformerConfig(pack, weights));
  const VideoVae vae(valueOf(loadVaeWeights(pack)).to(device, at::kFloat));
  const Inputs in = readInputs(directory + "/input/generate.safetensors", pack, vae, poll);
  const SamplerPlan plan = planOf(job, pack, in);
  const std::string print = fingerprint(device, at::kFloat), checkpoint = directory + "/checkpoint/generate.safetensors";
  Sampler sampler(plan, shotNoise(job.seed, -in.vaceReferences, vae.latentChannels(), 1 + (in.frames - 1) / 4 + in.vaceReferences, in.height / 8, in.width / 8));
  if (resume && ::access(checkpoint.c_str(), F_OK) == 0 && !valueOf(sampler.restore(checkpoint, print)))
    events.append(core::Warning{"resumed on another machine or setting: the result may differ in its last digits"});
  sample(sampler, velocityOf(model, pack, in, poll), LatentPreview::of(vae), in, directory, plan.steps, print, events);
  check(saveWeights(directory + "/latents/final.safetensors", {{"latent", sampler.latent()}}));
  check(saveWeights(directory + "/latents/video.safetensors", {{"video", vaceDecode(vae, sampler.latent(), in.vaceReferences, poll)}}));
}

}  // namespace

core::Status runGenerate(const std::string& directory, bool resume, const Poll& poll) {
  core::Error error;
  const auto opened = guarded(directory, [&] {
    for (const char* name : {"preview", "checkpoint", "latents"}) {
      const std::string path = directory + "/" + name;
      if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) throw Failure(core::errnoError(errno, "cannot make", path));
      struct stat info {};
      if (::lstat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) fail(ErrorCode::kJobBroken, "is no folder", path);
    }
    EventLines events(directory);
    const auto done = guarded(directory, [&] { return generate(directory, resume, poll, events), true; });
    if (done) return true;
    error = done.error();
    events.append(core::Failed{error.code, error.detail, error.context, error.arguments});
    return false;
  });
  if (!opened) return opened.error();
  return *opened ? core::Status() : core::Status(error);
}

}  // namespace pai::inference
