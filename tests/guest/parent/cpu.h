/* Processors of the machine: their blocks, and what runs on the second. */
/* SPDX-License-Identifier: MIT */
#ifndef CPU_H
#define CPU_H

#include "layout.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run;

/* APM v2 12.2.5 */
struct task {
	uint32_t reserved;
	uint64_t rsp[3];
	uint64_t rest[9];
	uint16_t unused, map;
} __attribute__((packed));
static_assert(sizeof(struct task) == 104, "APM v2 12.2.5");

/* The lowest part of a processor's block, which its stacks belong to. */
struct cpu {
	uint64_t run_rsp;	/* where run_leave finds what to return to */
	struct run *run;	/* code under test; NULL: none */
	struct task task;
	uint64_t gdt[10];
	unsigned int index;
	uint32_t apic_id;
	volatile uint64_t count[256];	/* interrupts and NMIs by vector */
	volatile uint64_t came[256];	/* when the last one came, 100 ns */
	void (*volatile nmi)(void);	/* called by its handler */
	void (*volatile job)(void);	/* for cpu_main(); NULL: done */
	volatile uint64_t starts;	/* how often it was started */
	volatile bool is_nested;	/* an NMI came within an NMI */
	volatile bool in_nmi;
};

union cpu_block {
	struct cpu cpu;
	uint8_t bytes[CPU_BLOCK];
};

extern union cpu_block cpus[CPUS];
extern unsigned int cpu_count;

static inline struct cpu *cpu_at(unsigned int index)
{
	return &cpus[index].cpu;
}

/* The processor that this runs on. */
struct cpu *cpu_self(void);

/* Descriptor tables and registers of the processor that this runs on. */
void cpu_init(unsigned int index);

/* How many there are, as CPUID says, and the others' APIC ids. */
void cpu_find(void);

/* INIT and start-up of processor 1, or of another one; false when it does not
 * come in 2 s. */
bool cpu_start(void);
bool cpu_start_other(unsigned int index);

/* Has a processor that was started do something, and whether that ends within
 * so many milliseconds. cpu_do(): both for processor 1, 5 s at most. */
void cpu_give(unsigned int index, void (*job)(void));
bool cpu_done(unsigned int index, unsigned int ms);
bool cpu_do(void (*job)(void));

/* Where the others arrive. */
_Noreturn void cpu_main(void);

#endif
