// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/processor.h"

#include <fstream>
#include <iterator>
#include <string>

namespace pai::inference {

namespace {

const std::string& cpuinfo() {
  static const std::string text = [] {
    std::ifstream file("/proc/cpuinfo");
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  return text;
}

/// The first processor's line of this name, with a space at its end.
std::string lineOf(std::string_view cpuinfo, std::string_view name) {
  const auto begin = cpuinfo.find(std::string(name) + "\t");
  if (begin == std::string_view::npos) return {};
  return std::string(cpuinfo.substr(begin, cpuinfo.find('\n', begin) - begin)) + " ";
}

bool hasFlag(std::string_view cpuinfo, std::string_view flag) { return lineOf(cpuinfo, "flags").find(" " + std::string(flag) + " ") != std::string::npos; }

}  // namespace

HalfUnits halfUnitsOf(std::string_view cpuinfo) {
  if (hasFlag(cpuinfo, "amx_bf16")) return HalfUnits::kTiles;
  if (!hasFlag(cpuinfo, "avx512_bf16")) return HalfUnits::kNone;
  const bool intel = lineOf(cpuinfo, "vendor_id").find("GenuineIntel") != std::string::npos;
  return intel && hasFlag(cpuinfo, "avx512_fp16") ? HalfUnits::kWidened : HalfUnits::kPairs;
}

HalfUnits processorHalfUnits() {
  static const HalfUnits units = halfUnitsOf(cpuinfo());
  return units;
}

const char* nameOf(HalfUnits units) {
  switch (units) {
    case HalfUnits::kWidened: return "float32 arithmetic";
    case HalfUnits::kPairs: return "avx512_bf16";
    case HalfUnits::kTiles: return "amx_bf16";
    case HalfUnits::kNone: break;
  }
  return "none";
}

bool cpuFlag(std::string_view flag) { return hasFlag(cpuinfo(), flag); }

}  // namespace pai::inference
