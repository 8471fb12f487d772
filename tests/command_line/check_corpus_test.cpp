// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <fstream>

#include "tests/command_line/command_line_support.h"

namespace pai::cli {
namespace {

namespace fs = std::filesystem;

/// The limits of the corpus: 10 seconds of processor time, 1 GB. A sanitizer's shadow counts as data, so under one it is what
/// is resident that is held to it, and time is threefold.
#if defined(__SANITIZE_ADDRESS__)
constexpr const char* kLimits = "ulimit -t 30; export ASAN_OPTIONS=hard_rss_limit_mb=1024:quarantine_size_mb=64; ";
#elif defined(__SANITIZE_THREAD__)
constexpr const char* kLimits = "ulimit -t 60; ";
#else
constexpr const char* kLimits = "ulimit -t 10; ulimit -d 1048576; ";
#endif

struct CorpusFile {
  std::string file, kind, expected;
};

std::string corpus() {
  for (const std::string& folder : {std::string(PAI_TEST_DATA) + "/corpus", std::string(PAI_SHARED_DIR) + "/corpus"})
    if (fs::exists(folder + "/index.json")) return folder;
  return "";
}

std::vector<CorpusFile> corpusFiles() {
  std::vector<CorpusFile> files;
  if (corpus().empty()) return files;
  const auto index = nlohmann::json::parse(textOf(corpus() + "/index.json"), nullptr, false);
  for (const auto& item : index.value("files", nlohmann::json::array())) {
    CorpusFile file{item.value("file", ""), item.value("kind", ""), item.value("expected", "")};
    if (file.kind == "project_json") file.kind = "project";
    if (file.kind == "prompt_json") file.kind = "prompt";
    if (fs::exists(corpus() + "/" + file.file)) files.push_back(file);
  }
  return files;
}

/// What any program opens to start.
bool isSystemFile(const std::string& path) {
  for (const char* start : {"/lib", "/usr", "/etc/ld.so", "/proc", "/sys", "/dev/null", "/etc/localtime"})
    if (path.starts_with(start)) return true;
  return false;
}

class CheckCorpusTest : public ::testing::TestWithParam<CorpusFile> {};

TEST_P(CheckCorpusTest, endsAsTheIndexSays) {
  const CorpusFile& file = GetParam();
  const std::string path = corpus() + "/" + file.file;
  const auto start = std::chrono::steady_clock::now();
  const Ran ran = runProgram("/bin/bash", {"-c", std::string(kLimits) + "exec \"$@\"", "check", paiProgram(), "check", file.kind, path});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
  const bool opened = ran.exitCode == 0, rejected = ran.exitCode == 3;
  ASSERT_TRUE(opened || rejected) << "exit " << ran.exitCode << ": " << ran.err;
  EXPECT_FALSE(file.expected == "open" && rejected) << ran.err;
  EXPECT_FALSE(file.expected == "reject with a clear error" && opened) << ran.out;
  for (const std::string& text : {ran.out, ran.err})
    EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 || c == '\n' || c == '\t'; })) << "control characters";
  if (!rejected) return;
  EXPECT_EQ(ran.errorLines(), 1u) << ran.err;
  EXPECT_LT(ran.err.size(), 1000u);
  EXPECT_NE(ran.err.find(fs::path(path).filename().string()), std::string::npos) << ran.err;
}

TEST_P(CheckCorpusTest, DISABLED_opensNothingElse) {
  const CorpusFile& file = GetParam();
  const std::string path = fs::canonical(corpus() + "/" + file.file).string();
  std::string trace = (fs::temp_directory_path() / "pai-trace-XXXXXX").string();
  const int fd = ::mkstemp(trace.data());
  ASSERT_GE(fd, 0);
  ::close(fd);
  const Ran ran = runProgram("/usr/bin/strace", {"-f", "-qq", "-s", "4096", "-e", "trace=open,openat,openat2,creat,connect,execve", "-o", trace, paiProgram(), "check", file.kind, path});
  std::ifstream lines(trace);
  std::size_t calls = 0;
  for (std::string line; std::getline(lines, line);) {
    ++calls;
    EXPECT_EQ(line.find("connect("), std::string::npos) << line;
    const std::size_t quote = line.find('"');
    if (quote == std::string::npos || line.find("execve(") != std::string::npos || line.find("ENOENT") != std::string::npos) continue;
    const std::string opened = line.substr(quote + 1, line.find('"', quote + 1) - quote - 1);
    const bool ours = opened == path || opened.starts_with(path);
    const bool system = isSystemFile(opened);
    EXPECT_TRUE(ours || system) << line;
    EXPECT_TRUE(system || line.find("O_CREAT") == std::string::npos) << line;
  }
  EXPECT_GT(calls, 3u) << ran.err;
  fs::remove(trace);
}

INSTANTIATE_TEST_SUITE_P(Corpus, CheckCorpusTest, ::testing::ValuesIn(corpusFiles()), [](const auto& given) {
  std::string name = given.param.file;
  std::replace_if(name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
});
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CheckCorpusTest);

}  // namespace
}  // namespace pai::cli
