/* Random operations. */
/* SPDX-License-Identifier: MIT */
#ifndef STORM_H
#define STORM_H

#include <stdint.h>

/* How many on all processors together, and of what sequence. */
extern uint64_t storm_operations, storm_seed;

#endif
