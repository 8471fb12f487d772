// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <QObject>
#include <QString>
#include <QTimer>

class QProcess;

namespace pai::app {

/// A render by a model pack, as far as its memory depends on it.
struct ForecastQuestion {
  std::string folder;
  qint64 frames = 0;
  int width = 0, height = 0;
  qint64 references = 0;
  bool operator==(const ForecastQuestion&) const = default;
};

/// What the program that would run it says.
struct ForecastAnswer {
  qint64 tokens = 0, peakBytes = 0, limitBytes = 0;
  bool fits = true;
  QString trouble;  // why there is no forecast, or why it does not fit
};

/// Asks `pai-infer forecast` in the background what a render will take; the latest question wins, answers are kept. GUI thread
/// only, never blocks.
class PackForecast : public QObject {
  Q_OBJECT
 public:
  /// `program`: "" = pai-infer beside the running program.
  explicit PackForecast(QString program = {}, QObject* parent = nullptr);
  ~PackForecast() override;
  /// The answer if it is there; otherwise it is asked for and `answered` says when.
  std::optional<ForecastAnswer> ask(const ForecastQuestion& question);

 signals:
  void answered();

 private:
  void start();
  void finish(int exitCode);
  void keep(const ForecastAnswer& answer);

  QString m_program;
  QTimer m_later;
  std::unique_ptr<QProcess> m_process;
  ForecastQuestion m_wanted, m_asked;
  std::deque<std::pair<ForecastQuestion, ForecastAnswer>> m_known;
};

}  // namespace pai::app
