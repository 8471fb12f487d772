// SPDX-License-Identifier: GPL-3.0-or-later
// The interface has no code of its own; this file makes its signals part of the library.
#include "app/document/frame_source.h"
