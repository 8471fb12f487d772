// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/job_queue.h"

#include <algorithm>
#include <array>

namespace pai::core {
namespace {

constexpr std::array<std::string_view, 6> kStateNames{"queued", "running", "paused", "succeeded", "failed", "cancelled"};
constexpr std::array<std::string_view, 3> kStageNames{"prepare", "generate", "finish"};
constexpr std::size_t kMaxEntries = 100'000, kMaxWarnings = 100, kMaxText = 4096;

Error invalid(std::string detail, const std::string& file) {
  return Error{ErrorCode::kFieldInvalid, std::move(detail), file, {}};
}

void readText(const nlohmann::json& json, const char* name, std::string& out) {
  if (const auto it = json.find(name); it != json.end() && it->is_string()) out = it->get<std::string>().substr(0, kMaxText);
}

void readNumber(const nlohmann::json& json, const char* name, std::int64_t& out) {
  if (const auto it = json.find(name); it != json.end() && it->is_number_integer()) out = it->get<std::int64_t>();
}

void readNumber(const nlohmann::json& json, const char* name, double& out) {
  if (const auto it = json.find(name); it != json.end() && it->is_number()) out = it->get<double>();
}

nlohmann::json entryJson(const QueueEntry& e) {
  nlohmann::json json{{"id", e.id}, {"directory", e.directory}, {"title", e.title}, {"shot", e.shot}, {"engine", e.engine},
                      {"state", jobStateName(e.state)}, {"resumable", e.resumable}, {"stage", jobStageName(e.stage)},
                      {"step", e.step}, {"steps", e.steps}, {"done", e.done}, {"total", e.total}, {"preview", e.preview},
                      {"output", e.output}, {"added_at", e.addedAt}, {"started_at", e.startedAt}, {"ended_at", e.endedAt},
                      {"warnings", e.warnings}};
  if (e.error)
    json["error"] = {{"code", errorName(e.error->code)}, {"detail", e.error->detail}, {"context", e.error->context}};
  return json;
}

std::optional<QueueEntry> parseEntry(const nlohmann::json& json) {
  if (!json.is_object()) return {};
  QueueEntry e;
  std::string state, stage;
  readNumber(json, "id", e.id);
  readText(json, "directory", e.directory);
  readText(json, "state", state);
  const auto known = std::find(kStateNames.begin(), kStateNames.end(), state);
  if (e.id <= 0 || e.directory.empty() || known == kStateNames.end()) return {};
  e.state = static_cast<JobState>(known - kStateNames.begin());
  readText(json, "stage", stage);
  if (const auto s = std::find(kStageNames.begin(), kStageNames.end(), stage); s != kStageNames.end())
    e.stage = static_cast<JobStage>(s - kStageNames.begin());
  readText(json, "title", e.title);
  readText(json, "shot", e.shot);
  readText(json, "engine", e.engine);
  readText(json, "preview", e.preview);
  readText(json, "output", e.output);
  readNumber(json, "step", e.step);
  readNumber(json, "steps", e.steps);
  readNumber(json, "done", e.done);
  readNumber(json, "total", e.total);
  readNumber(json, "added_at", e.addedAt);
  readNumber(json, "started_at", e.startedAt);
  readNumber(json, "ended_at", e.endedAt);
  if (const auto it = json.find("resumable"); it != json.end() && it->is_boolean()) e.resumable = it->get<bool>();
  if (const auto it = json.find("warnings"); it != json.end() && it->is_array())
    for (const auto& w : *it)
      if (w.is_string() && e.warnings.size() < kMaxWarnings) e.warnings.push_back(w.get<std::string>().substr(0, kMaxText));
  if (const auto it = json.find("error"); it != json.end() && it->is_object()) {
    Error error;
    std::string code;
    readText(*it, "code", code);
    error.code = errorFromName(code);
    readText(*it, "detail", error.detail);
    readText(*it, "context", error.context);
    e.error = std::move(error);
  }
  return e;
}

struct Applied {
  QueueEntry& e;
  void operator()(const Started& s) const { e.total = s.frames; }
  void operator()(const StageStarted& s) const {
    e.stage = s.stage;
    e.step = e.steps = 0;
    e.etaSeconds = 0.0;
  }
  void operator()(const StepFinished& s) const {
    e.step = s.step;
    e.steps = s.steps;
    e.etaSeconds = s.etaSeconds;
  }
  void operator()(const PreviewReady& p) const { e.preview = p.path; }
  void operator()(const FrameWritten& f) const {
    e.done = f.done;
    e.total = f.total;
    e.etaSeconds = f.etaSeconds;
  }
  void operator()(const Warning& w) const {
    if (e.warnings.size() < kMaxWarnings) e.warnings.push_back(w.text);
  }
  void operator()(const Failed& f) const { e.error = Error{f.code, f.detail, f.context, f.arguments}; }
  void operator()(const Finished& f) const {
    if (!f.output.empty()) e.output = f.output;
    e.etaSeconds = 0.0;
  }
};

}  // namespace

bool isTerminal(JobState state) {
  return state == JobState::kSucceeded || state == JobState::kFailed || state == JobState::kCancelled;
}
std::string_view jobStateName(JobState state) { return kStateNames[static_cast<std::size_t>(state)]; }
std::string_view jobStageName(JobStage stage) { return kStageNames[static_cast<std::size_t>(stage)]; }

QueueEntry* JobQueue::entry(std::int64_t id) {
  const auto it = std::find_if(m_entries.begin(), m_entries.end(), [id](const QueueEntry& e) { return e.id == id; });
  return it == m_entries.end() ? nullptr : &*it;
}

const QueueEntry* JobQueue::find(std::int64_t id) const { return const_cast<JobQueue*>(this)->entry(id); }

std::int64_t JobQueue::add(std::string directory, const Job& job, double now) {
  QueueEntry e;
  e.id = m_nextId++;
  e.directory = std::move(directory);
  e.title = job.name.empty() ? job.shot.name : job.name;
  e.shot = job.shot.id;
  e.engine = job.engine;
  e.output = job.output;
  e.addedAt = now;
  m_entries.push_back(std::move(e));
  return m_entries.back().id;
}

bool JobQueue::move(std::int64_t id, std::size_t place) {
  const auto it = std::find_if(m_entries.begin(), m_entries.end(), [id](const QueueEntry& e) { return e.id == id; });
  if (it == m_entries.end() || place >= m_entries.size()) return false;
  const auto to = m_entries.begin() + static_cast<std::ptrdiff_t>(place);
  if (it < to) std::rotate(it, it + 1, to + 1);
  else std::rotate(to, it, it + 1);
  return true;
}

bool JobQueue::remove(std::int64_t id) {
  const QueueEntry* e = find(id);
  if (!e || e->state == JobState::kRunning || e->state == JobState::kPaused) return false;
  m_entries.erase(m_entries.begin() + (e - m_entries.data()));
  return true;
}

std::optional<std::int64_t> JobQueue::next(std::size_t most) const {
  const auto running = std::count_if(m_entries.begin(), m_entries.end(), [](const QueueEntry& e) {
    return e.state == JobState::kRunning || e.state == JobState::kPaused;
  });
  if (static_cast<std::size_t>(running) >= most) return {};
  for (const QueueEntry& e : m_entries)
    if (e.state == JobState::kQueued) return e.id;
  return {};
}

bool JobQueue::start(std::int64_t id, double now) {
  QueueEntry* e = entry(id);
  if (!e || e->state != JobState::kQueued) return false;
  e->state = JobState::kRunning;
  e->startedAt = now;
  e->endedAt = 0.0;
  e->error.reset();
  return true;
}

bool JobQueue::pause(std::int64_t id) {
  QueueEntry* e = entry(id);
  if (!e || e->state != JobState::kRunning) return false;
  e->state = JobState::kPaused;
  return true;
}

bool JobQueue::resume(std::int64_t id) {
  QueueEntry* e = entry(id);
  if (!e || e->state != JobState::kPaused) return false;
  e->state = JobState::kRunning;
  return true;
}

bool JobQueue::cancel(std::int64_t id, double now) {
  QueueEntry* e = entry(id);
  if (!e || e->state != JobState::kQueued) return false;
  e->state = JobState::kCancelled;
  e->endedAt = now;
  return true;
}

bool JobQueue::retry(std::int64_t id, double now) {
  QueueEntry* e = entry(id);
  if (!e || (e->state != JobState::kFailed && e->state != JobState::kCancelled)) return false;
  e->resumable = e->resumable || e->startedAt > 0.0;
  e->state = JobState::kQueued;
  e->addedAt = now;
  e->startedAt = e->endedAt = 0.0;
  e->error.reset();
  return true;
}

void JobQueue::apply(std::int64_t id, const JobEvent& event) {
  if (QueueEntry* e = entry(id); e && !isTerminal(e->state)) std::visit(Applied{*e}, event.body);
}

bool JobQueue::finish(std::int64_t id, JobState state, std::optional<Error> error, double now) {
  QueueEntry* e = entry(id);
  if (!e || !isTerminal(state) || (e->state != JobState::kRunning && e->state != JobState::kPaused)) return false;
  e->state = state;
  e->endedAt = now;
  e->etaSeconds = 0.0;
  e->resumable = state != JobState::kSucceeded;
  e->error = state == JobState::kFailed ? std::move(error) : std::nullopt;
  return true;
}

nlohmann::json JobQueue::json() const {
  nlohmann::json entries = nlohmann::json::array();
  for (const QueueEntry& e : m_entries) entries.push_back(entryJson(e));
  return {{"version", kQueueVersion}, {"next_id", m_nextId}, {"entries", entries}};
}

Result<JobQueue> JobQueue::parse(std::string_view source, const std::string& fileName) {
  const auto json = nlohmann::json::parse(source, nullptr, false);
  if (!json.is_object()) return Error{ErrorCode::kJsonInvalid, "", fileName, {}};
  std::int64_t version = 0;
  readNumber(json, "version", version);
  if (version > kQueueVersion) return Error{ErrorCode::kVersionTooNew, "", fileName, {}};
  const auto list = json.find("entries");
  if (version < 1 || list == json.end() || !list->is_array() || list->size() > kMaxEntries)
    return invalid("it is no render queue", fileName);
  JobQueue queue;
  readNumber(json, "next_id", queue.m_nextId);
  for (const nlohmann::json& item : *list) {
    std::optional<QueueEntry> e = parseEntry(item);
    if (!e || queue.find(e->id)) return invalid("an entry is missing a value or comes twice", fileName);
    if (e->state == JobState::kRunning || e->state == JobState::kPaused) {
      e->state = JobState::kQueued;
      e->resumable = true;
    }
    queue.m_nextId = std::max(queue.m_nextId, e->id + 1);
    queue.m_entries.push_back(std::move(*e));
  }
  return queue;
}

}  // namespace pai::core
