// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/generate.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>

#include "core/base/file_system.h"
#include "core/base/job.h"
#include "core/base/json_reader.h"
#include "inference/devices.h"
#include "inference/generate_inputs.h"
#include "inference/noise.h"
#include "inference/sampler.h"
#include "inference/windows.h"

namespace pai::inference {

using core::ErrorCode;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::uint64_t kJobLimit = 16u << 20, kEventsLimit = 1u << 30;
constexpr double kSeenSeam = 2.0;  // motion across a join over motion within

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

std::string stepName(int step) {
  char text[32];
  std::snprintf(text, sizeof text, "step_%04d.ppm", step);
  return text;
}

/// The conditioned velocity of a pack, over the windows of a shot.
VelocityFn velocityOf(const InContextModel& model, const Pack& pack, const GenerateInputs& in, const std::vector<ShotWindow>& windows, const Poll& poll) {
  return [&model, &pack, &in, &windows, poll](const Tensor& latent, double time, bool guided) {
    const Tensor text = guided ? in.text_SI : in.negative_SI;
    return blendWindows(windows, [&](const ShotWindow& window) {
      const auto own = [&](const Tensor& t) { return t.defined() ? t.narrow(1, window.begin, window.end - window.begin) : t; };
      if (pack.conditioning == Conditioning::kInContext) {
        SequenceSample sample{own(latent), time, own(in.condition_CTHW), {}, text, static_cast<double>(window.begin)};
        for (const std::size_t i : window.references) sample.references.push_back(in.references[i]);
        return model.velocity({sample}, poll)[0];
      }
      TransformerInput input;
      input.latent_CTHW = {own(latent)};
      input.times = {time};
      if (text.defined()) input.text_SI = {text};
      if (in.vace_CTHW.defined()) input.vace_CTHW = {own(in.vace_CTHW)};
      return model.transformer().forward(input, poll)[0];
    });
  };
}

/// Windows of a shot; reference steps of VACE belong to every frame, so that such a shot is one window.
std::vector<ShotWindow> windowsOf(const Pack& pack, const GenerateInputs& in) {
  std::vector<double> places;
  for (const SequenceReference& reference : in.references) places.push_back(reference.position);
  const core::PackRules& rules = pack.rules;
  const auto steps = [&](std::int64_t frames) { return frames > 0 && in.vaceReferences == 0 ? rules.latentSteps(rules.paddedFrames(frames)) : 0; };
  return planWindows(rules.latentSteps(in.frames) + in.vaceReferences, steps(rules.window), rules.overlap / rules.timeStride(), places);
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

void sample(Sampler& sampler, const VelocityFn& velocity, const LatentPreview& preview, const GenerateInputs& in, const std::string& directory, int steps,
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
  const Autoencoder autoencoder(pack, model.transformer().config().outChannels, device);
  const GenerateInputs in = readGenerateInputs(directory + "/input/generate.safetensors", job, pack, autoencoder, poll);
  for (const std::string& text : in.warnings) events.append(core::Warning{text});
  const SamplerPlan plan = planOf(job, pack, in);
  const std::vector<ShotWindow> windows = windowsOf(pack, in);
  const std::string print = fingerprint(device, at::kFloat), checkpoint = directory + "/checkpoint/generate.safetensors";
  const std::int64_t stride = autoencoder.spaceStride();
  Sampler sampler(plan, shotNoise(job.seed, -in.vaceReferences, autoencoder.channels(), windows.back().end, in.height / stride, in.width / stride));
  if (resume && ::access(checkpoint.c_str(), F_OK) == 0 && !valueOf(sampler.restore(checkpoint, print)))
    events.append(core::Warning{"resumed on another machine or setting: the result may differ in its last digits"});
  sample(sampler, velocityOf(model, pack, in, windows, poll), autoencoder.preview(), in, directory, plan.steps, print, events);
  const Tensor own = sampler.latent().narrow(1, in.vaceReferences, sampler.latent().size(1) - in.vaceReferences);
  const std::vector<double> seams = seamRatios(windows, own);
  for (std::size_t i = 0; i < seams.size(); ++i)
    if (seams[i] > kSeenSeam) events.append(core::Warning{"the motion across window join " + std::to_string(i + 1) + " is " + std::to_string(seams[i]).substr(0, 4) + " times that within"});
  const auto told = core::atomicWriteFile(directory + "/latents/windows.json", core::jsonText(windowsJson(windows, seams), 1) + "\n");
  if (!told) throw Failure(told.error());
  check(saveWeights(directory + "/latents/final.safetensors", {{"latent", sampler.latent()}}));
  check(saveWeights(directory + "/latents/video.safetensors", {{"video", autoencoder.decode(own, poll)}}));
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
