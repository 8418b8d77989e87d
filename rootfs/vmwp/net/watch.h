/* How long a lane that has nothing to do looks again before it sleeps. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_WATCH_H
#define VMWP_NET_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* ns: what it begins with, and what is not passed. */
#define WATCH_LEAST	5000u
#define WATCH_MOST	50000u

/* All zeros: it sleeps at once. Times are ns of any clock, not 0. */
struct watch {
	uint64_t idle;		/* since when; 0: it is not */
	uint32_t window;	/* ns in which it looks again */
	bool on;		/* it does that now */
};

/* After a turn with something to do, and after one without. */
void watch_busy(struct watch *watch);
void watch_idle(struct watch *watch, uint64_t now);

/* It goes to sleep; something has woken it. While sleeps are short, the next
 * packet is soon there: it is looked for longer and longer; and not any more
 * when sleeps are long. */
void watch_sleep(struct watch *watch, uint64_t now);
void watch_wake(struct watch *watch, uint64_t now);

#endif
