/* The interval timer of a PC (Intel 8254), with port 0x61. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_I8254_H
#define VMWP_I8254_H

#include "counter.h"
#include "device.h"
#include "isa.h"

struct i8254 {
	struct device device;
	struct bus *bus;
	struct isa_ports ports[2];
	struct clock *clock;
	struct timer timer;
	struct line line;	/* counter 0 */
	struct counter counter[3];
	uint8_t control;	/* port 0x61, bits 0-3 */
	bool expected;		/* there will be a rising edge */
	uint64_t edge;		/* when, in ticks */
	uint64_t last;		/* when the line rose last */
	unsigned int owed;	/* edges that were not delivered yet */
};

/*
 * The line is for an edge-triggered input: it rises with counter 0's output.
 * It falls just before that, and when mode 0 is set: the output's other falls
 * would cost a timer each and are not seen by such an input.
 *
 * Interrupts are at least 100 us apart, whatever the guest programs. Edges that
 * were missed since the worker ran late are delivered later, at most twice as
 * often as they would come, as there are guests that count them; with a period
 * below 100 us there is no time to make up for them, and they are dropped.
 */
int i8254_init(struct i8254 *pit, struct bus *ports, struct clock *clock,
	struct line line);

/* The speaker's counter, for a sound device or a test. */
bool i8254_output(struct i8254 *pit, unsigned int counter);

#endif
