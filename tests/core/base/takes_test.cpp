// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/takes.h"

#include <cerrno>

#include <gtest/gtest.h>

#include "tests/core/base/full_project.h"
#include "tests/core/base/temp_folder.h"

namespace pai::core {
namespace {

Take sampleTake() {
  Take take;
  take.shot = fullProject().shots[0];
  take.jobFolder = "jobs/sh010";
  take.output = "/out/sh010.mov";
  take.engine = "draft";
  take.packHash = "h";
  take.seed = 18446744073709551615ull;
  take.inputs = {{"media1", std::string(64, 'a')}, {"media2", ""}};
  take.range = {{8}, {105}};
  take.finishedSeconds = 1700000000.25;
  take.elapsedSeconds = 12.5;
  take.programVersion = "0.1.0";
  return take;
}

class Takes : public testing::Test {
 protected:
  TempFolder m_folder;
  std::string m_project = m_folder.file("film.pai");
  std::string m_ledger = m_folder.file("film.takes.jsonl");
};

TEST_F(Takes, noLedgerIsAnEmptyOne) { EXPECT_TRUE(loadTakes(m_project)->takes.empty()); }

TEST_F(Takes, appendedTakesReadBackNumberedByShot) {
  const auto first = appendTake(m_project, sampleTake());
  ASSERT_TRUE(first.ok()) << first.error().detail;
  Take other = sampleTake();
  other.shot.id = "shot2";
  ASSERT_TRUE(appendTake(m_project, other).ok());
  const auto third = appendTake(m_project, sampleTake());
  const auto ledger = loadTakes(m_project);
  ASSERT_EQ(ledger->takes.size(), 3u);
  EXPECT_TRUE(ledger->warnings.empty()) << ledger->warnings.front();
  EXPECT_EQ(ledger->takes[0], *first);
  EXPECT_EQ(ledger->takes[2], *third);
  EXPECT_EQ(ledger->takes[1].number, 1);
  EXPECT_EQ(third->number, 2);
  EXPECT_EQ(third->name, "v002");
}

TEST_F(Takes, lastNotesAndChoiceCount) {
  const Id a = appendTake(m_project, sampleTake())->id, b = appendTake(m_project, sampleTake())->id;
  ASSERT_TRUE(appendTakeNotes(m_project, a, "good").ok());
  ASSERT_TRUE(appendTakeNotes(m_project, a, "better").ok());
  ASSERT_TRUE(appendTakeChoice(m_project, "shot1", a).ok());
  ASSERT_TRUE(appendTakeChoice(m_project, "shot1", b).ok());
  const auto ledger = loadTakes(m_project);
  EXPECT_EQ(ledger->find(a)->notes, "better");
  EXPECT_FALSE(ledger->find(a)->chosen);
  EXPECT_TRUE(ledger->find(b)->chosen);
  EXPECT_EQ(ledger->find("none"), nullptr);
}

TEST_F(Takes, tornLastLineIsSkippedAndTheNextTakeIsSafe) {
  ASSERT_TRUE(appendTake(m_project, sampleTake()).ok());
  const std::string whole = contentOf(m_ledger);
  for (std::size_t size = 1; size < whole.size(); size += 97) {
    m_folder.write("film.takes.jsonl", whole + whole.substr(0, size));
    const auto torn = loadTakes(m_project);
    ASSERT_TRUE(torn.ok());
    EXPECT_EQ(torn->takes.size(), 1u) << size;
    EXPECT_EQ(torn->warnings.size(), 1u) << size;
    ASSERT_TRUE(appendTake(m_project, sampleTake()).ok());
    EXPECT_EQ(loadTakes(m_project)->takes.size(), 2u) << size;
  }
}

TEST_F(Takes, linesOfOtherMakersAreReadOrSkipped) {
  ASSERT_TRUE(appendTake(m_project, sampleTake()).ok());
  m_folder.write("film.takes.jsonl",
                 contentOf(m_ledger) +
                     "{\"record\":\"later\",\"version\":1}\n{\"record\":\"take\",\"version\":9}\n[]\n\n"
                     R"({"id":"t1","name":"v001","shot_id":"shot1","shot":{"id":"shot1"},"output":"a.mov"})"
                     "\n");
  const auto ledger = loadTakes(m_project);
  ASSERT_EQ(ledger->takes.size(), 2u);
  EXPECT_EQ(ledger->takes[1].name, "v001");
  EXPECT_EQ(ledger->warnings.size(), 2u);
}

TEST_F(Takes, failedAppendSaysSoAndLosesNothing) {
  ASSERT_TRUE(appendTake(m_project, sampleTake()).ok());
  FileSystem files = systemFiles();
  files.write = [](int, const void*, std::size_t) { return errno = ENOSPC, ssize_t{-1}; };
  EXPECT_EQ(appendTake(m_project, sampleTake(), files).error().code, ErrorCode::kDiskFull);
  files.write = [](int descriptor, const void* bytes, std::size_t count) {
    return systemFiles().write(descriptor, bytes, count / 2);
  };
  EXPECT_EQ(appendTake(m_project, sampleTake(), files).error().code, ErrorCode::kDiskFull);
  files = systemFiles();
  files.sync = [](int) { return errno = EIO, -1; };
  EXPECT_EQ(appendTakeNotes(m_project, "shot1-take1", "n", files).error().code, ErrorCode::kFileUnwritable);
  ASSERT_TRUE(appendTake(m_project, sampleTake()).ok());
  EXPECT_EQ(loadTakes(m_project)->takes.size(), 2u);
}

TEST_F(Takes, changesNameWhatChanged) {
  Take take = sampleTake();
  take.shot.matte[0].enabled = true;
  const auto known = [](const Id& id) { return id == "media1" ? std::string(64, 'a') : std::string(); };
  EXPECT_FALSE(changesSince(take, take.shot, known).stale());
  const auto only = [&](TakePart part, bool refinish, auto change) {
    Shot now = take.shot;
    change(now);
    const TakeChanges changes = changesSince(take, now, known);
    EXPECT_EQ(changes.parts, std::vector<TakePart>{part}) << takePartName(part);
    EXPECT_EQ(changes.refinishIsEnough(), refinish) << takePartName(part);
  };
  only(TakePart::kPlate, false, [](Shot& s) { s.plate = "media9"; });
  only(TakePart::kRange, false, [](Shot& s) { s.range.end = {50}; });
  only(TakePart::kReferences, false, [](Shot& s) { s.references[0].strength = 0.5; });
  only(TakePart::kMatte, true, [](Shot& s) { s.matte[0].key.gamma = 2.0; });
  only(TakePart::kMatte, true, [](Shot& s) { s.repairs.refused.clear(); });
  only(TakePart::kCamera, false, [](Shot& s) { s.camera.keys[0].pan = 1.0; });
  only(TakePart::kLight, true, [](Shot& s) { s.light.strength = 0.1; });
  only(TakePart::kPrompt, false, [](Shot& s) { s.prompt.caption = "x"; });
  only(TakePart::kRender, false, [](Shot& s) { s.render.seed = 2; });
  only(TakePart::kDelivery, true, [](Shot& s) { s.delivery.audio = true; });
  Shot renamed = take.shot;
  renamed.name = "other";
  renamed.notes = "n";
  renamed.reviewed.clear();
  EXPECT_FALSE(changesSince(take, renamed, known).stale());
  Shot outlined = take.shot;  // a layer that is off makes no picture
  MatteLayer off;
  off.id = "matte99";
  off.enabled = false;
  outlined.matte.push_back(off);
  EXPECT_FALSE(changesSince(take, outlined, known).stale());
  outlined.matte.back().enabled = true;
  EXPECT_TRUE(changesSince(take, outlined, known).stale());
  const TakeChanges content = changesSince(take, take.shot, [](const Id&) { return std::string(64, 'f'); });
  EXPECT_EQ(content.parts, std::vector<TakePart>{TakePart::kMediaContent});
  EXPECT_EQ(content.media, std::vector<Id>{"media1"});
}

}  // namespace
}  // namespace pai::core
