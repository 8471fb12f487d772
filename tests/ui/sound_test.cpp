// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>
#include <cmath>
#include <ctime>

#include <QDialog>
#include <QLibrary>
#include <QPainter>
#include <QSettings>
#include <QSlider>
#include <QTest>

#include "app/studio/sound_backend.h"
#include "tests/ui/studio_fixture.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/sound_meter.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

/// A device whose clock a test turns by hand; what it is given is kept.
struct HandTurned {
  std::shared_ptr<app::SoundStream> stream;
  std::vector<std::int16_t> heard;  // one ear
  int starts = 0, stops = 0;
  double volume = 1.0;
  bool gone = false;  // there is no device
  std::optional<double> seconds() const { return gone ? std::nullopt : std::optional(static_cast<double>(heard.size()) / core::kSoundRate); }
  /// The device plays on by so much.
  void turn(double by) {
    std::vector<std::int16_t> samples(static_cast<std::size_t>(by * core::kSoundRate) * 2);
    stream->take(samples.data(), static_cast<std::int64_t>(samples.size() / 2));
    for (std::size_t i = 0; i < samples.size(); i += 2) heard.push_back(samples[i]);
  }
};

class HandTurnedOutput : public app::SoundOutput {
 public:
  explicit HandTurnedOutput(std::shared_ptr<HandTurned> state) : m_state(std::move(state)) {}
  void start(std::shared_ptr<app::SoundStream> stream) override {
    m_state->stream = std::move(stream);
    m_state->heard.clear();
    ++m_state->starts;
  }
  void stop() override {
    m_state->stream.reset();
    ++m_state->stops;
  }
  void setVolume(double volume) override { m_state->volume = volume; }
  std::optional<double> heardSeconds() const override { return m_state->seconds(); }

 private:
  std::shared_ptr<HandTurned> m_state;
};

class SoundTest : public StudioTest {
 protected:
  SoundTest() : SoundTest(std::make_shared<HandTurned>()) {}
  explicit SoundTest(std::shared_ptr<HandTurned> made) : StudioTest(std::make_unique<HandTurnedOutput>(made)), device(std::move(made)) {
    QSettings().remove("sound");
    source->clipsHaveSound = true;
    importClip();
  }
  /// Lets the device play on in small steps, the event loop turning between them.
  void turn(double seconds) {
    for (double done = 0.0; done < seconds - 1e-9; done += 0.05) {
      device->turn(0.05);
      turnFor(15);
    }
  }
  std::int64_t frame() const { return studio->playback().frame().value; }
  std::shared_ptr<HandTurned> device;
};

TEST_F(SoundTest, isTheClockOfThePicturesWhileItPlays) {
  studio->actions().play->trigger();
  ASSERT_TRUE(waitUntil([this] { return device->stream != nullptr; }));
  turnFor(200);
  EXPECT_EQ(frame(), 0) << "nothing was heard yet";
  turn(0.5);
  EXPECT_TRUE(waitUntil([this] { return frame() == 12; }, 2000)) << frame();
  turnFor(200);
  EXPECT_EQ(frame(), 12) << "the device stands still";
}

TEST_F(SoundTest, whatIsHeardBelongsToTheFramesThatAreShown) {
  studio->playback().seek(24);
  studio->actions().play->trigger();
  ASSERT_TRUE(waitUntil([this] { return device->stream != nullptr; }));
  turn(1.0);
  ASSERT_EQ(device->heard.size(), 48000u);
  for (const std::size_t at : {std::size_t{0}, std::size_t{11999}, std::size_t{12000}, std::size_t{30000}, std::size_t{47999}})
    EXPECT_EQ(device->heard[at], static_cast<std::int16_t>((48000 + at) % 30000 + 1)) << at;
}

TEST_F(SoundTest, runsThroughALoopWithoutAGapAndThePicturesWithIt) {
  studio->playback().setMarked({{12}, {24}});
  studio->playback().seek(12);
  studio->actions().play->trigger();
  ASSERT_TRUE(waitUntil([this] { return device->stream != nullptr; }));
  turn(1.25);
  EXPECT_EQ(device->starts, 1);
  EXPECT_EQ(device->heard[23999], (47999 % 30000) + 1);
  EXPECT_EQ(device->heard[24000], 24001) << "the loop begins again at frame 12";
  EXPECT_TRUE(waitUntil([this] { return frame() == 12 + 30 % 12; }, 2000)) << frame();
}

TEST_F(SoundTest, isSilentInShuttleAndBackwards) {
  studio->actions().playForward->trigger();
  ASSERT_TRUE(waitUntil([this] { return device->stream != nullptr; }));
  studio->actions().playForward->trigger();  // twice as fast
  EXPECT_EQ(device->stream, nullptr);
  studio->playback().pause();
  studio->actions().playBackward->trigger();
  turnFor(30);
  EXPECT_EQ(device->stream, nullptr);
  EXPECT_TRUE(studio->playback().isPlaying());
}

