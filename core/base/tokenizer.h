// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pai::core {

/// Largest sentencepiece model that is read.
inline constexpr std::uint64_t kTokenizerSizeLimit = std::uint64_t{64} << 20;

/// A sentencepiece unigram model: text to the ids that sentencepiece itself gives. Immutable after loading; any thread.
class Tokenizer {
 public:
  /// Reads a `.model` file. Errors: of readWholeFile; kFormatUnknown, kFormatBroken (truncated, twice the same piece,
  /// no unknown piece, a bad normalisation table), kFormatUnsupported (not a unigram model).
  static Result<Tokenizer> load(const std::string& path);
  static Result<Tokenizer> parse(std::string_view bytes, const std::string& fileName);

  /// Ids of a text, without begin or end marks. Invalid UTF-8 becomes U+FFFD.
  std::vector<std::int32_t> encode(std::string_view text) const;
  /// The text as the model sees it: characters mapped, whitespace cleaned and shown as U+2581.
  std::string normalise(std::string_view text) const;

  std::int32_t size() const;
  /// Text of a piece; 0 <= id < size().
  const std::string& piece(std::int32_t id) const;
  float score(std::int32_t id) const;
  /// Id of a piece of any type, nullopt when there is none.
  std::optional<std::int32_t> idOf(std::string_view piece) const;
  std::int32_t unknownId() const;
  /// The model's own end and padding marks, where it has them.
  std::optional<std::int32_t> endId() const;
  std::optional<std::int32_t> padId() const;

 private:
  struct State;
  explicit Tokenizer(std::shared_ptr<const State> state);
  std::shared_ptr<const State> m_state;
};

}  // namespace pai::core
