/* Reference time, in units of 100 ns. */
/* SPDX-License-Identifier: MIT */
#ifndef CLOCK_H
#define CLOCK_H

#include "../../../hypervisor/lib/asm.h"

#include <stdbool.h>
#include <stdint.h>

#define MILLISECOND	10000ull
/* Milliseconds for what should come at once: the machine is emulated, and the
 * one that does so has other work. */
#define PATIENCE	3000

void clock_init(void);

/* From the reference TSC page: no exit. TLFS 12.7.3 */
uint64_t clock_now(void);

/* Whether TIME_REF_COUNT says the same. */
bool clock_agrees(void);

/* Whether the condition came true within so many milliseconds. */
#define WAIT_UNTIL(condition, ms) ({ \
	uint64_t wait_end = clock_now() + (ms) * MILLISECOND; \
	while (!(condition) && clock_now() < wait_end) \
		pause(); \
	!!(condition); \
})

void clock_wait(uint64_t duration);

#endif
