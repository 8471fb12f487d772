// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/waveforms.h"

#include <algorithm>

namespace pai::app {

Waveform::Waveform(core::SoundPeaks peaks) {
  m_levels.push_back(std::move(peaks.pairs));
  while (m_levels.back().size() > 2 * kCoarser) {
    const std::vector<std::int8_t>& fine = m_levels.back();
    std::vector<std::int8_t> coarse;
    coarse.reserve(fine.size() / kCoarser + 2);
    for (std::size_t at = 0; at < fine.size(); at += 2 * kCoarser) {
      std::int8_t least = fine[at], most = fine[at + 1];
      for (std::size_t i = at; i < std::min(fine.size(), at + 2 * kCoarser); i += 2) {
        least = std::min(least, fine[i]);
        most = std::max(most, fine[i + 1]);
      }
      coarse.push_back(least);
      coarse.push_back(most);
    }
    m_levels.push_back(std::move(coarse));
  }
}

std::pair<int, int> Waveform::between(std::int64_t begin, std::int64_t end) const {
  std::int64_t stretch = core::SoundPeaks::kStretch;
  std::size_t level = 0;
  // Two pairs or so are read, whatever the length.
  for (; level + 1 < m_levels.size() && end - begin > 2 * stretch * kCoarser; ++level) stretch *= kCoarser;
  const std::vector<std::int8_t>& pairs = m_levels[level];
  const auto count = static_cast<std::int64_t>(pairs.size()) / 2;
  const std::int64_t from = std::max<std::int64_t>(0, begin / stretch), until = std::min(count, std::max(begin / stretch + 1, (end + stretch - 1) / stretch));
  if (end <= 0 || from >= until) return {0, 0};
  int least = 127, most = -127;
  for (std::int64_t i = from; i < until; ++i) {
    least = std::min<int>(least, pairs[static_cast<std::size_t>(2 * i)]);
    most = std::max<int>(most, pairs[static_cast<std::size_t>(2 * i + 1)]);
  }
  return {least, most};
}

std::size_t Waveform::bytes() const {
  std::size_t sum = 0;
  for (const std::vector<std::int8_t>& level : m_levels) sum += level.capacity();
  return sum;
}

Waveforms::Waveforms(FrameSource& source, QObject* parent, std::size_t mostBytes) : QObject(parent), m_source(source), m_known(mostBytes) {
  connect(&source, &FrameSource::peaksReady, this, [this](quint64 ticket, const core::SoundPeaks& peaks) {
    const auto it = m_pending.find(ticket);
    if (it == m_pending.end()) return;
    auto wave = std::make_shared<const Waveform>(peaks);
    const std::size_t bytes = wave->bytes();
    m_known.insert(it->second, std::move(wave), bytes);
    m_pending.erase(it);
    emit changed();
  });
  const auto missed = [this](quint64 ticket) {
    const auto it = m_pending.find(ticket);
    if (it == m_pending.end()) return;
    m_failed.insert(it->second);
    m_pending.erase(it);
    emit changed();
  };
  connect(&source, &FrameSource::failed, this, missed);
  connect(&source, &FrameSource::cancelled, this, missed);
}

std::shared_ptr<const Waveform> Waveforms::get(const QString& path) {
  if (const auto known = m_known.find(path)) return *known;
  if (!m_failed.contains(path) && !isPending(path)) m_pending[m_source.requestPeaks(path)] = path;
  return nullptr;
}

bool Waveforms::isPending(const QString& path) const {
  return std::any_of(m_pending.begin(), m_pending.end(), [&path](const auto& pending) { return pending.second == path; });
}

}  // namespace pai::app
