// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/av.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace pai::core {

std::string avErrorText(int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  return text;
}

void quietFfmpeg() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_level(AV_LOG_QUIET); });
}

int refuseOpen(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) { return AVERROR(EPERM); }

int mediaThreads() {
  if (const char* text = std::getenv("PAI_THREADS")) {
    const int wanted = std::atoi(text);
    if (wanted > 0) return std::min(wanted, 16);
  }
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 16);
}

namespace {

using Matrix = ColourTags::Matrix;
using Transfer = ColourTags::Transfer;
using Primaries = ColourTags::Primaries;

Matrix matrixOf(AVColorSpace matrix) {
  switch (matrix) {
    case AVCOL_SPC_RGB: return Matrix::kRgb;
    case AVCOL_SPC_BT709: return Matrix::kBt709;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M: return Matrix::kBt601;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL: return Matrix::kBt2020;
    default: return Matrix::kUnknown;
  }
}

Transfer transferOf(AVColorTransferCharacteristic transfer) {
  switch (transfer) {
    case AVCOL_TRC_BT709:
    case AVCOL_TRC_SMPTE170M:
    case AVCOL_TRC_BT2020_10:
    case AVCOL_TRC_BT2020_12: return Transfer::kBt709;
    case AVCOL_TRC_IEC61966_2_1: return Transfer::kSrgb;
    case AVCOL_TRC_LINEAR: return Transfer::kLinear;
    case AVCOL_TRC_SMPTE2084: return Transfer::kPq;
    case AVCOL_TRC_ARIB_STD_B67: return Transfer::kHlg;
    default: return Transfer::kUnknown;
  }
}

Primaries primariesOf(AVColorPrimaries primaries) {
  switch (primaries) {
    case AVCOL_PRI_BT709: return Primaries::kBt709;
    case AVCOL_PRI_SMPTE170M:
    case AVCOL_PRI_SMPTE240M: return Primaries::kBt601_525;
    case AVCOL_PRI_BT470BG: return Primaries::kBt601_625;
    case AVCOL_PRI_BT2020: return Primaries::kBt2020;
    case AVCOL_PRI_SMPTE431:
    case AVCOL_PRI_SMPTE432: return Primaries::kP3;
    default: return Primaries::kUnknown;
  }
}

}  // namespace

ColourTags colourTags(AVColorSpace matrix, AVColorTransferCharacteristic transfer, AVColorPrimaries primaries,
                      AVColorRange range) {
  ColourTags tags;
  tags.matrix = matrixOf(matrix);
  tags.transfer = transferOf(transfer);
  tags.primaries = primariesOf(primaries);
  tags.fullRange = range == AVCOL_RANGE_JPEG;
  return tags;
}

AVColorSpace avMatrix(Matrix matrix) {
  switch (matrix) {
    case Matrix::kRgb: return AVCOL_SPC_RGB;
    case Matrix::kBt601: return AVCOL_SPC_SMPTE170M;
    case Matrix::kBt709: return AVCOL_SPC_BT709;
    case Matrix::kBt2020: return AVCOL_SPC_BT2020_NCL;
    case Matrix::kUnknown: break;
  }
  return AVCOL_SPC_UNSPECIFIED;
}

AVColorTransferCharacteristic avTransfer(Transfer transfer) {
  switch (transfer) {
    case Transfer::kSrgb: return AVCOL_TRC_IEC61966_2_1;
    case Transfer::kBt709: return AVCOL_TRC_BT709;
    case Transfer::kLinear: return AVCOL_TRC_LINEAR;
    case Transfer::kPq: return AVCOL_TRC_SMPTE2084;
    case Transfer::kHlg: return AVCOL_TRC_ARIB_STD_B67;
    case Transfer::kUnknown: break;
  }
  return AVCOL_TRC_UNSPECIFIED;
}

AVColorPrimaries avPrimaries(Primaries primaries) {
  switch (primaries) {
    case Primaries::kBt709: return AVCOL_PRI_BT709;
    case Primaries::kBt601_525: return AVCOL_PRI_SMPTE170M;
    case Primaries::kBt601_625: return AVCOL_PRI_BT470BG;
    case Primaries::kBt2020: return AVCOL_PRI_BT2020;
    case Primaries::kP3: return AVCOL_PRI_SMPTE432;
    case Primaries::kUnknown: break;
  }
  return AVCOL_PRI_UNSPECIFIED;
}

}  // namespace pai::core
