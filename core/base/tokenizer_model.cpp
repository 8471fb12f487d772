// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/tokenizer_model.h"

#include <cmath>
#include <cstring>

#include "core/base/json_reader.h"

namespace pai::core {
namespace {

constexpr std::size_t kMostPieces = 2'000'000;
constexpr std::size_t kLongestPiece = 4096;

/// One field of a message: its number, its wire type, and its content.
struct WireField {
  std::uint64_t number = 0;
  int type = 0;
  std::uint64_t value = 0;  // varint, or the bits of a fixed field
  std::string_view bytes;   // length-delimited
};

/// Walks the fields of a message (protobuf.dev, "Encoding"). Fixed and length-delimited fields are checked against the
/// rest.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : m_rest(bytes) {}
  bool atEnd() const { return m_rest.empty(); }
  const std::string& why() const { return m_why; }

  bool next(WireField& field) {
    std::uint64_t tag = 0;
    if (!varint(tag)) return false;
    field = WireField{tag >> 3, static_cast<int>(tag & 7), 0, {}};
    if (field.number == 0 || field.number > 536870911) return refuse("a field number is out of range");
    switch (field.type) {
      case 0:
        return varint(field.value);
      case 1:
        return fixed(8, field.value);
      case 5:
        return fixed(4, field.value);
      case 2:
        return delimited(field.bytes);
      default:
        return refuse("a field has an unknown wire type");
    }
  }

 private:
  bool refuse(const char* why) {
    m_why = why;
    return false;
  }
  bool varint(std::uint64_t& out) {
    out = 0;
    for (int i = 0; i < 10; ++i) {
      if (m_rest.empty()) return refuse("it ends inside a number");
      const auto byte = static_cast<unsigned char>(m_rest.front());
      m_rest.remove_prefix(1);
      out |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
      if (byte < 0x80) return true;
    }
    return refuse("a number is longer than 10 bytes");
  }
  bool fixed(std::size_t count, std::uint64_t& out) {
    if (m_rest.size() < count) return refuse("it ends inside a number");
    out = 0;
    std::memcpy(&out, m_rest.data(), count);
    m_rest.remove_prefix(count);
    return true;
  }
  bool delimited(std::string_view& out) {
    std::uint64_t length = 0;
    if (!varint(length)) return false;
    if (length > m_rest.size()) return refuse("a length leads past the end; it may be a broken download");
    out = m_rest.substr(0, length);
    m_rest.remove_prefix(length);
    return true;
  }

  std::string_view m_rest;
  std::string m_why;
};

/// Calls `take(field)` for every field; empty, or what is wrong.
template <typename Take>
std::string eachField(std::string_view bytes, Take take) {
  WireReader reader(bytes);
  WireField field;
  while (!reader.atEnd()) {
    if (!reader.next(field)) return reader.why();
    if (std::string why = take(field); !why.empty()) return why;
  }
  return {};
}

std::string readPiece(std::string_view bytes, TokenizerModel& model) {
  TokenizerModel::Piece piece;
  std::string why = eachField(bytes, [&](const WireField& f) -> std::string {
    if (f.number == 1 && f.type == 2) {
      if (f.bytes.size() > kLongestPiece) return "a piece is longer than 4096 bytes";
      piece.text = f.bytes;
    } else if (f.number == 2 && f.type == 5) {
      const auto bits = static_cast<std::uint32_t>(f.value);
      std::memcpy(&piece.score, &bits, sizeof bits);
    } else if (f.number == 3 && f.type == 0) {
      if (f.value < 1 || f.value > 6) return "a piece has an unknown type";
      piece.type = static_cast<PieceType>(f.value);
    }
    return {};
  });
  if (!why.empty()) return why;
  if (piece.text.empty()) return "a piece is empty";
  if (invalidUtf8At(piece.text) != std::string::npos) return "a piece is not valid UTF-8";
  if (!std::isfinite(piece.score)) return "a score is not a number";
  model.pieces.push_back(std::move(piece));
  return {};
}

std::string readTrainer(std::string_view bytes, TokenizerModel& model) {
  return eachField(bytes, [&](const WireField& f) -> std::string {
    if (f.number == 3 && f.type == 0) model.modelType = static_cast<std::int64_t>(f.value);
    if (f.number == 24 && f.type == 0) model.whitespaceAsSuffix = f.value != 0;
    if (f.number == 35 && f.type == 0) model.byteFallback = f.value != 0;
    if (f.number == 47 && f.type == 2) model.endPiece = f.bytes.substr(0, kLongestPiece);
    if (f.number == 48 && f.type == 2) model.padPiece = f.bytes.substr(0, kLongestPiece);
    return {};
  });
}

std::string readNormaliser(std::string_view bytes, TokenizerModel& model) {
  return eachField(bytes, [&](const WireField& f) -> std::string {
    if (f.number == 2 && f.type == 2) model.charsMap = f.bytes;
    if (f.number == 3 && f.type == 0) model.addDummyPrefix = f.value != 0;
    if (f.number == 4 && f.type == 0) model.removeExtraWhitespace = f.value != 0;
    if (f.number == 5 && f.type == 0) model.escapeWhitespace = f.value != 0;
    return {};
  });
}

}  // namespace

Result<TokenizerModel> readTokenizerModel(std::string_view bytes, const std::string& fileName) {
  if (bytes.empty()) return Error{ErrorCode::kFormatBroken, "the file is empty", fileName, {}};
  if (bytes.front() == '{' || bytes.front() == '[')
    return Error{ErrorCode::kFormatUnknown,
                 "it is JSON text, perhaps a tokenizer.json; give the sentencepiece .model instead",
                 fileName,
                 {}};
  TokenizerModel model;
  const std::string why = eachField(bytes, [&](const WireField& f) -> std::string {
    if (f.type != 2) return f.number <= 5 ? "a part is not a message" : "";
    if (f.number == 1 && model.pieces.size() >= kMostPieces) return "it has more than 2,000,000 pieces";
    if (f.number == 1) return readPiece(f.bytes, model);
    if (f.number == 2) return readTrainer(f.bytes, model);
    if (f.number == 3) return readNormaliser(f.bytes, model);
    return {};
  });
  if (!why.empty())
    return Error{ErrorCode::kFormatBroken,
                 "as a sentencepiece model: " + why + " (after " + std::to_string(model.pieces.size()) + " pieces)",
                 fileName,
                 {}};
  if (model.pieces.empty())
    return Error{ErrorCode::kFormatBroken, "as a sentencepiece model: it has no pieces", fileName, {}};
  return model;
}

}  // namespace pai::core
