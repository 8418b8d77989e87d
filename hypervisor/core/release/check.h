/* Checks that only the debug build has: core/debug/check.h. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECK_H
#define CHECK_H

#include <stdint.h>

struct check_lock {
};

static inline void check_take(uint32_t rank)
{
	(void)rank;
}

static inline void check_taken(struct check_lock *lock, uint32_t rank)
{
	(void)lock;
	(void)rank;
}

static inline void check_give(struct check_lock *lock, uint32_t rank)
{
	(void)lock;
	(void)rank;
}

static inline void check_freed(const void *page)
{
	(void)page;
}

#endif
