// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/collect_files.h"
#include "core/base/media_files.h"

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "core/base/project_file.h"
#include "tests/core/base/temp_folder.h"

namespace pai::core {
namespace {

Media mediaAt(const Id& id, const std::string& path) {
  Media media;
  media.id = id;
  media.name = path;
  media.path = path;
  media.kind = mediaKindOf(path);
  return media;
}

TEST(MediaFiles, kindsAreToldByName) {
  EXPECT_EQ(mediaKindOf("a/b.%04d.exr"), MediaKind::kSequence);
  EXPECT_EQ(mediaKindOf("a%d.png"), MediaKind::kSequence);
  EXPECT_EQ(mediaKindOf("a.PNG"), MediaKind::kImage);
  EXPECT_EQ(mediaKindOf("a.mov"), MediaKind::kClip);
  for (const char* name : {"a%s.png", "a%n", "100%.png", "%04d%04d.png", "a%0.png", "a%10d.png", "dir%04d/a.png"})
    EXPECT_FALSE(isSequencePattern(name)) << name;
}

TEST(MediaFiles, sequenceFilesComeInTheOrderOfTheirNumbers) {
  const TempFolder folder;
  for (const char* name :
       {"f.0010.png", "f.0002.png", "f.10000.png", "f.2.png", "f.0003.jpg", "g.0001.png", "f.00x1.png"})
    folder.write(name, name);
  const auto files = mediaFiles(folder.file("f.%04d.png"), MediaKind::kSequence);
  EXPECT_EQ(files, (std::vector<std::string>{folder.file("f.0002.png"), folder.file("f.0010.png"),
                                             folder.file("f.10000.png")}));
  EXPECT_EQ(readMediaContent(folder.file("f.%04d.png"), MediaKind::kSequence)->sha256,
            sha256Of("f.0002.pngf.0010.pngf.10000.png"));
}

TEST(MediaFiles, movedMediaAreFoundByContentEvenRenamed) {
  const TempFolder folder;
  folder.write("new/deep/renamed.mov", "the clip");
  folder.write("new/decoy.mov", "not clip");
  folder.write("new/by_name.mov", "x");
  folder.write("new/twice.mov", "1");
  folder.write("new/b/twice.mov", "2");
  folder.write("new/seq/s.0001.png", "1");
  Project project;
  Media clip = mediaAt("media1", "old/clip.mov");
  clip.sha256 = sha256Of("the clip");
  clip.sizeBytes = 8;
  Media gone = clip;
  gone.id = "media2";
  gone.sha256 = sha256Of("never");
  project.media = {clip, gone, mediaAt("media3", "old/by_name.mov"), mediaAt("media4", "old/twice.mov"),
                   mediaAt("media5", "old/s.%04d.png")};
  const auto found = findMissingMedia(project, folder.path(), {folder.file("new")});
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 3u);
  EXPECT_EQ((*found)[0].path, folder.file("new/deep/renamed.mov"));
  EXPECT_EQ((*found)[1].path, folder.file("new/by_name.mov"));
  EXPECT_EQ((*found)[2].path, folder.file("new/seq/s.%04d.png"));
}

TEST(MediaFiles, collectedProjectStandsAlone) {
  const TempFolder from, to;
  from.write("a/plate.mov", "one");
  from.write("b/plate.mov", "two");
  from.write("s/m.0001.png", "m1");
  from.write("s/m.0002.png", "m2");
  Project project;
  project.media = {mediaAt("media1", "a/plate.mov"), mediaAt("media2", from.file("b/plate.mov")),
                   mediaAt("media3", "s/m.%04d.png"), mediaAt("media4", "gone.mov"),
                   mediaAt("media5", "http://h/x.mov")};
  std::vector<std::string> warnings;
  const auto collected = collectMedia(project, from.path(), to.path(), warnings);
  ASSERT_TRUE(collected.ok()) << collected.error().detail;
  EXPECT_EQ(warnings.size(), 2u);
  const char* const expected[]{"one", "two"};
  for (std::size_t i = 0; i < 2; ++i) {
    const MediaPath place = resolveMediaPath(collected->media[i].path, to.path());
    EXPECT_EQ(place.place, MediaPlace::kInside);
    EXPECT_EQ(contentOf(place.path), expected[i]);
    EXPECT_EQ(collected->media[i].sha256, sha256Of(expected[i]));
  }
  EXPECT_EQ(mediaFiles(resolveMediaPath(collected->media[2].path, to.path()).path, MediaKind::kSequence).size(), 2u);
  EXPECT_EQ(collected->media[3], project.media[3]);
}

TEST(MediaFiles, theColourConfigurationIsCollectedWithItsTables) {
  const TempFolder from, to;
  from.write("aces/config.ocio", "search_path: luts\n  src: film.cube\n  src: 'a b.spi1d'\n");
  from.write("aces/luts/film.cube", "cube");
  from.write("aces/luts/a b.spi1d", "spi");
  from.write("aces/luts/other.cube", "not named");
  Project project;
  project.ocioConfig = from.file("aces/config.ocio");
  std::vector<std::string> warnings;
  auto collected = collectMedia(project, from.path(), to.path(), warnings);
  ASSERT_TRUE(collected.ok()) << collected.error().detail;
  EXPECT_EQ(collected->ocioConfig, "colour/config.ocio");
  EXPECT_EQ(contentOf(to.file("colour/config.ocio")), contentOf(project.ocioConfig));
  EXPECT_EQ(contentOf(to.file("colour/luts/film.cube")), "cube");
  EXPECT_EQ(contentOf(to.file("colour/luts/a b.spi1d")), "spi");
  EXPECT_FALSE(std::filesystem::exists(to.file("colour/luts/other.cube")));
  EXPECT_TRUE(warnings.empty());
  project.ocioConfig = from.file("gone.ocio");
  collected = collectMedia(project, from.path(), to.path(), warnings);
  ASSERT_TRUE(collected.ok());
  EXPECT_EQ(collected->ocioConfig, project.ocioConfig);
  EXPECT_EQ(warnings.size(), 1u);
}

TEST(MediaFiles, stopIsHeard) {
  const TempFolder folder;
  folder.write("a.mov", "x");
  StopToken stop;
  stop.request();
  Project project;
  project.media = {mediaAt("media1", "gone.mov")};
  EXPECT_EQ(findMissingMedia(project, folder.path(), {folder.path()}, stop).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(readMediaContent(folder.file("a.mov"), MediaKind::kClip, stop).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace pai::core
