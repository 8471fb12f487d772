// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace pai::inference {

/// Arguments after the command's name, split into names and values: "--json" is a flag, others take the next word.
class Arguments {
 public:
  Arguments(std::vector<std::string> words, const std::vector<std::string>& flags);
  bool flag(const std::string& name) const;
  std::string value(const std::string& name, const std::string& otherwise) const;
  long number(const std::string& name, long otherwise) const;
  const std::vector<std::string>& places() const { return m_places; }
  const std::vector<std::string>& unknown(const std::vector<std::string>& known);

 private:
  std::vector<std::string> m_places, m_flags, m_unknown;
  std::vector<std::pair<std::string, std::string>> m_values;
};

// Each gives the program's exit code; an Error is printed by the caller.
core::Result<int> runVerify(const std::vector<std::string>& words);
core::Result<int> runDevices(const std::vector<std::string>& words);
/// Times one transformer block, its attention, the autoencoder or a pack's loading on this machine: dit, attention, vae, load.
core::Result<int> runBench(const std::vector<std::string>& words);
/// Trains a small model on synthetic shots and prints its held-out errors: toy.
core::Result<int> runTrain(const std::vector<std::string>& words);
/// Writes random weights of a published shape, to measure and test with.
core::Result<int> runRandomWeights(const std::vector<std::string>& words);
/// The memory of a render of a size with a pack, before anything is loaded.
core::Result<int> runForecast(const std::vector<std::string>& words);
/// The generate stage: --job DIR [--resume] [--launcher PID], or --serve.
core::Result<int> runJob(const std::vector<std::string>& words);

}  // namespace pai::inference
