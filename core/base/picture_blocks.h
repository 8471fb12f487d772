// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>

namespace pai::core {

/// Bytes of the blocks that pictures lie in, of those kept for the next ones, and the most that pictures have taken at once
/// since what was kept was given back.
struct BlockUse {
  std::size_t inUse = 0, kept = 0, most = 0;
};

/// Memory of large pictures, in blocks of their own that the next pictures of about their size take over. In the common heap,
/// planes of many sizes that live for one step or for a whole shot leave gaps that nothing fits into: a render held twice what it
/// used. Blocks are kept only as long as all of them are hardly more than pictures once needed at a time. Any thread.
class PictureBlocks {
 public:
  static constexpr std::size_t kLeastBytes = 256 << 10;  // smaller pictures fill the heap's gaps

  /// Beyond that: steps that follow each other use other sizes, and would else fetch their blocks anew each time.
  static constexpr std::size_t kSpareBytes = 16 << 20;

  struct Block {
    std::byte* at = nullptr;  // of a page
    std::size_t size = 0;
  };
  /// A block of at least `size` bytes with whatever was in it. Throws std::bad_alloc.
  static Block take(std::size_t size);
  static void give(Block block) noexcept;

  /// Lets pictures use blocks from now on, in this process; for good. Early in main.
  static void turnOn();
  static bool isOn();
  /// Gives what is kept back to the system and counts `most` anew. After a stage whose sizes the next one does not use.
  static void giveBack();
  static BlockUse use();
};

/// The bytes of a picture: a block where blocks are on and it is large, else from the heap. Uninitialised. Throws std::bad_alloc.
std::shared_ptr<std::byte[]> pictureBytes(std::size_t size);

}  // namespace pai::core
