// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/takes.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/json_reader.h"
#include "core/base/project_fields.h"

namespace pai::core {

template <typename V>
void visitFields(V& v, TakeInput& i) {
  v.text("media", i.media);
  v.text("sha256", i.sha256);
}

template <typename V>
void visitFields(V& v, Take& t) {
  v.id("id", t.id);
  v.integer("number", t.number, 0, 1'000'000'000);
  v.text("name", t.name);
  v.text("job", t.jobFolder);
  v.text("output", t.output);
  v.text("engine", t.engine);
  v.text("pack_hash", t.packHash);
  v.seed("seed", t.seed);
  v.group("shot", t.shot);
  v.list("inputs", t.inputs);
  v.frame("begin", t.range.begin);
  v.frame("end", t.range.end);
  v.number("finished_at", t.finishedSeconds, 0.0, 1e12);
  v.number("elapsed_seconds", t.elapsedSeconds, 0.0, 1e12);
  v.text("program_version", t.programVersion);
  v.extra(t.extra);
}

namespace {

using nlohmann::json;

constexpr int kTakeVersion = 1;
constexpr std::uint64_t kLedgerLimit = std::uint64_t{256} << 20;
constexpr std::size_t kLineLimit = std::size_t{16} << 20;

/// What a line of the ledger says.
void applyRecord(const json& record, const std::string& where, TakeLedger& ledger) {
  ReadLog log{where, std::nullopt, &ledger.warnings};
  FieldReader reader(record, "", log);
  std::string kind = "take", takeId, shotId, text;
  int version = kTakeVersion;
  reader.text("record", kind);
  reader.integer("version", version, 0, 1'000'000);
  if (!log.error && (version < 1 || version > kTakeVersion))
    return log.warn(where + ": a record of a later version is skipped");
  if (kind == "take") {
    Take take;
    visitFields(reader, take);
    take.extra.erase("shot_id");
    if (!log.error && ledger.find(take.id)) log.fail("id", "'" + take.id + "' is used twice");
    if (!log.error) ledger.takes.push_back(std::move(take));
  } else if (kind == "notes") {
    reader.text("take", takeId);
    reader.text("text", text);
    for (Take& take : ledger.takes)
      if (!log.error && take.id == takeId) take.notes = text;
  } else if (kind == "choice") {
    reader.text("shot", shotId);
    reader.text("take", takeId);
    for (Take& take : ledger.takes)
      if (!log.error && take.shot.id == shotId) take.chosen = take.id == takeId;
  }
  if (log.error) log.warn(where + ": a record is skipped: " + log.error->detail);
}

TakeLedger parseLedger(std::string_view text) {
  TakeLedger ledger;
  JsonLimits limits;
  limits.sizeBytes = kLineLimit;
  for (std::int64_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    const std::string_view content = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (content.empty()) continue;
    const std::string where = "line " + std::to_string(line);
    const auto record = readJson(content, where, limits);
    if (record)
      applyRecord(*record, where, ledger);
    else if (ledger.warnings.size() < 100)
      ledger.warnings.push_back(where + ": it is damaged or was cut off, and is skipped");
  }
  return ledger;
}

/// The ledger held open and locked while a record is added.
class LedgerFile {
 public:
  LedgerFile(const FileSystem& files, int descriptor) : m_files(files), m_descriptor(descriptor) {
    ::flock(descriptor, LOCK_EX);
  }
  ~LedgerFile() { m_files.close(m_descriptor); }
  LedgerFile(const LedgerFile&) = delete;
  LedgerFile& operator=(const LedgerFile&) = delete;

  /// Adds a line in one write and syncs. A torn line before it is ended first.
  Status append(const json& record, const std::string& path) {
    std::string line = jsonText(record, -1) + "\n";
    const off_t size = ::lseek(m_descriptor, 0, SEEK_END);
    char last = '\n';
    if (size > 0 && ::pread(m_descriptor, &last, 1, size - 1) == 1 && last != '\n') line.insert(line.begin(), '\n');
    ssize_t wrote = -1;
    do wrote = m_files.write(m_descriptor, line.data(), line.size());
    while (wrote < 0 && errno == EINTR);
    if (wrote >= 0 && static_cast<std::size_t>(wrote) != line.size()) errno = ENOSPC;
    if (wrote < 0 || static_cast<std::size_t>(wrote) != line.size())
      return failure("the take could not be recorded", path);
    if (m_files.sync(m_descriptor) != 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT))
      return failure("the record could not be made durable", path);
    return {};
  }

  static Error failure(const std::string& what, const std::string& path) {
    Error error = errnoError(errno, what, path);
    if (error.code == ErrorCode::kFileUnreadable) error.code = ErrorCode::kFileUnwritable;
    return error;
  }

 private:
  const FileSystem& m_files;
  int m_descriptor;
};

/// Opens the ledger and adds the record that `make` gives, with nobody else adding meanwhile.
template <typename Make>
Status appendRecord(const std::string& projectPath, const FileSystem& files, Make make) {
  const std::string path = takesPath(projectPath);
  const int descriptor = files.open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor < 0) return LedgerFile::failure("the ledger of takes cannot be opened", path);
  LedgerFile file(files, descriptor);
  const Result<json> record = make();
  if (!record) return record.error();
  return file.append(*record, path);
}

/// "v003" of 3.
std::string versionName(int number) {
  char text[16];
  std::snprintf(text, sizeof text, "v%03d", number);
  return text;
}

json recordOf(const char* kind) { return {{"record", kind}, {"version", kTakeVersion}}; }

}  // namespace

