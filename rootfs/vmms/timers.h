/* Many timers on one descriptor of the event loop. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_TIMERS_H
#define VMMS_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

#include "vmwp/events.h"

#define TIMERS_SECOND 1000000000ull

/* Owned by who sets it. Those of one time expire in the order in which they
 * were set, one in each turn of the loop. */
struct timer {
	void (*expired)(struct timer *timer);
	void *context;
	/* The rest is timers.c's. */
	uint64_t when;
	struct timer *next, *before;
	bool set;
};

struct timers {
	struct events *events;
	struct event event;
	struct timer *first;
	uint64_t armed;		/* what the descriptor waits for */
};

void timer_init(struct timer *timer, void (*expired)(struct timer *timer),
	void *context);
/* 0 or -errno. */
int timers_init(struct timers *timers, struct events *events);
/* None is set by then. */
void timers_exit(struct timers *timers);
/* When: of CLOCK_MONOTONIC, ns; 0: now, in a turn of the loop to come. One that is set
 * moves. It may be freed or set again when it expires. */
void timers_set(struct timers *timers, struct timer *timer, uint64_t when);
/* Also one that is not set. */
void timers_stop(struct timers *timers, struct timer *timer);

#endif
