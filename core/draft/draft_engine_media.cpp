// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/draft_engine_media.h"

#include <algorithm>

#include "core/media/chroma_site.h"
#include "core/media/colour_transfer.h"
#include "core/media/image_file.h"

namespace pai::core {
namespace {

using Transfer = ColourTags::Transfer;
constexpr std::size_t kPlateCacheBytes = 48u << 20;
constexpr std::size_t kSideCacheBytes = 12u << 20;

constexpr std::size_t kWorkedFrames = 3;

void applyColourSpace(const std::string& name, ColourTags& tags) {
  if (const auto transfer = Colour::plainTransfer(name)) tags.transfer = *transfer;
}

/// Whether a space is more than a transfer.
bool transformed(const std::string& space) { return !space.empty() && !Colour::plainTransfer(space); }

/// The transfer in which display pictures are exchanged with a plate.
Transfer displayTransfer(const ColourTags& plate) {
  return plate.transfer == Transfer::kLinear || plate.transfer == Transfer::kSrgb ? Transfer::kSrgb : Transfer::kBt709;
}

cv::Mat coverageOf(const Picture& p, bool alpha) {
  const int channels = p.channels();
  if (alpha && channels == 4) return alphaOf(p, 1);
  cv::Mat out(p.height(), p.width(), CV_32F);
  const auto convert = [&](auto sample, float scale) {
    using T = decltype(sample);
    for (int y = 0; y < p.height(); ++y) {
      const T* in = p.row<T>(y);
      float* o = out.ptr<float>(y);
      for (int x = 0; x < p.width(); ++x, in += channels) {
        const float v = channels == 1 ? static_cast<float>(in[0])
                                      : 0.299f * static_cast<float>(in[0]) + 0.587f * static_cast<float>(in[1]) +
                                            0.114f * static_cast<float>(in[2]);
        o[x] = std::clamp(v * scale, 0.0f, 1.0f);
      }
    }
  };
  switch (p.type()) {
    case SampleType::kU8: convert(std::uint8_t{}, 1.0f / 255.0f); break;
    case SampleType::kU16: convert(std::uint16_t{}, 1.0f / 65535.0f); break;
    case SampleType::kF32: convert(float{}, 1.0f); break;
  }
  return out;
}

/// Frame of a side clip that belongs to a frame of the shot.
Result<FrameIndex> sideFrame(const ClipInfo& side, const FrameRange& range, FrameIndex frame) {
  if (side.frames == 1) return FrameIndex{0};
  if (side.frames >= range.end.value) return range.begin + frame.value;
  if (side.frames >= range.length()) return frame;
  return Error{ErrorCode::kSizeMismatch,
               std::to_string(side.frames) + " frames, the shot needs " + std::to_string(range.length()), side.path, {}};
}

}  // namespace

Result<std::unique_ptr<DraftMedia>> DraftMedia::open(const Job& job) {
  auto out = std::make_unique<DraftMedia>();
  auto media = out->find(job, job.shot.plate);
  if (!media) return media.error();
  if (Status s = out->openColour(job); !s) return s.error();
  if (Status s = out->openPlate(**media); !s) return s.error();
  const FrameRange whole{{0}, {out->info().frames}};
  const FrameRange range = job.shot.range.empty() ? whole : job.shot.range.intersected(whole);
  if (range.empty()) {
    return Error{ErrorCode::kUsage, "the range holds no frame of the plate, which has " + std::to_string(whole.length()),
                 out->m_platePath, {}};
  }
  out->m_range = range;
  return out;
}

Status DraftMedia::openColour(const Job& job) {
  const bool named = std::any_of(job.media.begin(), job.media.end(), [](const JobMedia& m) { return transformed(m.colourSpace); });
  if (!named && job.ocioConfig.empty()) return {};
  auto colour = Colour::inForce(job.ocioConfig);
  if (!colour) return std::move(colour).error();
  m_colour = std::move(*colour);
  const std::vector<std::string>& spaces = m_colour->inputSpaces();
  for (const JobMedia& m : job.media) {
    if (!transformed(m.colourSpace)) continue;
    if (std::find(spaces.begin(), spaces.end(), m.colourSpace) != spaces.end()) continue;
    Error error = m_colour->toWorking(Picture(1, 1, 3, SampleType::kF32), m.colourSpace).error();
    error.context = m.path;
    return error;
  }
  return {};
}

Status DraftMedia::openPlate(const JobMedia& media) {
  ReadOptions options;
  options.cacheBytes = kPlateCacheBytes;
  auto reader = ClipReader::open(media.path, options);
  if (!reader) return reader.error();
  const bool floating = (*reader)->info().bitsPerComponent > 16 || (*reader)->info().colour.transfer == Transfer::kLinear ||
                        (*reader)->info().codec == "exr";
  if (floating || (*reader)->info().bitsPerComponent > 8) {
    options.type = floating ? SampleType::kF32 : SampleType::kU16;
    reader = ClipReader::open(media.path, options);
    if (!reader) return reader.error();
  }
  m_type = options.type;
  m_plate = std::move(*reader);
  m_platePath = media.path;
  m_tags = info().colour;
  if (transformed(media.colourSpace)) {
    m_plateSpace = media.colourSpace;
    m_type = SampleType::kF32;
    m_tags.transfer = Transfer::kLinear;
    m_tags.primaries = ColourTags::Primaries::kBt709;
  }
  if (m_type == SampleType::kF32 && m_tags.transfer == Transfer::kUnknown) m_tags.transfer = Transfer::kLinear;
  applyColourSpace(media.colourSpace, m_tags);
  if (m_type != SampleType::kF32) {
    const auto planes = m_plate->readYuv({0});
    m_coarseChroma = planes && (*planes)->planeCount >= 3 && (*planes)->chromaShiftX > 0;
  }
  if (m_coarseChroma) placeChroma();
  return {};
}

/// Half a pixel of chroma is a fringe: what the plate shows goes before what its file says or leaves unsaid.
void DraftMedia::placeChroma() {
  ChromaSiteMeter meter;
  for (const FrameIndex frame : {FrameIndex{0}, FrameIndex{info().frames / 2}}) {
    const auto planes = m_plate->readYuv(frame);
    if (!planes || (*planes)->chromaSite == ChromaSite::kTopLeft) return;
    meter.add(**planes);
    if (const auto site = meter.site()) {
      m_plate->setChromaSite(*site);
      return;
    }
  }
}

float DraftMedia::exponent() const { return m_painted ? 1.0f : 2.2f; }

void DraftMedia::setStop(const StopToken& stop) {
  m_stop = stop;
  m_plate->setStop(stop);
  if (m_proxy) m_proxy->setStop(stop);
  for (const auto& [path, reader] : m_clips) reader->setStop(stop);
}

Result<PicturePtr> DraftMedia::plate(FrameIndex frame) {
  if (const auto known = m_worked.find(frame.value); known != m_worked.end()) return known->second;
  if (m_last && m_lastFrame == frame.value && m_lastPainted == m_painted) return m_last;
  auto picture = m_plate->read(m_range.begin + frame.value);
  if (!picture) return picture;
  if (!m_plateSpace.empty()) {
    auto working = m_colour->toWorking(**picture, m_plateSpace);
    if (!working) return working.error();
    auto shared = std::make_shared<const Picture>(std::move(*working));
    if (m_worked.size() >= kWorkedFrames) m_worked.clear();
    return m_worked[frame.value] = shared;
  }
  auto tagged = std::make_shared<Picture>(**picture);
  tagged->colour.transfer = m_painted ? Transfer::kLinear : m_tags.transfer;
  m_last = tagged;
  m_lastFrame = frame.value;
  m_lastPainted = m_painted;
  return m_last;
}

void DraftMedia::forgetFrames() {
  m_plate->setCacheBytes(0);
  m_plate->setCacheBytes(kPlateCacheBytes);
  m_worked.clear();
}

void DraftMedia::readOnwards() {
  constexpr std::size_t kFrames = 2;  // of three full planes; twice as many where chroma is coarse
  const auto frame = static_cast<std::size_t>(size().area()) * 3 * (info().bitsPerComponent > 8 ? 2 : 1);
  m_plate->setCacheBytes(std::min(kPlateCacheBytes, kFrames * frame));
}

void DraftMedia::setProxy(const std::string& path) {
  if (path == m_proxyPath) return;
  m_proxyPath = path;
  m_proxy.reset();
  // Its eight bits hold neither light beyond white nor a camera's own colours.
  if (path.empty() || m_type == SampleType::kF32) return;
  ReadOptions options;
  options.cacheBytes = kSideCacheBytes;
  auto reader = ClipReader::open(path, options);
  if (reader && (*reader)->info().frames == info().frames) m_proxy = std::move(*reader);
}

std::optional<Planes> DraftMedia::proxyPlanes(FrameIndex frame, int divisor) {
  if (!m_proxy) return std::nullopt;
  const cv::Size has(m_proxy->info().width, m_proxy->info().height), wanted = dividedSize(size(), divisor);
  const int further = std::max(1, has.width / wanted.width);
  if (dividedSize(has, further) != wanted) return std::nullopt;
  auto picture = m_proxy->read(m_range.begin + frame.value);
  if (!picture) return std::nullopt;
  Picture tagged = **picture;
  tagged.colour.transfer = m_painted ? Transfer::kLinear : m_tags.transfer;
  return planesOf(tagged, further);
}

Picture DraftMedia::delivered(const Planes& planes, std::int64_t frame) const {
  ColourTags working = m_tags;
  if (m_painted) working.transfer = Transfer::kLinear;
  Picture out = pictureOf(planes, m_type, working, frame);
  out.colour.transfer = m_tags.transfer;
  return out;
}

LinearRows DraftMedia::workingRows() const { return LinearRows(m_painted ? Transfer::kLinear : displayTransfer(m_tags)); }

ByteRows DraftMedia::deliveredRows(std::int64_t frame) const {
  const Transfer tagged = m_tags.transfer == Transfer::kUnknown ? Transfer::kBt709 : m_tags.transfer;
  return ByteRows(m_painted ? Transfer::kLinear : tagged, frame);
}

Picture DraftMedia::deliveredBytes(cv::Size size) const { return bytePicture(size, m_tags); }

Planes DraftMedia::workingOf(const cv::Mat& display) const {
  return planesOfCoded(display, m_painted ? Transfer::kLinear : displayTransfer(m_tags));
}

Result<const JobMedia*> DraftMedia::find(const Job& job, const Id& media) const {
  for (const JobMedia& m : job.media) {
    if (m.id == media) return &m;
  }
  return Error{ErrorCode::kFieldInvalid, "the shot names media \"" + media + "\" that the job does not hold", job.shot.name, {}};
}

/// `exact`: values as filed, for mattes; else eight bits.
Result<ClipReader*> DraftMedia::clip(const Job& job, const Id& media, bool exact) {
  auto found = find(job, media);
  if (!found) return found.error();
  auto& slot = m_clips[(*found)->path + (exact ? "\nexact" : "")];
  if (!slot) {
    ReadOptions options;
    options.cacheBytes = kSideCacheBytes;
    auto reader = ClipReader::open((*found)->path, options);
    if (!reader) return reader.error();
    const ClipInfo& info = (*reader)->info();
    if (const bool linear = info.colour.transfer == Transfer::kLinear; exact && (linear || info.bitsPerComponent > 8)) {
      options.type = linear ? SampleType::kF32 : SampleType::kU16;
      reader = ClipReader::open((*found)->path, options);
      if (!reader) return reader.error();
    }
    slot = std::move(*reader);
  }
  return slot.get();
}

Result<Picture> DraftMedia::reference(const Job& job, const Id& media) {
  auto found = find(job, media);
  if (!found) return found.error();
  const std::string& path = (*found)->path;
  if (const auto it = m_pictures.find(path + '\n' + (*found)->colourSpace); it != m_pictures.end()) return it->second;
  auto picture = readImage(path);
  if (!picture && picture.error().code == ErrorCode::kFormatUnknown) {
    auto reader = ClipReader::open(path);  // a clip's first frame serves as a still
    if (!reader) return reader.error();
    auto frame = (*reader)->read({0});
    if (!frame) return frame.error();
    picture = **frame;
  }
  if (!picture) return picture.error();
  auto shown = inDisplay(std::move(*picture), (*found)->colourSpace);
  if (!shown) {
    Error error = shown.error();
    error.context = path;
    return error;
  }
  m_pictures[path + '\n' + (*found)->colourSpace] = *shown;
  return *shown;
}

/// A picture in display transfer. What neither its file nor the project gives a space is taken to be made for the same screen
/// as the plate, and left as it is.
Result<Picture> DraftMedia::inDisplay(Picture picture, const std::string& space) const {
  const Transfer display = displayTransfer(m_tags);
  if (transformed(space)) {
    auto working = m_colour->toWorking(picture, space);
    if (!working) return working.error();
    picture = std::move(*working);
  } else {
    applyColourSpace(space, picture.colour);
    if (picture.type() == SampleType::kF32 && picture.colour.transfer == Transfer::kUnknown) picture.colour.transfer = Transfer::kLinear;
  }
  const bool known = picture.colour.transfer != Transfer::kUnknown && m_tags.transfer != Transfer::kUnknown;
  const bool linear = picture.colour.transfer == Transfer::kLinear;
  const bool widened = m_tags.primaries == ColourTags::Primaries::kBt2020 && picture.colour.primaries != m_tags.primaries;
  if (!linear && !widened && (!known || picture.colour.transfer == display)) return picture;
  if (!known && !linear) picture.colour.transfer = display;
  const Picture light = linearPicture(picture);
  return codedPicture(widened ? wideOf(light) : light, display, SampleType::kU16);
}

Result<std::vector<PlacedReference>> DraftMedia::references(const Job& job) {
  std::vector<PlacedReference> out;
  for (const Reference& r : job.shot.references) {
    const auto frame = resolveAnchor(r.anchor, m_range);
    if (!frame) continue;  // outside after a trim: kept in the project, not used
    auto picture = reference(job, r.media);
    if (!picture) return picture.error();
    out.push_back({r.id, *frame, *picture, r.fit, r.strength, r.offsetX, r.offsetY, r.scale, r.rotationDegrees});
  }
  if (out.empty() && !job.shot.references.empty()) {
    return Error{ErrorCode::kReferenceOutside, "every reference lies outside the shot's range", job.shot.name, {}};
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.frame < b.frame; });
  return out;
}

