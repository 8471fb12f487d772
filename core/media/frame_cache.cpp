// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/frame_cache.h"

#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "core/media/byte_cache.h"

namespace pai::core {

namespace {

constexpr std::size_t kMaxReaders = 4;
constexpr int kReadAhead = 24;
constexpr std::int64_t kLongestStep = 8;  // farther apart, two requests say nothing about a direction

struct Wanted {
  FrameCache::Key key;
  FrameCache::Ready ready;
};

}  // namespace

class FrameCache::Private {
 public:
  explicit Private(std::size_t maxBytes) : m_cache(maxBytes), m_thread([this] { work(); }) {}
  ~Private() {
    {
      const std::lock_guard lock(m_mutex);
      m_ending = true;
    }
    m_wake.notify_all();
    m_thread.join();
    if (m_wanted) m_wanted->ready(m_wanted->key, cancelled(m_wanted->key));
  }

  static Result<PicturePtr> cancelled(const Key& key) {
    return Error{ErrorCode::kCancelled, "a later frame was asked for", key.path, {}};
  }

  void request(const Key& key, Ready ready) {
    std::optional<Wanted> replaced;
    PicturePtr there;
    {
      const std::lock_guard lock(m_mutex);
      steer(key);
      if (auto found = m_cache.find(key)) there = *found;
      replaced = std::exchange(m_wanted, there ? std::nullopt : std::optional<Wanted>({key, ready}));
    }
    m_wake.notify_all();
    if (replaced) replaced->ready(replaced->key, cancelled(replaced->key));
    if (there) ready(key, there);
  }

  mutable std::mutex m_mutex;
  // Guarded by m_mutex.
  mutable ByteCache<Key, PicturePtr> m_cache;
  std::optional<Wanted> m_wanted;
  std::list<std::string> m_forgotten;

 private:
  struct Reader {
    Key kind;  // frame is 0
    std::unique_ptr<ClipReader> reader;
  };

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

  void work() {
    std::unique_lock lock(m_mutex);
    while (!m_ending) {
      dropForgotten();
      if (m_wanted) {
        const Key key = m_wanted->key;
        lock.unlock();
        const Result<PicturePtr> picture = read(key);
        lock.lock();
        if (picture) m_cache.insert(key, *picture, (*picture)->sizeBytes());
        if (!m_wanted || m_wanted->key != key) continue;  // replaced meanwhile; that request was told so
        const Wanted done = std::move(*m_wanted);
        m_wanted.reset();
        lock.unlock();
        done.ready(key, picture);
        lock.lock();
      } else if (const auto next = nextAhead()) {
        lock.unlock();
        const Result<PicturePtr> picture = read(*next);
        lock.lock();
        if (!picture) m_aheadAllowed = false;
        else m_cache.insert(*next, *picture, (*picture)->sizeBytes());
      } else {
        m_wake.wait(lock);
      }
    }
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
    for (const std::string& path : m_forgotten)
      m_readers.remove_if([&](const Reader& r) { return r.kind.path == path; });
    m_forgotten.clear();
  }

  /// Without the lock; readers belong to the thread.
  Result<PicturePtr> read(const Key& key) {
    Key kind = key;
    kind.frame = 0;
    auto found = std::find_if(m_readers.begin(), m_readers.end(), [&](const Reader& r) { return r.kind == kind; });
    if (found == m_readers.end()) {
      ReadOptions options;
      options.type = key.type;
      options.maxWidth = key.maxWidth;
      options.maxHeight = key.maxHeight;
      auto opened = ClipReader::open(key.path, options);
      if (!opened) return std::move(opened).error();
      m_readers.push_front({kind, std::move(*opened)});
      if (m_readers.size() > kMaxReaders) m_readers.pop_back();
    } else {
      m_readers.splice(m_readers.begin(), m_readers, found);
    }
    ClipReader& reader = *m_readers.front().reader;
    {
      const std::lock_guard lock(m_mutex);
      if (m_last.path == key.path) m_lastFrames = reader.info().frames;
    }
    return reader.read({key.frame});
  }

  bool m_ending = false;
  Key m_last;
  int m_direction = 1, m_ahead = 0;
  bool m_aheadAllowed = false;
  std::int64_t m_lastFrames = 0;
  std::condition_variable m_wake;
  // Of the thread.
  std::list<Reader> m_readers;  // most recent first
  std::thread m_thread;         // last: it uses the others
};

FrameCache::FrameCache(std::size_t maxBytes) : d(std::make_unique<Private>(maxBytes)) {}
FrameCache::~FrameCache() = default;

PicturePtr FrameCache::find(const Key& key) const {
  const std::lock_guard lock(d->m_mutex);
  return d->m_cache.find(key).value_or(nullptr);
}

void FrameCache::request(const Key& key, Ready ready) { d->request(key, std::move(ready)); }

void FrameCache::forget(const std::string& path) {
  const std::lock_guard lock(d->m_mutex);
  d->m_cache.eraseIf([&](const Key& key) { return key.path == path; });
  d->m_forgotten.push_back(path);
}

void FrameCache::setMaxBytes(std::size_t maxBytes) {
  const std::lock_guard lock(d->m_mutex);
  d->m_cache.setMaxBytes(maxBytes);
}

std::size_t FrameCache::bytes() const {
  const std::lock_guard lock(d->m_mutex);
  return d->m_cache.bytes();
}

}  // namespace pai::core
