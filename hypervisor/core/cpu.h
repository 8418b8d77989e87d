/* A logical processor: its own memory and its stack, in one block. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_CPU_H
#define CORE_CPU_H

#include "../abi/hypercall.h"

#include "stats.h"

#include <stdbool.h>
#include <stdint.h>

struct vp;

/* The block: struct cpu in its first pages, an unmapped page, the stack. It is
 * aligned to its size, so the stack pointer tells which processor this is. */
#define CPU_BLOCK	0x8000
#define CPU_GUARD	0x3000	/* offset of the page that is not mapped */

struct cpu {
	unsigned int index;
	uint32_t apic_id;
	uint32_t logical_id;	/* xAPIC: the LDR's, a bit mask */
	uint32_t icr_high;	/* xAPIC: as the parent wrote it */
	bool kicked;		/* atomic: an NMI of ours is on its way */
	uint64_t nmis;		/* taken in the hypervisor so far */
	uint64_t nmis_seen;	/* of these, looked at */
	struct vp *vp;		/* the parent's, bound to this processor */
	void *vendor;		/* what the vendor's code keeps per processor */
	/* Set while a partition runs here; see memory.c for its pairing. */
	bool in_guest;
	uint64_t flushed;	/* generation of the parent's map seen here */
	bool online;
	bool added;		/* the parent has called ADD_LOGICAL_PROCESSOR */
	uint8_t timer_vector;	/* in the APIC's timer; 0: not known */
	/* Reference time, when the hypervisor was entered and left last. */
	uint64_t entered, left;
	struct stats stats;
	/* A hypercall's input and output, copied once. */
	_Alignas(4096) uint8_t input[HV_PAGE_SIZE];
	uint8_t output[HV_PAGE_SIZE];
};
static_assert(sizeof(struct cpu) <= CPU_GUARD, "the guard page is free");

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
	uint64_t base = (uint64_t)cpu_self();

	return address >= base + CPU_GUARD + 0x1000 &&
		address + 16 <= base + CPU_BLOCK;
}

#endif
