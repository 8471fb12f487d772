// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/hash.h"

#include <gtest/gtest.h>

#include "tests/core/base/temp_folder.h"

namespace pai::core {
namespace {

// FIPS 180-4 examples and NIST's long message.
const std::pair<std::string, const char*> kVectors[]{
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    {std::string(1'000'000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

std::string hashIn(const std::string& text, Sha256::Implementation implementation, std::size_t piece) {
  Sha256 hash(implementation);
  for (std::size_t at = 0; at < text.size(); at += piece) hash.update(std::string_view(text).substr(at, piece));
  return hash.finish();
}

TEST(Sha256, publishedVectorsHoldOnBothPaths) {
  for (const auto& [text, expected] : kVectors)
    for (const auto implementation : {Sha256::Implementation::kBest, Sha256::Implementation::kPlain})
      EXPECT_EQ(hashIn(text, implementation, 1 << 20), expected);
}

TEST(Sha256, piecesGiveTheHashOfTheWhole) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += static_cast<char>(i * 31 + i / 7);
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string part = text.substr(0, size);
    const std::string whole = sha256Of(part);
    for (const std::size_t piece : {1, 3, 63, 64, 65})
      EXPECT_EQ(hashIn(part, Sha256::Implementation::kPlain, piece), whole) << size;
  }
}

TEST(Sha256, filesAreHashedOneAfterTheOther) {
  const TempFolder folder;
  const std::string a = folder.write("a", "ab"), b = folder.write("b", "c");
  EXPECT_EQ(*sha256File(a), sha256Of("ab"));
  EXPECT_EQ(*sha256Files({a, b}), sha256Of("abc"));
}

TEST(Sha256, missingFileFolderAndStopAreErrors) {
  const TempFolder folder;
  EXPECT_EQ(sha256File(folder.file("none")).error().code, ErrorCode::kFileMissing);
  EXPECT_EQ(sha256File(folder.path()).error().code, ErrorCode::kFormatUnknown);
  StopToken stop;
  stop.request();
  EXPECT_EQ(sha256File(folder.write("a", "b"), stop).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace pai::core
