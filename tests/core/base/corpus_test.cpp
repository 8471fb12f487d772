// SPDX-License-Identifier: GPL-3.0-or-later
// Every file of the corpus that core/base reads ends as its index says.
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/base/hash.h"
#include "core/base/project_file.h"
#include "core/base/prompt.h"
#include "core/base/safetensors.h"
#include "core/base/tensor_values.h"
#include "core/base/tokenizer.h"

namespace pai::core {
namespace {

using nlohmann::json;

const std::string kCorpus = std::string(PAI_TEST_DATA) + "/corpus/";

json entriesOf(const std::string& kind) {
  json index, entries = json::array();
  std::ifstream(kCorpus + "index.json") >> index;
  for (const json& entry : index["files"])
    if (entry["kind"] == kind) entries.push_back(entry);
  return entries;
}

/// Holds each file of a kind to its expectation; `read` gives success or the error, and may check stated values.
void holdToIndex(const std::string& kind, std::size_t atLeast,
                 const std::function<Status(const std::string&, const json&)>& read) {
  const json entries = entriesOf(kind);
  ASSERT_GE(entries.size(), atLeast);
  for (const json& entry : entries) {
    const std::string path = kCorpus + entry["file"].get<std::string>();
    SCOPED_TRACE(path);
    ASSERT_EQ(*sha256File(path), entry["sha256"]) << "the copy differs from the index";
    const Status status = read(path, entry);
    const std::string expected = entry["expected"];
    if (status.ok()) {
      EXPECT_NE(expected, "reject with a clear error");
      continue;
    }
    EXPECT_NE(expected, "open") << describe(status.error());
    EXPECT_EQ(status.error().context, path);
    EXPECT_FALSE(status.error().detail.empty());
    EXPECT_EQ(exitCodeOf(status.error().code), 3);
    EXPECT_EQ(describe(status.error()).find('\n'), std::string::npos);
    EXPECT_EQ(*sha256File(path), entry["sha256"]) << "the file was changed";
  }
}

TEST(Corpus, projects) {
  holdToIndex("project_json", 22, [](const std::string& path, const json&) {
    const auto loaded = loadProject(path);
    return loaded ? Status() : Status(loaded.error());
  });
}

TEST(Corpus, versionFromTheFutureIsNamed) {
  EXPECT_EQ(loadProject(kCorpus + "project_json/version_9999.json").error().code, ErrorCode::kVersionTooNew);
}

TEST(Corpus, prompts) {
  holdToIndex("prompt_json", 15, [](const std::string& path, const json&) {
    const auto text = readWholeFile(path, kPromptSizeLimit);
    if (!text) return Status(text.error());
    const auto prompt = parsePrompt(*text, path);
    return prompt ? Status() : Status(prompt.error());
  });
}

TEST(Corpus, promptErrorsNameTheFields) {
  const auto detailOf = [](const std::string& name) {
    return parsePrompt(*readWholeFile(kCorpus + "prompt_json/" + name, 1 << 20), name).error().detail;
  };
  EXPECT_NE(detailOf("missing_caption.json").find("caption"), std::string::npos);
  for (const char* field : {"background_motion", "camera_angle", "focal_length"})
    EXPECT_NE(detailOf("missing_three.json").find(field), std::string::npos);
}

TEST(Corpus, safetensors) {
  holdToIndex("safetensors", 45, [](const std::string& path, const json& entry) {
    if (path.ends_with(".index.json")) {
      const auto index = readSafetensorsIndex(path);
      return index ? Status() : Status(index.error());
    }
    const auto header = readSafetensorsHeader(path);
    if (!header) return Status(header.error());
    const json values = entry.value("values", json::object());
    EXPECT_EQ(header->tensors.size(), values.size());
    for (const auto& [name, expected] : values.items()) {
      const TensorEntry* tensor = header->find(name);
      if (tensor == nullptr) {
        ADD_FAILURE() << name;
        continue;
      }
      EXPECT_EQ(*readTensorValues(path, *tensor, 1000), expected.get<std::vector<double>>()) << name;
    }
    return Status();
  });
}

TEST(Corpus, gitLfsPointerIsNamed) {
  EXPECT_NE(readSafetensorsHeader(kCorpus + "safetensors/git_lfs_pointer.safetensors").error().detail.find("Git LFS"),
            std::string::npos);
}

TEST(Corpus, sentencepieceModels) {
  holdToIndex("sentencepiece", 12, [](const std::string& path, const json& entry) {
    const auto tokenizer = Tokenizer::load(path);
    if (!tokenizer) return Status(tokenizer.error());
    EXPECT_EQ(tokenizer->size(), entry["vocab_size"].get<int>());
    for (std::size_t i = 0; i < entry["pieces_first"].size(); ++i)
      EXPECT_EQ(tokenizer->piece(static_cast<std::int32_t>(i)), entry["pieces_first"][i]);
    return Status();
  });
}

}  // namespace
}  // namespace pai::core
