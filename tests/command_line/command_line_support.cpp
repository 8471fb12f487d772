// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/command_line/command_line_support.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "core/render/process.h"

namespace pai::cli {

namespace fs = std::filesystem;

std::string CommandLineTest::s_shared;

std::string Ran::lastLine() const {
  std::string text = err;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1);
}

std::size_t Ran::errorLines() const { return static_cast<std::size_t>(std::count(err.begin(), err.end(), '\n')); }

std::string paiProgram() { return std::string(PAI_BIN_DIR) + "/pai"; }
std::string workerProgram() { return std::string(PAI_BIN_DIR) + "/pai-worker"; }

std::string textOf(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::size_t linesIn(const std::string& file) {
  const std::string text = textOf(file);
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

Ran runProgram(const std::string& program, const std::vector<std::string>& arguments, const std::function<void(int)>& watch,
               const std::vector<std::pair<std::string, std::string>>& environment) {
  std::array<int, 2> out{}, err{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) return {};
  core::Descriptor outRead(out[0]), outWrite(out[1]), errRead(err[0]), errWrite(err[1]);
  core::ProcessOptions options;
  options.program = program;
  options.arguments = arguments;
  options.environment = environment;
  options.descriptors = {{outWrite.get(), 1}, {errWrite.get(), 2}};
  core::Result<core::Process> process = core::Process::start(options);
  outWrite.reset();
  errWrite.reset();
  Ran ran;
  if (!process) {
    ran.err = core::describe(process.error());
    return ran;
  }
  std::array<char, 65536> bytes{};
  while (outRead || errRead) {
    std::array<pollfd, 2> fds{{{outRead.get(), POLLIN, 0}, {errRead.get(), POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), watch ? 5 : -1);
    for (auto* part : {&fds[0], &fds[1]}) {
      if (part->revents == 0) continue;
      const ssize_t n = ::read(part->fd, bytes.data(), bytes.size());
      core::Descriptor& pipe = part == &fds[0] ? outRead : errRead;
      if (n <= 0) pipe.reset();
      else (part == &fds[0] ? ran.out : ran.err).append(bytes.data(), static_cast<std::size_t>(n));
    }
    if (watch) watch(process->pid());
  }
  pollfd end{process->endFd(), POLLIN, 0};
  ::poll(&end, 1, 60000);
  if (const std::optional<core::ProcessEnd> ended = process->reap()) ran.exitCode = ended->signal ? 128 + ended->signal : ended->exitCode;
  return ran;
}

void CommandLineTest::SetUpTestSuite() {
  if (!s_shared.empty()) return;
  std::string name = (fs::temp_directory_path() / "pai-cli-media-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  s_shared = name;
  const std::string size = std::to_string(kWidth) + "x" + std::to_string(kHeight);
  const auto ffmpeg = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-v", "error", "-y"});
    return runProgram("/usr/bin/ffmpeg", arguments);
  };
  // A skin-coloured disc that moves before a green screen, with sound and a timecode.
  const std::string disc = "geq=r='if(lt(hypot(X-30-N/2,Y-50),25),200,40+mod(X+Y,7))':g='if(lt(hypot(X-30-N/2,Y-50),25),150,175)':"
                           "b='if(lt(hypot(X-30-N/2,Y-50),25),120,70)'";
  Ran ran = ffmpeg({"-f", "lavfi", "-i", "color=black:s=" + size + ":r=24:d=5,format=gbrp," + disc, "-f", "lavfi", "-i",
                    "sine=frequency=440:sample_rate=48000:duration=5", "-c:v", "libx264", "-preset", "veryfast", "-crf", "14", "-pix_fmt", "yuv420p",
                    "-c:a", "aac", "-shortest", "-timecode", "01:00:00:00", clip()});
  ASSERT_EQ(ran.exitCode, 0) << ran.err;
  for (int i = 1; i <= 2; ++i) {
    ran = ffmpeg({"-f", "lavfi", "-i", "testsrc2=s=320x192:r=1:d=1,hue=h=" + std::to_string(i * 60), "-frames:v", "1", image(i)});
    ASSERT_EQ(ran.exitCode, 0) << ran.err;
  }
}

void CommandLineTest::TearDownTestSuite() {
  std::error_code code;
  fs::remove_all(s_shared, code);
  s_shared.clear();
}

void CommandLineTest::SetUp() {
  std::string name = (fs::temp_directory_path() / "pai-cli-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  m_folder = name;
}

void CommandLineTest::TearDown() {
  std::error_code code;
  fs::remove_all(m_folder, code);
}

Ran CommandLineTest::pai(const std::vector<std::string>& arguments, const std::function<void(int)>& watch) const {
  return runProgram(paiProgram(), arguments, watch, {{"PAI_CACHE_DIR", m_folder + "/cache"}});
}

std::vector<std::string> CommandLineTest::renderArguments(const std::string& out, const std::vector<std::string>& more) const {
  std::vector<std::string> all{"render", "--foreground", clip(), "--ref", "begin=" + image(1), "--ref", "end=" + image(2), "--out", out};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

nlohmann::json CommandLineTest::probe(const std::string& file) const {
  const Ran ran = pai({"probe", file, "--json"});
  EXPECT_EQ(ran.exitCode, 0) << ran.err;
  return nlohmann::json::parse(ran.out, nullptr, false);
}

}  // namespace pai::cli
