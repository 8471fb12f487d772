// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/draft_bench.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <vector>

#include "app/cli/program.h"
#include "core/draft/composite_yuv.h"
#include "core/draft/draft_engine.h"
#include "core/draft/picture_pool.h"
#include "core/media/clip_reader.h"
#include "core/media/clip_writer.h"
#include "core/media/image_file.h"
#include "core/render/memory.h"
#include "core/render/process.h"

namespace pai::cli {

namespace {

namespace fs = std::filesystem;
using core::FrameIndex;
using core::Picture;
using core::Result;
using core::Status;
using Clock = std::chrono::steady_clock;

constexpr int kWidth = 1920, kHeight = 1080;
constexpr std::int64_t kMadeFrames = 96;
constexpr std::int64_t kMostFrames = 240;  // of a long clip

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// A folder of its own, removed at the end.
class BenchFolder {
 public:
  static Result<std::unique_ptr<BenchFolder>> make() {
    std::string path = (fs::temp_directory_path() / "pai-bench-XXXXXX").string();
    if (!mkdtemp(path.data())) return core::errnoError(errno, "cannot make a folder for the bench", path);
    return std::unique_ptr<BenchFolder>(new BenchFolder(path));
  }
  ~BenchFolder() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
  }
  std::string file(const std::string& name) const { return m_path + "/" + name; }

