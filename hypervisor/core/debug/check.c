/* Checks of the debug build. */
/* SPDX-License-Identifier: MIT */
#include <check.h>

#include "../../abi/hypercall.h"
#include "../cpu.h"
#include "../page.h"
#include "../panic.h"

void check_take(uint32_t rank)
{
	uint32_t held = cpu_self()->locks;

	if (held >> rank)
		panic("a lock of rank %u is wanted, %x are held", rank, held);
}

void check_taken(struct check_lock *lock, uint32_t rank)
{
	lock->holder = cpu_self()->index + 1;
	cpu_self()->locks |= 1u << rank;
}

void check_give(struct check_lock *lock, uint32_t rank)
{
	struct cpu *cpu = cpu_self();

	if (lock->holder != cpu->index + 1)
		panic("a lock of rank %u is given by who has it not", rank);
	lock->holder = 0;
	cpu->locks &= ~(1u << rank);
}

void check_freed(const void *page)
{
	const uint64_t *word = page;
	unsigned int i;

	/* The first one is the next page of the list. */
	for (i = 1; i < HV_PAGE_SIZE / 8; i++) {
		if (word[i] != PAGE_POISON * 0x0101010101010101ull)
			panic("the free page %lx was written to",
				(uint64_t)page);
	}
}
