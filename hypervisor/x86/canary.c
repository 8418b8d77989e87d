/* The value that the compiler's stack protector looks for. */
/* SPDX-License-Identifier: MIT */
#include "canary.h"

#include "../core/machine.h"
#include "../core/panic.h"
#include "../lib/asm.h"

/* Names that the compiler gives. */
extern uint64_t __stack_chk_guard;
_Noreturn void __stack_chk_fail(void);

uint64_t __stack_chk_guard SEALED;

void canary_init(void)
{
	uint64_t value = rdtsc() * 0x9e3779b97f4a7c15, random = 0;

	/* RDRAND may fail; the clock is better than nothing. */
	if (cpuid(1, 0).ecx & 1u << 30)
		__asm__ volatile("rdrand %0" : "+r"(random) : : "cc");
	/* A byte of zero ends strings that run over. */
	__stack_chk_guard = (value ^ random) & ~0xffull;
}

_Noreturn void __stack_chk_fail(void)
{
	panic("a stack was written over in the function at %lx",
		(uint64_t)__builtin_return_address(0));
}
