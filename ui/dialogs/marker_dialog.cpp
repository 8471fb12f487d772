// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/marker_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/inspector/controls.h"
#include "ui/theme/marker_look.h"

namespace pai::ui {

MarkerDialog::MarkerDialog(core::Marker marker, const QString& at, QWidget* parent)
    : QDialog(parent), m_marker(std::move(marker)), m_name(new QLineEdit), m_note(new QPlainTextEdit), m_colour(new QComboBox) {
  setWindowTitle(tr("Marker at %1").arg(at));
  setMinimumWidth(420);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(24, 20, 24, 20);
  layout->setSpacing(8);
  m_name->setText(QString::fromStdString(m_marker.name));
  m_name->setPlaceholderText(tr("Marker"));
  layout->addLayout(labelledRow(tr("Name"), m_name));
  for (const core::MarkerColour colour : kMarkerColourOrder) m_colour->addItem(iconOf(colour), nameOf(colour), static_cast<int>(colour));
  m_colour->setCurrentIndex(m_colour->findData(static_cast<int>(m_marker.colour)));
  layout->addLayout(labelledRow(tr("Colour"), m_colour));
  m_note->setPlainText(QString::fromStdString(m_marker.note));
  m_note->setTabChangesFocus(true);
  m_note->setFixedHeight(110);
  layout->addLayout(labelledRow(tr("Note"), m_note));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  auto* remove = new QPushButton(tr("Remove marker"));  // away from the others: it is not what a tired hand should hit
  remove->setAutoDefault(false);
  buttons->button(QDialogButtonBox::Ok)->setProperty("primary", true);
  buttons->button(QDialogButtonBox::Ok)->setDefault(true);
  layout->addSpacing(8);
  auto* row = new QHBoxLayout;
  row->addWidget(remove);
  row->addStretch(1);
  row->addWidget(buttons);
  layout->addLayout(row);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(remove, &QPushButton::clicked, this, [this] {
    m_removed = true;
    accept();
  });
  m_name->selectAll();
}

core::Marker MarkerDialog::marker() const {
  core::Marker out = m_marker;
  out.name = m_name->text().trimmed().toStdString();
  out.note = m_note->toPlainText().trimmed().toStdString();
  out.colour = static_cast<core::MarkerColour>(m_colour->currentData().toInt());
  return out;
}

/// Return in the note is a new line; with Ctrl it closes the dialog from anywhere.
void MarkerDialog::keyPressEvent(QKeyEvent* event) {
  const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
  if (enter && event->modifiers().testFlag(Qt::ControlModifier)) return accept();
  QDialog::keyPressEvent(event);
}

}  // namespace pai::ui
