// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/draft/draft_engine_media.h"
#include "core/draft/keyer.h"
#include "core/draft/matte_repair.h"

namespace pai::core {

/// A frame of the plate at one size, and what the keys of its matte stack were made from.
struct FrameWork {
  FrameIndex frame;
  int divisor = 1;
  bool proxy = false;  // made from the proxy
  Planes planes;
  std::map<Id, RawKey> keys, roughKeys;  // by layer; rough ones are not unmixed, or of a smaller picture
};

/// A frame's matte, and the subject's colours under it once `colour` was asked for them.
struct Cutout {
  cv::Mat alpha;
  std::vector<RepairFacts> repairs;
  std::shared_ptr<const FrameWork> frame;  // what it was cut out of, until `colour` is done with it
  Planes foreground;  // straight
  cv::Mat shadow;     // empty where the shot has no screen
};

/// Colours of a frame whose subject was cut out by something else than a screen: edges take those of the solid subject beside them
/// as far as they are mixed with what lies outside.
Planes cutForeground(const Planes& frame, const cv::Mat& alpha);

/// Mattes of a shot: its stack, the keyers of its key layers, what is repaired, the frames worked on last. One thread.
class DraftMatte {
 public:
  explicit DraftMatte(DraftMedia& media) : m_media(media) {}

  /// Takes the stack of a job; keyers whose screen stays are kept. True when any matte may change.
  bool setJob(const Job& job);
  /// Polled from now on between the pictures that a frame's matte is made from (kCancelled); what was made is kept.
  void setStop(const StopToken& stop);
  /// Finds the screens that are not known yet. Errors: kNoScreen, the readers', kCancelled.
  Status prepare(const StopToken& stop);
  /// Alpha of a frame at the shot's size / divisor, repaired. `alone`: from this frame only, neither steadied nor repaired.
  Result<cv::Mat> alpha(FrameIndex frame, int divisor, bool alone = false);
  /// What a frame lacks and its neighbours have, refused or not; the same at every divisor. None where repairs are off, in the
  /// first and last frame, and where a frame was painted by hand.
  Result<std::vector<MatteRepair>> repairs(FrameIndex frame);
  Result<std::vector<RepairFacts>> repairFacts(FrameIndex frame);
  Result<Cutout> cutout(FrameIndex frame, int divisor, bool alone = false);
  /// Gives a cutout its colours and shadow. Also on another thread than the one that makes the next cutout.
  void colour(Cutout& cutout) const;
  /// A cutout to be looked at while it moves, from this frame only: keys are made of the frame at a quarter of the size and followed
  /// to its own edges; mattes from elsewhere are what they are. Keeps nothing.
  Result<Cutout> quickCutout(FrameIndex frame, int divisor);
  /// Working planes of a frame; `alone` takes them from a proxy where one fits.
  Result<const FrameWork*> work(FrameIndex frame, int divisor, bool alone = false);
  /// Drops the frames worked on: before a stage that asks for none of them.
  void forgetFrames();
  /// The keyer that knows the shot's screen; null when it has none.
  const Keyer* screenKeyer() const;
  const std::vector<std::string>& warnings() const { return m_warnings; }

 private:
  Status goOn() const;
  Result<Keyer> buildKeyer(const KeySettings& settings, const StopToken& stop);
  /// How a frame's keys are made: steadied by the frame before, from the frame alone, or steadied and only to find repairs in.
  enum class Grade { kSteady, kAlone, kRough };
  Result<cv::Mat> stackAlpha(FrameIndex frame, int divisor, Grade grade);
  bool keyed() const;
  int repairDivisor() const;
  Result<cv::Mat> repaired(FrameIndex frame, int divisor);
  Result<cv::Mat> unrepaired(FrameIndex frame, int divisor);
  void makeRoom(int divisor, std::size_t bytes);
  Result<cv::Mat> smallAlpha(FrameIndex frame);
  Status lookAround(FrameIndex frame, int divisor);
  void takeAround();
  void keepHalved(const FrameWork& from);
  std::shared_ptr<FrameWork> halvedFrom(FrameIndex frame, int divisor);
  Result<std::vector<MatteRepair>> findIn(FrameIndex frame);
  void forgetRepairs();
  Result<cv::Mat> layerMatte(const MatteLayer& layer, const FrameWork& now, Grade grade);
  Result<cv::Mat> keyMatte(const MatteLayer& layer, const FrameWork& now, Grade grade);
  const RawKey& rawOf(const Id& layer, const Keyer& keyer, FrameWork& work, bool fine = true);
  const Id* screenLayer() const;

  DraftMedia& m_media;
  Job m_job;
  StopToken m_stop;
  std::vector<MatteLayer> m_layers;      // of the shot, or one key when it has none
  std::map<Id, Keyer> m_keyers;          // of key layers
  std::optional<Keyer> m_hiddenKeyer;    // finds the screen where the matte itself comes from elsewhere
  bool m_prepared = false;
  /// By size, most recent first.
  using Recent = std::list<std::shared_ptr<FrameWork>>;
  Recent& recent(int divisor) { return m_recent[divisor == 1 ? 0 : divisor == 2 ? 1 : 2]; }
  std::array<Recent, 3> m_recent;
  /// A matte before repair at the size that was asked for.
  struct Stacked {
    FrameIndex frame;
    int divisor = 1;
    cv::Mat alpha;
  };
  std::list<Stacked> m_stacked;  // most recent first: a repair reads its neighbours'
  std::map<std::int64_t, cv::Mat> m_small;                     // by frame, a few around the last one: mattes before repair
  std::map<std::int64_t, std::vector<MatteRepair>> m_repairs;  // the same, what was found
  std::vector<std::string> m_warnings;
  /// What is made beside a frame's own matte: those that repairs are found in, and the next frame at the frame's size where the
  /// smaller one is made from it. Until it is taken, the plate's reader and the frames of the repairs' size belong to its thread.
  struct Around {
    std::vector<std::pair<FrameIndex, Result<cv::Mat>>> alphas;
    std::shared_ptr<FrameWork> next;
  };
  std::future<Around> m_around;  // the last member: it works on the others
};

}  // namespace pai::core
