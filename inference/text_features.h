// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/pack.h"

namespace pai::inference {

/// A text as it is tokenised: HTML's entities resolved, runs of whitespace one space, none at the ends.
std::string cleanedText(std::string_view text);

/// Features [S, I] of texts by the pack's encoder, kept on disk under a hash of text, encoder and tokenizer, so that the encoder
/// is loaded only for a text that is new. Throws Failure (kPackInvalid where the pack has no encoder, those of the readers).
/// A device gets each weight as it is used: the encoder is large, and is needed once.
std::vector<Tensor> textFeatures(const Pack& pack, const std::vector<std::string>& texts, Compute compute = {});

/// Folder of caches: PAI_CACHE_DIR, else pai-studio in the user's cache folder.
std::string cacheFolder();

}  // namespace pai::inference
