// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace pai::inference {

/// What makes products in bfloat16 on a processor: nothing fast; float32 arithmetic on widened factors; the instruction for pairs
/// (AVX512-BF16); tile units (AMX).
enum class HalfUnits { kNone, kWidened, kPairs, kTiles };

/// The fastest of a processor that Linux describes so (/proc/cpuinfo). Intel's that have AVX512-FP16 take two cycles for an instruction
/// of 32 products, in which they make 64 in float32 (measured: 88 and 179 GFLOP/s a core); AMD's, by published tables, take one.
HalfUnits halfUnitsOf(std::string_view cpuinfo);
/// Of this processor.
HalfUnits processorHalfUnits();
/// "none", "float32 arithmetic", "avx512_bf16", "amx_bf16".
const char* nameOf(HalfUnits units);

/// Whether this processor has a flag of /proc/cpuinfo.
bool cpuFlag(std::string_view flag);

}  // namespace pai::inference
