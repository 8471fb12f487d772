// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/media_bench.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>
#include <vector>

#include "app/cli/program.h"
#include "core/base/json_reader.h"
#include "core/media/av_input.h"
#include "core/media/clip_reader.h"
#include "core/media/clip_writer.h"
#include "core/media/proxy.h"
#include "core/render/process.h"
#include "core/render/program_output.h"

namespace pai::cli {

namespace {

using core::ClipReader;
using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

constexpr std::int64_t kMostFrames = 200;
constexpr int kSeeks = 60;
constexpr int kScrubTimeoutMs = 1'000'000;

double millisecondsOf(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double percentile(std::vector<double> values, double p) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  const auto at = static_cast<std::size_t>(std::ceil(p * static_cast<double>(values.size()))) - 1;
  return std::round(values[std::min(at, values.size() - 1)] * 100.0) / 100.0;
}

double rounded(double value, double steps) { return std::round(value * steps) / steps; }

/// A folder in the cache that is removed at the end.
class Workplace {
 public:
  Workplace() : m_path(core::cacheFolder() + "/bench-" + std::to_string(getpid())) {
    std::error_code ignored;
    std::filesystem::create_directories(m_path, ignored);
  }
  ~Workplace() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
  }
  std::string file(const std::string& name) const { return m_path + "/" + name; }

 private:
  std::string m_path;
};

/// A camera move over a detailed picture with noise, 1080p, 24 frames a second, groups of 48 frames with B-frames.
Status makeClip(const std::string& path) {
  constexpr int kFrames = 192, kWidth = 1920, kHeight = 1080, kMargin = 512;
  std::mt19937 random(1);
  std::vector<std::uint8_t> scene(static_cast<std::size_t>(kWidth + kMargin) * kHeight);
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth + kMargin; ++x)
      scene[static_cast<std::size_t>(y) * (kWidth + kMargin) + static_cast<std::size_t>(x)] = static_cast<std::uint8_t>(
          118 + 60 * std::sin(x * 0.013 + y * 0.007) + 40 * std::sin(x * 0.11) * std::sin(y * 0.09) + random() % 12);
  core::WriteOptions options;
  options.width = kWidth;
  options.height = kHeight;
  options.quality = 23;
  options.colour.matrix = core::ColourTags::Matrix::kBt709;
  auto writer = core::ClipWriter::create(path, options);
  if (!writer) return std::move(writer).error();
  core::Picture picture(kWidth, kHeight, 3, core::SampleType::kU8);
  for (int frame = 0; frame < kFrames; ++frame) {
    for (int y = 0; y < kHeight; ++y) {
      const std::uint8_t* in = scene.data() + static_cast<std::size_t>(y) * (kWidth + kMargin) + 2 * frame;
      auto* out = picture.row<std::uint8_t>(y);
      for (int x = 0; x < kWidth; ++x) {
        const auto grain = static_cast<std::uint8_t>(random() >> 30);
        out[3 * x] = static_cast<std::uint8_t>(in[x] + grain);
        out[3 * x + 1] = static_cast<std::uint8_t>(in[x] * 7 / 8 + grain);
        out[3 * x + 2] = static_cast<std::uint8_t>(255 - in[x]);
      }
    }
    if (Status written = (*writer)->write(picture); !written) return written;
  }
  return (*writer)->finish();
}

