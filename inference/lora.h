// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/weights.h"

namespace pai::inference {

/// Adds strength * alpha / rank * up * down of every pair of an adapter to the weights it names. Reads the Wan key names
/// ("diffusion_model.blocks.0.self_attn.q.lora_A.weight"), those of Diffusers ("transformer.blocks.0.attn1.to_q.lora_A.weight")
/// and kohya's ("lora_unet_blocks_0_self_attn_q.lora_down.weight"). The weights given are left as they are. Gives how many
/// were changed. Throws Failure(kPackInvalid) for a half pair, a tensor that is not there or does not fit.
std::int64_t mergeLora(StateDict& weights, const StateDict& adapter, double strength);

}  // namespace pai::inference
