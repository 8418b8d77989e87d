/* Checks of the debug build: who holds which lock, in what order, and whether
 * somebody wrote to a page after it was given back. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECK_H
#define CHECK_H

#include <stdint.h>

/* Who holds it: a processor's index and 1; 0 nobody. */
struct check_lock {
	uint32_t holder;
};

/* Panics when this processor holds one of that rank or a higher one. */
void check_take(uint32_t rank);
void check_taken(struct check_lock *lock, uint32_t rank);

/* Panics when it is not this processor that holds it. */
void check_give(struct check_lock *lock, uint32_t rank);

/* Panics when a page of the heap is not as page_give() left it. */
void check_freed(const void *page);

#endif
