// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/swscale_bgr.h"

extern "C" {
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

namespace pai::core {
namespace {

struct SwsDeleter {
  void operator()(SwsContext* p) const { sws_freeContext(p); }
};

/// The planar format of a frame's planes; AV_PIX_FMT_NONE when there is none.
AVPixelFormat formatOf(const YuvFrame& f) {
  if (f.planeCount == 1 || f.colour.matrix == ColourTags::Matrix::kRgb) return AV_PIX_FMT_NONE;
  const int key = f.chromaShiftX * 10 + f.chromaShiftY;
  if (f.bitDepth == 8)
    return key == 11 ? AV_PIX_FMT_YUV420P : key == 10 ? AV_PIX_FMT_YUV422P : key == 0 ? AV_PIX_FMT_YUV444P : AV_PIX_FMT_NONE;
  if (f.bitDepth == 10)
    return key == 11   ? AV_PIX_FMT_YUV420P10
           : key == 10 ? AV_PIX_FMT_YUV422P10
           : key == 0  ? AV_PIX_FMT_YUV444P10
                       : AV_PIX_FMT_NONE;
  return AV_PIX_FMT_NONE;
}

int swsMatrix(ColourTags::Matrix m) {
  return m == ColourTags::Matrix::kBt709 ? SWS_CS_ITU709 : m == ColourTags::Matrix::kBt2020 ? SWS_CS_BT2020 : SWS_CS_ITU601;
}

}  // namespace

struct SwscaleBgr::State {
  std::unique_ptr<SwsContext, SwsDeleter> scaler;
};

SwscaleBgr::SwscaleBgr() : m_state(std::make_unique<State>()) {}
SwscaleBgr::~SwscaleBgr() = default;

bool SwscaleBgr::accepts(const YuvFrame& frame) { return frame.rotationDegrees == 0 && formatOf(frame) != AV_PIX_FMT_NONE; }

Status SwscaleBgr::convert(const YuvFrame& f, std::uint8_t* target, std::size_t strideBytes) {
  auto& scaler = m_state->scaler;
  if (!scaler) {
    scaler.reset(sws_getContext(f.width, f.height, formatOf(f), f.width, f.height, AV_PIX_FMT_BGR24,
                                SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr, nullptr, nullptr));
    if (!scaler) return Error{ErrorCode::kFormatUnsupported, "no conversion to RGB", "", {}};
    sws_setColorspaceDetails(scaler.get(), sws_getCoefficients(swsMatrix(f.colour.matrix)), f.colour.fullRange ? 1 : 0,
                             sws_getCoefficients(SWS_CS_DEFAULT), 0, 0, 1 << 16, 1 << 16);
  }
  const std::uint8_t* planes[4] = {};
  int strides[4] = {};
  for (int i = 0; i < f.planeCount; ++i) {
    planes[i] = reinterpret_cast<const std::uint8_t*>(f.planes[i]);
    strides[i] = static_cast<int>(f.strides[i]);
  }
  std::uint8_t* targets[4] = {target};
  const int targetStrides[4] = {static_cast<int>(strideBytes)};
  sws_scale(scaler.get(), planes, strides, 0, f.height, targets, targetStrides);
  return {};
}

}  // namespace pai::core
