// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <QAudioDevice>
#include <QAudioSink>
#include <QIODevice>
#include <QMediaDevices>

#include "app/studio/sound_backend.h"
#include "core/media/sound_reader.h"

namespace pai::studio {
namespace {

constexpr qsizetype kSampleBytes = core::kSoundChannels * sizeof(std::int16_t);
constexpr qsizetype kBufferBytes = core::kSoundRate / 10 * kSampleBytes;

/// What the device reads.
class FeedDevice : public QIODevice {
 public:
  explicit FeedDevice(std::shared_ptr<SoundFeed> feed) : m_feed(std::move(feed)) { open(QIODevice::ReadOnly | QIODevice::Unbuffered); }
  void setSink(const QAudioSink* sink) { m_sink = sink; }
  bool isSequential() const override { return true; }
  qint64 bytesAvailable() const override { return kBufferBytes; }

 protected:
  qint64 readData(char* to, qint64 most) override {
    const qint64 samples = most / kSampleBytes;
    const qint64 waiting = m_sink ? std::max<qint64>(0, m_sink->bufferSize() - m_sink->bytesFree()) / kSampleBytes : 0;
    m_feed->fetch(reinterpret_cast<std::int16_t*>(to), samples, waiting);
    return samples * kSampleBytes;
  }
  qint64 writeData(const char*, qint64) override { return -1; }

 private:
  std::shared_ptr<SoundFeed> m_feed;
  const QAudioSink* m_sink = nullptr;
};

class QtSound final : public SoundBackend {
 public:
  ~QtSound() override { stop(); }
  void start(std::shared_ptr<SoundFeed> feed) override {
    stop();
    QAudioFormat format;
    format.setSampleRate(core::kSoundRate);
    format.setChannelCount(core::kSoundChannels);
    format.setSampleFormat(QAudioFormat::Int16);
    const QAudioDevice device = QMediaDevices::defaultAudioOutput();
    if (device.isNull()) return feed->fail();
    m_feed = std::make_unique<FeedDevice>(feed);
    m_sink = std::make_unique<QAudioSink>(device, format);
    m_sink->setBufferSize(kBufferBytes);
    m_sink->setVolume(m_gain);
    m_feed->setSink(m_sink.get());
    m_sink->start(m_feed.get());
    if (m_sink->error() != QAudio::NoError) feed->fail();
  }
  void stop() override {
    if (m_sink) m_sink->stop();
    m_sink.reset();
    m_feed.reset();
  }
  void setGain(double gain) override {
    m_gain = gain;
    if (m_sink) m_sink->setVolume(gain);
  }

 private:
  std::unique_ptr<FeedDevice> m_feed;
  std::unique_ptr<QAudioSink> m_sink;
  double m_gain = 1.0;
};

}  // namespace
}  // namespace pai::studio

extern "C" Q_DECL_EXPORT pai::studio::SoundBackend* paiMakeSoundBackend() { return new pai::studio::QtSound; }
