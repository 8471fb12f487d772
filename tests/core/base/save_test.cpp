// SPDX-License-Identifier: GPL-3.0-or-later
// Saving, killed at every call and with each call failing in turn: the project on disk is the old one or the new one.
#include <cerrno>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/project_file.h"
#include "tests/core/base/full_project.h"
#include "tests/core/base/temp_folder.h"

namespace pai::core {
namespace {

/// A table that counts calls and does something at the n-th.
template <typename At>
FileSystem interrupted(At at) {
  const FileSystem& real = systemFiles();
  FileSystem files;
  files.open = [=](const char* p, int f, mode_t m) { return at("open", -1) ? real.open(p, f, m) : -1; };
  files.read = [=](int d, void* b, std::size_t n) { return at("read", d) ? real.read(d, b, n) : -1; };
  files.write = [=](int d, const void* b, std::size_t n) { return at("write", d) ? real.write(d, b, n) : -1; };
  files.chmod = [=](int d, mode_t m) { return at("chmod", d) ? real.chmod(d, m) : -1; };
  files.sync = [=](int d) { return at("sync", d) ? real.sync(d) : -1; };
  files.close = [=](int d) {
    const bool go = at("close", d);
    const int closed = real.close(d);  // a failed close gives the descriptor back all the same
    return go ? closed : -1;
  };
  files.rename = [=](const char* a, const char* b) { return at("rename", -1) ? real.rename(a, b) : -1; };
  files.unlink = [=](const char* p) { return at("unlink", -1) ? real.unlink(p) : -1; };
  return files;
}

class Save : public testing::Test {
 protected:
  void SetUp() override {
    m_old.name = "old";
    ASSERT_TRUE(saveProject(m_path, m_old).ok());
  }
  std::string nameOnDisk() {
    const auto loaded = loadProject(m_path);
    return loaded ? loaded->project.name : describe(loaded.error());
  }
  std::size_t filesInFolder() {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(m_folder.path()), {}));
  }
  std::size_t callsOfASave() {
    std::size_t calls = 0;
    const auto saved = saveProject(m_path, m_old, interrupted([&](const char*, int) { return ++calls, true; }));
    EXPECT_TRUE(saved.ok());
    return calls;
  }

  TempFolder m_folder;
  std::string m_path = m_folder.file("film.pai");
  Project m_old, m_new = fullProject();
};

TEST_F(Save, killedAtEveryCallLeavesOldOrNew) {
  const std::size_t calls = callsOfASave();
  ASSERT_GE(calls, 7u);  // open, chmod, write, sync, close, rename, open, sync, close
  bool sawOld = false, sawNew = false;
  for (std::size_t victim = 0; victim < calls; ++victim) {
    for (const bool after : {false, true}) {
      ASSERT_TRUE(saveProject(m_path, m_old).ok());
      const pid_t child = fork();
      ASSERT_GE(child, 0);
      if (child == 0) {
        std::size_t count = 0;
        FileSystem files = interrupted([&](const char*, int) {
          if (count++ == victim + (after ? 1 : 0)) _exit(77);
          return true;
        });
        static_cast<void>(saveProject(m_path, m_new, files));
        _exit(0);
      }
      int status = 0;
      ASSERT_EQ(waitpid(child, &status, 0), child);
      const std::string name = nameOnDisk();
      EXPECT_TRUE(name == "old" || name == m_new.name) << "killed at call " << victim << ": " << name;
      sawOld = sawOld || name == "old";
      sawNew = sawNew || name == m_new.name;
    }
  }
  EXPECT_TRUE(sawOld && sawNew);
}

TEST_F(Save, killedInTheMiddleOfAWriteLeavesTheOld) {
  const pid_t child = fork();
  if (child == 0) {
    FileSystem files = systemFiles();
    files.write = [](int d, const void* b, std::size_t n) -> ssize_t {
      static_cast<void>(systemFiles().write(d, b, n / 2));
      _exit(77);
    };
    static_cast<void>(saveProject(m_path, m_new, files));
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 77);
  EXPECT_EQ(nameOnDisk(), "old");
}

