// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/image_exr_header.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace pai::core {

namespace {

/// The header's attributes as bytes (OpenEXR file layout, "Header").
class AttributeWalk {
 public:
  explicit AttributeWalk(const ImageSource& source) : m_source(source), m_bytes(source.bytes) {}

  /// kFormatBroken where an attribute, or what lies within it, is longer than the file.
  Status check() {
    constexpr std::uint32_t kMultiPart = 0x1000;
    if (m_bytes.size() < kStart) return m_source.broken("EXR: the header is cut off");
    const bool multiPart = (u32(4) & kMultiPart) != 0;
    m_at = kStart;
    do {
      while (m_at < m_bytes.size() && m_bytes[m_at] != 0)
        if (!attribute()) return m_source.broken("EXR: an attribute is longer than the file");
      ++m_at;
    } while (multiPart && m_at < m_bytes.size() && m_bytes[m_at] != 0);
    return {};
  }

 private:
  static constexpr std::size_t kStart = 8;      // magic number and version
  static constexpr std::size_t kLongest = 255;  // of names: the library stops there and takes the rest for something else

  std::uint32_t u32(std::size_t at) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value |= static_cast<std::uint32_t>(m_bytes[at + i]) << (8 * i);
    return value;
  }
  std::string_view name() {
    const std::size_t begin = m_at;
    while (m_at < m_bytes.size() && m_bytes[m_at] != 0) ++m_at;
    const auto* text = reinterpret_cast<const char*>(m_bytes.data());
    return {text + begin, m_at++ - begin};
  }
  bool attribute() {
    if (name().size() > kLongest) return false;
    const std::string_view type = name();
    if (type.size() > kLongest || m_at + 4 > m_bytes.size()) return false;
    const std::size_t size = u32(m_at), begin = m_at + 4;
    if (size > m_bytes.size() - begin || !contentFits(type, begin, size)) return false;
    m_at = begin + size;
    return true;
  }
  /// Whether the library's reader of that type takes as many bytes as are stated; it does not look, and would go on elsewhere.
  bool contentFits(std::string_view type, std::size_t begin, std::size_t size) const {
    struct Fixed {
      std::string_view type;
      std::size_t bytes;
    };
    constexpr Fixed kFixed[] = {
        {"box2i", 16},    {"box2f", 16},     {"chromaticities", 32}, {"compression", 1}, {"deepImageState", 1}, {"double", 8},
        {"envmap", 1},    {"float", 4},      {"int", 4},             {"keycode", 28},    {"lineOrder", 1},      {"m33f", 36},
        {"m33d", 72},     {"m44f", 64},      {"m44d", 128},          {"rational", 8},    {"tiledesc", 9},       {"timecode", 8},
        {"v2i", 8},       {"v2f", 8},        {"v2d", 16},            {"v3i", 12},        {"v3f", 12},           {"v3d", 24}};
    for (const Fixed& fixed : kFixed)
      if (fixed.type == type) return size == fixed.bytes;
    constexpr std::uint32_t kManifestBytes = 1 << 24;
    if (type == "preview") return size >= 8 && std::uint64_t{u32(begin)} * u32(begin + 4) * 4 == size - 8;
    if (type == "idmanifest") return size >= 4 && u32(begin) <= kManifestBytes;
    if (type == "floatvector") return size % 4 == 0;
    if (type == "stringvector") return stringsFill(begin, begin + size);
    return type != "chlist" || channelsFill(begin, begin + size);
  }
  bool stringsFill(std::size_t at, std::size_t end) const {
    while (at < end) {
      if (end - at < 4 || u32(at) > end - at - 4) return false;
      at += 4 + u32(at);
    }
    return true;
  }
  bool channelsFill(std::size_t at, std::size_t end) const {
    constexpr std::size_t kDescription = 16;  // type, linearity, sampling
    while (at < end && m_bytes[at] != 0) {
      const std::size_t begin = at;
      while (at < end && m_bytes[at] != 0) ++at;
      if (at - begin > kLongest || end - at < 1 + kDescription) return false;
      at += 1 + kDescription;
    }
    return at + 1 == end;
  }

  const ImageSource& m_source;
  std::span<const std::uint8_t> m_bytes;
  std::size_t m_at = kStart;
};

}  // namespace

Status checkExrAttributes(const ImageSource& source) { return AttributeWalk(source).check(); }

}  // namespace pai::core
