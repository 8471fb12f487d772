// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace pai::core {

/// Lets this process keep a little of the memory that it frees for what it allocates next, in one pool for all threads, and take
/// large blocks from the system one by one. Early in main.
void keepFreedMemory();

/// Gives what is kept back to the system. After a stage whose sizes the next one does not use. Takes some milliseconds.
void returnFreedMemory();

}  // namespace pai::core
