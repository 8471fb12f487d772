// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/proxy.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "core/media/clip_reader.h"
#include "core/media/clip_writer.h"

namespace pai::core {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

WriteOptions optionsFor(const ClipInfo& info, const Picture& first) {
  WriteOptions options;
  options.codec = Codec::kProRes422Hq;
  options.width = first.width();
  options.height = first.height();
  options.rate = info.rate;
  options.colour = info.colour;
  options.colour.fullRange = false;
  if (first.colour.transfer != ColourTags::Transfer::kUnknown) options.colour.transfer = first.colour.transfer;
  options.pixelAspectNum = info.pixelAspectNum;
  options.pixelAspectDen = info.pixelAspectDen;
  options.startTimecode = info.startTimecode;
  return options;
}

}  // namespace

std::string cacheFolder() {
  if (const std::string own = environment("PAI_CACHE_DIR"); !own.empty()) return own;
  if (const std::string xdg = environment("XDG_CACHE_HOME"); !xdg.empty() && xdg[0] == '/') return xdg + "/pai-studio";
  const std::string home = environment("HOME");
  return (home.empty() ? std::filesystem::temp_directory_path().string() : home + "/.cache") + "/pai-studio";
}

std::string proxyPathFor(const std::string& sha256) {
  const bool hexadecimal = sha256.size() == 64 && sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
  return hexadecimal ? cacheFolder() + "/proxies/" + sha256 + ".mov" : "";
}

Status makeProxy(const std::string& clip, const std::string& proxy, const StopToken& stop, const ProgressFn& progress) {
  std::error_code failure;
  std::filesystem::create_directories(std::filesystem::path(proxy).parent_path(), failure);
  if (failure) return errnoError(failure.value(), "the folder of proxies cannot be made", proxy);
  ReadOptions options;
  options.maxWidth = kProxyWidth;
  options.maxHeight = kProxyHeight;
  options.alpha = false;
  options.cacheBytes = 1;  // every frame is read once, in order
  auto reader = ClipReader::open(clip, options);
  if (!reader) return std::move(reader).error();
  if ((*reader)->info().bitsPerComponent > 8) {
    options.type = SampleType::kU16;
    reader = ClipReader::open(clip, options);
    if (!reader) return std::move(reader).error();
  }
  std::unique_ptr<ClipWriter> writer;
  const std::int64_t frames = (*reader)->info().frames;
  for (std::int64_t frame = 0; frame < frames; ++frame) {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "the proxy was given up", clip, {}};
    auto picture = (*reader)->read({frame});
    if (!picture) return std::move(picture).error();
    if (!writer) {
      auto created = ClipWriter::create(proxy, optionsFor((*reader)->info(), **picture));
      if (!created) return std::move(created).error();
      writer = std::move(*created);
    }
    if (Status written = writer->write(**picture); !written) return written;
    if (progress) progress(static_cast<double>(frame + 1) / static_cast<double>(frames));
  }
  return writer ? writer->finish() : Status(Error{ErrorCode::kNoPicture, "there is no frame", clip, {}});
}

}  // namespace pai::core
