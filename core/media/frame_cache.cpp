// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/frame_cache.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <utility>

#include "core/media/byte_cache.h"
#include "core/media/proxy.h"
#include "core/media/yuv_frame.h"

namespace pai::core {

namespace {

constexpr std::size_t kMaxReaders = 4;
constexpr int kReadAhead = 24;
constexpr std::int64_t kAhead = -1;  // in place of a ticket: what is read ahead
constexpr std::int64_t kLongestStep = 8;  // farther apart, two requests say nothing about a direction
constexpr std::size_t kOtherReaderBytes = 16u << 20;  // of decoded frames, for each reader that is not in use

struct Wanted {
  FrameCache::Key key;
  FrameCache::Ready ready;
  FrameCache::Described described;  // in place of `ready`
  std::int64_t ticket = 0;
};

SampleType bestType(const ClipInfo& info) {
  if (info.colour.transfer == ColourTags::Transfer::kLinear) return SampleType::kF32;
  return info.bitsPerComponent > 8 ? SampleType::kU16 : SampleType::kU8;
}

Result<std::unique_ptr<ClipReader>> openBest(const std::string& path, std::size_t cacheBytes) {
  ReadOptions options;
  options.cacheBytes = cacheBytes;
  auto reader = ClipReader::open(path, options);
  if (!reader || bestType((*reader)->info()) == options.type) return reader;
  options.type = bestType((*reader)->info());
  return ClipReader::open(path, options);
}

bool fitsProxy(const FrameCache::Key& key) {
  return key.maxWidth > 0 && key.maxHeight > 0 && key.maxWidth <= kProxyWidth && key.maxHeight <= kProxyHeight;
}

Result<PicturePtr> scaled(const Picture& picture, const FrameCache::Key& key) {
  try {
    return std::make_shared<const Picture>(scaledToFit(picture, key.maxWidth, key.maxHeight));
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kOutOfMemory, "no memory for the picture", key.path, {}};
  }
}

}  // namespace

class FrameCache::Private {
 public:
  /// A quarter of the bytes is for pictures, the rest for decoded frames.
  Private(std::size_t maxBytes, int niceness)
      : m_cache(maxBytes / 4), m_decodedBytes(maxBytes - maxBytes / 4), m_thread([this, niceness] { work(niceness); }) {}
  ~Private() {
    {
      const std::lock_guard lock(m_mutex);
      m_ending = true;
    }
    m_wake.notify_all();
    m_thread.join();
    for (const Wanted& wanted : m_wanted) answer(wanted, Error{ErrorCode::kCancelled, "the cache has ended", wanted.key.path, {}});
  }

  void add(Wanted wanted) {
    {
      const std::lock_guard lock(m_mutex);
      m_wanted.push_back(std::move(wanted));
      if (m_reading == kAhead) m_stop.request();
    }
    m_wake.notify_all();
  }

  mutable std::mutex m_mutex;
  // Guarded by m_mutex.
  mutable ByteCache<Key, PicturePtr> m_cache;
  std::deque<Wanted> m_wanted;
  std::list<std::string> m_forgotten;
  std::map<std::string, std::string> m_proxies;
  std::size_t m_decoded = 0;  // bytes of decoded frames
  std::int64_t m_reading = 0;  // ticket of the request being read; 0: none
  StopToken m_stop;            // of the reading

  void resize(std::size_t maxBytes) {
    {
      const std::lock_guard lock(m_mutex);
      m_cache.setMaxBytes(maxBytes / 4);
      m_decodedBytes = maxBytes - maxBytes / 4;
      m_resized = true;
    }
    m_wake.notify_all();
  }

 private:
  struct Reader {
    std::string path;
    std::unique_ptr<ClipReader> reader;
  };

  static void answer(const Wanted& wanted, const Error& error) {
    if (wanted.described) wanted.described(error);
    else wanted.ready(wanted.key, error);
  }

