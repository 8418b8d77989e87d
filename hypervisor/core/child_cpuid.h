/* CPUID of children: the processor's leaves without what a child cannot have,
 * and results that the parent registered. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_CHILD_CPUID_H
#define CORE_CHILD_CPUID_H

#include "../lib/asm.h"

struct partition;
struct vp;

/* What the VP reads there now. */
struct cpuid child_cpuid(const struct vp *vp, uint32_t leaf, uint32_t subleaf);

/* Leaf 1, 7.0 or one from 0x80000000 on: what every child could have of it. */
struct cpuid child_cpuid_offered(uint32_t leaf);

/* Bits of XCR0 that it may have. */
uint64_t child_xcr0_valid(const struct vp *vp);

/* Gives back the results that were registered. */
void child_cpuid_free(struct partition *partition);

#endif
