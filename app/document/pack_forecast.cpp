// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/pack_forecast.h"

#include <algorithm>

#include <QProcess>

#include "core/base/json_reader.h"
#include "core/render/process.h"

namespace pai::app {
namespace {

constexpr int kWaitMs = 300;  // a number that is being dragged is asked for once it rests
constexpr std::size_t kMostKnown = 32;

qint64 numberOf(const nlohmann::json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_number_integer() ? it->get<qint64>() : 0;
}

}  // namespace

PackForecast::PackForecast(QString program, QObject* parent)
    : QObject(parent), m_program(program.isEmpty() ? QString::fromStdString(core::programBeside("pai-infer")) : std::move(program)) {
  m_later.setSingleShot(true);
  m_later.setInterval(kWaitMs);
  connect(&m_later, &QTimer::timeout, this, &PackForecast::start);
}

PackForecast::~PackForecast() {
  if (m_process) m_process->disconnect(this);
}

std::optional<ForecastAnswer> PackForecast::ask(const ForecastQuestion& question) {
  const auto known = std::find_if(m_known.begin(), m_known.end(), [&question](const auto& each) { return each.first == question; });
  if (known != m_known.end()) return known->second;
  if (question == m_wanted && (m_later.isActive() || m_process)) return std::nullopt;
  m_wanted = question;
  m_later.start();
  return std::nullopt;
}

void PackForecast::start() {
  if (m_process) {  // an older question: its answer is not wanted any more
    m_process->disconnect(this);
    m_process->kill();
    m_process.release()->deleteLater();
  }
  m_asked = m_wanted;
  m_process = std::make_unique<QProcess>();
  m_process->setProgram(m_program);
  m_process->setArguments({QStringLiteral("forecast"), QStringLiteral("--pack"), QString::fromStdString(m_asked.folder), QStringLiteral("--frames"),
                           QString::number(m_asked.frames), QStringLiteral("--width"), QString::number(m_asked.width), QStringLiteral("--height"),
                           QString::number(m_asked.height), QStringLiteral("--references"), QString::number(m_asked.references), QStringLiteral("--json")});
  connect(m_process.get(), &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart) keep({0, 0, 0, true, tr("pai-infer is not beside this program")});
  });
  connect(m_process.get(), &QProcess::finished, this, [this](int exitCode) { finish(exitCode); });
  m_process->start();
}

void PackForecast::finish(int exitCode) {
  const QByteArray out = m_process->readAllStandardOutput().left(1 << 20), said = m_process->readAllStandardError().right(2000).trimmed();
  ForecastAnswer answer;
  const auto json = core::readJson(out.toStdString(), "forecast");
  if (json.ok() && json->is_object()) {
    answer.tokens = numberOf(*json, "tokens");
    answer.peakBytes = numberOf(*json, "peak_bytes");
    answer.limitBytes = numberOf(*json, "limit_bytes");
  }
  answer.fits = exitCode == 0;
  if (!answer.fits || answer.peakBytes <= 0) answer.trouble = QString::fromUtf8(said.mid(said.lastIndexOf('\n') + 1));
  keep(answer);
}

void PackForecast::keep(const ForecastAnswer& answer) {
  if (m_process) m_process.release()->deleteLater();
  m_known.emplace_front(m_asked, answer);
  if (m_known.size() > kMostKnown) m_known.pop_back();
  emit answered();
}

}  // namespace pai::app
