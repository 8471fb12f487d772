// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/tensor_values.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/file_system.h"

namespace pai::core {
namespace {

template <typename T>
T load(const std::byte* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

/// A binary floating-point number of `exponentBits` and `fractionBits`; `finite`: the largest exponent holds numbers
/// too.
double smallFloat(unsigned bits, int exponentBits, int fractionBits, bool finite) {
  const unsigned fractionMask = (1u << fractionBits) - 1, exponentMask = (1u << exponentBits) - 1;
  const unsigned fraction = bits & fractionMask, exponent = (bits >> fractionBits) & exponentMask;
  const double sign = (bits >> (exponentBits + fractionBits)) & 1u ? -1.0 : 1.0;
  const int bias = (1 << (exponentBits - 1)) - 1;
  if (exponent == exponentMask && finite && fraction == fractionMask) return std::numeric_limits<double>::quiet_NaN();
  if (exponent == exponentMask && !finite)
    return fraction == 0 ? sign * std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  if (exponent == 0) return sign * std::ldexp(fraction, 1 - bias - fractionBits);
  return sign * std::ldexp(fraction | (1u << fractionBits), static_cast<int>(exponent) - bias - fractionBits);
}

}  // namespace

double tensorElement(TensorType type, const std::byte* bytes) {
  switch (type) {
    case TensorType::kBool:
      return load<std::uint8_t>(bytes) != 0 ? 1.0 : 0.0;
    case TensorType::kU8:
      return load<std::uint8_t>(bytes);
    case TensorType::kI8:
      return load<std::int8_t>(bytes);
    case TensorType::kF8E4M3:
      return smallFloat(load<std::uint8_t>(bytes), 4, 3, true);
    case TensorType::kF8E5M2:
      return smallFloat(load<std::uint8_t>(bytes), 5, 2, false);
    case TensorType::kI16:
      return load<std::int16_t>(bytes);
    case TensorType::kU16:
      return load<std::uint16_t>(bytes);
    case TensorType::kF16:
      return smallFloat(load<std::uint16_t>(bytes), 5, 10, false);
    case TensorType::kBF16:
      return smallFloat(load<std::uint16_t>(bytes), 8, 7, false);
    case TensorType::kI32:
      return load<std::int32_t>(bytes);
    case TensorType::kU32:
      return load<std::uint32_t>(bytes);
    case TensorType::kF32:
      return static_cast<double>(load<float>(bytes));
    case TensorType::kI64:
      return static_cast<double>(load<std::int64_t>(bytes));
    case TensorType::kU64:
      return static_cast<double>(load<std::uint64_t>(bytes));
    case TensorType::kF64:
      return load<double>(bytes);
  }
  return 0.0;
}

Result<std::vector<double>> readTensorValues(const std::string& path, const TensorEntry& tensor, std::int64_t limit) {
  if (tensor.elements() > limit)
    return Error{ErrorCode::kLimitExceeded,
                 "tensor '" + tensor.name.substr(0, 100) + "' has " + std::to_string(tensor.elements()) + " elements",
                 path,
                 {}};
  const int descriptor = systemFiles().open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  if (descriptor < 0) return errnoError(errno, "it cannot be opened", path);
  std::vector<std::byte> bytes(tensor.sizeBytes);
  const ssize_t got = ::pread(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(tensor.offset));
  const int cause = errno;
  systemFiles().close(descriptor);
  if (got < 0) return errnoError(cause, "it cannot be read", path);
  if (static_cast<std::size_t>(got) != bytes.size())
    return Error{ErrorCode::kFormatBroken, "it became shorter while being read", path, {}};
  std::vector<double> values;
  const std::size_t step = tensorTypeBytes(tensor.type);
  for (std::size_t at = 0; at < bytes.size(); at += step)
    values.push_back(tensorElement(tensor.type, bytes.data() + at));
  return values;
}

}  // namespace pai::core
