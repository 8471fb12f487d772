// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <utility>

namespace pai::core {

/// Least-recently-used values up to a number of bytes; the newest value stays even when it alone is larger.
template <typename Key, typename Value>
class ByteCache {
 public:
  explicit ByteCache(std::size_t maxBytes) : m_maxBytes(maxBytes) {}

  std::optional<Value> find(const Key& key) {
    const auto found = m_entries.find(key);
    if (found == m_entries.end()) return std::nullopt;
    m_uses.splice(m_uses.begin(), m_uses, found->second.use);
    return found->second.value;
  }
  bool contains(const Key& key) const { return m_entries.count(key) != 0; }

  void insert(const Key& key, Value value, std::size_t sizeBytes) {
    erase(key);
    m_uses.push_front(key);
    m_entries.emplace(key, Entry{std::move(value), sizeBytes, m_uses.begin()});
    m_bytes += sizeBytes;
    shrink(1);
  }
  void erase(const Key& key) {
    const auto found = m_entries.find(key);
    if (found == m_entries.end()) return;
    m_bytes -= found->second.sizeBytes;
    m_uses.erase(found->second.use);
    m_entries.erase(found);
  }
  template <typename Predicate>
  void eraseIf(const Predicate& predicate) {
    for (auto at = m_entries.begin(); at != m_entries.end();) {
      const auto next = std::next(at);
      if (predicate(at->first)) erase(Key(at->first));
      at = next;
    }
  }
  void clear() {
    m_entries.clear();
    m_uses.clear();
    m_bytes = 0;
  }
  void setMaxBytes(std::size_t maxBytes) {
    m_maxBytes = maxBytes;
    shrink(0);
  }
  std::size_t bytes() const { return m_bytes; }
  std::size_t maxBytes() const { return m_maxBytes; }
  std::size_t size() const { return m_entries.size(); }

 private:
  struct Entry {
    Value value;
    std::size_t sizeBytes;
    typename std::list<Key>::iterator use;
  };
  void shrink(std::size_t atLeast) {
    while (m_bytes > m_maxBytes && m_uses.size() > atLeast) erase(Key(m_uses.back()));
  }

  std::size_t m_maxBytes, m_bytes = 0;
  std::map<Key, Entry> m_entries;
  std::list<Key> m_uses;  // most recent first
};

}  // namespace pai::core
