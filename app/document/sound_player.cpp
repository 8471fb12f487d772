// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/sound_player.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace pai::app {
namespace {

constexpr std::int64_t kPiece = core::kSoundRate / 4;    // asked for at once
constexpr std::int64_t kAhead = core::kSoundRate * 3 / 2;  // kept ahead of what is heard
constexpr std::int64_t kMeasure = core::kSoundRate / 100;  // whose largest samples are kept
constexpr std::int64_t kLongestLook = core::kSoundRate / 5;
constexpr int kFeedMs = 60;
constexpr int kPatienceMs = 300;
constexpr int kMostJoins = 2;
constexpr qsizetype kSampleBytes = core::kSoundChannels * sizeof(std::int16_t);

}  // namespace

void SoundStream::put(std::int64_t at, const QByteArray& bytes) {
  std::vector<std::int16_t> samples(static_cast<std::size_t>(bytes.size() / kSampleBytes) * core::kSoundChannels);
  if (!samples.empty()) std::memcpy(samples.data(), bytes.constData(), samples.size() * sizeof(std::int16_t));
  const std::scoped_lock lock(m_mutex);
  if (at + bytes.size() / kSampleBytes > m_taken) m_pieces[at] = std::move(samples);
}

void SoundStream::take(std::int16_t* to, std::int64_t count) {
  const std::scoped_lock lock(m_mutex);
  std::memset(to, 0, static_cast<std::size_t>(count * kSampleBytes));
  const std::int64_t end = m_taken + count;
  while (!m_pieces.empty()) {
    const auto& [at, samples] = *m_pieces.begin();
    const std::int64_t pieceEnd = at + static_cast<std::int64_t>(samples.size()) / core::kSoundChannels;
    const std::int64_t from = std::max(at, m_taken), until = std::min(pieceEnd, end);
    if (until > from)
      std::copy_n(samples.begin() + (from - at) * core::kSoundChannels, (until - from) * core::kSoundChannels,
                  to + (from - m_taken) * core::kSoundChannels);
    if (pieceEnd > end) break;
    m_pieces.erase(m_pieces.begin());
  }
  measure(to, count);
  m_taken = end;
}

void SoundStream::measure(const std::int16_t* samples, std::int64_t count) {
  for (std::int64_t at = 0; at < count; at += kMeasure) {
    const std::int64_t end = std::min(count, at + kMeasure);
    Measured measured{m_taken + end, {}};
    for (std::int64_t i = at * core::kSoundChannels; i < end * core::kSoundChannels; ++i) {
      int& peak = measured.peak[static_cast<std::size_t>(i % core::kSoundChannels)];
      peak = std::max(peak, std::abs(static_cast<int>(samples[i])));
    }
    m_measured[m_nextMeasured++ % m_measured.size()] = measured;
  }
}

SoundPeak SoundStream::peak(std::int64_t from, std::int64_t to) const {
  const std::scoped_lock lock(m_mutex);
  SoundPeak peak{};
  for (const Measured& measured : m_measured) {
    if (measured.end <= from || measured.end - kMeasure >= to) continue;
    for (std::size_t ear = 0; ear < peak.size(); ++ear) peak[ear] = std::max(peak[ear], measured.peak[ear]);
  }
  return peak;
}

std::int64_t SoundStream::taken() const {
  const std::scoped_lock lock(m_mutex);
  return m_taken;
}

SoundPlayer::SoundPlayer(FrameSource& source, Playback& playback, std::unique_ptr<SoundOutput> output, QObject* parent)
    : QObject(parent), m_source(source), m_playback(playback), m_output(std::move(output)) {
  m_feed.setInterval(kFeedMs);
  connect(&m_feed, &QTimer::timeout, this, &SoundPlayer::feed);
  connect(&playback, &Playback::placed, this, &SoundPlayer::place);
  connect(&playback, &Playback::stateChanged, this, [this] {
    if (!m_playback.isPlaying()) stop();
  });
  connect(&source, &FrameSource::soundReady, this, &SoundPlayer::onSound);
  connect(&source, &FrameSource::failed, this, [this](quint64 ticket) { onMissed(ticket); });
  connect(&source, &FrameSource::cancelled, this, &SoundPlayer::onMissed);
  playback.setSoundClock([this] { return clock(); });
}

SoundPlayer::~SoundPlayer() {
  m_playback.setSoundClock({});
  if (m_output) m_output->stop();
}

void SoundPlayer::setSpans(std::vector<SoundSpan> spans) {
  if (spans == m_spans) return;
  m_spans = std::move(spans);
  emit spansChanged();
  if (m_playback.isPlaying() && m_playback.speed() == 1.0) m_playback.seek(m_playback.frame().value);
}

