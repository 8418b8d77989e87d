/* Guest time for devices, and their timers. */
/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <stddef.h>

static uint64_t earliest(const struct clock *clock)
{
	return clock->first ? clock->first->deadline : UINT64_MAX;
}

static void report(struct clock *clock, uint64_t before)
{
	if (clock->changed && earliest(clock) != before)
		clock->changed(clock, earliest(clock));
}

static bool take_out(struct timer **list, struct timer *timer)
{
	for (; *list; list = &(*list)->next) {
		if (*list == timer) {
			*list = timer->next;
			return true;
		}
	}
	return false;
}

/* A timer that is in neither list was never armed. */
static void detach(struct clock *clock, struct timer *timer)
{
	if (!timer->armed)
		return;
	if (!take_out(&clock->first, timer))
		take_out(&clock->due, timer);
	timer->armed = false;
	timer->next = NULL;
}

void clock_arm(struct clock *clock, struct timer *timer, uint64_t deadline)
{
	struct timer **at = &clock->first;
	uint64_t before = earliest(clock);

	if (timer->armed && timer->deadline == deadline)
		return;
	detach(clock, timer);
	while (*at && (*at)->deadline <= deadline)
		at = &(*at)->next;
	timer->deadline = deadline;
	timer->armed = true;
	timer->next = *at;
	*at = timer;
	report(clock, before);
}

void clock_disarm(struct clock *clock, struct timer *timer)
{
	uint64_t before = earliest(clock);

	detach(clock, timer);
	report(clock, before);
}

/* Moves all that are due to a list of their own: what a handler arms meanwhile
 * is not in it, and a handler may still disarm what is. */
void clock_run(struct clock *clock)
{
	uint64_t before = earliest(clock), now = clock->now(clock);
	struct timer **at = &clock->first;
	struct timer *timer;

	while (*at && (*at)->deadline <= now)
		at = &(*at)->next;
	if (at == &clock->first)
		return;
	clock->due = clock->first;
	clock->first = *at;
	*at = NULL;
	while (clock->due) {
		timer = clock->due;
		clock->due = timer->next;
		timer->next = NULL;
		timer->armed = false;
		timer->expired(timer);
	}
	report(clock, before);
}
