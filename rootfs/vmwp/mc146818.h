/* The real-time clock of a PC and its CMOS memory (Motorola MC146818). */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_MC146818_H
#define VMWP_MC146818_H

#include "device.h"
#include "isa.h"

#define MC146818_BYTES	128

struct mc146818 {
	struct device device;
	struct bus *bus;
	struct isa_ports ports;
	struct clock *clock;
	struct timer timer;
	struct line line;
	int64_t (*wall)(void *context);
	void *context;
	int64_t offset;		/* seconds from the wall's time to ours */
	uint32_t phase;		/* and ns */
	uint8_t weekday;	/* days that the guest's week is off ours */
	uint8_t index;		/* port 0x70 */
	/* Registers, too. Those of the time only while it stands still. */
	uint8_t cmos[MC146818_BYTES];
	int64_t second;		/* of our time when flags were set last */
	uint64_t base;		/* ticks of 32,768 Hz at the clock's 0 */
	uint64_t tick;		/* when flags were set last */
	unsigned int owed;	/* periodic interrupts that were missed */
	uint64_t pay_at;	/* ns: not before that */
	uint64_t expired_at;	/* ns */
};

/*
 * wall(): CLOCK_REALTIME in ns. The guest's time is offset seconds later, until
 * it sets its own; mc146818_offset() is to be kept with the VM's settings then.
 * The line is for an edge-triggered input.
 *
 * Missed periodic interrupts are delivered later, each after the guest has
 * acknowledged the one before, as there are guests that count them.
 */
int mc146818_init(struct mc146818 *rtc, struct bus *ports, struct clock *clock,
	struct line line, int64_t (*wall)(void *context), void *context,
	int64_t offset);

/* The sizes of memory that a PC's firmware keeps here: bytes below 4 GB, with
 * those below 1 MB, and from 4 GB on. */
void mc146818_memory(struct mc146818 *rtc, uint64_t below, uint64_t above);

int64_t mc146818_offset(struct mc146818 *rtc);

#endif
