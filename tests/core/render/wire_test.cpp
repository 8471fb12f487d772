// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/wire.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include <gtest/gtest.h>

namespace pai::core {
namespace {

struct Ends {
  Descriptor a, b;
};
Ends ends() {
  Result<std::pair<Descriptor, Descriptor>> pair = wirePair();
  return {std::move(pair->first), std::move(pair->second)};
}

WireMessage sendAndReceive(const Ends& e, WireMessage message) {
  Result<WirePacket> packet = WirePacket::make(std::move(message));
  EXPECT_TRUE(packet);
  Result<bool> sent = packet->send(e.a.get());
  EXPECT_TRUE(sent && *sent);
  Result<std::optional<WireMessage>> got = receiveMessage(e.b.get());
  EXPECT_TRUE(got && got->has_value());
  return std::move(**got);
}

TEST(WireTest, messagesArriveWholeShortAndLong) {
  const Ends e = ends();
  for (const std::size_t length : {std::size_t{0}, std::size_t{10}, std::size_t{32 << 10}, std::size_t{5 << 20}}) {
    const WireMessage got = sendAndReceive(e, {{{"text", std::string(length, 'x')}}, {}});
    EXPECT_EQ(got.body["text"].get<std::string>().size(), length);
    EXPECT_TRUE(got.memory.empty());
  }
}

TEST(WireTest, memoryArrivesSealed) {
  const Ends e = ends();
  Result<SharedMemory> memory = SharedMemory::make(1000);
  ASSERT_TRUE(memory);
  std::memset(memory->data(), 7, 1000);
  WireMessage message{{{"t", "frame"}}, {}};
  message.memory.push_back(std::move(memory).value().seal().value());
  const WireMessage got = sendAndReceive(e, std::move(message));
  ASSERT_EQ(got.memory.size(), 1u);
  Result<std::shared_ptr<const std::byte>> mapped = mapShared(got.memory[0], 1000);
  ASSERT_TRUE(mapped);
  EXPECT_EQ(static_cast<int>(mapped->get()[999]), 7);
  EXPECT_NE(::ftruncate(got.memory[0].get(), 10), 0);
  EXPECT_FALSE(mapShared(got.memory[0], 1'000'000));
}

TEST(WireTest, memoryThatCanStillShrinkIsRefused) {
  const Descriptor memory(::memfd_create("trap", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(::ftruncate(memory.get(), 4096), 0);
  EXPECT_FALSE(mapShared(memory, 4096));
  const Descriptor file(::open("/dev/zero", O_RDONLY));
  EXPECT_FALSE(mapShared(file, 4096));
}

TEST(WireTest, garbageIsAnErrorAndNotACrash) {
  for (const std::string& text : {std::string("garbage"), std::string("@99999999999999999999"), std::string("@12"), std::string("[1]"), std::string("\xff\xfe"), std::string(32 << 10, '{')}) {
    const Ends e = ends();
    ASSERT_GE(::send(e.a.get(), text.data(), text.size(), 0), 0);
    Result<std::optional<WireMessage>> got = receiveMessage(e.b.get());
    ASSERT_FALSE(got) << text.substr(0, 20);
    EXPECT_EQ(got.error().code, ErrorCode::kWorkerFailed);
  }
}

TEST(WireTest, aClosedEndIsAnErrorOnBothSides) {
  Ends e = ends();
  e.a.reset();
  EXPECT_FALSE(receiveMessage(e.b.get()));
  EXPECT_FALSE(WirePacket::make({{{"a", 1}}, {}})->send(e.b.get()));
}

TEST(WireTest, aFullSocketSaysSo) {
  const Ends e = ends();
  ::fcntl(e.a.get(), F_SETFL, O_NONBLOCK);
  Result<WirePacket> packet = WirePacket::make({{{"text", std::string(20'000, 'x')}}, {}});
  Result<bool> sent = true;
  for (int i = 0; i < 1000 && sent && *sent; ++i) sent = packet->send(e.a.get());
  ASSERT_TRUE(sent);
  EXPECT_FALSE(*sent);
}

}  // namespace
}  // namespace pai::core
