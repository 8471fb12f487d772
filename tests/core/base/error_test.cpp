// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

#include <cerrno>
#include <set>

#include <gtest/gtest.h>

namespace pai::core {
namespace {

TEST(Error, everyCodeHasItsOwnNameASentenceARemedyAndAnExitCode) {
  std::set<std::string> names, lines;
  for (const ErrorCode code : allErrorCodes()) {
    const std::string name(errorName(code));
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(errorFromName(name), code);
    EXPECT_FALSE(errorRemedy(code).empty()) << name;
    EXPECT_FALSE(errorRemedy(code).ends_with('.')) << name;
    EXPECT_GE(exitCodeOf(code), 2) << name;
    EXPECT_LE(exitCodeOf(code), 6) << name;
    const std::string line = describe({code, "detail", "file", {}});
    EXPECT_TRUE(line.starts_with("file: ")) << line;
    EXPECT_NE(line.find("detail"), std::string::npos) << line;
    EXPECT_TRUE(lines.insert(line).second) << line;
  }
  EXPECT_EQ(allErrorCodes().size(), static_cast<std::size_t>(ErrorCode::kInternal) + 1);
}

TEST(Error, unknownNameIsInternal) { EXPECT_EQ(errorFromName("no-such-code"), ErrorCode::kInternal); }

TEST(Error, exitCodesFollowTheContract) {
  EXPECT_EQ(exitCodeOf(ErrorCode::kUsage), 2);
  EXPECT_EQ(exitCodeOf(ErrorCode::kFormatBroken), 3);
  EXPECT_EQ(exitCodeOf(ErrorCode::kWorkerFailed), 4);
  EXPECT_EQ(exitCodeOf(ErrorCode::kCancelled), 5);
  for (const auto code : {ErrorCode::kDiskFull, ErrorCode::kOutOfMemory, ErrorCode::kDeviceMissing})
    EXPECT_EQ(exitCodeOf(code), 6);
}

TEST(Error, lineIsOneBoundedLineWithoutControlsOrDirectionMarks) {
  const std::string line = describe({ErrorCode::kFormatBroken,
                                     "a\x1b[31m\nb\xE2\x80\xAEgpj.exe\xC2\x9B" + std::string(5000, 'x'),
                                     std::string("n\0me\x7f", 5) + std::string(5000, 'y'),
                                     {}});
  EXPECT_LE(line.size(), 600u);
  for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20u);
  EXPECT_EQ(line.find("\xE2\x80\xAE"), std::string::npos);
  EXPECT_EQ(line.find("\xC2\x9B"), std::string::npos);
}

TEST(Error, cutKeepsCharactersWhole) {
  std::string name;
  for (int i = 0; i < 200; ++i) name += "\xE5\xA5\xB3";
  const std::string line = describe({ErrorCode::kFormatBroken, name, name, {}});
  for (std::size_t i = 0; i < line.size(); ++i)
    if (static_cast<unsigned char>(line[i]) == 0xE5) {
      EXPECT_EQ(line.substr(i, 3), "\xE5\xA5\xB3");
    }
}

TEST(Error, causesOfFailedCallsBecomeCodes) {
  EXPECT_EQ(errnoError(ENOENT, "d", "f").code, ErrorCode::kFileMissing);
  EXPECT_EQ(errnoError(ENOSPC, "d", "f").code, ErrorCode::kDiskFull);
  EXPECT_EQ(errnoError(EDQUOT, "d", "f").code, ErrorCode::kDiskFull);
  EXPECT_EQ(errnoError(EROFS, "d", "f").code, ErrorCode::kFileUnwritable);
  EXPECT_EQ(errnoError(ENOMEM, "d", "f").code, ErrorCode::kOutOfMemory);
  EXPECT_EQ(errnoError(EACCES, "d", "f").code, ErrorCode::kFileUnreadable);
}

}  // namespace
}  // namespace pai::core
