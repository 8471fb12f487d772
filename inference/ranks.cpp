// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/ranks.h"

#include <chrono>
#include <future>
#include <thread>

// Their headers are there; LibTorch's own macros say that the libraries are.
#ifdef PAI_WITH_GLOO
#ifndef USE_C10D_GLOO
#define USE_C10D_GLOO
#endif
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#ifdef PAI_WITH_NCCL
#ifndef USE_C10D_NCCL
#define USE_C10D_NCCL
#endif
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif
#if defined(PAI_WITH_GLOO) || defined(PAI_WITH_NCCL)
#define PAI_WITH_RANKS
#include <torch/csrc/distributed/c10d/FileStore.hpp>
#endif

namespace pai::inference {

using core::ErrorCode;
using std::chrono::milliseconds;

#ifdef PAI_WITH_RANKS

namespace {

constexpr milliseconds kSlice{100};
/// Their own limits count the time of a pause; ours does not, so that theirs are set out of the way.
constexpr std::chrono::hours kNever{24 * 30};

/// Why the others do not answer. A process that has just ended may take a moment until it can be asked how.
[[noreturn]] void failFor(const RankPlace& place, const std::string& heard) {
  std::string why;
  for (int i = 0; place.ended && why.empty() && i < 10; ++i) {
    why = place.ended();
    if (why.empty()) std::this_thread::sleep_for(kSlice);
  }
  const std::string text = heard.substr(0, heard.find('\n')).substr(0, 200);
  fail(ErrorCode::kWorkerFailed, why.empty() ? "another of the " + std::to_string(place.count) + " processes has ended or cannot be reached (" + text + ")" : why);
}

/// Waits in slices, each of them a call of `ready`; a pause of the process counts as one of them.
template <typename Ready>
void waitFor(const Ready& ready, const RankPlace& place, const Poll& poll) {
  const milliseconds patience = std::chrono::seconds(place.patienceSeconds);
  for (milliseconds waited{0}; !ready(); waited += kSlice) {
    if (poll) poll();
    if (const std::string why = place.ended ? place.ended() : ""; !why.empty()) fail(ErrorCode::kWorkerFailed, why);
    if (waited >= patience)
      fail(ErrorCode::kWorkerFailed, "the other processes of " + std::to_string(place.count) + " did not answer within " + std::to_string(place.patienceSeconds) + " s");
  }
}

template <typename T>
void waitFor(const std::future<T>& done, const RankPlace& place, const Poll& poll) {
  waitFor([&] { return done.wait_for(kSlice) == std::future_status::ready; }, place, poll);
}

/// What the kinds of groups have in common.
#if TORCH_VERSION_MAJOR >= 2
using Collective = c10d::Backend;
#else
using Collective = c10d::ProcessGroup;
#endif

struct Joined {
  c10::intrusive_ptr<Collective> group;
  bool nccl = false;
};

Joined connect(const RankPlace& place) {
  const auto store = c10::make_intrusive<c10d::FileStore>(place.store, place.count);
  store->setTimeout(kNever);
#ifdef PAI_WITH_NCCL
  if (place.ownCuda) {
    const auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = kNever;
    return {c10::make_intrusive<c10d::ProcessGroupNCCL>(store, place.rank, place.count, options), true};
  }
#endif
#ifdef PAI_WITH_GLOO
  const auto options = c10d::ProcessGroupGloo::Options::create(kNever);
  options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(place.address));
  options->threads = 1;
  return {c10::make_intrusive<c10d::ProcessGroupGloo>(store, place.rank, place.count, options), false};
#else
  fail(ErrorCode::kDeviceMissing, "this build of pai-infer has NCCL and not Gloo: each process of a render needs a CUDA device of its own");
#endif
}

/// Waits until an exchange has been done. The future of Gloo's says so; NCCL's is done as soon as it is handed to the device, which is
/// asked instead.
void waitFor(const c10::intrusive_ptr<c10d::Work>& work, bool nccl, const RankPlace& place, const Poll& poll) {
  if (nccl) {
    waitFor([&] {
      const auto end = std::chrono::steady_clock::now() + kSlice;
      while (!work->isCompleted() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::microseconds(50));
      return work->isCompleted();
    }, place, poll);
  } else {
    const auto promise = std::make_shared<std::promise<void>>();
    const std::future<void> done = promise->get_future();
    work->getFuture()->addCallback([promise](auto&) { promise->set_value(); });
    waitFor(done, place, poll);
  }
  work->wait();
}

}  // namespace

struct Ranks::Group {
  Joined joined;
  bool broken = false;
};

bool Ranks::available() { return true; }

