// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <chrono>
#include <fstream>
#include <thread>

#include "tests/command_line/command_line_support.h"

namespace pai::cli {
namespace {

namespace fs = std::filesystem;

class InterruptedRenderTest : public CommandLineTest {
 protected:
  std::string job() const { return path("job"); }
  std::size_t framesWritten() const {
    const std::string text = textOf(job() + "/events.jsonl");
    std::size_t n = 0;
    for (std::size_t at = 0; (at = text.find("FrameWritten", at)) != std::string::npos; ++at) ++n;
    return n;
  }
  /// Sends a signal once so many frames are written.
  std::function<void(int)> signalAfter(std::size_t frames, int number, bool group) const {
    return [this, frames, number, group, sent = false](int pid) mutable {
      if (sent || !fs::exists(job() + "/events.jsonl") || framesWritten() < frames) return;
      sent = true;
      ::kill(group ? -pid : pid, number);
    };
  }
};

TEST_F(InterruptedRenderTest, aKilledRenderGoesOnWithTheSameBits) {
  ASSERT_EQ(pai(renderArguments(path("whole.mp4"))).exitCode, 0);
  const std::string whole = textOf(path("whole.mp4"));
  ASSERT_FALSE(whole.empty());
  // Before the first frame, inside the first piece, inside the second, in the last.
  for (const std::size_t frames : {std::size_t{0}, std::size_t{20}, std::size_t{70}, std::size_t{110}}) {
    SCOPED_TRACE(frames);
    fs::remove_all(job());
    fs::remove(path("out.mp4"));
    const Ran killed = pai(renderArguments(path("out.mp4"), {"--job", job()}), signalAfter(frames, SIGKILL, false));
    EXPECT_EQ(killed.exitCode, 128 + SIGKILL);
    EXPECT_FALSE(fs::exists(path("out.mp4")));
    const Ran resumed = pai({"render", "--job", job(), "--resume"});
    ASSERT_EQ(resumed.exitCode, 0) << resumed.err;
    EXPECT_EQ(textOf(path("out.mp4")), whole);
  }
}

TEST_F(InterruptedRenderTest, theCameraIsSolvedOnceAndADamagedOneAgain) {
  ASSERT_EQ(pai(renderArguments(path("whole.mp4"))).exitCode, 0);
  const std::string whole = textOf(path("whole.mp4")), camera = job() + "/checkpoint/camera.json";
  const Ran killed = pai(renderArguments(path("out.mp4"), {"--job", job()}), signalAfter(20, SIGKILL, false));
  ASSERT_EQ(killed.exitCode, 128 + SIGKILL);
  ASSERT_TRUE(fs::exists(camera));
  fs::copy(job(), path("second"), fs::copy_options::recursive);
  const auto kept = fs::last_write_time(camera);
  const Ran resumed = pai({"render", "--job", job(), "--resume", "--json"});
  ASSERT_EQ(resumed.exitCode, 0) << resumed.err;
  EXPECT_EQ(fs::last_write_time(camera), kept) << "the camera was solved again";
  EXPECT_EQ(resumed.err.find("damaged"), std::string::npos) << resumed.err;
  EXPECT_EQ(textOf(path("out.mp4")), whole);

  fs::remove(path("out.mp4"));
  const std::string damaged = path("second") + "/checkpoint/camera.json";
  std::string text = textOf(damaged);
  text[text.size() / 2] ^= 1;
  std::ofstream(damaged, std::ios::binary) << text;
  const Ran again = pai({"render", "--job", path("second"), "--resume", "--json"});
  ASSERT_EQ(again.exitCode, 0) << again.err;
  EXPECT_NE(again.err.find("damaged"), std::string::npos) << again.err;
  EXPECT_EQ(textOf(path("out.mp4")), whole);
  EXPECT_NE(textOf(damaged), text);
}

TEST_F(InterruptedRenderTest, aKilledWorkerIsAFailedJobThatGoesOn) {
  const auto killWorker = [this, sent = false](int pid) mutable {
    if (sent || framesWritten() < 60) return;
    for (const auto& entry : fs::directory_iterator("/proc")) {
      if (!std::isdigit(static_cast<unsigned char>(entry.path().filename().string()[0]))) continue;
      const std::string stat = textOf(entry.path().string() + "/stat");
      if (stat.find("(pai-worker)") == std::string::npos) continue;
      const std::string rest = stat.substr(stat.rfind(')') + 4);
      if (std::stoi(rest) != pid) continue;
      ::kill(std::stoi(entry.path().filename().string()), SIGKILL);
      sent = true;
    }
  };
  const Ran ran = pai(renderArguments(path("out.mp4"), {"--job", job()}), killWorker);
  EXPECT_EQ(ran.exitCode, 4) << ran.err;
  EXPECT_NE(ran.lastLine().find("signal 9"), std::string::npos) << ran.err;
  EXPECT_NE(ran.lastLine().find("--resume"), std::string::npos) << ran.err;
  EXPECT_FALSE(fs::exists(path("out.mp4")));
  ASSERT_EQ(pai({"render", "--job", job(), "--resume"}).exitCode, 0);
  EXPECT_EQ(probe(path("out.mp4"))["frames"], kFrames);
}

TEST_F(InterruptedRenderTest, controlCCancelsWithinASecondAndLeavesAJobToGoOnWith) {
  std::chrono::steady_clock::time_point asked;
  const auto interrupt = [&, sent = false](int pid) mutable {
    if (sent || framesWritten() < 55) return;
    sent = true;
    asked = std::chrono::steady_clock::now();
    ::kill(pid, SIGINT);
  };
  const Ran ran = pai(renderArguments(path("out.mp4"), {"--job", job()}), interrupt);
  EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::milliseconds(2500));
  EXPECT_EQ(ran.exitCode, 5) << ran.err;
  EXPECT_NE(ran.lastLine().find("--resume"), std::string::npos) << ran.err;
  for (const auto& entry : fs::directory_iterator(m_folder)) EXPECT_EQ(entry.path().filename().string().find("out"), std::string::npos) << entry.path();
  ASSERT_EQ(pai(renderArguments(path("out.mp4"), {"--job", job(), "--resume"})).exitCode, 0);
  EXPECT_EQ(probe(path("out.mp4"))["frames"], kFrames);
}

TEST_F(InterruptedRenderTest, anExistingJobIsRefusedWithoutResume) {
  ASSERT_EQ(pai(renderArguments(path("out.mp4"), {"--range", "0:3", "--job", job()})).exitCode, 0);
  const Ran again = pai(renderArguments(path("out.mp4"), {"--range", "0:3", "--job", job()}));
  EXPECT_EQ(again.exitCode, 4) << again.err;
  EXPECT_NE(again.lastLine().find("--resume"), std::string::npos) << again.err;
  const Ran other = pai(renderArguments(path("out.mp4"), {"--range", "0:4", "--job", job(), "--resume"}));
  EXPECT_EQ(other.exitCode, 3) << other.err;
}

TEST_F(InterruptedRenderTest, aJobDirectoryThatLeadsOutsideIsRefused) {
  ASSERT_EQ(pai(renderArguments(path("out.mp4"), {"--range", "0:3", "--job", job()})).exitCode, 0);
  fs::remove(job() + "/result.json");
  fs::create_directory(path("outside"));
  fs::remove_all(job() + "/frames");
  fs::create_directory_symlink(path("outside"), job() + "/frames");
  const Ran ran = pai({"render", "--job", job(), "--resume"});
  EXPECT_EQ(ran.exitCode, 4) << ran.err;
  EXPECT_TRUE(fs::is_empty(path("outside")));
}

TEST_F(InterruptedRenderTest, aFullDiskIsSaidWithSix) {
  fs::create_directory(path("small"));
  const std::string line = "mount -t tmpfs -o size=160k none '" + path("small") + "' || exit 77; cd '" + path("small") + "'; exec '" + paiProgram() +
                           "' render --foreground '" + clip() + "' --ref 'begin=" + image(1) + "' --job '" + path("small") + "/job' --preset ffv1 --out '" +
                           path("small") + "/out.mkv'";
  const Ran ran = runProgram("/usr/bin/unshare", {"-Urm", "/bin/sh", "-c", line}, {}, {{"PAI_CACHE_DIR", path("cache")}});
  if (ran.exitCode == 77 || ran.err.find("unshare") != std::string::npos) GTEST_SKIP() << "no small disk can be mounted here: " << ran.err;
  EXPECT_EQ(ran.exitCode, 6) << ran.err;
  EXPECT_NE(ran.lastLine().find("disk is full"), std::string::npos) << ran.err;
}

TEST_F(InterruptedRenderTest, tooLittleMemoryIsSaidWithSix) {
  ASSERT_EQ(pai(renderArguments(path("out.mp4"), {"--range", "0:3", "--job", job()})).exitCode, 0);
  const Ran ran = runProgram(workerProgram(), {"--job", job(), "--memory-limit", std::to_string(24 << 20)});
  EXPECT_EQ(ran.exitCode, 6) << ran.err;
}

}  // namespace
}  // namespace pai::cli
