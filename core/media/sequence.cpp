// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/sequence.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>

#include "core/media/atomic_output.h"

namespace pai::core {

namespace {

constexpr std::int64_t kMaxFrames = 432'000;  // 5 hours at 24 frames a second
constexpr int kMaxDigits = 10;

std::string::size_type nameStart(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? 0 : slash + 1;
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::int64_t clipSizeBytes(const std::string& path) {
  const auto sizeOf = [](const std::string& file) -> std::int64_t {
    struct stat status {};
    return stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : 0;
  };
  if (const std::int64_t one = sizeOf(path); one > 0) return one;
  const auto pattern = SequencePattern::parse(path);
  const auto numbers = pattern ? pattern->numbers() : Result<std::vector<std::int64_t>>(std::vector<std::int64_t>());
  std::int64_t sum = 0;
  if (numbers)
    for (const std::int64_t number : *numbers) sum += sizeOf(pattern->pathOf(number));
  return sum;
}

bool isSequencePath(const std::string& path) { return SequencePattern::parse(path).ok(); }

Result<SequencePattern> SequencePattern::parse(const std::string& path) {
  const Error refused{ErrorCode::kUsage, "the name of an image sequence holds one number field such as %04d", path, {}};
  SequencePattern pattern;
  const auto start = nameStart(path);
  pattern.folder = path.substr(0, start);
  const std::string name = path.substr(start);
  const auto percent = name.find('%');
  if (percent == std::string::npos) return refused;
  auto at = percent + 1;
  if (at < name.size() && name[at] == '0') ++at;
  while (at < name.size() && isDigit(name[at]) && pattern.digits <= kMaxDigits)
    pattern.digits = pattern.digits * 10 + (name[at++] - '0');
  if (at >= name.size() || name[at] != 'd' || pattern.digits > kMaxDigits) return refused;
  pattern.digits = std::max(pattern.digits, 1);
  pattern.prefix = name.substr(0, percent);
  pattern.suffix = name.substr(at + 1);
  if (pattern.suffix.find('%') != std::string::npos) return refused;
  return pattern;
}

std::string SequencePattern::pathOf(std::int64_t number) const {
  std::string text = std::to_string(number);
  if (static_cast<int>(text.size()) < digits) text.insert(0, static_cast<std::size_t>(digits) - text.size(), '0');
  return folder + prefix + text + suffix;
}

Result<std::vector<std::int64_t>> SequencePattern::numbers() const {
  const std::string shown = folder + prefix + "%0" + std::to_string(digits) + "d" + suffix;
  DIR* directory = opendir(folder.empty() ? "." : folder.c_str());
  if (!directory) return errnoError(errno, "its folder cannot be read", shown);
  std::vector<std::int64_t> found;
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    if (name.size() <= prefix.size() + suffix.size() || name.compare(0, prefix.size(), prefix) != 0 ||
        name.compare(name.size() - suffix.size(), suffix.size(), suffix) != 0)
      continue;
    const std::string number = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    const bool padded = static_cast<int>(number.size()) == digits ||
                        (static_cast<int>(number.size()) > digits && number[0] != '0');
    if (!padded || number.size() > kMaxDigits || !std::all_of(number.begin(), number.end(), isDigit)) continue;
    found.push_back(std::stoll(number));
    if (static_cast<std::int64_t>(found.size()) > kMaxFrames) break;
  }
  closedir(directory);
  if (found.empty()) return Error{ErrorCode::kFileMissing, "no file of this sequence exists", shown, {}};
  std::sort(found.begin(), found.end());
  if (found.back() - found.front() >= kMaxFrames)
    return Error{ErrorCode::kLimitExceeded, "the sequence spans more than 432,000 frames", shown, {{"limit", kMaxFrames}}};
  return found;
}

Result<std::unique_ptr<SequenceOutput>> SequenceOutput::create(const std::string& path, std::int64_t firstNumber) {
  auto pattern = SequencePattern::parse(path);
  if (!pattern) return std::move(pattern).error();
  std::unique_ptr<SequenceOutput> output(new SequenceOutput);
  output->m_pattern = *pattern;
  output->m_path = path;
  output->m_next = std::max<std::int64_t>(firstNumber, 0);
  static std::atomic<unsigned> counter{0};
  const std::string stem = pattern->folder + "." + pattern->prefix + std::to_string(getpid()) + "-";
  for (int tries = 0; tries < 1000 && output->m_aside.empty(); ++tries) {
    const std::string candidate = stem + std::to_string(counter++) + ".part";
    if (mkdir(candidate.c_str(), 0777) == 0) output->m_aside = candidate;
    else if (errno != EEXIST) break;
  }
  if (output->m_aside.empty()) return writeError(errno, "cannot be created", path);
  return output;
}

SequenceOutput::~SequenceOutput() {
  for (const std::string& name : m_names) unlink((m_aside + "/" + name).c_str());
  if (!m_aside.empty()) rmdir(m_aside.c_str());
}

Status SequenceOutput::add(const void* bytes, std::size_t count) {
  const std::string final = m_pattern.pathOf(m_next);
  const std::string name = final.substr(nameStart(final));
  const int file = open((m_aside + "/" + name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return writeError(errno, "cannot be created", final);
  m_names.push_back(name);
  ++m_next;
  const auto* from = static_cast<const char*>(bytes);
  int failure = 0;
  while (count > 0 && failure == 0) {
    const ssize_t done = ::write(file, from, count);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) {
      failure = done == 0 ? ENOSPC : errno;
      break;
    }
    from += done;
    count -= static_cast<std::size_t>(done);
  }
  if (failure == 0 && fsync(file) != 0 && errno != EINVAL && errno != ENOTSUP) failure = errno;
  if (close(file) != 0 && failure == 0) failure = errno;
  return failure == 0 ? Status{} : writeError(failure, "writing failed", final);
}

Status SequenceOutput::finish() {
  while (!m_names.empty()) {
    const std::string& name = m_names.back();
    if (std::rename((m_aside + "/" + name).c_str(), (m_pattern.folder + name).c_str()) != 0)
      return writeError(errno, "cannot be moved into place", m_pattern.folder + name);
    m_names.pop_back();
  }
  rmdir(m_aside.c_str());
  m_aside.clear();
  syncFolderOf(m_path);
  return {};
}

}  // namespace pai::core
