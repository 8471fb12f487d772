// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/shape_edits.h"

#include <algorithm>

#include <QCoreApplication>

#include "core/draft/matte_outline.h"

namespace pai::app {
namespace {

struct ShapeEdits {
  Q_DECLARE_TR_FUNCTIONS(ShapeEdits)
};

constexpr std::size_t kLeastPoints = 3;

void editLayer(Document& document, const core::Id& shot, const core::Id& layer, const QString& text,
               const std::function<void(core::MatteLayer&)>& change, const QString& mergeKey = {}) {
  document.editShot(shot, text, [&layer, &change](core::Shot& s) {
    for (core::MatteLayer& l : s.matte)
      if (l.id == layer && l.source == core::MatteSource::kShape) change(l);
  }, mergeKey);
}

void putKey(core::MatteLayer& layer, core::FrameIndex frame, const std::vector<core::MattePoint>& points) {
  const auto it = std::lower_bound(layer.shape.begin(), layer.shape.end(), frame,
                                   [](const core::MatteShapeKey& k, core::FrameIndex f) { return k.frame < f; });
  if (it != layer.shape.end() && it->frame == frame) {
    it->points = points;
    return;
  }
  core::MatteShapeKey key;
  key.frame = frame;
  key.points = points;
  if (it != layer.shape.begin()) key.interpolation = std::prev(it)->interpolation;  // it goes on as the part it stands in
  layer.shape.insert(it, std::move(key));
}

}  // namespace

const core::MatteLayer* findLayer(const core::Shot& shot, const core::Id& layer) {
  for (const core::MatteLayer& l : shot.matte)
    if (l.id == layer) return &l;
  return nullptr;
}

std::vector<core::MattePoint> shapeAt(const core::MatteLayer& layer, core::FrameIndex sourceFrame) {
  core::MatteLayer corners = layer;
  corners.closedSpline = false;
  return core::outlineAt(corners, sourceFrame);
}

const core::MatteShapeKey* shapeKeyAt(const core::MatteLayer& layer, core::FrameIndex sourceFrame) {
  for (const core::MatteShapeKey& k : layer.shape)
    if (k.frame == sourceFrame) return &k;
  return nullptr;
}

namespace {

std::optional<core::Id> addOutline(Document& document, const core::Id& shot, core::MatteLayer layer, const QString& text,
                                   const std::vector<core::MattePoint>& points, core::FrameIndex sourceFrame) {
  if (!document.shot(shot) || points.size() < kLeastPoints || points.size() > kMaxShapePoints) return std::nullopt;
  layer.id = core::newId(document.project(), "matte");
  layer.source = core::MatteSource::kShape;
  putKey(layer, sourceFrame, points);
  document.editShot(shot, text, [&layer](core::Shot& s) { s.matte.push_back(layer); });
  return layer.id;
}

}  // namespace

std::optional<core::Id> addShape(Document& document, const core::Id& shot, core::MatteOperation operation,
                                 const std::vector<core::MattePoint>& points, core::FrameIndex sourceFrame) {
  core::MatteLayer layer;
  layer.name = (operation == core::MatteOperation::kSubtract ? ShapeEdits::tr("Garbage polygon") : ShapeEdits::tr("Keep polygon")).toStdString();
  layer.operation = operation;
  layer.feather = 4.0;
  return addOutline(document, shot, layer, ShapeEdits::tr("Draw polygon"), points, sourceFrame);
}

std::optional<core::Id> addRegion(Document& document, const core::Id& shot, const std::vector<core::MattePoint>& points,
                                  core::FrameIndex sourceFrame) {
  core::MatteLayer layer;
  layer.name = ShapeEdits::tr("Region").toStdString();
  layer.enabled = false;
  return addOutline(document, shot, layer, ShapeEdits::tr("Draw region"), points, sourceFrame);
}

void setShape(Document& document, const core::Id& shot, const core::Id& layer, core::FrameIndex sourceFrame,
              const std::vector<core::MattePoint>& points, const QString& text, const QString& mergeKey) {
  editLayer(document, shot, layer, text, [&points, sourceFrame](core::MatteLayer& l) {
    if (!l.shape.empty() && l.shape.front().points.size() != points.size()) return;
    putKey(l, sourceFrame, points);
  }, mergeKey);
}

void insertShapePoint(Document& document, const core::Id& shot, const core::Id& layer, std::size_t after, double part) {
  editLayer(document, shot, layer, ShapeEdits::tr("Add polygon point"), [after, part](core::MatteLayer& l) {
    for (core::MatteShapeKey& k : l.shape) {
      if (after >= k.points.size() || k.points.size() >= kMaxShapePoints) continue;
      const core::MattePoint a = k.points[after], b = k.points[(after + 1) % k.points.size()];
      k.points.insert(k.points.begin() + static_cast<std::ptrdiff_t>(after) + 1,
                      {a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part});
    }
  });
}

void removeShapePoint(Document& document, const core::Id& shot, const core::Id& layer, std::size_t point) {
  editLayer(document, shot, layer, ShapeEdits::tr("Remove polygon point"), [point](core::MatteLayer& l) {
    for (core::MatteShapeKey& k : l.shape)
      if (k.points.size() > kLeastPoints && point < k.points.size()) k.points.erase(k.points.begin() + static_cast<std::ptrdiff_t>(point));
  });
}

void addShapeKey(Document& document, const core::Id& shot, const core::Id& layer, core::FrameIndex sourceFrame) {
  editLayer(document, shot, layer, ShapeEdits::tr("Set polygon keyframe"), [sourceFrame](core::MatteLayer& l) {
    if (!shapeKeyAt(l, sourceFrame)) putKey(l, sourceFrame, shapeAt(l, sourceFrame));
  });
}

void removeShapeKey(Document& document, const core::Id& shot, const core::Id& layer, core::FrameIndex sourceFrame) {
  editLayer(document, shot, layer, ShapeEdits::tr("Remove polygon keyframe"), [sourceFrame](core::MatteLayer& l) {
    if (l.shape.size() > 1) std::erase_if(l.shape, [sourceFrame](const core::MatteShapeKey& k) { return k.frame == sourceFrame; });
  });
}

}  // namespace pai::app
