// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>

#include "app/document/held_pictures.h"

namespace pai::app {

class PreviewClient;
enum class PreviewChannel : quint8;

/// FrameSource over the preview workers. Starts nothing before the first request.
class PreviewFrameSource : public FrameSource {
  Q_OBJECT
 public:
  /// `workerPath`: "" = pai-worker beside the running program.
  explicit PreviewFrameSource(const QString& workerPath = {}, QObject* parent = nullptr);
  ~PreviewFrameSource() override;

  Ticket probe(const QString& path, core::MediaKind kind) override;
  Ticket requestMediaFrame(const QString& path, core::MediaKind kind, core::FrameIndex frame, QSize maxSize,
                           PictureChannel channel) override;
  void setShot(const std::optional<core::Job>& job) override;
  Ticket requestShotFrame(const ShotRequest& request, PictureChannel channel) override;
  void fill(const std::optional<ShotRequest>& from, std::int64_t frames) override;
  std::vector<core::FrameRange> held(ShotPicture picture, int divisor) const override;
  void solveShot() override;
  void requestMatteReport(core::FrameRange range) override;
  Ticket requestSound(const QString& path, qint64 begin, qint64 count) override;
  Ticket requestPeaks(const QString& path) override;
  void cancel(Ticket ticket) override;
  Ticket requestColours(const QString& config) override;
  void configure(const Preferences& preferences) override;

 private:
  struct OpenClip;
  struct Asked;
  OpenClip& clip(const QString& path);
  void closeOldClips();
  Ticket remember(quint64 clientTicket, const Asked& asked);
  quint64 askShotFrame(const ShotRequest& request, PreviewChannel channel);
  void onShotPicture(const Asked& asked, const QImage& image);
  void forgetHeld();
  void fillNext();
  void answerFailure(quint64 clientTicket, const core::Error& error);

  std::unique_ptr<PreviewClient> m_client;
  std::map<QString, OpenClip> m_clips;
  std::map<quint64, Asked> m_asked;  // by the client's ticket
  Ticket m_nextTicket = 1;
  quint64 m_useSerial = 0;
  quint64 m_draft = 0, m_solve = 0, m_report = 0;
  bool m_solveWanted = false;  // asked for before there was a draft
  core::Id m_solveAskedFor;    // the shot whose draft was to be solved last
  std::optional<core::FrameRange> m_reportWanted;
  core::FrameRange m_reportRange;  // of the report that is under way
  std::optional<core::Job> m_job;  // what its pictures show of it
  HeldPictures m_held;
  ViewSetup m_heldView;           // they came to the screen by
  std::int64_t m_generation = 0;  // of what they show
  std::optional<ShotRequest> m_fill;
  quint64 m_fillTicket = 0;  // 0: none is being made
};

}  // namespace pai::app
