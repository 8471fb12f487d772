// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/base/stop.h"
#include "core/draft/background.h"
#include "core/draft/finish_planes.h"
#include "core/media/clip_reader.h"
#include "core/media/colour.h"

namespace pai::core {

/// What a shot's camera, and its background, are made from: while they are equal, neither is solved again.
struct SceneInputs {
  CameraSettings camera;
  std::vector<Reference> references;
  std::vector<JobMedia> media;
  bool operator==(const SceneInputs&) const = default;
};
SceneInputs sceneInputs(const Job& job);

/// The files of a draft: plate, references, mattes, camera footage. Pictures pass their media's input transform; mattes do
/// not. A plate whose space is more than a transfer (camera logs, OpenColorIO) is linear kF32 from here on. One thread.
class DraftMedia {
 public:
  /// Opens the plate of a job's shot. Errors of the readers; kFieldInvalid when the job does not hold the media.
  static Result<std::unique_ptr<DraftMedia>> open(const Job& job);

  const ClipInfo& info() const { return m_plate->info(); }
  /// The plate's frames that are the shot.
  FrameRange range() const { return m_range; }
  std::int64_t frames() const { return m_range.length(); }
  cv::Size size() const { return {info().width, info().height}; }
  SampleType sampleType() const { return m_type; }
  const std::string& platePath() const { return m_platePath; }

  /// Whether the plate was made by painting code values (a screen at full code value); then its code values are what was
  /// mixed, and all work is done in them instead of in linear light.
  void setPainted(bool painted) { m_painted = painted; }
  bool painted() const { return m_painted; }
  /// Whether the plate's chroma has fewer samples than its luma.
  bool coarseChroma() const { return m_coarseChroma; }
  /// From coded to working values, about.
  float exponent() const;
  /// Tags of delivered pictures.
  ColourTags tags() const { return m_tags; }

  /// Polled by what reads frames from now on (kCancelled).
  void setStop(const StopToken& stop);
  /// A frame of the shot as read, tagged so that planesOf gives working values.
  Result<PicturePtr> plate(FrameIndex frame);
  /// Names the plate's proxy; "": none. One that can't be read, or is of another clip, serves nothing.
  void setProxy(const std::string& path);
  /// The planes of a frame at size / divisor from the proxy; nothing where it has none of that size.
  std::optional<Planes> proxyPlanes(FrameIndex frame, int divisor);
  /// Planes in the plate's transfer as a picture of the plate's sample type.
  Picture delivered(const Planes& planes, std::int64_t frame) const;
  /// How rows of a picture in display transfer become working values.
  LinearRows workingRows() const;
  /// Whether delivered pictures are eight bits; then how working rows become them, and an empty one.
  bool deliversBytes() const { return m_type == SampleType::kU8; }
  ByteRows deliveredRows(std::int64_t frame) const;
  Picture deliveredBytes(cv::Size size) const;
  /// Working planes of a picture in display transfer (CV_32FC3).
  Planes workingOf(const cv::Mat& display) const;

  /// The references of the job inside its range, sorted by frame, in display transfer. Errors of the readers,
  /// kReferenceOutside; pictures already read are kept.
  Result<std::vector<PlacedReference>> references(const Job& job);
  /// Forgets the references' pictures, and decoded frames of the plate.
  void forgetReferences() { m_pictures.clear(); }
  void forgetFrames();
  /// Keeps few decoded frames of the plate from now on: what reading in turn needs.
  void readOnwards();
  /// Coverage of a matte clip at a frame of the shot, full size, CV_32F. `alpha`: its alpha channel instead of its picture.
  Result<cv::Mat> matte(const Job& job, const Id& media, FrameIndex frame, bool alpha);
  /// A still as coverage.
  Result<cv::Mat> still(const Job& job, const Id& media);
  /// The footage of the real set; frames of the shot. Errors of the readers.
  Result<PicturePtr> cameraClip(const Job& job, const Id& media, FrameIndex frame);

 private:
  Result<const JobMedia*> find(const Job& job, const Id& media) const;
  Result<ClipReader*> clip(const Job& job, const Id& media, bool exact);
  Result<Picture> reference(const Job& job, const Id& media);
  Status openPlate(const JobMedia& media);
  Status openColour(const Job& job);
  void placeChroma();
  Result<Picture> inDisplay(Picture picture, const std::string& space) const;

  std::string m_platePath, m_plateSpace;
  std::shared_ptr<const Colour> m_colour;  // where a space asks for it
  std::unique_ptr<ClipReader> m_plate, m_proxy;
  std::string m_proxyPath;
  StopToken m_stop;
  SampleType m_type = SampleType::kU8;
  FrameRange m_range;
  ColourTags m_tags;
  bool m_painted = false, m_coarseChroma = false;
  PicturePtr m_last;  // frame of the plate that was read last
  std::int64_t m_lastFrame = -1;
  bool m_lastPainted = false;
  std::map<std::int64_t, PicturePtr> m_worked;  // frames of a transformed plate, the last few
  std::map<std::string, Picture> m_pictures;                     // by path: references in display transfer
  std::map<std::string, std::unique_ptr<ClipReader>> m_clips;    // by path and type: mattes, camera footage
};

}  // namespace pai::core