TEST_F(Save, eachCallFailingInTurnIsReportedAndLeavesOldOrNew) {
  const std::size_t calls = callsOfASave();
  for (const int cause : {ENOSPC, EIO, EACCES, EDQUOT}) {
    for (std::size_t victim = 0; victim < calls; ++victim) {
      ASSERT_TRUE(saveProject(m_path, m_old).ok());
      std::size_t count = 0;
      std::string failed;
      const auto saved = saveProject(m_path, m_new, interrupted([&](const char* call, int) {
                                       if (count++ != victim) return true;
                                       failed = call;
                                       errno = cause;
                                       return false;
                                     }));
      SCOPED_TRACE(failed + " at " + std::to_string(victim) + " fails with " + std::to_string(cause));
      const std::string name = nameOnDisk();
      EXPECT_TRUE(name == "old" || name == m_new.name) << name;
      if (saved.ok()) {
        EXPECT_EQ(name, m_new.name) << "a save that reports success is on disk";
        if (failed != "close") {
          EXPECT_FALSE(saved->durable);
        }
      } else {
        EXPECT_EQ(saved.error().code,
                  cause == ENOSPC || cause == EDQUOT ? ErrorCode::kDiskFull : ErrorCode::kFileUnwritable);
        EXPECT_EQ(saved.error().context, m_path);
        if (failed == "write" || failed == "rename") {
          EXPECT_EQ(name, "old");
        }
      }
      EXPECT_EQ(filesInFolder(), 1u) << "nothing is left behind";
    }
  }
}

TEST_F(Save, shortWritesAreContinued) {
  FileSystem files = systemFiles();
  files.write = [](int d, const void* b, std::size_t n) {
    return systemFiles().write(d, b, std::min<std::size_t>(n, 7));
  };
  ASSERT_TRUE(saveProject(m_path, m_new, files).ok());
  EXPECT_EQ(nameOnDisk(), m_new.name);
}

TEST_F(Save, shortWriteThenFullDiskLeavesTheOld) {
  for (const int cause : {ENOSPC, EIO, 0}) {
    FileSystem files = systemFiles();
    bool first = true;
    files.write = [&](int d, const void* b, std::size_t n) -> ssize_t {
      if (std::exchange(first, false)) return systemFiles().write(d, b, n / 2);
      if (cause == 0) return 0;
      errno = cause;
      return -1;
    };
    EXPECT_FALSE(saveProject(m_path, m_new, files).ok());
    EXPECT_EQ(nameOnDisk(), "old");
    EXPECT_EQ(filesInFolder(), 1u);
  }
}

TEST_F(Save, interruptedWriteIsTriedAgain) {
  FileSystem files = systemFiles();
  int left = 3;
  files.write = [&](int d, const void* b, std::size_t n) -> ssize_t {
    if (left-- > 0) return errno = EINTR, -1;
    return systemFiles().write(d, b, n);
  };
  EXPECT_TRUE(saveProject(m_path, m_new, files).ok());
}

TEST_F(Save, fileSystemWithoutSyncSavesAndSaysSo) {
  for (const int cause : {EINVAL, ENOSYS, ENOTSUP}) {
    FileSystem files = systemFiles();
    files.sync = [&](int) { return errno = cause, -1; };
    const auto saved = saveProject(m_path, m_new, files);
    ASSERT_TRUE(saved.ok()) << cause;
    EXPECT_FALSE(saved->durable);
    EXPECT_FALSE(saved->note.empty());
    EXPECT_EQ(nameOnDisk(), m_new.name);
  }
}

