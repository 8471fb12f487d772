// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/preview_fixture.h"

#include <sstream>

#include "app/document/preview_frame_source.h"

namespace pai::app {
namespace {

TEST_F(PreviewTest, aDraftIsDrawnSolvedChangedAndReported) {
  PreviewClient client(options());
  Answers answers(client);
  core::Job job = draftJob();
  const Ticket draft = client.openDraft(job);
  core::DraftRequest request;
  request.matte = true;
  const Ticket early = client.requestDraftFrame(draft, {5}, request, PreviewChannel::kViewer);
  ASSERT_TRUE(waitUntil([&] { return answers.draftImages.contains(early); }, 60000)) << (answers.failed.empty() ? "" : core::describe(answers.failed.begin()->second));
  EXPECT_EQ(answers.drafts[draft].frames, kFrames);
  EXPECT_EQ(answers.draftImages[early].composite.size(), QSize(kWidth, kHeight));
  const QImage matte = answers.draftImages[early].matte;
  ASSERT_FALSE(matte.isNull());
  EXPECT_GT(qGray(matte.pixel(85, 95)), 240);
  EXPECT_LT(qGray(matte.pixel(300, 10)), 15);
  EXPECT_TRUE(answers.draftImages[early].background.isNull());
  const Ticket solve = client.prepareDraft(draft);
  ASSERT_TRUE(waitUntil([&] { return answers.done.contains(solve); }, 120000));
  EXPECT_EQ(answers.camera.frames.size(), static_cast<std::size_t>(kFrames));
  EXPECT_EQ(answers.light, static_cast<std::size_t>(kFrames));
  job.shot.matte[0].invert = true;
  client.updateDraft(draft, job);
  const Ticket late = client.requestDraftFrame(draft, {5}, request, PreviewChannel::kViewer);
  ASSERT_TRUE(waitUntil([&] { return answers.draftImages.contains(late); }, 60000));
  EXPECT_LT(qGray(answers.draftImages[late].matte.pixel(85, 95)), 15);
  const Ticket report = client.requestMatteReport(draft, {{3}, {7}});
  ASSERT_TRUE(waitUntil([&] { return answers.done.contains(report); }, 60000));
  EXPECT_EQ(answers.reported, (std::vector<std::int64_t>{3, 4, 5, 6}));
}

TEST_F(PreviewTest, aSolvedShotStaysSolvedWhenHashesComeAndIsSolvedAgainWhenItsFilesChange) {
  PreviewFrameSource source(options().workerPath);
  int solved = 0;
  std::map<quint64, QImage> pictures;
  QObject::connect(&source, &FrameSource::cameraReady, [&](const CameraSummary&) { ++solved; });
  QObject::connect(&source, &FrameSource::pictureReady, [&](quint64 ticket, const QImage& image) { pictures[ticket] = image; });
  const auto background = [&] {
    const auto ticket = source.requestShotFrame({{5}, ShotPicture::kBackground, 1}, PictureChannel::kViewer);
    EXPECT_TRUE(waitUntil([&] { return pictures.count(ticket) > 0; }, 60000));
    return pictures[ticket];
  };
  core::Job job = draftJob();
  job.shot.camera.source = core::CameraSettings::Source::kLocked;
  job.shot.camera.keys = {{{0}, 60.0, 0.0, 1.0, 0.0}, {{9}, 90.0, 0.0, 1.0, 0.0}};
  source.setShot(job);
  const QImage before = background();
  source.solveShot();
  ASSERT_TRUE(waitUntil([&] { return solved == 1; }, 120000));
  const QImage after = background();
  ASSERT_NE(before, after);
  for (core::JobMedia& m : job.media) m.sha256 = std::string(64, 'a');
  source.setShot(job);
  EXPECT_EQ(background(), after);
  EXPECT_EQ(solved, 1);
  job.media[1].colourSpace = "linear";
  source.setShot(job);
  EXPECT_TRUE(waitUntil([&] { return solved == 2; }, 120000));
  for (const auto& shot : {std::optional<core::Job>(), std::optional(job)}) source.setShot(shot);
  EXPECT_TRUE(waitUntil([&] { return solved == 3; }, 120000));
}

TEST_F(PreviewTest, theViewersNextPictureWaitsAtTheWorkerAndTheNewestTakesItsPlace) {
  const std::string heard = s_folder + "/heard";
  PreviewClient client(fakeWorker("cat <&3 > '" + heard + "'"));
  Answers answers(client);
  const Ticket draft = client.openDraft(draftJob());
  std::vector<Ticket> tickets;
  for (int f = 0; f < 3; ++f) tickets.push_back(client.requestDraftFrame(draft, {f}, {}, PreviewChannel::kViewer));
  const auto words = [&] {
    std::ifstream stream(heard);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  const std::string instead = "\"instead\":" + std::to_string(tickets[1]);
  EXPECT_TRUE(waitUntil([&] { return words().find(instead) != std::string::npos; })) << words();
  EXPECT_EQ(words().find("\"instead\":" + std::to_string(tickets[0])), std::string::npos) << "what is drawn is drawn to its end";
}

TEST_F(PreviewTest, ofManyPicturesForTheViewerTheFirstAndTheLastComeAndEachIsAnswered) {
  PreviewClient client(options());
  Answers answers(client);
  const Ticket draft = client.openDraft(draftJob());
  std::vector<Ticket> tickets;
  for (int f = 0; f < 20; ++f) tickets.push_back(client.requestDraftFrame(draft, {f}, {}, PreviewChannel::kViewer));
  ASSERT_TRUE(waitUntil([&] { return answers.draftImages.contains(tickets.back()); }, 60000));
  ASSERT_TRUE(waitUntil([&] { return answers.draftImages.size() + answers.cancelled.size() == tickets.size(); }));
  EXPECT_TRUE(answers.failed.empty());
  EXPECT_TRUE(answers.draftImages.contains(tickets.front()));
  EXPECT_LT(answers.draftImages.size(), 8u);
}

TEST_F(PreviewTest, aSolveOfAShotThatIsGoneIsOver) {
  PreviewFrameSource source(options().workerPath);
  double progress = -1.0;
  QObject::connect(&source, &FrameSource::solveProgress, [&](double fraction) { progress = fraction; });
  core::Job job = draftJob();
  job.media[0].path = std::string(PAI_SOURCE_DIR) + "/assets/sample/plate.mp4";
  source.setShot(job);
  source.solveShot();
  ASSERT_TRUE(waitUntil([&] { return progress >= 0.0; }, 60000));
  ASSERT_LT(progress, 1.0);
  source.setShot(std::nullopt);
  EXPECT_TRUE(waitUntil([&] { return progress == 1.0; }, 5000));
}

/// Waits for pictures of a source.
struct Pictures {
  explicit Pictures(PreviewFrameSource& source) {
    QObject::connect(&source, &FrameSource::pictureReady, [this](quint64 ticket, const QImage& image, bool quick) {
      all[ticket] = image;
      if (quick) quickOnes.insert(ticket);
    });
  }
  QImage wait(quint64 ticket) {
    EXPECT_TRUE(waitUntil([&] { return all.count(ticket) > 0; }, 60000));
    return all[ticket];
  }
  std::map<quint64, QImage> all;
  std::set<quint64> quickOnes;
};

TEST_F(PreviewTest, picturesOfTheShotAreHeldUntilWhatTheyShowChanges) {
  PreviewFrameSource source(options().workerPath);
  Pictures pictures(source);
  core::Job job = draftJob();
  source.setShot(job);
  const ShotRequest moving{{7}, ShotPicture::kMatte, 2, true}, resting{{7}, ShotPicture::kMatte, 2, false};
  const QImage hasty = pictures.wait(source.requestShotFrame(moving, PictureChannel::kViewer));
  EXPECT_EQ(source.held(ShotPicture::kMatte, 2), (std::vector<core::FrameRange>{{{7}, {8}}}));
  EXPECT_TRUE(source.held(ShotPicture::kMatte, 1).empty());
  const QImage final = pictures.wait(source.requestShotFrame(resting, PictureChannel::kViewer));
  EXPECT_EQ(hasty.size(), final.size());
  const QImage again = pictures.wait(source.requestShotFrame(moving, PictureChannel::kViewer));
  EXPECT_EQ(again.cacheKey(), final.cacheKey()) << "the final picture serves motion too, and is not made again";
  job.name = job.shot.name = "another name";
  job.shot.prompt.caption = "a garden";
  for (core::JobMedia& m : job.media) m.sha256 = std::string(64, 'a');
  source.setShot(job);
  EXPECT_FALSE(source.held(ShotPicture::kMatte, 2).empty()) << "no picture shows a name or a prompt";
  job.shot.matte[0].invert = true;
  source.setShot(job);
  EXPECT_TRUE(source.held(ShotPicture::kMatte, 2).empty());
  EXPECT_NE(pictures.wait(source.requestShotFrame(resting, PictureChannel::kViewer)), final);
}

TEST_F(PreviewTest, aQuickPictureComesAtOnceIsNotHeldAndGivesWayToATrueOne) {
  PreviewFrameSource source(options().workerPath);
  Pictures pictures(source);
  core::Job job = draftJob();
  job.shot.matte[0].key.edgeRefine = 1.0;
  source.setShot(job);
  const ShotRequest quick{{7}, ShotPicture::kComposite, 2, true, true}, resting{{7}, ShotPicture::kComposite, 2, false, false};
  int changes = 0;
  QObject::connect(&source, &FrameSource::heldChanged, [&] { ++changes; });
  const auto first = source.requestShotFrame(quick, PictureChannel::kViewer);
  const QImage hasty = pictures.wait(first);
  EXPECT_TRUE(pictures.quickOnes.contains(first));
  EXPECT_TRUE(source.held(ShotPicture::kComposite, 2).empty());
  EXPECT_EQ(changes, 0);
  const auto second = source.requestShotFrame(resting, PictureChannel::kViewer);
  const QImage final = pictures.wait(second);
  EXPECT_FALSE(pictures.quickOnes.contains(second));
  EXPECT_EQ(hasty.size(), final.size());
  EXPECT_NE(hasty, final) << "the worker was told";
  EXPECT_EQ(source.held(ShotPicture::kComposite, 2), (std::vector<core::FrameRange>{{{7}, {8}}}));
  const auto third = source.requestShotFrame(quick, PictureChannel::kViewer);
  EXPECT_EQ(pictures.wait(third).cacheKey(), final.cacheKey()) << "the true one is there";
  EXPECT_FALSE(pictures.quickOnes.contains(third));
  const auto again = source.requestShotFrame({{8}, ShotPicture::kComposite, 2, true, true}, PictureChannel::kViewer);
  pictures.wait(again);
  EXPECT_TRUE(pictures.quickOnes.contains(again));
}

TEST_F(PreviewTest, theShotIsFilledRoundFromThePlayheadAndNothingIsAskedTwice) {
  PreviewFrameSource source(options().workerPath);
  source.setShot(draftJob());
  int changes = 0;
  QObject::connect(&source, &FrameSource::heldChanged, [&] { ++changes; });
  source.fill(ShotRequest{{40}, ShotPicture::kMatte, 4, false}, kFrames);
  ASSERT_TRUE(waitUntil([&] { return changes >= 3; }, 60000));
  EXPECT_EQ(source.held(ShotPicture::kMatte, 4).front().begin.value, 40);
  source.fill(std::nullopt, 0);
  const std::vector<core::FrameRange> whole{{{0}, {kFrames}}};
  EXPECT_NE(source.held(ShotPicture::kMatte, 4), whole);
  source.fill(ShotRequest{{40}, ShotPicture::kMatte, 4, false}, kFrames);
  ASSERT_TRUE(waitUntil([&] { return source.held(ShotPicture::kMatte, 4) == whole; }, 120000));
  EXPECT_EQ(changes, kFrames);
}

/// Processor time that our workers have used, in ticks.
long workersTicks(const std::vector<pid_t>& workers) {
  long ticks = 0;
  for (const pid_t pid : workers) {
    std::ifstream stream("/proc/" + std::to_string(pid) + "/stat");
    std::string stat;
    std::getline(stream, stat);
    std::istringstream fields(stat.substr(stat.rfind(')') + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    long user = 0, system = 0;
    fields >> user >> system;
    ticks += user + system;
  }
  return ticks;
}

TEST_F(PreviewTest, aFrameThatIsGivenUpIsNotMadeToItsEnd) {
  core::Job job = draftJob();
  job.media[0].path = std::string(PAI_SOURCE_DIR) + "/assets/sample/plate.mp4";
  job.shot.range = {{0}, {97}};
  PreviewClient client(options());
  Answers answers(client);
  const Ticket draft = client.openDraft(job);
  const auto ask = [&](std::int64_t frame) { return client.requestDraftFrame(draft, {frame}, {}, PreviewChannel::kViewer); };
  const auto wait = [&](Ticket ticket) { return waitUntil([&] { return answers.draftImages.contains(ticket) || answers.failed.contains(ticket); }, 60000); };
  ASSERT_TRUE(wait(ask(0)));
  const auto all = workers();
  long begun = workersTicks(all);
  for (const std::int64_t frame : {20, 40, 60}) ASSERT_TRUE(wait(ask(frame)));
  const long whole = workersTicks(all) - begun;
  begun = workersTicks(all);
  for (const std::int64_t frame : {30, 50, 70}) {
    const Ticket given = ask(frame);
    QElapsedTimer timer;
    timer.start();
    waitUntil([&] { return timer.elapsed() > 40; });
    client.cancel(given);
    ASSERT_TRUE(waitUntil([&] { return answers.cancelled.contains(given); }));
    const Ticket behind = client.updateDraft(draft, job);  // on the same lane
    ASSERT_TRUE(waitUntil([&] { return answers.done.contains(behind); }, 60000));
    EXPECT_FALSE(answers.draftImages.contains(given));
  }
  EXPECT_LT(workersTicks(all) - begun, whole * 2 / 3);
  const Ticket last = ask(80);
  ASSERT_TRUE(wait(last));
  EXPECT_TRUE(answers.draftImages.contains(last));
}

TEST(HeldPicturesTest, keepsWhatLiesNextAndNoMoreThanItsBytes) {
  const QImage image(100, 100, QImage::Format_RGB32);
  const HeldPictures::Kind kind{ShotPicture::kComposite, 2}, other{ShotPicture::kMatte, 2};
  HeldPictures held(10 * image.sizeInBytes());
  held.setPlayhead(95, 100);
  held.keep(other, 95, image, true);
  for (int i = 0; i < 30; ++i) {
    const auto next = held.nextMissing(kind);
    if (!next) break;
    EXPECT_EQ(*next, (95 + i) % 100);
    held.keep(kind, *next, image, true);
    EXPECT_LE(held.bytes(), 10 * image.sizeInBytes());
  }
  EXPECT_FALSE(held.nextMissing(kind)) << "a full store asks for nothing";
  EXPECT_EQ(held.ranges(kind), (std::vector<core::FrameRange>{{{0}, {5}}, {{95}, {100}}}));
  EXPECT_TRUE(held.ranges(other).empty()) << "other pictures go first";
  held.setPlayhead(3, 100);
  EXPECT_EQ(held.nextMissing(kind), 5);
  held.keep(kind, 5, image, true);
  EXPECT_TRUE(held.find(kind, 2, true).isNull()) << "the frame just behind the playhead lies farthest ahead";
  EXPECT_FALSE(held.find(kind, 4, true).isNull());
  held.keep(kind, 4, image, false);
  EXPECT_FALSE(held.find(kind, 4, true).isNull()) << "a hasty picture does not replace a final one";
  held.setMaxBytes(image.sizeInBytes());
  EXPECT_EQ(held.bytes(), image.sizeInBytes());
  held.clear();
  EXPECT_EQ(held.bytes(), 0);
}

}  // namespace
}  // namespace pai::app
