// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The fields of the project file, once: name, type and range. Visitors read, write and describe them.

#include "core/base/field_visitors.h"

namespace pai::core {

inline constexpr Choice<MediaKind> kMediaKinds[]{
    {MediaKind::kClip, "clip"}, {MediaKind::kSequence, "sequence"}, {MediaKind::kImage, "image"}};
inline constexpr Choice<AnchorKind> kAnchorKinds[]{{AnchorKind::kBegin, "begin"},
                                                   {AnchorKind::kMiddle, "middle"},
                                                   {AnchorKind::kEnd, "end"},
                                                   {AnchorKind::kFrame, "frame"}};
inline constexpr Choice<Fit> kFits[]{{Fit::kFill, "fill"}, {Fit::kFit, "fit"}, {Fit::kStretch, "stretch"}};
inline constexpr Choice<KeySettings::Screen> kScreens[]{{KeySettings::Screen::kAuto, "auto"},
                                                        {KeySettings::Screen::kGreen, "green"},
                                                        {KeySettings::Screen::kBlue, "blue"},
                                                        {KeySettings::Screen::kColour, "colour"}};
inline constexpr Choice<MatteSource> kMatteSources[]{{MatteSource::kKey, "key"},
                                                     {MatteSource::kExternal, "external"},
                                                     {MatteSource::kAlpha, "alpha"},
                                                     {MatteSource::kShape, "shape"},
                                                     {MatteSource::kPaint, "paint"}};
inline constexpr Choice<MatteOperation> kMatteOperations[]{
    {MatteOperation::kAdd, "add"}, {MatteOperation::kSubtract, "subtract"}, {MatteOperation::kIntersect, "intersect"}};
inline constexpr Choice<CameraSettings::Source> kCameraSources[]{{CameraSettings::Source::kAuto, "auto"},
                                                                 {CameraSettings::Source::kPlate, "plate"},
                                                                 {CameraSettings::Source::kReferences, "references"},
                                                                 {CameraSettings::Source::kClip, "clip"},
                                                                 {CameraSettings::Source::kLocked, "locked"}};

inline constexpr Choice<KeyInterpolation> kKeyInterpolations[]{
    {KeyInterpolation::kSmooth, "smooth"}, {KeyInterpolation::kLinear, "linear"}, {KeyInterpolation::kHold, "hold"}};
inline constexpr Choice<MarkerColour> kMarkerColours[]{
    {MarkerColour::kBlue, "blue"},     {MarkerColour::kCyan, "cyan"}, {MarkerColour::kGreen, "green"},  {MarkerColour::kYellow, "yellow"},
    {MarkerColour::kRed, "red"}, {MarkerColour::kPink, "pink"}, {MarkerColour::kPurple, "purple"}};

inline constexpr std::int64_t kSideLimit = 65536;  // pixels of a picture's side
inline constexpr double kPixelLimit = 1e6;

template <typename V>
void visitFields(V& v, Media& m) {
  v.id("id", m.id);
  v.text("name", m.name);
  v.text("path", m.path);
  v.choice("kind", m.kind, kMediaKinds);
  v.text("sha256", m.sha256);
  v.integer("size_bytes", m.sizeBytes, 0, std::int64_t{1} << 60);
  v.text("colour_space", m.colourSpace);
  v.rate("rate", m.rate);
  v.extra(m.extra);
}

template <typename V>
void visitFields(V& v, Anchor& a) {
  v.choice("at", a.kind, kAnchorKinds);
  v.frame("frame", a.frame);
}

template <typename V>
void visitFields(V& v, Reference& r) {
  v.id("id", r.id);
  v.text("media", r.media);
  v.group("anchor", r.anchor);
  v.choice("fit", r.fit, kFits);
  v.number("strength", r.strength, 0.0, 1.0);
  v.number("offset_x", r.offsetX, -100.0, 100.0);
  v.number("offset_y", r.offsetY, -100.0, 100.0);
  v.number("scale", r.scale, 1e-3, 1e3);
  v.number("rotation_degrees", r.rotationDegrees, -36000.0, 36000.0);
  v.extra(r.extra);
}

template <typename V>
void visitFields(V& v, KeySettings& k) {
  v.choice("screen", k.screen, kScreens);
  v.colour("colour", k.colour);
  v.number("clip_black", k.clipBlack, 0.0, 1.0);
  v.number("clip_white", k.clipWhite, 0.0, 1.0);
  v.number("gamma", k.gamma, 0.01, 100.0);
  v.number("despill", k.despill, 0.0, 1.0);
  v.number("grow", k.grow, -1000.0, 1000.0);
  v.number("despot", k.despot, 0.0, 1000.0);
  v.number("fill_holes", k.fillHoles, 0.0, 1000.0);
  v.number("edge_refine", k.edgeRefine, 0.0, 1.0);
  v.number("temporal", k.temporal, 0.0, 1.0);
  v.flag("remove_markers", k.removeMarkers);
}

template <typename V>
void visitFields(V& v, MatteShapeKey& k) {
  v.frame("frame", k.frame);
  v.points("points", k.points);
  v.choice("interpolation", k.interpolation, kKeyInterpolations);
  v.extra(k.extra);
}

template <typename V>
void visitFields(V& v, MatteLayer& l) {
  v.id("id", l.id);
  v.text("name", l.name);
  v.flag("enabled", l.enabled);
  v.choice("source", l.source, kMatteSources);
  v.choice("operation", l.operation, kMatteOperations);
  v.group("key", l.key);
  v.text("media", l.media);
  v.frame("frame", l.frame);
  v.list("shape", l.shape);
  v.flag("closed_spline", l.closedSpline);
  v.number("feather", l.feather, 0.0, 10000.0);
  v.flag("invert", l.invert);
  v.extra(l.extra);
}

template <typename V>
void visitFields(V& v, RefusedRepair& r) {
  v.frame("frame", r.frame);
  v.number("left", r.box.left, 0.0, 1.0);
  v.number("top", r.box.top, 0.0, 1.0);
  v.number("right", r.box.right, 0.0, 1.0);
  v.number("bottom", r.box.bottom, 0.0, 1.0);
  v.extra(r.extra);
}

template <typename V>
void visitFields(V& v, MatteRepairs& r) {
  v.flag("enabled", r.enabled);
  v.list("refused", r.refused);
}

template <typename V>
void visitFields(V& v, CameraKey& k) {
  v.frame("frame", k.frame);
  v.number("pan", k.pan, -kPixelLimit, kPixelLimit);
  v.number("tilt", k.tilt, -kPixelLimit, kPixelLimit);
  v.number("zoom", k.zoom, 1e-3, 1e3);
  v.number("roll", k.roll, -36000.0, 36000.0);
  v.choice("interpolation", k.interpolation, kKeyInterpolations);
  v.extra(k.extra);
}

template <typename V>
void visitFields(V& v, CameraSettings& c) {
  v.choice("source", c.source, kCameraSources);
  v.text("clip", c.clip);
  v.number("smoothing", c.smoothing, 0.0, 1.0);
  v.list("keys", c.keys);
}

template <typename V>
void visitFields(V& v, LightSettings& l) {
  v.flag("relight", l.relight);
  v.number("strength", l.strength, 0.0, 1.0);
  v.number("gradient", l.gradient, 0.0, 1.0);
  v.number("blacks", l.blacks, 0.0, 1.0);
  v.number("shadow", l.shadow, 0.0, 1.0);
  v.number("contact_shadow", l.contactShadow, 0.0, 1.0);
  v.number("cast_shadow", l.castShadow, 0.0, 1.0);
  v.number("cast_shadow_turn", l.castShadowTurn, -180.0, 180.0);
  v.number("cast_shadow_length", l.castShadowLength, 0.1, 4.0);
  v.number("light_wrap", l.lightWrap, 0.0, 1.0);
  v.number("grain", l.grain, 0.0, 10.0);
  v.number("defocus", l.defocus, 0.0, 1000.0);
}

template <typename V>
void visitFields(V& v, StructuredPrompt& p) {
  for (std::size_t i = 0; i < kPromptFields.size(); ++i) v.text(kPromptFields[i].data(), promptField(p, i));
}

template <typename V>
void visitFields(V& v, RenderSettings& r) {
  v.text("engine", r.engine);
  v.integer("width", r.width, 0, kSideLimit);
  v.integer("height", r.height, 0, kSideLimit);
  v.integer("steps", r.steps, 0, 1000);
  v.number("guidance", r.guidance, -1.0, 100.0);
  v.seed("seed", r.seed);
}

template <typename V>
void visitFields(V& v, DeliverySettings& d) {
  v.text("preset", d.preset);
  v.text("naming", d.naming);
  v.integer("width", d.width, 0, kSideLimit);
  v.integer("height", d.height, 0, kSideLimit);
  v.flag("audio", d.audio);
  v.texts("layers", d.layers);
  v.text("colour_space", d.colourSpace);
}

template <typename V>
void visitFields(V& v, ReviewedRange& r) {
  v.range("range", r.range);
  v.text("note", r.note);
  v.extra(r.extra);
}

template <typename V>
void visitFields(V& v, Marker& m) {
  v.id("id", m.id);
  v.frame("frame", m.frame);
  v.text("name", m.name);
  v.text("note", m.note);
  v.choice("colour", m.colour, kMarkerColours);
  v.extra(m.extra);
}

template <typename V>
void visitFields(V& v, Shot& s) {
  v.id("id", s.id);
  v.text("name", s.name);
  v.text("plate", s.plate);
  v.range("range", s.range);
  v.list("references", s.references);
  v.list("matte", s.matte);
  v.group("matte_repairs", s.repairs);
  v.group("camera", s.camera);
  v.group("light", s.light);
  v.group("prompt", s.prompt);
  v.group("render", s.render);
  v.group("delivery", s.delivery);
  v.list("reviewed", s.reviewed);
  v.list("markers", s.markers);
  v.text("notes", s.notes);
  v.extra(s.extra);
}

template <typename V>
void visitFields(V& v, Project& p) {
  v.text("name", p.name);
  v.list("media", p.media);
  v.list("shots", p.shots);
  v.text("ocio_config", p.ocioConfig);
  v.extra(p.extra);
}

}  // namespace pai::core
