/* What the core needs of the machine below it; x86/ provides it. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_MACHINE_H
#define CORE_MACHINE_H

#include "../lib/memmap.h"

#include <stdbool.h>
#include <stdint.h>

/* Facts found at boot; nothing writes here afterwards. */
struct machine {
	struct memmap map;		/* with our own memory as reserved */
	struct memmap_range own[2];	/* our memory: image and log, heap */
	struct memmap_range log;	/* the parent may read it */
	uint64_t physical_end;		/* first address no processor can name */
	uint64_t tsc_hz;
	uint64_t apic_hz;		/* of the timer, divided by one */
	uint64_t tsc_scale;		/* 100 ns units per tick, times 2^64 */
	uint64_t tsc_offset;		/* 100 ns units */
	unsigned int cpu_count;
	bool x2apic;
	uint64_t apic_page;		/* read-only to the parent; 0: none */
	uint16_t pm1a_port, pm1b_port;	/* 0: none */
	unsigned int panic_seconds;	/* before a reboot; 0: stay */
	uint64_t window;	/* added to a gpa: the parent's memory */
	uint64_t own_window;	/* ... and that of pages it deposited */
	bool smap;
};

extern struct machine machine;

/* Written while we start, read-only ever after. */
#define SEALED __attribute__((section(".bss.sealed")))

/* 100 ns units since our start: the partitions' reference time. */
uint64_t machine_time(void);

/* To the serial port and the screen, whatever state they are in. */
void machine_print(const char *text);

/* Makes the screen ours again, whatever the parent did with it. */
void machine_take_screen(void);

/* Another partition runs here next: nothing that the one before taught the
 * processor may help it. */
void machine_switch(void);

/* Restarts the machine. */
_Noreturn void machine_reset(void);

/* ACPI sleep state with the types the firmware wants for it. */
void machine_sleep(unsigned int state, uint8_t type_a, uint8_t type_b);

/* Makes the processor leave its partition soon. Never waits. */
void machine_kick(unsigned int cpu);

/* A fixed interrupt for the parent on that processor. */
void machine_interrupt(unsigned int cpu, uint8_t vector);

/* The physical timer of this processor fires the vector in so many 100 ns
 * units, MACHINE_TIMER_REACH at most; vector 0 stops it. */
#define MACHINE_TIMER_REACH	10000000
void machine_timer(uint64_t delay, uint8_t vector);

/* Whether the timer that was programmed last has expired. */
bool machine_timer_fired(void);

/* The local APIC of this processor as after an INIT. */
void machine_apic_reset(void);

/* Waits until a kick comes; may return for no reason. */
void machine_wait_kick(void);

/* Writes the ICR: fixed and lowest-priority interrupts only. False when the
 * APIC refuses the value. */
bool machine_send(uint64_t icr);

/* Whether a logical destination of the APIC's mode means the processor. */
bool machine_is_logical_target(unsigned int cpu, uint32_t destination);

/* End of interrupt; task priority. */
void machine_eoi(void);
uint8_t machine_priority(void);
void machine_set_priority(uint8_t priority);

#endif
