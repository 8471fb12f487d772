// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The one header that includes LibTorch, and the one that knows of its versions (1.13 and 2.x).
//
// Shape suffixes of tensors in this folder:
//   B batch   T frames or latent steps   C channels   H height   W width
//   L tokens (queries)   S tokens (keys)   D model width   N heads   K head width   F hidden width of a feed-forward
//   O outputs   I inputs   P values of a patch

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/version.h>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace pai::inference {

using at::Tensor;

/// An Error on its way to the boundary of this library; never leaves it.
struct Failure : std::exception {
  explicit Failure(core::Error e) : error(std::move(e)) {}
  const char* what() const noexcept override { return error.detail.c_str(); }
  core::Error error;
};

[[noreturn]] inline void fail(core::ErrorCode code, std::string detail, std::string context = {}) {
  throw Failure(core::Error{code, std::move(detail), std::move(context), {}});
}

/// What a message of LibTorch is about: kOutOfMemory (of the machine or of a device), kDeviceMissing (no driver, no such device, a device
/// that this build has no code for), else kInternal.
inline core::ErrorCode codeOfMessage(std::string_view text) {
  const auto says = [&](std::initializer_list<std::string_view> parts) {
    return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
  };
  if (says({"allocate memory", "out of memory", "STATUS_ALLOC_FAILED"})) return core::ErrorCode::kOutOfMemory;
  if (says({"no CUDA-capable device", "invalid device ordinal", "no kernel image", "CUDA driver", "NVIDIA driver", "devices are busy or unavailable"})) return core::ErrorCode::kDeviceMissing;
  return core::ErrorCode::kInternal;
}

/// Runs `work` and turns what it throws into an Error: the boundary of the library.
template <typename Work>
auto guarded(const std::string& context, Work&& work) -> core::Result<decltype(work())> {
  try {
    return work();
  } catch (const Failure& failure) {
    return failure.error;
  } catch (const std::bad_alloc&) {
    return core::Error{core::ErrorCode::kOutOfMemory, "not enough memory", context, {}};
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    return core::Error{codeOfMessage(text), text.substr(0, text.find('\n')), context, {}};
  } catch (const std::exception& error) {
    return core::Error{core::ErrorCode::kInternal, error.what(), context, {}};
  }
}

/// Called with a name and a value from inside a model, for verification; empty in use.
using Observer = std::function<void(const std::string& name, const Tensor& value)>;
/// Called often inside long work; throws Failure(kCancelled) to stop it. May be empty.
using Poll = std::function<void()>;

inline void observe(const Observer& observer, const std::string& name, const Tensor& value) {
  if (observer) observer(name, value);
}

/// Text of a shape, e.g. "[2, 3]".
inline std::string shapeText(at::IntArrayRef shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

/// Refuses a tensor whose shape is not the one stated; -1 takes any size.
inline void requireShape(const Tensor& tensor, at::IntArrayRef shape, const char* name) {
  bool same = tensor.dim() == static_cast<std::int64_t>(shape.size());
  for (std::size_t i = 0; same && i < shape.size(); ++i) same = shape[i] < 0 || tensor.size(static_cast<std::int64_t>(i)) == shape[i];
  if (!same) fail(core::ErrorCode::kSizeMismatch, std::string(name) + " has shape " + shapeText(tensor.sizes()) + ", not " + shapeText(shape));
}

/// Where a model computes, and in which type its matrix products and attention are. Norms, sums along the tokens' stream, times,
/// positions and the autoencoder are float32 always.
struct Compute {
  at::Device device = at::kCPU;
  at::ScalarType products = at::kFloat;
  bool upload = false;  // large weights stay in their files and go to the device each time they are used
};

/// Waits until a device has done what it was told: it works behind this program's back.
inline void settle(at::Device device) {
  if (device.is_cpu() || device.is_meta()) return;
  const c10::impl::VirtualGuardImpl guard(device.type());
  guard.synchronizeStream(guard.getStream(device));
}

/// LibTorch's own fused attention of half precision on a device, for q [B, L, N, K], k and v [B, S, N, K]; undefined where this version
/// has none (2.1 is the first that takes a scale).
inline Tensor libraryAttention([[maybe_unused]] const Tensor& q, [[maybe_unused]] const Tensor& k, [[maybe_unused]] const Tensor& v, [[maybe_unused]] double scale) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 1)
  return at::scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), {}, 0.0, false, scale).transpose(1, 2);
#else
  return {};
#endif
}

inline at::TensorOptions floatOn(const Tensor& like) { return at::TensorOptions().dtype(at::kFloat).device(like.device()); }

}  // namespace pai::inference
