// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/preview_colour.h"

#include <sys/stat.h>

#include <algorithm>

namespace pai::worker {

using core::Colour;
using core::Picture;
using core::Result;
using core::Status;

namespace {

constexpr std::size_t kMostKnown = 8;

double real(const nlohmann::json& body, const char* name, double preset) {
  const auto it = body.find(name);
  return it != body.end() && it->is_number() ? it->get<double>() : preset;
}

/// Changes when the file does; 0 without one.
std::int64_t stampOf(const std::string& path) {
  struct stat status {};
  if (path.empty() || ::stat(path.c_str(), &status) != 0) return 0;
  return status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec + status.st_size;
}

Result<Picture> transformed(const Colour& colour, const Picture& picture, const ViewWanted& wanted) {
  Result<Picture> working = colour.toWorking(picture, wanted.space);
  if (!working) return working;
  return colour.toScreen(*working, wanted.view, wanted.exposure, wanted.gamma);
}

}  // namespace

std::optional<ViewWanted> viewWanted(const nlohmann::json& body) {
  const auto it = body.find("colour");
  if (it == body.end() || !it->is_object()) return {};
  return ViewWanted{requestText(*it, "config"), requestText(*it, "space"), requestText(*it, "view"), std::clamp(real(*it, "exposure", 0.0), -20.0, 20.0),
                    std::clamp(real(*it, "gamma", 1.0), 0.1, 10.0)};
}

Result<std::shared_ptr<const Colour>> PreviewColour::inForce(const std::string& config) {
  const std::int64_t stamp = stampOf(Colour::configPathFor(config));
  const std::scoped_lock lock(m_mutex);
  if (const auto known = m_known.find(config); known != m_known.end() && known->second.stamp == stamp) return known->second.colour;
  Result<std::shared_ptr<const Colour>> colour = Colour::inForce(config);
  if (!colour) return colour;
  if (m_known.size() >= kMostKnown) m_known.clear();
  m_known[config] = {stamp, *colour};
  return colour;
}

Result<std::shared_ptr<const ScreenCube>> PreviewColour::cubeOf(const std::shared_ptr<const Colour>& colour, const core::ColourTags& tags,
                                                                const ViewWanted& wanted) {
  const std::scoped_lock lock(m_mutex);
  for (const Cube& known : m_cubes)
    if (known.colour == colour && known.view == wanted && known.tags == tags) return known.cube;
  Result<ScreenCube> cube = ScreenCube::make(tags, [&](const Picture& codes) { return transformed(*colour, codes, wanted); });
  if (!cube) return std::move(cube).error();
  if (m_cubes.size() >= kMostKnown) m_cubes.erase(m_cubes.begin());
  m_cubes.push_back({colour, tags, wanted, std::make_shared<const ScreenCube>(std::move(cube).value())});
  return m_cubes.back().cube;
}

Result<Picture> PreviewColour::toScreen(const Picture& picture, const ViewWanted& wanted) {
  Result<std::shared_ptr<const Colour>> colour = inForce(wanted.config);
  if (!colour) return std::move(colour).error();
  const bool linear = wanted.space == "linear" || (wanted.space.empty() && picture.colour.transfer == core::ColourTags::Transfer::kLinear);
  if (picture.type() == core::SampleType::kF32 || picture.channels() < 3 || linear) return transformed(**colour, picture, wanted);
  Result<std::shared_ptr<const ScreenCube>> cube = cubeOf(*colour, picture.colour, wanted);
  if (!cube) return std::move(cube).error();
  return (*cube)->apply(picture);
}

Status PreviewColour::sendChoices(PreviewReply& reply, std::int64_t ticket, const std::string& config) {
  Result<std::shared_ptr<const Colour>> colour = inForce(config);
  if (!colour) return std::move(colour).error();
  reply.send("colours", ticket, {{"spaces", (*colour)->inputSpaces()}, {"views", (*colour)->viewerTransforms()}});
  return {};
}

}  // namespace pai::worker
