// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace pai::core {

/// The largest of the values, at least 0.
float largestOf(const float* values, int count);
/// Means of two by two values of two rows, of twice `count` values each.
void halveRow(const float* top, const float* bottom, float* out, int count);
/// Adds a row to another.
void addRow(const float* values, float* sums, int count);
/// RGB triples through a table of `steps` + 1 values for 0..1, read between its entries, to three rows. False when one is beyond
/// 1: then the rows hold nothing of use.
bool tableRow3(const float* triples, int count, const float* table, int steps, float* const out[3]);
/// Rows of byte triples through a table of 256 values, `divisor` (1 or 2) of them averaged over as many pixels, to three rows of
/// `count` pixels.
void averageRow3(const std::uint8_t* const* rows, int divisor, int count, const float* table, float* const out[3]);
/// Three rows through a table of `steps` + 1 codes (0..1) of what is 0..1, to bytes of triples; `offset` is added before they are
/// cut, the `side`th pixel takes the first again; `side` is a multiple of 8.
void byteRow3(const float* const in[3], int count, const float* table, int steps, const float* offset, int side, std::uint8_t* out);
/// Adds noise to linear light; `root`: as strongly as the root of the light.
void noiseRow(const float* noise, float amount, float exponent, bool root, float* light, int count);

}  // namespace pai::core
