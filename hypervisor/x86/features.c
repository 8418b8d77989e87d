/* Control registers of the hypervisor's own mode. */
/* SPDX-License-Identifier: MIT */
#include "features.h"

#include "../lib/asm.h"

#define CR4_UMIP	(1ull << 11)
#define CR4_SMEP	(1ull << 20)

void features_enable(void)
{
	struct cpuid leaf = cpuid(7, 0);
	uint64_t cr4 = read_cr4();

	/* SMAP waits until nothing reads the parent's memory as its own. */
	if (leaf.ebx & 1u << 7)
		cr4 |= CR4_SMEP;
	if (leaf.ecx & 1u << 2)
		cr4 |= CR4_UMIP;
	write_cr4(cr4);
}
