// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QByteArray>
#include <QImage>
#include <QObject>
#include <QSize>
#include <QString>
#include <QStringList>

#include "app/document/camera_facts.h"
#include "app/document/light_facts.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/draft/draft_engine.h"
#include "core/media/clip_reader.h"
#include "core/media/sound_reader.h"

namespace pai::app {

/// Names one request or one open clip or draft; never 0, never used twice.
using Ticket = quint64;

/// Who asks: within one channel the latest frame request wins (the older ones end with `cancelled`), except on
/// kThumbnails, which answers every request in order.
enum class PreviewChannel : quint8 { kViewer, kCompare, kOverlay, kFill, kThumbnails };

/// What is known of a draft once it is open.
struct DraftInfo {
  core::ClipInfo plate;
  qint64 frames = 0;
  QStringList warnings;
};

/// Pictures of one draft frame. Those not asked for are null.
struct DraftImages {
  core::FrameIndex frame;
  QImage composite, background, foreground, matte, shadow;
};

/// How a picture is brought to the screen by the worker, which then sends 8 bits.
struct ScreenView {
  QString config;     // OpenColorIO configuration, absolute; "" = none
  QString space;      // of the media's pictures; "" = as tagged
  QString transform;  // viewer transform; "" = the first
  double exposure = 0.0, gamma = 1.0;
};

/// What and how to start.
struct PreviewOptions {
  QString workerPath;         // "" = pai-worker beside the running program
  QStringList arguments;      // before the client's own; for tests
  int requestTimeoutMs = 20000;  // a worker that owes an answer, is silent and does nothing for so long hangs and is replaced
  int restartDelayMs = 100;      // doubled after each loss up to 5 s; back to the start after 30 s of good service
  qint64 frameCacheBytes = 512LL << 20;  // of frames kept for stepping and scrubbing
  bool proxies = false;                  // make proxies of long clips in the background
};

/// Media and draft pictures from `pai-worker --serve-preview` processes: a broken file kills a helper, not the session.
/// Two workers: one decodes clips and stills, one holds drafts and makes proxies. They start with the first request.
/// GUI thread only; never blocks. Pictures lie in shared memory and are mapped, not copied. Every request is answered by
/// exactly one of its own ready signal, `failed` or `cancelled`; streaming requests by `finished`, `failed` or `cancelled`.
/// After a loss the worker is started again and open clips and drafts are opened again under their old tickets; what was
/// being asked is answered by `failed` (kWorkerFailed). A clip or draft that was being worked on at three losses in a row is
/// given up: its requests fail at once.
///
/// Formats: Format_RGB32 and Format_ARGB32 (straight) for 8 bits, Format_RGBX64/RGBA64 for more, Format_RGBX32FPx4/RGBA32FPx4
/// for linear float, Format_Grayscale8/Grayscale16 for mattes.
class PreviewClient : public QObject {
  Q_OBJECT
 public:
  explicit PreviewClient(const PreviewOptions& options = {}, QObject* parent = nullptr);
  ~PreviewClient() override;

  /// Opens a video file or sequence: `clipOpened`. The ticket names the clip from now on; frames may be asked for at once.
  Ticket openClip(const QString& path);
  void closeClip(Ticket clip);
  /// A frame scaled down to fit `maxSize` (an empty size: full): `frameReady`.
  Ticket requestFrame(Ticket clip, core::FrameIndex frame, QSize maxSize, PreviewChannel channel,
                      const std::optional<ScreenView>& view = {});
  /// A still, scaled down to fit `maxSize`: `imageReady`. For thumbnails and references.
  Ticket readImage(const QString& path, QSize maxSize, const std::optional<ScreenView>& view = {});
  /// Reads the input spaces and viewer transforms of a configuration ("": without one): `coloursRead`.
  Ticket readColours(const QString& config);

  /// `count` samples of a clip's sound, counted from its first picture: `soundReady`.
  Ticket requestSound(const QString& path, qint64 begin, qint64 count);
  /// What a clip's sound looks like, measured in the background once and kept: `progress`, `peaksReady`.
  Ticket requestPeaks(const QString& path);

  /// Opens a draft of a job's shot: `draftOpened`. The ticket names the draft; the following may be asked for at once.
  Ticket openDraft(const core::Job& job);
  void closeDraft(Ticket draft);
  /// The shot changed: frames asked for from now on show the new one: `draftUpdated`.
  Ticket updateDraft(Ticket draft, const core::Job& job);
  /// Solves camera and scene in the background: `progress`, then `draftPrepared`. Frames are served meanwhile.
  Ticket prepareDraft(Ticket draft);
  /// Pictures of a frame: `draftFrameReady`. One for the viewer goes to the worker while that draws the one before; where another
  /// one waits there, it takes its place.
  Ticket requestDraftFrame(Ticket draft, core::FrameIndex frame, const core::DraftRequest& request, PreviewChannel channel,
                           const std::optional<ScreenView>& view = {});
  /// Matte report of a range, frame by frame, behind everything else: `matteReport`..., `finished`.
  Ticket requestMatteReport(Ticket draft, core::FrameRange range);

  /// The proxy that serves an open clip; "": none yet.
  QString proxyOf(Ticket clip) const;
  /// Makes an all-intra proxy of a clip in the background: `progress`, `finished`. The file appears when it is complete.
  Ticket makeProxy(const QString& path, const QString& proxyPath);

  /// Bytes of frames kept, and whether and where ("": the cache folder) proxies are made: from now on, by later workers too.
  void configure(qint64 frameCacheBytes, bool proxies, const QString& proxyFolder);

  /// Gives up a request; it is answered by `cancelled` unless its answer is already there. Unknown tickets are ignored.
  void cancel(Ticket ticket);

 signals:
  void clipOpened(pai::app::Ticket clip, const pai::core::ClipInfo& info);
  void frameReady(pai::app::Ticket ticket, pai::app::Ticket clip, pai::core::FrameIndex frame, const QImage& image);
  /// `info`: the still, as a clip of one frame.
  void imageReady(pai::app::Ticket ticket, const QImage& image, const pai::core::ClipInfo& info);
  void soundReady(pai::app::Ticket ticket, const QByteArray& samples);
  void peaksReady(pai::app::Ticket ticket, const pai::core::SoundPeaks& peaks);
  void coloursRead(pai::app::Ticket ticket, const QStringList& spaces, const QStringList& views);
  void draftOpened(pai::app::Ticket draft, const pai::app::DraftInfo& info);
  void draftUpdated(pai::app::Ticket ticket, pai::app::Ticket draft);
  void draftPrepared(pai::app::Ticket ticket, pai::app::Ticket draft, const pai::app::CameraSummary& camera, const std::vector<pai::app::LightFacts>& light);
  void draftFrameReady(pai::app::Ticket ticket, pai::app::Ticket draft, const pai::app::DraftImages& images);
  void matteReport(pai::app::Ticket ticket, pai::core::FrameIndex frame, const pai::core::MatteReportFrame& report);
  void progress(pai::app::Ticket ticket, double fraction);
  void finished(pai::app::Ticket ticket);
  /// The proxy of an open clip: how far it is, 1 when it serves.
  void proxyProgress(pai::app::Ticket clip, double fraction);
  void proxyFailed(pai::app::Ticket clip, const pai::core::Error& error);
  void failed(pai::app::Ticket ticket, const pai::core::Error& error);
  void cancelled(pai::app::Ticket ticket);
  /// A worker crashed, hung or spoke garbage; it is being replaced. `reason` is English and says which.
  void workerLost(const QString& reason);

 private:
  class Private;
  std::unique_ptr<Private> d;
};

}  // namespace pai::app
