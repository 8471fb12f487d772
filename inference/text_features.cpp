// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/text_features.h"

#include <cstdlib>
#include <filesystem>

#include "core/base/hash.h"
#include "core/base/tokenizer.h"
#include "inference/umt5.h"

namespace pai::inference {

namespace fs = std::filesystem;

namespace {

/// An encoder's identity without reading its gigabytes: path, size and time of its file.
std::string identityOf(const std::string& path) {
  std::error_code code;
  const auto size = fs::file_size(path, code);
  const auto time = fs::last_write_time(path, code).time_since_epoch().count();
  return path + ":" + std::to_string(size) + ":" + std::to_string(time);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
  return text;
}

}  // namespace

std::string cleanedText(std::string_view text) {
  std::string plain(text);
  for (const auto& [entity, character] : {std::pair{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&nbsp;", " "}, {"&amp;", "&"}})
    plain = replaced(std::move(plain), entity, character);
  std::string out;
  for (const char c : plain) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
    if (!space) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string cacheFolder() {
  if (const char* own = std::getenv("PAI_CACHE_DIR"); own && *own) return own;
  if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg && *xdg) return std::string(xdg) + "/pai-studio";
  const char* home = std::getenv("HOME");
  return std::string(home && *home ? home : "/tmp") + "/.cache/pai-studio";
}

std::vector<Tensor> textFeatures(const Pack& pack, const std::vector<std::string>& texts, Compute compute) {
  if (pack.textEncoderPath.empty() || pack.tokenizerPath.empty()) fail(core::ErrorCode::kPackInvalid, "the pack has no text encoder with its tokenizer", pack.folder);
  const std::string rest = "\n" + identityOf(pack.textEncoderPath) + "\n" + identityOf(pack.tokenizerPath) + "\n" + std::to_string(pack.textLength) + (compute.products == at::kFloat ? "" : std::string("\n") + c10::toString(compute.products));
  const std::string folder = cacheFolder() + "/text";
  std::optional<core::Tokenizer> tokenizer;
  std::unique_ptr<TextEncoder> encoder;
  std::vector<Tensor> out;
  for (const std::string& text : texts) {
    const std::string clean = cleanedText(text), path = folder + "/" + core::sha256Of(clean + rest) + ".safetensors";
    if (const auto kept = loadWeights(path); kept && kept->has("text")) {
      out.push_back(kept->at("text").clone());
      continue;
    }
    if (!encoder) {
      auto read = core::Tokenizer::load(pack.tokenizerPath);
      if (!read) throw Failure(read.error());
      tokenizer.emplace(std::move(*read));
      const auto weights = loadTextEncoderWeights(pack);
      if (!weights) throw Failure(weights.error());
      compute.upload = true;
      encoder = std::make_unique<TextEncoder>(weights->forCompute(compute));
    }
    out.push_back(encoder->encodeText(tokenizer->encode(clean), static_cast<std::size_t>(pack.textLength)).to(at::kCPU, at::kFloat));
    std::error_code code;
    fs::create_directories(folder, code);
    (void)saveWeights(path, {{"text", out.back()}});  // a cache that cannot be written is no reason to stop
  }
  return out;
}

}  // namespace pai::inference
