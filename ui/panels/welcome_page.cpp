// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/welcome_page.h"

#include <QAction>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>

#include "ui/inspector/controls.h"
#include "ui/theme/theme.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

constexpr int kRecentKept = 10;
constexpr int kRecentShown = 6;
constexpr int kWidth = 880;

}  // namespace

QStringList recentProjects() { return QSettings().value(QStringLiteral("recentProjects")).toStringList(); }

void rememberProject(const QString& path) {
  QStringList recent = recentProjects();
  recent.removeAll(path);
  recent.prepend(path);
  QSettings().setValue(QStringLiteral("recentProjects"), recent.mid(0, kRecentKept));
}

WelcomePage::WelcomePage(Actions& actions, QWidget* parent) : QWidget(parent) {
  setProperty("role", "strip");
  setAccessibleName(tr("Welcome"));
  setAttribute(Qt::WA_StyledBackground);
  auto* outer = new QHBoxLayout(this);
  outer->addStretch(1);
  auto* column = new QWidget;
  column->setFixedWidth(kWidth);
  outer->addWidget(column);
  outer->addStretch(1);
  auto* layout = new QVBoxLayout(column);
  layout->setSpacing(8);
  layout->addStretch(2);
  auto* head = new QHBoxLayout;
  auto* logo = new QLabel;
  logo->setPixmap(icon(QStringLiteral("pai-studio")).pixmap(QSize(64, 64), devicePixelRatioF()));
  auto* titles = new QVBoxLayout;
  titles->setSpacing(2);
  auto* title = new QLabel(QStringLiteral("PAI-Studio"));
  title->setProperty("role", "title");
  auto* subtitle = new QLabel(tr("The same performance, in a new place."));
  subtitle->setProperty("role", "dim");
  titles->addWidget(title);
  titles->addWidget(subtitle);
  head->addWidget(logo);
  head->addSpacing(8);
  head->addLayout(titles);
  head->addStretch(1);
  layout->addLayout(head);
  layout->addSpacing(24);
  auto* steps = new QHBoxLayout;
  steps->setSpacing(12);
  steps->addWidget(makeStep(QStringLiteral("1"), QStringLiteral("plate"), tr("Bring in the shot"),
                            tr("Drop a clip filmed in front of a green screen, or one with a matte.")), 1);
  steps->addWidget(makeStep(QStringLiteral("2"), QStringLiteral("reference"), tr("Place the references"),
                            tr("Drop pictures of the new place on the timeline, where they belong.")), 1);
  steps->addWidget(makeStep(QStringLiteral("3"), QStringLiteral("render"), tr("Look and render"),
                            tr("Scrub the composite, refine the matte, render the take.")), 1);
  layout->addLayout(steps);
  layout->addSpacing(24);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(8);
  const auto add = [this, buttons](QAction* action, const QString& text, bool primary) {
    auto* button = new QPushButton(text);
    button->setProperty("primary", primary);
    button->setMinimumHeight(32);
    button->setToolTip(toolTipOf(*action));
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    buttons->addWidget(button);
    if (primary) setFocusProxy(button);  // the keys begin there
  };
  add(actions.importMedia, tr("Import media…"), true);
  add(actions.open, tr("Open project…"), false);
  add(actions.openSample, tr("Open the sample"), false);
  buttons->addStretch(1);
  layout->addLayout(buttons);
  layout->addSpacing(24);
  m_recent = new QVBoxLayout;
  m_recent->setSpacing(0);
  layout->addLayout(m_recent);
  layout->addStretch(3);
  refresh();
}

QWidget* WelcomePage::makeStep(const QString& number, const QString& iconName, const QString& title, const QString& text) {
  auto* card = new QFrame;
  card->setProperty("role", "card");
  card->setMinimumHeight(136);
  auto* layout = new QVBoxLayout(card);
  layout->setContentsMargins(16, 16, 16, 16);
  layout->setSpacing(4);
  auto* top = new QHBoxLayout;
  auto* picture = new QLabel;
  picture->setPixmap(icon(iconName, colour::kAccent).pixmap(QSize(24, 24), devicePixelRatioF()));
  auto* count = new QLabel(number);
  count->setProperty("role", "dim");
  top->addWidget(picture);
  top->addStretch(1);
  top->addWidget(count);
  layout->addLayout(top);
  layout->addSpacing(4);
  auto* heading = new QLabel(title);
  heading->setProperty("role", "heading");
  layout->addWidget(heading);
  layout->addWidget(hint(text));
  layout->addStretch(1);
  return card;
}

void WelcomePage::refresh() {
  while (QLayoutItem* item = m_recent->takeAt(0)) {
    if (item->widget()) item->widget()->deleteLater();
    delete item;
  }
  const QStringList recent = recentProjects().mid(0, kRecentShown);
  if (recent.isEmpty()) return;
  m_recent->addWidget(sectionTitle(tr("Recent projects")));
  m_recent->addSpacing(4);
  for (const QString& path : recent) {
    const QFileInfo info(path);
    auto* row = new QPushButton(info.completeBaseName() + QStringLiteral("   ") + info.absolutePath());
    row->setFlat(true);
    row->setStyleSheet(QStringLiteral("QPushButton { text-align: left; padding: 4px 8px; border: 1px solid transparent; background: transparent; }"
                                      "QPushButton:hover { background: #2c2c2c; } QPushButton:focus { border-color: #e59a3c; }"));
    row->setIcon(icon(QStringLiteral("new"), colour::kDim));
    row->setToolTip(path);
    connect(row, &QPushButton::clicked, this, [this, path] { emit projectChosen(path); });
    m_recent->addWidget(row);
  }
}

}  // namespace pai::ui
