// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/inference/guarded_device.h"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>

#include <ATen/EmptyTensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

namespace pai::inference {
namespace {

constexpr auto kKey = c10::DispatchKey::PrivateUse1;
constexpr auto kType = c10::DeviceType::PrivateUse1;
std::atomic<std::int64_t> g_operations{0};

struct Block {
  void* base;
  std::size_t size;
};

/// Pages without any right.
class GuardedAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t bytes) const override {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t size = (bytes + page) / page * page;
    void* base = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    TORCH_CHECK(base != MAP_FAILED, "out of memory");
    return {base, new Block{base, size}, &release, c10::Device(kType, 0)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }

 private:
  static void release(void* context) {
    const auto* block = static_cast<Block*>(context);
    ::munmap(block->base, block->size);
    delete block;
  }
};
GuardedAllocator g_allocator;

Tensor onStorage(c10::Storage storage, c10::DispatchKey key, const Tensor& like) {
  Tensor out = at::detail::make_tensor<at::TensorImpl>(std::move(storage), c10::DispatchKeySet(key), like.dtype());
  out.unsafeGetTensorImpl()->set_sizes_and_strides(like.sizes(), like.strides(), like.storage_offset());
  return out;
}

/// Tensors of the device as the CPU sees them, readable while this lives.
class Opened {
 public:
  ~Opened() {
    for (const auto& [device, cpu] : m_pairs) allow(device, PROT_NONE);
  }
  Tensor open(const Tensor& device) {
    for (const auto& [known, cpu] : m_pairs)
      if (known.is_same(device)) return cpu;
    if (device.numel() == 0 && device.storage().nbytes() <= 1) {  // an operation's result, of which it knows the size
      m_pairs.emplace_back(device, at::empty(device.sizes(), device.options().device(at::kCPU)));
      return m_pairs.back().second;
    }
    allow(device, PROT_READ | PROT_WRITE);
    const c10::Storage storage(c10::Storage::use_byte_size_t(), device.storage().nbytes(), c10::DataPtr(device.storage().data(), at::kCPU), nullptr, false);
    m_pairs.emplace_back(device, onStorage(storage, c10::DispatchKey::CPU, device));
    return m_pairs.back().second;
  }
  /// What an operation on the CPU gave, on the device: the operand itself, a view of its storage, or a copy.
  Tensor back(const Tensor& cpu) {
    if (!cpu.defined()) return cpu;
    for (const auto& [device, opened] : m_pairs) {
      if (opened.is_same(cpu)) return device.sizes() == cpu.sizes() ? device : grown(device, cpu);
      if (cpu.storage().data() == opened.storage().data() && cpu.storage().nbytes() > 0) return onStorage(device.storage(), kKey, cpu);
    }
    return copied(cpu);
  }

 private:
  Tensor copied(const Tensor& cpu) {
    const Tensor whole = cpu.contiguous(), out = at::empty(whole.sizes(), whole.options().device(guardedDevice()));
    open(out).copy_(whole);
    return out;
  }
  Tensor grown(const Tensor& device, const Tensor& cpu) {
    const Tensor whole = copied(cpu);
    device.unsafeGetTensorImpl()->set_storage_keep_dtype(whole.storage());
    device.unsafeGetTensorImpl()->set_sizes_and_strides(whole.sizes(), whole.strides(), 0);
    return device;
  }
  static void allow(const Tensor& t, int rights) {
    if (t.storage().nbytes() > 0) ::mprotect(t.storage().data(), t.storage().nbytes(), rights);
  }
  std::vector<std::pair<Tensor, Tensor>> m_pairs;
};

Tensor emptyOf(c10::IntArrayRef size, c10::optional<at::ScalarType> type, c10::optional<c10::Layout>, c10::optional<c10::Device>, c10::optional<bool>, c10::optional<c10::MemoryFormat> format) {
  return at::detail::empty_generic(size, &g_allocator, c10::DispatchKeySet(kKey), type.value_or(at::kFloat), format);
}

Tensor emptyStrided(c10::IntArrayRef size, c10::IntArrayRef stride, c10::optional<at::ScalarType> type, c10::optional<c10::Layout>, c10::optional<c10::Device>, c10::optional<bool>) {
  return at::detail::empty_strided_generic(size, stride, &g_allocator, c10::DispatchKeySet(kKey), type.value_or(at::kFloat));
}

/// The one way between the device and the CPU.
Tensor copyFrom(const Tensor& from, const Tensor& to, bool) {
  Opened opened;
  const auto seen = [&](const Tensor& t) { return t.device().type() == kType ? opened.open(t) : t; };
  seen(to).copy_(seen(from));
  return to;
}

void everyOperation(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  ++g_operations;
  Opened opened;
  const auto seen = [&](const Tensor& t) {
    if (!t.defined()) return t;
    if (t.device().type() == kType) return opened.open(t);
    TORCH_CHECK(t.dim() == 0, op.schema().name(), ": an operand is on ", t.device(), ", others are on the device");
    return t;
  };
  const std::size_t arguments = op.schema().arguments().size();
  for (std::size_t i = stack->size() - arguments; i < stack->size(); ++i) {
    c10::IValue& value = (*stack)[i];
    if (value.isTensor()) value = seen(value.toTensor());
    else if (value.isTensorList()) {
      std::vector<Tensor> list;
      for (const Tensor& t : value.toTensorVector()) list.push_back(seen(t));
      value = c10::List<Tensor>(list);
    } else if (value.isOptionalTensorList()) {
      c10::List<c10::optional<Tensor>> list;
      for (const c10::optional<Tensor> t : value.toOptionalTensorList()) list.push_back(t ? c10::optional<Tensor>(seen(*t)) : c10::nullopt);
      value = list;
    } else if (value.isDevice() && value.toDevice().type() == kType) {
      value = c10::Device(at::kCPU);
    }
  }
  op.callBoxed(stack);
  for (std::size_t i = stack->size() - op.schema().returns().size(); i < stack->size(); ++i) {
    c10::IValue& value = (*stack)[i];
    if (value.isTensor()) value = opened.back(value.toTensor());
    else if (value.isTensorList()) {
      std::vector<Tensor> list;
      for (const Tensor& t : value.toTensorVector()) list.push_back(opened.back(t));
      value = c10::List<Tensor>(list);
    }
  }
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, m) { m.fallback(torch::CppFunction::makeFromBoxedFunction<&everyOperation>()); }
TORCH_LIBRARY_IMPL(aten, PrivateUse1, m) {
  m.impl("empty.memory_format", &emptyOf);
  m.impl("empty_strided", &emptyStrided);
  m.impl("_copy_from", &copyFrom);
  // LibTorch leaves it to a device to have a convolution of its own.
  m.impl("convolution", torch::CppFunction::makeFromBoxedFunction<&everyOperation>());
}

}  // namespace

C10_REGISTER_GUARD_IMPL(PrivateUse1, c10::impl::NoOpDeviceGuardImpl<kType>);

at::Device guardedDevice() { return {kType, 0}; }
std::int64_t guardedOperations() { return g_operations; }

}  // namespace pai::inference
