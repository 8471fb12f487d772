// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>

#include "core/base/json_reader.h"
#include "inference/attention.h"
#include "inference/devices.h"
#include "inference/generate.h"
#include "inference/verify.h"
#include "tests/inference/guarded_device.h"
#include "tests/inference/small_jobs.h"

namespace pai::inference {
namespace {

using core::ErrorCode;

const std::string kInContext = PAI_SOURCE_DIR "/tests/golden/in_context";

TEST(GuardedDevice, refusesOperandsThatAreElsewhere) {
  const c10::InferenceMode inference;
  const Tensor here = at::ones({3, 4}), there = here.to(guardedDevice());
  EXPECT_TRUE(at::equal((there + there).cpu(), here * 2));
  EXPECT_TRUE(at::equal(at::mm(there.narrow(1, 1, 2), there.narrow(0, 0, 2)).cpu(), at::full({3, 4}, 2.0f)));
  EXPECT_THROW((void)at::add(there, here), c10::Error);
  Tensor changed = there.clone();
  changed.narrow(0, 1, 1).mul_(5);
  EXPECT_EQ(changed.sum().item<float>(), 28.0f);
}

TEST(GuardedDeviceDeathTest, cannotBeReadThroughAPointer) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Tensor there = at::ones({3}).to(guardedDevice());
  EXPECT_DEATH(std::exit(static_cast<int>(*there.data_ptr<float>())), "");
}

TEST(Devices, anUnknownOneIsRefused) {
  for (const char* name : {"gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:999", "cpu:1", "cuda0"}) {
    const auto device = chooseDevice(name);
    ASSERT_FALSE(device.ok()) << name;
    EXPECT_EQ(device.error().code, ErrorCode::kDeviceMissing) << name;
    EXPECT_EQ(core::exitCodeOf(device.error().code), 6);
  }
  EXPECT_EQ(*chooseDevice("cpu"), at::Device(at::kCPU));
  EXPECT_EQ(*chooseDevice("privateuseone"), guardedDevice());
  EXPECT_FALSE(chooseDevice("privateuseone:1").ok());
}

TEST(Devices, whatLibTorchSaysOfADeviceHasItsExitCode) {
  for (const auto& [text, code] : std::initializer_list<std::pair<const char*, ErrorCode>>{
           {"CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79 GiB", ErrorCode::kOutOfMemory},
           {"CUDA error: out of memory", ErrorCode::kOutOfMemory},
           {"CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", ErrorCode::kOutOfMemory},
           {"[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes", ErrorCode::kOutOfMemory},
           {"CUDA error: no kernel image is available for execution on the device", ErrorCode::kDeviceMissing},
           {"CUDA error: invalid device ordinal", ErrorCode::kDeviceMissing},
           {"Found no NVIDIA driver on your system", ErrorCode::kDeviceMissing},
           {"CUDA error: an illegal memory access was encountered", ErrorCode::kInternal}}) {
    EXPECT_EQ(codeOfMessage(text), code) << text;
    const auto turned = guarded("cuda:0", [&]() -> int { TORCH_CHECK(false, text); });
    EXPECT_EQ(turned.error().code, code);
  }
}

TEST(OnADevice, theInContextSequenceIsTheReferences) {
  for (const at::ScalarType products : {at::kFloat, at::kBFloat16}) {
    const std::int64_t before = guardedOperations();
    const auto all = verifyFolder(kInContext, [](const TensorCheck& c) { EXPECT_TRUE(c.passed) << c.tensor << " max " << c.maxAbs << " rel " << c.relL2 << " " << c.problem; },
                                  Compute{guardedDevice(), products, false});
    EXPECT_TRUE(all && *all);
    EXPECT_GT(guardedOperations() - before, 100);
  }
}

TEST(OnADevice, weightsThatAreSentAsTheyAreUsedGiveTheSameBits) {
  const c10::InferenceMode inference;
  const Tensor weight = at::randn({300, 400}), x = at::randn({5, 400}).to(guardedDevice());
  StateDict all;
  all.put("blocks.0.ffn.0.weight", weight);
  const StateDict there = all.forCompute({guardedDevice(), at::kBFloat16, false}), sent = all.forCompute({guardedDevice(), at::kBFloat16, true});
  EXPECT_EQ(there.at("blocks.0.ffn.0.weight").device(), guardedDevice());
  EXPECT_EQ(sent.at("blocks.0.ffn.0.weight").device(), at::Device(at::kCPU));
  EXPECT_TRUE(at::equal(Linear(there, "blocks.0.ffn.0")(x).cpu(), Linear(sent, "blocks.0.ffn.0")(x).cpu()));
}

class OnADeviceJobs : public SmallJobs {
 protected:
  std::string deviceJob(const std::string& name, const std::string& pack) const {
    const std::string directory = makeJob(name, pack);
    core::Job job = smallJob(name, (m_folder / pack).string());
    job.device = "privateuseone:0";
    std::ofstream(directory + "/job.json") << core::jsonText(core::jobJson(job));
    return directory;
  }
};

// Products in bfloat16, so that the video is that of the CPU's float32 to the roundings of three steps.
TEST_F(OnADeviceJobs, theGenerateStageGivesTheCpusVideo) {
  for (const std::string pack : {"pack", "vace"}) {
    const std::string there = deviceJob(pack + "_there", pack), here = makeJob(pack + "_here", pack);
    const core::Status done = runGenerate(there, false, {});
    ASSERT_TRUE(done.ok()) << core::describe(done.error());
    ASSERT_TRUE(runGenerate(here, false, {}).ok());
    const Tensor a = videoOf(there), b = videoOf(here);
    EXPECT_LT(((a - b).norm() / b.norm()).item<double>(), 0.03) << pack;
    const auto told = nlohmann::json::parse(std::ifstream(there + "/latents/memory.json"));
    EXPECT_EQ(told["forecast"]["device"], "privateuseone:0");
    EXPECT_EQ(told["forecast"]["dtype"], "BFloat16");
  }
}

TEST_F(OnADeviceJobs, stoppedAndResumedGivesTheSameBits) {
  const std::string whole = deviceJob("whole", "pack"), job = deviceJob("stopped", "pack");
  ASSERT_TRUE(runGenerate(whole, false, {}).ok());
  ASSERT_FALSE(runGenerate(job, false, [&] { if (began(job)) fail(ErrorCode::kCancelled, "stopped by the test"); }).ok());
  ASSERT_TRUE(runGenerate(job, true, {}).ok());
  EXPECT_TRUE(at::equal(videoOf(job), videoOf(whole)));
}

/// The script that measures a GPU, on the processor; its exit code and all that it says.
std::pair<int, std::string> measured(const std::string& words, const std::string& log) {
  const int status = std::system(("PAI_THREADS=1 " PAI_SOURCE_DIR "/packaging/bench_gpu.sh --program " PAI_BIN_DIR "/pai-infer " + words + " >" + log + " 2>&1").c_str());
  std::ifstream in(log);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, {std::istreambuf_iterator<char>(in), {}}};
}

