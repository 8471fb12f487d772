// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <filesystem>
#include <memory>

#include "app/cli/check_media.h"
#include "app/cli/job_run.h"
#include "app/cli/program.h"
#include "app/cli/render_job.h"
#include "app/cli/when.h"
#include "core/base/file_system.h"
#include "core/base/json_reader.h"
#include "core/draft/evaluate.h"

namespace pai::cli {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

namespace {

struct ClipCommand {
  std::string clip, matte, out, screen = "auto", preset, range;
  bool noRepairs = false;
  RunOptions run;
};

Status runAndPrint(Result<core::Job> job, const RunOptions& run) {
  if (!job) return job.error();
  Result<core::JobResult> result = runJob(*job, run);
  if (!result) return std::move(result).error();
  printResult(*result);
  return {};
}

Status key(const ClipCommand& c) {
  core::KeySettings settings;
  if (Status s = parseScreen(c.screen, settings); !s) return s;
  RenderArguments arguments;
  arguments.foreground = c.clip;
  arguments.out = c.out;
  arguments.preset = c.preset;
  arguments.range = c.range;
  arguments.layers = {"matte"};
  arguments.noAudio = true;
  arguments.noRepairs = c.noRepairs;
  Result<core::Job> job = jobOfFiles(arguments);
  if (job) job->shot.matte.front().key = settings;
  return runAndPrint(std::move(job), c.run);
}

Status camera(const ClipCommand& c) {
  Result<core::ClipInfo> info = [&]() -> Result<core::ClipInfo> {
    Result<std::unique_ptr<core::ClipReader>> reader = core::ClipReader::open(absolutePath(c.clip));
    if (!reader) return std::move(reader).error();
    return (*reader)->info();
  }();
  if (!info) return std::move(info).error();
  core::Job job;
  job.output = absolutePath(c.out);
  job.name = std::filesystem::path(c.clip).stem().string();
  job.shot.id = "shot1";
  job.shot.name = job.name;
  job.shot.plate = "plate";
  job.shot.range = {{0}, {info->frames}};
  job.media.push_back({"plate", absolutePath(c.clip), "", ""});
  job.layers = {"camera"};
  core::MatteLayer layer;
  layer.id = "matte1";
  if (!c.matte.empty()) {
    layer.source = core::MatteSource::kExternal;
    layer.media = "matte";
    job.media.push_back({"matte", absolutePath(c.matte), "", ""});
    job.shot.matte.push_back(layer);
  }
  return runAndPrint(std::move(job), c.run);
}

Status probe(const std::string& clip, bool json) {
  Result<nlohmann::json> info = probeClip(clip);
  if (!info) return std::move(info).error();
  const std::string text = json ? core::jsonText(*info, 1) + "\n" : mediaText(*info);
  std::fputs(text.c_str(), stdout);
  if (!text.ends_with('\n')) std::fputc('\n', stdout);
  return {};
}

struct EvaluateCommand {
  std::string gt, result, matte, report;
};

Status evaluate(const EvaluateCommand& c) {
  Result<core::Scores> scores = core::scoreClips(c.gt, c.result, c.matte);
  if (!scores) return std::move(scores).error();
  std::string text = core::scoresJson(*scores);
  if (!text.ends_with('\n')) text += '\n';
  std::fputs(text.c_str(), stdout);
  if (c.report.empty()) return {};
  Result<core::SaveReport> saved = core::atomicWriteFile(absolutePath(c.report), text);
  return saved ? Status{} : Status(saved.error());
}

void addRunOptions(CLI::App& app, ClipCommand& c) {
  app.add_option("--report", c.run.report, "write what was made as JSON")->type_name("FILE");
  app.add_flag("--json", c.run.json, "progress as one JSON event a line on standard error");
  app.add_option("--job", c.run.jobDirectory, "job directory, made here")->type_name("DIR");
  app.add_flag("--resume", c.run.resume, "go on with an interrupted --job");
}

}  // namespace

void registerTools(Program& program) {
  auto k = std::make_shared<ClipCommand>();
  CLI::App& keyApp = program.command(program.app, "key", "Make a matte from a screen", [k] { return key(*k); });
  keyApp.add_option("CLIP", k->clip, "clip or image sequence")->required();
  keyApp.add_option("--out", k->out, "matte: .mp4, .mov, .mkv, or a %04d pattern")->required()->type_name("MATTE");
  keyApp.add_option("--screen", k->screen, "auto, green, blue or R,G,B from 0 to 255")->type_name("COLOUR");
  keyApp.add_option("--preset", k->preset, "as for render")->type_name("NAME");
  keyApp.add_option("--range", k->range, "frames, half-open")->type_name("A:B");
  keyApp.add_flag("--no-repairs", k->noRepairs, "leave holes and one-frame drop-outs; else the frames beside them fill them");
  addRunOptions(keyApp, *k);

  auto m = std::make_shared<ClipCommand>();
  CLI::App& cameraApp = program.command(program.app, "camera", "Find how the camera of a clip moves", [m] { return camera(*m); });
  cameraApp.add_option("CLIP", m->clip, "clip or image sequence")->required();
  cameraApp.add_option("--matte", m->matte, "what moves by itself (white), to be left out")->type_name("CLIP");
  cameraApp.add_option("--out", m->out, "camera as JSON, an entry a frame")->required()->type_name("FILE");
  addRunOptions(cameraApp, *m);

  auto p = std::make_shared<std::pair<std::string, bool>>();
  CLI::App& probeApp = program.command(program.app, "probe", "Say what a clip is", [p] { return probe(p->first, p->second); });
  probeApp.add_option("CLIP", p->first, "clip or image sequence")->required();
  probeApp.add_flag("--json", p->second, "as JSON");

  auto e = std::make_shared<EvaluateCommand>();
  CLI::App& evaluateApp = program.command(program.app, "evaluate", "Measure a result against the real footage", [e] { return evaluate(*e); });
  evaluateApp.add_option("--gt", e->gt, "the real footage")->required()->type_name("CLIP");
  evaluateApp.add_option("--result", e->result, "what is to be measured")->required()->type_name("CLIP");
  evaluateApp.add_option("--matte", e->matte, "matte of the subject")->required()->type_name("CLIP");
  evaluateApp.add_option("--report", e->report, "write the measures as JSON, too")->type_name("FILE");
}

}  // namespace pai::cli
