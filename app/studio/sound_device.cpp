// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/sound_device.h"

#include <algorithm>
#include <atomic>
#include <chrono>

#include <QCoreApplication>
#include <QFileInfo>
#include <QLibrary>
#include <QThread>

#include "app/studio/sound_backend.h"

namespace pai::studio {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kLongestStall = 0.5;  // seconds for which the clock runs on between two fetches of the device

std::int64_t nowNs() { return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count(); }

/// A stream on its way to the device, and how far it was heard: told by the device's thread at each fetch.
class Played final : public SoundFeed {
 public:
  explicit Played(std::shared_ptr<app::SoundStream> stream) : m_stream(std::move(stream)), m_startedNs(nowNs()) {}
  void fetch(std::int16_t* to, std::int64_t count, std::int64_t waiting) override {
    m_heardSamples = std::max<std::int64_t>(0, m_stream->taken() - waiting);
    m_fetchedAtNs = nowNs();
    m_stream->take(to, count);
  }
  void fail() override { m_broken = true; }
  std::optional<double> heardSeconds() const {
    if (m_broken) return std::nullopt;
    const std::int64_t now = nowNs(), fetched = m_fetchedAtNs;
    // A device that does not begin to fetch is none.
    if (fetched == 0) return static_cast<double>(now - m_startedNs) * 1e-9 > kLongestStall ? std::nullopt : std::optional(0.0);
    const double since = std::min(kLongestStall, static_cast<double>(now - fetched) * 1e-9);
    return static_cast<double>(m_heardSamples) / core::kSoundRate + std::max(0.0, since);
  }

 private:
  std::shared_ptr<app::SoundStream> m_stream;
  const std::int64_t m_startedNs;
  std::atomic<std::int64_t> m_fetchedAtNs{0};  // 0: nothing yet
  std::atomic<std::int64_t> m_heardSamples{0};
  std::atomic<bool> m_broken{false};
};

/// The module beside the program, as built, or where it is installed.
std::unique_ptr<SoundBackend> loadBackend() {
  const QString here = QCoreApplication::applicationDirPath(), name = QString::fromLatin1(kSoundModule);
  for (const QString& path : {here + QLatin1Char('/') + name, here + QStringLiteral("/../lib/pai-studio/") + name}) {
    if (!QFileInfo::exists(path)) continue;
    if (const auto make = reinterpret_cast<MakeSoundBackend>(QLibrary::resolve(path, kMakeSoundBackend))) return std::unique_ptr<SoundBackend>(make());
  }
  return nullptr;
}

/// The device in its thread.
class Player : public QObject {
 public:
  void start(const std::shared_ptr<Played>& played) {
    if (!m_backend) m_backend = loadBackend();
    if (!m_backend) return played->fail();
    m_backend->setGain(m_gain);
    m_backend->start(played);
  }
  void stop() {
    if (m_backend) m_backend->stop();
  }
  void setGain(double gain) {
    m_gain = gain;
    if (m_backend) m_backend->setGain(gain);
  }

 private:
  std::unique_ptr<SoundBackend> m_backend;
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
    m_played = std::make_shared<Played>(std::move(stream));
    ask([player = m_player, played = m_played] { player->start(played); });
  }
  void stop() override {
    m_played.reset();
    if (m_player) ask([player = m_player] { player->stop(); });
  }
  void setVolume(double volume) override {
    m_volume = volume;
    if (m_player) ask([player = m_player, gain = volume * volume * volume] { player->setGain(gain); });
  }
  std::optional<double> heardSeconds() const override { return m_played ? m_played->heardSeconds() : std::nullopt; }

 private:
  template <typename Work>
  void ask(Work work) {
    QMetaObject::invokeMethod(m_player, std::move(work), Qt::QueuedConnection);
  }

  QThread m_thread;
  Player* m_player = nullptr;  // lives in the thread
  std::shared_ptr<Played> m_played;
  double m_volume = 1.0;
};

}  // namespace

std::unique_ptr<app::SoundOutput> makeSoundDevice() { return std::make_unique<Device>(); }

}  // namespace pai::studio