/// Demuxer and decoder without anything of ours around them but the way the file is opened.
class BareDecoder {
 public:
  static Result<std::unique_ptr<BareDecoder>> open(const std::string& path) {
    auto input = core::AvInput::open(path);
    if (!input) return std::move(input).error();
    std::unique_ptr<BareDecoder> bare(new BareDecoder);
    bare->m_input = std::move(*input);
    bare->m_stream = bare->m_input->videoStream();
    if (bare->m_stream < 0) return Error{ErrorCode::kNoPicture, "there is no picture", path, {}};
    const AVCodecParameters* coded = bare->m_input->format()->streams[bare->m_stream]->codecpar;
    const AVCodec* codec = avcodec_find_decoder(coded->codec_id);
    bare->m_decoder.reset(avcodec_alloc_context3(codec));
    bare->m_packet.reset(av_packet_alloc());
    bare->m_frame.reset(av_frame_alloc());
    avcodec_parameters_to_context(bare->m_decoder.get(), coded);
    bare->m_decoder->thread_count = core::mediaThreads();
    if (avcodec_open2(bare->m_decoder.get(), codec, nullptr) < 0)
      return Error{ErrorCode::kFormatUnsupported, "the decoder refuses it", path, {}};
    return bare;
  }
  bool next() {
    for (;;) {
      const int code = avcodec_receive_frame(m_decoder.get(), m_frame.get());
      if (code == 0) return true;
      if (code != AVERROR(EAGAIN)) return false;
      if (av_read_frame(m_input->format(), m_packet.get()) < 0) {
        avcodec_send_packet(m_decoder.get(), nullptr);
        continue;
      }
      if (m_packet->stream_index == m_stream) avcodec_send_packet(m_decoder.get(), m_packet.get());
      av_packet_unref(m_packet.get());
    }
  }
  void seekSeconds(double seconds) {
    const AVStream& stream = *m_input->format()->streams[m_stream];
    const auto start = stream.start_time == AV_NOPTS_VALUE ? 0 : stream.start_time;
    const auto target = start + static_cast<std::int64_t>(std::llround(seconds / av_q2d(stream.time_base)));
    av_seek_frame(m_input->format(), m_stream, target, AVSEEK_FLAG_BACKWARD);
    avcodec_flush_buffers(m_decoder.get());
    while (next() && m_frame->best_effort_timestamp < target) {
    }
  }

 private:
  BareDecoder() = default;
  std::unique_ptr<core::AvInput> m_input;
  int m_stream = -1;
  core::AvCodecPtr m_decoder;
  core::AvPacketPtr m_packet;
  core::AvFramePtr m_frame;
};

nlohmann::json aboutClip(const core::ClipInfo& info) {
  return {{"clip", std::filesystem::path(info.path).filename().string()},
          {"picture", std::to_string(info.width) + "x" + std::to_string(info.height) + " " + info.codec},
          {"frames", info.frames},
          {"megabits_per_second", rounded(static_cast<double>(info.bitRate) / 1e6, 100.0)}};
}

Result<std::vector<double>> seekTimes(ClipReader& reader, const std::vector<std::int64_t>& order) {
  std::vector<double> times;
  times.reserve(order.size());
  for (const std::int64_t frame : order) {
    Status status;
    times.push_back(millisecondsOf([&] {
      if (auto picture = reader.read({frame}); !picture) status = std::move(picture).error();
    }));
    if (!status) return std::move(status).error();
  }
  return times;
}

std::vector<std::int64_t> randomFrames(std::int64_t frames) {
  std::mt19937_64 random(3);
  std::vector<std::int64_t> order;
  for (int i = 0; i < kSeeks; ++i) order.push_back(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(frames)));
  return order;
}

}  // namespace

Result<nlohmann::json> benchDecode(const std::string& clip) {
  const Workplace workplace;
  const std::string path = clip.empty() ? workplace.file("made.mp4") : clip;
  if (clip.empty())
    if (Status made = makeClip(path); !made) return std::move(made).error();
  auto bare = BareDecoder::open(path);
  if (!bare) return std::move(bare).error();
  auto planes = ClipReader::open(path), rgb = ClipReader::open(path);
  if (!planes || !rgb) return planes ? std::move(rgb).error() : std::move(planes).error();
  const std::int64_t frames = std::min((*planes)->info().frames, kMostFrames);
  const double bareMs = millisecondsOf([&] {
    for (std::int64_t i = 0; i < frames; ++i) (*bare)->next();
  });
  Status status;
  const double planesMs = millisecondsOf([&] {
    for (std::int64_t i = 0; i < frames && status; ++i)
      if (auto frame = (*planes)->readYuv({i}); !frame) status = std::move(frame).error();
  });
  const double rgbMs = millisecondsOf([&] {
    for (std::int64_t i = 0; i < frames && status; ++i)
      if (auto frame = (*rgb)->read({i}); !frame) status = std::move(frame).error();
  });
  if (!status) return std::move(status).error();
  nlohmann::json out = aboutClip((*planes)->info());
  const auto rate = [&](double ms) { return rounded(static_cast<double>(frames) * 1000.0 / ms, 10.0); };
  out["bare_frames_per_second"] = rate(bareMs);
  out["planes_frames_per_second"] = rate(planesMs);
  out["rgb_frames_per_second"] = rate(rgbMs);
  out["planes_time_over_bare"] = rounded(planesMs / bareMs, 100.0);
  out["rgb_time_over_bare"] = rounded(rgbMs / bareMs, 100.0);
  return out;
}

