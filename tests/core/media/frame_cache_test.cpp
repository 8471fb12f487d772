// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/frame_cache.h"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>

#include "core/media/byte_cache.h"
#include "core/media/proxy.h"
#include "media_test_support.h"

namespace pai::core::test {
namespace {

class FrameCacheTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_OK(writeCodes(m_clip, optionsFor(Codec::kH264, 128, 96), 0, 60)); }

  /// Asks and waits.
  int codeOf(FrameCache& cache, std::int64_t frame, int fit = 0) {
    std::mutex mutex;
    std::condition_variable done;
    int code = -1;
    cache.request({m_clip, frame, fit, fit * 9 / 16}, [&](const FrameCache::Key&, const Result<PicturePtr>& picture) {
      const std::lock_guard lock(mutex);
      code = picture ? frameCode(**picture) : -2;
      done.notify_all();
    });
    std::unique_lock lock(mutex);
    done.wait(lock, [&] { return code != -1; });
    return code;
  }
  bool appears(const FrameCache& cache, std::int64_t frame) {
    for (int i = 0; i < 500; ++i) {
      if (cache.find({m_clip, frame, 0, 0})) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  TemporaryFolder m_folder;
  std::string m_clip = m_folder.path("clip.mp4");
};

TEST_F(FrameCacheTest, givesTheFramesAskedFor) {
  FrameCache cache(64 << 20);
  for (const int frame : {0, 59, 30, 31, 7, 30}) EXPECT_EQ(codeOf(cache, frame), frame);
  EXPECT_EQ(codeOf(cache, 60), -2);
}

TEST_F(FrameCacheTest, readsAheadInTheDirectionOfTravel) {
  FrameCache cache(64 << 20);
  codeOf(cache, 10);
  codeOf(cache, 11);
  EXPECT_TRUE(appears(cache, 15));
  codeOf(cache, 40);
  codeOf(cache, 39);
  EXPECT_TRUE(appears(cache, 35));
}

TEST_F(FrameCacheTest, staysWithinItsBytes) {
  const std::size_t frameBytes = 128 * 96 * 3;
  FrameCache cache(20 * frameBytes);
  for (int frame = 0; frame < 60; ++frame) {
    EXPECT_EQ(codeOf(cache, frame), frame);
    EXPECT_LE(cache.bytes(), 20 * frameBytes);
  }
}

TEST_F(FrameCacheTest, everyRequestIsAnsweredOnceInOrder) {
  std::mutex mutex;
  std::vector<std::int64_t> answers;
  {
    FrameCache cache(64 << 20);
    for (const int frame : {5, 50, 6, 6, 0})
      cache.request({m_clip, frame, 0, 0}, [&](const FrameCache::Key& key, const Result<PicturePtr>& picture) {
        const std::lock_guard lock(mutex);
        answers.push_back(key.frame);
        if (picture) EXPECT_EQ(frameCode(**picture), key.frame);
        else EXPECT_EQ(picture.error().code, ErrorCode::kCancelled);
      });
    EXPECT_EQ(codeOf(cache, 55), 55);
  }
  EXPECT_EQ(answers, (std::vector<std::int64_t>{5, 50, 6, 6, 0}));
}

TEST_F(FrameCacheTest, whatWaitsCanBeTakenBack) {
  FrameCache cache(64 << 20);
  std::mutex mutex;
  mutex.lock();  // holds the cache's thread in the first answer
  cache.request({m_clip, 1, 0, 0}, [&](const FrameCache::Key&, const Result<PicturePtr>&) { const std::lock_guard lock(mutex); });
  bool answered = false;
  cache.request({m_clip, 2, 0, 0}, [&](const FrameCache::Key&, const Result<PicturePtr>&) { answered = true; }, 7);
  EXPECT_TRUE(cache.cancel(7));
  EXPECT_FALSE(cache.cancel(7));
  mutex.unlock();
  EXPECT_EQ(codeOf(cache, 3), 3);
  EXPECT_FALSE(answered);
}

TEST_F(FrameCacheTest, aReaderStopsOnTheWayToAFrameAndGoesOnFromThere) {
  const auto reader = ClipReader::open(m_clip);
  ASSERT_OK(reader);
  const auto codeAt = [&](std::int64_t frame) {
    const auto picture = (*reader)->read({frame});
    return picture ? frameCode(**picture) : picture.error().code == ErrorCode::kCancelled ? -1 : -2;
  };
  EXPECT_EQ(codeAt(3), 3);
  StopToken stop;
  (*reader)->setStop(stop);
  stop.request();
  EXPECT_EQ(codeAt(40), -1);
  EXPECT_EQ(codeAt(3), 3) << "what is there is given";
  (*reader)->setStop({});
  for (const std::int64_t frame : {40, 5, 59}) EXPECT_EQ(codeAt(frame), frame);
}

TEST_F(FrameCacheTest, whatIsBeingReadIsStoppedAndTheNextIsRight) {
  ASSERT_OK(writeCodes(m_clip, optionsFor(Codec::kH264, 640, 368), 0, 100));
  int stopped = 0;
  for (int attempt = 0; attempt < 30; ++attempt) {
    FrameCache cache(64 << 20);
    std::mutex mutex;
    std::condition_variable done;
    std::optional<Result<PicturePtr>> answer;
    cache.request({m_clip, 90, 0, 0}, [&](const FrameCache::Key&, const Result<PicturePtr>& picture) {
      const std::lock_guard lock(mutex);
      answer = picture;
      done.notify_all();
    }, 7);
    std::this_thread::sleep_for(std::chrono::milliseconds(2 * attempt));
    if (cache.cancel(7)) continue;  // it had not begun
    std::unique_lock lock(mutex);
    ASSERT_TRUE(done.wait_for(lock, std::chrono::seconds(20), [&] { return answer.has_value(); }));
    EXPECT_TRUE(answer->ok() || answer->error().code == ErrorCode::kCancelled);
    stopped += *answer ? 0 : 1;
    lock.unlock();
    EXPECT_EQ(codeOf(cache, 90), 90);
  }
  EXPECT_GT(stopped, 0);
}

TEST_F(FrameCacheTest, framesOfProxySizeComeFromTheProxy) {
  const std::string proxy = m_folder.path("proxy.mov");
  ASSERT_OK(writeCodes(proxy, optionsFor(Codec::kProRes422Hq, 128, 96), 100, 60));
  FrameCache cache(64 << 20);
  cache.useProxy(m_clip, proxy);
  EXPECT_EQ(codeOf(cache, 3), 3);
  EXPECT_EQ(codeOf(cache, 3, 960), 103);
  EXPECT_EQ(codeOf(cache, 4, 1920), 4);
  cache.forget(m_clip);
  EXPECT_EQ(codeOf(cache, 3, 960), 3);
  cache.useProxy(m_clip, m_folder.path("gone.mov"));
  EXPECT_EQ(codeOf(cache, 5, 960), 5);
}

TEST_F(FrameCacheTest, endsWhileRequestsWait) {
  int answers = 0;
  for (int i = 0; i < 20; ++i) {
    FrameCache cache(1 << 20);
    cache.request({m_clip, 50, 0, 0}, [&](const FrameCache::Key&, const Result<PicturePtr>&) { ++answers; });
  }
  EXPECT_EQ(answers, 20);
}

TEST(ByteCacheTest, dropsTheLeastRecentlyUsed) {
  ByteCache<int, int> cache(30);
  for (int i = 0; i < 3; ++i) cache.insert(i, i * 10, 10);
  EXPECT_EQ(cache.find(0), 0);
  cache.insert(3, 30, 10);
  EXPECT_FALSE(cache.contains(1));
  EXPECT_TRUE(cache.contains(0));
  cache.insert(4, 40, 100);  // larger than everything: kept alone
  EXPECT_EQ(cache.size(), 1u);
  cache.setMaxBytes(50);
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(Proxies, holdTheSameFramesSmaller) {
  const TemporaryFolder folder;
  ASSERT_OK(writeCodes(folder.path("big.mp4"), optionsFor(Codec::kH264, 1920, 1088), 0, 8));
  double last = 0.0;
  ASSERT_OK(makeProxy(folder.path("big.mp4"), folder.path("proxies/p.mov"), StopToken(), [&](double f) { last = f; }));
  EXPECT_EQ(last, 1.0);
  const auto reader = ClipReader::open(folder.path("proxies/p.mov"));
  ASSERT_OK(reader);
  EXPECT_EQ((*reader)->info().frames, 8);
  EXPECT_LE((*reader)->info().width, kProxyWidth);
  EXPECT_LE((*reader)->info().height, kProxyHeight);
  for (const int frame : {7, 0, 4}) {
    const auto picture = (*reader)->read({frame});
    ASSERT_OK(picture);
    int code = 0;
    for (int bit = 0; bit < 8; ++bit)
      code = code * 2 + (sampleAt(**picture, (*picture)->width() * (2 * bit + 1) / 16, 3, 1) > 0.5 ? 1 : 0);
    EXPECT_EQ(code, frame);
  }
}

TEST(Proxies, areFoundByContentAndMadeOnce) {
  const TemporaryFolder folder;
  ::setenv("PAI_CACHE_DIR", folder.path("cache").c_str(), 1);
  ASSERT_OK(writeCodes(folder.path("a.mp4"), optionsFor(Codec::kH264, 128, 96), 0, 8));
  std::filesystem::copy_file(folder.path("a.mp4"), folder.path("b.mp4"));
  int steps = 0;
  const auto made = proxyOf(folder.path("a.mp4"), StopToken(), [&](double) { ++steps; });
  ASSERT_OK(made);
  EXPECT_EQ(steps, 8);
  EXPECT_EQ(std::filesystem::path(*made).parent_path(), folder.path("cache") + "/proxies");
  const std::string left = folder.path("cache") + "/proxies/." + std::filesystem::path(*made).filename().string() + ".999999999-1.part";
  std::filesystem::rename(*made, left);  // as a killed run leaves it
  ASSERT_OK(proxyOf(folder.path("a.mp4"), StopToken(), [&](double) { ++steps; }));
  EXPECT_EQ(steps, 16);
  EXPECT_FALSE(std::filesystem::exists(left));
  const auto same = proxyOf(folder.path("b.mp4"), StopToken(), [&](double) { ++steps; });
  ASSERT_OK(same);
  EXPECT_EQ(*same, *made);
  EXPECT_EQ(steps, 16);
  ::unsetenv("PAI_CACHE_DIR");
}

TEST(Proxies, leaveNothingWhenGivenUp) {
  const TemporaryFolder folder;
  ASSERT_OK(writeCodes(folder.path("a.mp4"), optionsFor(Codec::kH264, 128, 96), 0, 8));
  StopToken stop;
  const Status made = makeProxy(folder.path("a.mp4"), folder.path("proxies/p.mov"), stop, [&](double f) { if (f > 0.4) stop.request(); });
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, ErrorCode::kCancelled);
  EXPECT_THAT(folder.names(), testing::ElementsAre("a.mp4", "proxies"));
  EXPECT_EQ(proxyPathFor("../../etc/passwd"), "");
}

}  // namespace
}  // namespace pai::core::test
