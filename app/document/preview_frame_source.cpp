// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/preview_frame_source.h"

#include <algorithm>

#include <QTimer>

#include "app/document/core_words.h"
#include "app/document/error_text.h"
#include "app/document/preview_client.h"

namespace pai::app {
namespace {

constexpr std::size_t kOpenClips = 12;

/// Whether an open draft's files are what they were. A content hash that was found only now changes nothing.
bool sameFiles(const std::vector<core::JobMedia>& was, const std::vector<core::JobMedia>& is) {
  return std::equal(was.begin(), was.end(), is.begin(), is.end(), [](const core::JobMedia& a, const core::JobMedia& b) {
    const bool sameContent = a.sha256.empty() || b.sha256.empty() || a.sha256 == b.sha256;
    return a.id == b.id && a.path == b.path && a.colourSpace == b.colourSpace && sameContent;
  });
}

/// What of a job its pictures show, and the names that errors tell of.
core::Job shownPart(const core::Job& job) {
  core::Job out;
  const core::Shot& shot = job.shot;
  out.shot.id = shot.id;
  out.shot.plate = shot.plate;
  out.shot.range = shot.range;
  out.shot.references = shot.references;
  out.shot.matte = shot.matte;
  out.shot.repairs = shot.repairs;
  out.shot.camera = shot.camera;
  out.shot.light = shot.light;
  out.shot.name = shot.name;
  out.name = job.name;
  out.media = job.media;
  out.width = job.width;
  out.height = job.height;
  out.ocioConfig = job.ocioConfig;
  out.colourSpace = job.colourSpace;
  return out;
}

/// What the worker is told: it draws from files.
core::Job withoutHashes(core::Job job) {
  for (core::JobMedia& m : job.media) m.sha256.clear();
  return job;
}

/// Another name, or a hash that comes later, is no reason to make any picture again.
bool showTheSame(core::Job a, const core::Job& b) {
  a.name = b.name;
  a.shot.name = b.shot.name;
  return withoutHashes(std::move(a)) == withoutHashes(b);
}

/// Half of the memory for frames is for those of clips, which the worker keeps, half for the shot's pictures, kept here.
qint64 halfOfCache(const Preferences& preferences) { return (qint64{preferences.frameCacheMegabytes} << 20) / 2; }

PreviewChannel channelOf(PictureChannel channel) {
  switch (channel) {
    case PictureChannel::kViewer: return PreviewChannel::kViewer;
    case PictureChannel::kCompare: return PreviewChannel::kCompare;
    case PictureChannel::kOverlay: return PreviewChannel::kOverlay;
    case PictureChannel::kThumbnails: break;
  }
  return PreviewChannel::kThumbnails;
}

MediaFacts factsOf(const core::ClipInfo& info) {
  MediaFacts facts;
  facts.frames = info.frames;
  facts.rate = info.rate;
  facts.size = QSize(info.width, info.height);
  facts.startTimecode = info.startTimecode;
  facts.firstFrameNumber = info.firstFrameNumber;
  facts.bitsPerComponent = info.bitsPerComponent;
  facts.hasAudio = info.hasAudio;
  facts.hasAlpha = info.hasAlpha;
  facts.codec = QString::fromStdString(info.codec);
  facts.container = QString::fromStdString(info.container);
  facts.pixelAspectNum = info.pixelAspectNum;
  facts.pixelAspectDen = info.pixelAspectDen;
  facts.rotationDegrees = info.rotationDegrees;
  facts.interlaced = info.interlaced;
  facts.topFieldFirst = info.topFieldFirst;
  facts.variableRate = info.variableRate;
  facts.fullRange = info.colour.fullRange;
  facts.bitRate = info.bitRate;
  facts.sizeBytes = info.sizeBytes;
  facts.coded = info.coded;
  for (const std::string& warning : info.warnings) facts.warnings << noteText(QString::fromStdString(warning));
  return facts;
}

QImage pictureOf(const DraftImages& images, ShotPicture picture) {
  switch (picture) {
    case ShotPicture::kMatte: return images.matte;
    case ShotPicture::kBackground: return images.background;
    case ShotPicture::kForeground: return images.foreground;
    case ShotPicture::kComposite:
    case ShotPicture::kPlate: break;
  }
  return images.composite;
}

PreviewOptions optionsOf(const QString& workerPath) {
  PreviewOptions options;
  options.workerPath = workerPath;
  const Preferences preferences = loadPreferences();
  options.proxies = preferences.proxies;
  options.frameCacheBytes = halfOfCache(preferences);
  return options;
}

core::DraftRequest draftRequest(const ShotRequest& wanted, const QString& proxy) {
  core::DraftRequest request;
  request.divisor = wanted.divisor;
  request.composite = wanted.picture == ShotPicture::kComposite;
  request.background = wanted.picture == ShotPicture::kBackground;
  request.foreground = wanted.picture == ShotPicture::kForeground;
  request.matte = wanted.picture == ShotPicture::kMatte;
  request.alone = wanted.moving;
  request.quick = wanted.quick;
  request.proxy = proxy.toStdString();
  return request;
}

/// How pictures of a media go out; nothing: as they are.
std::optional<ScreenView> screenView(const ViewSetup& view, const QString& path, PictureChannel channel) {
  if (!view.transforms(path)) return {};
  ScreenView screen{view.config, view.spaceOf(path), view.transform, view.exposure, view.gamma};
  if (channel == PictureChannel::kThumbnails || channel == PictureChannel::kOverlay) screen.exposure = 0.0, screen.gamma = 1.0;
  return screen;
}

}  // namespace

struct PreviewFrameSource::OpenClip {
  quint64 ticket = 0;
  std::optional<MediaFacts> facts;
  std::optional<core::Error> error;
  std::vector<Ticket> probes;  // waiting for the facts
  quint64 used = 0;
};

struct PreviewFrameSource::Asked {
  Ticket ticket = 0;
  bool isProbe = false;
  ShotRequest shot;              // of a picture of the shot
  std::int64_t generation = -1;  // of the shot's pictures, when it was asked for
};

PreviewFrameSource::PreviewFrameSource(const QString& workerPath, QObject* parent)
    : FrameSource(parent), m_client(std::make_unique<PreviewClient>(optionsOf(workerPath))), m_held(halfOfCache(loadPreferences())) {
  PreviewClient* client = m_client.get();
  connect(client, &PreviewClient::clipOpened, this, [this](quint64 ticket, const core::ClipInfo& info) {
    for (auto& [path, open] : m_clips) {
      if (open.ticket != ticket) continue;
      open.facts = factsOf(info);
      for (Ticket probe : std::exchange(open.probes, {})) emit probed(probe, *open.facts);
      return;
    }
  });
  const auto answer = [this](quint64 ticket, auto deliver) {
    const auto it = m_asked.find(ticket);
    if (it == m_asked.end()) return;
    const Asked asked = it->second;
    m_asked.erase(it);
    deliver(asked);
  };
  connect(client, &PreviewClient::frameReady, this,
          [this, answer](quint64 ticket, quint64, core::FrameIndex, const QImage& image) {
            answer(ticket, [this, &image](const Asked& asked) { emit pictureReady(asked.ticket, image); });
          });
  connect(client, &PreviewClient::imageReady, this, [this, answer](quint64 ticket, const QImage& image, const core::ClipInfo& info) {
    answer(ticket, [this, &image, &info](const Asked& asked) {
      if (!asked.isProbe) return emit pictureReady(asked.ticket, image);
      MediaFacts facts = factsOf(info);
      facts.frames = 1;
      emit probed(asked.ticket, facts);
    });
  });
  connect(client, &PreviewClient::soundReady, this, [this, answer](quint64 ticket, const QByteArray& samples) {
    answer(ticket, [this, &samples](const Asked& asked) { emit soundReady(asked.ticket, samples); });
  });
  connect(client, &PreviewClient::peaksReady, this, [this, answer](quint64 ticket, const core::SoundPeaks& peaks) {
    answer(ticket, [this, &peaks](const Asked& asked) { emit peaksReady(asked.ticket, peaks); });
  });
  connect(client, &PreviewClient::draftFrameReady, this,
          [this, answer](quint64 ticket, quint64, const DraftImages& images) {
            answer(ticket, [this, &images](const Asked& asked) { onShotPicture(asked, pictureOf(images, asked.shot.picture)); });
          });
  connect(client, &PreviewClient::coloursRead, this, [this, answer](quint64 ticket, const QStringList& spaces, const QStringList& views) {
    answer(ticket, [&](const Asked& asked) { emit coloursRead(asked.ticket, {spaces, views}); });
  });
  connect(client, &PreviewClient::draftOpened, this, [this](quint64 draft, const DraftInfo& info) {
    if (draft != m_draft) return;
    for (const QString& warning : info.warnings) emit troubled(noteText(warning));
  });
  connect(client, &PreviewClient::draftPrepared, this,
          [this](quint64 ticket, quint64, const CameraSummary& camera, const std::vector<LightFacts>& light) {
            if (ticket != m_solve) return;
            m_solve = 0;
            forgetHeld();
            emit solveProgress(1.0);
            emit cameraReady(camera);
            emit lightReady(light);
            fillNext();
          });
  connect(client, &PreviewClient::matteReport, this,
          [this](quint64 ticket, core::FrameIndex frame, const core::MatteReportFrame& r) {
            if (ticket != m_report) return;
            emit matteReport(frame, {r.coverage, r.holes, r.chatter, r.spill, r.edgeWidth, r.needsLook, r.repairs});
          });
  connect(client, &PreviewClient::progress, this, [this](quint64 ticket, double fraction) {
    if (ticket == m_solve) emit solveProgress(fraction);
  });
  connect(client, &PreviewClient::failed, this, &PreviewFrameSource::answerFailure);
  connect(client, &PreviewClient::cancelled, this, [this, answer](quint64 ticket) {
    if (ticket == m_fillTicket) m_fillTicket = 0;
    answer(ticket, [this](const Asked& asked) {
      if (asked.ticket != 0) emit cancelled(asked.ticket);
    });
  });
  connect(client, &PreviewClient::proxyProgress, this, [this](quint64 clip, double fraction) {
    for (const auto& [path, open] : m_clips)
      if (open.ticket == clip) return emit proxyProgress(path, fraction);
  });
  connect(client, &PreviewClient::proxyFailed, this, [this](quint64 clip, const core::Error& error) {
    for (const auto& [path, open] : m_clips)
      if (open.ticket == clip) emit proxyProgress(path, -1.0);
    if (error.code != core::ErrorCode::kCancelled) emit troubled(tr("No proxy was made: %1").arg(errorText(error)));
  });
  if (const Preferences preferences = loadPreferences(); !preferences.proxyFolder.isEmpty()) configure(preferences);
  connect(client, &PreviewClient::workerLost, this, [this](const QString& reason) {
    core::Error error;
    error.code = core::ErrorCode::kWorkerFailed;
    error.detail = reason.toStdString();
    emit troubled(errorText(error));
  });
}

PreviewFrameSource::~PreviewFrameSource() = default;

PreviewFrameSource::OpenClip& PreviewFrameSource::clip(const QString& path) {
  OpenClip& open = m_clips[path];
  if (open.ticket == 0) open.ticket = m_client->openClip(path);
  open.used = ++m_useSerial;
  return open;
}

void PreviewFrameSource::closeOldClips() {
  while (m_clips.size() > kOpenClips) {
    auto oldest = m_clips.end();
    for (auto it = m_clips.begin(); it != m_clips.end(); ++it) {
      const bool idle = it->second.probes.empty();
      if (idle && (oldest == m_clips.end() || it->second.used < oldest->second.used)) oldest = it;
    }
    if (oldest == m_clips.end()) return;
    m_client->closeClip(oldest->second.ticket);
    m_clips.erase(oldest);
  }
}

FrameSource::Ticket PreviewFrameSource::remember(quint64 clientTicket, const Asked& asked) {
  Asked kept = asked;
  kept.ticket = m_nextTicket++;
  m_asked[clientTicket] = kept;
  return kept.ticket;
}

FrameSource::Ticket PreviewFrameSource::probe(const QString& path, core::MediaKind kind) {
  if (kind == core::MediaKind::kImage) return remember(m_client->readImage(path, QSize(16, 16)), {0, true, {}});
  const Ticket ticket = m_nextTicket++;
  OpenClip& open = clip(path);
  if (open.facts) {
    const MediaFacts facts = *open.facts;
    QTimer::singleShot(0, this, [this, ticket, facts] { emit probed(ticket, facts); });
  } else {
    open.probes.push_back(ticket);
  }
  closeOldClips();
  return ticket;
}

FrameSource::Ticket PreviewFrameSource::requestMediaFrame(const QString& path, core::MediaKind kind,
                                                          core::FrameIndex frame, QSize maxSize,
                                                          PictureChannel channel) {
  const std::optional<ScreenView> shown = screenView(view(), path, channel);
  if (kind == core::MediaKind::kImage) return remember(m_client->readImage(path, maxSize, shown), {});
  const quint64 open = clip(path).ticket;
  closeOldClips();
  return remember(m_client->requestFrame(open, frame, maxSize, channelOf(channel), shown), {});
}

void PreviewFrameSource::setShot(const std::optional<core::Job>& whole) {
  std::optional<core::Job> shown;
  if (whole) shown = shownPart(*whole);
  const core::Job* job = shown ? &*shown : nullptr;
  // An open draft holds its files by path and colour: with others it is another draft.
  const bool sameShot = job && m_job && job->shot.id == m_job->shot.id && job->shot.plate == m_job->shot.plate;
  const bool samePlate = sameShot && sameFiles(m_job->media, job->media) && job->ocioConfig == m_job->ocioConfig;
  if (m_draft != 0 && samePlate && showTheSame(*job, *m_job)) {
    m_job = std::move(shown);
    return;
  }
  // A report goes on as long as it is of the same matte of the same frames.
  const bool sameMatte = job && m_job && job->shot.id == m_job->shot.id && job->shot.plate == m_job->shot.plate &&
                         job->shot.matte == m_job->shot.matte && job->shot.range == m_job->shot.range;
  m_job = std::move(shown);
  forgetHeld();
  if (!sameMatte && m_report != 0) m_client->cancel(std::exchange(m_report, 0));
  if (m_draft != 0 && samePlate) {
    m_client->updateDraft(m_draft, withoutHashes(*m_job));
    return;
  }
  if (m_draft != 0) m_client->closeDraft(std::exchange(m_draft, 0));
  if (std::exchange(m_report, 0) != 0) m_reportWanted = m_reportRange;
  if (std::exchange(m_solve, 0) != 0)  // not now: whoever hears of it may ask for pictures of a draft that is not open yet
    QTimer::singleShot(0, this, [this] {
      if (m_solve == 0) emit solveProgress(1.0);
    });
  if (!m_job) {
    m_solveWanted = false;
    m_reportWanted.reset();
    return;
  }
  m_draft = m_client->openDraft(withoutHashes(*m_job));
  if (m_solveAskedFor == m_job->shot.id) m_solveWanted = true;  // nobody else knows that the solve went with the draft before
  if (std::exchange(m_solveWanted, false)) solveShot();
  if (const auto range = std::exchange(m_reportWanted, std::nullopt)) requestMatteReport(*range);
}

FrameSource::Ticket PreviewFrameSource::requestShotFrame(const ShotRequest& request, PictureChannel channel) {
  if (view() != m_heldView) {
    m_heldView = view();
    forgetHeld();
  }
  const QImage known = m_held.find({request.picture, request.divisor}, request.frame.value, !request.moving);
  if (m_draft != 0 && known.isNull()) return remember(askShotFrame(request, channelOf(channel)), {0, false, request, m_generation});
  const Ticket ticket = m_nextTicket++;
  QTimer::singleShot(0, this, [this, ticket, known] {
    if (known.isNull()) emit cancelled(ticket);
    else emit pictureReady(ticket, known);
  });
  return ticket;
}

quint64 PreviewFrameSource::askShotFrame(const ShotRequest& request, PreviewChannel channel) {
  QString plate;
  for (const core::JobMedia& media : m_job->media)
    if (media.id == m_job->shot.plate) plate = QString::fromStdString(media.path);
  std::optional<ScreenView> shown = screenView(view(), plate, PictureChannel::kViewer);
  if (shown) shown->space.clear();  // the engine's pictures have passed the input transform
  const auto open = m_clips.find(plate);
  const QString proxy = request.moving && open != m_clips.end() ? m_client->proxyOf(open->second.ticket) : QString();
  return m_client->requestDraftFrame(m_draft, request.frame, draftRequest(request, proxy), channel, shown);
}

void PreviewFrameSource::onShotPicture(const Asked& asked, const QImage& image) {
  const HeldPictures::Kind kind{asked.shot.picture, asked.shot.divisor};
  // One that was given up when it was just done may have been asked for again: the second tells nothing new.
  if (!asked.shot.quick && asked.generation == m_generation && m_held.find(kind, asked.shot.frame.value, true).isNull()) {
    m_held.keep(kind, asked.shot.frame.value, image, !asked.shot.moving);
    emit heldChanged();
  }
  if (asked.ticket == 0) m_fillTicket = 0;
  else emit pictureReady(asked.ticket, image, asked.shot.quick);
  fillNext();
}

void PreviewFrameSource::forgetHeld() {
  ++m_generation;
  m_held.clear();
  emit heldChanged();
}

std::vector<core::FrameRange> PreviewFrameSource::held(ShotPicture picture, int divisor) const { return m_held.ranges({picture, divisor}); }

void PreviewFrameSource::fill(const std::optional<ShotRequest>& from, std::int64_t frames) {
  m_fill = from;
  if (!from) {
    if (m_fillTicket != 0) m_client->cancel(std::exchange(m_fillTicket, 0));
    return;
  }
  m_held.setPlayhead(from->frame.value, frames);
  fillNext();
}

void PreviewFrameSource::fillNext() {
  if (!m_fill || m_fillTicket != 0 || m_draft == 0 || m_solve != 0 || view() != m_heldView) return;
  const auto next = m_held.nextMissing({m_fill->picture, m_fill->divisor});
  if (!next) return;
  ShotRequest request = *m_fill;
  request.frame = {*next};
  m_fillTicket = askShotFrame(request, PreviewChannel::kFill);
  m_asked[m_fillTicket] = {0, false, request, m_generation};
}

FrameSource::Ticket PreviewFrameSource::requestColours(const QString& config) { return remember(m_client->readColours(config), {}); }

void PreviewFrameSource::configure(const Preferences& preferences) {
  m_held.setMaxBytes(halfOfCache(preferences));
  m_client->configure(halfOfCache(preferences), preferences.proxies, preferences.proxyFolder);
}

void PreviewFrameSource::solveShot() {
  m_solveWanted = m_draft == 0;
  if (m_solveWanted) return;
  if (m_solve != 0) m_client->cancel(m_solve);
  m_solveAskedFor = m_job->shot.id;
  m_solve = m_client->prepareDraft(m_draft);
}

void PreviewFrameSource::requestMatteReport(core::FrameRange range) {
  if (m_draft == 0) {
    m_reportWanted = range;
    return;
  }
  if (m_report != 0) m_client->cancel(m_report);
  m_reportRange = range;
  m_report = m_client->requestMatteReport(m_draft, range);
}

FrameSource::Ticket PreviewFrameSource::requestSound(const QString& path, qint64 begin, qint64 count) {
  return remember(m_client->requestSound(path, begin, count), {});
}

FrameSource::Ticket PreviewFrameSource::requestPeaks(const QString& path) { return remember(m_client->requestPeaks(path), {}); }

void PreviewFrameSource::cancel(Ticket ticket) {
  for (const auto& [clientTicket, asked] : m_asked)
    if (asked.ticket == ticket) return m_client->cancel(clientTicket);
}

void PreviewFrameSource::answerFailure(quint64 clientTicket, const core::Error& error) {
  if (clientTicket == m_fillTicket) {  // whoever looks at that frame will be told
    m_fillTicket = 0;
    m_fill.reset();
    m_asked.erase(clientTicket);
    return;
  }
  if (const auto it = m_asked.find(clientTicket); it != m_asked.end()) {
    const Asked asked = it->second;
    m_asked.erase(it);
    emit failed(asked.ticket, error);
    return;
  }
  for (auto it = m_clips.begin(); it != m_clips.end(); ++it) {
    if (it->second.ticket != clientTicket) continue;
    const std::vector<Ticket> probes = std::move(it->second.probes);
    m_clips.erase(it);
    for (Ticket probe : probes) emit failed(probe, error);
    return;
  }
  if (clientTicket == m_draft) m_draft = 0;
  const bool solving = m_solve != 0 && clientTicket == m_solve, reporting = m_report != 0 && clientTicket == m_report;
  if (solving) {
    m_solve = 0;
    emit solveProgress(1.0);
  }
  if (reporting) m_report = 0;
  if ((solving || reporting) && error.code == core::ErrorCode::kWorkerFailed) emit analysisLost();
  if (error.code != core::ErrorCode::kCancelled) emit troubled(errorText(error));
}

}  // namespace pai::app
