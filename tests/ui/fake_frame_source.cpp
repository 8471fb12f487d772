// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/fake_frame_source.h"

#include <algorithm>
#include <cmath>

#include <QPainter>
#include <QTimer>

namespace pai::ui {
namespace {

QImage plate(std::int64_t frame, QSize size, bool keyed) {
  QImage image(size, QImage::Format_RGB32);
  image.fill(keyed ? QColor(70, 90, 120) : QColor(40, 140, 60));
  QPainter painter(&image);
  const double x = size.width() * (0.3 + 0.4 * static_cast<double>(frame % 97) / 97.0);
  painter.setBrush(QColor(190, 150, 130));
  painter.setPen(Qt::NoPen);
  painter.drawEllipse(QPointF(x, size.height() * 0.55), size.height() * 0.2, size.height() * 0.35);
  return image;
}

QImage still(const QString& path, QSize size) {
  QImage image(size, QImage::Format_RGB32);
  const int hue = static_cast<int>(qHash(path) % 360);
  QPainter painter(&image);
  QLinearGradient sky(0, 0, 0, size.height());
  sky.setColorAt(0.0, QColor::fromHsv(hue, 90, 220));
  sky.setColorAt(0.6, QColor::fromHsv(hue, 60, 160));
  sky.setColorAt(1.0, QColor::fromHsv((hue + 30) % 360, 80, 70));
  painter.fillRect(image.rect(), sky);
  return image;
}

}  // namespace

app::FrameSource::Ticket FakeFrameSource::probe(const QString& path, core::MediaKind kind) {
  const Ticket ticket = m_next++;
  QTimer::singleShot(answerMs, this, [this, ticket, path, kind] {
    if (missing.contains(path)) {
      emit failed(ticket, {core::ErrorCode::kFileMissing, "no such file", path.toStdString(), {}});
      return;
    }
    app::MediaFacts facts;
    facts.size = QSize(1920, 1080);
    facts.frames = kind == core::MediaKind::kImage ? 1 : clipFrames;
    facts.startTimecode = startTimecode;
    facts.hasAudio = clipsHaveSound && kind != core::MediaKind::kImage;
    facts.codec = kind == core::MediaKind::kImage ? QString() : QStringLiteral("h264");
    emit probed(ticket, facts);
  });
  return ticket;
}

app::FrameSource::Ticket FakeFrameSource::requestMediaFrame(const QString& path, core::MediaKind kind, core::FrameIndex frame,
                                                            QSize maxSize, app::PictureChannel channel) {
  const Ticket ticket = m_next++;
  if (channel == app::PictureChannel::kViewer) {
    ++viewerRequests;
    lastViewerFrame = frame.value;
  }
  const QSize size = maxSize.isEmpty() ? QSize(960, 540) : QSize(1920, 1080).scaled(maxSize, Qt::KeepAspectRatio);
  answer(ticket, kind == core::MediaKind::kImage ? still(path, size) : plate(frame.value, size, false));
  return ticket;
}

void FakeFrameSource::setShot(const std::optional<core::Job>& job) { shot = job; }

void FakeFrameSource::fill(const std::optional<app::ShotRequest>& from, std::int64_t frames) {
  filling = from;
  if (!from) return;
  heldFrames = {{{0}, {frames}}};
  emit heldChanged();
}

app::FrameSource::Ticket FakeFrameSource::requestShotFrame(const app::ShotRequest& request, app::PictureChannel channel) {
  const Ticket ticket = m_next++;
  if (channel == app::PictureChannel::kViewer) {
    ++viewerRequests;
    lastViewerFrame = request.frame.value;
    lastShotRequest = request;
    quickRequests += request.quick ? 1 : 0;
    if (m_viewerDrafts.size() > 1) {  // one that waits gives way
      m_cancelled.insert(m_viewerDrafts.back());
      QTimer::singleShot(0, this, [this, older = m_viewerDrafts.back()] { emit cancelled(older); });
      m_viewerDrafts.pop_back();
    }
    m_viewerDrafts.push_back(ticket);
  }
  QImage image = plate(request.frame.value, QSize(1920, 1080) / std::max(2, request.divisor), true);
  if (request.picture == app::ShotPicture::kMatte) {
    image.fill(Qt::black);
    QPainter painter(&image);
    painter.setBrush(Qt::white);
    painter.drawEllipse(QPointF(image.width() * 0.5, image.height() * 0.55), image.height() * 0.2, image.height() * 0.35);
  }
  const bool isHeld = std::any_of(heldFrames.begin(), heldFrames.end(), [&](const core::FrameRange& r) { return r.contains(request.frame); });
  answer(ticket, image, request.quick && !isHeld);
  return ticket;
}

void FakeFrameSource::answer(Ticket ticket, const QImage& image, bool quick) {
  QTimer::singleShot(answerMs, this, [this, ticket, image, quick] {
    std::erase(m_viewerDrafts, ticket);
    if (!m_cancelled.contains(ticket)) emit pictureReady(ticket, image, quick);
  });
}

void FakeFrameSource::solveShot() {
  QTimer::singleShot(0, this, [this] {
    app::CameraSummary camera;
    for (int i = 0; i < clipFrames; ++i) {
      const double t = i / static_cast<double>(clipFrames);
      camera.frames.push_back({140.0 * t + 12.0 * std::sin(9 * t), 30.0 * std::sin(5 * t), 1.0 + 0.12 * t, 0.8 * std::sin(7 * t), 0.2});
    }
    camera.method = QStringLiteral("plate");
    camera.motionSentence = QStringLiteral("Handheld pan to the right and push in, at a steady pace, with small shake.");
    camera.angle = QStringLiteral("eye level");
    camera.focalLength = QStringLiteral("Normal lens, about 50 mm equivalent");
    emit solveProgress(1.0);
    emit cameraReady(camera);
    std::vector<app::LightFacts> light;
    for (int i = 0; i < clipFrames; ++i) {
      const double t = i / static_cast<double>(clipFrames);
      light.push_back({0.5 * t, -0.25 + 0.1 * std::sin(6 * t), 0.4 - 0.6 * t, 0.2});
    }
    emit lightReady(light);
  });
}

void FakeFrameSource::requestMatteReport(core::FrameRange range) {
  QTimer::singleShot(0, this, [this, range] {
    for (std::int64_t f = range.begin.value; f < range.end.value; ++f) {
      const double t = static_cast<double>(f) / 20.0;
      const bool odd = f > 38 && f < 44;
      app::MatteFacts facts{0.35 + 0.1 * std::sin(t), odd ? 0.012 : 0.0, 0.05, odd ? 0.12 : 0.02, 3.1, odd, {}};
      if (f == repairedFrame && shot && shot->shot.repairs.enabled)
        for (const double x : {0.45, 0.53})
          facts.repairs.push_back({{x, 0.5, x + 0.03, 0.58}, 0.0012, {{x, 0.5}, {x + 0.03, 0.52}, {x + 0.02, 0.58}}, false});
      emit matteReport({f}, facts);
    }
  });
}

app::FrameSource::Ticket FakeFrameSource::requestSound(const QString&, qint64 begin, qint64 count) {
  const Ticket ticket = m_next++;
  // Every sample is its place in the clip, modulo what 16 bits hold.
  QByteArray samples(count * core::kSoundChannels * static_cast<qsizetype>(sizeof(std::int16_t)), Qt::Uninitialized);
  auto* to = reinterpret_cast<std::int16_t*>(samples.data());
  for (qint64 i = 0; i < count; ++i) to[2 * i] = to[2 * i + 1] = static_cast<std::int16_t>((begin + i) % 30000 + 1);
  QTimer::singleShot(answerMs, this, [this, ticket, samples] { emit soundReady(ticket, samples); });
  return ticket;
}

app::FrameSource::Ticket FakeFrameSource::requestPeaks(const QString&) {
  const Ticket ticket = m_next++;
  core::SoundPeaks peaks;
  for (int i = 0; i < clipFrames * 10; ++i) {
    const double loud = std::abs(std::sin(i / 37.0)) * (i % 200 < 120 ? 1.0 : 0.15);
    peaks.pairs.push_back(static_cast<std::int8_t>(-100 * loud));
    peaks.pairs.push_back(static_cast<std::int8_t>(110 * loud));
  }
  QTimer::singleShot(answerMs, this, [this, ticket, peaks] { emit peaksReady(ticket, peaks); });
  return ticket;
}

app::FrameSource::Ticket FakeFrameSource::requestColours(const QString& config) {
  const Ticket ticket = m_next++;
  QTimer::singleShot(answerMs, this, [this, ticket, config] {
    const auto known = configs.find(config);
    if (config.isEmpty()) emit coloursRead(ticket, {{"srgb", "rec709", "linear", "arri logc3"}, {"sRGB - plain", "Rec.709 - plain"}});
    else if (known != configs.end()) emit coloursRead(ticket, known->second);
    else emit failed(ticket, {core::ErrorCode::kFormatBroken, "line 3", config.toStdString(), {}});
  });
  return ticket;
}

void FakeFrameSource::cancel(Ticket ticket) {
  ++cancels;
  m_cancelled.insert(ticket);
  std::erase(m_viewerDrafts, ticket);
  QTimer::singleShot(0, this, [this, ticket] { emit cancelled(ticket); });
}

}  // namespace pai::ui
