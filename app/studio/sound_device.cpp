// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/sound_device.h"

#include <atomic>
#include <chrono>

#include <QAudioDevice>
#include <QAudioSink>
#include <QIODevice>
#include <QMediaDevices>
#include <QThread>

namespace pai::studio {
namespace {

using Clock = std::chrono::steady_clock;

constexpr qsizetype kSampleBytes = core::kSoundChannels * sizeof(std::int16_t);
constexpr qsizetype kBufferBytes = core::kSoundRate / 10 * kSampleBytes;
constexpr double kLongestStall = 0.5;  // seconds for which the clock runs on between two fetches of the device

std::int64_t nowNs() { return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count(); }

/// How far a stream was heard, told by the device's thread at each fetch.
struct Mark {
  std::atomic<std::int64_t> fetchedAtNs{0};  // 0: nothing yet
  std::atomic<std::int64_t> heardSamples{0};
  std::atomic<bool> broken{false};
};

/// What the device fetches from.
class Feed : public QIODevice {
 public:
  Feed(std::shared_ptr<app::SoundStream> stream, std::shared_ptr<Mark> mark) : m_stream(std::move(stream)), m_mark(std::move(mark)) {
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
  }
  void setSink(const QAudioSink* sink) { m_sink = sink; }
  bool isSequential() const override { return true; }
  qint64 bytesAvailable() const override { return kBufferBytes; }

 protected:
  qint64 readData(char* to, qint64 most) override {
    const qint64 samples = most / kSampleBytes;
    const qint64 waiting = m_sink ? std::max<qint64>(0, m_sink->bufferSize() - m_sink->bytesFree()) / kSampleBytes : 0;
    m_mark->heardSamples = std::max<std::int64_t>(0, m_stream->taken() - waiting);
    m_mark->fetchedAtNs = nowNs();
    m_stream->take(reinterpret_cast<std::int16_t*>(to), samples);
    return samples * kSampleBytes;
  }
  qint64 writeData(const char*, qint64) override { return -1; }

 private:
  std::shared_ptr<app::SoundStream> m_stream;
  std::shared_ptr<Mark> m_mark;
  const QAudioSink* m_sink = nullptr;
};

/// The device in its thread.
class Player : public QObject {
 public:
  void start(std::shared_ptr<app::SoundStream> stream, const std::shared_ptr<Mark>& mark) {
    stop();
    QAudioFormat format;
    format.setSampleRate(core::kSoundRate);
    format.setChannelCount(core::kSoundChannels);
    format.setSampleFormat(QAudioFormat::Int16);
    const QAudioDevice device = QMediaDevices::defaultAudioOutput();
    if (device.isNull()) {
      mark->broken = true;
      return;
    }
    m_feed = std::make_unique<Feed>(std::move(stream), mark);
    m_sink = std::make_unique<QAudioSink>(device, format);
    m_sink->setBufferSize(kBufferBytes);
    m_sink->setVolume(m_gain);
    m_feed->setSink(m_sink.get());
    m_sink->start(m_feed.get());
    if (m_sink->error() != QAudio::NoError) mark->broken = true;
  }
  void stop() {
    if (m_sink) m_sink->stop();
    m_sink.reset();
    m_feed.reset();
  }
  void setGain(double gain) {
    m_gain = gain;
    if (m_sink) m_sink->setVolume(gain);
  }

 private:
  std::unique_ptr<Feed> m_feed;
  std::unique_ptr<QAudioSink> m_sink;
  double m_gain = 1.0;
};

class Device final : public app::SoundOutput {
 public:
  ~Device() override {
    if (!m_player) return;
    stop();
    m_player->deleteLater();
    m_thread.quit();
    m_thread.wait();
  }
  void start(std::shared_ptr<app::SoundStream> stream) override {
    if (!m_player) {
      m_player = new Player;
      m_player->moveToThread(&m_thread);
      m_thread.setObjectName(QStringLiteral("sound"));
      m_thread.start(QThread::HighPriority);
      setVolume(m_volume);
    }
    m_mark = std::make_shared<Mark>();
    m_startedNs = nowNs();
    ask([player = m_player, stream, mark = m_mark] { player->start(stream, mark); });
  }
  void stop() override {
    m_mark.reset();
    if (m_player) ask([player = m_player] { player->stop(); });
  }
  void setVolume(double volume) override {
    m_volume = volume;
    if (m_player) ask([player = m_player, gain = volume * volume * volume] { player->setGain(gain); });
  }
  std::optional<double> heardSeconds() const override {
    if (!m_mark || m_mark->broken) return std::nullopt;
    const std::int64_t now = nowNs(), fetched = m_mark->fetchedAtNs;
    // A device that does not begin to fetch is none.
    if (fetched == 0) return static_cast<double>(now - m_startedNs) * 1e-9 > kLongestStall ? std::nullopt : std::optional(0.0);
    const double since = std::min(kLongestStall, static_cast<double>(now - fetched) * 1e-9);
    return static_cast<double>(m_mark->heardSamples) / core::kSoundRate + std::max(0.0, since);
  }

 private:
  template <typename Work>
  void ask(Work work) {
    QMetaObject::invokeMethod(m_player, std::move(work), Qt::QueuedConnection);
  }
  QThread m_thread;
  Player* m_player = nullptr;
  std::shared_ptr<Mark> m_mark;
  std::int64_t m_startedNs = 0;
  double m_volume = 1.0;
};

}  // namespace

std::unique_ptr<app::SoundOutput> makeSoundDevice() { return std::make_unique<Device>(); }

}  // namespace pai::studio
