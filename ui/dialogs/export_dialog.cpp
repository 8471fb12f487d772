// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/export_dialog.h"

#include <utility>

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QStorageInfo>
#include <QVBoxLayout>

#include "app/document/delivery_naming.h"
#include "app/document/named_presets.h"
#include "app/document/shot_job.h"
#include "core/base/layer_path.h"
#include "core/base/media_files.h"
#include "ui/inspector/controls.h"
#include "ui/inspector/space_row.h"

namespace pai::ui {
namespace {

constexpr const char* kLayerNames[] = {"composite", "background", "foreground", "matte"};

/// The part of a path that is there already.
QString standingPart(const QString& path) {
  QString at = QFileInfo(path).absoluteFilePath();
  while (!QFileInfo::exists(at) && !QFileInfo(at).isRoot()) at = QFileInfo(at).absolutePath();
  return at;
}

/// The shot that is delivered: the chosen take's, with the delivery settings of now.
core::Shot deliveredShot(const app::TakeLedger& ledger, const core::Shot& shot) {
  const core::Take* take = ledger.find(ledger.chosen(shot.id));
  if (!take) return shot;
  core::Shot delivered = take->shot;
  delivered.name = shot.name;
  delivered.delivery = shot.delivery;
  return delivered;
}

}  // namespace

ExportDialog::ExportDialog(const app::Document& document, const app::MediaCatalog& catalog, app::ColourSpaces& colours, const app::TakeLedger& ledger,
                           const core::Shot& shot, core::FrameRange marked, QWidget* parent)
    : QDialog(parent), m_document(document), m_catalog(catalog), m_shot(deliveredShot(ledger, shot)), m_whole(catalog.rangeOf(m_shot)),
      m_marked(marked.intersected({{0}, {m_whole.length()}})) {
  setWindowTitle(tr("Export “%1”").arg(QString::fromStdString(shot.name)));
  setMinimumWidth(520);
  m_version = ledger.nextName(shot.id).mid(1).toInt();
  makeRows(colours);
  describeTake(ledger, ledger.find(ledger.chosen(shot.id)));
  showSummary();
}

void ExportDialog::describeTake(const app::TakeLedger& ledger, const core::Take* take) {
  if (!take) return m_take->setText(tr("No take is chosen: the shot is rendered as it is now."));
  const bool spliced = take->extra.contains("splice");
  const QString name = app::TakeLedger::nameOf(*take);
  const QStringList changes = ledger.changesSince(*take);
  const QString what = changes.isEmpty() ? tr("Delivers the chosen take %1.").arg(name)
                                         : tr("Delivers the chosen take %1 as it was rendered, without what changed since: %2.")
                                               .arg(name, changes.join(QStringLiteral(", ")));
  m_take->setText(what + QLatin1Char('\n') +
                  (spliced ? tr("A spliced take is delivered from its own file, and holds what the takes it was made of did: 8 bits, where they were not kept in 10.")
                           : tr("Its pictures are made again, as finely as this preset can hold; the take's file is for viewing.")));
}

void ExportDialog::makeRows(app::ColourSpaces& colours) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(24, 20, 24, 20);
  layout->setSpacing(8);
  layout->addLayout(labelledRow(tr("Own settings"), makeOwnPresets()));
  m_preset = new QComboBox;
  for (const app::DeliveryPreset& preset : app::deliveryPresets()) {
    m_preset->addItem(app::presetTitle(preset), QString::fromLatin1(preset.id));
    if (m_shot.delivery.preset == preset.id) m_preset->setCurrentIndex(m_preset->count() - 1);
  }
  layout->addLayout(labelledRow(tr("Preset"), m_preset));
  m_range = new QComboBox;
  m_range->addItem(tr("The whole shot, %1 frames").arg(m_whole.length()));
  if (!m_marked.empty()) m_range->addItem(tr("From in to out, %1 frames").arg(m_marked.length()));
  layout->addLayout(labelledRow(tr("Range"), m_range));
  auto* layers = new QHBoxLayout;
  layers->setSpacing(8);
  layers->addWidget(rowLabel(tr("Layers")));
  const QStringList titles{tr("Composite"), tr("Background"), tr("Foreground"), tr("Matte")};
  for (int i = 0; i < 4; ++i) {
    m_layers[i] = new QCheckBox(titles[i]);
    const auto& on = m_shot.delivery.layers;
    m_layers[i]->setChecked(std::find(on.begin(), on.end(), kLayerNames[i]) != on.end());
    connect(m_layers[i], &QCheckBox::toggled, this, &ExportDialog::showSummary);
    layers->addWidget(m_layers[i]);
    layers->addSpacing(4);
  }
  layers->addStretch(1);
  layout->addLayout(layers);
  m_audio = new QCheckBox(tr("With the plate's audio"));
  m_audio->setChecked(m_shot.delivery.audio);
  layout->addLayout(labelledRow({}, m_audio));
  m_colour = new SpaceRow(tr("Colour"), colours, tr("As the plate; EXR linear"));
  m_colour->setSpace(QString::fromStdString(m_shot.delivery.colourSpace));
  layout->addWidget(m_colour);
  layout->addWidget(separatorLine());
  m_naming = new QLineEdit(QString::fromStdString(m_shot.delivery.naming));
  m_naming->setToolTip(tr("{project}, {shot}, {version}, {layer} and {date} are filled in"));
  layout->addLayout(labelledRow(tr("Name"), m_naming));
  auto* place = new QWidget;
  auto* placeLayout = new QHBoxLayout(place);
  placeLayout->setContentsMargins(0, 0, 0, 0);
  m_folder = new QLineEdit(QSettings().value(QStringLiteral("exportFolder"), QStandardPaths::writableLocation(QStandardPaths::MoviesLocation)).toString());
  m_folder->setAccessibleName(tr("Folder"));
  auto* browse = new QPushButton(tr("Choose…"));
  connect(browse, &QPushButton::clicked, this, [this] {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Deliver into"), m_folder->text());
    if (!folder.isEmpty()) m_folder->setText(folder);
  });
  placeLayout->addWidget(m_folder, 1);
  placeLayout->addWidget(browse);
  layout->addLayout(labelledRow(tr("Folder"), place));
  m_path = hint({});
  m_space = hint({});
  m_take = hint({});
  for (QLabel* label : {m_path, m_space, m_take}) layout->addWidget(label);
  auto* buttons = new QHBoxLayout;
  buttons->addStretch(1);
  auto* cancel = new QPushButton(tr("Cancel"));
  m_start = new QPushButton(tr("Add to the queue"));
  m_start->setProperty("primary", true);
  m_start->setDefault(true);
  buttons->addWidget(cancel);
  buttons->addWidget(m_start);
  layout->addSpacing(8);
  layout->addLayout(buttons);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(m_start, &QPushButton::clicked, this, [this] {
    if (!QDir().mkpath(m_folder->text())) {
      m_path->setText(tr("%1 cannot be made: choose another folder.").arg(m_folder->text()));
      return;
    }
    QSettings().setValue(QStringLiteral("exportFolder"), m_folder->text());
    accept();
  });
  connect(m_preset, &QComboBox::currentIndexChanged, this, &ExportDialog::showSummary);
  connect(m_range, &QComboBox::currentIndexChanged, this, &ExportDialog::showSummary);
  connect(m_naming, &QLineEdit::textChanged, this, &ExportDialog::showSummary);
  connect(m_folder, &QLineEdit::textChanged, this, &ExportDialog::showSummary);
}

