// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/manifest.h"

#include <algorithm>
#include <filesystem>

#include "core/base/file_system.h"
#include "core/base/json_reader.h"
#include "core/base/media_files.h"
#include "core/base/project_fields.h"
#include "core/base/project_file.h"
#include "core/base/project_json.h"

namespace pai::core {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr int kManifestVersion = 1;

/// Reads and checks what does not depend on a project.
Result<json> readManifest(std::string_view text, const std::string& fileName) {
  std::vector<std::string> duplicates;
  auto read = readJson(text, fileName, {}, &duplicates);
  if (!read) return read.error();
  if (!duplicates.empty()) return Error{ErrorCode::kFieldInvalid, duplicates.front(), fileName, {}};
  ReadLog log{fileName, std::nullopt, nullptr};
  FieldReader reader(*read, "", log);
  int version = 0;
  reader.integer("version", version, 0, 1'000'000'000);
  if (!log.error && version > kManifestVersion)
    return Error{ErrorCode::kVersionTooNew, "the manifest has version " + std::to_string(version), fileName, {}};
  if (!log.error && version < 1) log.fail("version", "is missing or below 1");
  if (!log.error && (!read->contains("shots") || !(*read)["shots"].is_array()))
    log.fail("shots", "is missing or not a list");
  if (log.error) return *log.error;
  return read;
}

/// One application of a manifest to a copy of the project.
class Applier {
 public:
  Applier(Project& project, const std::string& fileName, std::string manifestFolder, std::string projectFolder,
          ManifestReport& report)
      : m_project(project),
        m_folder(std::move(manifestFolder)),
        m_projectFolder(std::move(projectFolder)),
        m_report(report) {
    m_log.fileName = fileName;
    m_log.warnings = &report.warnings;
  }

  Status run(const json& manifest) {
    FieldReader reader(manifest, "", m_log);
    int version = 0;
    std::string ignored;
    reader.integer("version", version, 1, kManifestVersion);
    reader.text("project", ignored);
    reader.text("name", m_project.name);
    reader.text("ocio_config", m_project.ocioConfig);
    const json& shots = manifest["shots"];
    std::vector<std::string> seen;
    for (std::size_t i = 0; i < shots.size() && !m_log.error; ++i)
      applyShot(shots[i], "shots[" + std::to_string(i) + "].", seen);
    json rest = reader.rest();
    rest.erase("shots");
    refuseUnknown(rest, "");
    if (m_log.error) return *m_log.error;
    return {};
  }

 private:
  void refuseUnknown(const json& rest, const std::string& path) {
    if (!rest.empty()) m_log.fail(path + rest.begin().key(), "is not a field of a manifest");
  }

  /// The shot of that name, or a new one.
  Shot& shotNamed(const std::string& name, bool& added) {
    for (Shot& shot : m_project.shots)
      if (shot.name == name) return added = false, shot;
    Shot shot;
    shot.id = newId(m_project, "shot");
    shot.name = name;
    added = true;
    return m_project.shots.emplace_back(std::move(shot));
  }

  /// Identity of the media at a path of the manifest, added to the project when it is new. Empty path: "".
  Id mediaAt(const std::string& path, const std::string& field) {
    if (path.empty()) return {};
    const MediaPath place = resolveMediaPath(path, m_folder);
    if (place.place == MediaPlace::kForbidden) return m_log.fail(field, "is not a path of a file"), Id();
    const std::string stored = pathForProject(place.path, m_projectFolder);
    for (const Media& media : m_project.media)
      if (media.path == stored) return media.id;
    Media media;
    media.id = newId(m_project, "media");
    media.name = fs::path(place.path).filename().string();
    media.path = stored;
    media.kind = mediaKindOf(stored);
    if (mediaFiles(place.path, media.kind).empty()) m_log.warn(field + ": " + place.path + " is not there yet");
    return m_project.media.emplace_back(std::move(media)).id;
  }

  /// The input transform of a media item, where the manifest states one.
  void readColour(FieldReader& reader, const char* field, const Id& id) {
    for (Media& media : m_project.media)
      if (media.id == id) return reader.text(field, media.colourSpace);
    std::string none;
    reader.text(field, none);
  }

  void applyShot(const json& entry, const std::string& path, std::vector<std::string>& seen) {
    FieldReader reader(entry, path, m_log);
    std::string name;
    reader.text("name", name);
    if (!m_log.error && name.empty()) m_log.fail(path + "name", "is missing");
    if (!m_log.error && std::find(seen.begin(), seen.end(), name) != seen.end())
      m_log.fail(path + "name", "occurs twice");
    if (m_log.error) return;
    seen.push_back(name);
    bool added = false;
    Shot shot = shotNamed(name, added);
    const Shot before = shot;
    applyMedia(entry, path, reader, shot);
    applyReferences(entry, path, reader, shot);
    applyMatte(path, reader, shot);
    applyPrompt(entry, path, reader, shot);
    applySettings(entry, path, reader, shot);
    refuseUnknown(reader.rest(), path);
    if (m_log.error) return;
    for (Shot& s : m_project.shots)
      if (s.id == shot.id) s = shot;
    (added ? m_report.added : shot == before ? m_report.unchanged : m_report.changed).push_back(name);
  }

  void applyMedia(const json& entry, const std::string& path, FieldReader& reader, Shot& shot) {
    std::string plate, camera;
    reader.text("plate", plate);
    reader.text("camera_from", camera);
    reader.range("range", shot.range);
    reader.text("notes", shot.notes);
    if (m_log.error) return;
    if (!plate.empty()) shot.plate = mediaAt(plate, path + "plate");
    readColour(reader, "plate_colour_space", shot.plate);
    if (!entry.contains("camera_from")) return;
    shot.camera.source = camera.empty() ? CameraSettings::Source::kAuto : CameraSettings::Source::kClip;
    shot.camera.clip = mediaAt(camera, path + "camera_from");
  }

  /// "begin", "middle", "end", or a frame counted from the shot's first; negative from its end, when the range is
  /// stated.
  Anchor anchorOf(const json& entry, const std::string& path, const Shot& shot) {
    Anchor anchor;
    const auto at = entry.find("at");
    if (at == entry.end()) return anchor;
    if (at->is_string()) {
      for (const auto& choice : kAnchorKinds)
        if (choice.name == at->get<std::string>() && choice.value != AnchorKind::kFrame) return {choice.value, {}};
    } else if (at->is_number_integer() && at->get<std::int64_t>() < kFrameLimit &&
               at->get<std::int64_t>() > -kFrameLimit) {
      const auto frame = at->get<std::int64_t>();
      if (frame >= 0) return {AnchorKind::kFrame, shot.range.begin + frame};
      if (!shot.range.empty()) return {AnchorKind::kFrame, shot.range.end + frame};
    }
    m_log.fail(path + "at", "is none of begin, middle, end, a frame of the shot, or a negative one with a range");
    return anchor;
  }

  void applyReferences(const json& entry, const std::string& path, FieldReader& reader, Shot& shot) {
    reader.skip("references");
    const auto found = entry.find("references");
    if (found == entry.end() || m_log.error) return;
    if (!found->is_array()) return m_log.fail(path + "references", "is not a list");
    std::vector<Reference> before = std::move(shot.references);
    shot.references.clear();
    for (std::size_t i = 0; i < found->size() && !m_log.error; ++i) {
      const std::string at = path + "references[" + std::to_string(i) + "].";
      FieldReader item((*found)[i], at, m_log);
      std::string image;
      item.text("image", image);
      item.skip("at");
      if (!m_log.error && image.empty()) m_log.fail(at + "image", "is missing");
      if (m_log.error) return;
      Reference wanted;
      wanted.media = mediaAt(image, at + "image");
      wanted.anchor = anchorOf((*found)[i], at, shot);
      Reference reference = takeOld(before, wanted);
      item.choice("fit", reference.fit, kFits);
      item.number("strength", reference.strength, 0.0, 1.0);
      readColour(item, "colour_space", reference.media);
      refuseUnknown(item.rest(), at);
      if (reference.id.empty()) reference.id = freeReferenceId(shot, before);
      shot.references.push_back(std::move(reference));
    }
  }

  /// A reference of before with that picture and place keeps its identity and what the editor did to it.
  static Reference takeOld(std::vector<Reference>& before, const Reference& wanted) {
    const auto same = std::find_if(before.begin(), before.end(), [&](const Reference& r) {
      return r.media == wanted.media && r.anchor == wanted.anchor;
    });
    if (same == before.end()) return wanted;
    Reference reference = std::move(*same);
    before.erase(same);
    return reference;
  }

  /// Beyond every identity of the project, of this shot as it becomes, and of what it was.
  Id freeReferenceId(const Shot& shot, const std::vector<Reference>& before) const {
    Project all;
    all.shots = m_project.shots;
    all.shots.push_back(shot);
    all.shots.back().references.insert(all.shots.back().references.end(), before.begin(), before.end());
    return newId(all, "ref");
  }

  /// External mattes replace those that were there; other layers stay.
  void applyMatte(const std::string& path, FieldReader& reader, Shot& shot) {
    std::vector<std::string> clips;
    if (!reader.has("matte")) return;
    reader.texts("matte", clips);
    std::vector<Id> wanted;
    for (const std::string& clip : clips)
      if (!m_log.error) wanted.push_back(mediaAt(clip, path + "matte"));
    std::erase_if(shot.matte, [&](const MatteLayer& layer) {
      return layer.source == MatteSource::kExternal &&
             std::find(wanted.begin(), wanted.end(), layer.media) == wanted.end();
    });
    for (const Id& media : wanted) {
      const bool there = std::any_of(shot.matte.begin(), shot.matte.end(), [&](const MatteLayer& layer) {
        return layer.source == MatteSource::kExternal && layer.media == media;
      });
      if (there) continue;
      Project all;
      all.shots = m_project.shots;
      all.shots.push_back(shot);
      MatteLayer layer;
      layer.id = newId(all, "matte");
      layer.name = "matte";
      layer.source = MatteSource::kExternal;
      layer.media = media;
      shot.matte.push_back(std::move(layer));
    }
  }

  /// The eight fields, some of them, or the path of a prompt file.
  void applyPrompt(const json& entry, const std::string& path, FieldReader& reader, Shot& shot) {
    const auto found = entry.find("prompt");
    if (found == entry.end() || !found->is_string()) return reader.group("prompt", shot.prompt);
    reader.skip("prompt");
    const std::string file = (fs::path(m_folder) / found->get<std::string>()).string();
    const auto text = readWholeFile(file, kPromptSizeLimit);
    const auto prompt = text ? parsePrompt(*text, file, m_log.warnings) : Result<StructuredPrompt>(text.error());
    if (prompt)
      shot.prompt = *prompt;
    else if (!m_log.error)
      m_log.error = prompt.error(), m_log.error->detail = path + "prompt: " + m_log.error->detail;
  }

  /// Engine and seed by name, and "settings": a JSON merge patch (RFC 7396) of the shot as the project file has it.
  void applySettings(const json& entry, const std::string& path, FieldReader& reader, Shot& shot) {
    reader.text("engine", shot.render.engine);
    reader.seed("seed", shot.render.seed);
    reader.text("preset", shot.delivery.preset);
    reader.flag("relight", shot.light.relight);
    reader.skip("settings");
    const auto found = entry.find("settings");
    if (found == entry.end() || m_log.error) return;
    if (!found->is_object() || found->contains("id") || found->contains("name"))
      return m_log.fail(path + "settings", "is not an object of a shot's fields, or renames it");
    json whole = shotJson(shot);
    whole.merge_patch(*found);
    auto patched = parseShot(whole, m_log.fileName, m_log.warnings);
    if (!patched) return m_log.fail(path + "settings", "does not fit: " + patched.error().detail);
    shot = std::move(*patched);
  }

  Project& m_project;
  std::string m_folder, m_projectFolder;
  ManifestReport& m_report;
  ReadLog m_log;
};

}  // namespace

Result<std::string> manifestProjectPath(std::string_view text, const std::string& fileName) {
  const auto manifest = readManifest(text, fileName);
  if (!manifest) return manifest.error();
  if (!manifest->contains("project")) return std::string();
  if (!(*manifest)["project"].is_string())
    return Error{ErrorCode::kFieldInvalid, "field 'project' is not a text", fileName, {}};
  return (*manifest)["project"].get<std::string>();
}

Result<ManifestReport> applyManifest(Project& project, std::string_view text, const std::string& fileName,
                                     const std::string& manifestFolder, const std::string& projectFolder) {
  const auto manifest = readManifest(text, fileName);
  if (!manifest) return manifest.error();
  Project copy = project;
  ManifestReport report;
  if (Status applied = Applier(copy, fileName, manifestFolder, projectFolder, report).run(*manifest); !applied)
    return applied.error();
  project = std::move(copy);
  return report;
}

}  // namespace pai::core
