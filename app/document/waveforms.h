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

namespace pai::app {

/// A clip's sound for drawing at any zoom: peaks, and coarser ones over them. Immutable.
class Waveform {
 public:
  explicit Waveform(core::SoundPeaks peaks);
  /// Least and greatest value, -127 to 127, of samples [begin, end) from the clip's first picture; {0, 0} outside. As fast for a
  /// long stretch as for a short one.
  std::pair<int, int> between(std::int64_t begin, std::int64_t end) const;

 private:
  static constexpr std::int64_t kCoarser = 8;
  std::vector<std::vector<std::int8_t>> m_levels;  // pairs; each level's pair covers kCoarser of the one before
};

/// Waveforms of the clips that are drawn. Each is asked for once. GUI thread only.
class Waveforms : public QObject {
  Q_OBJECT
 public:
  explicit Waveforms(FrameSource& source, QObject* parent = nullptr);
  /// The waveform, or null and a wish for it.
  const Waveform* get(const QString& path);
  /// True while it is being measured.
  bool isPending(const QString& path) const;

 signals:
  void changed();

 private:
  FrameSource& m_source;
  std::map<QString, std::unique_ptr<const Waveform>> m_known;
  std::map<quint64, QString> m_pending;
  std::set<QString> m_failed;
};

}  // namespace pai::app
