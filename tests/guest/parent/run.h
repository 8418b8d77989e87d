/* Runs a piece of code and says how it ended. */
/* SPDX-License-Identifier: MIT */
#ifndef RUN_H
#define RUN_H

#include "layout.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* Registers as instructions number them. */
enum {
	RUN_RAX, RUN_RCX, RUN_RDX, RUN_RBX, RUN_RSP, RUN_RBP, RUN_RSI, RUN_RDI,
	RUN_R8, RUN_R9, RUN_R10, RUN_R11, RUN_R12, RUN_R13, RUN_R14, RUN_R15,
};

#define RUN_END		0xcc	/* int3: the code's last byte */

/* Registers before and after; entry.S knows the layout. */
struct run {
	uint64_t gpr[16];
	uint64_t rip, cs, rflags, ss;
	uint64_t vector, error, cr2;	/* how it ended */
};
static_assert(offsetof(struct run, ss) == 152, "entry.S");

/* Code runs until it meets an exception; VECTOR_BP is its proper end. The
 * registers in run->gpr and RFLAGS are given and come back; RSP and IF are set.
 * The selector is CODE64, CODE32, CODE16 or USER_CODE. */
void run_code(struct run *run, const void *code, uint64_t selector);

/* The same in a page of its own, from offset on; what is around is RUN_END.
 * Leaves in run->rip how many bytes behind the code's start it ended. */
void run_bytes(struct run *run, const void *code, size_t size,
	uint64_t selector, unsigned int offset);

/* RDMSR and WRMSR: the vector of the exception, or 0. */
unsigned int run_rdmsr(uint32_t msr, uint64_t *value);
unsigned int run_wrmsr(uint32_t msr, uint64_t value);

#endif
