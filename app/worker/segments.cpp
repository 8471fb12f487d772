// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/segments.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cstdio>

#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

#include "app/worker/life.h"

namespace pai::worker {

using core::JobFolder;
using core::Picture;
using core::Result;
using core::SampleType;
using core::Status;

namespace {

constexpr std::size_t kMostWaiting = 1;

bool isSequence(core::Codec codec) { return codec == core::Codec::kPng || codec == core::Codec::kExr; }

cv::Mat view(const Picture& p) {
  const int depth = p.type() == SampleType::kU8 ? CV_8U : p.type() == SampleType::kU16 ? CV_16U : CV_32F;
  return {p.height(), p.width(), CV_MAKETYPE(depth, p.channels()), const_cast<void*>(p.data()), p.rowBytes()};
}

}  // namespace

std::int64_t SegmentStore::framesOf(std::int64_t segment) const {
  return std::min(kSegmentFrames, m_frames - segment * kSegmentFrames);
}

std::string SegmentStore::stemOf(std::int64_t segment) const {
  std::array<char, 32> number{};
  std::snprintf(number.data(), number.size(), "%06lld", static_cast<long long>(segment));
  return m_layer + "-" + number.data();
}

Result<std::string> SegmentStore::pathOf(std::int64_t segment) const {
  return m_directory->pathInside(JobFolder::kFrames, stemOf(segment) + core::segmentEnding(m_codec));
}

std::int64_t SegmentStore::bytesOf(std::int64_t segment, std::int64_t& files) const {
  std::int64_t bytes = 0;
  files = 0;
  auto add = [&](const std::string& name) {
    Result<core::Descriptor> file = m_directory->openFile(JobFolder::kFrames, name, O_RDONLY);
    struct stat info {};
    if (!file || ::fstat(file->get(), &info) != 0) return;
    bytes += info.st_size;
    ++files;
  };
  if (!isSequence(m_codec)) {
    add(stemOf(segment) + core::segmentEnding(m_codec));
    return bytes;
  }
  Result<std::vector<std::string>> names = m_directory->list(JobFolder::kFrames);
  if (!names) return 0;
  for (const std::string& name : *names)
    if (name.starts_with(stemOf(segment) + ".")) add(name);
  return bytes;
}

Status SegmentStore::markWhole(std::int64_t segment) const {
  std::int64_t files = 0;
  const std::int64_t bytes = bytesOf(segment, files);
  const nlohmann::json mark{{"version", PAI_VERSION}, {"frames", framesOf(segment)}, {"files", files}, {"size_bytes", bytes}};
  return m_directory->write(JobFolder::kCheckpoint, stemOf(segment) + ".json", mark.dump() + "\n");
}

std::int64_t SegmentStore::wholeFromStart() const {
  for (std::int64_t segment = 0; segment < count(); ++segment) {
    Result<std::string> text = m_directory->read(JobFolder::kCheckpoint, stemOf(segment) + ".json", 4096);
    if (!text) return segment;
    std::int64_t files = 0;
    const std::int64_t bytes = bytesOf(segment, files);
    const nlohmann::json now{{"version", PAI_VERSION}, {"frames", framesOf(segment)}, {"files", files}, {"size_bytes", bytes}};
    if (files == 0 || nlohmann::json::parse(*text, nullptr, false) != now) return segment;
  }
  return count();
}

Status SegmentStore::removeFrom(std::int64_t segment) const {
  const std::string first = stemOf(segment);
  // Marks go first: a piece without its mark does not count.
  for (const JobFolder folder : {JobFolder::kCheckpoint, JobFolder::kFrames}) {
    Result<std::vector<std::string>> names = m_directory->list(folder);
    if (!names) return names.error();
    for (const std::string& name : *names) {
      const bool ours = name.starts_with(m_layer + "-") && name.substr(0, first.size()) >= first;
      const bool leftOver = name.starts_with("." + m_layer + "-");
      if (!ours && !leftOver) continue;
      if (Status s = m_directory->remove(folder, name); !s) return s;
    }
  }
  return {};
}

LayerWriter::LayerWriter(SegmentStore store, core::WriteOptions options, std::int64_t firstSegment)
    : m_store(std::move(store)), m_options(std::move(options)), m_segment(firstSegment), m_thread([this] { run(); }) {}

LayerWriter::~LayerWriter() {
  {
    const std::scoped_lock lock(m_mutex);
    m_closing = m_dropping = true;
  }
  m_changed.notify_all();
  m_thread.join();
}

Status LayerWriter::push(Picture picture) {
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [this] { return m_waiting.size() < kMostWaiting || !m_status; });
  if (!m_status) return m_status;
  m_waiting.push_back(std::move(picture));
  m_changed.notify_all();
  return {};
}

Status LayerWriter::finish() {
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [this] { return (m_waiting.empty() && !m_busy) || !m_status; });
  return m_status;
}

void LayerWriter::run() {
  std::unique_lock lock(m_mutex);
  for (;;) {
    m_changed.wait(lock, [this] { return m_closing || !m_waiting.empty(); });
    if (m_dropping || (m_closing && m_waiting.empty())) return;
    const Picture picture = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_busy = true;
    lock.unlock();
    Status status = guarded([&] { return encode(picture); });
    lock.lock();
    m_busy = false;
    if (!status) m_status = std::move(status);
    m_changed.notify_all();
    if (!m_status) return;
  }
}

Status LayerWriter::encode(const Picture& picture) {
  if (!m_writer) {
    Result<std::string> path = m_store.pathOf(m_segment);
    if (!path) return std::move(path).error();
    core::WriteOptions options = m_options;
    options.firstFrameNumber += m_segment * kSegmentFrames;
    if (isSequence(options.codec) && options.startTimecode) options.startTimecode->frames += m_segment * kSegmentFrames;
    else options.startTimecode.reset();
    options.audioFrom.clear();
    Result<std::unique_ptr<core::ClipWriter>> writer = core::ClipWriter::create(*path, options);
    if (!writer) return std::move(writer).error();
    m_writer = std::move(writer).value();
  }
  if (Status s = m_writer->write(picture); !s) return s;
  beat();
  if (++m_inSegment < m_store.framesOf(m_segment)) return {};
  if (Status s = m_writer->finish(); !s) return s;
  m_writer.reset();
  if (Status s = m_store.markWhole(m_segment); !s) return s;
  ++m_segment;
  m_inSegment = 0;
  return {};
}

Picture encodable(const Picture& picture, const Picture* matte) {
  const int channels = matte ? 4 : picture.channels() == 1 ? 3 : picture.channels();
  if (channels == picture.channels()) return picture;
  Picture out(picture.width(), picture.height(), channels, picture.type());
  out.colour = picture.colour;
  cv::Mat to = view(out);
  if (!matte) {
    const std::array<int, 6> pairs{0, 0, 0, 1, 0, 2};
    const cv::Mat from = view(picture);
    cv::mixChannels(&from, 1, &to, 1, pairs.data(), 3);
    return out;
  }
  cv::Mat alpha = view(*matte);
  if (alpha.depth() != to.depth()) {
    const auto top = [](int depth) { return depth == CV_8U ? 255.0 : depth == CV_16U ? 65535.0 : 1.0; };
    alpha.convertTo(alpha, to.depth(), top(to.depth()) / top(alpha.depth()));
  }
  const std::array<cv::Mat, 2> from{view(picture), alpha};
  const std::array<int, 8> pairs{0, 0, 1, 1, 2, 2, 3, 3};
  cv::mixChannels(from.data(), 2, &to, 1, pairs.data(), 4);
  return out;
}

}  // namespace pai::worker
