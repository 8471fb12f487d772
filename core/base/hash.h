// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/stop.h"

namespace pai::core {

/// Streaming SHA-256 (FIPS 180-4); uses the CPU's SHA instructions where it has them.
class Sha256 {
 public:
  /// kPlain leaves out the CPU's own instructions, so that a test can hold one to the other.
  enum class Implementation { kBest, kPlain };
  explicit Sha256(Implementation implementation = Implementation::kBest);
  void update(std::span<const std::byte> bytes);
  void update(std::string_view text);
  /// Lower-case hex of all bytes so far; the object may not be updated afterwards.
  std::string finish();

 private:
  void compress(const std::uint8_t* blocks, std::size_t count);
  std::array<std::uint32_t, 8> m_state;
  std::array<std::uint8_t, 64> m_block{};
  std::uint64_t m_size = 0;
  bool m_shaInstructions = false;
};

/// Hash of a text or of bytes in memory.
std::string sha256Of(std::string_view bytes);

/// Hash of a file's content, read in pieces. Errors: kFileMissing, kFileUnreadable, kCancelled.
Result<std::string> sha256File(const std::string& path, const StopToken& stop = {});
/// Hash of the contents of files one after the other.
Result<std::string> sha256Files(const std::vector<std::string>& paths, const StopToken& stop = {});

}  // namespace pai::core
