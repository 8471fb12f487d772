// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/proxy.h"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/hash.h"
#include "core/media/av.h"
#include "core/media/clip_reader.h"
#include "core/media/clip_writer.h"

namespace pai::core {

namespace {

namespace fs = std::filesystem;

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

/// Part files of this proxy (".NAME.PID-N.part") whose process is gone.
void removeStale(const std::string& path) {
  std::error_code failure;
  const std::string start = "." + fs::path(path).filename().string() + ".";
  for (const auto& entry : fs::directory_iterator(fs::path(path).parent_path(), failure)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(start) || !name.ends_with(".part")) continue;
    const long process = std::strtol(name.c_str() + start.size(), nullptr, 10);
    if (process > 0 && ::kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH) fs::remove(entry.path(), failure);
  }
}

}  // namespace

bool proxyHelps(const ClipInfo& info) {
  constexpr std::int64_t kShortFrames = 12;
  const AVCodecDescriptor* codec = avcodec_descriptor_get_by_name(info.codec.c_str());
  const bool whole = !codec || (codec->props & AV_CODEC_PROP_INTRA_ONLY);
  return !whole && info.frames > kShortFrames && (info.width > kProxyWidth || info.height > kProxyHeight);
}

Result<std::string> proxyOf(const std::string& clip, const StopToken& stop, const ProgressFn& progress, const std::string& folder) {
  auto hash = sha256File(clip, stop);
  if (!hash) return std::move(hash).error();
  const std::string path = proxyPathFor(*hash, folder);
  std::error_code failure;
  if (fs::exists(path, failure)) {
    fs::last_write_time(path, fs::file_time_type::clock::now(), failure);  // used now
    return path;
  }
  removeStale(path);
  if (Status made = makeProxy(clip, path, stop, progress); !made) return std::move(made).error();
  keepFolderWithin(fs::path(path).parent_path().string(), ".mov", kProxyBytes, path);
  return path;
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
