// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/media_properties.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFileInfo>
#include <QHash>
#include <QLocale>

#include "app/document/colour_spaces.h"
#include "ui/panels/media_table.h"

namespace pai::ui {
namespace {

struct MediaProperties {
  Q_DECLARE_TR_FUNCTIONS(MediaProperties)
};

using PropertyRows = std::vector<MediaProperty>;

/// A row of a value that may not be known: then `otherwise` says so.
MediaProperty propertyRow(const QString& name, const QString& value, const QString& otherwise) { return {name, value.isEmpty() ? otherwise : value, !value.isEmpty()}; }

QString plainWord(const std::string& text) { return QString::fromStdString(text); }

/// What FFmpeg calls a colour tag, as people do; the standards' names are the same in every language.
QString tagText(const std::string& tag) {
  static const QHash<QString, QString> names{
      {QStringLiteral("bt709"), QStringLiteral("BT.709")}, {QStringLiteral("bt470bg"), QStringLiteral("BT.601 (625)")},
      {QStringLiteral("smpte170m"), QStringLiteral("BT.601 (525)")}, {QStringLiteral("bt2020"), QStringLiteral("BT.2020")},
      {QStringLiteral("bt2020nc"), QStringLiteral("BT.2020")}, {QStringLiteral("smpte2084"), QStringLiteral("PQ (ST 2084)")},
      {QStringLiteral("arib-std-b67"), QStringLiteral("HLG")}, {QStringLiteral("iec61966-2-1"), QStringLiteral("sRGB")},
      {QStringLiteral("smpte432"), QStringLiteral("P3 (D65)")}, {QStringLiteral("gbr"), QStringLiteral("RGB")}};
  const QString text = plainWord(tag);
  return text == QStringLiteral("linear") ? MediaProperties::tr("Linear") : names.value(text, text);
}

QString rateText(const core::FrameRate& rate) {
  const QString number = QLocale().toString(rate.framesPerSecond(), 'g', 6);
  return rate.den() == 1 ? MediaProperties::tr("%1 fps").arg(number)
                         : MediaProperties::tr("%1/%2 = %3 fps").arg(rate.num()).arg(rate.den()).arg(number);
}

QString bitRateText(qint64 bitsPerSecond) {
  if (bitsPerSecond <= 0) return {};
  return bitsPerSecond >= 1'000'000 ? MediaProperties::tr("%1 Mbit/s").arg(QLocale().toString(static_cast<double>(bitsPerSecond) * 1e-6, 'f', 2))
                                    : MediaProperties::tr("%1 kbit/s").arg(QLocale().toString((bitsPerSecond + 500) / 1000));
}

QString kindText(const core::Media& media, const app::MediaFacts* facts) {
  if (media.kind == core::MediaKind::kImage) return MediaProperties::tr("Still picture");
  if (media.kind == core::MediaKind::kSequence) return MediaProperties::tr("Image sequence");
  if (!facts || facts->container.isEmpty()) return MediaProperties::tr("Clip");
  // FFmpeg names a family of files by one of them.
  static const QHash<QString, QString> families{{QStringLiteral("mov"), QStringLiteral("MP4/MOV")}, {QStringLiteral("matroska"), QStringLiteral("MKV/WebM")}};
  return MediaProperties::tr("Clip, %1").arg(families.value(facts->container, facts->container));
}

PropertyRows fileRows(const core::Media& media, const QString& path, const app::MediaFacts* facts) {
  const QFileInfo file(path);
  const qint64 bytes = facts && facts->sizeBytes > 0 ? facts->sizeBytes : media.sizeBytes;
  const QLocale locale;
  const QString size = bytes > 0 ? MediaProperties::tr("%1 (%2 bytes)").arg(locale.formattedDataSize(bytes), locale.toString(bytes)) : QString();
  return {{MediaProperties::tr("File"), file.fileName()},
          {MediaProperties::tr("Folder"), file.path()},
          {MediaProperties::tr("Kind"), kindText(media, facts)},
          propertyRow(MediaProperties::tr("Size on disk"), size, MediaProperties::tr("not known")),
          propertyRow(QStringLiteral("SHA-256"), plainWord(media.sha256), MediaProperties::tr("not read yet, or left out for a file over 8 GiB"))};
}

PropertyRows pictureRows(const app::MediaFacts& facts, bool image) {
  QString size = MediaProperties::tr("%1 × %2").arg(facts.size.width()).arg(facts.size.height());
  if (facts.rotationDegrees != 0) size += MediaProperties::tr(", turned by %1°").arg(facts.rotationDegrees);
  const QString aspect = facts.pixelAspectNum == facts.pixelAspectDen ? MediaProperties::tr("1:1, square")
                                                                      : QStringLiteral("%1:%2").arg(facts.pixelAspectNum).arg(facts.pixelAspectDen);
  PropertyRows rows{{MediaProperties::tr("Pixels"), size},
            propertyRow(MediaProperties::tr("Pixel aspect"), facts.coded.pixelAspect ? aspect : QString(), MediaProperties::tr("not stated, taken as square"))};
  if (image) return rows;
  core::Timecode length;
  length.frames = facts.frames;
  rows.push_back({MediaProperties::tr("Rate"), facts.variableRate ? MediaProperties::tr("varies, shown at %1").arg(rateText(facts.rate)) : rateText(facts.rate)});
  rows.push_back({MediaProperties::tr("Length"), MediaProperties::tr("%n frames", nullptr, static_cast<int>(facts.frames)) + QStringLiteral(" · ") +
                                                     QString::fromStdString(length.text(facts.rate))});
  rows.push_back({MediaProperties::tr("Fields"), !facts.interlaced      ? MediaProperties::tr("none, progressive")
                                                 : facts.topFieldFirst ? MediaProperties::tr("interlaced, top field first")
                                                                       : MediaProperties::tr("interlaced, bottom field first")});
  rows.push_back(propertyRow(MediaProperties::tr("Timecode"), facts.startTimecode ? QString::fromStdString(facts.startTimecode->text(facts.rate)) : QString(),
                     MediaProperties::tr("not stated")));
  if (facts.firstFrameNumber != 0) rows.push_back({MediaProperties::tr("First frame number"), QString::number(facts.firstFrameNumber)});
  return rows;
}

/// Of a sequence: of all its files over its length, since they differ.
qint64 bitRateOf(const app::MediaFacts& facts, core::MediaKind kind) {
  if (kind != core::MediaKind::kSequence) return facts.bitRate;
  return facts.frames > 0 ? std::llround(static_cast<double>(facts.sizeBytes) * 8.0 * facts.rate.framesPerSecond() / static_cast<double>(facts.frames)) : 0;
}

PropertyRows codingRows(const app::MediaFacts& facts, core::MediaKind kind) {
  const core::CodedFacts& coded = facts.coded;
  const QString format = plainWord(coded.pixelFormat), depth = MediaProperties::tr("%1 bits a component").arg(facts.bitsPerComponent);
  PropertyRows rows{propertyRow(MediaProperties::tr("Codec"), facts.codec, MediaProperties::tr("not known"))};
  if (kind == core::MediaKind::kClip) rows.push_back(propertyRow(MediaProperties::tr("Profile"), plainWord(coded.profile), MediaProperties::tr("not stated")));
  if (kind != core::MediaKind::kImage) rows.push_back(propertyRow(MediaProperties::tr("Bit rate"), bitRateText(bitRateOf(facts, kind)), MediaProperties::tr("not known")));
  rows.push_back(propertyRow(MediaProperties::tr("Pixel format"), format.isEmpty() ? QString() : format + QStringLiteral(" · ") + depth, MediaProperties::tr("not known")));
  rows.push_back({MediaProperties::tr("Alpha"), facts.hasAlpha ? MediaProperties::tr("yes") : MediaProperties::tr("none")});
  return rows;
}

PropertyRows colourRows(const app::MediaFacts& facts, const core::Media& media) {
  const core::CodedFacts& coded = facts.coded;
  const QString silent = MediaProperties::tr("not stated");
  const QString range = coded.range == "pc" ? MediaProperties::tr("full") : coded.range == "tv" ? MediaProperties::tr("limited") : QString();
  return {propertyRow(MediaProperties::tr("Primaries"), tagText(coded.primaries), silent), propertyRow(MediaProperties::tr("Transfer"), tagText(coded.transfer), silent),
          propertyRow(MediaProperties::tr("Matrix"), tagText(coded.matrix), silent),
          propertyRow(MediaProperties::tr("Range"), range, facts.fullRange ? MediaProperties::tr("not stated, taken as full") : MediaProperties::tr("not stated, taken as limited")),
          {MediaProperties::tr("Colour space here"), app::colourSpaceName(plainWord(media.colourSpace))}};
}

PropertyRows soundRows(const app::MediaFacts& facts) {
  if (!facts.hasAudio) return {{MediaProperties::tr("Sound"), MediaProperties::tr("none")}};
  const core::CodedFacts& coded = facts.coded;
  const QString unknown = MediaProperties::tr("not known");
  return {propertyRow(MediaProperties::tr("Codec"), plainWord(coded.soundCodec), unknown),
          propertyRow(MediaProperties::tr("Sampling"), coded.soundRate > 0 ? MediaProperties::tr("%1 Hz").arg(QLocale().toString(coded.soundRate)) : QString(), unknown),
          propertyRow(MediaProperties::tr("Channels"), plainWord(coded.soundLayout), unknown),
          propertyRow(MediaProperties::tr("Bit rate"), bitRateText(coded.soundBitRate), unknown)};
}

MediaProperty proxyRow(const std::optional<double>& proxy) {
  const QString name = MediaProperties::tr("Proxy");
  if (!proxy) return {name, MediaProperties::tr("none: the original serves all pictures")};
  if (*proxy < 1.0) return {name, MediaProperties::tr("being made, %1 %").arg(static_cast<int>(*proxy * 100.0))};
  return {name, MediaProperties::tr("ready, serves small pictures")};
}

/// What a project makes of a media, in words.
QString useText(const core::Project& project, const core::Id& media) {
  QStringList uses;
  for (const core::Shot& shot : project.shots) {
    const QString name = QString::fromStdString(shot.name);
    if (shot.plate == media) uses << MediaProperties::tr("plate of %1").arg(name);
    if (shot.camera.clip == media) uses << MediaProperties::tr("camera of %1").arg(name);
    if (std::any_of(shot.references.begin(), shot.references.end(), [&media](const core::Reference& r) { return r.media == media; }))
      uses << MediaProperties::tr("reference of %1").arg(name);
    if (std::any_of(shot.matte.begin(), shot.matte.end(), [&media](const core::MatteLayer& l) { return l.media == media; }))
      uses << MediaProperties::tr("matte of %1").arg(name);
  }
  return uses.join(QStringLiteral(" · "));
}

}  // namespace

std::vector<MediaPropertyGroup> propertiesOf(const app::Document& document, const app::MediaCatalog& catalog, const core::Id& id) {
  const core::Media* media = document.project().findMedia(id);
  if (!media) return {};
  const app::MediaFacts* facts = catalog.state(id) == app::MediaState::kOffline ? nullptr : catalog.facts(id);
  const bool image = media->kind == core::MediaKind::kImage;
  std::vector<MediaPropertyGroup> groups{{MediaProperties::tr("File"), fileRows(*media, document.mediaPath(*media), facts)}};
  if (!facts) {
    const QString trouble = catalog.trouble(id);
    groups.front().rows.push_back({MediaProperties::tr("State"), trouble.isEmpty() ? MediaProperties::tr("reading…") : trouble, false});
    return groups;
  }
  groups.push_back({MediaProperties::tr("Picture"), pictureRows(*facts, image)});
  groups.push_back({MediaProperties::tr("Coding"), codingRows(*facts, media->kind)});
  groups.push_back({MediaProperties::tr("Colour"), colourRows(*facts, *media)});
  if (!image) groups.push_back({MediaProperties::tr("Sound"), soundRows(*facts)});
  MediaPropertyGroup here{MediaProperties::tr("In this project"), {propertyRow(MediaProperties::tr("Used as"), useText(document.project(), id), MediaProperties::tr("not used"))}};
  if (!image) here.rows.push_back(proxyRow(catalog.proxy(id)));
  for (const QString& warning : facts->warnings) here.rows.push_back({MediaProperties::tr("Note"), warning});
  groups.push_back(std::move(here));
  return groups;
}

QString propertiesText(const std::vector<MediaPropertyGroup>& groups) {
  QStringList parts;
  for (const MediaPropertyGroup& group : groups) {
    QStringList lines{group.title};
    for (const MediaProperty& each : group.rows) lines << MediaProperties::tr("%1: %2").arg(each.name, each.value);
    parts << lines.join(QLatin1Char('\n'));
  }
  return parts.join(QStringLiteral("\n\n")) + QLatin1Char('\n');
}

}  // namespace pai::ui
