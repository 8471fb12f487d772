// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/sound_reader.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "core/media/proxy.h"
#include "tests/core/media/media_test_support.h"

namespace pai::core::test {
namespace {

/// Three seconds of 25 pictures with a burst of sound from 1.0 s to 1.1 s in one ear; `more` are further words for ffmpeg.
std::string clipWithBurst(const TemporaryFolder& folder, const std::string& name, const std::string& more) {
  const std::string path = folder.path(name);
  EXPECT_TRUE(run("ffmpeg -v error -y -f lavfi -i testsrc2=s=64x64:r=25:d=3 -f lavfi -i \"aevalsrc='0.8*sin(6283*t)*between(t,1,1.1)|0':s=48000:d=3\" " +
                  more + " " + path));
  return path;
}

int loudest(const std::vector<std::int16_t>& samples, std::size_t from, std::size_t to) {
  int most = 0;
  for (std::size_t i = from; i < to; ++i) most = std::max(most, std::abs(int{samples[i]}));
  return most;
}

/// First sample (of each channel) louder than a quarter of full scale.
std::int64_t firstLoud(const std::vector<std::int16_t>& samples) {
  const auto found = std::find_if(samples.begin(), samples.end(), [](std::int16_t s) { return std::abs(int{s}) > 8000; });
  return (found - samples.begin()) / kSoundChannels;
}

TEST(Sound, standsWhereThePicturesAreWhateverTheCodecAndRate) {
  const TemporaryFolder folder;
  for (const auto& [name, codec, tolerance] : {std::tuple("pcm.mov", "-c:v mpeg4 -c:a pcm_s16le", 20), std::tuple("pcm44.mov", "-c:v mpeg4 -ar 44100 -c:a pcm_s24le", 24),
                                               std::tuple("aac.mp4", "-c:v libx264 -c:a aac -b:a 192k", 300), std::tuple("opus.mkv", "-c:v mpeg4 -c:a libopus", 400)}) {
    auto reader = SoundReader::open(clipWithBurst(folder, name, codec));
    ASSERT_OK(reader);
    EXPECT_NEAR(static_cast<double>((*reader)->lengthSamples()), 3.0 * kSoundRate, 0.05 * kSoundRate) << name;
    auto samples = (*reader)->read(0, 3 * kSoundRate);
    ASSERT_OK(samples);
    EXPECT_NEAR(static_cast<double>(firstLoud(*samples)), kSoundRate, tolerance) << name;
    EXPECT_LT(loudest(*samples, static_cast<std::size_t>(2.4 * kSoundRate), samples->size()), 600) << name;
  }
}

TEST(Sound, aJumpGivesTheSamplesThatReadingThroughGives) {
  const TemporaryFolder folder;
  const std::string path = clipWithBurst(folder, "jump.mov", "-c:v mpeg4 -c:a pcm_s16le");
  auto through = SoundReader::open(path), jumping = SoundReader::open(path);
  ASSERT_OK(through);
  ASSERT_OK(jumping);
  const auto all = (*through)->read(0, 3 * kSoundRate);
  ASSERT_OK(all);
  for (const std::int64_t begin : {100'000LL, 47'000LL, 0LL, 48'123LL, 140'000LL, 50'000LL}) {
    const auto part = (*jumping)->read(begin, 4000);
    ASSERT_OK(part);
    EXPECT_TRUE(std::equal(part->begin(), part->end(), all->begin() + begin * kSoundChannels)) << begin;
  }
}

TEST(Sound, isSilenceBeforeAndAfterTheClip) {
  const TemporaryFolder folder;
  auto reader = SoundReader::open(clipWithBurst(folder, "ends.mov", "-c:v mpeg4 -c:a pcm_s16le"));
  ASSERT_OK(reader);
  for (const std::int64_t begin : {-5000LL, 144'000LL, 10'000'000LL}) {
    const auto samples = (*reader)->read(begin, 4000);
    ASSERT_OK(samples);
    ASSERT_EQ(samples->size(), 8000u);
    EXPECT_EQ(loudest(*samples, 0, samples->size()), 0) << begin;
  }
  EXPECT_EQ((*reader)->read(0, 61LL * kSoundRate).error().code, ErrorCode::kUsage);
}

TEST(Sound, aClipWithoutSoundSaysSo) {
  const TemporaryFolder folder;
  const auto reader = SoundReader::open(clipWithBurst(folder, "mute.mov", "-an -c:v mpeg4"));
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().code, ErrorCode::kFormatUnsupported);
}

TEST(Sound, peaksShowTheBurstAndAreKeptByContent) {
  const TemporaryFolder folder;
  ::setenv("PAI_CACHE_DIR", folder.path("cache").c_str(), 1);
  const std::string path = clipWithBurst(folder, "peaks.mov", "-c:v mpeg4 -c:a pcm_s16le");
  double told = 0.0;
  const auto peaks = peaksOf(path, {}, [&told](double fraction) {
    EXPECT_GE(fraction, told);
    told = fraction;
  });
  ASSERT_OK(peaks);
  EXPECT_NEAR(static_cast<double>(peaks->count()), 600.0, 10.0);
  EXPECT_EQ(peaks->pairs[2 * 190], 0);
  EXPECT_NEAR(peaks->pairs[2 * 210 + 1], 0.8 * 127, 2);
  EXPECT_NEAR(peaks->pairs[2 * 210], -0.8 * 127, 2);
  EXPECT_EQ(peaks->pairs[2 * 230 + 1], 0);
  // A renamed clip has the same content: what was kept answers, even when the sound could not be measured again.
  std::filesystem::rename(path, folder.path("renamed.mov"));
  const auto again = peaksOf(folder.path("renamed.mov"), {}, {});
  ASSERT_OK(again);
  EXPECT_EQ(*again, *peaks);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path("cache/peaks")), {}), 1);
  const StopToken stop;
  stop.request();
  EXPECT_EQ(peaksOf(folder.path("renamed.mov"), stop, {}).error().code, ErrorCode::kCancelled);
  ::unsetenv("PAI_CACHE_DIR");
}

