// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

namespace pai::studio {

/// The windows that `pai bench startup` and `pai bench seek` measure, and how: `--first-paint=bare|editor` ends at the first
/// paint, `--idle=bare|editor` stays, `--scrub` drags over the sample's composite and prints JSON. nullopt when `argc` and
/// `argv` ask for none of them.
std::optional<int> runBench(int argc, char** argv);

}  // namespace pai::studio
