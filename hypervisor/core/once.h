/* What is said once for each of a few things, and never again. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_ONCE_H
#define CORE_ONCE_H

#include <stdbool.h>
#include <stdint.h>

/* Bounded: what comes when it is full is not said at all. */
#define ONCE_KEYS	64

struct once {
	uint64_t key[ONCE_KEYS];	/* atomic; 0: free */
};

/* True the first time that a key comes, on whatever processor. Not for 0. */
bool once(struct once *table, uint64_t key);

#endif
