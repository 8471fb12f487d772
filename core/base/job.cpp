// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/job.h"

#include <cmath>

#include "core/base/json_reader.h"
#include "core/base/project_fields.h"

namespace pai::core {

template <typename V>
void visitFields(V& v, JobMedia& m) {
  v.id("id", m.id);
  v.text("path", m.path);
  v.text("sha256", m.sha256);
  v.text("colour_space", m.colourSpace);
}

template <typename V>
void visitFields(V& v, Job& j) {
  v.text("name", j.name);
  v.group("shot", j.shot);
  v.list("media", j.media);
  v.text("engine", j.engine);
  v.text("pack_hash", j.packHash);
  v.seed("seed", j.seed);
  v.integer("width", j.width, 0, kSideLimit);
  v.integer("height", j.height, 0, kSideLimit);
  v.integer("steps", j.steps, 0, 1000);
  v.number("guidance", j.guidance, -1.0, 100.0);
  v.range("range", j.range);
  v.text("output", j.output);
  v.text("preset", j.preset);
  v.text("ocio_config", j.ocioConfig);
  v.text("colour_space", j.colourSpace);
  v.texts("layers", j.layers);
  v.flag("audio", j.audio);
  v.text("device", j.device);
}

namespace {

using nlohmann::json;

constexpr std::string_view kStageNames[]{"prepare", "generate", "finish"};
constexpr std::size_t kEventBytes = std::size_t{1} << 20;

Error jobBroken(const Error& cause) {
  return {cause.code == ErrorCode::kVersionTooNew ? cause.code : ErrorCode::kJobBroken, cause.detail, cause.context,
          cause.arguments};
}

double finite(double value) { return std::isfinite(value) ? value : 0.0; }

/// The arguments of an error as a list, since their order is kept.
json argumentsJson(const std::vector<ErrorArgument>& arguments) {
  json out = json::array();
  for (const ErrorArgument& a : arguments) {
    json item{{"name", a.name}};
    std::visit([&](const auto& value) { item["value"] = value; }, a.value);
    if (item["value"].is_number_float()) item["value"] = finite(item["value"].get<double>());
    out.push_back(std::move(item));
  }
  return out;
}

/// Writes an event's own fields and names its type.
struct EventWriter {
  json& out;
  const char* operator()(const Started& e) const {
    out["engine"] = e.engine;
    out["frames"] = e.frames;
    return "Started";
  }
  const char* operator()(const StageStarted& e) const {
    out["stage"] = kStageNames[static_cast<std::size_t>(e.stage)];
    return "StageStarted";
  }
  const char* operator()(const StepFinished& e) const {
    out["step"] = e.step;
    out["steps"] = e.steps;
    out["eta_seconds"] = finite(e.etaSeconds);
    return "StepFinished";
  }
  const char* operator()(const PreviewReady& e) const {
    out["step"] = e.step;
    out["path"] = e.path;
    return "PreviewReady";
  }
  const char* operator()(const FrameWritten& e) const {
    out["frame"] = e.frame.value;
    out["done"] = e.done;
    out["total"] = e.total;
    out["eta_seconds"] = finite(e.etaSeconds);
    return "FrameWritten";
  }
  const char* operator()(const Warning& e) const {
    out["text"] = e.text;
    return "Warning";
  }
  const char* operator()(const Failed& e) const {
    out["code"] = errorName(e.code);
    out["detail"] = e.detail;
    out["context"] = e.context;
    out["arguments"] = argumentsJson(e.arguments);
    return "Failed";
  }
  const char* operator()(const Finished& e) const {
    out["output"] = e.output;
    out["elapsed_seconds"] = finite(e.elapsedSeconds);
    return "Finished";
  }
};

std::vector<ErrorArgument> readArguments(const json& event, ReadLog& log) {
  std::vector<ErrorArgument> out;
  const auto found = event.find("arguments");
  if (found == event.end()) return out;
  if (!found->is_array()) log.fail("arguments", "is not a list");
  for (const json& item : *found) {
    if (!item.is_object() || !item.contains("name") || !item["name"].is_string() || !item.contains("value")) {
      log.fail("arguments", "holds something else than a name and a value");
      break;
    }
    ErrorArgument argument{item["name"].get<std::string>(), std::int64_t{0}};
    const json& value = item["value"];
    if (value.is_string())
      argument.value = value.get<std::string>();
    else if (value.is_number_integer() && !(value.is_number_unsigned() && value.get<std::uint64_t>() >> 63))
      argument.value = value.get<std::int64_t>();
    else if (value.is_number())
      argument.value = value.get<double>();
    else
      log.fail("arguments", "holds a value that is neither number nor text");
    out.push_back(std::move(argument));
  }
  return out;
}

StageStarted readStage(FieldReader& in, ReadLog& log) {
  std::string word;
  in.text("stage", word);
  for (std::size_t i = 0; i < std::size(kStageNames); ++i)
    if (kStageNames[i] == word) return {static_cast<JobStage>(i)};
  log.fail("stage", "is none of prepare, generate, finish");
  return {};
}

Failed readFailed(FieldReader& in, const json& event, ReadLog& log) {
  std::string code;
  Failed failed;
  in.text("code", code);
  failed.code = errorFromName(code);
  in.text("detail", failed.detail);
  in.text("context", failed.context);
  failed.arguments = readArguments(event, log);
  return failed;
}

constexpr std::int64_t kCountLimit = std::int64_t{1} << 50;
constexpr double kSecondsLimit = 1e12;

/// Body of an event; false when its type is not known.
bool readBody(const std::string& type, const json& event, FieldReader& in, ReadLog& log, JobEvent& out) {
  if (type == "Started") {
    Started e;
    in.text("engine", e.engine);
    in.integer("frames", e.frames, 0, kCountLimit);
    out.body = std::move(e);
  } else if (type == "StageStarted") {
    out.body = readStage(in, log);
  } else if (type == "StepFinished") {
    StepFinished e;
    in.integer("step", e.step, 0, kCountLimit);
    in.integer("steps", e.steps, 0, kCountLimit);
    in.number("eta_seconds", e.etaSeconds, 0.0, kSecondsLimit);
    out.body = e;
  } else if (type == "PreviewReady") {
    PreviewReady e;
    in.integer("step", e.step, 0, kCountLimit);
    in.text("path", e.path);
    out.body = std::move(e);
  } else if (type == "FrameWritten") {
    FrameWritten e;
    in.frame("frame", e.frame);
    in.integer("done", e.done, 0, kCountLimit);
    in.integer("total", e.total, 0, kCountLimit);
    in.number("eta_seconds", e.etaSeconds, 0.0, kSecondsLimit);
    out.body = e;
  } else if (type == "Warning") {
    Warning e;
    in.text("text", e.text);
    out.body = std::move(e);
  } else if (type == "Failed") {
    out.body = readFailed(in, event, log);
  } else if (type == "Finished") {
    Finished e;
    in.text("output", e.output);
    in.number("elapsed_seconds", e.elapsedSeconds, 0.0, kSecondsLimit);
    out.body = std::move(e);
  } else {
    return false;
  }
  return true;
}

}  // namespace

json jobJson(const Job& job) {
  FieldWriter writer;
  Job copy = job;
  visitFields(writer, copy);
  json out = writer.take();
  out["version"] = kJobVersion;
  return out;
}

Result<Job> parseJob(std::string_view text, const std::string& fileName) {
  std::vector<std::string> duplicates;
  const auto read = readJson(text, fileName, {}, &duplicates);
  if (!read) return jobBroken(read.error());
  ReadLog log{fileName, std::nullopt, nullptr};
  if (!duplicates.empty()) return Error{ErrorCode::kJobBroken, duplicates.front(), fileName, {}};
  FieldReader reader(*read, "", log);
  int version = 0;
  reader.integer("version", version, 0, 1'000'000'000);
  if (!log.error && version > kJobVersion)
    return Error{ErrorCode::kVersionTooNew,
                 "the job has version " + std::to_string(version),
                 fileName,
                 {{"version", std::int64_t{version}}}};
  if (!log.error && version < 1) log.fail("version", "is missing or below 1");
  if (!log.error && !read->contains("shot")) log.fail("shot", "is missing");
  Job job;
  visitFields(reader, job);
  if (log.error) return jobBroken(*log.error);
  return job;
}

std::string eventLine(const JobEvent& event) {
  json out = json::object();
  out["type"] = std::visit(EventWriter{out}, event.body);
  out["version"] = kEventVersion;
  out["seq"] = event.seq;
  out["time"] = finite(event.timeSeconds);
  return jsonText(out, -1);
}

Result<std::optional<JobEvent>> parseEventLine(std::string_view line, const std::string& fileName) {
  JsonLimits limits;
  limits.sizeBytes = kEventBytes;
  const auto read = readJson(line, fileName, limits);
  if (!read) return jobBroken(read.error());
  ReadLog log{fileName, std::nullopt, nullptr};
  FieldReader reader(*read, "", log);
  int version = 0;
  std::string type;
  JobEvent event{-1, 0.0, Warning{}};
  reader.integer("version", version, 0, 1'000'000'000);
  reader.text("type", type);
  reader.integer("seq", event.seq, -1, kCountLimit);
  reader.number("time", event.timeSeconds, 0.0, kSecondsLimit);
  if (!log.error && version > kEventVersion) return std::optional<JobEvent>();
  if (!log.error && (version < 1 || type.empty() || event.seq < 0))
    log.fail("type", "or version or seq is missing; this is no event");
  const bool known = !log.error && readBody(type, *read, reader, log, event);
  if (log.error) return jobBroken(*log.error);
  if (!known) return std::optional<JobEvent>();
  return std::optional<JobEvent>(std::move(event));
}

}  // namespace pai::core