 private:
  explicit BenchFolder(std::string path) : m_path(std::move(path)) {}
  std::string m_path;
};

std::uint8_t byteOf(double v) { return static_cast<std::uint8_t>(std::clamp(v, 0.0, 255.0)); }

/// A frame of a subject with fine edges that walks before an uneven, noisy green wall.
Picture greenFrame(std::int64_t frame) {
  Picture out(kWidth, kHeight, 3, core::SampleType::kU8);
  const double centre = kWidth * (0.3 + 0.4 * static_cast<double>(frame) / kMadeFrames);
  std::uint32_t noise = static_cast<std::uint32_t>(frame) * 2654435761U + 1;
  for (int y = 0; y < kHeight; ++y) {
    auto* o = out.row<std::uint8_t>(y);
    const double edge = 190.0 + 40.0 * std::sin(y * 0.021) + 6.0 * std::sin(y * 0.9 + static_cast<double>(frame));
    for (int x = 0; x < kWidth; ++x, o += 3) {
      noise = noise * 1664525U + 1013904223U;
      const double n = static_cast<double>(noise >> 28) - 7.5;
      const double a = y > 120 ? std::clamp((edge - std::abs(x - centre)) / 3.0, 0.0, 1.0) : 0.0;
      const double wall = 150.0 + 40.0 * std::sin(x * 0.0016) + 20.0 * std::cos(y * 0.003);
      const double cloth = 110.0 + 60.0 * std::sin(x * 0.05 + y * 0.013);
      o[0] = byteOf(a * cloth + (1 - a) * 45.0 + n);
      o[1] = byteOf(a * cloth * 0.8 + (1 - a) * wall + n);
      o[2] = byteOf(a * cloth * 0.7 + (1 - a) * 60.0 + n);
    }
  }
  out.colour = {core::ColourTags::Matrix::kRgb, core::ColourTags::Transfer::kBt709, core::ColourTags::Primaries::kBt709, true};
  return out;
}

Result<std::string> makeClip(const BenchFolder& folder) {
  const std::string path = folder.file("bench.mp4");
  core::WriteOptions options;
  options.codec = core::Codec::kH264;
  options.width = kWidth;
  options.height = kHeight;
  options.colour = {core::ColourTags::Matrix::kBt709, core::ColourTags::Transfer::kBt709, core::ColourTags::Primaries::kBt709,
                    false};
  options.quality = 20;
  auto writer = core::ClipWriter::create(path, options);
  if (!writer) return writer.error();
  for (std::int64_t f = 0; f < kMadeFrames; ++f) {
    if (Status s = (*writer)->write(greenFrame(f)); !s) return s.error();
  }
  if (Status s = (*writer)->finish(); !s) return s.error();
  return path;
}

/// A still of the clip's size with detail everywhere.
Picture still(int width, int height, int shift) {
  Picture out(width, height, 3, core::SampleType::kU8);
  for (int y = 0; y < height; ++y) {
    auto* o = out.row<std::uint8_t>(y);
    for (int x = 0; x < width; ++x, o += 3) {
      const double v = std::sin((x + shift) * 0.03) * std::cos(y * 0.041) + 0.4 * std::sin((x + shift) * 0.31 + y * 0.17);
      o[0] = byteOf(120 + 60 * v);
      o[1] = byteOf(110 + 50 * v);
      o[2] = byteOf(100 + 70 * std::sin(v * 2));
    }
  }
  return out;
}

/// Runs a program to its end; its seconds. Errors: kWorkerFailed.
Result<double> timedRun(const std::string& program, std::vector<std::string> arguments) {
  const auto start = Clock::now();
  auto process = core::Process::start({program, std::move(arguments), {}, {}});
  if (!process) return process.error();
  for (;;) {
    pollfd ended{process->endFd(), POLLIN, 0};
    poll(&ended, 1, -1);
    if (const auto end = process->reap()) {
      if (end->signal || end->exitCode) return core::Error{core::ErrorCode::kWorkerFailed, "it failed", program, {}};
      return secondsSince(start);
    }
  }
}

std::optional<std::string> installed(const std::string& name) {
  const std::string path = "/usr/bin/" + name;
  return access(path.c_str(), X_OK) == 0 ? std::optional<std::string>(path) : std::nullopt;
}

double residentMiB() {
  std::ifstream file("/proc/self/statm");
  double pages = 0.0, resident = 0.0;
  file >> pages >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1048576.0;
}

struct Bench {
  std::string clip, stillPath;
  core::ClipInfo info;
  std::int64_t frames = 0;
  nlohmann::json rows = nlohmann::json::object();
};

Result<double> decodeRate(const Bench& b) {
  auto reader = core::ClipReader::open(b.clip);
  if (!reader) return reader.error();
  const auto start = Clock::now();
  for (std::int64_t f = 0; f < b.frames; ++f) {
    auto frame = (*reader)->readYuv({f});
    if (!frame) return frame.error();
  }
  return static_cast<double>(b.frames) / secondsSince(start);
}

/// The quick key of the library alone. `pai render` has no use for it: DraftEngine makes every picture of a render.
Result<double> quickRate(const Bench& b, const Picture& background) {
  auto reader = core::ClipReader::open(b.clip);
  if (!reader) return reader.error();
  auto first = (*reader)->readYuv({0});
  if (!first) return first.error();
  std::uint8_t screen[3];
  if (!core::YuvKeyer::findScreen(**first, screen)) {
    return core::Error{core::ErrorCode::kNoScreen, "no green or blue screen in the first frame", b.clip, {}};
  }
  auto keyer = core::YuvKeyer::make(**first, screen, background);
  if (!keyer) return keyer.error();
  core::Yuv420 out = core::Yuv420::make(b.info.width, b.info.height);
  const auto start = Clock::now();
  for (std::int64_t f = 0; f < b.frames; ++f) {
    auto frame = (*reader)->readYuv({f});
    if (!frame) return frame.error();
    keyer->composite(**frame, out);
  }
  return static_cast<double>(b.frames) / secondsSince(start);
}

/// A shot of the clip with three references, of which the second and third show the scene moved.
Result<core::Job> draftJob(const Bench& b, const BenchFolder& folder) {
  core::Job job;
  job.name = "bench";
  job.shot.name = "bench";
  job.shot.plate = "plate";
  job.media.push_back({"plate", b.clip, "", ""});
  const core::AnchorKind anchors[] = {core::AnchorKind::kBegin, core::AnchorKind::kMiddle, core::AnchorKind::kEnd};
  for (int i = 0; i < 3; ++i) {
    const std::string id = std::string("reference") + std::to_string(i), path = folder.file(id + ".png");
    if (Status s = core::writeImage(path, still(b.info.width, b.info.height, i * 40)); !s) return s.error();
    job.media.push_back({id, path, "", ""});
    core::Reference r;
    r.id = r.media = id;
    r.anchor.kind = anchors[i];
    job.shot.references.push_back(r);
  }
  core::MatteLayer key;
  key.id = "key";
  job.shot.matte.push_back(key);
  return job;
}

/// What `pai render` makes of the clip keyed over one still that does not move, without relighting.
Result<double> stillRate(const Bench& b, const BenchFolder& folder) {
  auto job = draftJob(b, folder);
  if (!job) return job.error();
  job->shot.references.resize(1);
  job->shot.camera.source = core::CameraSettings::Source::kLocked;
  job->shot.light.relight = false;
  auto engine = core::DraftEngine::open(*job);
  if (!engine) return engine.error();
  if (Status s = (*engine)->prepare({}, {}); !s) return s.error();
  const std::int64_t count = std::min<std::int64_t>(b.frames, 48);
  const auto start = Clock::now();
  core::DraftRequest request;
  for (std::int64_t f = 0; f < count; ++f) {
    request.next = count - 1 - f;  // as a render asks
    auto frame = (*engine)->render({f}, request);
    if (!frame) return frame.error();
  }
  return static_cast<double>(count) / secondsSince(start);
}

Status draftRows(Bench& b, const BenchFolder& folder) {
  auto job = draftJob(b, folder);
  if (!job) return job.error();
  auto engine = core::DraftEngine::open(*job);
  if (!engine) return engine.error();
  auto start = Clock::now();
  if (Status s = (*engine)->prepare({}, {}); !s) return s;
  b.rows["draft prepare, seconds"] = secondsSince(start);
  const double before = residentMiB();
  for (const int divisor : {2, 1}) {
    core::DraftRequest request;
    request.divisor = divisor;
    const std::int64_t count = std::min<std::int64_t>(b.frames, divisor == 1 ? 48 : 96);
    start = Clock::now();
    for (std::int64_t f = 0; f < count; ++f) {
      request.next = count - 1 - f;
      auto frame = (*engine)->render({f}, request);
      if (!frame) return frame.error();
    }
    b.rows[divisor == 1 ? "full draft at full size, fps" : "full draft at half size, fps"] =
        static_cast<double>(count) / secondsSince(start);
  }
  b.rows["draft memory growth, MiB"] = residentMiB() - before;
  core::DraftRequest half;
  half.divisor = 2;
  if (auto warm = (*engine)->render({b.frames / 2}, half); !warm) return warm.error();
  std::vector<double> changes;
  for (int i = 0; i < 24; ++i) {
    job->shot.matte[0].key.clipBlack = 0.004 * (i + 1);
    start = Clock::now();
    if (Status s = (*engine)->update(*job); !s) return s;
    if (auto frame = (*engine)->render({b.frames / 2}, half); !frame) return frame.error();
    changes.push_back(secondsSince(start) * 1000.0);
  }
  std::sort(changes.begin(), changes.end());
  b.rows["key setting to picture at half size, ms, median"] = changes[changes.size() / 2];
  b.rows["key setting to picture at half size, ms, worst of 24"] = changes.back();
  return {};
}

/// FFmpeg's and MLT's own key and composite of the clip over the still, to nowhere.
void otherRows(Bench& b) {
  const std::string frames = std::to_string(b.frames);
  b.rows["ffmpeg chromakey,despill,overlay, fps"] = "not installed";
  if (const auto ffmpeg = installed("ffmpeg")) {
    auto seconds = timedRun(*ffmpeg, {"-nostdin", "-v", "error", "-loop", "1", "-i", b.stillPath, "-i", b.clip, "-filter_complex",
                                      "[1:v]chromakey=0x2d963c:0.15:0.08,despill=type=green[k];[0:v][k]overlay=shortest=1",
                                      "-frames:v", frames, "-f", "null", "-"});
    if (seconds) b.rows["ffmpeg chromakey,despill,overlay, fps"] = static_cast<double>(b.frames) / *seconds;
  }
  b.rows["mlt chroma and composite, fps"] = "not installed";
  if (const auto melt = installed("melt")) {
    auto seconds = timedRun(*melt, {"-silent", b.stillPath, "out=" + std::to_string(b.frames - 1), "-track", b.clip,
                                    "out=" + std::to_string(b.frames - 1), "-attach", "chroma", "key=0x2d963cff", "variance=0.15",
                                    "-transition", "composite", "a_track=0", "b_track=1", "-consumer", "null", "real_time=-2",
                                    "terminate_on_pause=1"});
    if (seconds) b.rows["mlt chroma and composite, fps"] = static_cast<double>(b.frames) / *seconds;
  }
}

/// A rate over those of decoding and of the other programs.
void ratios(Bench& b, const std::string& name, double rate, double decode) {
  b.rows[name + " / decode alone"] = rate / decode;
  const auto ratio = [&](const char* other, const char* program) {
    if (b.rows[other].is_number() && b.rows[other].get<double>() > 0.0) {
      b.rows[name + " / " + program] = rate / b.rows[other].get<double>();
    }
  };
  ratio("mlt chroma and composite, fps", "mlt");
  ratio("ffmpeg chromakey,despill,overlay, fps", "ffmpeg");
}

}  // namespace

