// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "core/draft/draft_engine.h"
#include "core/media/clip_reader.h"

namespace pai::core {
namespace {

namespace fs = std::filesystem;

const std::string kClip = std::string(PAI_SHARED_DIR) + "/footage/bmx-trees/", kSample = std::string(PAI_SOURCE_DIR) + "/assets/sample/";

Job jobOf(const std::string& clip, const std::string& plate, bool relight) {
  Job job;
  job.name = job.shot.name = "light";
  job.shot.plate = "plate";
  job.media.push_back({"plate", clip + plate, "", ""});
  const std::pair<const char*, AnchorKind> references[] = {
      {"begin", AnchorKind::kBegin}, {"middle", AnchorKind::kMiddle}, {"end", AnchorKind::kEnd}};
  for (const auto& [name, anchor] : references) {
    job.media.push_back({name, clip + "ref_" + name + ".png", "", ""});
    Reference r;
    r.id = r.media = name;
    r.anchor.kind = anchor;
    job.shot.references.push_back(r);
  }
  MatteLayer key;
  key.id = "key";
  job.shot.matte = {key};
  job.shot.camera.source = CameraSettings::Source::kLocked;  // the light is measured here, not the camera
  job.shot.light.relight = relight;
  return job;
}

/// Mean squared error of the composite to the real clip where the true matte is above 0.9.
double foregroundError(const std::string& clip, const std::string& plate, bool relight, std::int64_t step = 1) {
  auto engine = DraftEngine::open(jobOf(clip, plate, relight));
  auto gt = ClipReader::open(clip + "gt.mp4"), matte = ClipReader::open(clip + "matte.mkv");
  EXPECT_TRUE(engine.ok() && gt.ok() && matte.ok());
  EXPECT_TRUE((*engine)->prepare({}, {}).ok());
  double sum = 0.0, count = 0.0;
  for (std::int64_t f = 0; f < (*engine)->frames(); f += step) {
    const auto frame = (*engine)->render({f}, {});
    const auto real = (*gt)->read({f}), mask = (*matte)->read({f});
    EXPECT_TRUE(frame.ok() && real.ok() && mask.ok());
    const Picture &a = frame->composite, &b = **real, &m = **mask;
    for (int y = 0; y < a.height(); ++y) {
      for (int x = 0; x < a.width(); ++x) {
        if (m.row<std::uint8_t>(y)[x * m.channels()] <= 229) continue;
        for (int c = 0; c < 3; ++c) {
          const double d = (a.row<std::uint8_t>(y)[3 * x + c] - b.row<std::uint8_t>(y)[3 * x + c]) / 255.0;
          sum += d * d;
          count += 1.0;
        }
      }
    }
  }
  return sum / count;
}

TEST(LightOnFootage, perturbedForegroundComesNearerToTheRealOne) {
  if (!fs::exists(kClip + "gt.mp4")) GTEST_SKIP() << "needs " << kClip;
  const double plain = foregroundError(kClip, "foreground_perturbed.mp4", false), lit = foregroundError(kClip, "foreground_perturbed.mp4", true);
  std::printf("perturbed: %.5f without relighting, %.5f with (%.1f %% less)\n", plain, lit, 100.0 * (1.0 - lit / plain));
  EXPECT_LE(lit, 0.6 * plain);
}

TEST(LightOnFootage, unperturbedForegroundStaysAsItIs) {
  if (!fs::exists(kClip + "gt.mp4")) GTEST_SKIP() << "needs " << kClip;
  const double plain = foregroundError(kClip, "foreground.mp4", false), lit = foregroundError(kClip, "foreground.mp4", true);
  std::printf("unperturbed: %.5f without relighting, %.5f with\n", plain, lit);
  EXPECT_LE(lit, plain + 0.0005);
}

TEST(LightOnFootage, theSamplesSubjectComesNearerToTheTruth) {
  const double plain = foregroundError(kSample, "plate.mp4", false, 12), lit = foregroundError(kSample, "plate.mp4", true, 12);
  std::printf("sample: %.5f without relighting, %.5f with (%.1f %% less)\n", plain, lit, 100.0 * (1.0 - lit / plain));
  EXPECT_LE(lit, 0.9 * plain);
}

}  // namespace
}  // namespace pai::core