Result<cv::Mat> DraftMedia::matte(const Job& job, const Id& media, FrameIndex frame, bool alpha) {
  if (media.empty() || media == job.shot.plate) {
    auto picture = plate(frame);
    if (!picture) return picture.error();
    if ((*picture)->channels() != 4) {
      return Error{ErrorCode::kFieldInvalid, "the plate has no alpha channel to use as a matte", m_platePath, {}};
    }
    return coverageOf(**picture, true);
  }
  auto reader = clip(job, media, true);
  if (!reader) return reader.error();
  auto at = sideFrame((*reader)->info(), m_range, frame);
  if (!at) return at.error();
  auto picture = (*reader)->read(*at);
  if (!picture) return picture.error();
  return coverageOf(**picture, alpha);
}

Result<cv::Mat> DraftMedia::still(const Job& job, const Id& media) {
  auto found = find(job, media);
  if (!found) return found.error();
  auto picture = readImage((*found)->path);
  if (!picture) return picture.error();
  return coverageOf(*picture, false);
}

Result<PicturePtr> DraftMedia::cameraClip(const Job& job, const Id& media, FrameIndex frame) {
  auto reader = clip(job, media, false);
  if (!reader) return reader.error();
  auto at = sideFrame((*reader)->info(), m_range, frame);
  if (!at) return at.error();
  return (*reader)->read(*at);
}

SceneInputs sceneInputs(const Job& job) {
  SceneInputs out{job.shot.camera, job.shot.references, {}};
  for (const JobMedia& m : job.media) {
    const bool used = m.id == job.shot.camera.clip ||
                      std::any_of(out.references.begin(), out.references.end(), [&](const auto& r) { return r.media == m.id; });
    if (used) out.media.push_back(m);
  }
  return out;
}

}  // namespace pai::core
