// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace pai::core {
namespace {

using nlohmann::json;

/// Length of the well-formed UTF-8 sequence at `text[i]`, 0 when there is none (Unicode 15, table 3-7).
std::size_t utf8Length(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u; };
  const auto tail = [&](std::size_t k) { return byte(k) >= 0x80 && byte(k) <= 0xBF; };
  const unsigned a = byte(0), b = byte(1);
  if (a < 0x80) return 1;
  if (a >= 0xC2 && a <= 0xDF) return tail(1) ? 2 : 0;
  if (a >= 0xE0 && a <= 0xEF) {
    const unsigned low = a == 0xE0 ? 0xA0 : 0x80, high = a == 0xED ? 0x9F : 0xBF;
    return b >= low && b <= high && tail(2) ? 3 : 0;
  }
  if (a >= 0xF0 && a <= 0xF4) {
    const unsigned low = a == 0xF0 ? 0x90 : 0x80, high = a == 0xF4 ? 0x8F : 0xBF;
    return b >= low && b <= high && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

void appendUtf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

/// Thrown and caught within this file.
struct Refused {
  ErrorCode code;
  std::string why;
  std::size_t at;
};

/// Recursive descent; recursion is bounded by JsonLimits::depth.
class Parser {
 public:
  Parser(std::string_view text, const JsonLimits& limits, std::vector<std::string>* duplicates)
      : m_text(text), m_limits(limits), m_duplicates(duplicates) {}

  json document() {
    if (m_text.substr(0, 3) == "\xEF\xBB\xBF") m_at = 3;  // the mark some editors put before UTF-8
    skipSpace();
    if (m_at == m_text.size()) fail("the file is empty");
    json value = readValue(1);
    skipSpace();
    if (m_at != m_text.size()) fail("there is text after the end of the document");
    return value;
  }

 private:
  [[noreturn]] void fail(std::string why) const { throw Refused{ErrorCode::kJsonInvalid, std::move(why), m_at}; }
  [[noreturn]] void exceed(std::string why) const { throw Refused{ErrorCode::kLimitExceeded, std::move(why), m_at}; }

  bool more() const { return m_at < m_text.size(); }
  char peek() const { return more() ? m_text[m_at] : '\0'; }
  bool take(char c) {
    if (!more() || m_text[m_at] != c) return false;
    ++m_at;
    return true;
  }
  void skipSpace() {
    while (more() && (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t')) ++m_at;
  }

  json readValue(int depth) {
    if (++m_values > m_limits.values) exceed("more than " + std::to_string(m_limits.values) + " values");
    if (!more()) fail("the text ends where a value is expected");
    switch (peek()) {
      case '{':
        return readObject(depth);
      case '[':
        return readArray(depth);
      case '"':
        return readString();
      case 't':
        return readWord("true", true);
      case 'f':
        return readWord("false", false);
      case 'n':
        return readWord("null", nullptr);
      default:
        return readNumber();
    }
  }

  json readWord(std::string_view word, json value) {
    if (m_text.substr(m_at, word.size()) != word) fail("this is not a JSON value");
    m_at += word.size();
    return value;
  }

  void enter(int depth) const {
    if (depth > m_limits.depth) exceed("nested more than " + std::to_string(m_limits.depth) + " deep");
  }

  json readArray(int depth) {
    enter(depth);
    ++m_at;
    json::array_t items;
    skipSpace();
    if (take(']')) return items;
    do {
      skipSpace();
      items.push_back(readValue(depth + 1));
      skipSpace();
    } while (take(','));
    if (!take(']')) fail(more() ? "',' or ']' is expected in a list" : "the text ends inside a list");
    return items;
  }

  json readObject(int depth) {
    enter(depth);
    ++m_at;
    json::object_t members;
    skipSpace();
    if (take('}')) return members;
    do {
      skipSpace();
      if (peek() != '"') fail(more() ? "a field name in quotes is expected" : "the text ends inside an object");
      const std::size_t keyAt = m_at;
      std::string key = readString();
      skipSpace();
      if (!take(':')) fail("':' is expected after a field name");
      skipSpace();
      const auto [place, added] = members.try_emplace(std::move(key));
      if (!added) noteDuplicate(place->first, keyAt);
      place->second = readValue(depth + 1);
      skipSpace();
    } while (take(','));
    if (!take('}')) fail(more() ? "',' or '}' is expected in an object" : "the text ends inside an object");
    return members;
  }

  void noteDuplicate(const std::string& key, std::size_t at) {
    constexpr std::size_t kMost = 20;
    if (!m_duplicates || m_duplicates->size() >= kMost) return;
    std::string note = "'";
    note.append(key, 0, 60).append("' is given twice (byte ").append(std::to_string(at)).append("); the last one counts");
    m_duplicates->push_back(std::move(note));
  }

  std::string readString() {
    ++m_at;
    std::string out;
    for (;;) {
      if (!more()) fail("the text ends inside a string");
      const auto c = static_cast<unsigned char>(peek());
      if (c == '"') break;
      if (out.size() >= m_limits.stringBytes)
        exceed("a string longer than " + std::to_string(m_limits.stringBytes) + " bytes");
      if (c < 0x20) fail("a control character stands in a string");
      if (c == '\\') {
        readEscape(out);
        continue;
      }
      const std::size_t length = utf8Length(m_text, m_at);
      if (length == 0) fail("the text is not valid UTF-8");
      out.append(m_text, m_at, length);
      m_at += length;
    }
    ++m_at;
    return out;
  }

  void readEscape(std::string& out) {
    static constexpr std::string_view kNames = "\"\\/bfnrt", kValues = "\"\\/\b\f\n\r\t";
    ++m_at;
    if (!more()) fail("the text ends inside a string");
    if (peek() == 'u') {
      ++m_at;
      unsigned code = readHex();
      if (code >= 0xDC00 && code <= 0xDFFF) fail("a surrogate stands alone in a string");
      if (code >= 0xD800 && code <= 0xDBFF) {
        const bool second = take('\\') && take('u');
        const unsigned low = second ? readHex() : 0;
        if (low < 0xDC00 || low > 0xDFFF) fail("a surrogate stands alone in a string");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      }
      appendUtf8(out, code);
      return;
    }
    const std::size_t which = kNames.find(peek());
    if (which == std::string_view::npos) fail("an unknown escape stands in a string");
    out += kValues[which];
    ++m_at;
  }

  unsigned readHex() {
    unsigned code = 0;
    const std::string_view digits = m_text.substr(std::min(m_at, m_text.size()), 4);
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() < 4 || ec != std::errc() || end != digits.data() + 4) fail("\\u needs four hexadecimal digits");
    m_at += 4;
    return code;
  }

  std::size_t skipDigits() {
    const std::size_t begin = m_at;
    while (peek() >= '0' && peek() <= '9') ++m_at;
    return m_at - begin;
  }

  json readNumber() {
    const std::size_t begin = m_at;
    const bool negative = take('-');
    const std::size_t digitsAt = m_at;
    const std::size_t digits = skipDigits();
    if (digits == 0) {
      m_at = begin;
      fail("this is not a JSON value");
    }
    if (digits > 1 && m_text[digitsAt] == '0') fail("a number begins with 0");
    bool whole = true;
    if (take('.')) {
      whole = false;
      if (skipDigits() == 0) fail("digits are expected after the point");
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      ++m_at;
      if (!take('+')) take('-');
      if (skipDigits() == 0) fail("digits are expected in the exponent");
    }
    return numberOf(m_text.substr(begin, m_at - begin), whole, negative, begin);
  }

  json numberOf(std::string_view token, bool whole, bool negative, std::size_t begin) {
    const char* const first = token.data();
    const char* const last = first + token.size();
    if (whole && negative) {
      std::int64_t value = 0;
      if (std::from_chars(first, last, value).ec == std::errc()) {
        if (value != 0) return value;
        return -0.0;
      }
    } else if (whole) {
      std::uint64_t value = 0;
      if (std::from_chars(first, last, value).ec == std::errc()) return value;
    }
    double value = 0.0;
    const auto [end, ec] = std::from_chars(first, last, value);
    if (ec == std::errc::result_out_of_range && underflows(token)) return negative ? -0.0 : 0.0;
    if (ec != std::errc() || end != last || !std::isfinite(value)) {
      m_at = begin;
      fail("a number is too large");
    }
    return value;
  }

  /// Of a number outside a double's range: true when it is too small rather than too large. A negative exponent
  /// decides, since the digits before it are bounded by it only in numbers that are within range.
  static bool underflows(std::string_view token) {
    const std::size_t e = token.find_first_of("eE");
    const std::size_t firstDigit = token.find_first_of("123456789");
    const std::size_t point = std::min(token.find('.'), std::min(e, token.size()));
    long long exponent = 0;
    if (e != std::string_view::npos) {
      std::string_view digits = token.substr(e + 1);
      if (!digits.empty() && digits[0] == '+') digits.remove_prefix(1);
      if (std::from_chars(digits.data(), digits.data() + digits.size(), exponent).ec != std::errc())
        return !digits.empty() && digits[0] == '-';
    }
    const long long magnitude = static_cast<long long>(point) - static_cast<long long>(firstDigit);
    return magnitude + exponent < 0;
  }

  std::string_view m_text;
  JsonLimits m_limits;
  std::vector<std::string>* m_duplicates;
  std::size_t m_at = 0;
  std::size_t m_values = 0;
};

/// What a text is that begins like something else than UTF-8 JSON.
std::string_view otherEncoding(std::string_view text) {
  if (text.substr(0, 2) == "\xFF\xFE" || text.substr(0, 2) == "\xFE\xFF") return "it is UTF-16; save it as UTF-8";
  return {};
}

}  // namespace

std::size_t invalidUtf8At(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8Length(text, i);
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

Result<nlohmann::json> readJson(std::string_view text, const std::string& fileName, const JsonLimits& limits,
                                std::vector<std::string>* duplicates) {
  if (text.size() > limits.sizeBytes)
    return Error{
        ErrorCode::kLimitExceeded, "more than " + std::to_string(limits.sizeBytes) + " bytes of JSON", fileName, {}};
  if (const auto other = otherEncoding(text); !other.empty())
    return Error{ErrorCode::kJsonInvalid, std::string(other), fileName, {{"byte", std::int64_t{0}}}};
  try {
    return Parser(text, limits, duplicates).document();
  } catch (const Refused& refused) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(refused.at), '\n');
    return Error{refused.code,
                 refused.why + " (line " + std::to_string(line) + ", byte " + std::to_string(refused.at) + ")",
                 fileName,
                 {{"line", std::int64_t{line}}, {"byte", static_cast<std::int64_t>(refused.at)}}};
  }
}

std::string jsonText(const nlohmann::json& value, int indent) {
  return value.dump(indent, ' ', false, json::error_handler_t::replace);
}

}  // namespace pai::core
