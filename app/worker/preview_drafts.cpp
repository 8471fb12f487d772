// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/preview_drafts.h"

#include <algorithm>
#include <future>

#include "app/worker/delivery.h"
#include "app/worker/life.h"
#include "app/worker/preview_encode.h"
#include "core/base/picture_blocks.h"

namespace pai::worker {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

namespace {

Result<core::Job> jobIn(const nlohmann::json& body) {
  const auto it = body.find("job");
  if (it == body.end()) return Error{ErrorCode::kUsage, "no job was given", "", {}};
  return core::parseJob(it->dump(), "preview");
}

}  // namespace

PreviewDrafts::DraftPtr PreviewDrafts::find(std::int64_t draft) {
  const std::scoped_lock lock(m_mutex);
  const auto it = m_drafts.find(draft);
  return it == m_drafts.end() ? nullptr : it->second;
}

void PreviewDrafts::post(PreviewLane& lane, std::int64_t ticket, DraftPtr draft, Work work) {
  lane.post(ticket, [this, ticket, draft = std::move(draft), work = std::move(work)](const core::StopToken& stop) {
    if (Status s = guarded([&] { return work(*draft, stop); }); !s) m_reply.fail(ticket, s.error());
  });
}

void PreviewDrafts::take(const std::string& op, std::int64_t ticket, const nlohmann::json& body) {
  if (op == "open_draft") {
    Result<core::Job> job = jobIn(body);
    if (!job) return m_reply.fail(ticket, job.error());
    auto draft = std::make_shared<Draft>();
    draft->job = std::move(job).value();
    {
      const std::scoped_lock lock(m_mutex);
      m_drafts[ticket] = draft;
    }
    return post(m_pictures, ticket, draft, [this, ticket](Draft& d, const core::StopToken&) { return open(ticket, d); });
  }
  const std::int64_t id = requestNumber(body, "draft");
  const DraftPtr draft = find(id);
  if (!draft) return m_reply.fail(ticket, Error{ErrorCode::kUsage, "the draft is not open", "", {}});
  if (op == "update_draft") {
    Result<core::Job> job = jobIn(body);
    if (!job) return m_reply.fail(ticket, job.error());
    const std::scoped_lock lock(draft->mutex);
    draft->job = std::move(job).value();
    ++draft->generation;
    return post(m_pictures, ticket, draft, [this, ticket, id](Draft& d, const core::StopToken&) { return update(ticket, id, d); });
  }
  if (op == "draft_frame") {
    if (const std::int64_t older = requestNumber(body, "instead"); older != 0 && m_pictures.withdraw(older)) m_reply.send("cancelled", older);
    return post(m_pictures, ticket, draft, [this, ticket, body](Draft& d, const core::StopToken& stop) { return frame(ticket, d, body, stop); });
  }
  if (op == "prepare")
    return post(m_solve, ticket, draft, [this, ticket](Draft& d, const core::StopToken& stop) { return prepare(ticket, d, stop); });
  if (op == "matte_report") return reportNext(ticket, draft, {{requestNumber(body, "begin")}, {requestNumber(body, "end")}});
  m_reply.fail(ticket, Error{ErrorCode::kUsage, "there is no request named " + op, "", {}});
}

Status PreviewDrafts::open(std::int64_t ticket, Draft& draft) {
  core::Job job;
  {
    const std::scoped_lock lock(draft.mutex);
    job = draft.job;
    draft.frontGeneration = draft.generation;
  }
  Result<std::unique_ptr<core::DraftEngine>> engine = core::DraftEngine::open(job);
  if (!engine) return std::move(engine).error();
  draft.front = std::move(engine).value();
  m_reply.send("draft", ticket, {{"info", clipInfoJson(draft.front->plate())}, {"frames", draft.front->frames()}, {"warnings", draft.front->warnings()}});
  return {};
}

Status PreviewDrafts::update(std::int64_t ticket, std::int64_t id, Draft& draft) {
  core::Job job;
  std::int64_t generation = 0;
  {
    const std::scoped_lock lock(draft.mutex);
    job = draft.job;
    generation = draft.generation;
  }
  if (!draft.front) return Error{ErrorCode::kUsage, "the draft is not open", "", {}};
  if (draft.frontGeneration != generation)
    if (Status s = draft.front->update(job); !s) return s;
  draft.frontGeneration = generation;
  m_reply.send("updated", ticket, {{"draft", id}});
  return {};
}

Status PreviewDrafts::frame(std::int64_t ticket, Draft& draft, const nlohmann::json& body, const core::StopToken& stop) {
  if (!draft.front) return Error{ErrorCode::kUsage, "the draft is not open", "", {}};
  std::vector<std::string> layers;
  if (const auto it = body.find("layers"); it != body.end() && it->is_array())
    for (const auto& layer : *it)
      if (layer.is_string()) layers.push_back(layer.get<std::string>());
  core::DraftRequest request;
  const auto wanted = [&](const char* name) { return std::find(layers.begin(), layers.end(), name) != layers.end(); };
  request.divisor = static_cast<int>(std::clamp<std::int64_t>(requestNumber(body, "divisor"), 1, 16));
  request.composite = wanted("composite");
  request.background = wanted("background");
  request.foreground = wanted("foreground");
  request.matte = wanted("matte");
  request.shadow = wanted("shadow");
  request.alone = requestNumber(body, "alone") != 0;
  request.quick = requestNumber(body, "quick") != 0;
  request.proxy = requestText(body, "proxy");
  request.stop = stop;
  const core::FrameIndex index{requestNumber(body, "frame")};
  if (index.value < 0 || index.value >= draft.front->frames())
    return Error{ErrorCode::kUsage, "the frame lies outside the shot", draft.front->plate().path, {}};
  Result<core::DraftFrame> frame = draft.front->render(index, request);
  if (!frame) return std::move(frame).error();
  if (stop.requested()) return Error{ErrorCode::kCancelled, "", "", {}};
  if (const auto view = viewWanted(body))
    for (core::Picture* picture : {&frame->composite, &frame->background, &frame->foreground}) {
      if (picture->empty()) continue;
      Result<core::Picture> shown = m_colour.toScreen(*picture, *view);
      if (!shown) return std::move(shown).error();
      *picture = std::move(shown).value();
    }
  ImageParcel parcel;
  const std::pair<const char*, const core::Picture*> pictures[]{{"composite", &frame->composite}, {"background", &frame->background},
                                                                {"foreground", &frame->foreground}, {"matte", &frame->matte}, {"shadow", &frame->shadow}};
  for (const auto& [name, picture] : pictures)
    if (Status s = parcel.add(name, *picture); !s) return s;
  m_reply.send("draft_frame", ticket, {{"images", parcel.takeJson()}}, parcel.takeMemory());
  return {};
}

Status PreviewDrafts::freshBack(Draft& draft) {
  core::Job job;
  std::int64_t generation = 0;
  {
    const std::scoped_lock lock(draft.mutex);
    job = draft.job;
    generation = draft.generation;
  }
  if (!draft.back) {
    Result<std::unique_ptr<core::DraftEngine>> engine = core::DraftEngine::open(job);
    if (!engine) return std::move(engine).error();
    draft.back = std::move(engine).value();
  } else if (draft.backGeneration != generation) {
    if (Status s = draft.back->update(job); !s) return s;
  }
  draft.backGeneration = generation;
  return {};
}

void PreviewDrafts::changePlaces(Draft& draft) {
  // The picture lane does it, while the solve lane waits here.
  std::promise<void> done;
  m_pictures.post(0, [&](const core::StopToken&) {
    std::swap(draft.front, draft.back);
    std::swap(draft.frontGeneration, draft.backGeneration);
    core::Job job;
    std::int64_t generation = 0;
    {
      const std::scoped_lock lock(draft.mutex);
      job = draft.job;
      generation = draft.generation;
    }
    if (draft.frontGeneration != generation)
      if (guarded([&] { return draft.front->update(job); })) draft.frontGeneration = generation;
    done.set_value();
  });
  done.get_future().wait();
}

Status PreviewDrafts::prepare(std::int64_t ticket, Draft& draft, const core::StopToken& stop) {
  if (Status s = freshBack(draft); !s) return s;
  double told = -1.0;
  Status prepared = draft.back->prepare(stop, [&](double fraction) {
    if (fraction < told + 0.01) return;
    told = fraction;
    m_reply.send("progress", ticket, {{"fraction", fraction}});
  });
  if (!prepared) return prepared;
  const nlohmann::json camera = cameraCurveJson(draft.back->camera());
  const nlohmann::json light = lightCurveJson(draft.back->light());
  const std::vector<std::string> warnings = draft.back->warnings();
  changePlaces(draft);
  core::PictureBlocks::giveBack();
  m_reply.send("prepared", ticket, {{"camera", camera}, {"light", light}, {"warnings", warnings}});
  return {};
}

void PreviewDrafts::reportNext(std::int64_t ticket, const DraftPtr& draft, core::FrameRange range) {
  // One frame at a time, then to the end of the lane: a solve asked for meanwhile goes first.
  post(m_solve, ticket, draft, [this, ticket, draft, range](Draft& d, const core::StopToken& stop) -> Status {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "", "", {}};
    if (Status s = freshBack(d); !s) return s;
    if (range.empty() || range.begin.value < 0 || range.begin.value >= d.back->frames()) {
      m_reply.send("done", ticket);
      return {};
    }
    Result<core::MatteReportFrame> report = d.back->matteReport(range.begin);
    if (!report) return std::move(report).error();
    m_reply.send("report", ticket, {{"frame", range.begin.value}, {"report", matteReportJson(*report)}});
    if (stop.requested()) return Error{ErrorCode::kCancelled, "", "", {}};
    reportNext(ticket, draft, {range.begin + 1, range.end});
    return {};
  });
}

void PreviewDrafts::close(std::int64_t draft) {
  const std::scoped_lock lock(m_mutex);
  m_drafts.erase(draft);
}

void PreviewDrafts::cancel(std::int64_t ticket) {
  for (PreviewLane* lane : {&m_pictures, &m_solve})
    if (lane->cancel(ticket)) m_reply.send("cancelled", ticket);
}

}  // namespace pai::worker
