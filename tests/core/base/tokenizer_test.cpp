// SPDX-License-Identifier: GPL-3.0-or-later
// Holds the tokenizer to Debian's sentencepiece, id by id.
#include "core/base/tokenizer.h"

#include <random>

#include <gtest/gtest.h>
#include <sentencepiece_processor.h>

#include "core/base/file_system.h"

namespace pai::core {
namespace {

std::string modelPath(const std::string& name) { return std::string(PAI_TEST_DATA) + "/tokenizer/" + name + ".model"; }

const std::vector<std::string> kTexts{
    "",
    " ",
    "   \t\n  ",
    "A woman in a red coat walks.",
    "  leading   and    inner  spaces   ",
    "tabs\tand\nnewlines\r\nand\u00a0no-break\u3000ideographic\u2003em\u200bzero-width",
    "\u2581already\u2581escaped\u2581",
    "一个穿红色外套的女人在夜晚的雪街上慢慢走。",
    "赤いコートを着た女性、カタカナ ｶﾀｶﾅ ＦＵＬＬ ｗｉｄｔｈ",
    "빨간 코트를 입은 여자 \u1112\u1161\u11ab",
    "Женщина в красном пальто",
    "امرأة ترتدي معطفا أحمر \ufdfa",
    "💃🏽 🎬🎬 👩‍👩‍👧‍👦 🏳️‍🌈 é e\u0301 ﬁlm ½ ① Ⅷ ㎏",
    "<shot> <take> plate plates template a b a  b ab 🎬",
    "</s> <pad> <unk> <0x41>",
    "foreground_content: a dancer\nbackground_content: a stage",
    "qqqqqzzzzz ⟿⟿⟿ \U0001F9EC unknown ☃☃ runs",
    std::string("nul\0inside", 10),
    "bad \xff\xfe utf8 \xe4\xb8 cut \xc0\xaf overlong \xed\xa0\x80 surrogate",
    "\xEF\xBB\xBF byte-order mark",
    "trailing cut \xe4\xb8",
};

/// Texts made of whatever the models treat in a special way.
std::string randomText(std::mt19937& random) {
  static const std::vector<std::string> kParts{
      "a",      "b",       "e",     "th",     "the ", " ",        "  ",     "\t",     "\n",   "\u3000",
      "\u2581", "camera",  "plate", "<shot>", "女",   "人",       "カ",     "ｶﾞ",     "빨",   "\u1112\u1161",
      "é",      "e\u0301", "ﬁ",     "½",      "🎬",    "💃🏽", "\u200d", "\ufdfa", "\xff", "\xe4\xb8",
      "Ж",      "ا",       ".",     ",",      "1",    "Ⅷ",        "ß",      "\u0130"};
  std::string text;
  const std::size_t count = random() % 40;
  for (std::size_t i = 0; i < count; ++i) text += kParts[random() % kParts.size()];
  return text;
}

class AgainstSentencepiece : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(m_theirs.Load(modelPath(GetParam())).ok());
    auto ours = Tokenizer::load(modelPath(GetParam()));
    ASSERT_TRUE(ours.ok()) << describe(ours.error());
    m_ours.emplace(std::move(*ours));
  }
  void expectSame(const std::string& text) {
    std::vector<int> theirs;
    ASSERT_TRUE(m_theirs.Encode(text, &theirs).ok());
    const auto ours = m_ours->encode(text);
    EXPECT_EQ(std::vector<int>(ours.begin(), ours.end()), theirs)
        << "text: " << text << "\nnormalised: " << m_ours->normalise(text);
  }
  sentencepiece::SentencePieceProcessor m_theirs;
  std::optional<Tokenizer> m_ours;
};

TEST_P(AgainstSentencepiece, idsOfChosenTextsAreTheSame) {
  for (const std::string& text : kTexts) expectSame(text);
}

TEST_P(AgainstSentencepiece, idsOfRandomTextsAreTheSame) {
  std::mt19937 random(7);
  for (int i = 0; i < 5000 && !HasFailure(); ++i) expectSame(randomText(random));
}

TEST_P(AgainstSentencepiece, idsOfEveryPieceTextAreTheSame) {
  ASSERT_EQ(m_ours->size(), m_theirs.GetPieceSize());
  for (std::int32_t id = 0; id < m_ours->size() && !HasFailure(); ++id) {
    EXPECT_EQ(m_ours->piece(id), m_theirs.IdToPiece(id));
    EXPECT_EQ(m_ours->score(id), m_theirs.GetScore(id));
    expectSame(m_ours->piece(id));
    expectSame(m_ours->piece(id) + "x" + m_ours->piece((id * 7 + 3) % m_ours->size()));
  }
}

TEST_P(AgainstSentencepiece, marksAreTheSame) {
  EXPECT_EQ(m_ours->unknownId(), m_theirs.unk_id());
  EXPECT_EQ(m_ours->endId().value_or(-1), m_theirs.eos_id());
  EXPECT_EQ(m_ours->padId().value_or(-1), m_theirs.pad_id());
}

INSTANTIATE_TEST_SUITE_P(Models, AgainstSentencepiece, testing::Values("nfkc", "symbols", "suffix"),
                         [](const auto& model) { return model.param; });

TEST(Tokenizer, everyTruncationIsRefusedOrHarmless) {
  const auto bytes = readWholeFile(modelPath("suffix"), kTokenizerSizeLimit);
  ASSERT_TRUE(bytes.ok());
  for (std::size_t size = 0; size < bytes->size(); size += 7) {
    const auto cut = Tokenizer::parse(std::string_view(*bytes).substr(0, size), "cut");
    if (cut) {
      EXPECT_FALSE(cut->encode("the camera pans").empty());
    } else {
      EXPECT_EQ(cut.error().context, "cut");
    }
  }
}

TEST(Tokenizer, otherModelKindsAreUnsupported) {
  // A model with one unknown piece and trainer_spec.model_type = BPE.
  const std::string model("\x0a\x09\x0a\x05<unk>\x18\x02\x12\x02\x18\x02", 15);
  const auto read = Tokenizer::parse(model, "bpe.model");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kFormatUnsupported);
}

}  // namespace
}  // namespace pai::core
