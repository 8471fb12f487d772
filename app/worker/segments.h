// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/base/result.h"
#include "core/media/clip_writer.h"
#include "core/render/job_directory.h"

namespace pai::worker {

/// Frames of a closed piece of a layer. A piece is whole or not there, so that a killed render goes on at the next one.
inline constexpr std::int64_t kSegmentFrames = 48;

/// The pieces of one layer in a job's frames folder, and the marks in checkpoint that say which are whole.
class SegmentStore {
 public:
  SegmentStore(const core::JobDirectory& directory, std::string layer, core::Codec codec, std::int64_t frames)
      : m_directory(&directory), m_layer(std::move(layer)), m_codec(codec), m_frames(frames) {}

  std::int64_t count() const { return (m_frames + kSegmentFrames - 1) / kSegmentFrames; }
  std::int64_t framesOf(std::int64_t segment) const;
  /// Whole pieces from the first on, made by this version of the program.
  std::int64_t wholeFromStart() const;
  /// Path (or pattern) to write or read a piece at.
  core::Result<std::string> pathOf(std::int64_t segment) const;
  core::Status markWhole(std::int64_t segment) const;
  /// Removes the marks and pieces from one on; 0 removes all.
  core::Status removeFrom(std::int64_t segment) const;

 private:
  std::string stemOf(std::int64_t segment) const;
  std::int64_t bytesOf(std::int64_t segment, std::int64_t& files) const;
  const core::JobDirectory* m_directory;
  std::string m_layer;
  core::Codec m_codec;
  std::int64_t m_frames;
};

/// Encodes a layer on its own thread; at most two pictures wait, then `push` does.
class LayerWriter {
 public:
  LayerWriter(SegmentStore store, core::WriteOptions options, std::int64_t firstSegment);
  ~LayerWriter();  // gives up what is not whole
  LayerWriter(const LayerWriter&) = delete;
  LayerWriter& operator=(const LayerWriter&) = delete;

  /// Hands over the next picture. An earlier failure comes back here.
  core::Status push(core::Picture picture);
  /// Waits until all is written.
  core::Status finish();
  const SegmentStore& store() const { return m_store; }

 private:
  void run();
  core::Status encode(const core::Picture& picture);

  SegmentStore m_store;
  core::WriteOptions m_options;
  std::int64_t m_segment, m_inSegment = 0;  // of the thread
  std::unique_ptr<core::ClipWriter> m_writer;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::deque<core::Picture> m_waiting;
  bool m_closing = false, m_dropping = false, m_busy = false;
  core::Status m_status;
  std::thread m_thread;
};

/// A picture as an encoder takes it: grey becomes RGB; with `matte`, RGB and matte become straight RGBA.
core::Picture encodable(const core::Picture& picture, const core::Picture* matte);

}  // namespace pai::worker
