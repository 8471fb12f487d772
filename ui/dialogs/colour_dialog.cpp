// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/colour_dialog.h"

#include <algorithm>

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/document/colour_edits.h"
#include "ui/inspector/controls.h"
#include "ui/inspector/space_row.h"
#include "ui/theme/theme.h"

namespace pai::ui {

ColourDialog::ColourDialog(app::Document& document, app::ColourSpaces& colours, QWidget* parent)
    : QDialog(parent), m_document(document), m_colours(colours) {
  setWindowTitle(tr("Colour"));
  resize(560, 560);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(16, 16, 16, 16);
  layout->setSpacing(8);
  layout->addWidget(sectionTitle(tr("OpenColorIO configuration")));
  auto* row = new QHBoxLayout;
  m_config = new QLabel;
  m_config->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_config->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  auto* choose = new QPushButton(tr("Choose…"));
  choose->setObjectName(QStringLiteral("chooseConfig"));
  m_none = new QPushButton(tr("None"));
  m_none->setObjectName(QStringLiteral("noConfig"));
  m_none->setToolTip(tr("Use the built-in spaces"));
  row->addWidget(m_config, 1);
  row->addWidget(choose);
  row->addWidget(m_none);
  layout->addLayout(row);
  m_state = hint({});
  layout->addWidget(m_state);
  layout->addSpacing(4);
  layout->addWidget(sectionTitle(tr("Viewer")));
  m_view = new ChoiceRow(tr("Shown through"), {});
  layout->addWidget(m_view);
  layout->addSpacing(4);
  layout->addWidget(sectionTitle(tr("Input transforms")));
  m_media = new QTreeWidget;
  m_media->setHeaderLabels({tr("Media"), tr("Colour space")});
  m_media->setRootIsDecorated(false);
  m_media->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_media->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  m_media->header()->setStretchLastSection(false);
  m_media->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  m_media->setAccessibleName(tr("Media and their colour spaces"));
  layout->addWidget(m_media, 1);
  m_space = new SpaceRow(tr("Selected media"), colours);
  layout->addWidget(m_space);
  auto* close = new QPushButton(tr("Close"));
  layout->addWidget(close, 0, Qt::AlignRight);
  connect(choose, &QPushButton::clicked, this, &ColourDialog::chooseConfig);
  connect(m_none, &QPushButton::clicked, this, [this] { app::setColourConfig(m_document, {}); });
  connect(m_view, &ChoiceRow::edited, this, [this](int index) { m_colours.setViewerTransform(m_view->box().itemData(index).toString()); });
  connect(m_space, &SpaceRow::chosen, this, [this](const QString& space) { app::setColourSpace(m_document, selected(), space); });
  connect(m_media, &QTreeWidget::itemSelectionChanged, this, &ColourDialog::followSelection);
  connect(close, &QPushButton::clicked, this, &QDialog::close);
  connect(&document, &app::Document::structureChanged, this, &ColourDialog::follow);
  connect(&document, &app::Document::projectReset, this, &ColourDialog::follow);
  connect(&colours, &app::ColourSpaces::changed, this, &ColourDialog::follow);
  connect(&colours, &app::ColourSpaces::viewerTransformChanged, this, &ColourDialog::follow);
  colours.readAgain();
  follow();
}

std::vector<core::Id> ColourDialog::selected() const {
  std::vector<core::Id> ids;
  for (const QTreeWidgetItem* item : m_media->selectedItems()) ids.push_back(item->data(0, Qt::UserRole).toString().toStdString());
  return ids;
}

void ColourDialog::select(const std::vector<core::Id>& media) {
  for (int i = 0; i < m_media->topLevelItemCount(); ++i) {
    QTreeWidgetItem* item = m_media->topLevelItem(i);
    const bool wanted = std::find(media.begin(), media.end(), item->data(0, Qt::UserRole).toString().toStdString()) != media.end();
    item->setSelected(wanted);
    if (wanted) m_media->scrollToItem(item);
  }
}

void ColourDialog::chooseConfig() {
  const QString path = QFileDialog::getOpenFileName(this, tr("OpenColorIO configuration"), {}, tr("OpenColorIO configurations (*.ocio);;All files (*)"));
  if (!path.isEmpty()) useConfig(path);
}

void ColourDialog::useConfig(const QString& path) {
  say(tr("Reading %1…").arg(QFileInfo(path).fileName()), false);
  m_colours.examine(path, this, [this, path](const app::ColourChoices&, const QString& trouble) {
    if (!trouble.isEmpty()) return say(trouble, true);
    app::setColourConfig(m_document, path);
  });
}

void ColourDialog::say(const QString& text, bool trouble) {
  m_state->setText(text);
  m_state->setStyleSheet(trouble ? QStringLiteral("color: %1;").arg(QColor::fromRgb(colour::kAccent).name()) : QString());
}

void ColourDialog::follow() {
  const QString config = app::configPath(m_document);
  const QString environment = qEnvironmentVariable("OCIO");
  const QString shown = environment.isEmpty() ? config : environment;
  m_config->setText(shown.isEmpty() ? tr("None: the built-in spaces") : fontMetrics().elidedText(shown, Qt::ElideMiddle, 360));
  m_config->setToolTip(shown);
  m_none->setEnabled(!config.isEmpty());
  const app::ColourChoices& choices = m_colours.choices();
  QString state = m_colours.trouble();
  if (state.isEmpty() && !environment.isEmpty()) state = tr("The environment's OCIO goes before the project's.");
  else if (state.isEmpty() && !choices.spaces.isEmpty())
    state = tr("%1 input spaces, %2 viewer transforms").arg(choices.spaces.size()).arg(choices.views.size());
  say(state, !m_colours.trouble().isEmpty());
  fillViewerTransforms(m_view->box(), m_document, m_colours);
  const std::vector<core::Id> kept = selected();
  {
    const QSignalBlocker blocker(m_media);
    m_media->clear();
    for (const core::Media& media : m_document.project().media) {
      auto* item = new QTreeWidgetItem(m_media, {QString::fromStdString(media.name), app::colourSpaceName(QString::fromStdString(media.colourSpace))});
      item->setData(0, Qt::UserRole, QString::fromStdString(media.id));
      item->setIcon(0, icon(media.kind == core::MediaKind::kImage ? QStringLiteral("image") : QStringLiteral("clip")));
      item->setToolTip(0, m_document.mediaPath(media));
    }
    select(kept);
  }
  followSelection();
}

void ColourDialog::followSelection() {
  const std::vector<core::Id> ids = selected();
  m_space->setEnabled(!ids.empty());
  std::optional<QString> space;
  for (const core::Id& id : ids) {
    const core::Media* media = m_document.project().findMedia(id);
    if (!media) continue;
    const QString own = QString::fromStdString(media->colourSpace);
    if (space && *space != own) return m_space->setSpace({});
    space = own;
  }
  m_space->setSpace(space ? space : std::optional<QString>());
}

}  // namespace pai::ui
