// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/hash.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

#include "core/base/file_system.h"

namespace pai::core {
namespace {

constexpr std::size_t kBlock = 64;

/// Round constants of FIPS 180-4, 4.2.2.
alignas(16) constexpr std::uint32_t kRound[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

std::uint32_t bigEndian(const std::uint8_t* p) {
  return (std::uint32_t{p[0]} << 24) | (std::uint32_t{p[1]} << 16) | (std::uint32_t{p[2]} << 8) | p[3];
}

/// FIPS 180-4, 6.2.2.
void compressPlain(std::uint32_t* state, const std::uint8_t* block) {
  std::uint32_t w[64];
  for (int t = 0; t < 16; ++t) w[t] = bigEndian(block + 4 * t);
  for (int t = 16; t < 64; ++t) {
    const std::uint32_t s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3);
    const std::uint32_t s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10);
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  std::uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  std::uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int t = 0; t < 64; ++t) {
    const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + kRound[t] + w[t];
    const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  const std::uint32_t add[8] = {a, b, c, d, e, f, g, h};
  for (int i = 0; i < 8; ++i) state[i] += add[i];
}

#if defined(__x86_64__)
bool hasShaInstructions() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1)) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1u << 29));
}

/// The same by SHA-NI. State is kept as {ABEF, CDGH}; sixteen groups of four rounds, the message schedule four words at
/// a time.
__attribute__((target("sha,sse4.1,ssse3"))) void compressSha(std::uint32_t* state, const std::uint8_t* data,
                                                             std::size_t count) {
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  __m128i low = _mm_shuffle_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(state)), 0xB1);
  __m128i high = _mm_shuffle_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(state + 4)), 0x1B);
  __m128i abef = _mm_alignr_epi8(low, high, 8);
  __m128i cdgh = _mm_blend_epi16(high, low, 0xF0);
  for (; count > 0; --count, data += kBlock) {
    const __m128i abefBefore = abef, cdghBefore = cdgh;
    __m128i w[4];
    for (int i = 0; i < 4; ++i)
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data + 16 * i)), swap);
    for (int group = 0; group < 16; ++group) {
      const __m128i words = w[group & 3];
      __m128i sum = _mm_add_epi32(words, _mm_load_si128(reinterpret_cast<const __m128i*>(kRound + 4 * group)));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
      if (group >= 12) continue;
      // w[t..t+3] for the group four on, from w[t-16], w[t-12], w[t-8] and w[t-4].
      const __m128i& next = w[(group + 1) & 3];
      const __m128i& last = w[(group + 3) & 3];
      const __m128i seven = _mm_alignr_epi8(last, w[(group + 2) & 3], 4);
      w[group & 3] = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(words, next), seven), last);
    }
    abef = _mm_add_epi32(abef, abefBefore);
    cdgh = _mm_add_epi32(cdgh, cdghBefore);
  }
  low = _mm_shuffle_epi32(abef, 0x1B);
  high = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state), _mm_blend_epi16(low, high, 0xF0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state + 4), _mm_alignr_epi8(high, low, 8));
}
#endif

}  // namespace

Sha256::Sha256(Implementation implementation)
    : m_state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19} {
#if defined(__x86_64__)
  m_shaInstructions = implementation == Implementation::kBest && hasShaInstructions();
#else
  static_cast<void>(implementation);
#endif
}

void Sha256::compress(const std::uint8_t* blocks, std::size_t count) {
#if defined(__x86_64__)
  if (m_shaInstructions) return compressSha(m_state.data(), blocks, count);
#endif
  for (; count > 0; --count, blocks += kBlock) compressPlain(m_state.data(), blocks);
}

void Sha256::update(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;  // an empty span's address may be null, which memcpy may not be given
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  std::size_t left = bytes.size();
  const std::size_t held = m_size % kBlock;
  m_size += left;
  if (held != 0) {
    const std::size_t taken = std::min(kBlock - held, left);
    std::memcpy(m_block.data() + held, data, taken);
    data += taken;
    left -= taken;
    if (held + taken < kBlock) return;
    compress(m_block.data(), 1);
  }
  compress(data, left / kBlock);
  if (left % kBlock != 0) std::memcpy(m_block.data(), data + (left - left % kBlock), left % kBlock);
}

void Sha256::update(std::string_view text) { update(std::as_bytes(std::span(text.data(), text.size()))); }

std::string Sha256::finish() {
  const std::uint64_t bits = m_size * 8;
  std::size_t held = m_size % kBlock;
  m_block[held++] = 0x80;
  if (held > kBlock - 8) {
    std::fill(m_block.begin() + static_cast<std::ptrdiff_t>(held), m_block.end(), std::uint8_t{0});
    compress(m_block.data(), 1);
    held = 0;
  }
  std::fill(m_block.begin() + static_cast<std::ptrdiff_t>(held), m_block.end() - 8, std::uint8_t{0});
  for (std::size_t i = 0; i < 8; ++i) m_block[kBlock - 1 - i] = static_cast<std::uint8_t>(bits >> (8 * i));
  compress(m_block.data(), 1);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const std::uint32_t word : m_state)
    for (int shift = 28; shift >= 0; shift -= 4) hex += kDigits[(word >> shift) & 15];
  return hex;
}

std::string sha256Of(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

Result<std::string> sha256File(const std::string& path, const StopToken& stop) { return sha256Files({path}, stop); }

Result<std::string> sha256Files(const std::vector<std::string>& paths, const StopToken& stop) {
  Sha256 hash;
  for (const std::string& path : paths) {
    const auto take = [&](std::uint64_t, std::span<const std::byte> piece) -> Status {
      if (stop.requested()) return Error{ErrorCode::kCancelled, "hashing was stopped", path, {}};
      hash.update(piece);
      return {};
    };
    if (Status read = readPieces(path, take); !read) return std::move(read).error();
  }
  return hash.finish();
}

}  // namespace pai::core
