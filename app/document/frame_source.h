// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <QByteArray>
#include <QImage>
#include <QMetaType>
#include <QObject>
#include <QSize>
#include <QString>
#include <QStringList>

#include "app/document/camera_facts.h"
#include "app/document/light_facts.h"
#include "app/document/preferences.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/project.h"
#include "core/base/time.h"
#include "core/draft/repair_facts.h"
#include "core/media/clip_reader.h"
#include "core/media/sound_reader.h"

namespace pai::app {

/// What the editor needs to know of a media file.
struct MediaFacts {
  qint64 frames = 1;  // 1 for a still
  core::FrameRate rate;
  QSize size;
  std::optional<core::Timecode> startTimecode;
  qint64 firstFrameNumber = 0;
  int bitsPerComponent = 8;
  bool hasAudio = false, hasAlpha = false;
  QString codec, container;
  int pixelAspectNum = 1, pixelAspectDen = 1, rotationDegrees = 0;
  bool interlaced = false, topFieldFirst = false, variableRate = false, fullRange = false;
  qint64 bitRate = 0, sizeBytes = 0;  // bits a second; on disk, of a sequence all files together
  core::CodedFacts coded;
  QStringList warnings;
};

/// What a frame's matte looks like; fractions, see core::MatteReportFrame.
struct MatteFacts {
  double coverage = 0.0, holes = 0.0, chatter = 0.0, spill = 0.0, edgeWidth = 0.0;
  bool needsLook = false;
  std::vector<core::RepairFacts> repairs;
};

/// How pictures come to the screen. Untouched: as their files are coded; linear ones by the sRGB curve.
struct ViewSetup {
  QString config;                     // OpenColorIO configuration, absolute; "" = none
  QString transform;                  // viewer transform; "" = the first
  std::map<QString, QString> spaces;  // input transforms of media by path, where one is set
  double exposure = 0.0, gamma = 1.0;  // for viewing only: stops in linear light, and a power on the screen
  bool operator==(const ViewSetup&) const = default;

  /// Whether pictures of a media pass the viewer transform (exposure and gamma with it) before they are sent.
  bool transforms(const QString& path) const;
  QString spaceOf(const QString& path) const;
};

/// The names that a configuration (or none) knows.
struct ColourChoices {
  QStringList spaces, views;
};

/// Which picture of a shot is wanted.
enum class ShotPicture { kPlate, kMatte, kComposite, kBackground, kForeground };

/// Who asks. In each of the first three the latest request wins; thumbnails are answered one and all.
enum class PictureChannel { kViewer, kCompare, kOverlay, kThumbnails };

/// A picture of a frame of the shot at 1/divisor of its size.
struct ShotRequest {
  core::FrameIndex frame;
  ShotPicture picture = ShotPicture::kComposite;
  int divisor = 1;
  bool moving = false;  // the playhead moves: soon rather than final, see core::DraftRequest::alone
  bool quick = false;   // of one that moves: at once where none is held, see core::DraftRequest::quick
};

/// Where pictures come from. GUI thread only, never blocks. Every request is answered once, by the signal named at it, by
/// `failed`, or by `cancelled`. Tickets are never 0 and never used twice.
class FrameSource : public QObject {
  Q_OBJECT
 public:
  using Ticket = quint64;
  using QObject::QObject;

  /// Reads what a media file is: `probed`.
  virtual Ticket probe(const QString& path, core::MediaKind kind) = 0;
  /// A frame of a media file, scaled down to fit `maxSize` (empty: full size): `pictureReady`.
  virtual Ticket requestMediaFrame(const QString& path, core::MediaKind kind, core::FrameIndex frame, QSize maxSize,
                                   PictureChannel channel) = 0;
  /// Names the shot that draft pictures are of; call again whenever it changed. nullopt: none.
  virtual void setShot(const std::optional<core::Job>& job) = 0;
  /// Picture of a frame of that shot: `pictureReady`. Pictures made once are held and answered from there until they change;
  /// quick ones are not.
  virtual Ticket requestShotFrame(const ShotRequest& request, PictureChannel channel) = 0;
  /// Makes pictures like this one and holds them, from its frame on round `frames` of the shot, as far as memory for frames
  /// goes, while nothing else is asked for; nullopt: no more. `heldChanged`.
  virtual void fill(const std::optional<ShotRequest>& from, std::int64_t frames) = 0;
  /// Frames of the shot that are answered at once.
  virtual std::vector<core::FrameRange> held(ShotPicture picture, int divisor) const = 0;
  /// Solves camera and scene of the shot in the background: `solveProgress`, `cameraReady`. Pictures are served meanwhile.
  virtual void solveShot() = 0;
  /// Matte report of the shot, frame by frame: `matteReport`.
  virtual void requestMatteReport(core::FrameRange range) = 0;
  /// `count` samples (core::kSoundRate a second, interleaved stereo, 16 bits) of a clip's sound from sample `begin` on, counted
  /// from its first picture: `soundReady`.
  virtual Ticket requestSound(const QString& path, qint64 begin, qint64 count) = 0;
  /// What a clip's sound looks like, measured in the background: `peaksReady`.
  virtual Ticket requestPeaks(const QString& path) = 0;
  virtual void cancel(Ticket ticket) = 0;
  /// Reads what a configuration ("": none) knows; outside this process, since it is a file of others: `coloursRead`.
  virtual Ticket requestColours(const QString& config) = 0;

  /// Takes the user's preferences; they hold from now on.
  virtual void configure(const Preferences& preferences) = 0;

  /// How pictures that are asked for from now on come to the screen; thumbnails without exposure and gamma.
  void setView(const ViewSetup& view);
  const ViewSetup& view() const { return m_view; }

 signals:
  void heldChanged();
  /// Pictures look different now, apart from exposure and gamma.
  void coloursChanged();
  void coloursRead(quint64 ticket, const pai::app::ColourChoices& choices);
  void probed(quint64 ticket, const pai::app::MediaFacts& facts);
  /// `quick`: nothing of it is to be judged.
  void pictureReady(quint64 ticket, const QImage& image, bool quick = false);
  void soundReady(quint64 ticket, const QByteArray& samples);
  void peaksReady(quint64 ticket, const pai::core::SoundPeaks& peaks);
  void failed(quint64 ticket, const pai::core::Error& error);
  void cancelled(quint64 ticket);
  void solveProgress(double fraction);
  void cameraReady(const pai::app::CameraSummary& camera);
  /// The light that was solved with it, frame by frame.
  void lightReady(const std::vector<pai::app::LightFacts>& light);
  void matteReport(pai::core::FrameIndex frame, const pai::app::MatteFacts& facts);
  /// The worker was lost while it solved or reported; both may be asked for again.
  void analysisLost();
  /// A clip's proxy is being made, or (1) serves from now on; -1: there will be none.
  void proxyProgress(const QString& path, double fraction);
  /// Something went wrong that belongs to no single request.
  void troubled(const QString& message);

 private:
  ViewSetup m_view;
};

}  // namespace pai::app
