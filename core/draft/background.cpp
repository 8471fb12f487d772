// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/background.h"

#include "core/draft/background_layers.h"

namespace pai::core {
namespace {

class SceneBackground final : public Background {
 public:
  explicit SceneBackground(Scene scene) : m_scene(std::move(scene)) {}
  cv::Mat render(FrameIndex frame, cv::Size size) const override { return drawScene(m_scene, frame.value, size, nullptr); }
  cv::Mat inventedMask(FrameIndex frame, cv::Size size) const override {
    cv::Mat mask;
    drawScene(m_scene, frame.value, size, &mask);
    return mask;
  }
  const std::vector<std::string>& warnings() const override { return m_scene.warnings; }
  std::shared_ptr<const Background> forSize(cv::Size size) const override {
    Scene scene = m_scene;
    keepLevels(scene, size);
    return std::make_shared<SceneBackground>(std::move(scene));
  }

 private:
  Scene m_scene;
};

}  // namespace

Result<std::shared_ptr<const Background>> Background::build(const CameraCurve& camera, const PlateAccess& plate,
                                                            const std::vector<PlacedReference>& references,
                                                            const StopToken& stop, const ProgressFn& progress) {
  auto scene = buildScene(camera, plate.size, plate.frames, references, stop, progress);
  if (!scene) return scene.error();
  return std::shared_ptr<const Background>(std::make_shared<SceneBackground>(std::move(*scene)));
}

}  // namespace pai::core
