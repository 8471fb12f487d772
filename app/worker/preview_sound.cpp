// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/preview_sound.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "app/worker/life.h"

namespace pai::worker {

using core::Result;
using core::Status;

namespace {

constexpr std::size_t kOpenReaders = 4;
constexpr std::chrono::milliseconds kTellEvery{500};

/// Bytes as sealed memory; nothing for none.
Result<std::vector<core::Descriptor>> memoryOf(const void* bytes, std::size_t sizeBytes) {
  std::vector<core::Descriptor> memory;
  if (sizeBytes == 0) return memory;
  Result<core::SharedMemory> made = core::SharedMemory::make(sizeBytes);
  if (!made) return std::move(made).error();
  std::memcpy(made->data(), bytes, sizeBytes);
  Result<core::Descriptor> sealed = std::move(made).value().seal();
  if (!sealed) return std::move(sealed).error();
  memory.push_back(std::move(sealed).value());
  return memory;
}

}  // namespace

Result<core::SoundReader*> PreviewSound::readerOf(const std::string& path) {
  const auto known = std::find_if(m_readers.begin(), m_readers.end(), [&path](const auto& reader) { return reader.first == path; });
  if (known != m_readers.end()) {
    m_readers.splice(m_readers.begin(), m_readers, known);
    return m_readers.front().second.get();
  }
  Result<std::unique_ptr<core::SoundReader>> opened = core::SoundReader::open(path);
  if (!opened) return std::move(opened).error();
  m_readers.emplace_front(path, std::move(opened).value());
  if (m_readers.size() > kOpenReaders) m_readers.pop_back();
  return m_readers.front().second.get();
}

void PreviewSound::read(std::int64_t ticket, const std::string& path, std::int64_t begin, std::int64_t count) {
  m_reading.post(ticket, [this, ticket, path, begin, count](const core::StopToken&) {
    const Status sent = guarded([&]() -> Status {
      const Result<core::SoundReader*> reader = readerOf(path);
      if (!reader) return reader.error();
      const Result<std::vector<std::int16_t>> samples = (*reader)->read(begin, count);
      if (!samples) return samples.error();
      Result<std::vector<core::Descriptor>> memory = memoryOf(samples->data(), samples->size() * sizeof(std::int16_t));
      if (!memory) return std::move(memory).error();
      m_reply.send("sound", ticket, {{"count", count}}, std::move(memory).value());
      return {};
    });
    if (!sent) m_reply.fail(ticket, sent.error());
  });
}

void PreviewSound::peaks(std::int64_t ticket, const std::string& path) {
  m_measuring.post(ticket, [this, ticket, path](const core::StopToken& stop) {
    auto told = std::chrono::steady_clock::now();
    const Status sent = guarded([&]() -> Status {
      const Result<core::SoundPeaks> peaks = core::peaksOf(path, stop, [&](double fraction) {
        const auto now = std::chrono::steady_clock::now();
        if (now - told < kTellEvery) return;
        told = now;
        m_reply.send("progress", ticket, {{"fraction", fraction}});
      });
      if (!peaks) return peaks.error();
      Result<std::vector<core::Descriptor>> memory = memoryOf(peaks->pairs.data(), peaks->pairs.size());
      if (!memory) return std::move(memory).error();
      m_reply.send("peaks", ticket, {{"count", peaks->count()}}, std::move(memory).value());
      return {};
    });
    if (!sent) m_reply.fail(ticket, sent.error());
  });
}

bool PreviewSound::cancel(std::int64_t ticket) {
  const bool reading = m_reading.cancel(ticket);
  return m_measuring.cancel(ticket) || reading;
}

}  // namespace pai::worker