QWidget* ExportDialog::makeOwnPresets() {
  auto* box = new QWidget;
  auto* layout = new QHBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  m_own = new QComboBox;
  m_own->setAccessibleName(tr("Own settings"));
  m_own->setObjectName(QStringLiteral("ownPresets"));
  auto* keep = new QPushButton(tr("Save as…"));
  m_forget = new QPushButton(tr("Remove"));
  layout->addWidget(m_own, 1);
  layout->addWidget(keep);
  layout->addWidget(m_forget);
  listOwnPresets({});
  connect(m_own, &QComboBox::activated, this, [this](int index) {
    if (index > 0) useOwnPreset(m_own->itemText(index));
    m_forget->setEnabled(index > 0);
  });
  connect(keep, &QPushButton::clicked, this, [this] {
    const QString name = QInputDialog::getText(this, tr("Save export settings"), tr("Name")).trimmed();
    if (name.isEmpty()) return;
    app::keepDeliveryPreset(name, delivery());
    listOwnPresets(name);
  });
  connect(m_forget, &QPushButton::clicked, this, [this] {
    app::forgetDeliveryPreset(m_own->currentText());
    listOwnPresets({});
  });
  return box;
}

void ExportDialog::listOwnPresets(const QString& current) {
  m_own->clear();
  m_own->addItem(tr("Not saved"));
  m_own->addItems(app::deliveryOwnPresets());
  m_own->setCurrentIndex(std::max(0, m_own->findText(current)));
  m_forget->setEnabled(m_own->currentIndex() > 0);
}

