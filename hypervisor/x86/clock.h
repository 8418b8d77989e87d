/* Frequencies: of the TSC and of the APIC's timer. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_CLOCK_H
#define X86_CLOCK_H

#include <stdint.h>

/* Time since our start works from here on, roughly. */
void clock_early(void);

/* Measures against the ACPI timer at the port, or the PIT when it is 0. The
 * APIC must be on. */
void clock_init(uint16_t pm_timer_port);

/* Waits; for start-up only. */
void clock_wait_us(unsigned int us);

#endif
