// SPDX-License-Identifier: GPL-3.0-or-later
// Normalisation and Viterbi search as sentencepiece 0.1.97 has them (normalizer.cc, unigram_model.cc EncodeOptimized),
// down to the float and double of each sum, since ties decide which ids come out. Kudo, "Subword Regularization", 2018.
#include "core/base/tokenizer.h"

#include <algorithm>
#include <array>
#include <cfloat>
#include <cstring>
#include <unordered_map>

#include "core/base/file_system.h"
#include "core/base/json_reader.h"
#include "core/base/tokenizer_model.h"

namespace pai::core {
namespace {

constexpr std::string_view kSpaceSymbol = "\xE2\x96\x81";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr float kUnknownPenalty = 10.0f;
constexpr std::size_t kLongestKey = 255;           // bytes of a character sequence in a normalisation table
constexpr std::size_t kLongestReplacement = 1024;  // bytes it becomes; Unicode's longest are below 64

/// Bytes of the character that begins here, by its first byte alone.
std::size_t charLength(char first) {
  constexpr std::array<unsigned char, 16> kLengths{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4};
  return kLengths[static_cast<unsigned char>(first) >> 4];
}

/// Bytes of a well-formed character at the begin of a text, 0 when there is none.
std::size_t validCharLength(std::string_view text) {
  const std::string_view first = text.substr(0, charLength(text.front()));
  return invalidUtf8At(first) == std::string_view::npos ? first.size() : 0;
}

/// Strings in order, walked a byte at a time: the strings with a given beginning are a range.
class PrefixTable {
 public:
  void add(std::string_view text, std::int32_t id) { m_items.push_back({text, id}); }
  void sort() {
    std::sort(m_items.begin(), m_items.end(), [](const Item& a, const Item& b) { return a.text < b.text; });
    for (std::size_t i = m_items.size(); i-- > 0;) {
      const auto first = static_cast<unsigned char>(m_items[i].text.front());
      if (m_first[first].end == 0) m_first[first].end = i + 1;
      m_first[first].begin = i;
    }
  }
  bool empty() const { return m_items.empty(); }

  /// Calls `match(length, id)` for every string that `text` begins with, short to long.
  template <typename Match>
  void eachPrefix(std::string_view text, Match match) const {
    if (text.empty()) return;
    auto [low, high] = m_first[static_cast<unsigned char>(text.front())];
    for (std::size_t length = 1; low < high; ++length) {
      if (m_items[low].text.size() == length) match(length, m_items[low].id), ++low;
      if (length >= text.size()) return;
      // Strings of this range agree in `length` bytes and are longer; narrow by the next byte.
      const auto next = static_cast<unsigned char>(text[length]);
      const auto byteOf = [&](const Item& item) { return static_cast<unsigned char>(item.text[length]); };
      const auto at = m_items.begin();
      const auto from = std::lower_bound(at + static_cast<std::ptrdiff_t>(low), at + static_cast<std::ptrdiff_t>(high),
                                         next, [&](const Item& item, unsigned char b) { return byteOf(item) < b; });
      const auto to = std::upper_bound(from, at + static_cast<std::ptrdiff_t>(high), next,
                                       [&](unsigned char b, const Item& item) { return b < byteOf(item); });
      low = static_cast<std::size_t>(from - at);
      high = static_cast<std::size_t>(to - at);
    }
  }

 private:
  struct Item {
    std::string_view text;
    std::int32_t id;
  };
  struct Range {
    std::size_t begin = 0, end = 0;
  };
  std::vector<Item> m_items;
  std::array<Range, 256> m_first{};
};

/// The precompiled table of a normaliser: a double array (darts-clone) from character sequences to offsets of their
/// replacements.
class CharsMap {
 public:
  /// False when the table's sizes don't fit.
  bool read(std::string_view blob) {
    std::uint32_t trieBytes = 0;
    if (blob.size() <= sizeof trieBytes) return false;
    std::memcpy(&trieBytes, blob.data(), sizeof trieBytes);
    blob.remove_prefix(sizeof trieBytes);
    if (trieBytes >= blob.size() || trieBytes < 4 || trieBytes % 4 != 0 || blob.back() != '\0') return false;
    m_units.resize(trieBytes / 4);
    std::memcpy(m_units.data(), blob.data(), trieBytes);
    m_replacements = blob.substr(trieBytes);
    for (std::size_t at = 0; at < m_replacements.size();) {
      const std::size_t end = m_replacements.find('\0', at);
      if (end - at > kLongestReplacement) return false;
      at = end + 1;
    }
    return true;
  }

  /// Longest sequence at the begin of `text` that the table knows; its length, 0 when none, and its replacement.
  std::size_t longest(std::string_view text, std::string_view& replacement) const {
    if (m_units.empty()) return 0;
    std::size_t found = 0;
    std::size_t node = offsetOf(m_units[0]);
    for (std::size_t i = 0; i < std::min(text.size(), kLongestKey); ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      node ^= byte;
      if (node >= m_units.size() || (m_units[node] & 0x800000FFu) != byte) break;
      const std::uint32_t unit = m_units[node];
      node ^= offsetOf(unit);
      if (((unit >> 8) & 1) == 0) continue;
      if (node >= m_units.size()) break;
      const std::size_t at = m_units[node] & 0x7FFFFFFFu;
      if (at >= m_replacements.size()) break;
      found = i + 1;
      replacement = std::string_view(m_replacements).substr(at, m_replacements.find('\0', at) - at);
    }
    return found;
  }