TEST_F(OnADeviceJobs, theGpuScriptPrintsItsTableAndSaysThatItWasTheProcessor) {
  const auto [code, said] = measured("--device cpu --small --golden " + kInContext, log("table"));
  EXPECT_EQ(code, 0) << said;
  for (const char* part : {"# The diffusion engine on cpu", "the processor, no GPU", "| verify, fp32, TensorFloat-32 off | 8 of 8", "| verify, bf16, TensorFloat-32 off | 8 of 8", "whole model, one evaluation",
                           "of a product's", "memory, forecast and measured", "1 steps", "skipped: compute-sanitizer"})
    EXPECT_NE(said.find(part), std::string::npos) << part << "\n" << said;
  EXPECT_EQ(said.find("skipped: bench model"), std::string::npos) << said;
}

TEST_F(OnADeviceJobs, theGpuScriptFailsWhereVerifyDoes) {
  std::filesystem::copy(kInContext, m_folder / "golden");
  auto weights = loadWeights((m_folder / "golden/in_context.safetensors").string());
  ASSERT_TRUE(weights.ok());
  std::map<std::string, Tensor, std::less<>> all = weights->all();
  all["head.head.bias"] = all["head.head.bias"] + 1.0;
  ASSERT_TRUE(saveWeights((m_folder / "golden/in_context.safetensors").string(), all).ok());
  const auto [code, said] = measured("--device cpu --small --golden " + (m_folder / "golden").string(), log("failed"));
  EXPECT_EQ(code, 1) << said;
  EXPECT_NE(said.find("verify in fp32 failed (exit 4)"), std::string::npos) << said;
  EXPECT_EQ(said.find("whole model"), std::string::npos) << said;
}

TEST_F(OnADeviceJobs, theGpuScriptSaysThatThereIsNoGpu) {
  if (at::hasCUDA()) GTEST_SKIP() << "there is one";
  const auto [code, said] = measured("--small --golden " + kInContext, log("none"));
  EXPECT_EQ(code, 1) << said;
  EXPECT_NE(said.find("verify in fp32 failed (exit 6)"), std::string::npos) << said;
}

TEST(OnADevice, attentionOfHalvesIsThatOfFloats) {
  const c10::InferenceMode inference;
  at::manual_seed(4);
  const Tensor q = at::randn({2, 70, 3, 16}).to(at::kBFloat16), k = at::randn({2, 90, 3, 16}).to(at::kBFloat16), v = at::randn({2, 90, 3, 16}).to(at::kBFloat16);
  const Tensor exact = attention(q.to(at::kFloat), k.to(at::kFloat), v.to(at::kFloat), 0.25, {80, 90});
  const auto there = [](const Tensor& t) { return t.to(guardedDevice()); };
  for (const Tensor& made : {attention(q, k, v, 0.25, {80, 90}), attention(there(q), there(k), there(v), 0.25, {80, 90}).cpu()}) {
    EXPECT_EQ(made.scalar_type(), at::kBFloat16);
    EXPECT_LT(apart(made.to(at::kFloat), exact), 1.0 / 256);  // one rounding
  }
}

}  // namespace
}  // namespace pai::inference
