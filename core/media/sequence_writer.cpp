// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/sequence_writer.h"

#include "core/media/colour_transfer.h"
#include "core/media/image_codecs.h"

namespace pai::core {

namespace {

/// Without its alpha, when the options do not ask for it.
Picture opaque(const Picture& picture) {
  Picture out(picture.width(), picture.height(), 3, picture.type());
  out.colour = picture.colour;
  const std::size_t bytes = sampleBytes(picture.type());
  for (int y = 0; y < picture.height(); ++y)
    for (int x = 0; x < picture.width(); ++x)
      std::copy_n(picture.row<std::byte>(y) + 4 * bytes * static_cast<std::size_t>(x), 3 * bytes,
                  out.row<std::byte>(y) + 3 * bytes * static_cast<std::size_t>(x));
  return out;
}

}  // namespace

Result<std::unique_ptr<ClipWriter>> SequenceWriter::create(const std::string& path, const WriteOptions& options) {
  std::unique_ptr<SequenceWriter> writer(new SequenceWriter(path, options));
  auto output = SequenceOutput::create(path, options.firstFrameNumber);
  if (!output) return std::move(output).error();
  writer->m_output = std::move(*output);
  return std::unique_ptr<ClipWriter>(std::move(writer));
}

Status SequenceWriter::write(const Picture& picture) {
  if (!m_output || picture.empty()) return Error{ErrorCode::kUsage, "no picture to write", m_path, {}};
  if (picture.width() != m_options.width || picture.height() != m_options.height)
    return Error{ErrorCode::kSizeMismatch,
                 "the picture is " + std::to_string(picture.width()) + " x " + std::to_string(picture.height()) +
                     ", the clip " + std::to_string(m_options.width) + " x " + std::to_string(m_options.height),
                 m_path,
                 {}};
  Picture frame = picture.channels() == 4 && !m_options.alpha ? opaque(picture) : picture;
  Result<std::string> bytes = std::string();
  if (m_options.codec == Codec::kExr) {
    std::optional<Timecode> timecode = m_options.startTimecode;
    if (timecode) timecode->frames += m_frames;
    bytes = exrBytes(frame, m_path, timecode, m_options.rate);
  } else {
    if (frame.type() == SampleType::kF32)
      frame = frame.colour.transfer == ColourTags::Transfer::kLinear
                  ? codedPicture(frame, ColourTags::Transfer::kSrgb, SampleType::kU16)
                  : withType(frame, SampleType::kU16);
    bytes = pngBytes(frame, m_path);
  }
  if (!bytes) return std::move(bytes).error();
  ++m_frames;
  return m_output->add(bytes->data(), bytes->size());
}

Status SequenceWriter::finish() {
  if (!m_output || m_frames == 0) return Error{ErrorCode::kUsage, "no picture was written", m_path, {}};
  Status finished = m_output->finish();
  m_output.reset();
  return finished;
}

}  // namespace pai::core