 private:
  static std::size_t offsetOf(std::uint32_t unit) {
    return static_cast<std::size_t>(unit >> 10) << ((unit & (1u << 9)) >> 6);
  }
  std::vector<std::uint32_t> m_units;
  std::string m_replacements;  // each ends with NUL
};

}  // namespace

struct Tokenizer::State {
  TokenizerModel model;
  PrefixTable table;        // pieces that text is cut into
  PrefixTable userDefined;  // kept whole by the normaliser
  std::unordered_map<std::string_view, std::int32_t> ids, reserved;
  std::array<std::int32_t, 256> byteIds{};
  CharsMap charsMap;
  std::int32_t unknown = -1;
  float minScore = FLT_MAX, maxScore = FLT_MIN;

  std::string index();
  std::string indexBytes();
  std::string_view normalisedPrefix(std::string_view text, std::size_t& consumed) const;
  std::vector<std::pair<std::size_t, std::int32_t>> cut(std::string_view normalised) const;
};

/// Builds the tables; empty, or what is wrong with the model.
std::string Tokenizer::State::index() {
  for (std::size_t i = 0; i < model.pieces.size(); ++i) {
    const auto id = static_cast<std::int32_t>(i);
    const TokenizerModel::Piece& piece = model.pieces[i];
    const bool text =
        piece.type == PieceType::kNormal || piece.type == PieceType::kUserDefined || piece.type == PieceType::kUnused;
    if (!(text ? ids : reserved).emplace(piece.text, id).second)
      return "the piece '" + piece.text.substr(0, 60) + "' occurs twice";
    if (piece.type == PieceType::kUnknown) {
      if (unknown >= 0) return "it has two unknown pieces";
      unknown = id;
    }
    if (text) table.add(piece.text, id);
    if (piece.type == PieceType::kUserDefined) userDefined.add(piece.text, id);
    if (piece.type == PieceType::kNormal) {
      minScore = std::min(minScore, piece.score);
      maxScore = std::max(maxScore, piece.score);
    }
  }
  if (unknown < 0) return "it has no unknown piece";
  table.sort();
  userDefined.sort();
  if (!model.charsMap.empty() && !charsMap.read(model.charsMap)) return "its normalisation table is broken";
  return indexBytes();
}

std::string Tokenizer::State::indexBytes() {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::size_t found = 0;
  for (std::size_t byte = 0; byte < byteIds.size(); ++byte) {
    const std::string name = std::string("<0x") + kDigits[byte >> 4] + kDigits[byte & 15] + ">";
    const auto id = reserved.find(name);
    if (id == reserved.end() || model.pieces[static_cast<std::size_t>(id->second)].type != PieceType::kByte) continue;
    byteIds[byte] = id->second;
    ++found;
  }
  const auto bytes = static_cast<std::size_t>(std::count_if(model.pieces.begin(), model.pieces.end(),
                                                            [](const auto& p) { return p.type == PieceType::kByte; }));
  if (bytes != found || found != (model.byteFallback ? byteIds.size() : 0)) return "its byte pieces are not complete";
  return {};
}

/// What the text's first characters become, and how many bytes of it that takes.
std::string_view Tokenizer::State::normalisedPrefix(std::string_view text, std::size_t& consumed) const {
  consumed = 0;
  userDefined.eachPrefix(text, [&](std::size_t length, std::int32_t) { consumed = length; });
  if (consumed > 0) return text.substr(0, consumed);
  std::string_view replacement;
  consumed = charsMap.longest(text, replacement);
  if (consumed > 0) return replacement;
  consumed = validCharLength(text);
  if (consumed > 0) return text.substr(0, consumed);
  consumed = 1;
  return kReplacement;
}

/// The most likely cut of a normalised text: (begin, id), in order.
std::vector<std::pair<std::size_t, std::int32_t>> Tokenizer::State::cut(std::string_view text) const {
  struct Node {
    std::int32_t id = -1;
    float score = 0.0f;
    std::ptrdiff_t begin = -1;
  };
  const float unknownScore = minScore - kUnknownPenalty;
  std::vector<Node> bestEndingAt(text.size() + 1);
  for (std::size_t begin = 0; begin < text.size();) {
    const float before = bestEndingAt[begin].score;
    const std::size_t single = std::min(charLength(text[begin]), text.size() - begin);
    bool hasSingle = false;
    const auto offer = [&](std::size_t end, std::int32_t id, double candidate) {
      Node& node = bestEndingAt[end];
      if (node.begin == -1 || candidate > node.score)
        node = {id, static_cast<float>(candidate), static_cast<std::ptrdiff_t>(begin)};
    };
    table.eachPrefix(text.substr(begin), [&](std::size_t length, std::int32_t id) {
      const TokenizerModel::Piece& piece = model.pieces[static_cast<std::size_t>(id)];
      if (piece.type == PieceType::kUnused) return;
      const double score =
          piece.type == PieceType::kUserDefined ? static_cast<float>(length) * maxScore - 0.1 : piece.score;
      offer(begin + length, id, score + before);
      hasSingle = hasSingle || length == single;
    });
    if (!hasSingle) offer(begin + single, unknown, unknownScore + before);
    begin += single;
  }
  std::vector<std::pair<std::size_t, std::int32_t>> pieces;
  for (std::size_t end = text.size(); end > 0; end = static_cast<std::size_t>(bestEndingAt[end].begin))
    pieces.emplace_back(static_cast<std::size_t>(bestEndingAt[end].begin), bestEndingAt[end].id);
  std::reverse(pieces.begin(), pieces.end());
  return pieces;
}

Tokenizer::Tokenizer(std::shared_ptr<const State> state) : m_state(std::move(state)) {}

Result<Tokenizer> Tokenizer::load(const std::string& path) {
  const auto bytes = readWholeFile(path, kTokenizerSizeLimit);
  if (!bytes) return bytes.error();
  return parse(*bytes, path);
}

Result<Tokenizer> Tokenizer::parse(std::string_view bytes, const std::string& fileName) {
  auto model = readTokenizerModel(bytes, fileName);
  if (!model) return model.error();
  if (model->modelType != 1)
    return Error{ErrorCode::kFormatUnsupported,
                 "the model is of another kind than unigram (type " + std::to_string(model->modelType) + ")",
                 fileName,
                 {}};
  auto state = std::make_shared<State>();
  state->model = std::move(*model);
  if (const std::string why = state->index(); !why.empty())
    return Error{ErrorCode::kFormatBroken, "as a sentencepiece model: " + why, fileName, {}};
  return Tokenizer(std::move(state));
}

std::string Tokenizer::normalise(std::string_view text) const {
  const TokenizerModel& model = m_state->model;
  const std::string_view space = model.escapeWhitespace ? kSpaceSymbol : std::string_view(" ");
  std::size_t consumed = 0;
  if (model.removeExtraWhitespace)
    while (!text.empty() && m_state->normalisedPrefix(text, consumed) == " ") text.remove_prefix(consumed);
  std::string out;
  if (text.empty()) return out;
  if (!model.whitespaceAsSuffix && model.addDummyPrefix) out += space;
  bool afterSpace = model.removeExtraWhitespace;
  while (!text.empty()) {
    std::string_view part = m_state->normalisedPrefix(text, consumed);
    while (afterSpace && part.substr(0, 1) == " ") part.remove_prefix(1);
    for (const char c : part) c == ' ' ? void(out += space) : out.push_back(c);
    if (!part.empty()) afterSpace = part.back() == ' ';
    if (!model.removeExtraWhitespace) afterSpace = false;
    text.remove_prefix(consumed);
  }
  if (model.removeExtraWhitespace)
    while (out.size() >= space.size() && out.compare(out.size() - space.size(), space.size(), space) == 0)
      out.resize(out.size() - space.size());
  if (model.whitespaceAsSuffix && model.addDummyPrefix) out += space;
  return out;
}

std::vector<std::int32_t> Tokenizer::encode(std::string_view text) const {
  const std::string normalised = normalise(text);
  const auto pieces = m_state->cut(normalised);
  std::vector<std::int32_t> ids;
  bool afterUnknown = false;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto [begin, id] = pieces[i];
    const bool isUnknown = id == m_state->unknown;
    if (isUnknown && m_state->model.byteFallback) {
      const std::size_t end = i + 1 < pieces.size() ? pieces[i + 1].first : normalised.size();
      for (std::size_t b = begin; b < end; ++b)
        ids.push_back(m_state->byteIds[static_cast<unsigned char>(normalised[b])]);
    } else if (!isUnknown || !afterUnknown) {
      ids.push_back(id);  // a run of unknown characters is one id
    }
    afterUnknown = isUnknown;
  }
  return ids;
}

std::int32_t Tokenizer::size() const { return static_cast<std::int32_t>(m_state->model.pieces.size()); }
const std::string& Tokenizer::piece(std::int32_t id) const {
  return m_state->model.pieces.at(static_cast<std::size_t>(id)).text;
}
float Tokenizer::score(std::int32_t id) const { return m_state->model.pieces.at(static_cast<std::size_t>(id)).score; }
std::int32_t Tokenizer::unknownId() const { return m_state->unknown; }

std::optional<std::int32_t> Tokenizer::idOf(std::string_view piece) const {
  for (const auto* map : {&m_state->reserved, &m_state->ids})
    if (const auto found = map->find(piece); found != map->end()) return found->second;
  return std::nullopt;
}

std::optional<std::int32_t> Tokenizer::endId() const { return idOf(m_state->model.endPiece); }
std::optional<std::int32_t> Tokenizer::padId() const { return idOf(m_state->model.padPiece); }

}  // namespace pai::core
