// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/properties_dialog.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/panels/media_properties.h"
#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

constexpr QSize kPropertiesPicture(96, 54);

}  // namespace

PropertiesDialog::PropertiesDialog(app::Document& document, app::MediaCatalog& catalog, QWidget* parent)
    : QDialog(parent), m_document(document), m_catalog(catalog) {
  setWindowTitle(tr("Media properties"));
  resize(700, 640);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(16, 16, 16, 16);
  layout->setSpacing(8);
  auto* head = new QHBoxLayout;
  head->setSpacing(12);
  m_picture = new QLabel;
  m_picture->setFixedSize(kPropertiesPicture);
  m_picture->setAlignment(Qt::AlignCenter);
  m_name = new QLabel;
  m_name->setProperty("role", "heading");
  m_name->setTextFormat(Qt::PlainText);
  m_name->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  head->addWidget(m_picture);
  head->addWidget(m_name, 1);
  layout->addLayout(head);
  m_list = new QTreeWidget;
  m_list->setObjectName(QStringLiteral("properties"));
  m_list->setHeaderHidden(true);
  m_list->setColumnCount(2);
  m_list->setRootIsDecorated(false);
  m_list->setItemsExpandable(false);
  m_list->setIndentation(12);
  m_list->setTextElideMode(Qt::ElideMiddle);
  m_list->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
  m_list->header()->setStretchLastSection(true);
  m_list->setAccessibleName(tr("Media properties"));
  layout->addWidget(m_list, 1);
  auto* buttons = new QHBoxLayout;
  m_copy = new QPushButton(tr("Copy as text"));
  m_copy->setObjectName(QStringLiteral("copyProperties"));
  m_copy->setToolTip(tr("All of it, to paste into a mail or a report"));
  m_copy->setAutoDefault(false);
  auto* close = new QPushButton(tr("Close"));
  close->setDefault(true);
  buttons->addWidget(m_copy);
  buttons->addStretch(1);
  buttons->addWidget(close);
  layout->addLayout(buttons);
  connect(m_copy, &QPushButton::clicked, this, &PropertiesDialog::copy);
  connect(new QShortcut(QKeySequence::Copy, this), &QShortcut::activated, this, &PropertiesDialog::copy);
  connect(close, &QPushButton::clicked, this, &QDialog::close);
  m_soon.setSingleShot(true);
  connect(&m_soon, &QTimer::timeout, this, &PropertiesDialog::follow);
  const auto soon = [this] { m_soon.start(); };
  connect(&catalog, &app::MediaCatalog::mediaChanged, this, soon);
  connect(&catalog, &app::MediaCatalog::proxyChanged, this, soon);
  connect(&document, &app::Document::structureChanged, this, soon);
  connect(&document, &app::Document::shotChanged, this, soon);
  connect(&document, &app::Document::contentChanged, this, soon);
  connect(&document, &app::Document::projectReset, this, &QDialog::close);
  m_list->setFocus();  // the keys go through its rows
}

void PropertiesDialog::setMedia(const core::Id& media) {
  m_media = media;
  follow();
}

void PropertiesDialog::follow() {
  const core::Media* media = m_document.project().findMedia(m_media);
  if (!media) return (void)close();
  const QImage picture = m_catalog.thumbnail(m_media);
  const qreal ratio = devicePixelRatioF();
  QPixmap small = picture.isNull() ? icon(media->kind == core::MediaKind::kImage ? QStringLiteral("image") : QStringLiteral("clip")).pixmap(22, 22)
                                   : QPixmap::fromImage(picture.scaled(kPropertiesPicture * ratio, Qt::KeepAspectRatio, Qt::SmoothTransformation));
  if (!picture.isNull()) small.setDevicePixelRatio(ratio);
  m_picture->setPixmap(small);
  m_name->setText(QString::fromStdString(media->name));
  m_name->setToolTip(m_document.mediaPath(*media));
  const std::vector<MediaPropertyGroup> groups = propertiesOf(m_document, m_catalog, m_media);
  const QString text = propertiesText(groups);
  if (text == std::exchange(m_shown, text)) return;
  if (!hasRowsOf(groups)) makeRows(groups);
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (std::size_t r = 0; r < groups[g].rows.size(); ++r) {
      const MediaProperty& each = groups[g].rows[r];
      QTreeWidgetItem* row = m_list->topLevelItem(static_cast<int>(g))->child(static_cast<int>(r));
      row->setText(1, each.value);
      row->setForeground(1, QColor::fromRgb(each.known ? colour::kText : colour::kDim));
      row->setToolTip(1, each.value);
    }
}

bool PropertiesDialog::hasRowsOf(const std::vector<MediaPropertyGroup>& groups) const {
  if (m_list->topLevelItemCount() != static_cast<int>(groups.size())) return false;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const QTreeWidgetItem& title = *m_list->topLevelItem(static_cast<int>(g));
    if (title.text(0) != groups[g].title || title.childCount() != static_cast<int>(groups[g].rows.size())) return false;
    for (int r = 0; r < title.childCount(); ++r)
      if (title.child(r)->text(0) != groups[g].rows[static_cast<std::size_t>(r)].name) return false;
  }
  return true;
}

void PropertiesDialog::makeRows(const std::vector<MediaPropertyGroup>& groups) {
  m_list->clear();
  for (const MediaPropertyGroup& group : groups) {
    auto* title = new QTreeWidgetItem(m_list, {group.title});
    title->setFlags(Qt::ItemIsEnabled);
    QFont bold = font();
    bold.setBold(true);
    title->setFont(0, bold);
    title->setFirstColumnSpanned(true);
    for (const MediaProperty& each : group.rows) (new QTreeWidgetItem(title, {each.name}))->setForeground(0, QColor::fromRgb(colour::kDim));
  }
  m_list->expandAll();
}

void PropertiesDialog::copy() { QGuiApplication::clipboard()->setText(m_shown); }

}  // namespace pai::ui
