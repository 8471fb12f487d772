// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/command_line/command_line_support.h"

namespace pai::cli {
namespace {

using UsageTest = CommandLineTest;

TEST_F(UsageTest, wrongUsageEndsWithTwoAndSaysWhat) {
  const std::vector<std::vector<std::string>> lines{{},
                                                    {"fly"},
                                                    {"render"},
                                                    {"render", "--foreground", clip(), "--out", path("x.mp4")},
                                                    {"render", "--foreground", clip(), "--ref", "begin", "--out", path("x.mp4")},
                                                    {"render", "--foreground", clip(), "--ref", "begin=" + image(1)},
                                                    {"render", "--foreground", clip(), "--ref", "begin=" + image(1), "--out", path("x.txt")},
                                                    {"render", "--foreground", clip(), "--ref", "begin=" + image(1), "--range", "5:5", "--out", path("x.mp4")},
                                                    {"render", "--foreground", clip(), "--ref", "begin=" + image(1), "--range", "0:121", "--out", path("x.mp4")},
                                                    {"render", "--foreground", clip(), "--ref", "begin=" + image(1), "--size", "big", "--out", path("x.mp4")},
                                                    {"render", "--foreground", clip(), "--ref", "begin=" + image(1), "--layers", "sound", "--out", path("x.mp4")},
                                                    {"render", "--resume", "--out", path("x.mp4")},
                                                    {"key", clip(), "--screen", "plaid", "--out", path("m.mp4")},
                                                    {"check", "sculpture", clip()},
                                                    {"bench", "patience"},
                                                    {"check", "video"}};
  for (const auto& line : lines) {
    const Ran ran = pai(line);
    EXPECT_EQ(ran.exitCode, 2) << ::testing::PrintToString(line) << ran.err;
    EXPECT_FALSE(ran.lastLine().empty());
  }
}

TEST_F(UsageTest, aWrongCommandIsNamed) {
  for (const std::vector<std::string>& line : {std::vector<std::string>{"fly"}, {"project", "fly"}, {"pack", "fly", "away"}}) {
    const Ran ran = pai(line);
    EXPECT_EQ(ran.exitCode, 2);
    EXPECT_NE(ran.lastLine().find("\"fly\""), std::string::npos) << ran.err;
  }
}

TEST_F(UsageTest, everyCommandHelps) {
  const Ran all = pai({"--help"});
  ASSERT_EQ(all.exitCode, 0);
  for (const char* command : {"render", "key", "camera", "check", "probe", "verify", "evaluate", "bench", "pack", "project", "devices"}) {
    EXPECT_NE(all.out.find(command), std::string::npos) << command;
    const Ran one = pai({command, "--help"});
    EXPECT_EQ(one.exitCode, 0) << command;
    EXPECT_GT(one.out.size(), 80u) << command;
  }
}

TEST_F(UsageTest, manPageAndCompletionCoverEveryCommandAndOption) {
  const Ran man = pai({"documentation", "man"}), bash = pai({"documentation", "bash"});
  ASSERT_EQ(man.exitCode, 0);
  ASSERT_EQ(bash.exitCode, 0);
  for (const char* word : {"render", "camera", "evaluate", "devices"}) EXPECT_NE(man.out.find(word), std::string::npos) << word;
  for (const char* option : {"--foreground", "--camera-from", "--no-relight", "--resume", "--screen"}) EXPECT_NE(bash.out.find(option), std::string::npos) << option;
  const std::string script = path("complete.bash");
  const Ran completed = runProgram("/bin/bash", {"-c", "source <('" + paiProgram() + "' documentation bash); COMP_WORDS=(pai render --fore); COMP_CWORD=2; _pai; echo \"${COMPREPLY[@]}\""});
  EXPECT_NE(completed.out.find("--foreground"), std::string::npos) << completed.out << completed.err;
}

TEST_F(UsageTest, devicesAnswersWithOrWithoutTheInferenceProgram) {
  const Ran ran = pai({"devices", "--json"});
  ASSERT_EQ(ran.exitCode, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out, nullptr, false);
  ASSERT_TRUE(json.is_object());
  EXPECT_GT(json["threads"].get<int>(), 0);
  EXPECT_GT(json["memory_bytes"].get<std::int64_t>(), 0);
}

TEST_F(UsageTest, packsAreListedCheckedAndRefusedWhenDamaged) {
  const Ran list = runProgram(paiProgram(), {"pack", "list", "--json"}, {}, {{"PAI_PACK_PATH", path("packs")}, {"XDG_DATA_HOME", path("data")}});
  ASSERT_EQ(list.exitCode, 0) << list.err;
  EXPECT_TRUE(nlohmann::json::parse(list.out, nullptr, false).is_array());
  const Ran missing = pai({"pack", "check", path("nothing")});
  EXPECT_EQ(missing.exitCode, 3) << missing.err;
  const Ran render = pai(renderArguments(path("x.mp4"), {"--engine", "no-such-pack"}));
  EXPECT_EQ(render.exitCode, 3) << render.err;
}

}  // namespace
}  // namespace pai::cli
