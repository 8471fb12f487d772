// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <QObject>
#include <QString>

#include "app/document/frame_source.h"
#include "core/media/byte_cache.h"

namespace pai::app {

/// A clip's sound for drawing at any zoom: peaks, and coarser ones over them. Immutable.
class Waveform {
 public:
  explicit Waveform(core::SoundPeaks peaks);
  /// Least and greatest value, -127 to 127, of samples [begin, end) from the clip's first picture; {0, 0} outside. As fast for a
  /// long stretch as for a short one.
  std::pair<int, int> between(std::int64_t begin, std::int64_t end) const;
  std::size_t bytes() const;

 private:
  static constexpr std::int64_t kCoarser = 8;
  std::vector<std::vector<std::int8_t>> m_levels;  // pairs; each level's pair covers kCoarser of the one before
};

/// Waveforms of the clips that are drawn, bounded in bytes: those drawn longest ago go first. GUI thread only.
class Waveforms : public QObject {
  Q_OBJECT
 public:
  /// Some forty hours of sound.
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20;
  explicit Waveforms(FrameSource& source, QObject* parent = nullptr, std::size_t mostBytes = kMostBytes);
  /// The waveform, or null and a wish for it.
  std::shared_ptr<const Waveform> get(const QString& path);
  std::size_t bytes() const { return m_known.bytes(); }
  /// True while it is being measured.
  bool isPending(const QString& path) const;

 signals:
  void changed();

 private:
  FrameSource& m_source;
  core::ByteCache<QString, std::shared_ptr<const Waveform>> m_known;
  std::map<quint64, QString> m_pending;
  std::set<QString> m_failed;
};

}  // namespace pai::app
