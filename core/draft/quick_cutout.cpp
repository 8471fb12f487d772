// SPDX-License-Identifier: GPL-3.0-or-later
#include <opencv2/imgproc.hpp>

#include "core/draft/draft_engine_matte.h"
#include "core/draft/matte_stack.h"

namespace pai::core {
namespace {

constexpr int kQuickKey = 4;  // times smaller than the picture a quick one is keyed

}  // namespace

Result<Cutout> DraftMatte::quickCutout(FrameIndex frame, int divisor) {
  if (Status s = prepare(m_stop); !s) return s.error();
  FrameWork now;
  now.frame = frame;
  now.divisor = divisor;
  if (auto proxied = m_media.proxyPlanes(frame, divisor)) {
    now.planes = std::move(*proxied);
  } else {
    auto picture = m_media.plate(frame);
    if (!picture) return picture.error();
    now.planes = planesOf(**picture, divisor);
  }
  if (Status s = goOn(); !s) return s.error();
  const cv::Size size = now.planes.size(), few = dividedSize(size, kQuickKey);
  const Planes small{averaged(now.planes.r, few), averaged(now.planes.g, few), averaged(now.planes.b, few)};
  const auto raw = [&](const Id& layer, const Keyer& keyer) -> RawKey& {
    const auto known = now.roughKeys.find(layer);
    if (known != now.roughKeys.end()) return known->second;
    RawKey key = keyer.rawKey(small, true);
    key.fine = false;  // its edges are the frame's
    return now.roughKeys.emplace(layer, std::move(key)).first->second;
  };
  auto alpha = combineMattes(m_layers, size, 1.0 / divisor, [&](const MatteLayer& layer) -> Result<cv::Mat> {
    if (layer.source != MatteSource::kKey) return layerMatte(layer, now, Grade::kAlone);
    const Keyer& keyer = m_keyers.at(layer.id);
    const RawKey& key = raw(layer.id, keyer);
    return keyer.quickAlpha(key, keyer.shapedAlpha(key, small, 1.0 / (divisor * kQuickKey), nullptr), small, now.planes, 1.0 / divisor);
  });
  if (!alpha) return alpha.error();
  if (Status s = goOn(); !s) return s.error();
  Cutout out;
  out.alpha = *alpha;
  const Keyer* keyer = screenKeyer();
  if (!keyer) {
    out.foreground = cutForeground(now.planes, out.alpha);
    return out;
  }
  RawKey& key = raw(*screenLayer(), *keyer);
  cv::resize(keyer->shadow(key, few), out.shadow, size, 0, 0, cv::INTER_LINEAR);
  key.mixed.clear();  // of few pixels
  key.field.screen.cell *= kQuickKey;  // as the picture's pixels
  key.subject.cell *= kQuickKey;
  out.foreground = keyer->foreground(key, now.planes, out.alpha);
  return out;
}

}  // namespace pai::core
