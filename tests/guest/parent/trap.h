/* Exceptions, interrupts and NMIs. */
/* SPDX-License-Identifier: MIT */
#ifndef TRAP_H
#define TRAP_H

#include <stdbool.h>
#include <stdint.h>

#define VECTOR_NMI	2
#define VECTOR_BP	3
#define VECTOR_UD	6
#define VECTOR_NP	11
#define VECTOR_GP	13
#define VECTOR_PF	14
/* The hypervisor's own deadlines: a parent has no gate there. */
#define VECTOR_RESERVED	0x2d
#define VECTOR_JOB	0xef	/* a processor has something to do */
#define VECTOR_SPURIOUS	0xff

/* Loads the descriptor table; the first call fills it. */
void trap_init(void);

/* Takes the gate of a vector away, or puts it back. */
void trap_spoil_gate(uint8_t vector, bool spoil);

/* The stack of the task's table that a vector is delivered on; 0: the usual. */
void trap_use_stack(uint8_t vector, unsigned int stack);

/* Another handler, on that stack; NULL puts the usual one back. */
void trap_set_gate(uint8_t vector, const char *entry, unsigned int stack);

/* Interrupts of one vector that came to this processor. */
uint64_t trap_count(uint8_t vector);

/* The reference time at which the last of them came. */
uint64_t trap_came(uint8_t vector);

static inline void interrupts_on(void)
{
	__asm__ volatile("sti; nop" : : : "memory");
}

static inline void interrupts_off(void)
{
	__asm__ volatile("cli" : : : "memory");
}

#endif
