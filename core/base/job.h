// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/project.h"

namespace pai::core {

inline constexpr int kJobVersion = 1;
inline constexpr int kEventVersion = 1;

inline constexpr const char* kJobFile = "job.json";
/// What the prepare stage hands to the generate stage (in a job's input/), and that to the finish stage (in its latents/).
inline constexpr const char* kPreparedFile = "generate.safetensors";
inline constexpr const char* kGeneratedFile = "video.safetensors";

enum class JobState { kQueued, kRunning, kPaused, kSucceeded, kFailed, kCancelled };
enum class JobStage { kPrepare, kGenerate, kFinish };

/// A media file as a job sees it: absolute path and hash at the time of queueing.
struct JobMedia {
  Id id;
  std::string path;
  std::string sha256;
  std::string colourSpace;
  bool operator==(const JobMedia&) const = default;
};

/// job.json: all that a render depends on, by value. A job directory is untrusted input.
struct Job {
  int version = kJobVersion;
  std::string name;
  Shot shot;
  std::vector<JobMedia> media;
  std::string engine = "draft";   // "draft" or the pack's folder
  std::string packHash;
  std::uint64_t seed = 1;
  int width = 0, height = 0;      // 0: the plate's
  int steps = 0;
  double guidance = -1.0;
  std::optional<FrameRange> range;  // of the shot
  std::string output;             // absolute path of the delivered file or %04d pattern
  std::string preset;             // encoder preset; "" = by the output's ending
  std::string ocioConfig;         // absolute path, or empty
  std::string colourSpace;        // of the delivered pictures, as Media::colourSpace; "" = the plate's (EXR: linear)
  std::vector<std::string> layers{"composite"};
  bool audio = true;
  std::string device;             // "", "cpu", "cuda:0"
  bool operator==(const Job&) const = default;
};

struct Started { std::string engine; std::int64_t frames = 0; };
struct StageStarted { JobStage stage = JobStage::kPrepare; };
struct StepFinished { std::int64_t step = 0, steps = 0; double etaSeconds = 0.0; };
struct PreviewReady { std::int64_t step = 0; std::string path; };
struct FrameWritten { FrameIndex frame; std::int64_t done = 0, total = 0; double etaSeconds = 0.0; };
struct Warning { std::string text; };
struct Failed { ErrorCode code = ErrorCode::kInternal; std::string detail, context; std::vector<ErrorArgument> arguments; };
struct Finished { std::string output; double elapsedSeconds = 0.0; };

/// One line of events.jsonl. `seq` grows by one from 0.
struct JobEvent {
  std::int64_t seq = 0;
  double timeSeconds = 0.0;  // since the epoch
  std::variant<Started, StageStarted, StepFinished, PreviewReady, FrameWritten, Warning, Failed, Finished> body;
};

/// JSON of a job and back (kJobBroken, kVersionTooNew). Strings are bounded, paths are not followed here.
nlohmann::json jobJson(const Job& job);
Result<Job> parseJob(std::string_view json, const std::string& fileName);

/// One line without newline; and back. Unknown event types give nullopt (readers ignore them).
std::string eventLine(const JobEvent& event);
Result<std::optional<JobEvent>> parseEventLine(std::string_view line, const std::string& fileName);

}  // namespace pai::core
