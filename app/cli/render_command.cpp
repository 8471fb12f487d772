// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "app/cli/job_run.h"
#include "app/cli/program.h"
#include "app/cli/render_job.h"
#include "app/cli/when.h"

namespace pai::cli {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

namespace {

struct RenderCommand {
  RenderArguments arguments;
  RunOptions run;
};

Status renderOne(const Result<core::Job>& job, const RunOptions& run) {
  if (!job) return job.error();
  Result<core::JobResult> result = runJob(*job, run);
  if (!result) return std::move(result).error();
  printResult(*result);
  return {};
}

Status renderProject(const RenderCommand& c) {
  const RenderArguments& a = c.arguments;
  Result<core::LoadedProject> loaded = core::loadProject(a.project);
  if (!loaded) return std::move(loaded).error();
  for (const std::string& warning : loaded->warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  Result<std::vector<core::Shot>> shots = shotsOf(*loaded, a);
  if (!shots) return std::move(shots).error();
  if (shots->size() > 1 && a.out.find("{shot}") == std::string::npos)
    return usageError("with --all the output must contain {shot}, so that each shot has a file of its own");
  if (shots->size() > 1 && !c.run.jobDirectory.empty()) return usageError("--job is for one shot; leave it out with --all");
  if (shots->size() == 1) return renderOne(jobOfShot(*loaded, shots->front(), a), c.run);
  std::size_t failed = 0;
  Status last;
  for (const core::Shot& shot : *shots) {
    RunOptions run = c.run;
    if (const std::size_t at = run.report.find("{shot}"); at != std::string::npos) run.report.replace(at, 6, shot.name);
    Status status = renderOne(jobOfShot(*loaded, shot, a), run);
    if (status) continue;
    if (status.error().code == ErrorCode::kCancelled) return status;
    std::fprintf(stderr, "shot %s: %s\n", shot.name.c_str(), core::describe(status.error()).c_str());
    ++failed;
    last = std::move(status);
  }
  if (failed == 0) return {};
  Error error = last.error();
  error.detail = std::to_string(failed) + " of " + std::to_string(shots->size()) + " shots failed; the last one: " + error.detail;
  return error;
}

Status render(const RenderCommand& c) {
  const RenderArguments& a = c.arguments;
  const bool nothing = a.project.empty() && a.foreground.empty();
  if (c.run.resume && c.run.jobDirectory.empty()) return usageError("--resume needs the --job directory to go on with");
  if (nothing && c.run.resume) {
    Result<core::JobResult> result = resumeJob(c.run);
    if (!result) return std::move(result).error();
    printResult(*result);
    return {};
  }
  if (nothing) return usageError("give a PROJECT, or --foreground CLIP");
  if (!a.project.empty() && !a.foreground.empty()) return usageError("give either a PROJECT or --foreground, not both");
  if (a.out.empty()) return usageError("--out FILE is missing");
  if (!a.project.empty()) {
    if (!a.references.empty() || !a.matte.empty() || !a.cameraFrom.empty() || !a.prompt.empty() || !a.foregroundColour.empty() ||
        !a.referenceColour.empty())
      return usageError("--ref, --matte, --camera-from, --prompt, --foreground-colour and --ref-colour belong to --foreground; a project holds its own");
    return renderProject(c);
  }
  if (a.all || !a.shot.empty()) return usageError("--shot and --all belong to a PROJECT");
  const std::vector<std::string> layers = a.layers.empty() ? std::vector<std::string>{"composite"} : a.layers;
  const bool needsReference = std::any_of(layers.begin(), layers.end(), [](const std::string& l) { return l == "composite" || l == "background"; });
  if (a.references.empty() && needsReference) return usageError("give at least one --ref WHEN=IMAGE, such as --ref begin=street.png");
  return renderOne(jobOfFiles(a), c.run);
}

}  // namespace

void registerRender(Program& program) {
  auto c = std::make_shared<RenderCommand>();
  RenderArguments& a = c->arguments;
  CLI::App& app = program.command(program.app, "render", "Replace the background of a shot", [c] { return render(*c); });
  app.add_option("PROJECT", a.project, "project file; its shot is rendered with its own settings");
  app.add_option("--shot", a.shot, "shot of the project, by name");
  app.add_flag("--all", a.all, "every shot of the project; --out contains {shot}")->excludes("--shot");
  app.add_option("--foreground", a.foreground, "clip or image sequence (name.%04d.exr) of the subject");
  app.add_option("--ref", a.references,
                 "picture of the new place and when it belongs: a frame number, begin, middle, end, a timecode, or -1 from the end")
      ->type_name("WHEN=IMAGE");
  app.add_option("--matte", a.matte, "matte as it is (white = subject); without it the screen is keyed")->type_name("CLIP");
  app.add_option("--camera-from", a.cameraFrom, "footage of the real set, used for the camera only")->type_name("CLIP");
  app.add_option("--prompt", a.prompt, "structured prompt, a JSON file with the eight fields")->type_name("FILE");
  app.add_option("--engine", a.engine, "draft, or a model pack by name or folder")->type_name("draft|PACK");
  app.add_option("--range", a.range, "frames of the shot, half-open: 10:20 gives ten frames")->type_name("A:B");
  app.add_option("--size", a.size, "size of the result")->type_name("WxH");
  app.add_option("--seed", a.seed, "seed; the same seed gives the same result");
  app.add_option("--steps", a.steps, "sampling steps of a model pack")->check(CLI::Range(1, 1000));
  app.add_option("--ranks", c->run.ranks, "processes that compute a model pack's frames together on this machine")->check(CLI::Range(1, 64));
  app.add_flag("--no-relight", a.noRelight, "keep the subject's own light");
  app.add_flag("--no-repairs", a.noRepairs, "leave holes and one-frame drop-outs of the matte; else the frames beside them fill them");
  app.add_flag("--no-audio", a.noAudio, "leave the sound out");
  app.add_option("--preset", a.preset, "h264, hevc10, prores422hq, prores4444, ffv1, png or exr; without it by the ending")->type_name("NAME");
  app.add_option("--colour", a.colour,
                 "colour space of the result: srgb, rec709, linear, pq, hlg, a camera log such as \"arri logc3\", or a name of the "
                 "configuration; without it the foreground's, and linear for EXR")
      ->type_name("SPACE");
  app.add_option("--foreground-colour", a.foregroundColour, "colour space of the foreground; without it as tagged")->type_name("SPACE");
  app.add_option("--ref-colour", a.referenceColour, "colour space of the references; without it as their files state")->type_name("SPACE");
  app.add_option("--ocio", a.ocioConfig, "OpenColorIO configuration; the environment's OCIO goes before it")->type_name("FILE");
  app.add_option("--layers", a.layers, "composite,background,foreground,matte,shadow,camera; the first has the output's name")
      ->delimiter(',')
      ->type_name("NAMES");
  app.add_option("--job", c->run.jobDirectory, "job directory, made here; it can be gone on with")->type_name("DIR");
  app.add_flag("--resume", c->run.resume, "go on with an interrupted --job");
  app.add_option("--report", c->run.report, "write what was made as JSON")->type_name("FILE");
  app.add_flag("--json", c->run.json, "progress as one JSON event a line on standard error");
  app.add_option("--out", a.out, "result: .mp4, .mov, .mkv, or a %04d pattern ending in .png or .exr")->type_name("FILE");
  app.footer("Examples:\n"
             "  pai render --foreground shot.mov --ref begin=street.png --ref end=corner.png --out result.mp4\n"
             "  pai render film.pai --all --out 'out/{shot}.mov'\n"
             "  pai render --job night --resume");
}

}  // namespace pai::cli
