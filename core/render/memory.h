// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace pai::core {

/// Lets this process keep the memory of pictures that it frees, up to a bound, for the next ones: every frame makes and
/// drops planes of the same sizes, and to fetch them from the system each time costs a third of a key. Early in main.
void keepFreedMemory();

/// Gives what is kept back to the system. After a stage whose sizes the next one does not use. Takes some milliseconds.
void returnFreedMemory();

}  // namespace pai::core
