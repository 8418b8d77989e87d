/* Spin locks. The order in which they are taken is in docs/hypervisor.md. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_LOCK_H
#define CORE_LOCK_H

#include "../lib/asm.h"

#include <stdint.h>

/* A ticket lock: whoever waits longest is next. */
struct lock {
	uint32_t next, serving;
};

static inline void lock_take(struct lock *lock)
{
	uint32_t mine = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);

	/* Pairs with the release in lock_give(). */
	while (__atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != mine)
		pause();
}

static inline void lock_give(struct lock *lock)
{
	__atomic_store_n(&lock->serving, lock->serving + 1, __ATOMIC_RELEASE);
}

#endif
