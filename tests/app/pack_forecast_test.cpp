// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/pack_forecast.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QTemporaryDir>
#include <QTimer>

#include <gtest/gtest.h>

namespace pai::app {
namespace {

class PackForecastTest : public testing::Test {
 protected:
  /// A program that leaves its arguments in a file and then does as `body` says.
  QString program(const QString& body) {
    QFile file(folder.filePath("infer"));
    EXPECT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(("#!/bin/sh\necho \"$@\" >> " + folder.filePath("asked") + "\n" + body + "\n").toUtf8());
    file.close();
    EXPECT_TRUE(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    return file.fileName();
  }
  std::optional<ForecastAnswer> answerOf(PackForecast& forecast, const ForecastQuestion& about) {
    QElapsedTimer clock;
    clock.start();
    std::optional<ForecastAnswer> answer;
    while (!(answer = forecast.ask(about)) && clock.elapsed() < 10000) {
      QEventLoop loop;
      QTimer::singleShot(10, &loop, &QEventLoop::quit);
      loop.exec();
    }
    return answer;
  }
  QString asked() {
    QFile file(folder.filePath("asked"));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
  }
  QTemporaryDir folder;
  const ForecastQuestion question{"/packs/one", 81, 832, 480, 3};
};

TEST_F(PackForecastTest, givesWhatTheEngineSaysAndAsksOnce) {
  PackForecast forecast(program("echo '{\"tokens\": 32760, \"peak_bytes\": 9000000000, \"limit_bytes\": 20000000000}'"));
  const auto answer = answerOf(forecast, question);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->tokens, 32760);
  EXPECT_EQ(answer->peakBytes, 9000000000);
  EXPECT_TRUE(answer->fits);
  EXPECT_TRUE(forecast.ask(question));
  EXPECT_EQ(asked(), "forecast --pack /packs/one --frames 81 --width 832 --height 480 --references 3 --json\n");
}

TEST_F(PackForecastTest, whatDoesNotFitSaysWhy) {
  PackForecast forecast(program("echo '{\"tokens\": 10, \"peak_bytes\": 90, \"limit_bytes\": 50}'; echo 'not enough memory' >&2; exit 6"));
  const auto answer = answerOf(forecast, question);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->fits);
  EXPECT_EQ(answer->peakBytes, 90);
  EXPECT_EQ(answer->trouble, "not enough memory");
}

TEST_F(PackForecastTest, theLatestQuestionWins) {
  PackForecast forecast(program("sleep 0.2; echo '{\"tokens\": 1, \"peak_bytes\": 1, \"limit_bytes\": 2}'"));
  for (qint64 frames = 1; frames < 50; ++frames) EXPECT_FALSE(forecast.ask({"/packs/one", frames, 832, 480, 1}));
  ASSERT_TRUE(answerOf(forecast, question));
  EXPECT_EQ(asked().count('\n'), 1);
}

TEST_F(PackForecastTest, garbageAndAProgramThatIsNotThereAreSaid) {
  PackForecast garbage(program("echo '[[[['; echo 'broken' >&2"));
  auto answer = answerOf(garbage, question);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->peakBytes, 0);
  EXPECT_EQ(answer->trouble, "broken");
  PackForecast missing(folder.filePath("nothing"));
  answer = answerOf(missing, question);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->trouble.isEmpty());
}

}  // namespace
}  // namespace pai::app
