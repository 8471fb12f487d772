// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/image_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <vector>

#include "core/media/atomic_output.h"
#include "core/media/image_codecs.h"
#include "core/media/yuv_frame.h"

namespace pai::core {

namespace {

struct Format {
  bool (*matches)(std::span<const std::uint8_t> bytes);
  Result<ImageInfo> (*info)(const ImageSource& source);
  Result<Picture> (*read)(const ImageSource& source);
};

bool startsWith(std::span<const std::uint8_t> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

constexpr Format kFormats[] = {
    {[](auto b) { return startsWith(b, "\x89PNG\r\n\x1a\n"); }, pngInfo, readPng},
    {[](auto b) { return startsWith(b, "\xff\xd8\xff"); }, jpegInfo, readJpeg},
    {[](auto b) { return startsWith(b, "II*") || startsWith(b, {"MM\0*", 4}) || startsWith(b, "II+"); }, tiffInfo, readTiff},
    {[](auto b) { return startsWith(b, "\x76\x2f\x31\x01"); }, exrInfo, readExr},
    {[](auto b) { return startsWith(b, "SDPX") || startsWith(b, "XPDS"); }, dpxInfo, readDpx},
    {[](auto b) { return startsWith(b, "GIF87a") || startsWith(b, "GIF89a"); }, gifInfo, readGif},
};

/// The whole file, bounded; only regular files.
Result<std::vector<std::uint8_t>> contents(const std::string& path, const ImageLimits& limits) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return errnoError(errno, "cannot be opened", path);
  struct Closer {
    int descriptor;
    ~Closer() { close(descriptor); }
  } closer{descriptor};
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return errnoError(errno, "cannot be examined", path);
  if (!S_ISREG(status.st_mode)) return Error{ErrorCode::kFormatUnsupported, "not a regular file", path, {}};
  if (status.st_size == 0) return Error{ErrorCode::kFormatBroken, "the file is empty", path, {}};
  if (status.st_size > limits.maxFileBytes)
    return Error{ErrorCode::kLimitExceeded, "the file has " + std::to_string(status.st_size) + " bytes", path,
                 {{"limit", limits.maxFileBytes}}};
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(status.st_size));
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = read(descriptor, bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errnoError(errno, "reading failed", path);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

template <typename T>
Result<T> dispatch(const std::string& path, const ImageLimits& limits, Result<T> (*Format::*member)(const ImageSource&)) {
  try {
    auto bytes = contents(path, limits);
    if (!bytes) return std::move(bytes).error();
    for (const Format& format : kFormats)
      if (format.matches(*bytes)) return (format.*member)({*bytes, path, limits});
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kOutOfMemory, "no memory for the picture", path, {}};
  }
  return Error{ErrorCode::kFormatUnknown, "not an image of a kind that is read here", path, {}};
}

bool endsWith(const std::string& text, std::string_view ending) {
  if (text.size() < ending.size()) return false;
  for (std::size_t i = 0; i < ending.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(text[text.size() - ending.size() + i])) != ending[i]) return false;
  return true;
}

}  // namespace

bool isKnownImage(std::span<const std::uint8_t> bytes) {
  for (const Format& format : kFormats)
    if (format.matches(bytes)) return true;
  return false;
}

Status ImageSource::checkSize(std::int64_t width, std::int64_t height) const {
  if (width <= 0 || height <= 0) return broken("width or height is zero");
  if (width <= limits.maxSide && height <= limits.maxSide && width * height <= limits.maxPixels) return {};
  return Error{ErrorCode::kLimitExceeded,
               "the picture is " + std::to_string(width) + " x " + std::to_string(height) + ", the limits are " +
                   std::to_string(limits.maxSide) + " a side and " + std::to_string(limits.maxPixels / 1000000) +
                   " megapixels",
               path,
               {{"limit", limits.maxPixels}}};
}

Picture oriented(const Picture& picture, int orientation) {
  constexpr int kTurn[] = {0, 0, 0, 180, 180, 90, 90, 270, 270};
  Picture turned = rotated(picture, kTurn[orientation]);
  const bool mirrored = orientation == 2 || orientation == 4 || orientation == 5 || orientation == 7;
  if (!mirrored) return turned;
  Picture flipped(turned.width(), turned.height(), turned.channels(), turned.type());
  flipped.colour = turned.colour;
  const std::size_t bytes = static_cast<std::size_t>(turned.channels()) * sampleBytes(turned.type());
  for (int y = 0; y < turned.height(); ++y)
    for (int x = 0; x < turned.width(); ++x)
      std::memcpy(flipped.row<std::byte>(y) + bytes * static_cast<std::size_t>(x),
                  turned.row<std::byte>(y) + bytes * static_cast<std::size_t>(turned.width() - 1 - x), bytes);
  return flipped;
}

Result<Picture> readImage(const std::string& path, const ImageLimits& limits) {
  return dispatch<Picture>(path, limits, &Format::read);
}

Result<ImageInfo> readImageInfo(const std::string& path, const ImageLimits& limits) {
  return dispatch<ImageInfo>(path, limits, &Format::info);
}

Status writeImage(const std::string& path, const Picture& picture) {
  Result<std::string> bytes = Error{ErrorCode::kUsage, "the ending says neither PNG nor EXR", path, {}};
  if (endsWith(path, ".png")) bytes = pngBytes(picture, path);
  if (endsWith(path, ".exr")) bytes = exrBytes(picture, path);
  if (!bytes) return std::move(bytes).error();
  auto output = AtomicOutput::create(path);
  if (!output) return std::move(output).error();
  if (Status written = (*output)->write(bytes->data(), bytes->size()); !written) return written;
  return (*output)->commit();
}

}  // namespace pai::core
