// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/tensor.h"

namespace pai::inference {

/// Where a process stands among those that compute one sequence together.
struct RankPlace {
  int rank = 0, count = 1;
  std::string store;                  // a file that all of them see, made for this run alone
  std::string address = "127.0.0.1";  // of this machine, at which the others reach it
  int patienceSeconds = 600;          // of waiting for the others, pauses not counted
  std::function<std::string()> ended; // says which of the others has ended and how; "": none, or not known here
  bool ownCuda = false;               // each process has a CUDA device to itself
};

/// Sequence-parallel attention (Ulysses, arXiv 2309.14509) over c10d: NCCL where each process has a CUDA device to itself and this build
/// has it, else Gloo, through the CPU's memory for tensors that are elsewhere. Every process holds an even share of a sequence's
/// tokens, and for attention all tokens of an even share of the heads. Where they do not divide, both are padded: tokens at the end,
/// heads with zeros. Every process calls the same methods in the same order. One thread. What waits calls `poll` ten times a second.
/// Throws Failure: kWorkerFailed where another process ended, failed or did not come; what `poll` throws.
class Ranks {
 public:
  /// Most processes of a group.
  static constexpr int kMost = 64;
  /// Whether this build has c10d with Gloo or NCCL.
  static bool available();
  /// Meets the others at the store. Throws also kDeviceMissing where the build cannot.
  static std::shared_ptr<Ranks> join(const RankPlace& place, const Poll& poll);
  /// Leaves the group. After a failure it is left to the end of the process, which then has to be std::_Exit: Gloo waits for work in
  /// flight, and the others may never answer it.
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  int rank() const { return m_place.rank; }
  int count() const { return m_place.count; }
  /// Tokens that each process holds of a sequence, padding counted.
  std::int64_t share(std::int64_t tokens) const { return (tokens + count() - 1) / count(); }

  /// This process's share along an axis, zeros past the end.
  Tensor own(const Tensor& whole, std::int64_t axis) const;
  /// Several [B, share, N, K] to the same [B, tokens, N', K] of this process's heads; N' is N / count, rounded up.
  std::vector<Tensor> toHeads(const std::vector<Tensor>& shares_BLNK, std::int64_t tokens, const Poll& poll) const;
  /// Back: [B, tokens, N', K] to [B, share, heads, K].
  Tensor toTokens(const Tensor& part_BLNK, std::int64_t heads, const Poll& poll) const;
  /// The whole [B, tokens, P] of every process's [B, share, P].
  Tensor gather(const Tensor& share_BLP, std::int64_t tokens, const Poll& poll) const;

 private:
  struct Group;
  Ranks(RankPlace place, std::unique_ptr<Group> group);
  /// Sends slice r of the first axis to process r; gives what came from each.
  Tensor exchange(const Tensor& slices, const Poll& poll) const;
  RankPlace m_place;
  std::unique_ptr<Group> m_group;
};

}  // namespace pai::inference
