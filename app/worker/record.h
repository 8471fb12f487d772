// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/base/stop.h"
#include "core/draft/repair_facts.h"
#include "core/media/clip_reader.h"
#include "core/render/job_result.h"

namespace pai::worker {

/// Hashes the files a job is made from on a thread of its own, while the render goes on.
class SourceHashes {
 public:
  explicit SourceHashes(const core::Job& job);
  ~SourceHashes();
  SourceHashes(const SourceHashes&) = delete;
  SourceHashes& operator=(const SourceHashes&) = delete;
  /// Waits for all. Hash by media id; "" where a file could not be read.
  const std::map<core::Id, std::string>& wait();

 private:
  core::StopToken m_stop;
  std::map<core::Id, std::string> m_hashes;
  std::thread m_thread;
};

/// The files of a path: itself, or those of a %04d pattern in order.
std::vector<std::string> filesOf(const std::string& path);
/// Hash of a file, or of the concatenated files of a pattern in order.
core::Result<std::string> hashOf(const std::string& path, const core::StopToken& stop);
/// Bytes of a file or of a pattern's files.
std::int64_t bytesOf(const std::string& path);

/// Repairs of a shot's matte by frame of the shot.
using RepairRecord = std::map<std::int64_t, std::vector<core::RepairFacts>>;

/// The sidecar of a delivery: what it was made from and how, and what was repaired. The same inputs give the same text.
nlohmann::json recordJson(const core::Job& job, const core::ClipInfo& plate, core::FrameRange range,
                          const std::map<core::Id, std::string>& hashes, const core::JobResult& result, const RepairRecord& repairs);

}  // namespace pai::worker
