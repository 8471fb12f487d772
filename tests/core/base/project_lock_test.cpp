// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/project_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/core/base/temp_folder.h"

namespace pai::core {
namespace {

class Lock : public testing::Test {
 protected:
  TempFolder m_folder;
  std::string m_project = m_folder.write("film.pai", "{}");
};

TEST_F(Lock, secondWindowIsToldWhoHasIt) {
  const auto first = ProjectLock::acquire(m_project);
  ASSERT_TRUE(first.ok());
  const auto second = ProjectLock::acquire(m_project);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kLocked);
  EXPECT_NE(second.error().detail.find(std::to_string(getpid())), std::string::npos) << second.error().detail;
}

TEST_F(Lock, anotherProcessIsKeptOut) {
  const auto mine = ProjectLock::acquire(m_project);
  ASSERT_TRUE(mine.ok());
  const pid_t child = fork();
  if (child == 0) _exit(ProjectLock::acquire(m_project).ok() ? 0 : 3);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 3);
}

TEST_F(Lock, givenUpLockIsFreeAndLeavesNoFile) {
  { ASSERT_TRUE(ProjectLock::acquire(m_project).ok()); }
  EXPECT_FALSE(std::filesystem::exists(projectLockPath(m_project)));
  EXPECT_TRUE(ProjectLock::acquire(m_project).ok());
}

TEST_F(Lock, lockOfAKilledProcessIsTakenOver) {
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = ProjectLock::acquire(m_project);
    _exit(lock.ok() ? 0 : 3);  // without running destructors
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_EQ(WEXITSTATUS(status), 0);
  ASSERT_TRUE(std::filesystem::exists(projectLockPath(m_project)));
  EXPECT_TRUE(ProjectLock::acquire(m_project).ok());
}

TEST_F(Lock, lockOfAnotherHostIsRespected) {
  m_folder.write(".film.pai.lock", R"({"pid":1,"host":"another-host","start":"1"})");
  const auto lock = ProjectLock::acquire(m_project);
  ASSERT_FALSE(lock.ok());
  EXPECT_NE(lock.error().detail.find("another-host"), std::string::npos);
}

TEST_F(Lock, garbageInALockFileHoldsNobodyOff) {
  m_folder.write(".film.pai.lock", "garbage");
  EXPECT_TRUE(ProjectLock::acquire(m_project).ok());
}

TEST_F(Lock, linkAndTargetShareTheLock) {
  std::filesystem::create_symlink(m_project, m_folder.file("link.pai"));
  const auto first = ProjectLock::acquire(m_folder.file("link.pai"));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(ProjectLock::acquire(m_project).error().code, ErrorCode::kLocked);
}

TEST_F(Lock, noPlaceForALockIsAnError) {
  EXPECT_EQ(ProjectLock::acquire(m_folder.file("no/film.pai")).error().code, ErrorCode::kFileUnwritable);
}

}  // namespace
}  // namespace pai::core
