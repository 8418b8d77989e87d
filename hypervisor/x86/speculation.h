/* Speculative execution across the borders of partitions. What is done for
 * which processors: docs/hypervisor.md, "Speculation". */
/* SPDX-License-Identifier: MIT */
#ifndef X86_SPECULATION_H
#define X86_SPECULATION_H

#include <stdbool.h>
#include <stdint.h>

/* What this machine needs and has; run.S reads the first two. */
struct speculation {
	uint8_t fill_returns;	/* after an exit: the return predictor */
	uint8_t clear_buffers;	/* before an entry: VERW */
	uint8_t automatic;	/* the processor guards our branches itself */
	uint8_t barrier;	/* between partitions: IBPB */
};
extern struct speculation speculation;

/* Chooses from CPUID, and logs what; nothing when off. */
void speculation_init(bool off);

/* On every processor. */
void speculation_enable(void);

#endif