TEST_F(SoundTest, endsWithThePicturesAndBeginsAgainWhereTheyArePut) {
  studio->actions().play->trigger();
  ASSERT_TRUE(waitUntil([this] { return device->stream != nullptr; }));
  studio->playback().seek(48);
  ASSERT_TRUE(waitUntil([this] { return device->stream != nullptr && device->starts == 2; }));
  device->turn(0.1);
  EXPECT_EQ(device->heard.front(), 96000 % 30000 + 1);
  studio->actions().pause->trigger();
  EXPECT_EQ(device->stream, nullptr);
}

TEST_F(SoundTest, withoutADeviceThePicturesPlayByTheWallClockAndNothingIsSaid) {
  device->gone = true;
  studio->actions().play->trigger();
  ASSERT_TRUE(waitUntil([this] { return frame() > 12; }, 3000));
  EXPECT_TRUE(studio->messages().findChildren<QDialog*>().isEmpty());
}

TEST_F(SoundTest, volumeAndMuteReachTheDeviceAndAreRemembered) {
  auto* slider = studio->viewer().findChild<QSlider*>("volume");
  ASSERT_NE(slider, nullptr);
  slider->setValue(40);
  EXPECT_NEAR(device->volume, 0.4, 1e-6);
  studio->actions().mute->trigger();
  EXPECT_EQ(device->volume, 0.0);
  EXPECT_FALSE(slider->isEnabled());
  EXPECT_NEAR(QSettings().value("sound/volume").toDouble(), 0.4, 1e-6);
  EXPECT_TRUE(QSettings().value("sound/muted").toBool());
  studio->actions().mute->trigger();
  EXPECT_NEAR(device->volume, 0.4, 1e-6);
}

/// A picture of the sound lane.
QImage laneOf(Studio& studio) {
  QImage image(studio.timeline().size(), QImage::Format_RGB32);
  studio.timeline().render(&image);
  const int bottom = studio.timeline().referenceLanePoint(0).y() - 38;
  return image.copy(TimelineView::kHeaderWidth, bottom - 36, image.width() - TimelineView::kHeaderWidth, 34);
}

/// Bright points of a column.
int brightIn(const QImage& image, int x) {
  int count = 0;
  for (int y = 0; y < image.height(); ++y) count += qGray(image.pixel(x, y)) > 100;
  return count;
}

TEST_F(SoundTest, theLaneShowsLoudAndQuietPlacesAtEveryZoom) {
  turnFor(50);
  for (int zoom = 0; zoom < 3; ++zoom) {
    const QImage lane = laneOf(*studio);
    int most = 0, least = 1000;
    for (int x = 0; x < lane.width() - 10; ++x) {
      const double f = studio->timeline().geometryOfFrames().firstFrame() + x / studio->timeline().geometryOfFrames().pixelsPerFrame();
      if (f < 1 || f > 95) continue;
      most = std::max(most, brightIn(lane, x));
      least = std::min(least, brightIn(lane, x));
    }
    EXPECT_GE(most, 20) << zoom;
    EXPECT_LE(least, 6) << zoom;
    for (int i = 0; i < 3; ++i) studio->timeline().zoomIn();
  }
}

TEST_F(StudioTest, withoutSoundTheTimelineHasNoLaneForIt) {
  importClip();
  const int without = studio->timeline().sizeHint().height();
  source->clipsHaveSound = true;
  dropFiles(*studio, {folder.filePath("second.mov")}, QPoint(400, 400));
  turnFor(50);
  dropFiles(studio->timeline(), {folder.filePath("third.mov")}, QPoint(500, 60));
  ASSERT_TRUE(waitUntil([this] { return studio->document().project().shots.size() == 2; }));
  EXPECT_EQ(studio->timeline().sizeHint().height(), without + 37);
}

TEST_F(SoundTest, paintingItKeepsSixtyFramesASecond) {
  turnFor(50);
  QImage image(QSize(3840, 400), QImage::Format_RGB32);
  studio->timeline().resize(3840, 400);
  studio->timeline().render(&image);
  const std::clock_t begin = std::clock();
  for (int i = 0; i < 20; ++i) {
    i % 2 ? studio->timeline().zoomIn() : studio->timeline().zoomOut();
    studio->timeline().render(&image);
  }
  const double ms = 1000.0 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / 20;
  std::printf("a paint of the timeline with sound, 3840 pixels wide: %.1f ms of processor time\n", ms);
  EXPECT_LT(ms, 1000.0 / 60.0);
}

TEST(WaveformsBytes, stayWithinTheirBoundAndTheLatestDrawnStay) {
  FakeFrameSource source;
  app::Waveforms probe(source);
  probe.get("a.mov");
  ASSERT_TRUE(waitUntil([&] { return probe.get("a.mov") != nullptr; }));
  const std::size_t one = probe.bytes();
  ASSERT_GT(one, 0u);
  app::Waveforms waves(source, nullptr, one * 5 / 2);
  for (const char* name : {"a.mov", "b.mov", "c.mov"}) {
    waves.get(name);
    ASSERT_TRUE(waitUntil([&] { return waves.get(name) != nullptr; }));
  }
  EXPECT_LE(waves.bytes(), one * 5 / 2);
  EXPECT_EQ(waves.get("a.mov"), nullptr) << "drawn longest ago";
  EXPECT_NE(waves.get("c.mov"), nullptr);
}

