// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QElapsedTimer>
#include <QImage>
#include <QObject>
#include <QTimer>

#include "app/document/frame_source.h"
#include "app/document/media_catalog.h"
#include "app/document/playback.h"
#include "ui/timeline/lane.h"
#include "ui/viewer/viewer_canvas.h"

namespace pai::ui {

enum class ViewKind { kPlate, kMatte, kComposite, kBackground, kForeground, kTake };

/// A delivered file shown by the viewer, and the frames of the shot that it holds.
struct ShownTake {
  QString path;
  core::FrameRange frames;
  bool operator==(const ShownTake&) const = default;
};

/// Keeps the canvas up to date with playhead and shot. One request is under way on each side; when its answer comes, the
/// newest frame is asked for, so that scrubbing shows pictures all the way and ends on the right one. In motion a draft's next
/// picture is asked for before the last one is there: the worker draws it while the window shows. A request that nobody waits for
/// any more is cancelled, see isStale. In motion pictures come at half size or less, at rest as sharp as the screen
/// shows them. A composite that is not held is keyed quickly while the playhead moves, under a note that says so. After a rest,
/// pictures for motion are made ahead of the playhead. A view's picture that is not there in time leaves the one before it
/// dimmed, with words that say so. GUI thread only.
class ViewerController : public QObject {
  Q_OBJECT
 public:
  ViewerController(app::Document& document, app::MediaCatalog& catalog, app::Playback& playback,
                   app::FrameSource& source, TimelineModel& model, ViewerCanvas& canvas, QObject* parent = nullptr);

  ViewKind view() const { return m_sides[0].kind; }
  ViewKind otherView() const { return m_sides[1].kind; }
  void setView(ViewKind kind);
  void setOtherView(ViewKind kind);
  void setCompareMode(CompareMode mode);
  /// The take that kTake shows; nullopt: none.
  void setTake(const std::optional<ShownTake>& take);
  /// While something is dragged over the timeline: that frame of the plate with the picture laid over it.
  void setDragPreview(const std::optional<DragPreview>& preview);
  /// Asks again for what is shown.
  void refresh();
  /// The viewer transform is another.
  void refreshColours();
  /// For viewing only: stops in linear light, and a power on the screen.
  void setExposure(double stops, double gamma);
  /// Whether pictures may be made ahead of the playhead.
  void setFills(bool fills);
  /// Whether frames of the composite that are not held are keyed quickly while the playhead moves.
  void setQuick(bool quick);
  void setChannels(Channels channels) { m_canvas.setChannels(channels); }

  /// Frames shown and left out since playing began.
  int shownFrames() const { return m_shown; }
  int droppedFrames() const { return m_dropped; }
  /// True while an asked-for picture is not there yet.
  bool isWaiting() const;

 signals:
  void viewChanged();
  void pictureShown(qint64 frame, bool quick = false);
  void playbackCounted();

 private:
  /// What a picture is called on the screen.
  struct Content {
    ViewKind kind = ViewKind::kPlate;
    std::optional<ShownTake> take;
    bool operator==(const Content&) const = default;
  };
  /// A picture that is not there yet.
  struct Asked {
    app::FrameSource::Ticket ticket = 0;
    Content content;
    std::int64_t frame = -1;
    QString note;  // what has to be said of it
    bool moving = false, quick = false;
    bool lit = false;  // exposure and gamma are applied before it is sent
  };
  struct Side {
    ViewKind kind = ViewKind::kPlate;
    std::vector<Asked> asked;      // in the order they were asked for
    std::optional<Content> shown;  // by the canvas, as a picture or as words that stand for it
    QString trouble;               // why side 1 has no picture
    app::PictureChannel channel = app::PictureChannel::kViewer;
    bool dirty = false;
  };
  void onFrame(qint64 frame);
  void onShot();
  void markDirty();
  void restFromNow();
  void fillAnew();
  void startFill();
  void showHeld();
  std::optional<app::ShotPicture> shotPictureShown() const;
  void updateView();
  void pump();
  void askAll();
  bool compares() const { return m_canvas.compareMode() != CompareMode::kSingle; }
  Content wanted(const Side& side) const;
  void showMessage(const QString& title, const QString& text);
  void coverWhatIsNotWanted(bool late);
  /// Whether a quick picture does on a side while the playhead moves: nothing is compared with it, and no edit waits to be seen.
  bool mayBeQuick(const Content& content) const;
  /// Whether another picture may be asked for while the ones before are not there.
  bool mayGoAhead(const Side& side) const;
  /// What a picture of a take's view is called where the take has none; "" where it has.
  QString noteOf(const Content& content, const TimelineShot& shot, std::int64_t local) const;
  std::int64_t frameNow() const { return m_drag ? m_drag->frame : m_playback.frame().value; }
  bool isStale(const Side& side, const Asked& asked) const;
  void dropStale();
  void ask(Side& side);
  app::FrameSource::Ticket send(Asked& asked, app::PictureChannel channel, const core::Shot& shot, std::int64_t local, int divisor);
  void onPicture(quint64 ticket, const QImage& image, bool quick);
  void onMissed(quint64 ticket, const QString& trouble);
  void showEmptyState();
  int divisorNow() const;
  int movingDivisor() const;
  QSize sizeNow(int divisor) const;

  app::Document& m_document;
  app::MediaCatalog& m_catalog;
  app::Playback& m_playback;
  app::FrameSource& m_source;
  TimelineModel& m_model;
  ViewerCanvas& m_canvas;
  Side m_sides[2];
  bool m_shotDirty = true, m_resting = true, m_fills = true;
  bool m_quick = true, m_edited = true;  // whether quick pictures are wanted; the shot changed since the playhead moved last
  QTimer m_rest, m_beforeFill, m_showHeld, m_late;
  QElapsedTimer m_unanswered;  // since the first request after the last picture; invalid when none is under way
  std::optional<ShownTake> m_take;
  std::optional<DragPreview> m_drag;
  double m_exposure = 0.0, m_gamma = 1.0;
  app::FrameSource::Ticket m_overlayTicket = 0;
  QString m_overlayPath;
  std::int64_t m_lastShown = -1;
  int m_shown = 0, m_dropped = 0;
};

}  // namespace pai::ui
