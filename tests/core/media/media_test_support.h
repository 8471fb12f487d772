// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/media/clip_reader.h"
#include "core/media/clip_writer.h"

namespace pai::core::test {

/// A folder of its own that is removed with its contents.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  std::string path(const std::string& name = "") const { return name.empty() ? m_path : m_path + "/" + name; }
  std::vector<std::string> names() const;

 private:
  std::string m_path;
};

std::string corpusPath(const std::string& file);
/// Entries of the corpus index of a kind.
std::vector<nlohmann::json> corpusEntries(const std::string& kind);
nlohmann::json corpusEntry(const std::string& file);

/// Number shown as 8 bits in the top 16 lines, cells of 8 x 16 pixels at 64 pixels width, highest bit left.
int frameCode(const Picture& picture);
/// A picture that shows a number in cells of an eighth of its width, over a moving gradient.
Picture codedPicture(int number, int width, int height, SampleType type = SampleType::kU8);
/// Smooth colour ramps with alpha in four columns.
Picture rampPicture(int width, int height, int channels, SampleType type, int shift = 0);

/// Writes `count` codedPictures.
Status writeCodes(const std::string& path, const WriteOptions& options, int first, int count);
WriteOptions optionsFor(Codec codec, int width, int height);

/// Peak signal-to-noise ratio of two pictures of the same size and type, over the first three channels.
double psnr(const Picture& a, const Picture& b);
/// A sample as 0..1.
double sampleAt(const Picture& picture, int x, int y, int channel);

/// Runs a shell command; true when it succeeds.
bool run(const std::string& command);
/// Peak resident memory of this process in MiB.
double peakMemoryMiB();

#define ASSERT_OK(expression)                                  \
  do {                                                         \
    const auto& result_ = (expression);                        \
    ASSERT_TRUE(result_.ok()) << describe(result_.error());    \
  } while (false)

}  // namespace pai::core::test
