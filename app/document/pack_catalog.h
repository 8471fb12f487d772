// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <QObject>
#include <QString>

#include "core/base/pack_rules.h"

namespace pai::app {

/// A model pack that renders can use.
struct KnownPack {
  std::string name, folder, hash;
  std::uint64_t sizeBytes = 0;
  core::PackRules rules;
  std::string trouble;  // why nothing can be rendered with it, e.g. a part is missing; empty where it can
};

/// The model packs of this machine, looked for in the background. GUI thread only.
class PackCatalog : public QObject {
  Q_OBJECT
 public:
  explicit PackCatalog(QObject* parent = nullptr);
  /// Looks again: `changed` when packs came or went.
  void refresh();
  const std::vector<KnownPack>& packs() const { return m_packs; }
  /// A pack by its name; nullptr when there is none, for the draft too.
  const KnownPack* find(const std::string& name) const;
  /// For tests: these, instead of what is found.
  void setPacks(std::vector<KnownPack> packs);

 signals:
  void changed();

 private:
  std::vector<KnownPack> m_packs;
};

}  // namespace pai::app
