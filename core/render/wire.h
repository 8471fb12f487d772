// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.h"
#include "core/render/descriptor.h"

namespace pai::core {

inline constexpr int kWireVersion = 1;
inline constexpr std::size_t kMaxWireTextBytes = 64 << 20;
inline constexpr std::size_t kMaxWireDescriptors = 8;

/// One message between a program and its helper: a JSON object, and memory objects handed over with it.
struct WireMessage {
  nlohmann::json body;
  std::vector<Descriptor> memory;
};

/// Both ends of a connection that keeps messages whole (AF_UNIX, SOCK_SEQPACKET), close-on-exec.
Result<std::pair<Descriptor, Descriptor>> wirePair();

/// A message made ready: long text moves into a memory object, so that every packet is small.
class WirePacket {
 public:
  static Result<WirePacket> make(WireMessage message);
  /// Sends it whole. False when a non-blocking socket is full (ask again later). kWorkerFailed when the other end is gone.
  Result<bool> send(int socket) const;

 private:
  std::string m_text;
  std::vector<Descriptor> m_memory;
};

/// Receives one message. Nothing when a non-blocking socket has none. kWorkerFailed at the other end's close and for anything
/// that is no message of ours; never trusts a size.
Result<std::optional<WireMessage>> receiveMessage(int socket);

/// Memory for one answer, filled by the maker and then sealed: it can neither shrink nor change any more.
class SharedMemory {
 public:
  /// kOutOfMemory, kLimitExceeded beyond 2 GiB.
  static Result<SharedMemory> make(std::size_t sizeBytes);
  ~SharedMemory();
  SharedMemory(SharedMemory&& other) noexcept
      : m_fd(std::move(other.m_fd)), m_data(std::exchange(other.m_data, nullptr)), m_size(other.m_size) {}
  SharedMemory& operator=(SharedMemory&&) = delete;
  std::byte* data() const { return m_data; }
  std::size_t sizeBytes() const { return m_size; }
  /// Unmaps, seals and gives the descriptor away.
  Result<Descriptor> seal() &&;

 private:
  SharedMemory() = default;
  Descriptor m_fd;
  std::byte* m_data = nullptr;
  std::size_t m_size = 0;
};

/// Maps a received memory object for reading. kWorkerFailed unless it is sealed and at least `sizeBytes` long.
Result<std::shared_ptr<const std::byte>> mapShared(const Descriptor& memory, std::size_t sizeBytes);

}  // namespace pai::core
