/* Guest time for devices, and their timers. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_CLOCK_H
#define VMWP_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_S 1000000000ull

struct timer {
	struct timer *next;	/* the clock's; by deadline */
	uint64_t deadline;	/* ns of the clock */
	bool armed;
	void (*expired)(struct timer *timer);	/* disarmed already */
};

/*
 * One for each VM. Time is monotonic, starts at 0 with the VM and stands still
 * while it is paused. In the worker the event loop drives it; a unit test sets
 * the time itself. Every call is made with the VM's device lock held.
 */
struct clock {
	uint64_t (*now)(struct clock *clock);
	/* The earliest deadline is another one now; UINT64_MAX: none. */
	void (*changed)(struct clock *clock, uint64_t deadline);
	struct timer *first;	/* by deadline */
	struct timer *due;	/* within clock_run(): not yet called */
};

/* Arms the timer for a time, or for another time. One that is past expires at
 * the next clock_run(). */
void clock_arm(struct clock *clock, struct timer *timer, uint64_t deadline);
void clock_disarm(struct clock *clock, struct timer *timer);

/* Calls expired() of all whose deadline is not after now. A timer that arms
 * itself again for a past time waits for the next run: no endless loop. */
void clock_run(struct clock *clock);

#endif
