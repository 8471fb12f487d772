// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/plate.h"

#include <gtest/gtest.h>

#include "core/media/clip_writer.h"

namespace pai::ui {

void writePlate(const QString& path, int frames) {
  core::WriteOptions options;
  options.codec = core::Codec::kH264;
  options.width = 480;
  options.height = 270;
  options.rate = *core::FrameRate::make(24, 1);
  options.colour.matrix = core::ColourTags::Matrix::kBt709;
  auto writer = core::ClipWriter::create(path.toStdString(), options);
  ASSERT_TRUE(writer.ok());
  for (int f = 0; f < frames; ++f) {
    core::Picture picture(480, 270, 3, core::SampleType::kU8);
    for (int y = 0; y < 270; ++y) {
      auto* row = picture.row<std::uint8_t>(y);
      for (int x = 0; x < 480; ++x) {
        const double dx = (x - 200 - 2.0 * f) / 60.0, dy = (y - 150) / 100.0;
        const bool subject = dx * dx + dy * dy < 1.0;
        row[3 * x] = subject ? 190 : 40;
        row[3 * x + 1] = subject ? 140 : 170;
        row[3 * x + 2] = subject ? 120 : 60;
      }
    }
    ASSERT_TRUE((*writer)->write(picture).ok());
  }
  ASSERT_TRUE((*writer)->finish().ok());
}

}  // namespace pai::ui
