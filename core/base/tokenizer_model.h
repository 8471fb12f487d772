// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pai::core {

/// Types of pieces in sentencepiece's ModelProto.
enum class PieceType { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5, kByte = 6 };

/// What is read of a sentencepiece ModelProto (sentencepiece_model.proto); defaults are the proto's.
struct TokenizerModel {
  struct Piece {
    std::string text;
    float score = 0.0f;
    PieceType type = PieceType::kNormal;
  };
  std::vector<Piece> pieces;
  std::int64_t modelType = 1;  // 1 unigram, 2 BPE, 3 word, 4 character
  bool whitespaceAsSuffix = false;
  bool byteFallback = false;
  std::string endPiece = "</s>";
  std::string padPiece = "<pad>";
  std::string charsMap;  // precompiled normalisation table
  bool addDummyPrefix = true;
  bool removeExtraWhitespace = true;
  bool escapeWhitespace = true;
};

/// Reads the protocol buffer's wire format, bounded by its own size. kFormatUnknown, kFormatBroken, kLimitExceeded.
Result<TokenizerModel> readTokenizerModel(std::string_view bytes, const std::string& fileName);

}  // namespace pai::core
