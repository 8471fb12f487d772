// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/base/file_system.h"
#include "core/base/hash.h"
#include "core/media/proxy_folder.h"
#include "core/media/sound_reader.h"

namespace pai::core {

namespace {

constexpr std::int64_t kDaySamples = 86400LL * kSoundRate;
constexpr std::int64_t kPieceSamples = 2000 * SoundPeaks::kStretch;
constexpr std::string_view kMagic = "PAIPEAK1";
constexpr std::uint64_t kMostBytes = 2 * kDaySamples / SoundPeaks::kStretch + kMagic.size();
constexpr double kHashShare = 0.5;  // of the time that peaks take

std::int8_t levelOf(std::int16_t sample) { return static_cast<std::int8_t>(std::lround(std::clamp(sample / 32767.0, -1.0, 1.0) * 127.0)); }

void addPairs(SoundPeaks& peaks, const std::vector<std::int16_t>& samples) {
  constexpr std::size_t kValues = SoundPeaks::kStretch * kSoundChannels;
  for (std::size_t at = 0; at < samples.size(); at += kValues) {
    const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(at);
    const auto [least, most] = std::minmax_element(begin, begin + static_cast<std::ptrdiff_t>(std::min(kValues, samples.size() - at)));
    peaks.pairs.push_back(levelOf(*least));
    peaks.pairs.push_back(levelOf(*most));
  }
}

/// A clip's content hash, telling how far it is.
Result<std::string> hashTelling(const std::string& path, const StopToken& stop, const ProgressFn& progress) {
  Sha256 hash;
  std::uint64_t read = 0;
  const Status done = readPieces(path, [&](std::uint64_t size, std::span<const std::byte> piece) -> Status {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "", path, {}};
    hash.update(piece);
    read += piece.size();
    if (progress && size > 0) progress(kHashShare * static_cast<double>(read) / static_cast<double>(size));
    return {};
  });
  if (!done) return done.error();
  return hash.finish();
}

}  // namespace

Result<SoundPeaks> measurePeaks(const std::string& path, const StopToken& stop, const ProgressFn& progress) {
  Result<std::unique_ptr<SoundReader>> reader = SoundReader::open(path);
  if (!reader) return std::move(reader).error();
  const std::int64_t length = std::min((*reader)->lengthSamples(), kDaySamples);
  SoundPeaks peaks;
  peaks.pairs.reserve(static_cast<std::size_t>(2 * length / SoundPeaks::kStretch + 2));
  for (std::int64_t at = 0; at < length; at += kPieceSamples) {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "", path, {}};
    const Result<std::vector<std::int16_t>> samples = (*reader)->read(at, std::min(kPieceSamples, length - at));
    if (!samples) return samples.error();
    addPairs(peaks, *samples);
    if (progress) progress(static_cast<double>(at) / static_cast<double>(length));
  }
  return peaks;
}

Result<SoundPeaks> peaksOf(const std::string& path, const StopToken& stop, const ProgressFn& progress) {
  const Result<std::string> hash = hashTelling(path, stop, progress);
  if (!hash) return hash.error();
  const std::string folder = cacheFolder() + "/peaks", kept = folder + "/" + *hash + ".peaks";
  SoundPeaks peaks;
  if (Result<std::string> bytes = readWholeFile(kept, kMostBytes); bytes && bytes->starts_with(kMagic) && (bytes->size() - kMagic.size()) % 2 == 0) {
    peaks.pairs.resize(bytes->size() - kMagic.size());
    std::memcpy(peaks.pairs.data(), bytes->data() + kMagic.size(), peaks.pairs.size());
    std::error_code failure;
    std::filesystem::last_write_time(kept, std::filesystem::file_time_type::clock::now(), failure);  // used now
    return peaks;
  }
  Result<SoundPeaks> measured = measurePeaks(path, stop, [&](double fraction) {
    if (progress) progress(kHashShare + (1.0 - kHashShare) * fraction);
  });
  if (!measured) return measured;
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  // A cache that cannot be written costs time, not the picture of the sound.
  (void)atomicWritePieces(kept, {kMagic, {reinterpret_cast<const char*>(measured->pairs.data()), measured->pairs.size()}});
  keepFolderWithin(folder, ".peaks", kPeaksBytes, kept);
  return measured;
}

}  // namespace pai::core
