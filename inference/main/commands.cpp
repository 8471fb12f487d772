// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/main/commands.h"

#include <cstdio>
#include <cstdlib>

#include "core/base/json_reader.h"
#include "inference/devices.h"
#include "inference/verify.h"

namespace pai::inference {

using core::Error;
using core::ErrorCode;

Arguments::Arguments(std::vector<std::string> words, const std::vector<std::string>& flags) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("--")) m_places.push_back(words[i]);
    else if (std::find(flags.begin(), flags.end(), words[i]) != flags.end()) m_flags.push_back(words[i]);
    else m_values.emplace_back(words[i], i + 1 < words.size() ? words[i + 1] : ""), ++i;
  }
}

bool Arguments::flag(const std::string& name) const { return std::find(m_flags.begin(), m_flags.end(), name) != m_flags.end(); }

std::string Arguments::value(const std::string& name, const std::string& otherwise) const {
  for (const auto& [key, text] : m_values)
    if (key == name) return text;
  return otherwise;
}

long Arguments::number(const std::string& name, long otherwise) const {
  const std::string text = value(name, "");
  return text.empty() ? otherwise : std::strtol(text.c_str(), nullptr, 10);
}

const std::vector<std::string>& Arguments::unknown(const std::vector<std::string>& known) {
  m_unknown.clear();
  for (const auto& [key, text] : m_values)
    if (std::find(known.begin(), known.end(), key) == known.end()) m_unknown.push_back(key);
  return m_unknown;
}

namespace {

nlohmann::json checkJson(const TensorCheck& c) {
  nlohmann::json out{{"file", c.file}, {"tensor", c.tensor}, {"passed", c.passed}};
  if (!c.problem.empty()) out["problem"] = c.problem;
  else out.update({{"max_abs", c.maxAbs}, {"rel_l2", c.relL2}, {"max_abs_allowed", c.maxAbsAllowed}, {"rel_l2_allowed", c.relL2Allowed}});
  return out;
}

void printCheck(const TensorCheck& c) {
  const std::string name = c.file + ": " + c.tensor;
  if (!c.problem.empty()) std::printf("FAIL %-64s %s\n", name.c_str(), c.problem.c_str());
  else std::printf("%s %-64s max %.2e (<= %.0e)  rel %.2e (<= %.0e)\n", c.passed ? "ok  " : "FAIL", name.c_str(), c.maxAbs, c.maxAbsAllowed, c.relL2, c.relL2Allowed);
}

}  // namespace

core::Result<int> runVerify(const std::vector<std::string>& words) {
  Arguments arguments(words, {"--json"});
  const std::string type = arguments.value("--dtype", "fp32");
  if (arguments.places().size() != 1 || !arguments.unknown({"--dtype", "--device"}).empty() || (type != "fp32" && type != "bf16"))
    return Error{ErrorCode::kUsage, "usage: pai-infer verify DIR [--dtype fp32|bf16] [--device cpu|cuda:N] [--json]", "", {}};
  const auto device = chooseDevice(arguments.value("--device", "cpu"));
  if (!device) return device.error();
  const Compute compute{*device, type == "bf16" ? at::kBFloat16 : at::kFloat, false};
  const bool json = arguments.flag("--json");
  nlohmann::json list = nlohmann::json::array();
  int passed = 0, total = 0;
  auto all = verifyFolder(arguments.places()[0], [&](const TensorCheck& check) {
    ++total;
    passed += check.passed ? 1 : 0;
    if (json) list.push_back(checkJson(check));
    else printCheck(check);
  }, compute);
  if (!all) return all.error();
  if (json) std::printf("%s\n", core::jsonText({{"device", compute.device.str()}, {"dtype", type}, {"passed", *all}, {"tensors", list}, {"total", total}, {"within_tolerance", passed}}, 1).c_str());
  else std::printf("%d of %d tensors within tolerance\n", passed, total);
  return *all ? 0 : 4;
}

core::Result<int> runDevices(const std::vector<std::string>& words) {
  Arguments arguments(words, {"--json"});
  if (!arguments.places().empty() || !arguments.unknown({}).empty()) return Error{ErrorCode::kUsage, "usage: pai-infer devices [--json]", "", {}};
  const nlohmann::json all = describeDevices();
  if (arguments.flag("--json")) {
    std::printf("%s\n", core::jsonText(all, 1).c_str());
    return 0;
  }
  for (const auto& [name, value] : all.items()) {
    if (name == "slow")
      for (const auto& text : value) std::printf("%-16s %s\n", "slow", text.get<std::string>().c_str());
    else
      std::printf("%-16s %s\n", name.c_str(), value.is_string() ? value.get<std::string>().c_str() : value.dump().c_str());
  }
  return 0;
}

}  // namespace pai::inference
