// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/reference_edits.h"

#include <QCoreApplication>

namespace pai::app {
namespace {

struct ReferenceEdits {
  Q_DECLARE_TR_FUNCTIONS(ReferenceEdits)
};

}  // namespace

std::int64_t beginFrame(const core::FrameRange&) { return 0; }
std::int64_t middleFrame(const core::FrameRange& range) { return range.length() / 2; }
std::int64_t endFrame(const core::FrameRange& range) { return std::max<std::int64_t>(0, range.length() - 1); }

core::Anchor frameAnchor(const core::FrameRange& range, core::FrameIndex shotFrame) {
  return {core::AnchorKind::kFrame, range.begin + shotFrame.value};
}

QString anchorText(const core::Anchor& anchor, const core::FrameRange& range) {
  switch (anchor.kind) {
    case core::AnchorKind::kBegin: return ReferenceEdits::tr("Begin");
    case core::AnchorKind::kMiddle: return ReferenceEdits::tr("Middle");
    case core::AnchorKind::kEnd: return ReferenceEdits::tr("End");
    case core::AnchorKind::kFrame: break;
  }
  return ReferenceEdits::tr("Frame %1").arg(anchor.frame - range.begin);
}

const core::Reference* findReference(const core::Shot& shot, const core::Id& reference) {
  for (const core::Reference& r : shot.references)
    if (r.id == reference) return &r;
  return nullptr;
}

std::optional<core::Id> addReference(Document& document, const core::Id& shot, const core::Id& media,
                                     const core::Anchor& anchor) {
  const core::Shot* target = document.shot(shot);
  if (!target || target->references.size() >= kMaxReferences) return std::nullopt;
  core::Reference reference;
  reference.id = core::newId(document.project(), "reference");
  reference.media = media;
  reference.anchor = anchor;
  document.editShot(shot, ReferenceEdits::tr("Add reference"), [&reference](core::Shot& s) { s.references.push_back(reference); });
  return reference.id;
}

std::optional<core::Id> copyReference(Document& document, const core::Id& shot, const core::Id& reference,
                                      const core::Anchor& anchor, const QString& mergeKey) {
  const core::Shot* target = document.shot(shot);
  const core::Reference* original = target ? findReference(*target, reference) : nullptr;
  if (!original || target->references.size() >= kMaxReferences) return std::nullopt;
  core::Reference copy = *original;
  copy.id = core::newId(document.project(), "reference");
  copy.anchor = anchor;
  document.editShot(shot, ReferenceEdits::tr("Copy reference"), [&copy](core::Shot& s) { s.references.push_back(copy); }, mergeKey);
  return copy.id;
}

void editReference(Document& document, const core::Id& shot, const core::Id& reference, const QString& text,
                   const std::function<void(core::Reference&)>& change, const QString& mergeKey) {
  document.editShot(
      shot, text,
      [&reference, &change](core::Shot& s) {
        for (core::Reference& r : s.references)
          if (r.id == reference) change(r);
      },
      mergeKey);
}

void moveReference(Document& document, const core::Id& shot, const core::Id& reference, const core::Anchor& anchor,
                   const QString& mergeKey) {
  editReference(document, shot, reference, ReferenceEdits::tr("Move reference"), [&anchor](core::Reference& r) { r.anchor = anchor; },
                mergeKey);
}

void removeReference(Document& document, const core::Id& shot, const core::Id& reference) {
  document.editShot(shot, ReferenceEdits::tr("Remove reference"), [&reference](core::Shot& s) {
    std::erase_if(s.references, [&reference](const core::Reference& r) { return r.id == reference; });
  });
}

void setReferenceStrength(Document& document, const core::Id& shot, const core::Id& reference, double strength,
                          const QString& mergeKey) {
  editReference(document, shot, reference, ReferenceEdits::tr("Change reference strength"),
                [strength](core::Reference& r) { r.strength = std::clamp(strength, 0.0, 1.0); }, mergeKey);
}

}  // namespace pai::app
