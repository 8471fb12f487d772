// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/preview_fixture.h"

#include <signal.h>

#include "core/media/proxy.h"

namespace pai::app {
namespace {

TEST_F(PreviewTest, aClipsFramesComeAsTheyAre) {
  PreviewClient client(options());
  Answers answers(client);
  const Ticket opened = client.openClip(QString::fromStdString(clip()));
  const Ticket frame = client.requestFrame(opened, {30}, {}, PreviewChannel::kViewer);
  ASSERT_TRUE(waitUntil([&] { return answers.images.contains(frame); })) << (answers.losses.isEmpty() ? "" : answers.losses[0].toStdString());
  EXPECT_EQ(answers.clips[opened].frames, kFrames);
  EXPECT_EQ(answers.clips[opened].rate.num(), 24);
  const QImage image = answers.images[frame];
  ASSERT_EQ(image.size(), QSize(kWidth, kHeight));
  EXPECT_EQ(image.format(), QImage::Format_RGB32);
  EXPECT_NEAR(qRed(image.pixel(100, 100)), 180, 3);
  EXPECT_NEAR(qGreen(image.pixel(300, 10)), 175, 3);
}

TEST_F(PreviewTest, framesAreScaledToFit) {
  PreviewClient client(options());
  Answers answers(client);
  const Ticket opened = client.openClip(QString::fromStdString(clip()));
  const Ticket frame = client.requestFrame(opened, {0}, {160, 160}, PreviewChannel::kThumbnails);
  ASSERT_TRUE(waitUntil([&] { return answers.images.contains(frame); }));
  EXPECT_EQ(answers.images[frame].size(), QSize(160, 90));
}

TEST_F(PreviewTest, whileScrubbingTheLatestRequestWins) {
  PreviewClient client(options());
  Answers answers(client);
  const Ticket opened = client.openClip(QString::fromStdString(clip()));
  std::vector<Ticket> tickets;
  for (int f = 0; f < kFrames; ++f) tickets.push_back(client.requestFrame(opened, {f}, {}, PreviewChannel::kViewer));
  ASSERT_TRUE(waitUntil([&] { return answers.images.contains(tickets.back()); }));
  ASSERT_TRUE(waitUntil([&] { return answers.images.size() + answers.cancelled.size() == tickets.size(); }));
  EXPECT_GT(answers.cancelled.size(), tickets.size() / 2);
  EXPECT_TRUE(answers.failed.empty());
}

TEST_F(PreviewTest, everyThumbnailIsAnswered) {
  PreviewClient client(options());
  Answers answers(client);
  const Ticket opened = client.openClip(QString::fromStdString(clip()));
  for (int f = 0; f < 20; ++f) client.requestFrame(opened, {f}, {64, 64}, PreviewChannel::kThumbnails);
  EXPECT_TRUE(waitUntil([&] { return answers.images.size() == 20; }));
  EXPECT_TRUE(answers.cancelled.empty());
}

TEST_F(PreviewTest, stillsComeWithTheirFullSize) {
  PreviewClient client(options());
  Answers answers(client);
  const Ticket image = client.readImage(QString::fromStdString(still()), {100, 100});
  ASSERT_TRUE(waitUntil([&] { return answers.images.contains(image); }));
  EXPECT_EQ(answers.size, QSize(kWidth, kHeight));
  EXPECT_EQ(answers.images[image].width(), 100);
}

TEST_F(PreviewTest, whatAClipAndAStillStateOfThemselvesComesWithTheirSizeOnDisk) {
  for (int number = 7; number < 10; ++number) fs::copy_file(still(), s_folder + "/still.000" + std::to_string(number) + ".png", fs::copy_options::overwrite_existing);
  PreviewClient client(options());
  Answers answers(client);
  const Ticket video = client.openClip(QString::fromStdString(clip())), sequence = client.openClip(QString::fromStdString(s_folder + "/still.%04d.png"));
  const Ticket image = client.readImage(QString::fromStdString(still()), {16, 16});
  ASSERT_TRUE(waitUntil([&] { return answers.clips.size() == 3; }));
  const core::ClipInfo& told = answers.clips[video];
  const auto reader = core::ClipReader::open(clip());
  ASSERT_TRUE(reader);
  EXPECT_EQ(told.coded, (*reader)->info().coded);
  EXPECT_EQ(told.coded.matrix, "gbr");
  EXPECT_EQ(told.coded.primaries, "") << "the file does not say";
  EXPECT_FALSE(told.coded.pixelFormat.empty());
  EXPECT_EQ(told.sizeBytes, static_cast<std::int64_t>(fs::file_size(clip())));
  EXPECT_EQ(answers.clips[image].codec, "png");
  EXPECT_EQ(answers.clips[image].coded.pixelFormat, "rgb");
  EXPECT_EQ(answers.clips[sequence].sizeBytes, 3 * static_cast<std::int64_t>(fs::file_size(still())));
}

TEST_F(PreviewTest, aStillNamedLikeASequenceIsShown) {
  const std::string odd = s_folder + "/half %d.png";
  fs::copy_file(still(), odd, fs::copy_options::overwrite_existing);
  PreviewClient client(options());
  Answers answers(client);
  const Ticket image = client.readImage(QString::fromStdString(odd), {16, 16});
  ASSERT_TRUE(waitUntil([&] { return answers.clips.count(image) == 1; }));
  EXPECT_GT(answers.clips[image].width, 0);
  EXPECT_EQ(answers.clips[image].sizeBytes, static_cast<std::int64_t>(fs::file_size(odd)));
}

TEST_F(PreviewTest, filesThatCannotBeReadAreFailuresWithTheirReason) {
  PreviewClient client(options());
  Answers answers(client);
  const Ticket clipTicket = client.openClip("/nowhere/none.mp4");
  const Ticket image = client.readImage("/nowhere/none.png", {});
  const Ticket frame = client.requestFrame(12345, {0}, {}, PreviewChannel::kViewer);
  ASSERT_TRUE(waitUntil([&] { return answers.failed.size() == 3; }));
  EXPECT_EQ(answers.failed[clipTicket].code, core::ErrorCode::kFileMissing);
  EXPECT_EQ(answers.failed[image].code, core::ErrorCode::kFileMissing);
  EXPECT_EQ(answers.failed[frame].code, core::ErrorCode::kUsage);
  EXPECT_TRUE(answers.losses.isEmpty());
}

/// Squares code values into light, and shows their root.
std::string squareConfig(const std::string& file, const std::string& search = "luts") {
  std::ofstream(file) << "ocio_profile_version: 2\nsearch_path: " + search +
                             "\nroles:\n  scene_linear: lin\n  default: lin\ndisplays:\n  Screen:\n    - !<View> {name: Film, colorspace: out}\n"
                             "    - !<View> {name: Raw, colorspace: lin}\ncolorspaces:\n  - !<ColorSpace>\n    name: lin\n  - !<ColorSpace>\n    name: out\n"
                             "    from_scene_reference: !<ExponentTransform> {value: 2, direction: inverse}\n  - !<ColorSpace>\n    name: in\n"
                             "    to_scene_reference: !<ExponentTransform> {value: 2}\n";
  return file;
}

TEST_F(PreviewTest, aConfigurationIsReadByTheWorkerAndABadOneIsAFailureThatNamesIt) {
  PreviewClient client(options());
  Answers answers(client);
  const QString good = QString::fromStdString(squareConfig(s_folder + "/good.ocio"));
  const Ticket ticket = client.readColours(good);
  ASSERT_TRUE(waitUntil([&] { return answers.done.contains(ticket); }));
  EXPECT_TRUE(answers.spaces.contains("in"));
  EXPECT_EQ(answers.views, QStringList({"Screen - Film", "Screen - Raw"}));
  const Ticket plain = client.readColours({});
  ASSERT_TRUE(waitUntil([&] { return answers.done.contains(plain); }));
  EXPECT_TRUE(answers.spaces.contains("srgb"));
  std::ofstream(s_folder + "/bad.ocio") << "ocio_profile_version: 2\n  what: [";
  const QString outside = QString::fromStdString(squareConfig(s_folder + "/outside.ocio", "/etc"));
  for (const auto& [file, code] : {std::pair(QString::fromStdString(s_folder + "/bad.ocio"), core::ErrorCode::kFormatBroken),
                                   std::pair(outside, core::ErrorCode::kPathForbidden), std::pair(QString("/none.ocio"), core::ErrorCode::kFileMissing)}) {
    const Ticket bad = client.readColours(file);
    ASSERT_TRUE(waitUntil([&] { return answers.failed.contains(bad); })) << file.toStdString();
    EXPECT_EQ(answers.failed[bad].code, code) << core::describe(answers.failed[bad]);
    EXPECT_EQ(answers.failed[bad].context, file.toStdString());
  }
  EXPECT_TRUE(answers.losses.isEmpty());
}

TEST_F(PreviewTest, framesStillsAndDraftsPassInputAndViewerTransform) {
  PreviewClient client(options());
  Answers answers(client);
  const QString config = QString::fromStdString(squareConfig(s_folder + "/view.ocio"));
  const Ticket open = client.openClip(QString::fromStdString(clip()));
  const auto shown = [&](Ticket ticket, QPoint at = {5, 5}) {
    EXPECT_TRUE(waitUntil([&] { return answers.images.contains(ticket) || answers.failed.contains(ticket); }));
    return answers.images.contains(ticket) ? answers.images[ticket].pixelColor(at) : QColor();
  };
  const auto near = [](const QColor& a, int r, int g, int b) { return std::abs(a.red() - r) <= 3 && std::abs(a.green() - g) <= 3 && std::abs(a.blue() - b) <= 3; };
  const QColor plain = shown(client.requestFrame(open, {0}, {}, PreviewChannel::kThumbnails));
  const QColor through = shown(client.requestFrame(open, {0}, {}, PreviewChannel::kThumbnails, ScreenView{config, "in", "", 0.0, 1.0}));
  EXPECT_TRUE(near(through, plain.red(), plain.green(), plain.blue())) << "the root of the square";
  const QColor raw = shown(client.requestFrame(open, {0}, {}, PreviewChannel::kThumbnails, ScreenView{config, "in", "Screen - Raw", 0.0, 1.0}));
  EXPECT_TRUE(near(raw, plain.red() * plain.red() / 255, plain.green() * plain.green() / 255, plain.blue() * plain.blue() / 255));
  const QColor dark = shown(client.requestFrame(open, {0}, {}, PreviewChannel::kThumbnails, ScreenView{config, "in", "", -2.0, 1.0}));
  EXPECT_TRUE(near(dark, plain.red() / 2, plain.green() / 2, plain.blue() / 2)) << "two stops less are half the root";
  const QColor image = shown(client.readImage(QString::fromStdString(still()), {}, ScreenView{config, "in", "Screen - Raw", 0.0, 1.0}));
  EXPECT_TRUE(near(image, 40 * 40 / 255, 175 * 175 / 255, 70 * 70 / 255));
  const Ticket unknown = client.requestFrame(open, {0}, {}, PreviewChannel::kThumbnails, ScreenView{config, "nowhere", "", 0.0, 1.0});
  ASSERT_TRUE(waitUntil([&] { return answers.failed.contains(unknown); }));
  EXPECT_EQ(answers.failed[unknown].code, core::ErrorCode::kFieldInvalid);
  EXPECT_NE(answers.failed[unknown].detail.find("nowhere"), std::string::npos);

  core::Job job = draftJob();
  job.ocioConfig = config.toStdString();
  for (core::JobMedia& media : job.media) media.colourSpace = "in";
  const Ticket draft = client.openDraft(job);
  const Ticket frame = client.requestDraftFrame(draft, {0}, {1, false, false, true, false, false}, PreviewChannel::kViewer, ScreenView{config, "", "Screen - Raw", 0.0, 1.0});
  ASSERT_TRUE(waitUntil([&] { return answers.draftImages.contains(frame) || answers.failed.contains(frame); })) ;
  ASSERT_TRUE(answers.draftImages.contains(frame)) << core::describe(answers.failed[frame]);
  EXPECT_EQ(answers.draftImages[frame].foreground.format(), QImage::Format_RGB32) << "eight bits for the screen, though the plate is linear now";
}

TEST_F(PreviewTest, aClipsProxyTellsHowFarItIsAndPreferencesHoldAtOnce) {
  const std::string folder = s_folder + "/proxies here";
  core::WriteOptions wide;
  wide.codec = core::Codec::kH264;
  wide.width = 1280;
  wide.height = 720;
  wide.rate = *core::FrameRate::make(24, 1);
  auto writer = core::ClipWriter::create(s_folder + "/wide.mp4", wide);
  ASSERT_TRUE(writer) << core::describe(writer.error());
  for (int f = 0; f < 20; ++f) ASSERT_TRUE((*writer)->write(core::Picture(1280, 720, 3, core::SampleType::kU8)));
  ASSERT_TRUE((*writer)->finish());
  PreviewClient client(options());
  Answers answers(client);
  client.configure(64 << 20, false, QString::fromStdString(folder));
  const Ticket without = client.openClip(QString::fromStdString(s_folder + "/wide.mp4"));
  ASSERT_TRUE(waitUntil([&] { return answers.clips.contains(without); }));
  client.closeClip(without);
  client.configure(64 << 20, true, QString::fromStdString(folder));
  client.openClip(QString::fromStdString(s_folder + "/wide.mp4"));
  ASSERT_TRUE(waitUntil([&] { return answers.proxy == 1.0; }, 30000)) << answers.proxy;
  EXPECT_GT(core::proxyBytes(folder), 0);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
  ASSERT_TRUE(core::removeProxies(folder));
  EXPECT_EQ(core::proxyBytes(folder), 0);
}

TEST_F(PreviewTest, aProxyIsMadeAndReads) {
  PreviewClient client(options());
  Answers answers(client);
  const std::string proxy = s_folder + "/proxy.mov";
  const Ticket made = client.makeProxy(QString::fromStdString(clip()), QString::fromStdString(proxy));
  ASSERT_TRUE(waitUntil([&] { return answers.done.contains(made); }, 30000)) << (answers.failed.empty() ? "" : core::describe(answers.failed.begin()->second));
  auto reader = core::ClipReader::open(proxy);
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->info().frames, kFrames);
}

TEST_F(PreviewTest, aKilledWorkerIsReplacedAndItsClipsAreOpenAgain) {
  PreviewClient client(options());
  Answers answers(client);
  const Ticket opened = client.openClip(QString::fromStdString(clip()));
  ASSERT_TRUE(waitUntil([&] { return answers.clips.contains(opened); }));
  for (int round = 0; round < 3; ++round) {
    const std::vector<pid_t> before = workers();
    ASSERT_FALSE(before.empty());
    for (const pid_t pid : before) ::kill(pid, SIGKILL);
    ASSERT_TRUE(waitUntil([&] { return answers.losses.size() == round + 1; }));
    EXPECT_TRUE(answers.losses.last().contains("signal 9")) << answers.losses.last().toStdString();
    const Ticket frame = client.requestFrame(opened, {round}, {}, PreviewChannel::kViewer);
    ASSERT_TRUE(waitUntil([&] { return answers.images.contains(frame); })) << round;
  }
}

TEST_F(PreviewTest, aStoppedWorkerIsTakenForHangingAndReplaced) {
  PreviewOptions o = options();
  o.requestTimeoutMs = 3000;
  PreviewClient client(o);
  Answers answers(client);
  const Ticket opened = client.openClip(QString::fromStdString(clip()));
  ASSERT_TRUE(waitUntil([&] { return answers.clips.contains(opened); }));
  for (const pid_t pid : workers()) ::kill(pid, SIGSTOP);
  const Ticket asked = client.requestFrame(opened, {1}, {}, PreviewChannel::kViewer);
  ASSERT_TRUE(waitUntil([&] { return answers.failed.contains(asked); }));
  EXPECT_EQ(answers.failed[asked].code, core::ErrorCode::kWorkerFailed);
  EXPECT_EQ(answers.losses.size(), 1);
  const Ticket again = client.requestFrame(opened, {2}, {}, PreviewChannel::kViewer);
  EXPECT_TRUE(waitUntil([&] { return answers.images.contains(again); }));
}

/// A script that works for a share of its time, as on a machine full of other work, and answers the first clip after `seconds` of it.
std::string workerUnderLoad(double seconds) {
  const int turns = static_cast<int>(seconds / 0.1);
  return "i=0; while [ $i -lt " + std::to_string(turns) + " ]; do i=$((i+1)); sleep 0.09; j=0; while [ $j -lt 4000 ]; do j=$((j+1)); done; done; "
         "printf '{\"t\":\"failed\",\"ticket\":1,\"code\":\"file_not_found\",\"detail\":\"late\",\"context\":\"\"}' >&3; sleep 10";
}

TEST_F(PreviewTest, aWorkerThatIsSilentButWorksIsWaitedForAndAnEndlessOneIsNot) {
  PreviewOptions o = fakeWorker(workerUnderLoad(3.0));
  o.requestTimeoutMs = 600;
  {
    PreviewClient client(o);
    Answers answers(client);
    const Ticket opened = client.openClip(QString::fromStdString(clip()));
    ASSERT_TRUE(waitUntil([&] { return answers.failed.contains(opened); }));
    EXPECT_EQ(answers.failed[opened].detail, "late") << "five times as long as it may be still";
    EXPECT_TRUE(answers.losses.isEmpty());
  }
  o = fakeWorker("while :; do :; done");
  o.requestTimeoutMs = 600;
  PreviewClient client(o);
  Answers answers(client);
  client.openClip(QString::fromStdString(clip()));
  EXPECT_TRUE(waitUntil([&] { return !answers.losses.isEmpty(); }));
}

TEST_F(PreviewTest, workersThatCrashHangCloseOrSpeakGarbageAreLossesWithAReason) {
  const std::pair<const char*, const char*> fakes[]{{"kill -SEGV $$", "signal 11"},
                                                    {"exit 3", "code 3"},
                                                    {"echo 'garbage' >&3; sleep 10", "no message"},
                                                    {"printf '{\"t\":\"clip\",\"ticket\":1,\"info\":{}}' >&3; sleep 10", "does not fit"},
                                                    {"printf '@99' >&3; sleep 10", "no message"},
                                                    {"exec 3>&-; sleep 10", "closed"}};
  for (const auto& [body, reason] : fakes) {
    SCOPED_TRACE(body);
    PreviewClient client(fakeWorker(body));
    Answers answers(client);
    const Ticket opened = client.openClip(QString::fromStdString(clip()));
    ASSERT_TRUE(waitUntil([&] { return answers.failed.contains(opened); }));
    ASSERT_TRUE(waitUntil([&] { return !answers.losses.isEmpty(); }));
    EXPECT_TRUE(answers.losses[0].contains(reason)) << answers.losses[0].toStdString();
    EXPECT_EQ(answers.failed[opened].code, core::ErrorCode::kWorkerFailed);
  }
}

TEST_F(PreviewTest, aMissingProgramIsALossAndNotAHang) {
  PreviewOptions o = options();
  o.workerPath = "/nowhere/pai-worker";
  PreviewClient client(o);
  Answers answers(client);
  client.openClip(QString::fromStdString(clip()));
  EXPECT_TRUE(waitUntil([&] { return !answers.losses.isEmpty(); }));
}

TEST_F(PreviewTest, requestsCanBeTakenBack) {
  PreviewClient client(options());
  Answers answers(client);
  const Ticket opened = client.openClip(QString::fromStdString(clip()));
  const Ticket frame = client.requestFrame(opened, {10}, {}, PreviewChannel::kViewer);
  client.cancel(frame);
  client.cancel(frame);
  client.cancel(999);
  ASSERT_TRUE(waitUntil([&] { return answers.cancelled.contains(frame); }));
  const Ticket other = client.requestFrame(opened, {11}, {}, PreviewChannel::kViewer);
  ASSERT_TRUE(waitUntil([&] { return answers.images.contains(other); }));
  EXPECT_FALSE(answers.images.contains(frame));
}

TEST_F(PreviewTest, theCallersThreadIsNeverHeldUp) {
  PreviewClient client(options());
  Answers answers(client);
  QElapsedTimer timer;
  timer.start();
  const Ticket opened = client.openClip(QString::fromStdString(clip()));
  const Ticket draft = client.openDraft(draftJob());
  client.prepareDraft(draft);
  for (int f = 0; f < 50; ++f) client.requestFrame(opened, {f}, {}, PreviewChannel::kViewer);
  EXPECT_LT(timer.elapsed(), 50);
}

TEST_F(PreviewTest, noWorkerOutlivesItsClient) {
  {
    PreviewClient client(options());
    Answers answers(client);
    const Ticket opened = client.openClip(QString::fromStdString(clip()));
    ASSERT_TRUE(waitUntil([&] { return answers.clips.contains(opened); }));
    EXPECT_FALSE(workers().empty());
  }
  EXPECT_TRUE(waitUntil([&] { return workers().empty(); }, 5000));
}

}  // namespace
}  // namespace pai::app

int main(int argc, char** argv) {
  QCoreApplication application(argc, argv);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
