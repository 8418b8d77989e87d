/* The parent's memory, as the hypervisor reads and writes it: in a window of
 * the address space whose pages are a user's. Where the processor has SMAP,
 * only what is between access_open() and access_close() can touch it. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_ACCESS_H
#define CORE_ACCESS_H

#include "../lib/asm.h"
#include "machine.h"

#include <stdint.h>

static inline void access_open(void)
{
	if (machine.smap)
		stac();
}

static inline void access_close(void)
{
	if (machine.smap)
		clac();
}

/* The caller knows that it is RAM which the parent may read. */
static inline void *access_at(uint64_t gpa)
{
	return (void *)(machine.window + gpa);
}

/* One access of the processor, so that what is checked is what is used. */
static inline uint64_t access_read(uint64_t gpa)
{
	return *(const volatile uint64_t *)access_at(gpa);
}

#endif
