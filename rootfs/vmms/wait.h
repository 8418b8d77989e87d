/* Who waits for a VM's state, and what they hear. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_WAIT_H
#define VMMS_WAIT_H

#include "machine.h"

struct machine_wait {
	struct machine_wait *next;
	enum life_wish wish;
	bool aside;	/* no state comes of it: its answer is waited for */
	struct outcome_for whom;
};

/* "started", "turned off". */
const char *wait_word(enum life_wish wish);

/* The last of those who wait. NULL: no memory. */
struct machine_wait *wait_add(struct machine *machine, enum life_wish wish,
	const struct outcome_for *whom);
/* All of them are forgotten. */
void wait_free(struct machine *machine);

/* Why what is wanted last does not work: machine->failure. */
void wait_fails(struct machine *machine, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* To all who wait: how far it is. */
void wait_say(struct machine *machine, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Those have their answer who have what they wait for in the VM's state, or
 * will not get it any more. */
void wait_settle(struct machine *machine);
/* Those who wait for this wish have it, whatever the state. */
void wait_settle_wish(struct machine *machine, enum life_wish wish, bool good);

#endif
