// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/inference/small_jobs.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "core/base/json_reader.h"

extern char** environ;

namespace pai::inference {

namespace fs = std::filesystem;

Program::Program(std::vector<std::string> words, std::string log) : m_log(std::move(log)) {
  words.insert(words.begin(), PAI_BIN_DIR "/pai-infer");
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::array<int, 2> input{};
  EXPECT_EQ(::pipe2(input.data(), O_CLOEXEC), 0);
  m_input = input[1];
  posix_spawn_file_actions_t files{};
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, input[0], 0);
  ::posix_spawn_file_actions_addopen(&files, 2, m_log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
  ::posix_spawn_file_actions_adddup2(&files, 2, 1);
  // One thread each: some tests run several at once, and threads that wait for each other spin.
  std::vector<char*> environment;
  for (char** entry = environ; *entry; ++entry)
    if (!std::string_view(*entry).starts_with("PAI_THREADS=")) environment.push_back(*entry);
  std::string threads = "PAI_THREADS=1";
  environment.insert(environment.end(), {threads.data(), nullptr});
  EXPECT_EQ(::posix_spawn(&m_pid, pointers[0], &files, nullptr, pointers.data(), environment.data()), 0);
  ::posix_spawn_file_actions_destroy(&files);
  ::close(input[0]);
}

Program::~Program() {
  closeInput();
  if (m_pid < 0) return;
  ::kill(m_pid, SIGKILL);
  ::waitpid(m_pid, nullptr, 0);
}

int Program::wait(std::chrono::seconds most) {
  int status = 0;
  if (!waitUntil([&] { return ::waitpid(m_pid, &status, WNOHANG) != 0; }, most)) return -1;
  m_pid = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void Program::write(const std::string& bytes) const { EXPECT_EQ(::write(m_input, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size())); }

void Program::closeInput() {
  if (m_input >= 0) ::close(m_input);
  m_input = -1;
}

std::string Program::said() const {
  std::ifstream in(m_log);
  return {std::istreambuf_iterator<char>(in), {}};
}

namespace {

void writePack(const fs::path& folder, const std::string& transformer, nlohmann::json rules) {
  fs::create_directories(folder);
  for (const std::string& name : {transformer, std::string("vae.safetensors")}) fs::copy(PAI_SOURCE_DIR "/tests/golden/" + name, folder / name);
  rules.update({{"name", folder.filename().string()}, {"transformer", transformer}, {"vae", "vae.safetensors"}, {"text_length", 24}, {"steps", 3}, {"shift", 5.0}, {"guidance", 3.0}});
  std::ofstream(folder / "pack.json") << rules;
}

}  // namespace

void SmallJobs::SetUp() {
  m_folder = fs::temp_directory_path() / ("pai_small_jobs_" + std::to_string(::getpid()));
  fs::remove_all(m_folder);
  writePack(m_folder / "pack", "dit_t2v.safetensors", {{"heads", 3}, {"conditioning", "in-context"}});
  writePack(m_folder / "vace", "vace.safetensors", {{"heads", 4}, {"conditioning", "vace"}});
}

core::Job smallJob(const std::string& name, const std::string& engine, int steps) {
  core::Job job;
  job.name = name;
  job.shot.id = "shot1";
  job.shot.name = name;
  job.shot.plate = "media1";
  job.shot.range = core::FrameRange{{0}, {5}};
  job.media = {{"media1", "/plate.mov", "", ""}};
  job.output = "/out.mov";
  job.engine = engine;
  job.seed = 7;
  job.steps = steps;
  job.device = "cpu";
  return job;
}

void SmallJobs::TearDown() { fs::remove_all(m_folder); }

std::string SmallJobs::makeJob(const std::string& name, const std::string& pack, int steps) const {
  const fs::path directory = m_folder / name;
  fs::create_directories(directory / "input");
  std::ofstream(directory / "job.json") << core::jsonText(core::jobJson(smallJob(name, (m_folder / pack).string(), steps)));
  const auto golden = loadWeights(PAI_SOURCE_DIR "/tests/golden/dit_t2v.safetensors");
  const Tensor video = at::sin(at::linspace(0, 40, 3 * 5 * 32 * 48)).reshape({3, 5, 32, 48}), first = video.narrow(1, 0, 1);
  std::map<std::string, Tensor, std::less<>> tensors{{"condition", video}, {"text", golden->at("in.ctxA")}, {"negative", golden->at("in.ctxB")}, {"reference.0.frame", at::tensor({4.0f})}};
  tensors["reference.0"] = pack == "vace" ? first.contiguous() : first.narrow(2, 0, 16).narrow(3, 0, 16).contiguous();
  if (pack == "vace") tensors["mask"] = (video.narrow(0, 0, 1) > 0).to(at::kFloat);
  EXPECT_TRUE(saveWeights((directory / "input" / "generate.safetensors").string(), tensors).ok());
  return directory.string();
}

Tensor SmallJobs::videoOf(const std::string& job) { return loadWeights(job + "/latents/video.safetensors")->at("video").clone(); }

std::vector<core::JobEvent> SmallJobs::eventsOf(const std::string& job) {
  std::ifstream in(job + "/events.jsonl");
  std::vector<core::JobEvent> out;
  for (std::string line; std::getline(in, line);)
    if (const auto event = core::parseEventLine(line, "events.jsonl"); event.ok() && event->has_value()) out.push_back(**event);
  return out;
}

}  // namespace pai::inference
