// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "app/worker/preview_colour.h"
#include "app/worker/preview_lane.h"
#include "core/draft/draft_engine.h"

namespace pai::worker {

/// Open drafts. A draft has two engines: one answers frames on the picture lane, the other solves and reports on the solve lane;
/// when a solve is done they change places, so that frames never wait for it.
class PreviewDrafts {
 public:
  PreviewDrafts(PreviewReply& reply, PreviewColour& colour) : m_reply(reply), m_colour(colour) {}
  /// A request from the connection's thread; unknown ones are answered as wrong usage.
  void take(const std::string& op, std::int64_t ticket, const nlohmann::json& body);
  void close(std::int64_t draft);
  void cancel(std::int64_t ticket);

 private:
  struct Draft {
    std::mutex mutex;  // guards what follows it
    core::Job job;
    std::int64_t generation = 0;
    // Owned by a lane each; they change places while both lanes stand still.
    std::unique_ptr<core::DraftEngine> front, back;
    std::int64_t backGeneration = -1, frontGeneration = -1;
  };
  using DraftPtr = std::shared_ptr<Draft>;
  using Work = std::function<core::Status(Draft&, const core::StopToken&)>;

  DraftPtr find(std::int64_t draft);
  void post(PreviewLane& lane, std::int64_t ticket, DraftPtr draft, Work work);
  core::Status open(std::int64_t ticket, Draft& draft);
  core::Status update(std::int64_t ticket, std::int64_t id, Draft& draft);
  core::Status frame(std::int64_t ticket, Draft& draft, const nlohmann::json& body, const core::StopToken& stop);
  core::Status prepare(std::int64_t ticket, Draft& draft, const core::StopToken& stop);
  void reportNext(std::int64_t ticket, const DraftPtr& draft, core::FrameRange range);
  core::Status freshBack(Draft& draft);
  void changePlaces(Draft& draft);

  PreviewReply& m_reply;
  PreviewColour& m_colour;
  std::mutex m_mutex;
  std::map<std::int64_t, DraftPtr> m_drafts;
  PreviewLane m_pictures{0}, m_solve{5};
};

}  // namespace pai::worker