const Take* TakeLedger::find(const Id& id) const {
  const auto found = std::find_if(takes.begin(), takes.end(), [&](const Take& t) { return t.id == id; });
  return found == takes.end() ? nullptr : &*found;
}

std::string takesPath(const std::string& projectPath) {
  const std::filesystem::path path(projectPath);
  return (path.parent_path() / (path.stem().string() + ".takes.jsonl")).string();
}

Result<TakeLedger> loadTakes(const std::string& projectPath, const FileSystem& files) {
  const auto text = readWholeFile(takesPath(projectPath), kLedgerLimit, files);
  if (!text && text.error().code == ErrorCode::kFileMissing) return TakeLedger{};
  if (!text) return text.error();
  return parseLedger(*text);
}

Result<Take> appendTake(const std::string& projectPath, Take take, const FileSystem& files) {
  const Status appended = appendRecord(projectPath, files, [&]() -> Result<json> {
    const auto ledger = loadTakes(projectPath, files);
    if (!ledger) return ledger.error();
    take.number = 1;
    for (const Take& t : ledger->takes)
      if (t.shot.id == take.shot.id) take.number = std::max(take.number, t.number + 1);
    take.id = take.shot.id + "-take" + std::to_string(take.number);
    if (take.name.empty()) take.name = versionName(take.number);
    FieldWriter writer;
    visitFields(writer, take);
    json record = writer.take();
    record.update(recordOf("take"));
    record["shot_id"] = take.shot.id;
    return record;
  });
  if (!appended) return appended.error();
  return take;
}

Status appendTakeNotes(const std::string& projectPath, const Id& take, const std::string& notes,
                       const FileSystem& files) {
  return appendRecord(projectPath, files, [&]() -> Result<json> {
    json record = recordOf("notes");
    record["take"] = take;
    record["text"] = notes;
    return record;
  });
}

Status appendTakeChoice(const std::string& projectPath, const Id& shot, const Id& take, const FileSystem& files) {
  return appendRecord(projectPath, files, [&]() -> Result<json> {
    json record = recordOf("choice");
    record["shot"] = shot;
    record["take"] = take;
    return record;
  });
}

std::string_view takePartName(TakePart part) {
  constexpr std::string_view kNames[]{"plate", "range",  "references", "matte",    "camera",
                                      "light", "prompt", "render",     "delivery", "media_content"};
  return kNames[static_cast<std::size_t>(part)];
}

bool TakeChanges::refinishIsEnough() const {
  return std::all_of(parts.begin(), parts.end(), [](TakePart p) {
    return p == TakePart::kMatte || p == TakePart::kLight || p == TakePart::kDelivery;
  });
}

namespace {

/// Layers that are off make no picture.
std::vector<MatteLayer> enabledLayers(std::vector<MatteLayer> layers) {
  std::erase_if(layers, [](const MatteLayer& layer) { return !layer.enabled; });
  return layers;
}

}  // namespace

TakeChanges changesSince(const Take& take, const Shot& now, const std::function<std::string(const Id&)>& hashOf) {
  const Shot& then = take.shot;
  TakeChanges changes;
  const auto note = [&](TakePart part, bool same) {
    if (!same) changes.parts.push_back(part);
  };
  note(TakePart::kPlate, then.plate == now.plate);
  note(TakePart::kRange, then.range == now.range);
  note(TakePart::kReferences, then.references == now.references);
  note(TakePart::kMatte, enabledLayers(then.matte) == enabledLayers(now.matte) && then.repairs == now.repairs);
  note(TakePart::kCamera, then.camera == now.camera);
  note(TakePart::kLight, then.light == now.light);
  note(TakePart::kPrompt, then.prompt == now.prompt);
  note(TakePart::kRender, then.render == now.render);
  note(TakePart::kDelivery, then.delivery == now.delivery);
  for (const TakeInput& input : take.inputs) {
    const std::string hash = hashOf(input.media);
    if (!hash.empty() && !input.sha256.empty() && hash != input.sha256) changes.media.push_back(input.media);
  }
  note(TakePart::kMediaContent, changes.media.empty());
  return changes;
}

}  // namespace pai::core