std::shared_ptr<Ranks> Ranks::join(const RankPlace& place, const Poll& poll) {
  if (place.count < 2 || place.count > kMost || place.rank < 0 || place.rank >= place.count) fail(ErrorCode::kUsage, "a rank lies in 0 to N - 1 of N = 2 to " + std::to_string(kMost));
  // A thread of its own, left behind on failure: meeting the others cannot be broken off.
  auto promise = std::make_shared<std::promise<Joined>>();
  std::future<Joined> met = promise->get_future();
  std::thread([promise, place] {
    try {
      promise->set_value(connect(place));
    } catch (...) {
      promise->set_exception(std::current_exception());
    }
  }).detach();
  waitFor(met, place, poll);
  auto group = std::make_unique<Group>();
  try {
    group->joined = met.get();
  } catch (const Failure&) {
    throw;
  } catch (const std::exception& error) {
    failFor(place, error.what());
  }
  return std::shared_ptr<Ranks>(new Ranks(place, std::move(group)));
}

Ranks::~Ranks() {
  if (m_group->broken) (void)m_group->joined.group.release();
}

Tensor Ranks::exchange(const Tensor& slices, const Poll& poll) const {
  // As bytes: the types that are known differ between versions. Gloo's go through the CPU's memory.
  const bool nccl = m_group->joined.nccl;
  Tensor sent = (nccl ? slices : slices.cpu()).contiguous().view(-1).view(at::kByte), came = at::empty_like(sent);
  m_group->broken = true;  // until it is known better
  std::vector<std::int64_t> even;
  try {
    waitFor(m_group->joined.group->alltoall_base(came, sent, even, even), nccl, m_place, poll);
  } catch (const Failure&) {
    throw;
  } catch (const std::exception& error) {
    if (poll) poll();  // all were stopped: that is the reason then
    failFor(m_place, error.what());
  }
  m_group->broken = false;
  return came.view(slices.scalar_type()).view(slices.sizes()).to(slices.device());
}

#else

namespace {
[[noreturn]] void refuse() {
  fail(ErrorCode::kDeviceMissing, "this build of pai-infer cannot share a render among processes: it was made without the headers of c10d with Gloo (libgloo-dev) or NCCL");
}
}  // namespace

struct Ranks::Group {};
bool Ranks::available() { return false; }
std::shared_ptr<Ranks> Ranks::join(const RankPlace&, const Poll&) { refuse(); }
Ranks::~Ranks() = default;
Tensor Ranks::exchange(const Tensor&, const Poll&) const { refuse(); }

#endif

Ranks::Ranks(RankPlace place, std::unique_ptr<Group> group) : m_place(std::move(place)), m_group(std::move(group)) {}

Tensor Ranks::own(const Tensor& whole, std::int64_t axis) const {
  const std::int64_t all = whole.size(axis), each = share(all), begin = std::min(all, rank() * each), length = std::min(each, all - begin);
  const Tensor part = whole.narrow(axis, begin, length);
  if (length == each) return part.contiguous();
  std::vector<std::int64_t> rest = part.sizes().vec();
  rest[static_cast<std::size_t>(at::maybe_wrap_dim(axis, whole.dim()))] = each - length;
  return at::cat({part, at::zeros(rest, part.options())}, axis);
}

std::vector<Tensor> Ranks::toHeads(const std::vector<Tensor>& shares_BLNK, std::int64_t tokens, const Poll& poll) const {
  const std::int64_t heads = shares_BLNK[0].size(2), each = (heads + count() - 1) / count();
  // [Q, B, L / P, P, N', K], the receiver first.
  const Tensor padded = at::constant_pad_nd(at::stack(shares_BLNK, 0), {0, 0, 0, each * count() - heads}).unflatten(3, {count(), each});
  const Tensor came = exchange(padded.permute({3, 0, 1, 2, 4, 5}), poll);  // [P, Q, B, L / P, N', K], the sender first
  return came.permute({1, 2, 0, 3, 4, 5}).flatten(2, 3).narrow(2, 0, tokens).unbind(0);
}

Tensor Ranks::toTokens(const Tensor& part_BLNK, std::int64_t heads, const Poll& poll) const {
  const std::int64_t tokens = part_BLNK.size(1), each = share(tokens);
  const Tensor padded = at::constant_pad_nd(part_BLNK, {0, 0, 0, 0, 0, each * count() - tokens}).unflatten(1, {count(), each});
  const Tensor came = exchange(padded.permute({1, 0, 2, 3, 4}), poll);  // [P, B, L / P, N', K], the sender, which is a share of heads, first
  return came.permute({1, 2, 0, 3, 4}).flatten(2, 3).narrow(2, 0, heads);
}

Tensor Ranks::gather(const Tensor& share_BLP, std::int64_t tokens, const Poll& poll) const {
  const Tensor copies = share_BLP.unsqueeze(0).expand({count(), -1, -1, -1});
  return exchange(copies, poll).permute({1, 0, 2, 3}).flatten(1, 2).narrow(1, 0, tokens);
}

}  // namespace pai::inference
