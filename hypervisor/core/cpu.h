/* A logical processor: its own memory and its stack, in one block. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_CPU_H
#define CORE_CPU_H

#include "../abi/hypercall.h"

#include "lock.h"
#include "stats.h"

#include <stdbool.h>
#include <stdint.h>

struct partition;
struct vp;

/* The block: struct cpu in its first pages, then four stacks, each behind a page
 * that is not mapped: for NMIs, double faults, machine checks, and all else. It
 * is aligned to its size, so a stack pointer tells which processor this is. */
#define CPU_BLOCK	0x10000
#define CPU_GUARDS	4
#define CPU_STACKS	0x4000	/* where the first ends one page further */

/* Offsets in the block: of a guard page, and of the end of the stack on it. */
static inline uint64_t cpu_guard(unsigned int stack)
{
	return CPU_STACKS - 0x1000 + stack * 0x2000;
}

static inline uint64_t cpu_stack_end(unsigned int stack)
{
	return stack == CPU_GUARDS - 1 ? CPU_BLOCK :
		cpu_guard(stack) + 0x2000;
}

struct cpu {
	unsigned int index;
	uint32_t apic_id;
	uint32_t logical_id;	/* xAPIC: the LDR's, a bit mask */
	uint32_t icr_high;	/* xAPIC: as the parent wrote it */
	uint64_t nmis;		/* taken in the hypervisor so far */
	uint64_t nmis_seen;	/* of these, looked at */
	uint64_t drops;		/* interrupts dropped by trap_entry.S */
	uint64_t inits;		/* INITs that became #SX: x86/trap.c */
	/* Atomic: since when an NMI of ours is on its way; 0: none is. */
	uint64_t kicked;
	/* Atomic: when one was sent although another might be, last. */
	uint64_t kicked_again;
	struct vp *vp;		/* the parent's, bound to this processor */
	const struct partition *last;	/* which one ran here last */
	void *vendor;		/* what the vendor's code keeps per processor */
	void *descriptors;	/* its descriptor tables: x86/trap.c */
	/* The partition that runs here, or NULL; see memory.c for its pairing. */
	const struct partition *running;
	uint64_t flushed;	/* generation of its map seen here */
	const void *call;	/* the last hypercall's entry: hypercall.c */
	bool online;
	uint32_t locks;		/* debug build: ranks of those held */
	bool added;		/* the parent has called ADD_LOGICAL_PROCESSOR */
	uint8_t timer_vector;	/* in the APIC's timer; 0: not known */
	struct lock sleeper_lock;
	struct vp *sleepers;	/* children's, by time: sleeper.c */
	/* Reference time, when the hypervisor was entered and left last. */
	uint64_t entered, left;
	struct stats stats;
	void *spare;		/* what a handler needs a page for */
	void *fpu;		/* the parent's, while a child runs: x86/fpu.c */
	uint64_t xcr0, xss, dr[4], tsc_aux;	/* so are these */
	/* A hypercall's input and output, copied once. */
	_Alignas(4096) uint8_t input[HV_PAGE_SIZE];
	uint8_t output[HV_PAGE_SIZE];
};
static_assert(sizeof(struct cpu) <= CPU_STACKS - 0x1000, "guard pages");

/* By index; entries are set before the parent starts and stay. */
extern struct cpu **cpus;

static inline struct cpu *cpu_self(void)
{
	uint64_t sp;

	__asm__ volatile("mov %%rsp, %0" : "=r"(sp));
	return (struct cpu *)(sp & ~(uint64_t)(CPU_BLOCK - 1));
}

static inline bool cpu_stack_holds(uint64_t address)
{
	uint64_t at = address - (uint64_t)cpu_self();
	unsigned int stack;

	for (stack = 0; stack < CPU_GUARDS; stack++) {
		if (at >= cpu_guard(stack) + 0x1000 &&
				at + 16 <= cpu_stack_end(stack))
			return true;
	}
	return false;
}

#endif