TEST(Sound, keptPeaksStayWithinTheirBytesAndTheLatestUsedStay) {
  const TemporaryFolder folder;
  using Clock = std::filesystem::file_time_type::clock;
  const auto write = [&](const std::string& name, std::size_t bytes, int minutesAgo) {
    std::ofstream(folder.path(name)) << std::string(bytes, 'x');
    std::filesystem::last_write_time(folder.path(name), Clock::now() - std::chrono::minutes(minutesAgo));
  };
  write("old.peaks", 400, 30);
  write("older.peaks", 400, 60);
  write("new.peaks", 400, 1);
  write("other.mov", 4000, 90);
  keepFolderWithin(folder.path(""), ".peaks", 900, folder.path("older.peaks"));
  EXPECT_TRUE(std::filesystem::exists(folder.path("older.peaks"))) << "the one just written";
  EXPECT_FALSE(std::filesystem::exists(folder.path("old.peaks")));
  EXPECT_TRUE(std::filesystem::exists(folder.path("new.peaks")));
  EXPECT_TRUE(std::filesystem::exists(folder.path("other.mov"))) << "of another kind";
  // An answer from what is kept counts as a use.
  ::setenv("PAI_CACHE_DIR", folder.path("cache").c_str(), 1);
  const std::string path = clipWithBurst(folder, "used.mov", "-c:v mpeg4 -c:a pcm_s16le");
  ASSERT_OK(peaksOf(path, {}, {}));
  const auto kept = std::filesystem::directory_iterator(folder.path("cache/peaks"))->path();
  std::filesystem::last_write_time(kept, Clock::now() - std::chrono::hours(5));
  ASSERT_OK(peaksOf(path, {}, {}));
  EXPECT_GT(std::filesystem::last_write_time(kept), Clock::now() - std::chrono::hours(1));
  ::unsetenv("PAI_CACHE_DIR");
}

}  // namespace
}  // namespace pai::core::test