void SoundPlayer::setVolume(double volume) {
  m_volume = std::clamp(volume, 0.0, 1.0);
  if (m_output) m_output->setVolume(m_muted ? 0.0 : m_volume);
  emit volumeChanged();
}

void SoundPlayer::setMuted(bool muted) {
  m_muted = muted;
  setVolume(m_volume);
}

std::int64_t SoundPlayer::samplesOf(std::int64_t frames) const {
  return std::llround(m_playback.rate().secondsOf({frames}) * core::kSoundRate);
}

void SoundPlayer::stop() {
  m_feed.stop();
  for (const auto& [ticket, place] : std::exchange(m_asked, {})) m_source.cancel(ticket);
  if (m_output && m_state == State::kPlaying) m_output->stop();
  m_state = State::kSilent;
  m_stream.reset();
}

void SoundPlayer::place() {
  stop();
  if (!m_joining) m_joins = 0;
  if (!m_output || m_playback.speed() != 1.0 || m_spans.empty()) return;
  m_startFrame = m_playback.frame();
  m_stream = std::make_shared<SoundStream>();
  m_fed = m_looked = 0;
  m_state = State::kWaiting;
  m_waiting.start();
  m_feed.start();
  feed();
}

SoundPlayer::Piece SoundPlayer::pieceAt(std::int64_t streamPlace) const {
  const core::FrameRange range = m_playback.playRange();
  const std::int64_t rangeBegin = samplesOf(range.begin.value), rangeLength = samplesOf(range.end.value) - rangeBegin;
  std::int64_t at = samplesOf(m_startFrame.value) + streamPlace;
  std::int64_t room = rangeBegin + rangeLength - at;
  if (room <= 0 && m_playback.loop() && rangeLength > 0) {
    at = rangeBegin + (at - rangeBegin) % rangeLength;
    room = rangeBegin + rangeLength - at;
  }
  if (room <= 0) return {{}, 0, kPiece};
  const std::int64_t length = std::min(room, kPiece);
  for (const SoundSpan& span : m_spans) {
    const std::int64_t begin = samplesOf(span.begin), end = samplesOf(span.begin + span.length);
    if (end <= at) continue;
    if (begin > at) return {{}, 0, std::min(length, begin - at)};
    return {span.path, samplesOf(span.sourceBegin) + (at - begin), std::min(length, end - at)};
  }
  return {{}, 0, length};
}

void SoundPlayer::feed() {
  if (!m_stream) return;
  while (m_fed < m_stream->taken() + kAhead) {
    const Piece piece = pieceAt(m_fed);
    if (!piece.path.isEmpty()) m_asked[m_source.requestSound(piece.path, piece.begin, piece.length)] = m_fed;
    else if (m_fed == 0) pieceHere();
    m_fed += piece.length;
  }
}

void SoundPlayer::pieceHere() {
  if (m_state == State::kLate) {
    if (m_joins++ >= kMostJoins) return;  // sound that is late every time would hold the pictures up every time
    m_joining = true;
    m_playback.seek(m_playback.frame().value);  // sound joins where the pictures are by now
    m_joining = false;
    return;
  }
  if (m_state != State::kWaiting) return;
  m_state = State::kPlaying;
  m_output->setVolume(m_muted ? 0.0 : m_volume);
  m_output->start(m_stream);
}

void SoundPlayer::onSound(quint64 ticket, const QByteArray& samples) {
  const auto asked = m_asked.find(ticket);
  if (asked == m_asked.end()) return;
  const std::int64_t place = asked->second;
  m_asked.erase(asked);
  if (!m_stream) return;
  m_stream->put(place, samples);
  if (place == 0) pieceHere();
}

void SoundPlayer::onMissed(quint64 ticket) {
  const auto asked = m_asked.find(ticket);
  if (asked == m_asked.end()) return;
  const bool first = asked->second == 0;
  m_asked.erase(asked);
  // A clip whose sound cannot be read is silent; the pictures do not wait for it.
  if (first && m_state == State::kWaiting) pieceHere();
}

std::optional<SoundPeak> SoundPlayer::peak() {
  const std::optional<double> heard = m_state == State::kPlaying ? m_output->heardSeconds() : std::nullopt;
  if (!heard) return std::nullopt;
  const auto now = static_cast<std::int64_t>(*heard * core::kSoundRate);
  const std::int64_t from = std::clamp(m_looked, now - kLongestLook, now);
  m_looked = now;
  return m_stream->peak(from, now);
}

std::optional<double> SoundPlayer::clock() {
  if (m_state == State::kWaiting) {
    if (m_waiting.elapsed() < kPatienceMs) return 0.0;
    m_state = State::kLate;
  }
  return m_state == State::kPlaying ? m_output->heardSeconds() : std::nullopt;
}

}  // namespace pai::app
