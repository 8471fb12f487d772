// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <set>

#include "app/document/frame_source.h"

namespace pai::ui {

/// Pictures for tests: each frame is painted with its number; every answer comes from the event loop, as the workers' do.
class FakeFrameSource : public app::FrameSource {
 public:
  Ticket probe(const QString& path, core::MediaKind kind) override;
  Ticket requestMediaFrame(const QString& path, core::MediaKind kind, core::FrameIndex frame, QSize maxSize,
                           app::PictureChannel channel) override;
  void setShot(const std::optional<core::Job>& job) override;
  Ticket requestShotFrame(const app::ShotRequest& request, app::PictureChannel channel) override;
  void fill(const std::optional<app::ShotRequest>& from, std::int64_t frames) override;
  std::vector<core::FrameRange> held(app::ShotPicture, int) const override { return heldFrames; }
  void solveShot() override;
  void requestMatteReport(core::FrameRange range) override;
  Ticket requestSound(const QString& path, qint64 begin, qint64 count) override;
  Ticket requestPeaks(const QString& path) override;
  void cancel(Ticket ticket) override;
  Ticket requestColours(const QString& config) override;
  void configure(const app::Preferences& preferences) override { preferred = preferences; }

  bool clipsHaveSound = false;
  qint64 clipFrames = 97;
  std::optional<core::Timecode> startTimecode;
  std::set<QString> missing;
  int answerMs = 0;
  int viewerRequests = 0, quickRequests = 0, cancels = 0;
  std::int64_t lastViewerFrame = -1;
  std::int64_t repairedFrame = 31;  // where the matte's report lists two repairs
  std::optional<app::ShotRequest> filling, lastShotRequest;
  std::vector<core::FrameRange> heldFrames;
  std::optional<core::Job> shot;
  std::optional<app::Preferences> preferred;
  std::map<QString, app::ColourChoices> configs;  // others are damaged files

 private:
  std::set<Ticket> m_cancelled;
  std::vector<Ticket> m_viewerDrafts;  // not answered yet
  void answer(Ticket ticket, const QImage& image, bool quick = false);
  Ticket m_next = 1;
};

}  // namespace pai::ui
