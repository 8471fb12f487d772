// SPDX-License-Identifier: GPL-3.0-or-later
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/picture_blocks.h"

namespace pai::core {
namespace {

constexpr std::size_t kPlane = 1920 * 1080 * 4;

TEST(PictureBlocks, aBlockServesTheNextPictureOfAboutItsSize) {
  PictureBlocks::giveBack();
  const PictureBlocks::Block first = PictureBlocks::take(kPlane);
  first.at[kPlane - 1] = std::byte{7};
  PictureBlocks::give(first);
  EXPECT_EQ(PictureBlocks::use().kept, first.size);
  const PictureBlocks::Block again = PictureBlocks::take(kPlane - kPlane / 20);
  EXPECT_EQ(again.at, first.at);
  EXPECT_EQ(again.at[kPlane - 1], std::byte{7});
  const PictureBlocks::Block small = PictureBlocks::take(kPlane / 2);
  EXPECT_NE(small.at, first.at);
  PictureBlocks::give(small);
  PictureBlocks::give(again);
  const PictureBlocks::Block half = PictureBlocks::take(kPlane / 2);
  EXPECT_EQ(half.at, small.at) << "a block much larger than asked for is not broken into";
  PictureBlocks::give(half);
  PictureBlocks::giveBack();
  EXPECT_EQ(PictureBlocks::use().kept, 0U);
  EXPECT_EQ(PictureBlocks::use().inUse, 0U);
}

TEST(PictureBlocks, whatIsKeptAndInUseIsHardlyMoreThanWasOnceInUse) {
  PictureBlocks::giveBack();
  std::mt19937 random(1);
  std::vector<PictureBlocks::Block> held;
  std::size_t inUse = 0, most = 0, kept = 0;
  for (int i = 0; i < 4000; ++i) {
    const bool full = i % 400 < 200;  // times of much and of little use
    if (held.size() < 24 && random() % 4 < (full ? 3U : 1U)) {
      held.push_back(PictureBlocks::take(PictureBlocks::kLeastBytes + random() % (4 << 20)));
      inUse += held.back().size;
      most = std::max(most, inUse);
    } else if (!held.empty()) {
      const std::size_t at = random() % held.size();
      inUse -= held[at].size;
      PictureBlocks::give(held[at]);
      held.erase(held.begin() + static_cast<std::ptrdiff_t>(at));
    }
    const BlockUse use = PictureBlocks::use();
    ASSERT_EQ(use.inUse, inUse);
    ASSERT_LE(use.inUse + use.kept, most + PictureBlocks::kSpareBytes);
    kept = std::max(kept, use.kept);
  }
  EXPECT_GT(kept, std::size_t{4} << 20) << "nothing was kept for the next pictures";
  for (const PictureBlocks::Block& block : held) PictureBlocks::give(block);
  PictureBlocks::giveBack();
}

TEST(PictureBlocks, picturesUseThemOnceTheyAreOn) {
  PictureBlocks::giveBack();
  { const auto bytes = pictureBytes(kPlane); EXPECT_EQ(PictureBlocks::use().inUse, 0U); }
  PictureBlocks::turnOn();
  {
    const auto bytes = pictureBytes(kPlane);
    EXPECT_GE(PictureBlocks::use().inUse, kPlane);
    const auto little = pictureBytes(1000);
    EXPECT_LT(PictureBlocks::use().inUse, 2 * kPlane);
  }
  EXPECT_EQ(PictureBlocks::use().inUse, 0U);
  PictureBlocks::giveBack();
}

}  // namespace
}  // namespace pai::core