Result<nlohmann::json> benchSeek(const std::string& clip) {
  const Workplace workplace;
  const std::string path = clip.empty() ? workplace.file("made.mp4") : clip, proxy = workplace.file("proxy.mov");
  if (clip.empty())
    if (Status made = makeClip(path); !made) return std::move(made).error();
  auto bare = BareDecoder::open(path);
  if (!bare) return std::move(bare).error();
  auto reader = ClipReader::open(path);
  if (!reader) return std::move(reader).error();
  const core::ClipInfo info = (*reader)->info();
  const auto order = randomFrames(info.frames);
  std::vector<double> bareTimes;
  bareTimes.reserve(order.size());
  for (const std::int64_t frame : order)
    bareTimes.push_back(millisecondsOf([&] { (*bare)->seekSeconds(info.frameTimes[static_cast<std::size_t>(frame)]); }));
  auto own = seekTimes(**reader, order);
  if (!own) return std::move(own).error();
  std::vector<std::int64_t> back;
  const std::int64_t start = std::min<std::int64_t>(info.frames - 1, 40);
  for (std::int64_t frame = start - 1; frame >= 0 && frame > start - 31; --frame) back.push_back(frame);
  if (auto warm = seekTimes(**reader, {start}); !warm) return std::move(warm).error();
  auto steps = seekTimes(**reader, back);
  if (!steps) return std::move(steps).error();
  double proxyMs = 0.0;
  Status made;
  proxyMs = millisecondsOf([&] { made = core::makeProxy(path, proxy, core::StopToken(), {}); });
  if (!made) return std::move(made).error();
  auto proxyReader = ClipReader::open(proxy);
  if (!proxyReader) return std::move(proxyReader).error();
  auto proxyTimes = seekTimes(**proxyReader, order);
  if (!proxyTimes) return std::move(proxyTimes).error();
  nlohmann::json out = aboutClip(info);
  out["proxy_megabits_per_second"] = rounded(static_cast<double>((*proxyReader)->info().bitRate) / 1e6, 100.0);
  out["proxy_made_frames_per_second"] = rounded(static_cast<double>(info.frames) * 1000.0 / proxyMs, 10.0);
  out["bare_random_ms_median"] = percentile(bareTimes, 0.5);
  out["bare_random_ms_p95"] = percentile(bareTimes, 0.95);
  out["random_ms_median"] = percentile(*own, 0.5);
  out["random_ms_p95"] = percentile(*own, 0.95);
  out["random_median_over_bare"] = rounded(percentile(*own, 0.5) / std::max(percentile(bareTimes, 0.5), 0.01), 100.0);
  out["step_back_ms_median"] = percentile(*steps, 0.5);
  out["step_back_ms_p95"] = percentile(*steps, 0.95);
  out["proxy_random_ms_median"] = percentile(*proxyTimes, 0.5);
  out["proxy_random_ms_p95"] = percentile(*proxyTimes, 0.95);
  const std::string studio = core::programBeside("pai-studio");
  if (::access(studio.c_str(), X_OK) != 0) return out;
  ::setenv("QT_QPA_PLATFORM", "offscreen", 1);
  const auto scrubbed = core::programOutput(studio, {"--scrub"}, kScrubTimeoutMs);
  if (!scrubbed) return scrubbed.error();
  const auto figures = core::readJson(scrubbed->text, "pai-studio --scrub");
  if (!figures) return Error{ErrorCode::kWorkerFailed, "the sample was not scrubbed", studio, {}};
  out.update(*figures);
  return out;
}

void registerMediaBench(Program& program) {
  program.benches["decode"] = benchDecode;
  program.benches["seek"] = benchSeek;
}

}  // namespace pai::cli