void ExportDialog::useOwnPreset(const QString& name) {
  const auto own = app::deliveryOwnPreset(name);
  if (!own) return;
  m_preset->setCurrentIndex(std::max(0, m_preset->findData(QString::fromStdString(own->preset))));
  for (int i = 0; i < 4; ++i) m_layers[i]->setChecked(std::find(own->layers.begin(), own->layers.end(), kLayerNames[i]) != own->layers.end());
  m_audio->setChecked(own->audio);
  m_colour->setSpace(QString::fromStdString(own->colourSpace));
  m_naming->setText(QString::fromStdString(own->naming));
}

core::FrameRange ExportDialog::range() const {
  return m_range->currentIndex() == 1 ? m_marked : core::FrameRange{{0}, {m_whole.length()}};
}

QString ExportDialog::outputPath() const {
  const app::DeliveryPreset& preset = app::deliveryPresets()[m_preset->currentIndex()];
  const QString name = app::deliveryName(m_naming->text(), m_document.displayName(), QString::fromStdString(m_shot.name), m_version,
                                         QStringLiteral("composite"));
  return QDir(m_folder->text()).filePath(name + QString::fromLatin1(preset.ending));
}

QString ExportDialog::fileInTheWay() const {
  const std::string output = outputPath().toStdString();
  bool first = true;
  for (const std::string& layer : delivery().layers) {
    const std::string path = std::exchange(first, false) ? output : core::layerPath(output, layer);
    const auto files = core::mediaFiles(path, core::mediaKindOf(path));
    if (!files.empty()) return QString::fromStdString(files.front());
  }
  return {};
}

void ExportDialog::showSummary() {
  QStringList unknown;
  app::deliveryName(m_naming->text(), {}, {}, 1, {}, &unknown);
  const app::DeliveryPreset& preset = app::deliveryPresets()[m_preset->currentIndex()];
  int layers = 0;
  for (const QCheckBox* box : m_layers) layers += box->isChecked() ? 1 : 0;
  const app::MediaFacts* facts = m_catalog.facts(m_shot.plate);
  const double pixels = facts ? static_cast<double>(facts->size.width()) * facts->size.height() : 0.0;
  const auto bytes = static_cast<qint64>(pixels * static_cast<double>(range().length()) * preset.bitsPerPixel / 8.0 * layers);
  const QString standing = standingPart(m_folder->text());
  const QStorageInfo storage(standing);
  const bool fits = !storage.isValid() || storage.bytesAvailable() > bytes;
  const bool folderThere = QFileInfo(m_folder->text()).isDir(), canBe = !m_folder->text().isEmpty() && QFileInfo(standing).isDir();
  const QString inTheWay = folderThere ? fileInTheWay() : QString();
  m_path->setText(!unknown.isEmpty() ? tr("Unknown token: %1").arg(unknown.join(QStringLiteral(", ")))
                  : m_folder->text().isEmpty() ? tr("Choose a folder to write into.")
                  : !canBe           ? tr("%1 is not a folder: choose another.").arg(standing)
                  : !inTheWay.isEmpty() ? tr("%1 is there already: choose another name.").arg(inTheWay)
                  : !folderThere     ? tr("Makes the folder and writes %1").arg(outputPath())
                                     : tr("Writes %1").arg(outputPath()));
  m_space->setText(fits ? tr("About %1, %2 free").arg(QLocale().formattedDataSize(bytes), QLocale().formattedDataSize(storage.bytesAvailable()))
                        : tr("Needs about %1, only %2 are free").arg(QLocale().formattedDataSize(bytes), QLocale().formattedDataSize(storage.bytesAvailable())));
  m_space->setVisible(storage.isValid() && canBe);
  m_start->setEnabled(layers > 0 && fits && canBe && unknown.isEmpty() && inTheWay.isEmpty() && !range().empty());
}

core::DeliverySettings ExportDialog::delivery() const {
  core::DeliverySettings delivery = m_shot.delivery;
  delivery.preset = m_preset->currentData().toString().toStdString();
  delivery.naming = m_naming->text().toStdString();
  delivery.audio = m_audio->isChecked();
  delivery.colourSpace = m_colour->space().toStdString();
  delivery.layers.clear();
  for (int i = 0; i < 4; ++i)
    if (m_layers[i]->isChecked()) delivery.layers.emplace_back(kLayerNames[i]);
  return delivery;
}

core::Job ExportDialog::job() const {
  core::Shot shot = m_shot;
  shot.delivery = delivery();
  core::Job job = app::jobOfShot(m_document, shot, m_whole);
  job.name = tr("%1, delivery").arg(QString::fromStdString(shot.name)).toStdString();
  job.output = outputPath().toStdString();
  if (m_range->currentIndex() == 1) job.range = m_marked;
  return job;
}

}  // namespace pai::ui