  /// Learns the direction of travel and where reading ahead starts.
  void steer(const Key& key) {
    Key kind = key, last = m_last;
    kind.frame = last.frame = 0;
    const std::int64_t step = kind == last ? key.frame - m_last.frame : 0;
    m_direction = step > 0 && step <= kLongestStep ? 1 : step < 0 && step >= -kLongestStep ? -1 : step == 0 ? m_direction : 1;
    m_last = key;
    m_ahead = 0;
    m_aheadAllowed = true;
  }

  void work(int niceness) {
    if (niceness != 0) ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);
    std::unique_lock lock(m_mutex);
    while (!m_ending) {
      dropForgotten();
      if (m_resized.exchange(false)) shareBytes();
      if (!m_wanted.empty()) {
        const Wanted wanted = std::move(m_wanted.front());
        m_wanted.pop_front();
        serve(wanted, lock);
      } else if (const auto next = nextAhead()) {
        const Result<PicturePtr> picture = readUnlocked(*next, kAhead, {}, lock);
        if (!picture) m_aheadAllowed = false;
        else m_cache.insert(*next, *picture, (*picture)->sizeBytes());
      } else {
        m_wake.wait(lock);
      }
    }
  }

  void serve(const Wanted& wanted, std::unique_lock<std::mutex>& lock) {
    if (wanted.described) {
      lock.unlock();
      auto reader = readerOf(wanted.key.path);
      wanted.described(reader ? Result<ClipInfo>((*reader)->info()) : Result<ClipInfo>(reader.error()));
      return lock.lock();
    }
    steer(wanted.key);
    if (const auto there = m_cache.find(wanted.key)) {
      lock.unlock();
      wanted.ready(wanted.key, *there);
      return lock.lock();
    }
    const Result<PicturePtr> picture = readUnlocked(wanted.key, wanted.ticket, wanted.ready, lock);
    if (picture) m_cache.insert(wanted.key, *picture, (*picture)->sizeBytes());
    else m_aheadAllowed = false;
  }

  /// Reads under a ticket and answers, with the lock open meanwhile.
  Result<PicturePtr> readUnlocked(const Key& key, std::int64_t ticket, const Ready& ready, std::unique_lock<std::mutex>& lock) {
    m_reading = ticket;
    const StopToken stop = m_stop = StopToken();
    lock.unlock();
    Result<PicturePtr> picture = read(key, stop);
    if (ready) ready(key, picture);
    lock.lock();
    m_reading = 0;
    return picture;
  }

  /// Next frame worth reading ahead: not there yet, within reach, and without pushing out what was just read.
  std::optional<Key> nextAhead() {
    while (m_aheadAllowed && !m_last.path.empty() && m_ahead < kReadAhead) {
      Key key = m_last;
      key.frame += m_direction * ++m_ahead;
      if (key.frame < 0 || key.frame >= m_lastFrames) break;
      const auto here = m_cache.find(m_last);
      const std::size_t each = here ? (*here)->sizeBytes() : 0;
      if (each * static_cast<std::size_t>(m_ahead + 1) > m_cache.maxBytes() / 2) break;
      if (!m_cache.contains(key)) return key;
    }
    m_aheadAllowed = false;
    return std::nullopt;
  }

  void dropForgotten() {
    for (const std::string& path : m_forgotten) m_readers.remove_if([&](const Reader& r) { return r.path == path; });
    m_forgotten.clear();
  }

  /// Of the thread: the reader in use keeps nearly all decoded bytes, the others a little.
  void shareBytes() {
    const std::size_t bytes = m_decodedBytes, others = std::min(kOtherReaderBytes, bytes / (2 * kMaxReaders));
    for (const Reader& r : m_readers) r.reader->setCacheBytes(&r == &m_readers.front() ? bytes - (kMaxReaders - 1) * others : others);
  }

  /// Without the lock; readers belong to the thread. The one in use keeps decoded frames up to nearly all bytes.
  Result<ClipReader*> readerOf(const std::string& path) {
    const std::size_t bytes = m_decodedBytes, others = std::min(kOtherReaderBytes, bytes / (2 * kMaxReaders));
    const auto found = std::find_if(m_readers.begin(), m_readers.end(), [&](const Reader& r) { return r.path == path; });
    if (found == m_readers.begin() && found != m_readers.end()) return m_readers.front().reader.get();
    if (!m_readers.empty()) m_readers.front().reader->setCacheBytes(others);
    const std::size_t own = bytes - (kMaxReaders - 1) * others;
    if (found == m_readers.end()) {
      auto opened = openBest(path, own);
      if (!opened) return std::move(opened).error();
      m_readers.push_front({path, std::move(*opened)});
      if (m_readers.size() > kMaxReaders) m_readers.pop_back();
    } else {
      m_readers.splice(m_readers.begin(), m_readers, found);
      m_readers.front().reader->setCacheBytes(own);
    }
    return m_readers.front().reader.get();
  }

  Result<PicturePtr> read(const Key& key, const StopToken& stop) {
    std::string path = key.path;
    if (fitsProxy(key)) {
      const std::lock_guard lock(m_mutex);
      if (const auto proxy = m_proxies.find(path); proxy != m_proxies.end()) path = proxy->second;
    }
    auto reader = readerOf(path);
    if (!reader && path != key.path) {  // the proxy is gone or broken
      const std::lock_guard lock(m_mutex);
      m_proxies.erase(key.path);
    }
    if (!reader && path != key.path) reader = readerOf(key.path);
    if (!reader) return std::move(reader).error();
    {
      const std::lock_guard lock(m_mutex);
      if (m_last.path == key.path) m_lastFrames = (*reader)->info().frames;
    }
    (*reader)->setStop(stop);
    Result<PicturePtr> picture = (*reader)->read({key.frame});
    if (picture && (key.maxWidth > 0 || key.maxHeight > 0)) picture = scaled(**picture, key);
    std::size_t decoded = 0;
    for (const Reader& r : m_readers) decoded += r.reader->cachedBytes();
    const std::lock_guard lock(m_mutex);
    m_decoded = decoded;
    return picture;
  }

  bool m_ending = false;
  Key m_last;
  int m_direction = 1, m_ahead = 0;
  bool m_aheadAllowed = false;
  std::int64_t m_lastFrames = 0;
  std::atomic<bool> m_resized{false};
  std::atomic<std::size_t> m_decodedBytes;
  std::condition_variable m_wake;
  // Of the thread.
  std::list<Reader> m_readers;  // most recent first
  std::thread m_thread;         // last: it uses the others
};