Result<nlohmann::json> benchDraft(const std::string& clip) {
  core::keepFreedMemory();  // as the worker does
  core::poolPictures();
  auto folder = BenchFolder::make();
  if (!folder) return folder.error();
  Bench b;
  b.clip = clip;
  if (clip.empty()) {
    auto made = makeClip(**folder);
    if (!made) return made.error();
    b.clip = *made;
  }
  {
    auto reader = core::ClipReader::open(b.clip);
    if (!reader) return reader.error();
    b.info = (*reader)->info();
  }
  b.frames = std::min(b.info.frames, kMostFrames);
  const Picture background = still(b.info.width, b.info.height, 0);
  b.stillPath = (*folder)->file("still.png");
  if (Status s = core::writeImage(b.stillPath, background); !s) return s.error();
  b.rows["clip"] = clip.empty() ? "made for the bench" : clip;
  b.rows["clip size"] = std::to_string(b.info.width) + "x" + std::to_string(b.info.height);
  b.rows["clip bit rate, Mbit/s"] = static_cast<double>(b.info.bitRate) / 1e6;
  b.rows["clip frames measured"] = b.frames;
  auto decode = decodeRate(b);
  if (!decode) return decode.error();
  auto quick = quickRate(b, background);
  if (!quick) return quick.error();
  b.rows["decode alone, fps"] = *decode;
  b.rows["quick key over a still (not in a render), fps"] = *quick;
  auto rendered = stillRate(b, **folder);
  if (!rendered) return rendered.error();
  b.rows["keyed over a still as rendered, fps"] = *rendered;
  otherRows(b);
  ratios(b, "quick key over a still", *quick, *decode);
  ratios(b, "keyed over a still as rendered", *rendered, *decode);
  if (Status s = draftRows(b, **folder); !s) return s.error();
  return b.rows;
}

void registerDraftBench(Program& program) { program.benches["draft"] = benchDraft; }

}  // namespace pai::cli
