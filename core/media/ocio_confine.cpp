// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/ocio_confine.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

namespace pai::core {

namespace ocio = OCIO_NAMESPACE;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kMaxConfigBytes = 16 << 20;

/// What the files of a configuration are looked up with.
struct Confinement {
  fs::path folder;  // canonical
  std::vector<std::string> searchPaths;
  std::string config;

  Error forbidden(const std::string& name) const {
    return Error{ErrorCode::kPathForbidden, "the configuration names a file outside its folder: " + name, config, {}};
  }
  Status checkName(const std::string& name) const {
    const fs::path path(name);
    if (path.is_absolute() || name.find('$') != std::string::npos || name.find('%') != std::string::npos ||
        name.find('~') == 0)
      return forbidden(name);
    for (const fs::path& part : path)
      if (part == "..") return forbidden(name);
    return {};
  }
  /// The name itself, and where links lead.
  Status checkFile(const std::string& name) const {
    if (Status plain = checkName(name); !plain) return plain;
    for (const std::string& search : searchPaths) {
      std::error_code missing;
      const fs::path real = fs::canonical(folder / search / name, missing);
      if (missing) continue;
      const fs::path inside = fs::relative(real, folder, missing);
      if (missing || inside.empty() || *inside.begin() == "..") return forbidden(name);
    }
    return {};
  }
};

Status checkTransform(const ocio::ConstTransformRcPtr& transform, const Confinement& confinement) {
  if (!transform) return {};
  if (const auto group = ocio::DynamicPtrCast<const ocio::GroupTransform>(transform)) {
    for (int i = 0; i < group->getNumTransforms(); ++i)
      if (Status checked = checkTransform(group->getTransform(i), confinement); !checked) return checked;
  } else if (const auto file = ocio::DynamicPtrCast<const ocio::FileTransform>(transform)) {
    return confinement.checkFile(file->getSrc());
  }
  return {};
}

Status checkAll(const ocio::Config& config, const Confinement& confinement) {
  std::vector<ocio::ConstTransformRcPtr> transforms;
  for (int i = 0; i < config.getNumColorSpaces(ocio::SEARCH_REFERENCE_SPACE_ALL, ocio::COLORSPACE_ALL); ++i) {
    const char* name = config.getColorSpaceNameByIndex(ocio::SEARCH_REFERENCE_SPACE_ALL, ocio::COLORSPACE_ALL, i);
    const auto space = config.getColorSpace(name);
    if (!space) continue;
    transforms.push_back(space->getTransform(ocio::COLORSPACE_DIR_TO_REFERENCE));
    transforms.push_back(space->getTransform(ocio::COLORSPACE_DIR_FROM_REFERENCE));
  }
  for (int i = 0; i < config.getNumLooks(); ++i) {
    const auto look = config.getLook(config.getLookNameByIndex(i));
    transforms.push_back(look->getTransform());
    transforms.push_back(look->getInverseTransform());
  }
  for (int i = 0; i < config.getNumViewTransforms(); ++i) {
    const auto view = config.getViewTransform(config.getViewTransformNameByIndex(i));
    transforms.push_back(view->getTransform(ocio::VIEWTRANSFORM_DIR_TO_REFERENCE));
    transforms.push_back(view->getTransform(ocio::VIEWTRANSFORM_DIR_FROM_REFERENCE));
  }
  for (int i = 0; i < config.getNumNamedTransforms(ocio::NAMEDTRANSFORM_ALL); ++i) {
    const auto named = config.getNamedTransform(config.getNamedTransformNameByIndex(ocio::NAMEDTRANSFORM_ALL, i));
    transforms.push_back(named->getTransform(ocio::TRANSFORM_DIR_FORWARD));
    transforms.push_back(named->getTransform(ocio::TRANSFORM_DIR_INVERSE));
  }
  for (const auto& transform : transforms)
    if (Status checked = checkTransform(transform, confinement); !checked) return checked;
  return {};
}

}  // namespace

Result<ocio::ConstConfigRcPtr> confinedConfig(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return errnoError(errno, "cannot be opened", path);
  if (!S_ISREG(status.st_mode)) return Error{ErrorCode::kFormatUnsupported, "not a regular file", path, {}};
  if (status.st_size > kMaxConfigBytes)
    return Error{ErrorCode::kLimitExceeded, "the configuration is larger than 16 MiB", path, {{"limit", kMaxConfigBytes}}};
  std::ifstream file(path, std::ios::binary);
  std::istringstream text(std::string{std::istreambuf_iterator<char>(file), {}});
  auto config = ocio::Config::CreateFromStream(text)->createEditableCopy();
  Confinement confinement{fs::canonical(fs::path(path).parent_path().empty() ? "." : fs::path(path).parent_path()), {}, path};
  for (int i = 0; i < config->getNumSearchPaths(); ++i) confinement.searchPaths.emplace_back(config->getSearchPath(i));
  for (const std::string& search : confinement.searchPaths)
    if (Status checked = confinement.checkFile(search.empty() ? "." : search); !checked) return std::move(checked).error();
  if (confinement.searchPaths.empty()) confinement.searchPaths.emplace_back(".");
  if (Status checked = checkAll(*config, confinement); !checked) return std::move(checked).error();
  config->setWorkingDir(confinement.folder.c_str());
  return ocio::ConstConfigRcPtr(config);
}

}  // namespace pai::core
