/* Spin locks. The order in which they are taken is that of enum lock_rank, and
 * explained in docs/hypervisor.md. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_LOCK_H
#define CORE_LOCK_H

#include "../lib/asm.h"

#include <check.h>	/* core/debug or core/release */
#include <stdint.h>

/* Who holds one takes only higher ones. */
enum lock_rank {
	LOCK_PROCESSORS,	/* which are added */
	LOCK_STATS,		/* which statistics pages are mapped */
	LOCK_PARTITION,		/* what a child is made of */
	LOCK_PORTS,		/* which ports and connections there are */
	LOCK_CONNECTIONS,	/* a partition's: where they lead */
	LOCK_RINGS,		/* ports that wait for room in a ring */
	LOCK_SYNIC,		/* a child's VP's pages of messages and flags */
	LOCK_CHILD_MAP,		/* a child's nested tables */
	LOCK_MAP,		/* the parent's; pages that children have */
	LOCK_POOL,		/* a partition's deposited pages */
	LOCK_SLEEPERS,		/* a processor's blocked VPs */
	LOCK_HEAP,
	LOCK_IOAPIC,		/* its index and what it means */
	LOCK_LOG,
};

/* A ticket lock: whoever waits longest is next. */
struct lock {
	uint32_t next, serving;
	uint32_t rank;
	struct check_lock check;
};

#define LOCK_INIT(which) {.rank = (which)}

static inline void lock_take(struct lock *lock)
{
	uint32_t mine;

	check_take(lock->rank);
	mine = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);
	/* Pairs with the release in lock_give(). */
	while (__atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != mine)
		pause();
	check_taken(&lock->check, lock->rank);
}

static inline void lock_give(struct lock *lock)
{
	check_give(&lock->check, lock->rank);
	__atomic_store_n(&lock->serving, lock->serving + 1, __ATOMIC_RELEASE);
}

#endif
