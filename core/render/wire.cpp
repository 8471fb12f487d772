// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/wire.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace pai::core {
namespace {

constexpr std::size_t kInlineBytes = 32 << 10;
constexpr std::size_t kMaxSharedBytes = std::size_t{2} << 30;
constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

Error gone(std::string detail) { return Error{ErrorCode::kWorkerFailed, std::move(detail), "", {}}; }

/// The text of a message whose first memory object holds it: "@<bytes>".
Result<std::string> textIn(const Descriptor& memory, std::string_view head) {
  std::size_t size = 0;
  for (const char c : head) {
    if (c < '0' || c > '9' || size > kMaxWireTextBytes) return gone("it sent something that is no message");
    size = size * 10 + static_cast<std::size_t>(c - '0');
  }
  if (size > kMaxWireTextBytes) return gone("it sent a message that is too long");
  Result<std::shared_ptr<const std::byte>> mapped = mapShared(memory, size);
  if (!mapped) return std::move(mapped).error();
  return std::string(reinterpret_cast<const char*>(mapped->get()), size);
}

}  // namespace

Result<std::pair<Descriptor, Descriptor>> wirePair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return errnoError(errno, "a connection cannot be made", "");
  return std::pair{Descriptor(ends[0]), Descriptor(ends[1])};
}

Result<WirePacket> WirePacket::make(WireMessage message) {
  WirePacket packet;
  packet.m_text = message.body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (packet.m_text.size() > kInlineBytes) {
    Result<SharedMemory> memory = SharedMemory::make(packet.m_text.size());
    if (!memory) return std::move(memory).error();
    std::memcpy(memory->data(), packet.m_text.data(), packet.m_text.size());
    packet.m_text = std::string("@") + std::to_string(packet.m_text.size());
    Result<Descriptor> sealed = std::move(memory).value().seal();
    if (!sealed) return std::move(sealed).error();
    packet.m_memory.push_back(std::move(sealed).value());
  }
  for (Descriptor& d : message.memory) packet.m_memory.push_back(std::move(d));
  if (packet.m_memory.size() > kMaxWireDescriptors) return Error{ErrorCode::kInternal, "too many memory objects", "", {}};
  return packet;
}

Result<bool> WirePacket::send(int socket) const {
  iovec part{const_cast<char*>(m_text.data()), m_text.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMaxWireDescriptors)> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (!m_memory.empty()) {
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(sizeof(int) * m_memory.size());
    cmsghdr* c = CMSG_FIRSTHDR(&header);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * m_memory.size());
    for (std::size_t i = 0; i < m_memory.size(); ++i) {
      const int fd = m_memory[i].get();
      std::memcpy(CMSG_DATA(c) + i * sizeof(int), &fd, sizeof fd);
    }
  }
  for (;;) {
    if (::sendmsg(socket, &header, MSG_NOSIGNAL) >= 0) return true;
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
    return gone(std::string("the connection broke (") + std::strerror(errno) + ")");
  }
}

Result<std::optional<WireMessage>> receiveMessage(int socket) {
  std::string text(kInlineBytes + 1, '\0');
  iovec part{text.data(), text.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMaxWireDescriptors)> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t n = 0;
  do n = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return std::optional<WireMessage>();
  if (n < 0 && errno == ECONNRESET) return gone("it closed the connection");
  if (n < 0) return gone(std::string("the connection broke (") + std::strerror(errno) + ")");
  WireMessage message;
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    for (std::size_t i = 0; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof fd);
      message.memory.emplace_back(fd);
    }
  }
  if (n == 0) return gone("it closed the connection");
  if (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) return gone("it sent a message that is too long");
  text.resize(static_cast<std::size_t>(n));
  if (text.front() == '@') {
    if (message.memory.empty()) return gone("it sent something that is no message");
    Result<std::string> long_ = textIn(message.memory.front(), std::string_view(text).substr(1));
    if (!long_) return std::move(long_).error();
    text = std::move(long_).value();
    message.memory.erase(message.memory.begin());
  }
  message.body = nlohmann::json::parse(text, nullptr, false);
  if (!message.body.is_object()) return gone("it sent something that is no message");
  return std::optional<WireMessage>(std::move(message));
}

Result<SharedMemory> SharedMemory::make(std::size_t sizeBytes) {
  if (sizeBytes == 0 || sizeBytes > kMaxSharedBytes)
    return Error{ErrorCode::kLimitExceeded, std::string("a picture of ") + std::to_string(sizeBytes) + " bytes", "", {}};
  SharedMemory memory;
  memory.m_fd.reset(::memfd_create("pai-frame", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory.m_fd || ::ftruncate(memory.m_fd.get(), static_cast<off_t>(sizeBytes)) != 0)
    return Error{ErrorCode::kOutOfMemory, std::strerror(errno), "", {}};
  void* at = ::mmap(nullptr, sizeBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, memory.m_fd.get(), 0);
  if (at == MAP_FAILED) return Error{ErrorCode::kOutOfMemory, std::strerror(errno), "", {}};
  memory.m_data = static_cast<std::byte*>(at);
  memory.m_size = sizeBytes;
  return memory;
}

SharedMemory::~SharedMemory() {
  if (m_data) ::munmap(m_data, m_size);
}

Result<Descriptor> SharedMemory::seal() && {
  ::munmap(m_data, m_size);
  m_data = nullptr;
  if (::fcntl(m_fd.get(), F_ADD_SEALS, kSeals) != 0) return errnoError(errno, "memory cannot be sealed", "");
  return std::move(m_fd);
}

Result<std::shared_ptr<const std::byte>> mapShared(const Descriptor& memory, std::size_t sizeBytes) {
  struct stat info {};
  const int seals = ::fcntl(memory.get(), F_GET_SEALS);
  if (seals < 0 || (seals & kSeals) != kSeals || ::fstat(memory.get(), &info) != 0 || sizeBytes == 0 ||
      static_cast<std::uint64_t>(info.st_size) < sizeBytes)
    return gone("it handed over memory that is not what it says");
  void* at = ::mmap(nullptr, sizeBytes, PROT_READ, MAP_SHARED, memory.get(), 0);
  if (at == MAP_FAILED) return Error{ErrorCode::kOutOfMemory, std::strerror(errno), "", {}};
  return std::shared_ptr<const std::byte>(static_cast<const std::byte*>(at), [sizeBytes](const std::byte* p) {
    ::munmap(const_cast<std::byte*>(p), sizeBytes);
  });
}

}  // namespace pai::core
