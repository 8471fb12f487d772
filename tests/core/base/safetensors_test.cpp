// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/safetensors.h"

#include <cmath>
#include <cstring>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/base/tensor_values.h"
#include "tests/core/base/temp_folder.h"

namespace pai::core {
namespace {

std::string fileOf(const std::string& header, std::size_t dataBytes) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(dataBytes, '\1');
}

Result<SafetensorsHeader> parse(const std::string& bytes) {
  return parseSafetensorsHeader(std::as_bytes(std::span(bytes.data(), bytes.size())), bytes.size(), "w");
}

std::span<const std::byte> bytesOf(const auto& values) { return std::as_bytes(std::span(values)); }

TEST(Safetensors, whatIsWrittenReadsBack) {
  const TempFolder folder;
  const std::vector<float> wide{1.5f, -2.0f, 3.25f, 0.0f, 5.0f, 6.0f};
  const std::vector<std::uint8_t> narrow{1, 2, 3};
  const std::vector<double> scalar{42.0};
  const std::string path = folder.file("a.safetensors");
  ASSERT_TRUE(writeSafetensors(path,
                               {{"narrow", TensorType::kU8, {3}, bytesOf(narrow)},
                                {"wide", TensorType::kF32, {2, 3}, bytesOf(wide)},
                                {"scalar", TensorType::kF64, {}, bytesOf(scalar)},
                                {"empty", TensorType::kBF16, {0, 5}, {}}},
                               {{"note", "text"}})
                  .ok());
  const auto header = readSafetensorsHeader(path);
  ASSERT_TRUE(header.ok()) << header.error().detail;
  EXPECT_EQ(header->metadata.at("note"), "text");
  ASSERT_EQ(header->tensors.size(), 4u);
  EXPECT_EQ(header->find("none"), nullptr);
  for (const TensorEntry& t : header->tensors) EXPECT_EQ(t.offset % tensorTypeBytes(t.type), 0u) << t.name;
  EXPECT_EQ(*readTensorValues(path, *header->find("wide"), 100), (std::vector<double>{1.5, -2, 3.25, 0, 5, 6}));
  EXPECT_EQ(*readTensorValues(path, *header->find("narrow"), 100), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(*readTensorValues(path, *header->find("scalar"), 100), (std::vector<double>{42}));
  EXPECT_EQ(header->find("wide")->shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(readTensorValues(path, *header->find("wide"), 5).error().code, ErrorCode::kLimitExceeded);
}

TEST(Safetensors, writerRefusesWhatNobodyCouldRead) {
  const TempFolder folder;
  const std::vector<float> two{1, 2};
  const auto codeOf = [&](std::vector<TensorToWrite> tensors) {
    return writeSafetensors(folder.file("x"), tensors).error().code;
  };
  EXPECT_EQ(codeOf({{"a", TensorType::kF32, {3}, bytesOf(two)}}), ErrorCode::kFieldInvalid);
  EXPECT_EQ(codeOf({{"a", TensorType::kF32, {-2}, bytesOf(two)}}), ErrorCode::kFieldInvalid);
  EXPECT_EQ(codeOf({{"a", TensorType::kF32, {2}, bytesOf(two)}, {"a", TensorType::kF32, {2}, bytesOf(two)}}),
            ErrorCode::kFieldInvalid);
  EXPECT_EQ(codeOf({{"__metadata__", TensorType::kF32, {2}, bytesOf(two)}}), ErrorCode::kFieldInvalid);
  EXPECT_EQ(codeOf({{"a", TensorType::kF32, {1LL << 40, 1LL << 40}, bytesOf(two)}}), ErrorCode::kFieldInvalid);
  EXPECT_FALSE(std::filesystem::exists(folder.file("x")));
}

TEST(Safetensors, everyTruncationOfAValidFileIsRefused) {
  const std::string whole = fileOf(
      R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}})",
      11);
  ASSERT_TRUE(parse(whole).ok());
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(parse(whole.substr(0, size)).ok()) << size;
  EXPECT_FALSE(parse(whole + "x").ok());
}