TEST_F(SoundTest, theMetersShowWhatIsHeardWhileItPlaysWhateverTheVolume) {
  SoundMeter& meter = studio->viewer().meter();
  EXPECT_TRUE(meter.isVisible());
  EXPECT_FALSE(meter.isRunning());
  studio->actions().mute->setChecked(true);
  studio->actions().play->trigger();
  ASSERT_TRUE(waitUntil([this] { return device->stream != nullptr; }));
  EXPECT_TRUE(meter.isRunning());
  turn(0.4);  // samples up to 19,201 of 32,767
  ASSERT_TRUE(waitUntil([&] { return meter.ear(0).highest() > -6.0; }, 2000)) << meter.ear(0).highest();
  EXPECT_LT(meter.ear(1).highest(), 20.0 * std::log10(19300.0 / 32767.0));
  EXPECT_FALSE(meter.ear(0).clipped());
  studio->actions().pause->trigger();
  EXPECT_FALSE(meter.isRunning());
  EXPECT_EQ(meter.ear(0).level(), MeterBallistics::kFloor);
  EXPECT_TRUE(meter.accessibleDescription().startsWith("Highest peak −")) << meter.accessibleDescription().toStdString();
  meter.setFocus();
  QTest::keyClick(&meter, Qt::Key_Return);
  EXPECT_EQ(meter.ear(0).highest(), MeterBallistics::kFloor);
  studio->actions().mute->setChecked(false);
  studio->actions().meters->trigger();
  EXPECT_FALSE(meter.isVisible());
  studio->actions().meters->trigger();
  EXPECT_TRUE(meter.isVisible());
}

TEST_F(StudioTest, withoutSoundThereAreNoMeters) {
  importClip();
  EXPECT_FALSE(studio->viewer().meter().isVisible());
}

TEST(MeterBallisticsTest, risesAtOnceFallsSlowlyHoldsItsPeakAndMarksClipping) {
  MeterBallistics ear;
  ear.take(0.5, 0.03);
  EXPECT_NEAR(ear.level(), -6.02, 0.01);
  for (int i = 0; i < 30; ++i) ear.take(0.0, 0.03);
  EXPECT_NEAR(ear.level(), -6.02 - 18.0, 0.01);
  EXPECT_NEAR(ear.hold(), -6.02, 0.01);
  for (int i = 0; i < 30; ++i) ear.take(0.0, 0.03);
  EXPECT_LT(ear.hold(), -30.0);
  EXPECT_NEAR(ear.highest(), -6.02, 0.01);
  EXPECT_FALSE(ear.clipped());
  ear.take(1.0, 0.03);
  ear.take(0.0, 0.03);
  EXPECT_TRUE(ear.clipped());
  ear.rest();
  EXPECT_EQ(ear.level(), MeterBallistics::kFloor);
  EXPECT_TRUE(ear.clipped());
  ear.reset();
  EXPECT_FALSE(ear.clipped());
}

TEST(SoundStreamTest, peaksBelongToThePlacesTheyWereTakenFrom) {
  app::SoundStream stream;
  std::vector<std::int16_t> samples(2 * 48000, 100);
  samples[2 * 24000] = -32768;     // left
  samples[2 * 36000 + 1] = 20000;  // right
  stream.put(0, QByteArray(reinterpret_cast<const char*>(samples.data()), static_cast<qsizetype>(samples.size() * sizeof(std::int16_t))));
  std::vector<std::int16_t> heard(2 * 1000);
  for (int i = 0; i < 48; ++i) stream.take(heard.data(), 1000);
  EXPECT_EQ(stream.peak(23000, 25000), (app::SoundPeak{32768, 100}));
  EXPECT_EQ(stream.peak(25000, 35000), (app::SoundPeak{100, 100}));
  EXPECT_EQ(stream.peak(35000, 37000), (app::SoundPeak{100, 20000}));
  EXPECT_EQ(stream.peak(48000, 96000), (app::SoundPeak{0, 0})) << "not taken yet";
}

/// Whether a device asked for sound or said that there is none.
class AnsweredFeed : public studio::SoundFeed {
 public:
  void fetch(std::int16_t* to, std::int64_t count, std::int64_t) override {
    std::fill_n(to, count * core::kSoundChannels, std::int16_t{0});
    answered = true;
  }
  void fail() override { answered = true; }
  std::atomic<bool> answered{false};
};

TEST(SoundModule, isThereAndEitherPlaysOrSaysThatNothingDoes) {
  const auto make = reinterpret_cast<studio::MakeSoundBackend>(
      QLibrary::resolve(QStringLiteral(PAI_BIN_DIR "/") + QString::fromLatin1(studio::kSoundModule), studio::kMakeSoundBackend));
  ASSERT_NE(make, nullptr);
  const std::unique_ptr<studio::SoundBackend> backend(make());
  const auto feed = std::make_shared<AnsweredFeed>();
  backend->start(feed);
  EXPECT_TRUE(waitUntil([&] { return feed->answered.load(); }));
  backend->stop();
}

}  // namespace
}  // namespace pai::ui
