/* How long a lane that has nothing to do looks again before it sleeps. */
/* SPDX-License-Identifier: MIT */
#include "net/watch.h"

void watch_busy(struct watch *watch)
{
	watch->on = watch->window;
	watch->idle = 0;
}

void watch_idle(struct watch *watch, uint64_t now)
{
	if (!watch->on)
		return;
	if (!watch->idle)
		watch->idle = now;
	watch->on = now - watch->idle < watch->window;
}

void watch_sleep(struct watch *watch, uint64_t now)
{
	if (!watch->idle)
		watch->idle = now;
}

static uint32_t longer(uint32_t window)
{
	if (!window)
		return WATCH_LEAST;
	return window < WATCH_MOST / 2 ? window * 2 : WATCH_MOST;
}

static uint32_t shorter(uint32_t window)
{
	return window > WATCH_LEAST ? window / 2 : 0;
}

void watch_wake(struct watch *watch, uint64_t now)
{
	watch->window = now - watch->idle > WATCH_MOST ?
		shorter(watch->window) : longer(watch->window);
	watch->idle = 0;
}