TEST(Safetensors, everyByteTypeIsRead) {
  for (const char* name : {"BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "I16", "U16", "F16", "BF16", "I32", "U32", "F32",
                           "I64", "U64", "F64"}) {
    const auto type = tensorTypeFromName(name);
    ASSERT_TRUE(type) << name;
    EXPECT_EQ(tensorTypeName(*type), name);
    const std::size_t bytes = tensorTypeBytes(*type) * 2;
    EXPECT_TRUE(parse(fileOf("{\"t\":{\"dtype\":\"" + std::string(name) + "\",\"shape\":[2],\"data_offsets\":[0," +
                                 std::to_string(bytes) + "]}}",
                             bytes))
                    .ok())
        << name;
  }
  EXPECT_EQ(parse(fileOf(R"({"t":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}})", 1)).error().code,
            ErrorCode::kFormatUnsupported);
}

TEST(Safetensors, eightBitFloatsAreThoseOfTheirPublishedTables) {
  const auto value = [](TensorType type, unsigned bits) {
    const auto byte = static_cast<std::byte>(bits);
    return tensorElement(type, &byte);
  };
  EXPECT_EQ(value(TensorType::kF8E4M3, 0x7E), 448.0);
  EXPECT_EQ(value(TensorType::kF8E4M3, 0x08), std::ldexp(1.0, -6));
  EXPECT_EQ(value(TensorType::kF8E4M3, 0x01), std::ldexp(1.0, -9));
  EXPECT_TRUE(std::isnan(value(TensorType::kF8E4M3, 0xFF)));
  EXPECT_EQ(value(TensorType::kF8E5M2, 0x7B), 57344.0);
  EXPECT_EQ(value(TensorType::kF8E5M2, 0x01), std::ldexp(1.0, -16));
  EXPECT_TRUE(std::isinf(value(TensorType::kF8E5M2, 0xFC)));
  EXPECT_TRUE(std::isnan(value(TensorType::kF8E5M2, 0x7D)));
}

TEST(Safetensors, halfFloatsAgreeWithTheCompilers) {
#ifndef __FLT16_MANT_DIG__
  GTEST_SKIP() << "this compiler has no half floats of its own";
#else
  using CompilersHalf = _Float16;
  for (unsigned bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    CompilersHalf theirs;
    std::memcpy(&theirs, &half, 2);
    const double ours = tensorElement(TensorType::kF16, reinterpret_cast<const std::byte*>(&half));
    if (std::isnan(ours)) {
      ASSERT_TRUE(std::isnan(static_cast<double>(static_cast<float>(theirs)))) << bits;
    } else {
      ASSERT_EQ(ours, static_cast<double>(static_cast<float>(theirs))) << bits;
    }
    const std::uint32_t wide = bits << 16;
    float brain;
    std::memcpy(&brain, &wide, 4);
    const double ourBrain = tensorElement(TensorType::kBF16, reinterpret_cast<const std::byte*>(&half));
    if (std::isnan(ourBrain)) {
      ASSERT_TRUE(std::isnan(brain)) << bits;
    } else {
      ASSERT_EQ(ourBrain, static_cast<double>(brain)) << bits;
    }
  }
#endif
}

TEST(Safetensors, lengthLimitAloneIsEnoughToRefuse) {
  std::string bytes = fileOf("{}", 0);
  const std::uint64_t over = kSafetensorsHeaderLimit + 1;
  std::memcpy(bytes.data(), &over, 8);
  const auto read = parseSafetensorsHeader(std::as_bytes(std::span(bytes.data(), bytes.size())), over + 8, "w");
  EXPECT_EQ(read.error().code, ErrorCode::kLimitExceeded);
}

TEST(SafetensorsIndex, shardsArePlainNames) {
  const auto index = parseSafetensorsIndex(
      R"({"metadata":{"total_size":1},"weight_map":{"a":"m-2.safetensors","b":"m-1.safetensors","c":"m-2.safetensors"}})",
      "i");
  ASSERT_TRUE(index.ok());
  EXPECT_EQ(index->files(), (std::vector<std::string>{"m-1.safetensors", "m-2.safetensors"}));
  for (const char* name : {"", ".", "..", "../x", "/x", "a/b", "a\\\\b", ".hidden", "a\\u0000b"})
    EXPECT_EQ(parseSafetensorsIndex("{\"weight_map\":{\"a\":\"" + std::string(name) + "\"}}", "i").error().code,
              ErrorCode::kPathForbidden)
        << name;
  for (const char* text : {"[]", "{}", "{\"weight_map\":[]}", "{\"weight_map\":{\"a\":1}}"})
    EXPECT_EQ(parseSafetensorsIndex(text, "i").error().code, ErrorCode::kFieldInvalid) << text;
}

}  // namespace
}  // namespace pai::core
