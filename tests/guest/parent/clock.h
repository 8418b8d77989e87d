/* Reference time, in units of 100 ns. */
/* SPDX-License-Identifier: MIT */
#ifndef CLOCK_H
#define CLOCK_H

#include "../../../hypervisor/lib/asm.h"

#include <stdint.h>

#define MILLISECOND	10000ull

void clock_init(void);

/* From the reference TSC page: no exit. TLFS 12.7.3 */
uint64_t clock_now(void);

/* Whether the condition came true within so many milliseconds. */
#define WAIT_UNTIL(condition, ms) ({ \
	uint64_t wait_end = clock_now() + (ms) * MILLISECOND; \
	while (!(condition) && clock_now() < wait_end) \
		pause(); \
	!!(condition); \
})

void clock_wait(uint64_t duration);

#endif
