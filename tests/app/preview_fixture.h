// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/document/preview_client.h"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>

#include <gtest/gtest.h>

#include "core/media/clip_writer.h"
#include "core/media/image_file.h"
#include "tests/sanitizers/sanitized.h"

namespace pai::app {

namespace fs = std::filesystem;

inline constexpr int kWidth = 320, kHeight = 180, kFrames = 60;

/// Runs the event loop until a condition holds.
template <typename Condition>
bool waitUntil(Condition condition, int timeoutMs = 15000) {
  QElapsedTimer timer;
  timer.start();
  const qint64 patience = timeoutMs * (kSanitized ? 5 : 1);
  while (!condition() && timer.elapsed() < patience) {
    QEventLoop loop;
    QTimer::singleShot(10, &loop, &QEventLoop::quit);
    loop.exec();
  }
  return condition();
}

/// Green, with a grey square that moves with the frame.
inline core::Picture pictureOf(int frame) {
  core::Picture picture(kWidth, kHeight, 3, core::SampleType::kU8);
  for (int y = 0; y < kHeight; ++y) {
    auto* row = picture.row<std::uint8_t>(y);
    for (int x = 0; x < kWidth; ++x) {
      const bool inside = x > 40 + frame && x < 120 + frame && y > 50 && y < 140;
      row[3 * x] = inside ? 180 : 40;
      row[3 * x + 1] = inside ? 150 : 175;
      row[3 * x + 2] = inside ? 130 : 70;
    }
  }
  return picture;
}

/// What a client answered, by ticket.
struct Answers {
  explicit Answers(PreviewClient& client) {
    QObject::connect(&client, &PreviewClient::clipOpened, &client, [this](Ticket t, const core::ClipInfo& info) { clips[t] = info; });
    QObject::connect(&client, &PreviewClient::frameReady, &client, [this](Ticket t, Ticket, core::FrameIndex, const QImage& i) { images[t] = i; });
    QObject::connect(&client, &PreviewClient::imageReady, &client, [this](Ticket t, const QImage& i, const core::ClipInfo& info) { images[t] = i; clips[t] = info; size = QSize(info.width, info.height); });
    QObject::connect(&client, &PreviewClient::coloursRead, &client, [this](Ticket t, const QStringList& s, const QStringList& v) { done.insert(t); spaces = s; views = v; });
    QObject::connect(&client, &PreviewClient::proxyProgress, &client, [this](Ticket, double fraction) { proxy = fraction; });
    QObject::connect(&client, &PreviewClient::draftOpened, &client, [this](Ticket t, const DraftInfo& info) { drafts[t] = info; });
    QObject::connect(&client, &PreviewClient::draftUpdated, &client, [this](Ticket t) { done.insert(t); });
    QObject::connect(&client, &PreviewClient::draftPrepared, &client, [this](Ticket t, Ticket, const CameraSummary& c, const std::vector<LightFacts>& l) { done.insert(t); camera = c; light = l.size(); });
    QObject::connect(&client, &PreviewClient::draftFrameReady, &client, [this](Ticket t, Ticket, const DraftImages& d) { draftImages[t] = d; });
    QObject::connect(&client, &PreviewClient::matteReport, &client, [this](Ticket, core::FrameIndex f) { reported.push_back(f.value); });
    QObject::connect(&client, &PreviewClient::finished, &client, [this](Ticket t) { done.insert(t); });
    QObject::connect(&client, &PreviewClient::failed, &client, [this](Ticket t, const core::Error& e) { failed[t] = e; });
    QObject::connect(&client, &PreviewClient::cancelled, &client, [this](Ticket t) { cancelled.insert(t); });
    QObject::connect(&client, &PreviewClient::workerLost, &client, [this](const QString& reason) { losses += reason; });
  }
  std::map<Ticket, core::ClipInfo> clips;
  std::map<Ticket, QImage> images;
  std::map<Ticket, DraftInfo> drafts;
  std::map<Ticket, DraftImages> draftImages;
  std::map<Ticket, core::Error> failed;
  std::set<Ticket> done, cancelled;
  std::vector<std::int64_t> reported;
  CameraSummary camera;
  QStringList losses, spaces, views;
  double proxy = -1.0; std::size_t light = 0; QSize size;
};

/// Over a short clip and a still, made once.
class PreviewTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string name = (fs::temp_directory_path() / "pai-preview-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    s_folder = name;
    core::WriteOptions options;
    options.codec = core::Codec::kFfv1;
    options.width = kWidth;
    options.height = kHeight;
    options.rate = *core::FrameRate::make(24, 1);
    options.colour.matrix = core::ColourTags::Matrix::kBt709;
    auto writer = core::ClipWriter::create(clip(), options);
    ASSERT_TRUE(writer) << core::describe(writer.error());
    for (int f = 0; f < kFrames; ++f) ASSERT_TRUE((*writer)->write(pictureOf(f)));
    ASSERT_TRUE((*writer)->finish());
    ASSERT_TRUE(core::writeImage(still(), pictureOf(7)));
  }
  static void TearDownTestSuite() {
    std::error_code code;
    fs::remove_all(s_folder, code);
  }
  static std::string clip() { return s_folder + "/clip.mkv"; }
  static std::string still() { return s_folder + "/still.png"; }
  static PreviewOptions options() {
    PreviewOptions o;
    o.workerPath = QString::fromStdString(std::string(PAI_BIN_DIR) + "/pai-worker");
    o.restartDelayMs = 20;
    o.requestTimeoutMs = 10000;
    return o;
  }
  static PreviewOptions fakeWorker(const std::string& body) {
    const std::string file = s_folder + "/fake";
    std::ofstream(file) << "#!/bin/sh\n" << body << "\n";
    ::chmod(file.c_str(), 0755);
    PreviewOptions o = options();
    o.workerPath = QString::fromStdString(file);
    return o;
  }
  static core::Job draftJob() {
    core::Job job;
    job.shot.id = "s";
    job.shot.name = "s";
    job.shot.plate = "plate";
    job.shot.range = {{0}, {kFrames}};
    job.media.push_back({"plate", clip(), "", ""});
    job.media.push_back({"image", still(), "", ""});
    core::Reference reference;
    reference.id = "r";
    reference.media = "image";
    job.shot.references.push_back(reference);
    core::MatteLayer key;
    key.id = "k";
    job.shot.matte.push_back(key);
    return job;
  }
  /// Our children named pai-worker.
  static std::vector<pid_t> workers() {
    std::vector<pid_t> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
      std::ifstream stream(entry.path() / "stat");
      std::string stat;
      std::getline(stream, stat);
      const std::size_t end = stat.rfind(')');
      if (end == std::string::npos || stat.find("(pai-worker)") == std::string::npos || stat[end + 2] == 'Z') continue;
      if (std::atoi(stat.c_str() + end + 4) == ::getpid()) found.push_back(std::atoi(entry.path().filename().c_str()));
    }
    return found;
  }
  static inline std::string s_folder;
};

}  // namespace pai::app