FrameCache::FrameCache(std::size_t maxBytes, int niceness) : d(std::make_unique<Private>(maxBytes, niceness)) {}
FrameCache::~FrameCache() = default;

PicturePtr FrameCache::find(const Key& key) const {
  const std::lock_guard lock(d->m_mutex);
  return d->m_cache.find(key).value_or(nullptr);
}

void FrameCache::request(const Key& key, Ready ready, std::int64_t ticket) { d->add({key, std::move(ready), {}, ticket}); }

void FrameCache::describe(const std::string& path, Described described, std::int64_t ticket) {
  d->add({{path, 0, 0, 0}, {}, std::move(described), ticket});
}

bool FrameCache::cancel(std::int64_t ticket) {
  const std::lock_guard lock(d->m_mutex);
  if (ticket != 0 && d->m_reading == ticket) d->m_stop.request();
  return std::erase_if(d->m_wanted, [ticket](const Wanted& w) { return w.ticket == ticket; }) > 0;
}

void FrameCache::useProxy(const std::string& path, const std::string& proxy) {
  const std::lock_guard lock(d->m_mutex);
  d->m_proxies[path] = proxy;
}

void FrameCache::setMaxBytes(std::size_t maxBytes) { d->resize(maxBytes); }

void FrameCache::forget(const std::string& path) {
  const std::lock_guard lock(d->m_mutex);
  d->m_cache.eraseIf([&](const Key& key) { return key.path == path; });
  d->m_proxies.erase(path);
  d->m_forgotten.push_back(path);
}

std::size_t FrameCache::bytes() const {
  const std::lock_guard lock(d->m_mutex);
  return d->m_cache.bytes() + d->m_decoded;
}

}  // namespace pai::core
