// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/job_directory.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "tests/core/render/render_test_support.h"

namespace pai::core {
namespace {

using JobDirectoryTest = RenderTest;

TEST_F(JobDirectoryTest, aNewJobReadsBackAsItWasMade) {
  Result<JobDirectory> made = JobDirectory::create(path("job"), job());
  ASSERT_TRUE(made) << describe(made.error());
  Result<JobDirectory> opened = JobDirectory::open(path("job"));
  ASSERT_TRUE(opened) << describe(opened.error());
  EXPECT_EQ(opened->job(), job());
  for (const char* folder : {"input", "preview", "latents", "frames", "checkpoint"})
    EXPECT_TRUE(std::filesystem::is_directory(path("job") + "/" + folder)) << folder;
}

TEST_F(JobDirectoryTest, anExistingJobIsRefusedAndAnEmptyFolderTaken) {
  std::filesystem::create_directory(path("empty"));
  EXPECT_TRUE(JobDirectory::create(path("empty"), job()));
  Result<JobDirectory> again = JobDirectory::create(path("empty"), job());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kJobExists);
}

TEST_F(JobDirectoryTest, aFolderWithoutJobIsNotChanged) {
  std::filesystem::create_directory(path("other"));
  Result<JobDirectory> opened = JobDirectory::open(path("other"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kJobBroken);
  EXPECT_TRUE(std::filesystem::is_empty(path("other")));
}

TEST_F(JobDirectoryTest, onlyPlainNamesAreOpened) {
  Result<JobDirectory> made = JobDirectory::create(path("job"), job());
  ASSERT_TRUE(made);
  writeText(path("secret"), "secret");
  for (const std::string& name : {std::string("../../secret"), std::string(".."), std::string("."), std::string(""), std::string("a/b"),
                                  std::string("/etc/passwd"), std::string("a\0b", 3), std::string(300, 'x')}) {
    Result<std::string> text = made->read(JobFolder::kInput, name, 100);
    ASSERT_FALSE(text) << name;
    EXPECT_EQ(text.error().code, ErrorCode::kPathForbidden) << name;
    EXPECT_FALSE(made->write(JobFolder::kInput, name, "x")) << name;
    EXPECT_FALSE(made->remove(JobFolder::kInput, name)) << name;
  }
}

TEST_F(JobDirectoryTest, linksAreNotFollowed) {
  Result<JobDirectory> made = JobDirectory::create(path("job"), job());
  ASSERT_TRUE(made);
  writeText(path("secret"), "secret");
  std::filesystem::create_symlink(path("secret"), path("job") + "/input/link");
  Result<std::string> text = made->read(JobFolder::kInput, "link", 100);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kJobBroken);
  EXPECT_FALSE(made->openFile(JobFolder::kInput, "link", O_WRONLY | O_CREAT));
  // A link in the way of a write is replaced, its target left alone.
  EXPECT_TRUE(made->write(JobFolder::kInput, "link", "mine"));
  std::ifstream secret(path("secret"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(secret), {}), "secret");
}

TEST_F(JobDirectoryTest, aLinkedFolderOrJobFileIsRefused) {
  ASSERT_TRUE(JobDirectory::create(path("job"), job()));
  std::filesystem::create_directory(path("elsewhere"));
  std::filesystem::remove(path("job") + "/frames");
  std::filesystem::create_directory_symlink(path("elsewhere"), path("job") + "/frames");
  Result<JobDirectory> opened = JobDirectory::open(path("job"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kJobBroken);

  ASSERT_TRUE(JobDirectory::create(path("job2"), job()));
  std::filesystem::rename(path("job2") + "/job.json", path("job.json"));
  std::filesystem::create_symlink(path("job.json"), path("job2") + "/job.json");
  EXPECT_FALSE(JobDirectory::open(path("job2")));
}

TEST_F(JobDirectoryTest, hugeFilesPipesAndDevicesAreRefusedWithoutWaiting) {
  Result<JobDirectory> made = JobDirectory::create(path("job"), job());
  ASSERT_TRUE(made);
  const std::string huge = path("job") + "/job.json";
  ASSERT_EQ(::truncate(huge.c_str(), 1LL << 40), 0);
  Result<JobDirectory> opened = JobDirectory::open(path("job"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kLimitExceeded);
  ASSERT_EQ(::mkfifo((path("job") + "/input/pipe").c_str(), 0600), 0);
  EXPECT_FALSE(made->read(JobFolder::kInput, "pipe", 100));
  EXPECT_FALSE(made->has(JobFolder::kInput, "pipe"));
}

TEST_F(JobDirectoryTest, brokenJobFilesAreRefused) {
  ASSERT_TRUE(JobDirectory::create(path("job"), job()));
  for (const char* text : {"", "{", "[]", "null", "{\"version\": 1, \"shot\": 3}", "{\"version\": 99}", "\xff\xfe"}) {
    writeText(path("job") + "/job.json", text);
    EXPECT_FALSE(JobDirectory::open(path("job"))) << text;
  }
}

TEST_F(JobDirectoryTest, oneProcessWorksOnAJob) {
  Result<JobDirectory> made = JobDirectory::create(path("job"), job());
  ASSERT_TRUE(made);
  Result<Descriptor> lock = made->lock(0);
  ASSERT_TRUE(lock);
  Result<JobDirectory> second = JobDirectory::open(path("job"));
  ASSERT_TRUE(second);
  Result<Descriptor> refused = second->lock(50);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kJobBusy);
  lock->reset();
  EXPECT_TRUE(second->lock(50));
}

TEST_F(JobDirectoryTest, pathsInsideStayInsideWhenTheFolderIsSwapped) {
  Result<JobDirectory> made = JobDirectory::create(path("job"), job());
  ASSERT_TRUE(made);
  Result<std::string> inside = made->pathInside(JobFolder::kFrames, "piece.mkv");
  ASSERT_TRUE(inside);
  std::filesystem::rename(path("job") + "/frames", path("moved"));
  std::filesystem::create_directory(path("trap"));
  std::filesystem::create_directory_symlink(path("trap"), path("job") + "/frames");
  writeText(*inside, "picture");
  EXPECT_TRUE(std::filesystem::exists(path("moved") + "/piece.mkv"));
  EXPECT_TRUE(std::filesystem::is_empty(path("trap")));
}

}  // namespace
}  // namespace pai::core
