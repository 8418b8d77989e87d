/* Control registers of the hypervisor's own mode. */
/* SPDX-License-Identifier: MIT */
#include "features.h"

#include "../core/machine.h"
#include "../lib/asm.h"

#define CR4_UMIP	(1ull << 11)
#define CR4_SMEP	(1ull << 20)
#define CR4_SMAP	(1ull << 21)
#define CR4_MCE		(1ull << 6)
#define CR4_OSFXSR	(1ull << 9)
#define CR4_OSXSAVE	(1ull << 18)
#define CR0_EM		(1ull << 2)
#define CR0_TS		(1ull << 3)

void features_enable(void)
{
	struct cpuid leaf = cpuid(7, 0);
	uint64_t cr4 = read_cr4();

	/* Without it a machine check would shut the processor down. */
	if (cpuid(1, 0).edx & 1u << 7)
		cr4 |= CR4_MCE;
	if (leaf.ebx & 1u << 7)
		cr4 |= CR4_SMEP;
	if (leaf.ecx & 1u << 2)
		cr4 |= CR4_UMIP;
	/* For the FPU of children: fpu.c. */
	cr4 |= CR4_OSFXSR;
	if (cpuid(1, 0).ecx & 1u << 26)
		cr4 |= CR4_OSXSAVE;
	write_cr4(cr4);
	write_cr0(read_cr0() & ~(CR0_EM | CR0_TS));
}

void features_seal(void)
{
	if (machine.smap)
		write_cr4(read_cr4() | CR4_SMAP);
}
