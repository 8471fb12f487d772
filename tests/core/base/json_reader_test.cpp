// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json_reader.h"

#include <cmath>

#include <gtest/gtest.h>

namespace pai::core {
namespace {

ErrorCode codeOf(std::string_view text, const JsonLimits& limits = {}) {
  const auto read = readJson(text, "f", limits);
  return read ? ErrorCode::kUsage : read.error().code;
}

TEST(JsonReader, whatItReadsIsWhatTheLibraryReads) {
  for (const char* text :
       {"{}", "[]", "null", "true", "\"a\"", "-0", "0", "-1", "1.5e-3", "18446744073709551615", "-9223372036854775808",
        "9007199254740993", "1e308", "5e-324", "[1,[2,{\"a\":[]}],\"\\u00e9\\ud83d\\ude00\\n\\/\"]",
        " {\"a\" : 1 , \"b\":[ ]}\r\n", "{\"\":\"\",\"x\":{}}", "[0.1,1E+2,1e-400]"}) {
    const auto read = readJson(text, "f");
    ASSERT_TRUE(read.ok()) << text << ": " << read.error().detail;
    EXPECT_EQ(*read, nlohmann::json::parse(text)) << text;
  }
}

TEST(JsonReader, whatIsNoJsonIsRefused) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "[",
                           "[1",
                           "[1,",
                           "[1,]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{'a':1}",
                           "nul",
                           "truee",
                           "NaN",
                           "Infinity",
                           "-Infinity",
                           "-",
                           "+1",
                           "01",
                           "-01",
                           "1.",
                           ".5",
                           "1e",
                           "1e+",
                           "0x10",
                           "\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\ud83d\"",
                           "\"\\ude00\"",
                           "\"\\ud83d\\u0041\"",
                           "1 2",
                           "{} {}",
                           "// c\n1",
                           "[1 2]",
                           "\"\x01\"",
                           "\"\t\"",
                           "1e999",
                           "-1e999",
                           "123456789012345678901234567890e300"})
    EXPECT_EQ(codeOf(text), ErrorCode::kJsonInvalid) << text;
  EXPECT_EQ(codeOf(std::string_view("1\0", 2)), ErrorCode::kJsonInvalid);
}

TEST(JsonReader, malformedUtf8IsRefused) {
  for (const char* bytes : {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                            "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE4\xB8", "\xFF"}) {
    EXPECT_EQ(codeOf("\"" + std::string(bytes) + "\""), ErrorCode::kJsonInvalid);
    EXPECT_EQ(invalidUtf8At("ab" + std::string(bytes)), 2u);
  }
  EXPECT_EQ(invalidUtf8At("a\xC2\x80\xE0\xA0\x80\xEF\xBF\xBF\xF4\x8F\xBF\xBF"), std::string_view::npos);
}

TEST(JsonReader, errorsSayLineAndByte) {
  const auto read = readJson("{\n\"a\": 1,\n\"b\": NaN}", "f.json");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().context, "f.json");
  EXPECT_NE(read.error().detail.find("line 3, byte 15"), std::string::npos) << read.error().detail;
}

TEST(JsonReader, everyBoundHolds) {
  JsonLimits limits{1000, 3, 10, 8};
  EXPECT_EQ(codeOf("[[[1]]]", limits), ErrorCode::kUsage);
  EXPECT_EQ(codeOf("[[[[1]]]]", limits), ErrorCode::kLimitExceeded);
  EXPECT_EQ(codeOf("\"0123456789\"", limits), ErrorCode::kUsage);
  EXPECT_EQ(codeOf("\"0123456789a\"", limits), ErrorCode::kLimitExceeded);
  EXPECT_EQ(codeOf("[1,2,3,4,5,6,7]", limits), ErrorCode::kUsage);
  EXPECT_EQ(codeOf("[1,2,3,4,5,6,7,8]", limits), ErrorCode::kLimitExceeded);
  EXPECT_EQ(codeOf(std::string(1001, ' '), limits), ErrorCode::kLimitExceeded);
  EXPECT_EQ(codeOf(std::string(1'000'000, '[')), ErrorCode::kLimitExceeded);
}

TEST(JsonReader, lastOfTwoEqualKeysCountsAndIsTold) {
  std::vector<std::string> duplicates;
  const auto read = readJson(R"({"a":1,"b":{"a":2,"a":3},"a":4})", "f", {}, &duplicates);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ((*read)["a"], 4);
  EXPECT_EQ((*read)["b"]["a"], 3);
  EXPECT_EQ(duplicates.size(), 2u);
}

TEST(JsonReader, byteOrderMarkBeforeUtf8IsSkippedAndUtf16IsNamed) {
  EXPECT_EQ(codeOf("\xEF\xBB\xBF{}"), ErrorCode::kUsage);
  EXPECT_NE(readJson(std::string_view("\xFF\xFE{\0}\0", 6), "f").error().detail.find("UTF-16"), std::string::npos);
}

TEST(JsonReader, invalidTextIsWrittenWithReplacement) {
  EXPECT_EQ(jsonText(nlohmann::json("a\xFF"), -1), "\"a\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace pai::core
