/* Exceptions and NMIs in the hypervisor itself. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_TRAP_H
#define X86_TRAP_H

#include <stdbool.h>
#include <stdint.h>

/* Where the vendor's wait for an NMI begins, and where it goes on after one. */
extern uint64_t trap_sleep_from, trap_sleep_to;

/* Loads our descriptor tables on this processor. */
void trap_init(void);

/* Lets a pending NMI in. True when it was one of ours (a kick). */
bool trap_take_nmi(void);

/* Lets a pending INIT in, which is #SX here (APM v2 15.28). False when there
 * was none. */
bool trap_take_init(void);

/* Pending interrupts come in and are dropped. */
void trap_drop_interrupts(void);

/* Reads an MSR that may not exist; false when it faults. */
bool trap_rdmsr(uint32_t msr, uint64_t *value);
bool trap_wrmsr(uint32_t msr, uint64_t value);

#endif