TEST_F(Save, neverOpensTheProjectItselfForWriting) {
  std::vector<std::string> written;
  FileSystem files = systemFiles();
  files.open = [&](const char* p, int flags, mode_t mode) {
    if ((flags & O_ACCMODE) != O_RDONLY) written.emplace_back(p);
    return systemFiles().open(p, flags, mode);
  };
  ASSERT_TRUE(saveProject(m_path, m_new, files).ok());
  ASSERT_EQ(written.size(), 1u);
  EXPECT_NE(written[0], m_path);
  EXPECT_EQ(std::filesystem::path(written[0]).parent_path(), m_folder.path()) << "a rename needs the same file system";
}

TEST_F(Save, symbolicLinkStaysOneAndItsTargetIsReplaced) {
  const TempFolder elsewhere;
  const std::string link = elsewhere.file("link.pai");
  std::filesystem::create_symlink(m_path, link);
  const auto saved = saveProject(link, m_new);
  ASSERT_TRUE(saved.ok());
  EXPECT_EQ(saved->path, m_path);
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(nameOnDisk(), m_new.name);
}

TEST_F(Save, linkThatLeadsToNothingYetMakesItsTarget) {
  const std::string link = m_folder.file("link.pai");
  std::filesystem::create_symlink("later.pai", link);
  ASSERT_TRUE(saveProject(link, m_new).ok());
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(loadProject(m_folder.file("later.pai"))->project, m_new);
}

TEST_F(Save, linkInACircleIsAnError) {
  const std::string link = m_folder.file("circle.pai");
  std::filesystem::create_symlink("circle.pai", link);
  EXPECT_EQ(saveProject(link, m_new).error().code, ErrorCode::kFileUnwritable);
}

TEST_F(Save, permissionsAreKept) {
  namespace fs = std::filesystem;
  fs::permissions(m_path, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  ASSERT_TRUE(saveProject(m_path, m_new).ok());
  EXPECT_EQ(fs::status(m_path).permissions(), fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
}

TEST_F(Save, foldersAndMissingFoldersAreRefused) {
  EXPECT_EQ(saveProject(m_folder.path(), m_new).error().code, ErrorCode::kFileUnwritable);
  EXPECT_EQ(saveProject(m_folder.file("no/such/film.pai"), m_new).error().code, ErrorCode::kFileMissing);
}

TEST_F(Save, longNamesAreSaved) {
  const std::string path = m_folder.file(std::string(240, 'x') + ".pai");
  ASSERT_TRUE(saveProject(path, m_new).ok());
  EXPECT_EQ(loadProject(path)->project, m_new);
}

TEST_F(Save, whatWouldNotOpenAgainIsRefusedAndNamed) {
  m_new.shots[0].references[0].scale = std::numeric_limits<double>::quiet_NaN();
  const auto saved = saveProject(m_path, m_new);
  ASSERT_FALSE(saved.ok());
  EXPECT_NE(saved.error().detail.find("scale"), std::string::npos);
  EXPECT_EQ(nameOnDisk(), "old");
}

TEST(ReadWholeFile, boundsAndKindsHold) {
  const TempFolder folder;
  const std::string path = folder.write("a", "0123456789");
  EXPECT_EQ(*readWholeFile(path, 10), "0123456789");
  EXPECT_EQ(readWholeFile(path, 9).error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(readWholeFile(folder.path(), 9).error().code, ErrorCode::kFormatUnknown);
  EXPECT_EQ(readWholeFile("/dev/zero", 9).error().code, ErrorCode::kFormatUnknown);
  ASSERT_EQ(mkfifo(folder.file("pipe").c_str(), 0600), 0);
  EXPECT_EQ(readWholeFile(folder.file("pipe"), 9).error().code, ErrorCode::kFormatUnknown);
  FileSystem files = systemFiles();
  files.read = [](int, void*, std::size_t) -> ssize_t { return errno = EIO, -1; };
  EXPECT_EQ(readWholeFile(path, 10, files).error().code, ErrorCode::kFileUnreadable);
}

}  // namespace
}  // namespace pai::core
