// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/pack_catalog.h"

#include <algorithm>

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>

#include "core/base/pack_parts.h"
#include "core/render/packs.h"

namespace pai::app {

namespace {

/// Of a download without pack.json: whether all parts that a render needs are in it.
std::string troubleOf(const core::Pack& pack) {
  if (pack.manifest.contains("files")) return {};
  const auto parts = core::partsOfFolder(pack.folder);
  return parts.ok() ? std::string() : parts.error().detail;
}

}  // namespace

PackCatalog::PackCatalog(QObject* parent) : QObject(parent) {}

void PackCatalog::refresh() {
  const QPointer<PackCatalog> self(this);
  QThreadPool::globalInstance()->start([self] {
    std::vector<KnownPack> found;
    for (const core::Pack& pack : core::listPacks())
      if (core::Result<core::PackRules> rules = core::readPackRules(pack.folder); rules.ok())
        found.push_back({pack.name, pack.folder, pack.hash, pack.sizeBytes, std::move(rules).value(), troubleOf(pack)});
    QMetaObject::invokeMethod(QCoreApplication::instance(), [self, found = std::move(found)] {
      if (self) self->setPacks(found);
    }, Qt::QueuedConnection);
  });
}

void PackCatalog::setPacks(std::vector<KnownPack> packs) {
  const bool same = std::equal(packs.begin(), packs.end(), m_packs.begin(), m_packs.end(), [](const KnownPack& a, const KnownPack& b) {
    return a.folder == b.folder && a.hash == b.hash && a.trouble == b.trouble;
  });
  if (same) return;
  m_packs = std::move(packs);
  emit changed();
}

const KnownPack* PackCatalog::find(const std::string& name) const {
  const auto it = std::find_if(m_packs.begin(), m_packs.end(), [&name](const KnownPack& pack) { return pack.name == name; });
  return it == m_packs.end() ? nullptr : &*it;
}

}  // namespace pai::app
