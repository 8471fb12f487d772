// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/inspector/inspector.h"

namespace pai::ui {

/// A page that shows the current shot and follows it. `show` is called whenever the shot or its values changed.
class ShotPage : public QWidget {
  Q_OBJECT
 public:
  explicit ShotPage(const InspectorContext& context, QWidget* parent = nullptr);

 protected:
  virtual void showShot(const core::Shot& shot) = 0;
  /// One named edit on the current shot; the same merge key merges until `endMerge`.
  void edit(const QString& text, const std::function<void(core::Shot&)>& change, const QString& mergeKey = {});
  void endMerge();
  void follow();
  /// The page's content fills it.
  void setContent(QWidget* content);
  InspectorContext m_context;
};

}  // namespace pai::ui
