// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/held_pictures.h"

#include <algorithm>
#include <tuple>

namespace pai::app {

void HeldPictures::setMaxBytes(qint64 bytes) {
  m_maxBytes = bytes;
  if (!m_pictures.empty()) makeRoom(m_pictures.begin()->first.first);
}

void HeldPictures::setPlayhead(std::int64_t frame, std::int64_t frames) {
  m_frames = std::max<std::int64_t>(1, frames);
  m_playhead = std::clamp<std::int64_t>(frame, 0, m_frames - 1);
}

void HeldPictures::clear() {
  m_pictures.clear();
  m_bytes = 0;
}

std::int64_t HeldPictures::ahead(std::int64_t frame) const { return ((frame - m_playhead) % m_frames + m_frames) % m_frames; }

void HeldPictures::keep(const Kind& kind, std::int64_t frame, const QImage& image, bool final) {
  const Key key{kind, frame};
  Picture& kept = m_pictures[key];
  if (!kept.image.isNull() && kept.final && !final) return;
  m_bytes += image.sizeInBytes() - kept.image.sizeInBytes();
  kept = {image, final};
  makeRoom(kind);
}

void HeldPictures::makeRoom(Kind newest) {
  while (m_bytes > m_maxBytes && !m_pictures.empty()) {
    const auto worth = [&](const auto& entry) {
      const auto& [kind, frame] = entry.first;
      return std::tuple(kind != newest, ahead(frame));
    };
    const auto worst = std::max_element(m_pictures.begin(), m_pictures.end(),
                                        [&](const auto& a, const auto& b) { return worth(a) < worth(b); });
    m_bytes -= worst->second.image.sizeInBytes();
    m_pictures.erase(worst);
  }
}

QImage HeldPictures::find(const Kind& kind, std::int64_t frame, bool final) const {
  const auto it = m_pictures.find({kind, frame});
  return it != m_pictures.end() && (it->second.final || !final) ? it->second.image : QImage();
}

std::optional<std::int64_t> HeldPictures::nextMissing(const Kind& kind) const {
  const auto any = m_pictures.lower_bound({kind, 0});
  const qint64 each = any != m_pictures.end() && any->first.first == kind ? any->second.image.sizeInBytes() : 0;
  const std::int64_t room = each > 0 ? std::min<std::int64_t>(m_frames, m_maxBytes / each) : m_frames;
  for (std::int64_t i = 0; i < room; ++i) {
    const std::int64_t frame = (m_playhead + i) % m_frames;
    if (find(kind, frame, true).isNull()) return frame;
  }
  return std::nullopt;
}

std::vector<core::FrameRange> HeldPictures::ranges(const Kind& kind) const {
  std::vector<core::FrameRange> out;
  for (auto it = m_pictures.lower_bound({kind, 0}); it != m_pictures.end() && it->first.first == kind; ++it) {
    const core::FrameIndex frame{it->first.second};
    if (!out.empty() && out.back().end == frame) out.back().end = frame + 1;
    else out.push_back({frame, frame + 1});
  }
  return out;
}

}  // namespace pai::app
