// SPDX-License-Identifier: GPL-3.0-or-later
#include "media_test_support.h"

#include <sys/resource.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/media/colour_transfer.h"

namespace pai::core::test {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "pai-media-XXXXXX").string();
  m_path = mkdtemp(pattern.data());
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(m_path, ignored);
}
std::vector<std::string> TemporaryFolder::names() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(m_path)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string corpusPath(const std::string& file) { return std::string(PAI_TEST_DATA) + "/corpus/" + file; }

std::vector<nlohmann::json> corpusEntries(const std::string& kind) {
  std::ifstream file(corpusPath("media_index.json"));
  std::vector<nlohmann::json> entries;
  const nlohmann::json index = nlohmann::json::parse(file);
  for (const auto& entry : index.at("files"))
    if (entry.at("kind") == kind) entries.push_back(entry);
  return entries;
}

nlohmann::json corpusEntry(const std::string& file) {
  for (const char* kind : {"image", "video"})
    for (const auto& entry : corpusEntries(kind))
      if (entry.at("file") == file) return entry;
  ADD_FAILURE() << file << " is not in the index";
  return {};
}

double sampleAt(const Picture& picture, int x, int y, int channel) {
  const int at = x * picture.channels() + channel;
  switch (picture.type()) {
    case SampleType::kU8: return picture.row<std::uint8_t>(y)[at] / 255.0;
    case SampleType::kU16: return picture.row<std::uint16_t>(y)[at] / 65535.0;
    case SampleType::kF32: break;
  }
  return picture.row<float>(y)[at];
}

int frameCode(const Picture& picture) {
  int code = 0;
  const int cell = picture.width() / 8;
  for (int bit = 0; bit < 8; ++bit) code = code * 2 + (sampleAt(picture, bit * cell + cell / 2, 8, 1) > 0.5 ? 1 : 0);
  return code;
}

Picture codedPicture(int number, int width, int height, SampleType type) {
  Picture picture(width, height, 3, SampleType::kU8);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      auto* p = picture.row<std::uint8_t>(y) + 3 * x;
      if (y < 16) {
        const bool one = number >> (7 - std::min(7, x * 8 / width)) & 1;
        p[0] = p[1] = p[2] = one ? 235 : 16;
      } else {
        p[0] = static_cast<std::uint8_t>((x + 2 * number) % 256);
        p[1] = static_cast<std::uint8_t>((y + number) % 256);
        p[2] = static_cast<std::uint8_t>((x + y) / 2 % 256);
      }
    }
  return withType(picture, type);
}

Picture rampPicture(int width, int height, int channels, SampleType type, int shift) {
  Picture picture(width, height, channels, SampleType::kF32);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      float* p = picture.row<float>(y) + channels * x;
      const int turn = (x + shift) % (2 * width);  // up and down again: no edge
      p[0] = static_cast<float>(turn < width ? turn : 2 * width - 1 - turn) / static_cast<float>(width - 1);
      if (channels >= 3) {
        p[1] = static_cast<float>(y) / static_cast<float>(height - 1);
        p[2] = 0.25f + 0.5f * static_cast<float>(x + y) / static_cast<float>(width + height);
      }
      if (channels == 4) p[3] = static_cast<float>(std::min(3, x * 4 / width)) / 3.0f;
    }
  return withType(picture, type);
}

WriteOptions optionsFor(Codec codec, int width, int height) {
  WriteOptions options;
  options.codec = codec;
  options.width = width;
  options.height = height;
  options.rate = FrameRate::make(24, 1).value();
  options.colour.matrix = ColourTags::Matrix::kBt709;
  options.colour.transfer = ColourTags::Transfer::kBt709;
  options.colour.primaries = ColourTags::Primaries::kBt709;
  return options;
}

Status writeCodes(const std::string& path, const WriteOptions& options, int first, int count) {
  auto writer = ClipWriter::create(path, options);
  if (!writer) return std::move(writer).error();
  for (int i = 0; i < count; ++i)
    if (Status written = (*writer)->write(codedPicture(first + i, options.width, options.height)); !written)
      return written;
  return (*writer)->finish();
}

double psnr(const Picture& a, const Picture& b) {
  EXPECT_EQ(a.width(), b.width());
  EXPECT_EQ(a.height(), b.height());
  double sum = 0.0;
  const int channels = std::min({a.channels(), b.channels(), 3});
  for (int y = 0; y < a.height(); ++y)
    for (int x = 0; x < a.width(); ++x)
      for (int c = 0; c < channels; ++c) {
        const double d = sampleAt(a, x, y, c) - sampleAt(b, x, y, c);
        sum += d * d;
      }
  const double mse = sum / (static_cast<double>(a.width()) * a.height() * channels);
  return mse <= 0.0 ? 200.0 : -10.0 * std::log10(mse);
}

bool run(const std::string& command) { return std::system(command.c_str()) == 0; }

double peakMemoryMiB() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace pai::core::test
