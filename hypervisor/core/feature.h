/* Processor features as the interface counts them: banks of bits, each of them
 * a bit of CPUID. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_FEATURE_H
#define CORE_FEATURE_H

#include <stdint.h>

#include "../lib/asm.h"

struct partition;

/* The banks: two of the processor's, one of XSAVE's. */
#define FEATURE_XSAVE	2
#define FEATURE_BANKS	3

/* What a partition that disables nothing could have. */
uint64_t feature_all(unsigned int bank);

/* What this one has. */
uint64_t feature_bank(const struct partition *partition, unsigned int bank);

/* The leaf without what this partition disables. */
struct cpuid feature_limit(const struct partition *partition, uint32_t leaf,
	struct cpuid r);

#endif
